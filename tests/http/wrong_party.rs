//! A registry that is logged in to sends us to seventeen kinds of places, at each step of a pull and a
//! push, before and after it was shown what it asks for; and each place answers in four ways. None
//! of them is shown a password, a token or a header of `hosts.toml`.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use portunus::credential::Credential;
use portunus::resolve::Operation;
use portunus_http::{Client, Error, OciLayout, Proxies, PullOptions, PushOptions, Pushed, Roots};
use support::account::Account;
use support::connect_proxy::ConnectProxy;
use support::http::{HttpServer, Reply, Request};
use support::image::Image;
use support::pki::CertificateAuthority;
use support::programmable_registry::ProgrammableRegistry;
use worlds::http::World;

use crate::worlds::{HEADER, SECRET};

const IMAGE: &str = "victim.test/team/app:v1";

/// Where the registry sends us; `P` is the path that was asked for.
const TARGETS: [&str; 17] = [
    "https://evil.test:8443P",
    "https://victim.test:8444P",
    "http://victim.testP",
    "http://victim.test:8080P",
    "https://sub.victim.test:8444P",
    "//evil.test:8443P",
    "https://victim.test@evil.test:8443P",
    "https://x:y@evil.test:8443P",
    "https://victim.test\\@evil.test:8443P",
    "https://VICTIM.test:8444P",
    "https://victim.test.:8444P",
    "HTTPS://EVIL.test:8443P",
    "https:\\\\evil.test:8443P",
    "\\\\evil.test:8443P",
    "https://victim.test:443@evil.test:08443P",
    "https://%65vil.test:8443P",
    "https://victim.test:8444\\@victim.test:443P",
];

/// What is answered there.
const ANSWERS: [&str; 4] = ["taken", "Basic", "a realm of its own", "the victim's realm"];

/// At which request: its method and what is in its path.
const PULL_STEPS: [(&str, &str); 3] = [
    ("HEAD", "/manifests/"),
    ("GET", "/manifests/"),
    ("GET", "/blobs/"),
];
const PUSH_STEPS: [(&str, &str); 5] = [
    ("HEAD", "/blobs/"),
    ("POST", "/blobs/uploads/"),
    ("PATCH", "/blobs/uploads/"),
    ("PUT", "/blobs/uploads/"),
    ("PUT", "/manifests/"),
];
const TOKEN: (&str, &str) = ("GET", "/token");

/// What happens in one run.
#[derive(Debug, Clone, Copy)]
struct Plot {
    step: (&'static str, &'static str),
    /// Whether the request has to carry an `Authorization`.
    shown: bool,
    target: &'static str,
    answer: &'static str,
}

/// The plot of the run at hand.
type Stage = Arc<Mutex<Option<Plot>>>;

#[support::test(long)]
fn no_place_that_a_registry_with_passwords_sends_us_to_sees_a_secret() {
    let figures = runs("basic", &[]);
    assert!(figures.runs == 1088 && figures.foreign > 400, "{figures:?}");
    assert_eq!(figures.sent.len(), 8, "{figures:?}");
}

#[support::test(long)]
fn no_place_that_a_registry_with_tokens_sends_us_to_sees_a_secret() {
    let figures = runs("bearer", &[TOKEN]);
    assert!(figures.runs == 1360 && figures.foreign > 400, "{figures:?}");
    assert_eq!(figures.sent.len(), 9, "{figures:?}");
}

/// Every step, and these, before and after, with every target and answer.
fn runs(scheme: &str, more: &[(&'static str, &'static str)]) -> Figures {
    let (play, mut figures) = (Play::start(scheme), Figures::default());
    for (push, steps) in [(false, &PULL_STEPS[..]), (true, &PUSH_STEPS)] {
        let steps = steps.iter().chain(more);
        for (step, shown) in steps.flat_map(|step| [(*step, false), (*step, true)]) {
            for (target, answer) in pairs() {
                let plot = Plot {
                    step,
                    shown,
                    target,
                    answer,
                };
                play.run(plot, push, &mut figures);
            }
        }
    }
    println!("{scheme}: {figures:?}");
    figures
}

fn pairs() -> impl Iterator<Item = (&'static str, &'static str)> {
    TARGETS
        .into_iter()
        .flat_map(|target| ANSWERS.map(|answer| (target, answer)))
}

#[derive(Debug, Default)]
struct Figures {
    runs: usize,
    requests: usize,
    /// Of them, those that reached another party.
    foreign: usize,
    /// How often we were sent away at a step.
    sent: BTreeMap<String, usize>,
}

/// The registry, the others, and a machine that is logged in to the registry.
struct Play {
    stage: Stage,
    registry: ProgrammableRegistry,
    /// With TLS, under every name; and without, under every name.
    others: [HttpServer; 2],
    _proxy: ConnectProxy,
    world: World,
    client: Client,
    image: Image,
}

impl Play {
    fn start(scheme: &str) -> Self {
        let stage = Stage::default();
        let authority = CertificateAuthority::new();
        let tls = |names: &[&str]| authority.server(names).server_config(None);
        let accounts = [Account::new("alice", SECRET)];
        let settings = match scheme {
            "basic" => ProgrammableRegistry::settings_basic(&accounts),
            _ => {
                ProgrammableRegistry::settings_bearer(&accounts).realm("https://victim.test/token")
            }
        };
        let registry = settings.tls(tls(&["victim.test"])).start();
        let image = Image::small("one");
        registry.put_image("team/app", "v1", &image);
        let plots = Arc::clone(&stage);
        registry.answer_with(move |request| redirect(plots.lock().unwrap().as_ref()?, request));
        let other = |origin: &'static str| {
            let plots = Arc::clone(&stage);
            move |request: &Request| answer(*plots.lock().unwrap(), origin, request)
        };
        let names = [
            "evil.test",
            "victim.test",
            "sub.victim.test",
            "victim.test.",
        ];
        let others = [
            HttpServer::start_tls(tls(&names[..3]), other("https://evil.test:8443")),
            HttpServer::start(other("http://evil.test")),
        ];
        let (victim, evil) = (registry.address(), others[0].address());
        let foreign = [
            "evil.test:8443",
            "victim.test:8444",
            "sub.victim.test:8444",
            "victim.test.:8444",
        ];
        let mut routes = vec![("victim.test:443", victim.as_str())];
        routes.extend(foreign.map(|name| (name, evil.as_str())));
        let proxy = ConnectProxy::start(&routes);
        let mut world = World::new();
        let text = format!("server = \"https://victim.test\"\n[header]\nx-key = \"{HEADER}\"\n");
        world = world.with_hosts_toml("victim.test", &text);
        // What a login notes that was checked.
        let login = Credential::password("alice", SECRET);
        let realm = (scheme == "bearer").then(|| "https://victim.test/token".to_owned());
        world.store_under("victim.test", &login, |note| note.realm = realm);
        let pem = authority.certificate_pem().as_bytes();
        world.options.roots = Roots::none().with_pem(pem).unwrap();
        world.options.proxies = Proxies::none();
        world.options.proxies.https = Some(proxy.url().into());
        world.options.proxies.http = Some(others[1].url().into());
        world.options.timeouts.answer = Duration::from_secs(20);
        let client = world.client();
        Self {
            stage,
            registry,
            others,
            _proxy: proxy,
            world,
            client,
            image,
        }
    }

    /// To a repository in which there is nothing yet.
    fn push(&self, number: usize) -> Result<Pushed, Error> {
        let image = format!("victim.test/team/copy-{number}:v1");
        let operation = self.world.prepare(&image, Operation::Push);
        let layout = OciLayout::open(self.world.layout()).unwrap();
        let options = PushOptions::default();
        let pushing = self
            .client
            .push(&operation, &layout, &options, &self.world.said);
        self.world.block_on(pushing)
    }

    fn run(&self, plot: Plot, push: bool, figures: &mut Figures) {
        *self.stage.lock().unwrap() = Some(plot);
        let _ = std::fs::remove_dir_all(self.world.layout());
        let told = if push {
            self.registry.forget_requests();
            self.world.write_layout(&self.image, "v1");
            format!("{:?}", self.push(figures.runs))
        } else {
            OciLayout::create(self.world.layout()).unwrap();
            let pulled = self
                .world
                .pull_with(&self.client, IMAGE, &PullOptions::default());
            match pulled {
                Ok(pulled) => format!("{pulled:?}"),
                Err(error) => format!("{error} {error:?}"),
            }
        };
        let told = format!("{told} {:?}", self.world.said);
        let seen: Vec<Request> = self.others.iter().flat_map(HttpServer::requests).collect();
        for request in &seen {
            let realm_of_its_own = is_realm_of_the_victim(&plot, request);
            assert!(
                realm_of_its_own || request.basic().is_none(),
                "a login after {plot:?}: {request:?}"
            );
            for secret in [SECRET, HEADER, "-of-alice"] {
                let is_meant = realm_of_its_own && secret == SECRET;
                assert!(
                    is_meant || !request.contains(secret),
                    "{secret} after {plot:?}: {request:?}"
                );
            }
        }
        for secret in [SECRET, HEADER, "-of-alice"] {
            assert!(!told.contains(secret), "{secret} after {plot:?} in {told}");
        }
        let own = self.registry.requests();
        if own.iter().any(|request| redirect(&plot, request).is_some()) {
            *figures
                .sent
                .entry(format!("{} {}", plot.step.0, plot.step.1))
                .or_default() += 1;
        }
        figures.runs += 1;
        figures.requests += own.len() + seen.len();
        figures.foreign += seen.len();
        self.world.said.forget();
        self.registry.forget_requests();
        self.others.iter().for_each(HttpServer::forget_requests);
    }
}

/// Where the realm itself leads, over TLS at the name of its host, is no wrong party but a realm that
/// the host may have (`OtherPort` of the rules of trust).
fn is_realm_of_the_victim(plot: &Plot, request: &Request) -> bool {
    let own = [Some("victim.test:8444"), Some("victim.test.:8444")];
    plot.step == TOKEN && request.tls && own.contains(&request.header("host"))
}

/// What the registry answers at the step of the plot.
fn redirect(plot: &Plot, request: &Request) -> Option<Reply> {
    let (method, part) = plot.step;
    let here = request.method == method && request.path.contains(part);
    let shown = request.header("authorization").is_some();
    let path = match request.query.as_str() {
        "" => request.path.clone(),
        query => format!("{}?{query}", request.path),
    };
    let location = plot.target.replace('P', &path);
    // An upload is sent elsewhere as an upload is: by where it goes on.
    let status = if part.ends_with("uploads/") && shown {
        202
    } else {
        307
    };
    (here && shown == plot.shown).then(|| Reply::status(status).header("Location", &location))
}

/// What the others answer.
fn answer(plot: Option<Plot>, origin: &str, request: &Request) -> Reply {
    if request.path.ends_with("/token") {
        return Reply::json(&serde_json::json!({ "token": "of-nobody" }));
    }
    match plot.map(|plot| plot.answer) {
        Some("Basic") => Reply::challenge("Basic realm=\"r\""),
        Some("a realm of its own") if request.bearer().is_none() => Reply::challenge(&format!(
            "Bearer realm=\"{origin}/token\",service=\"victim.test\""
        )),
        Some("the victim's realm") if request.bearer().is_none() => {
            Reply::challenge("Bearer realm=\"https://victim.test/token\",service=\"victim.test\"")
        }
        _ => {
            let status = match request.method.as_str() {
                "POST" | "PATCH" => 202,
                "PUT" => 201,
                _ => 200,
            };
            Reply::status(status).header("Location", "/onward")
        }
    }
}

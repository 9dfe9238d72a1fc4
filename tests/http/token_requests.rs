//! How a token is asked for: in which way, for what, how often, and with whose secret.

use std::fs;
use std::sync::Arc;

use portunus::credential::Credential;
use portunus::hosts::HostsTree;
use portunus::name::{ImageReference, Profile};
use portunus::resolve::{Operation, Resolver};
use portunus::store::{CredentialsFile, DockerConfig, HelperPrograms, Provenance, Source, Store};
use portunus_http::{Client, ErrorKind, NoProgress, OciLayout, Options, PullOptions};
use portunus_http::{TokenReuse, Tokens};
use portunus_keyring::KeyringStore;
use serde_json::json;
use support::account::Account;
use support::docker_registry::{Auth, DockerRegistry};
use support::helper_script::HelperScript;
use support::home::Home;
use support::http::{Reply, Request};
use support::image::Image;
use support::programmable_registry::ProgrammableRegistry;
use support::token_server::TokenServer;
use worlds::http::World;

use crate::worlds::{SECRET, world_of};

const IMAGE: &str = "reg-a.test/team/app:v1";

fn registry() -> ProgrammableRegistry {
    let registry = ProgrammableRegistry::bearer(&[Account::new("alice", SECRET)]);
    registry.put_image("team/app", "v1", &Image::of_sizes("one", &[10, 20]));
    registry
}

fn token_requests(registry: &ProgrammableRegistry) -> Vec<Request> {
    let requests = registry.requests().into_iter();
    requests.filter(|it| it.path == "/token").collect()
}

#[support::test]
fn bearer_is_answered_before_basic_and_what_is_not_known_passed_over() {
    let registry = registry();
    let bearer = format!(
        "Bearer realm=\"{}/token\",service=\"reg-a.test\"",
        registry.url()
    );
    let basic = "Basic realm=\"r\"";
    for challenges in [
        vec![basic, &bearer],
        vec![&bearer, basic],
        vec![
            "Negotiate",
            "Digest realm=\"d\",nonce=\"n\"",
            basic,
            &bearer,
        ],
        vec!["negotiate", &bearer.replace("Bearer", "bEaReR")],
    ] {
        let (one_line, mut lines) = (challenges.join(", "), Reply::status(401));
        for challenge in &challenges {
            lines = lines.header("WWW-Authenticate", challenge);
        }
        for reply in [Reply::challenge(&one_line), lines] {
            registry.forget_rules();
            registry.forget_requests();
            let asks = |it: &Request| it.path != "/token" && it.header("authorization").is_none();
            registry.when(asks, reply);
            world_of(&registry).pull(IMAGE).unwrap();
            let with_password = registry.requests_with(SECRET);
            assert!(
                with_password.iter().all(|it| it.path == "/token"),
                "{challenges:?}"
            );
        }
    }
}

#[support::test]
fn a_password_is_posted_after_404_and_405_and_after_nothing_else() {
    for (status, posted) in [
        (404, 1),
        (405, 1),
        (400, 0),
        (401, 0),
        (403, 0),
        (429, 0),
        (500, 0),
    ] {
        let registry = registry();
        let get = |it: &Request| it.path == "/token" && it.method == "GET";
        registry.when(get, Reply::status(status));
        let pulled = world_of(&registry).pull(IMAGE);
        assert_eq!(pulled.is_ok(), posted == 1, "{status}: {pulled:?}");
        let asked = token_requests(&registry);
        let forms = asked.iter().filter(|it| it.method == "POST");
        let forms: Vec<_> = forms.map(|it| it.form_values("grant_type")).collect();
        assert_eq!(forms, vec![vec!["password".to_owned()]; posted], "{status}");
        let tried = asked.iter().filter(|it| it.contains(SECRET)).count();
        assert_eq!(tried, 1 + posted, "{status}");
    }
}

#[support::test]
fn scopes_name_the_repository_as_it_is_requested_at_the_host() {
    let registry = ProgrammableRegistry::bearer(&[Account::new("alice", SECRET)]);
    registry.put_image("proxy-a/team/app", "v1", &Image::small("one"));
    let toml = format!(
        "server = \"{}/v2/proxy-a\"\noverride_path = true\n",
        registry.url()
    );
    let world = World::new()
        .with_hosts_toml("reg-a.test", &toml)
        .with_login(&registry.address(), "alice", SECRET);
    world.pull(IMAGE).unwrap();
    world.push(IMAGE).unwrap();
    let asked = token_requests(&registry);
    let scopes: Vec<_> = asked
        .iter()
        .map(|it| it.query_values("scope").join(" "))
        .collect();
    let repository = "repository:proxy-a/team/app";
    assert_eq!(
        scopes,
        [
            format!("{repository}:pull"),
            format!("{repository}:pull,push")
        ]
    );
}

#[support::test]
fn the_registry_namespace_is_told_to_hosts_that_are_not_its_own() {
    let registry = registry();
    let at = registry.address();
    let world = World::new().with_hosts("reg-a.test", &[&registry.url()]);
    let world = world
        .with_hosts(&at, &[&registry.url()])
        .with_login(&at, "alice", SECRET);
    for (image, expected) in [
        (IMAGE.to_owned(), Some("reg-a.test")),
        (format!("{at}/team/app:v1"), None),
    ] {
        let _ = fs::remove_dir_all(world.layout());
        registry.forget_requests();
        world.pull(&image).unwrap();
        world.push(&image).unwrap();
        for request in registry.requests() {
            let expected = expected.filter(|_| request.path != "/token");
            let told = request.query_values("ns");
            assert_eq!(
                told,
                Vec::from_iter(expected.map(str::to_owned)),
                "{request:?}"
            );
        }
    }
}

#[support::test]
fn an_error_at_the_realm_is_not_kept() {
    let registry = registry();
    let mut world = world_of(&registry);
    world.options.tokens = TokenReuse::Shared(Arc::new(Tokens::new()));
    let client = world.client();
    let pull = || world.pull_with(&client, IMAGE, &PullOptions::default());
    for reply in [
        Reply::status(500),
        Reply::status(401),
        Reply::reset(),
        Reply::status(200),
    ] {
        registry.when_first(1, |it| it.path == "/token", reply.clone());
        pull().unwrap_err();
    }
    pull().unwrap();
}

#[support::test]
fn tokens_are_kept_for_one_pull_unless_they_are_shared() {
    for (reuse, expected) in [
        (TokenReuse::PerSession, 2),
        (TokenReuse::Shared(Arc::new(Tokens::new())), 1),
    ] {
        let registry = registry();
        let mut world = world_of(&registry);
        world.options.tokens = reuse;
        let client = world.client();
        for _ in 0..2 {
            world
                .pull_with(&client, IMAGE, &PullOptions::default())
                .unwrap();
        }
        assert_eq!(token_requests(&registry).len(), expected);
    }
}

/// A place for secrets, and what changes the account in it.
type Place<'a> = (Arc<dyn Source>, Box<dyn Fn(&str, &str) + 'a>);

fn places<'a>(home: &'a Home, at: &'a str) -> [Place<'a>; 4] {
    let own = Arc::new(CredentialsFile::new(home.credentials_file()));
    let programs = || HelperPrograms::new([("PATH".into(), home.bin_dir().into())]);
    let docker = DockerConfig::new(home.docker_config(), programs());
    let with_helper = home.path().join("with-helper.json");
    fs::write(
        &with_helper,
        json!({ "credHelpers": { at: "play" } }).to_string(),
    )
    .unwrap();
    let put_into = |store: Arc<dyn Store>| {
        move |user: &str, password: &str| {
            let credential = Credential::password(user, password);
            store
                .put(&at.parse().unwrap(), &credential, &Provenance::default())
                .unwrap();
        }
    };
    let keyring = Arc::new(KeyringStore::keyutils());
    [
        (own.clone(), Box::new(put_into(own))),
        (keyring.clone(), Box::new(put_into(keyring))),
        (
            Arc::new(docker),
            Box::new(move |user, password| {
                let auths = json!({ "auths": { at: { "username": user, "password": password } } });
                fs::write(home.docker_config(), auths.to_string()).unwrap();
            }),
        ),
        (
            Arc::new(DockerConfig::new(with_helper, programs())),
            Box::new(move |user, password| {
                HelperScript::new()
                    .holds(at, user, password)
                    .install(home, "play");
            }),
        ),
    ]
}

#[support::test]
fn a_changed_secret_in_any_store_ends_the_tokens_of_the_old_account() {
    let accounts = [
        Account::new("alice", SECRET),
        Account::new("bob", "builder"),
    ];
    let registry = ProgrammableRegistry::bearer(&accounts);
    registry.put_image("team/app", "v1", &Image::small("one"));
    let at = registry.address();
    let home = Home::new();
    home.write_hosts_toml("reg-a.test", &format!("server = \"{}\"\n", registry.url()));
    let image = ImageReference::parse(IMAGE).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for (source, change) in places(&home, &at) {
        let mut options = Options::default();
        options.tokens = TokenReuse::Shared(Arc::new(Tokens::new()));
        let client = Client::new(options);
        for (user, password) in [("alice", SECRET), ("bob", "builder"), ("alice", SECRET)] {
            change(user, password);
            registry.forget_requests();
            let hosts = HostsTree::new(vec![home.hosts_dir()]);
            let resolver = Resolver::new(hosts).with_source(source.clone());
            let operation = resolver
                .prepare(&image, Operation::Pull, &Profile::DEFAULT)
                .unwrap();
            let layout = empty_layout(&home);
            let (pull, silent) = (PullOptions::default(), NoProgress);
            let pulling = client.pull(&operation, &layout, &pull, &silent);
            runtime.block_on(pulling).unwrap();
            let own = format!("-of-{user}");
            for token in registry.requests().iter().filter_map(Request::bearer) {
                assert!(
                    token.ends_with(&own),
                    "{user}: {token} from {}",
                    source.name().as_str()
                );
            }
        }
    }
    // The kernel's keyring is one for all sessions of a user.
    let kept = KeyringStore::keyutils().remove(&at.parse().unwrap());
    assert_eq!(kept.unwrap().len(), 1);
}

fn empty_layout(home: &Home) -> OciLayout {
    let layout = home.path().join("layout");
    let _ = fs::remove_dir_all(&layout);
    OciLayout::create(layout).unwrap()
}

#[support::test(needs("docker-registry"))]
fn both_kinds_of_signed_tokens_open_a_real_registry() {
    let accounts = [Account::new("alice", SECRET)];
    for tokens in [
        TokenServer::settings(&accounts).start(),
        TokenServer::settings(&accounts).rs256().start(),
        TokenServer::settings(&accounts).no_post(405).start(),
    ] {
        let registry = DockerRegistry::start(&Auth::Tokens(&tokens));
        let world = World::new().with_hosts("reg-a.test", &[&registry.url()]);
        world.write_layout(&Image::of_sizes("one", &[10, 2000]), "v1");
        let alice = Credential::password("alice", SECRET);
        let pin = |note: &mut Provenance| note.realm = Some(tokens.realm());
        world.store_under(registry.address(), &alice, pin);
        world.push(IMAGE).unwrap();
        fs::remove_dir_all(world.layout()).unwrap();
        world.pull(IMAGE).unwrap();
        let strange = Credential::password("alice", "wrong");
        world.store_under(registry.address(), &strange, pin);
        assert_eq!(world.pull(IMAGE).unwrap_err().kind, ErrorKind::Rejected);
        let log = registry.log();
        assert!(
            log.contains("PUT") && log.contains("/v2/team/app/manifests/"),
            "{log}"
        );
    }
}

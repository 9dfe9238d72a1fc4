//! A token that was got for a secret is one too: it goes back to its host only over a way that the
//! secret itself may take, however well the realm is trusted.

use std::fs;

use serde_json::json;
use support::home::Home;
use support::http::{HttpServer, Reply};
use support::image::Image;
use support::pki::CertificateAuthority;
use support::process::Ran;
use support::programmable_registry::ProgrammableRegistry;

use worlds::login::{ALICE, assert_says, log_in, stored};

const TOKEN: &str = "token-canary-41ab";

/// How a host elsewhere is reached, none of which protects a secret.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Way {
    PlainHttp,
    FallBack,
    UnverifiedTls,
}

const WAYS: [Way; 3] = [Way::PlainHttp, Way::FallBack, Way::UnverifiedTls];

/// A registry under an address of this machine that is not loopback, and another server for its
/// tokens.
struct Elsewhere {
    registry: ProgrammableRegistry,
    realm: HttpServer,
    host: String,
    home: Home,
}

impl Elsewhere {
    fn start(way: Way) -> Self {
        let realm = HttpServer::start(|_| Reply::json(&json!({ "token": TOKEN })));
        let mut settings = ProgrammableRegistry::settings_open();
        if way == Way::UnverifiedTls {
            let identity = CertificateAuthority::new().server(&["reg.test"]);
            settings = settings.tls(identity.server_config(None));
        }
        let registry = settings.start();
        registry.put_image("team/app", "v1", &Image::small("one"));
        let challenge = format!("Bearer realm=\"{}/token\",service=\"s\"", realm.url());
        registry.answer_with(move |request| match request.bearer() {
            Some(TOKEN) => None,
            _ => Some(Reply::challenge(&challenge)),
        });
        let host = registry.address().replace("127.0.0.1", "0.0.0.0");
        let home = Home::new();
        let toml = match way {
            Way::PlainHttp => format!("server = \"http://{host}\"\n"),
            Way::FallBack => format!("server = \"http://{host}\"\nskip_verify = false\n"),
            Way::UnverifiedTls => format!("server = \"https://{host}\"\nskip_verify = true\n"),
        };
        home.write_hosts_toml(&host, &toml);
        Self {
            registry,
            realm,
            host,
            home,
        }
    }

    fn pull(&self) -> Ran {
        let layout = self.home.path().join("layout");
        let _ = fs::remove_dir_all(&layout);
        let image = format!("{}/team/app:v1", self.host);
        let layout = layout.display().to_string();
        self.home
            .portunus(&["pull", &image, "--oci-layout", &layout])
            .run()
    }

    fn log_in(&self, more: &[&str]) -> Ran {
        let realm = self.realm.url();
        log_in(
            &self.home,
            &[&["--trust-realm", &realm, &self.host], more].concat(),
        )
    }

    /// The host was asked, and nobody was shown anything.
    fn assert_nothing_shown(&self) {
        assert!(!self.registry.requests().is_empty());
        for request in self.registry.requests() {
            assert!(request.header("authorization").is_none(), "{request:?}");
        }
        assert!(
            self.realm.requests().is_empty(),
            "{:?}",
            self.realm.requests()
        );
    }

    /// The refusal names the host, and the login with these flags.
    fn assert_refuses(&self, ran: &Ran, way: Way, flags: &str) {
        ran.assert_code(4);
        let host = &self.host;
        let login = format!("help: portunus login {host}{flags}");
        let told = match way {
            Way::UnverifiedTls => [
                format!("would travel to https://{host}, whose certificate is not verified"),
                format!("{login} --insecure-registry --plain-http\n"),
            ],
            _ => [
                format!("would travel to http://{host} over plain http"),
                format!("{login} --plain-http\n"),
            ],
        };
        assert_says(ran, &[&told[0], &told[1]]);
        assert!(!ran.output().contains("sent:"), "{ran}");
        self.assert_nothing_shown();
    }
}

fn assert_login_needs_consent(way: Way) {
    let elsewhere = Elsewhere::start(way);
    let ran = elsewhere.log_in(&[]);
    let trusting = format!(" --trust-realm {}", elsewhere.realm.url());
    elsewhere.assert_refuses(&ran, way, &trusting);
    assert!(!elsewhere.home.credentials_file().exists());
    elsewhere.log_in(&["--plain-http"]).assert_success();
    assert_eq!(stored(&elsewhere.home, &[])[0]["host"], elsewhere.host);
    assert!(!elsewhere.registry.requests_with(TOKEN).is_empty());
    // The consent is kept with the login.
    elsewhere.pull().assert_success();
}

#[support::test]
fn a_login_sends_no_token_over_plain_http_without_consent() {
    assert_login_needs_consent(Way::PlainHttp);
}

#[support::test]
fn a_login_sends_no_token_after_a_fall_back_without_consent() {
    assert_login_needs_consent(Way::FallBack);
}

#[support::test]
fn a_login_sends_no_token_over_unverified_tls_without_consent() {
    assert_login_needs_consent(Way::UnverifiedTls);
}

#[support::test]
fn a_pull_sends_no_token_over_any_of_these_ways_without_consent() {
    for way in WAYS {
        let elsewhere = Elsewhere::start(way);
        let (home, host) = (&elsewhere.home, &elsewhere.host);
        let auths = json!({ "auths": { host: { "username": "alice", "password": ALICE } } });
        fs::write(home.docker_config(), auths.to_string()).unwrap();
        let realm = elsewhere.realm.address();
        let pair =
            format!("[trust]\nrealms = [{{ host = \"{host}\", realm = \"http://{realm}\" }}]\n");
        let config = home.config_dir().join("config.toml");
        fs::write(&config, &pair).unwrap();
        let ran = elsewhere.pull();
        elsewhere.assert_refuses(&ran, way, "");
        fs::write(&config, format!("{pair}plain_http = [\"{host}\"]\n")).unwrap();
        elsewhere.pull().assert_success();
        assert!(!elsewhere.realm.requests().is_empty(), "{way:?}");
    }
}

#[support::test]
fn a_token_of_nobody_goes_anywhere() {
    for way in WAYS {
        let elsewhere = Elsewhere::start(way);
        elsewhere.pull().assert_success();
        assert!(
            !elsewhere.registry.requests_with(TOKEN).is_empty(),
            "{way:?}"
        );
    }
}

/// Runs what it is told to.
#[support::test]
fn the_commands_that_refusals_name_lead_to_a_login() {
    let first = WAYS.map(|way| (way, vec![]));
    let insecure = WAYS.map(|way| (way, vec!["--insecure-registry".to_owned()]));
    for (way, mut told) in first.into_iter().chain(insecure) {
        let elsewhere = Elsewhere::start(way);
        told.push(elsewhere.host.clone());
        for step in 0.. {
            let arguments: Vec<&str> = told.iter().map(String::as_str).collect();
            let ran = log_in(&elsewhere.home, &arguments);
            if ran.status.success() {
                break;
            }
            assert!(step < 2, "{way:?} {ran}");
            ran.assert_code(4);
            let help = ran.stderr.split("help: portunus login ").nth(1).unwrap();
            let command = help.lines().next().unwrap().split(' ');
            let insecure = told.contains(&"--insecure-registry".to_owned());
            told = command.map(str::to_owned).collect();
            assert!(
                !insecure || told.contains(&"--insecure-registry".to_owned()),
                "{ran}"
            );
        }
        elsewhere.pull().assert_success();
    }
}

//! What `-v` shows of the conversation with registries: every request, and no secret.

use std::path::Path;

use serde_json::Value;
use support::account::Account;
use support::home::Home;
use support::http::{HttpServer, Reply};
use support::image::Image;
use support::process::Ran;
use support::programmable_registry::ProgrammableRegistry;

use worlds::login::{ALICE, alice, log_in_with};

const HEADER: &str = "canary-header-4410";
const SIGNATURE: &str = "canary-signature-8f2e";

/// A home in which alice is logged in to a registry that serves `reg-a.test`.
fn home_with(registry: &ProgrammableRegistry) -> Home {
    let home = Home::new();
    let url = registry.url();
    let text = format!("server = \"{url}\"\n[header]\nx-key = \"{HEADER}\"\n");
    home.write_hosts_toml("reg-a.test", &text);
    let at = registry.address();
    let login = [
        "-u",
        "alice",
        "--password-stdin",
        "--registry-namespace",
        "reg-a.test",
        &at,
    ];
    log_in_with(&home, &login, ALICE).assert_success();
    home
}

fn run(home: &Home, arguments: &[&str]) -> Ran {
    let ran = home.portunus(arguments).run();
    for secret in ["canary", "-of-alice", "identity-token"] {
        assert!(
            !ran.output().contains(secret),
            "{secret} is shown in\n{ran}"
        );
    }
    ran.assert_success();
    ran
}

fn layout(home: &Home) -> String {
    home.path().join("layout").display().to_string()
}

fn events(ran: &Ran) -> Vec<Value> {
    let objects = ran.stderr.lines().filter(|line| line.starts_with('{'));
    objects
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The events about requests of that method to that path.
fn requests<'a>(events: &'a [Value], method: &str, path: &str) -> Vec<&'a Value> {
    let is = |event: &&Value| {
        let url = event["url"].as_str().unwrap_or_default();
        let path_of_url = url.split('?').next().unwrap_or_default();
        event["method"] == method && path_of_url.ends_with(path)
    };
    events.iter().filter(is).collect()
}

#[support::test]
fn every_request_is_shown_with_the_key_and_no_secret() {
    let image = Image::of_sizes("one", &[10, 2000]);
    let storage = ProgrammableRegistry::open();
    storage.put_image("team/app", "v1", &image);
    for registry in [
        ProgrammableRegistry::basic(&alice()),
        ProgrammableRegistry::bearer(&alice()),
    ] {
        registry.put_image("team/app", "v1", &image);
        let home = home_with(&registry);
        let target = storage.url();
        registry.answer_with(move |request| {
            let blob = request.method == "GET" && request.path.contains("/blobs/");
            let signed = format!("{target}{}?X-Amz-Signature={SIGNATURE}", request.path);
            (blob && request.header("authorization").is_some()).then(|| Reply::redirect(&signed))
        });
        let (layout, key) = (
            layout(&home),
            format!("{}?ns=reg-a.test", registry.address()),
        );
        let json = ["-vv", "--log-format", "json"];
        let pull = ["pull", "reg-a.test/team/app:v1", "--oci-layout", &layout];
        registry.forget_requests();
        let ran = run(&home, &[&json[..], &pull].concat());
        let events = events(&ran);
        let heads = requests(&events, "HEAD", "/v2/team/app/manifests/v1");
        let seen: Vec<_> = heads
            .iter()
            .map(|event| (&event["status"], &event["key"]))
            .collect();
        assert_eq!(
            seen,
            [
                (&401.into(), &Value::Null),
                (&200.into(), &key.as_str().into())
            ]
        );
        assert!(
            heads[1]["url"]
                .as_str()
                .unwrap()
                .ends_with("?ns=reg-a.test"),
            "{heads:?}"
        );
        assert!(
            heads[1]["ms"].is_u64() && heads[1]["level"] == "DEBUG",
            "{heads:?}"
        );
        // As many as the registry saw.
        let told = events.iter().filter(|event| event["method"].is_string());
        let seen = registry.requests().len() + storage.requests().len();
        assert_eq!(told.count(), seen, "{ran}");
        storage.forget_requests();
        let push = ["push", "reg-a.test/team/copy:v1", "--oci-layout", &layout];
        let ran = run(&home, &[&json[..], &push].concat());
        let events = self::events(&ran);
        assert_eq!(
            requests(&events, "PUT", "/v2/team/copy/manifests/v1")[0]["status"],
            201
        );
        let mounted = requests(&events, "POST", "/v2/team/copy/blobs/uploads/")[0];
        assert_eq!(
            (&mounted["status"], &mounted["key"]),
            (&201.into(), &key.into())
        );
    }
}

#[support::test]
fn one_level_shows_who_served_what() {
    let mirror = HttpServer::start(|_| Reply::status(503));
    let registry = ProgrammableRegistry::bearer(&[Account::new("alice", ALICE)]);
    let image = Image::small("one");
    registry.put_image("team/app", "v1", &image);
    let home = home_with(&registry);
    let text = format!(
        "server = \"{}\"\n[host.\"{}\"]\n",
        registry.url(),
        mirror.url()
    );
    home.write_hosts_toml("reg-a.test", &text);
    let layout = layout(&home);
    assert!(!Path::new(&layout).exists());
    let ran = run(
        &home,
        &[
            "-v",
            "pull",
            "reg-a.test/team/app:v1",
            "--oci-layout",
            &layout,
        ],
    );
    for (host, told) in [
        (mirror.url(), "host does not help"),
        (registry.url(), "resolved"),
    ] {
        let line = |line: &&str| line.starts_with("info: ") && line.contains(told);
        let line = ran
            .stderr
            .lines()
            .find(line)
            .unwrap_or_else(|| panic!("{told}\n{ran}"));
        assert!(line.contains(&host), "{line}");
    }
    assert!(!ran.stderr.contains("debug: "), "{ran}");
}

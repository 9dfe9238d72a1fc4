//! Every kind of secret, wherever it rests, in every output: planted, searched for, not found.
//!
//! `secrets.rs` plants them and looks at `Debug`, errors and listings; here they are used, at
//! registries that accept them, refuse them and answer nonsense, with everything told that can be.

use std::fs;

use support::account::Account;
use support::helper_script::HelperScript;
use support::home::Home;
use support::http::{Reply, Request};
use support::image::Image;
use support::program;
use support::programmable_registry::ProgrammableRegistry;

use super::secrets::{CANARY, assert_hidden, planted, planted_for};

/// Everything told, as text, as objects, and by the variable.
const FORMS: [&[&str]; 4] = [
    &["-vvv"],
    &["-vvv", "--log-format=json"],
    &["--debug"],
    &["--debug", "--log-format=json"],
];

/// Where secrets rest, by the names of `secrets.rs`: our own file, docker's in three forms, a helper,
/// one that fails, podman's file, the variable.
const PLACES: [&str; 8] = [
    "own.test",
    "docker.test",
    "fields.test",
    "token.test",
    "helper.test",
    "failing.test",
    "podman.test",
    "env.test",
];

/// The commands that use what is stored for a registry.
fn commands(home: &Home, host: &str) -> Vec<Vec<String>> {
    let layout = home.path().join("layout").display().to_string();
    let image = format!("{host}/team/app:v1");
    let commands = [
        &["resolve", "--probe", "--why", &image][..],
        &["resolve", "--probe", "--json", &image],
        &["pull", &image, "--oci-layout", &layout],
        &["push", &image, "--oci-layout", &layout],
        &["login", host],
        &["login", "-u", "usr", "-p", CANARY, "--store", "file", host],
        &["list", "--json"],
    ];
    let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    commands.map(owned).into()
}

/// Uses what is planted at registries, one for each place. How many of them were shown it.
fn shown_at(registry: impl Fn() -> ProgrammableRegistry) -> usize {
    let registries = PLACES.map(|place| (place, registry()));
    let home = planted_for(|place| {
        let found = registries.iter().find(|(name, _)| *name == place);
        found.unwrap().1.address()
    });
    for (_, registry) in &registries {
        registry.put_image("team/app", "v1", &Image::small("one"));
        let text = format!(
            "server = \"{}\"\n[header]\nx-key = \"{CANARY}\"\n",
            registry.url()
        );
        home.write_hosts_toml(&registry.address(), &text);
        for form in FORMS {
            for command in commands(&home, &registry.address()) {
                let command: Vec<&str> = command.iter().map(String::as_str).collect();
                let ran = home.portunus(&[form, &command].concat());
                let ran = ran.env("PORTUNUS_LOG", "trace").run();
                assert_hidden(&ran.output(), &command.join(" "));
                assert!(!ran.output().contains("panicked"), "{ran}");
            }
        }
    }
    let with_header = |request: &Request| request.header("x-key").is_some();
    assert!(
        registries
            .iter()
            .all(|(_, it)| it.requests().iter().any(with_header))
    );
    let sees = |registry: &ProgrammableRegistry| {
        let mut requests = registry.requests().into_iter();
        requests.any(|mut request| {
            request
                .headers
                .retain(|(name, _)| !name.eq_ignore_ascii_case("x-key"));
            request.contains(CANARY)
        })
    };
    registries
        .iter()
        .filter(|(_, registry)| sees(registry))
        .count()
}

#[support::test(long)]
fn no_output_holds_a_secret_that_is_accepted() {
    let bearer = || ProgrammableRegistry::bearer(&[Account::new("usr", CANARY)]);
    assert_eq!(shown_at(bearer), PLACES.len());
}

#[support::test(long)]
fn no_output_holds_a_secret_that_is_refused() {
    let basic = || ProgrammableRegistry::basic(&[Account::new("usr", "another")]);
    assert_eq!(shown_at(basic), PLACES.len());
}

/// Whatever was sent is said back: in the reason, in a header, in the challenge.
#[support::test(long)]
fn no_output_holds_a_secret_that_the_other_side_says_back() {
    let registry = ProgrammableRegistry::open;
    let says_back = |request: &Request| {
        let mut said: Vec<String> = request
            .headers
            .iter()
            .map(|(_, value)| value.clone())
            .collect();
        said.extend(request.basic().map(|(_, password)| password));
        said.extend(request.bearer().map(str::to_owned));
        let Some(_) = request.header("authorization") else {
            return Some(Reply::challenge("Basic realm=\"r\""));
        };
        let body =
            serde_json::json!({"errors": [{"code": said.concat(), "message": said.join(" ")}]});
        let challenge = format!("Basic realm=\"{}\"", said.join(" ").replace('"', ""));
        let reply = Reply::challenge(&challenge).body(body.to_string());
        Some(reply.header("Retry-After", &said.concat()))
    };
    let registry = || {
        let registry = registry();
        registry.answer_with(says_back);
        registry
    };
    assert_eq!(shown_at(registry), PLACES.len());
}

/// What is started sees what it is asked for on its input, and nothing before.
#[support::test]
fn no_child_is_started_with_a_secret() {
    let home = planted();
    let seen = home.path().join("seen");
    let script = format!(
        "#!/bin/sh\n{{ echo \"$0 $@\"; export -p; cat /proc/$$/cmdline /proc/$$/environ; }} >> '{}' 2>&1\nexec /bin/cat > /dev/null\n",
        seen.display()
    );
    let script = script.replace("cat /proc", "/bin/cat /proc");
    home.write_script("docker-credential-canary", &script);
    for command in [
        &["list"][..],
        &["resolve", "helper.test/app"],
        &[
            "login",
            "--no-verify",
            "--store",
            "helper:canary",
            "-u",
            "usr",
            "-p",
            CANARY,
            "new.test",
        ],
        &["logout", "helper.test"],
    ] {
        let ran = home.portunus(command).run();
        assert_hidden(&ran.output(), &command.join(" "));
    }
    let seen = String::from_utf8_lossy(&fs::read(seen).unwrap()).into_owned();
    assert!(seen.contains("PORTUNUS_INSIDE_HELPER"), "{seen}");
    assert_hidden(&seen, "what a helper was started with");
}

/// As docker's helper the program prints the one secret that it was asked for, and no other.
#[support::test]
fn the_helper_prints_what_it_was_asked_for_alone() {
    let home = planted();
    HelperScript::new().install(&home, "other");
    let link = home.link(&program::portunus(), "docker-credential-portunus");
    for (verb, asked) in [
        ("list", ""),
        ("get", "absent.test"),
        ("get", "own.test?ns=docker.io"),
        ("erase", "absent.test"),
        ("get", "\u{0}\n"),
    ] {
        let mut command = home.command(&link);
        command.arg(verb).env("PORTUNUS_LOG", "trace");
        let ran = support::process::run(&mut command, asked.as_bytes());
        assert_hidden(&ran.output(), &format!("{verb} {asked}"));
    }
}

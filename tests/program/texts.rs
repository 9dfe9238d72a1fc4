//! What people read: tables that fit, words that tell what was done, pages and prompts.

use std::fs;

use serde_json::json;
use support::account::Account;
use support::connect_proxy::ConnectProxy;
use support::home::Home;
use support::pki::CertificateAuthority;
use support::process;
use support::programmable_registry::ProgrammableRegistry;
use support::terminal::run_at_terminal;
use support::{program, tools};
use worlds::login::assert_says;

use crate::worlds::{hosts, log_in, log_out};

const ALICE: &str = "canary-alice-7d11";

#[support::test]
fn what_is_listed_fits_a_terminal_of_80_columns() {
    let home = Home::new();
    let mirror = "mirror.registry.example.test:5000";
    for arguments in [
        &[mirror][..],
        &["--registry-namespace", "docker.io", mirror],
        &["--repository", "team/app", "--profile", "ci", mirror],
    ] {
        log_in(&home, arguments);
    }
    home.write_hosts_toml("docker.io", &format!("[host.\"https://{mirror}\"]\n"));
    for command in [&["list"][..], &["config"], &["hosts", "docker.io"]] {
        let ran = home.portunus(command).run();
        let text = ran.assert_success().stdout.clone();
        for line in text.lines() {
            assert!(line.chars().count() <= 80, "{line}\n{text}");
        }
        assert!(!text.contains(home.path().to_str().unwrap()), "{text}");
    }
    let all = home.portunus(&["list"]).run().stdout;
    assert!(
        all.contains("PROFILE") && all.contains("~/.config/portunus/"),
        "{all}"
    );
    let some = home
        .portunus(&["list", "--profile", "default"])
        .run()
        .stdout;
    assert!(
        !some.contains("PROFILE") && !some.contains("REPOSITORY"),
        "{some}"
    );
}

#[support::test]
fn a_list_may_be_of_one_host() {
    let home = Home::new();
    log_in(&home, &["reg.test"]);
    log_in(&home, &["--registry-namespace", "docker.io", "m.test:5000"]);
    let listed = |host: &str| home.portunus(&["list", host]).run();
    let ran = listed("m.test:5000");
    assert!(
        ran.stdout.contains("docker.io") && !ran.stdout.contains("reg.test"),
        "{ran}"
    );
    assert_says(&listed("https://REG.test:443"), &["reg.test"]);
    let nothing = listed("other.test");
    nothing.assert_success();
    assert_says(&nothing, &["nothing is stored for other.test"]);
    listed("not/a/host").assert_code(2);
}

#[support::test]
fn where_the_home_is_not_set_the_user_database_has_it() {
    let mut home = Home::new();
    home.remove_env("HOME");
    home.remove_env("XDG_CONFIG_HOME");
    let ran = home.portunus(&["config", "--json"]).run();
    let config: serde_json::Value = serde_json::from_str(&ran.assert_success().stdout).unwrap();
    let file = config["file"].as_str().unwrap();
    assert!(
        file.starts_with('/') && file.ends_with("/.config/portunus/config.toml"),
        "{file}"
    );
}

#[support::test]
fn colours_are_as_the_flag_says() {
    let home = Home::new();
    for (arguments, coloured) in [
        (["--color=always", "resovle"], true),
        (["--color=never", "resovle"], false),
        (["--color=auto", "resovle"], false),
    ] {
        for variables in [&[][..], &[("NO_COLOR", "1")]] {
            let mut command = home.command(program::portunus());
            command.args(arguments).envs(variables.iter().copied());
            let ran = process::run(&mut command, b"");
            assert_eq!(ran.stderr.contains('\u{1b}'), coloured, "{ran}");
        }
    }
    home.portunus(&["--color=pink", "list"])
        .run()
        .assert_code(2);
}

#[support::test]
fn manual_pages_have_the_sections_of_the_custom() {
    let home = Home::new();
    home.portunus(&["man", "man1"]).run().assert_success();
    for name in [
        "portunus",
        "portunus-login",
        "portunus-logout",
        "portunus-config",
    ] {
        let page = fs::read_to_string(home.path().join(format!("man1/{name}.1"))).unwrap();
        for section in ["EXIT STATUS", "FILES", "ENVIRONMENT"] {
            assert!(
                page.contains(&format!("\n.SH {section}\n")),
                "{name}: {section}\n{page}"
            );
        }
        let examples = page.contains("\n.SH EXAMPLES\n");
        assert_eq!(examples, name != "portunus", "{page}");
        assert!(page.contains("PORTUNUS_HOSTS_DIR") && page.contains("credentials.json"));
        assert!(!page.contains("Exit codes:"), "{page}");
    }
    assert!(!home.path().join("man1/portunus-help.1").exists());
}

#[support::test]
fn that_secrets_lie_in_plain_text_is_told_once() {
    let home = Home::new();
    let login = |more: &[&str]| {
        let always = ["login", "-u", "u", "--password-stdin", "--no-verify"];
        let ran = home.portunus(&[&always[..], more].concat());
        ran.input("canary").run()
    };
    let docker = ["reg.test"];
    let scoped = ["--repository", "team", "reg.test"];
    for arguments in [&docker[..], &scoped] {
        let (first, second) = (login(arguments), login(arguments));
        assert_says(&first, &["stored, not checked: u at ", "unencrypted"]);
        second.assert_success();
        assert!(!second.stderr.contains("unencrypted"), "{second}");
    }
}

#[support::test(waits)]
fn a_logout_from_everything_shows_what_goes_and_asks() {
    let home = Home::new();
    log_in(&home, &["a.test"]);
    log_in(&home, &["--registry-namespace", "docker.io", "m.test"]);
    let ran = log_out(&home, &["--all"]);
    ran.assert_code(2);
    let shown = [
        "u at a.test, in ~/.config/portunus/credentials.json",
        "u at m.test?ns=docker.io, in ~/.config/portunus/credentials.json",
        "help: portunus logout --all --yes\n",
    ];
    assert_says(&ran, &shown);
    for (answer, left) in [("n", 2), ("", 2), ("y", 0)] {
        let mut command = home.command(program::portunus());
        command.args(["logout", "--all"]);
        let (output, screen) = run_at_terminal(&mut command, &[("[y/N]", answer)]);
        assert!(screen.contains("remove these 2 logins?"), "{screen}");
        assert_eq!(output.status.success(), answer == "y", "{screen}");
        assert_eq!(hosts(&home).len(), left, "{screen}");
    }
    log_out(&home, &["--all"]).assert_success();
    log_out(&home, &["--yes", "a.test"]).assert_code(2);
}

/// The terminal is as it was meanwhile, and shows nothing of the password afterwards.
#[support::test(waits, needs("setsid", "bash"))]
fn a_prompt_for_a_password_can_be_suspended() {
    let registry = ProgrammableRegistry::basic(&[Account::new("alice", ALICE)]);
    let home = Home::new();
    let mut command = home.command(tools::program("setsid"));
    command
        .args(["--ctty", "--wait"])
        .arg(tools::program("bash"));
    command.args(["--norc", "--noprofile", "-i"]);
    command.env("PS1", "ready> ");
    let portunus = program::portunus();
    let login = format!(
        "'{}' login -u alice --store file {}",
        portunus.display(),
        registry.address()
    );
    let answers = [
        ("ready> ", login.as_str()),
        ("password for", "\u{1a}"),
        ("Stopped", "fg"),
        ("password for", ALICE),
        ("ready> ", "exit"),
    ];
    let (_, screen) = run_at_terminal(&mut command, &answers);
    assert!(!screen.contains(ALICE), "{screen}");
    assert_eq!(registry.requests_with(ALICE).len(), 1, "{screen}");
    assert!(home.credentials_file().exists(), "{screen}");
}

#[support::test]
fn a_password_that_docker_hub_refuses_leads_to_access_tokens() {
    let authority = CertificateAuthority::new();
    let identity = authority.server(&["registry-1.docker.io"]);
    let settings = ProgrammableRegistry::settings_basic(&[Account::new("alice", ALICE)]);
    let registry = settings.tls(identity.server_config(None)).start();
    let tunnel = ConnectProxy::start(&[("registry-1.docker.io:443", &registry.address())]);
    let mut home = Home::new();
    home.set_env("HTTPS_PROXY", &tunnel.url());
    let ca = home.path().join("ca.pem");
    fs::write(&ca, authority.certificate_pem()).unwrap();
    let server = format!("server = \"https://registry-1.docker.io\"\nca = {ca:?}\n");
    home.write_hosts_toml("docker.io", &server);
    let ran = home.portunus(&["login", "-u", "alice", "--password-stdin"]);
    let ran = ran.input("canary-wrong").run();
    ran.assert_code(3);
    assert_says(&ran, &["personal access token"]);
}

#[support::test]
fn a_helper_that_cannot_run_is_told_in_the_system_s_words() {
    let home = Home::new();
    let program = home.write_script("docker-credential-desktop.exe", "#!/bin/sh\n");
    fs::write(&program, [0x4d, 0x5a, 0, 1]).unwrap();
    let config = json!({"credsStore": "desktop.exe"});
    fs::write(home.docker_config(), config.to_string()).unwrap();
    let ran = log_in_unchecked(&home);
    ran.assert_code(5);
    assert_says(&ran, &["it cannot be started: exec format error"]);
}

#[support::test]
fn pass_without_its_store_is_told_as_that() {
    let home = Home::new();
    home.write_script("pass", "#!/bin/sh\n");
    let script = "#!/bin/sh\ncase $1 in get) echo '{}';; *) echo 'pass not initialized: exit \
                  status 1: Error: password store is empty. Try \"pass init\".'; exit 1;; esac\n";
    home.write_script("docker-credential-pass", script);
    let ran = log_in_unchecked(&home);
    ran.assert_code(5);
    assert_says(
        &ran,
        &[
            "docker-credential-pass (found on PATH, as docker finds it): ",
            "`pass` is not initialized",
            "help: run `pass init`",
            "`--store file`",
        ],
    );
    assert!(!ran.output().contains("configured by"), "{ran}");
}

fn log_in_unchecked(home: &Home) -> process::Ran {
    let always = [
        "login",
        "-u",
        "u",
        "--password-stdin",
        "--no-verify",
        "reg.test",
    ];
    home.portunus(&always).input("canary").run()
}

//! Profiles: which there are, which is in use, and a folder for docker that has one.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::Value;
use support::home::Home;
use support::program;
use support::terminal::run_at_terminal;

fn log_in(home: &Home, profile: &str, user: &str) {
    let login = [
        "login",
        "--profile",
        profile,
        "--username",
        user,
        "--password-stdin",
        "--no-verify",
        "--store",
        "file",
        "reg.test",
    ];
    home.portunus(&login).input("canary").run().assert_success();
}

#[support::test]
fn every_profile_is_listed_with_what_it_has() {
    let home = Home::new();
    log_in(&home, "work", "alice");
    fs::write(
        home.config_dir().join("config.toml"),
        "[profiles.ci]\ninherit = true\ndirectories = ['~/ci', '/srv']\n",
    )
    .unwrap();
    let ran = home.portunus(&["profile", "list", "--json"]).run();
    let listed: Value = serde_json::from_str(&ran.assert_success().stdout).unwrap();
    let profiles = listed["profiles"].as_array().unwrap().iter();
    let told = profiles.map(|it| {
        format!(
            "{} {} {} {} {}",
            it["name"], it["active"], it["inherit"], it["credentials"], it["directories"]
        )
    });
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            "\"default\" true false 0 []",
            "\"ci\" false true 0 [\"/srv\",\"~/ci\"]",
            "\"work\" false false 1 []"
        ]
    );
}

#[support::test]
fn the_profile_in_use_is_that_of_every_command_that_names_none() {
    let home = Home::new();
    let file = home.config_dir().join("config.toml");
    fs::create_dir_all(home.config_dir()).unwrap();
    fs::write(&file, "# mine\nstore = \"file\"\n[trust]\n").unwrap();
    home.portunus(&["profile", "use", "work"])
        .run()
        .assert_success();
    let written = fs::read_to_string(&file).unwrap();
    assert_eq!(
        written,
        "profile = \"work\"\n# mine\nstore = \"file\"\n[trust]\n"
    );
    let ran = home.portunus(&["profile", "list"]).run();
    assert!(
        ran.assert_success().stdout.contains("work     yes"),
        "{ran}"
    );
    home.portunus(&["profile", "use", "default"])
        .run()
        .assert_success();
    home.portunus(&["profile", "use", "no name"])
        .run()
        .assert_code(2);
    let written = fs::read_to_string(&file).unwrap();
    assert!(written.starts_with("profile = \"default\"\n"), "{written}");
    // docker's own folder has another account from now on.
    let seed = home.docker_dir().join(".token_seed");
    fs::write(&seed, "{}").unwrap();
    home.portunus(&["profile", "use", "work"])
        .run()
        .assert_success();
    assert!(!fs::exists(seed).unwrap());
}

#[support::test]
fn a_removed_profile_leaves_nothing_and_takes_nothing_of_another() {
    let home = Home::new();
    log_in(&home, "work", "alice");
    log_in(&home, "ci", "robot");
    let folder = home
        .portunus(&["profile", "docker-config", "work"])
        .run()
        .stdout;
    let remove = ["profile", "remove", "work"];
    home.portunus(&[&remove[..], &["--yes"]].concat())
        .run()
        .assert_success();
    assert!(!fs::exists(folder.trim_end()).unwrap());
    let left = home.portunus(&["list"]).run().stdout;
    assert!(left.contains("robot") && !left.contains("alice"), "{left}");
    home.portunus(&["profile", "remove", "default", "--yes"])
        .run()
        .assert_code(2);
}

#[support::test(waits)]
fn a_profile_is_removed_when_the_person_at_the_terminal_agrees() {
    let home = Home::new();
    log_in(&home, "work", "alice");
    let make = ["profile", "docker-config", "work"];
    home.portunus(&make).run().assert_success();
    let remove = ["profile", "remove", "work"];
    let ran = home.portunus(&remove).run();
    ran.assert_code(2);
    for told in [
        "alice at reg.test?profile=work, in ~/.config/portunus/credentials.json\n",
        "~/.config/portunus/docker/work, which is docker's\n",
        "help: portunus profile remove work --yes\n",
    ] {
        assert!(ran.stderr.contains(told), "{told} {ran}");
    }
    let question = "remove this login and this folder? [y/N]";
    for (answer, is_removed) in [("n", false), ("", false), ("y", true)] {
        let mut command = home.command(program::portunus());
        let (output, screen) = run_at_terminal(command.args(remove), &[(question, answer)]);
        assert_eq!(output.status.success(), is_removed, "{screen}");
        let left = home.portunus(&["list"]).run().stdout;
        assert_eq!(left.contains("alice"), !is_removed, "{left}");
    }
    // There is nothing to agree to.
    home.portunus(&remove).run().assert_success();
    home.portunus(&["profile", "remove", "default"])
        .run()
        .assert_code(2);
}

#[support::test]
fn a_folder_for_docker_has_the_helper_and_no_secret() {
    let home = Home::new();
    fs::create_dir_all(home.docker_dir().join("cli-plugins")).unwrap();
    let config = r#"{"auths":{"reg.test":{"auth":"Y2FuYXJ5OmNhbmFyeQ=="}},"credsStore":"x",
        "HttpHeaders":{"X-Key":"canary"},"detachKeys":"ctrl-p","currentContext":"remote"}"#;
    fs::write(home.docker_config(), config).unwrap();
    let make = ["profile", "docker-config", "work"];
    let ran = home.portunus(&make).run();
    let folder = ran.assert_success().stdout.trim_end().to_owned();
    let at = |name: &str| format!("{folder}/{name}");
    let written: Value =
        serde_json::from_str(&fs::read_to_string(at("config.json")).unwrap()).unwrap();
    let expected = serde_json::json!({
        "detachKeys": "ctrl-p", "currentContext": "remote", "credsStore": "portunus"
    });
    assert_eq!(written, expected);
    assert!(fs::exists(at("cli-plugins")).unwrap());
    let mode = fs::metadata(&folder).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    // From within it, too, and as often as one likes.
    fs::write(at(".token_seed"), "{}").unwrap();
    let again = home.portunus(&make).env("DOCKER_CONFIG", &folder).run();
    assert_eq!(again.assert_success().stdout.trim_end(), folder);
    assert!(fs::exists(at(".token_seed")).unwrap());
}

#[support::test]
fn an_account_that_comes_or_goes_makes_builders_forget() {
    let home = Home::new();
    let folder = home
        .portunus(&["profile", "docker-config", "work"])
        .run()
        .stdout;
    let seed = format!("{}/.token_seed", folder.trim_end());
    let helper = home.link(&program::portunus(), "docker-credential-portunus");
    let ask = |verb: &str, input: &str| {
        let mut command = home.command(&helper);
        command.arg(verb).env("DOCKER_CONFIG", folder.trim_end());
        support::process::run(&mut command, input.as_bytes())
    };
    let forgets = |what: &dyn Fn()| {
        fs::write(&seed, "{}").unwrap();
        what();
        assert!(!fs::exists(&seed).unwrap());
    };
    forgets(&|| log_in(&home, "work", "alice"));
    let found = ask("get", "reg.test").assert_success().stdout.clone();
    assert!(found.contains("alice"), "{found}");
    let store = r#"{"ServerURL":"reg.test","Username":"bob","Secret":"canary"}"#;
    forgets(&|| {
        ask("store", store).assert_success();
    });
    forgets(&|| {
        ask("erase", "reg.test").assert_success();
    });
    ask("get", "reg.test").assert_code(1);
    log_in(&home, "work", "alice");
    forgets(&|| {
        let logout = ["logout", "--profile", "work", "reg.test"];
        home.portunus(&logout).run().assert_success();
    });
}

#[support::test]
fn what_a_profile_inherits_makes_builders_forget_too() {
    let home = Home::new();
    let config = home.config_dir().join("config.toml");
    fs::create_dir_all(home.config_dir()).unwrap();
    fs::write(config, "[profiles.ci]\ninherit = true\n").unwrap();
    let seed_of = |profile: &str| {
        let make = ["profile", "docker-config", profile];
        let folder = home.portunus(&make).run().stdout;
        let seed = format!("{}/.token_seed", folder.trim_end());
        fs::write(&seed, "{}").unwrap();
        seed
    };
    let (inheriting, apart) = (seed_of("ci"), seed_of("work"));
    log_in(&home, "default", "alice");
    assert!(!fs::exists(inheriting).unwrap());
    assert!(fs::exists(apart).unwrap());
}

#[support::test]
fn in_the_folder_of_one_profile_nobody_is_told_of_another() {
    let home = Home::new();
    for (profile, user) in [("work", "alice"), ("ci", "robot")] {
        log_in(&home, profile, user);
    }
    let folder = home
        .portunus(&["profile", "docker-config", "work"])
        .run()
        .stdout;
    let helper = home.link(&program::portunus(), "docker-credential-portunus");
    let get = |profile: Option<&str>| {
        let mut command = home.command(&helper);
        command.arg("get").env("DOCKER_CONFIG", folder.trim_end());
        if let Some(profile) = profile {
            command.env("PORTUNUS_PROFILE", profile);
        }
        support::process::run(&mut command, b"reg.test")
    };
    assert!(get(None).assert_success().stdout.contains("alice"));
    assert!(get(Some("work")).assert_success().stdout.contains("alice"));
    let other = get(Some("ci"));
    other.assert_code(1);
    assert!(other.stdout.contains("profile work"), "{other}");
    assert!(!other.stdout.contains("robot") && !other.stdout.contains("canary"));
}

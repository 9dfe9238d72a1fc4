//! What one types who comes from docker, podman, nerdctl or skopeo.

use support::home::Home;

#[support::test]
fn a_flag_of_another_program_is_answered_with_what_is_written_here() {
    let home = Home::new();
    for (arguments, help) in [
        (["login", "--tls-verify=false"], "--insecure-registry"),
        (
            ["login", "--tls-verify"],
            "leave it out: certificates are verified",
        ),
        (["login", "--ns"], "--registry-namespace"),
        (
            ["login", "--server"],
            "the host stands alone: `portunus login HOST`",
        ),
        (
            ["login", "--get-login"],
            "`portunus list` shows the accounts",
        ),
        (["pull", "--creds"], "log in first: `portunus login HOST`"),
        (["pull", "--authfile"], "REGISTRY_AUTH_FILE"),
    ] {
        let ran = home.portunus(&[&arguments[..], &["x.test"]].concat()).run();
        ran.assert_code(2);
        let told: Vec<&str> = ran
            .stderr
            .lines()
            .filter(|it| it.contains("help: "))
            .collect();
        assert_eq!(told.len(), 2, "{ran}");
        assert!(told[0].contains(help), "{ran}");
        assert!(!ran.output().contains("--no-verify"), "{ran}");
        assert!(!ran.output().contains("use '--"), "{ran}");
    }
}

#[support::test]
fn the_name_alone_shows_the_help_and_version_is_a_command() {
    let home = Home::new();
    let (alone, help) = (home.portunus(&[]).run(), home.portunus(&["--help"]).run());
    alone.assert_success();
    assert_eq!(alone.stdout, help.stdout);
    assert_eq!(alone.stderr, "");
    let (word, flag) = (
        home.portunus(&["version"]).run(),
        home.portunus(&["--version"]).run(),
    );
    word.assert_success();
    assert_eq!(word.stdout, flag.stdout);
}

#[support::test]
fn a_host_with_a_path_is_answered_with_both_logins_that_may_be_meant() {
    let home = Home::new();
    for typed in [
        "reg.test/owner",
        "https://reg.test/owner/",
        "https://reg.test/v2/owner",
    ] {
        let ran = home.portunus(&["login", typed]).run();
        ran.assert_code(2);
        for command in [
            "help: portunus login reg.test\n",
            "help: portunus login reg.test --repository owner\n",
        ] {
            assert!(ran.output().contains(command), "{ran}");
        }
    }
}

#[support::test]
fn a_logout_that_finds_nothing_names_the_logins_of_that_host() {
    let home = Home::new();
    let log_in = |more: &[&str]| {
        let always = [
            "login",
            "-u",
            "alice",
            "--password-stdin",
            "--no-verify",
            "--store",
            "file",
        ];
        let ran = home.portunus(&[&always, more, &["m.test:5000"]].concat());
        ran.input("canary").run().assert_success();
    };
    log_in(&["--registry-namespace", "docker.io"]);
    log_in(&["--profile", "ci"]);
    let ran = home.portunus(&["logout", "m.test:5000"]).run();
    ran.assert_success();
    let ran = home
        .portunus(&["logout", "--exit-code", "m.test:5000"])
        .run();
    ran.assert_code(6);
    for command in [
        "help: portunus logout --registry-namespace docker.io m.test:5000\n",
        "help: portunus logout --profile ci m.test:5000\n",
    ] {
        assert!(ran.stderr.contains(command), "{ran}");
    }
    for (profile, count) in [("ci", 1), ("work", 0)] {
        let ran = home
            .portunus(&["list", "--json", "--profile", profile])
            .run();
        assert_eq!(
            ran.stdout.matches("m.test:5000").count().min(1),
            count,
            "{ran}"
        );
    }
}

#[support::test]
fn a_secret_that_is_longer_than_any_is_refused() {
    let home = Home::new();
    let long = "x".repeat((1 << 20) + 1);
    let ran = home
        .portunus(&[
            "login",
            "-u",
            "alice",
            "--password-stdin",
            "--no-verify",
            "m.test",
        ])
        .input(&long)
        .run();
    ran.assert_code(2);
    assert!(
        ran.stderr.contains("longer than 1 MiB"),
        "{}",
        &ran.stderr[..ran.stderr.len().min(300)]
    );
}

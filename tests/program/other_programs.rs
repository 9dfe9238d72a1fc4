//! What one types who comes from docker, podman, nerdctl or skopeo.

use support::home::Home;

#[support::test]
fn a_flag_of_another_program_is_answered_with_what_is_written_here() {
    let home = Home::new();
    for (verb, flag, help) in [
        ("login", "--tls-verify=false", "--insecure-registry"),
        (
            "login",
            "--tls-verify",
            "leave it out: certificates are verified",
        ),
        ("pull", "--tls-verify=false", "`skip_verify = true`"),
        ("login", "--ns", "--registry-namespace"),
        ("pull", "--ns", "-n CONTAINERD_NAMESPACE"),
        (
            "login",
            "--server",
            "the host stands alone: `portunus login HOST`",
        ),
        ("login", "--get-login", "`portunus list` shows the accounts"),
        ("login", "--creds", "-u USER --password-stdin"),
        ("login", "--authfile", "`--store docker`"),
        ("login", "--ca-file", "`ca` in hosts.toml"),
        ("login", "-e", "no registry asks for it"),
        ("login", "--insecure-skip-verify", "--insecure-registry"),
        ("pull", "--creds", "log in first: `portunus login HOST`"),
        ("pull", "-u", "log in first: `portunus login HOST`"),
        ("push", "-u", "log in first: `portunus login HOST`"),
        ("resolve", "--creds", "log in first: `portunus login HOST`"),
        ("pull", "--authfile", "give it as `--pull-secret FILE`"),
        ("resolve", "--authfile", "give it as `--pull-secret FILE`"),
        ("logout", "--authfile", "`podman logout`"),
        ("pull", "--plain-http", "`[host.\"http://HOST\"]`"),
        ("pull", "--insecure-registry", "`skip_verify = true`"),
        ("pull", "-k", "`skip_verify = true`"),
        ("pull", "--cert-dir", "`ca` and `client` in hosts.toml"),
        ("pull", "-q", "`--progress none`"),
        ("pull", "--quiet", "`--progress none`"),
        ("push", "-q", "`--progress none`"),
        ("list", "-q", "`--json`"),
        ("check", "-q", "leave it out"),
        ("pull", "-a", "name each tag"),
        ("pull", "--all-tags", "name each tag"),
        ("pull", "--policy", "is not fetched again"),
        ("pull", "--arch", "--platform OS/ARCH"),
        ("resolve", "--platform", "the same for every platform"),
        ("logout", "-a", "--all"),
        ("list", "--format", "`--json` prints JSON"),
        ("push", "--format", "an image is pushed as it is"),
    ] {
        let ran = home.portunus(&[verb, flag, "x.test"]).run();
        ran.assert_code(2);
        let told: Vec<&str> = ran
            .stderr
            .lines()
            .filter(|it| it.contains("help: "))
            .collect();
        assert_eq!(told.len(), 2, "{ran}");
        assert!(told[0].contains(help), "{ran}");
        assert!(
            help.contains("--pull-secret") || !ran.stderr.contains("--pull-secret"),
            "{ran}"
        );
        assert!(!ran.output().contains("--no-verify"), "{ran}");
        assert!(!ran.output().contains("use '--"), "{ran}");
    }
}

#[support::test]
fn a_flag_that_nobody_knows_is_taken_for_none_of_another_meaning() {
    let home = Home::new();
    for (arguments, guess) in [
        (["pull", "--snapshotter", "x.test/a"], None),
        (["login", "--scope", "x.test"], None),
        (["pull", "--ofline", "x.test/a"], None),
        (["logout", "--all-registries", "x.test"], Some("'--all'")),
        (
            ["login", "--registry-namspace", "x.test"],
            Some("'--registry-namespace'"),
        ),
        (["login", "--pass", "x.test"], Some("'--password'")),
    ] {
        let ran = home.portunus(&arguments).run();
        ran.assert_code(2);
        let told = ran.stderr.split("similar argument exists: ").nth(1);
        let told = told.and_then(|rest| rest.lines().next());
        assert_eq!(told, guess, "{ran}");
        assert!(!ran.stderr.contains("as a value"), "{ran}");
    }
}

#[support::test]
fn a_command_of_another_program_is_answered_with_what_is_written_here() {
    let home = Home::new();
    for (typed, help) in [
        (&["auth", "login", "reg.test"][..], "`portunus login HOST`"),
        (&["registry", "login"], "`portunus login HOST`"),
        (&["whoami"], "`portunus list` shows the accounts"),
        (
            &["inspect", "reg.test/x"],
            "`portunus resolve --probe IMAGE`",
        ),
        (
            &["copy", "a", "b"],
            "`portunus pull IMAGE --oci-layout DIR`",
        ),
        (&["images"], "nerdctl and ctr have commands for them"),
        (&["info"], "`portunus config` shows what is set"),
        (&["lint"], "`portunus check` looks for faults"),
    ] {
        let ran = home.portunus(typed).run();
        ran.assert_code(2);
        let said = format!("unrecognized subcommand '{}'", typed[0]);
        assert!(ran.stderr.contains(&said), "{ran}");
        assert!(ran.stderr.contains(help), "{ran}");
    }
}

#[support::test]
fn a_host_with_more_around_it_is_answered_with_the_host_alone() {
    let home = Home::new();
    for (typed, helps) in [
        (["list", "reg.test/x"], &["portunus list reg.test"][..]),
        (
            ["hosts", "https://docker.io"],
            &["portunus hosts docker.io"],
        ),
        (
            ["hosts", "docker.io/library/alpine"],
            &["portunus hosts docker.io"],
        ),
        (
            ["login", "reg.test:5000/team/app:v1"],
            &[
                "portunus login reg.test:5000",
                "portunus login reg.test:5000 --repository team/app",
            ],
        ),
        (
            ["logout", "reg.test/team"],
            &[
                "portunus logout reg.test",
                "portunus logout reg.test --repository team",
            ],
        ),
        (["login", "oci://reg.test"], &["portunus login reg.test"]),
    ] {
        let ran = home.portunus(&typed).run();
        ran.assert_code(2);
        for help in helps {
            assert!(ran.stderr.contains(&format!("help: {help}\n")), "{ran}");
        }
    }
    let ran = home.portunus(&["hosts", "https://docker.io"]).run();
    assert!(ran.stderr.contains("has no scheme"), "{ran}");
}

#[support::test]
fn an_image_with_a_scheme_is_answered_with_the_command_without() {
    let home = Home::new();
    for typed in ["docker://reg.test/x:v1", "https://reg.test/x:v1"] {
        for verb in ["resolve", "pull", "push"] {
            let ran = home.portunus(&[verb, typed]).run();
            ran.assert_code(2);
            let help = format!("help: portunus {verb} reg.test/x:v1\n");
            assert!(ran.stderr.contains(&help), "{ran}");
        }
        let ran = home
            .portunus(&["export", "--format", "docker", typed])
            .run();
        ran.assert_code(2);
        let help = "help: name the image without its scheme: reg.test/x:v1\n";
        assert!(ran.stderr.contains(help), "{ran}");
    }
}

#[support::test]
fn what_needs_no_setting_is_told_beside_broken_ones() {
    let home = Home::new();
    std::fs::create_dir_all(home.config_dir()).unwrap();
    std::fs::write(home.config_dir().join("config.toml"), "store = 7\n[").unwrap();
    home.portunus(&["list"]).run().assert_code(5);
    let pages = home.path().join("man");
    for command in [
        &["version"][..],
        &["version", "--json"],
        &["completion", "bash"],
        &["completion", "zsh"],
        &["man", pages.to_str().unwrap()],
    ] {
        let ran = home.portunus(command).env("PORTUNUS_PROFILE", "a/b").run();
        ran.assert_success();
        assert_eq!(ran.stderr, "", "{ran}");
    }
    let ran = home.portunus(&["version", "--json"]).run();
    let document: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(document["version"], 1);
    assert_eq!(document["program"], "portunus");
    let version = home.portunus(&["version"]).run().stdout;
    let number = document["program_version"].as_str().unwrap();
    assert!(version.trim_end().ends_with(number), "{version}");
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

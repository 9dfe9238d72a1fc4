//! What is told to somebody who asks for the wrong thing.

use support::home::Home;

#[support::test]
fn a_host_that_is_not_listed_is_answered_with_those_that_are() {
    let home = Home::new();
    home.write_hosts_toml(
        "foo.test",
        "[host.\"https://mirror-1.test:5000\"]\n[host.\"https://mirror-2.test\"]\n",
    );
    let ran = home
        .portunus(&[
            "login",
            "--registry-namespace=foo.test",
            "elsewhere.test",
            "-u",
            "a",
            "--password-stdin",
        ])
        .input("b")
        .run();
    ran.assert_code(2);
    for told in [
        "error: elsewhere.test is no host of registry namespace foo.test",
        "https://mirror-1.test:5000",
        "https://foo.test",
        "help: portunus login --registry-namespace foo.test mirror-2.test",
        "foo.test/hosts.toml: [host.\"https://elsewhere.test\"]",
    ] {
        assert!(ran.stderr.contains(told), "{told} is not told in\n{ran}");
    }
    let of_server = "portunus login foo.test";
    assert!(!ran.stderr.contains(of_server), "{ran}");
    assert!(!home.credentials_file().exists());
}

#[support::test]
fn a_missing_socket_is_named_with_the_way_to_give_another() {
    let home = Home::new();
    let socket = home.path().join("no/containerd.sock").display().to_string();
    for arguments in [vec!["--address", &socket], vec![]] {
        let ran = home
            .portunus(&[vec!["pull", "127.0.0.1:1/app:v1"], arguments].concat())
            .env("CONTAINERD_ADDRESS", &socket)
            .run();
        ran.assert_code(1);
        assert!(
            ran.stderr.contains(&socket) && ran.stderr.contains("--address"),
            "{ran}"
        );
    }
}

#[support::test]
fn references_and_hosts_that_are_none_are_usage_errors() {
    let home = Home::new();
    let long = "a".repeat(300);
    for image in [
        "reg.test/Upper",
        "reg.test/a/../b",
        "reg.test/a@sha256:12",
        "reg.test/a\u{7}",
        &long,
    ] {
        let ran = home.portunus(&["resolve", image]).run();
        ran.assert_code(2);
        assert!(
            ran.stderr.starts_with("error: invalid image reference"),
            "{ran}"
        );
    }
    for host in ["reg.test/team", "user:canary-pw@reg.test", "reg.test:99999"] {
        let ran = home
            .portunus(&["login", host, "-u", "a", "--password-stdin"])
            .input("b")
            .run();
        ran.assert_code(2);
        assert!(ran.stderr.starts_with("error: invalid host"), "{ran}");
        assert!(!ran.stderr.contains("canary"), "{ran}");
    }
}

#[support::test]
fn a_password_needs_a_username_and_an_input() {
    let home = Home::new();
    for (arguments, told) in [
        (vec!["login", "reg.test", "--password-stdin"], "--username"),
        (vec!["login", "reg.test", "-p", "x"], "--username"),
        (
            vec![
                "login",
                "reg.test",
                "-u",
                "a",
                "-p",
                "x",
                "--password-stdin",
            ],
            "cannot be used with",
        ),
        (
            vec!["login", "reg.test", "-u", "a", "--password-stdin"],
            "standard input does not hold",
        ),
        (vec!["login", "reg.test"], "--password-stdin"),
    ] {
        let ran = home.portunus(&arguments).run();
        ran.assert_code(2);
        assert!(ran.stderr.contains(told), "{told} is not told in\n{ran}");
    }
}

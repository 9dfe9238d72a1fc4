//! What is named on a command line or in the environment, and is none, or is more than a host.

use std::fs;

use serde_json::Value;
use support::home::Home;
use worlds::login::assert_says;

#[support::test]
fn what_is_named_and_makes_no_sense_is_named_back() {
    let home = Home::new();
    let ran = home
        .portunus(&["list"])
        .env("PORTUNUS_PROFILE", "a/b")
        .run();
    ran.assert_code(2);
    assert_says(
        &ran,
        &[
            "error: `PORTUNUS_PROFILE`: invalid profile `a/b`",
            "help: unset PORTUNUS_PROFILE",
        ],
    );
    let ran = home
        .portunus(&["pull", "x.test/y"])
        .env("CONTAINERD_NAMESPACE", "a b")
        .run();
    ran.assert_code(2);
    assert_says(
        &ran,
        &[
            "error: `CONTAINERD_NAMESPACE`: invalid containerd namespace `a b`",
            "help: unset CONTAINERD_NAMESPACE",
        ],
    );
    for address in ["", "unix://"] {
        let ran = home
            .portunus(&["pull", "x.test/y", "--address", address])
            .run();
        ran.assert_code(2);
        assert_says(&ran, &["--address"]);
    }
    let file = home.path().join("layout.tar");
    fs::write(&file, "").unwrap();
    let layout = file.to_str().unwrap();
    let ran = home
        .portunus(&["push", "127.0.0.1:1/app", "--oci-layout", layout])
        .run();
    ran.assert_code(6);
    assert_says(
        &ran,
        &["help: name the directory of an OCI layout, not a file\n"],
    );
    let ran = home
        .portunus(&["pull", "127.0.0.1:1/app", "--oci-layout", layout])
        .run();
    ran.assert_code(1);
    assert_says(&ran, &["help: name a directory that you can write"]);
    assert!(!ran.stderr.contains("os error"), "{ran}");
}

#[support::test]
fn a_list_takes_a_login_as_messages_show_it() {
    let home = Home::new();
    for key in [
        "m.test:5000",
        "m.test:5000?ns=docker.io",
        "m.test:5000?ns=docker.io&path=team",
    ] {
        let arguments = [
            "login",
            key,
            "-u",
            "u",
            "--password-stdin",
            "--no-verify",
            "--store",
            "file",
        ];
        home.portunus(&arguments)
            .input("canary")
            .run()
            .assert_success();
    }
    for (asked, count) in [
        ("m.test:5000", 3),
        ("m.test:5000?ns=docker.io", 2),
        ("m.test:5000?path=team", 1),
        ("m.test:5000?ns=docker.io&profile=ci", 0),
        ("m.test:5000?ns=reg.test", 0),
    ] {
        let ran = home.portunus(&["list", "--json", asked]).run();
        let document: Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!(
            document["credentials"].as_array().unwrap().len(),
            count,
            "{asked}"
        );
    }
    let ran = home.portunus(&["list", "m.test:5000?ns=reg.test"]).run();
    assert_says(&ran, &["nothing is stored for m.test:5000?ns=reg.test"]);
}

#[support::test]
fn a_login_that_cannot_be_asked_for_is_answered_before_anybody_is() {
    let home = Home::new();
    let ran = home
        .portunus(&["login", "*.test", "-u", "u", "--password-stdin"])
        .input("canary")
        .run();
    ran.assert_code(2);
    assert_says(
        &ran,
        &[
            "error: `*.test` stands for several hosts, of which none can be asked",
            "help: name one of them, or add --no-verify",
        ],
    );
    let ran = home.portunus(&["login", "reg.test", "-u", "a b"]).run();
    ran.assert_code(2);
    let help = "help: portunus login reg.test -u 'a b' --password-stdin < FILE\n";
    assert_says(&ran, &[help]);
}

//! Secrets that the real kubectl writes.

use std::fs;
use std::path::Path;

use serde_json::Value;
use support::home::Home;
use support::process::Ran;
use support::{process, tools};

const KEY: &str = "{\n  \"type\": \"service_account\",\n  \"private_key\": \"canary\\n\"\n}";

/// Runs it without a cluster.
fn kubectl(home: &Home, arguments: &[&str]) -> Ran {
    let mut command = home.command(tools::program("kubectl"));
    // Google's is started by way of the newest version beside it.
    command.args(arguments).env("PATH", "/usr/bin:/bin");
    process::run(&mut command, b"")
}

fn user(home: &Home, secret: &Path, image: &str) -> Value {
    let secret = secret.to_str().unwrap();
    let arguments = ["resolve", "--json", "--pull-secret", secret, image];
    let ran = home.portunus(&arguments).run();
    ran.assert_success();
    assert!(!ran.output().contains("canary"), "{ran}");
    let plan: Value = serde_json::from_str(&ran.stdout).unwrap();
    plan["attempts"][0]["credential"]["username"].clone()
}

#[support::test(needs("kubectl?"))]
fn what_it_writes_is_read() {
    for (format, file) in [("yaml", "s.yaml"), ("json", "s.json")] {
        let home = Home::new();
        let (user_flag, key) = (
            "--docker-username=_json_key",
            format!("--docker-password={KEY}"),
        );
        let (server, output) = ("--docker-server=reg.test", format!("--output={format}"));
        let create = [
            "create",
            "secret",
            "docker-registry",
            "regcred",
            "--dry-run=client",
        ];
        let written = kubectl(
            &home,
            &[&create[..], &[server, user_flag, &key, &output]].concat(),
        );
        let path = home.path().join(file);
        fs::write(&path, &written.assert_success().stdout).unwrap();
        assert_eq!(user(&home, &path, "reg.test/app"), "_json_key");
        // Its default is Docker Hub.
        let written = kubectl(&home, &[&create[..], &[user_flag, &key, &output]].concat());
        fs::write(&path, &written.assert_success().stdout).unwrap();
        assert_eq!(user(&home, &path, "alpine"), "_json_key");
    }
}

//! Secrets that the real kubectl writes.

use std::fs;
use std::path::Path;

use serde_json::Value;
use support::home::Home;
use support::process::Ran;
use support::{process, tools};
use worlds::login::home_with_logins;

const KEY: &str = "{\n  \"type\": \"service_account\",\n  \"private_key\": \"canary\\n\"\n}";

/// Runs it without a cluster.
fn kubectl(home: &Home, arguments: &[&str]) -> Ran {
    let mut command = home.command(tools::program("kubectl/kubectl"));
    process::run(command.args(arguments), b"")
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

#[support::test(needs("kubectl/kubectl"))]
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

#[support::test(needs("kubectl/kubectl"))]
fn it_reads_what_is_exported() {
    let home = home_with_logins(&[&["-u", "alice", "reg.test"]], "canary-export");
    let image = "reg.test/team/app";
    let arguments = ["export", "--format", "kubernetes-secret", "-o", "s.yaml"];
    let exported = home.portunus(&[&arguments[..], &[image]].concat()).run();
    exported.assert_success();
    // What it can do without a cluster: read an object, change it, and write it.
    let label = ["label", "--local", "--filename=s.yaml", "read=yes"];
    let read = kubectl(&home, &[&label[..], &["--output=json"]].concat());
    let secret: Value = serde_json::from_str(&read.assert_success().stdout).unwrap();
    assert_eq!(secret["type"], "kubernetes.io/dockerconfigjson");
    assert_eq!(secret["metadata"]["labels"]["read"], "yes");
    let path = home.path().join("read.json");
    fs::write(&path, &read.stdout).unwrap();
    fs::remove_file(home.credentials_file()).unwrap();
    assert_eq!(user(&home, &path, image), "alice");
}

//! `--pull-secret`: secrets of a cluster, before everything that is stored.

use std::fs;

use serde_json::Value;
use support::account::Account;
use support::home::Home;
use support::image::Image;
use support::programmable_registry::ProgrammableRegistry;

const SECRET: &str = "canary-pull";

/// A Secret of a cluster with one login.
fn manifest(name: &str, host: &str, user: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Secret\nmetadata: {{name: {name}, namespace: ci}}\n\
         type: kubernetes.io/dockerconfigjson\nstringData:\n  .dockerconfigjson: |\n    \
         {{\"auths\": {{\"{host}\": {{\"username\": \"{user}\", \"password\": \"{SECRET}\"}}}}}}\n"
    )
}

fn write(home: &Home, name: &str, text: &str) -> String {
    let path = home.path().join(name);
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[support::test]
fn a_plan_tells_of_each_entry_which_secret_it_is_from_and_what_hides_it() {
    let home = Home::new();
    let both = manifest("one", "reg.test", "a") + "---\n" + &manifest("two", "reg.test", "b");
    let path = write(&home, "secrets.yaml", &both);
    let arguments = ["resolve", "--pull-secret", &path, "reg.test/app"];
    let ran = home.portunus(&[&arguments[..], &["--json"]].concat()).run();
    ran.assert_success();
    let plan: Value = serde_json::from_str(&ran.stdout).unwrap();
    let one = format!("{path}: secret ci/one, .dockerconfigjson");
    let candidates = plan["attempts"][0]["candidates"].as_array().unwrap();
    let users: Vec<&Value> = candidates.iter().map(|it| &it["username"]).collect();
    assert_eq!(users, ["a", "b"]);
    assert_eq!(candidates[0]["location"], one.as_str());
    let hidden: Vec<&Value> = plan["pull_secrets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["hidden_by"])
        .collect();
    assert_eq!(hidden, [&Value::Null, &Value::from(one)]);
    let ran = home.portunus(&[&arguments[..], &["--why"]].concat()).run();
    assert!(ran.stdout.contains("hidden: b, key reg.test"), "{ran}");
    assert!(!format!("{ran}").contains("canary"), "{ran}");
}

#[support::test]
fn a_secret_that_no_node_reads_is_told_and_the_others_are_used() {
    let home = Home::new();
    let opaque = manifest("o", "reg.test", "a").replace("kubernetes.io/dockerconfigjson", "Opaque");
    let path = write(
        &home,
        "s.yaml",
        &format!("{opaque}---\n{}", manifest("g", "reg.test", "b")),
    );
    let ran = home
        .portunus(&["resolve", "--pull-secret", &path, "reg.test/app"])
        .run();
    ran.assert_success();
    let said = "secret ci/o: it holds nothing for anybody: it has `.dockerconfigjson`, but its type is Opaque";
    assert!(ran.stderr.contains(said), "{ran}");
    assert!(ran.stdout.contains("secret ci/g"), "{ran}");
    let absent = ["resolve", "--pull-secret", "absent.yaml", "reg.test/app"];
    let ran = home.portunus(&absent).run();
    assert_eq!(ran.status.code(), Some(5), "{ran}");
    assert!(
        ran.stderr.contains("absent.yaml: there is no pull secret"),
        "{ran}"
    );
}

#[support::test]
fn a_pull_and_a_push_show_a_registry_what_the_secret_holds() {
    let registry = ProgrammableRegistry::basic(&[Account::new("robot", SECRET)]);
    registry.put_image("team/app", "v1", &Image::small("one"));
    let home = Home::new();
    let at = registry.address();
    home.write_hosts_toml(&at, &format!("server = \"{}\"\n", registry.url()));
    let path = write(&home, "s.yaml", &manifest("s", &at, "robot"));
    let layout = home.path().join("layout");
    let layout = layout.to_str().unwrap();
    let image = format!("{at}/team/app:v1");
    let run = |verb: &str, image: &str| {
        let arguments = [verb, image, "--oci-layout", layout, "--pull-secret", &path];
        home.portunus(&arguments).run().assert_success();
    };
    run("pull", &image);
    run("push", &image);
}

//! `portunus hosts` and `portunus check`, as scripts and people see them.

use serde_json::{Value, json};
use support::home::Home;

use crate::worlds::vectors;

#[support::test]
fn the_json_has_the_fields_and_values_of_the_vectors() {
    let mut compared = 0;
    for vector in vectors::read("docs") {
        let root = vector.lay_out();
        let home = Home::new();
        let root_text = root.path().to_str().unwrap();
        let mut arguments = vec![
            "--hosts-dir",
            root_text,
            "hosts",
            "--as-containerd",
            "--json",
            vector.text("namespace"),
        ];
        if let Some(scheme) = vector.value("default_scheme").as_str() {
            arguments.extend(["--default-scheme", scheme]);
        }
        if vector.value("default_tls") == true {
            continue;
        }
        let ran = home.portunus(&arguments).run();
        ran.assert_code(0);
        let id = vector.text("id");
        let document = vector.with_mark(serde_json::from_str(&ran.stdout).unwrap(), root.path());
        assert_eq!(document["version"], 1, "{id}");
        let expected = vector.value("expect");
        assert_eq!(
            document.get("error").is_some(),
            expected.get("error").is_some(),
            "{id}"
        );
        if expected.get("error").is_none() {
            for field in ["dir", "source", "fell_back"] {
                assert_eq!(&document[field], vector.value(field), "{id} {field}");
            }
            assert!(
                contains(&document["hosts"], &expected["hosts"]),
                "{id}: {}",
                document["hosts"]
            );
        }
        compared += 1;
    }
    assert!(compared > 30);
}

#[support::test]
fn options_stand_before_or_after_and_two_hyphens_end_them() {
    let home = home_with(
        "reg.test",
        "[host.\"https://m.test\"]\ncapabilities = [\"pull\"]\n",
    );
    let root = home.hosts_dir();
    let root = root.to_str().unwrap();
    let one = home
        .portunus(&["hosts", "reg.test", "--json", "--hosts-dir", root])
        .run();
    let two = home
        .portunus(&["--hosts-dir", root, "hosts", "--json", "--", "reg.test"])
        .run();
    one.assert_code(0);
    assert_eq!(one.stdout, two.stdout);
    let hosts: Value = serde_json::from_str(&one.stdout).unwrap();
    assert_eq!(hosts["hosts"][0]["host"], "m.test");
    let text = home
        .portunus(&["hosts", "reg.test", "--hosts-dir", root])
        .run()
        .stdout;
    assert!(
        text.contains("https://m.test") && text.contains("https://reg.test"),
        "{text}"
    );
}

#[support::test]
fn what_containerd_fails_on_is_a_result_only_when_asked_for() {
    let home = home_with("reg.test", "ca = \"absent.crt\"\n");
    let asked = home
        .portunus(&["hosts", "--as-containerd", "--json", "reg.test"])
        .run();
    asked.assert_code(0);
    let document: Value = serde_json::from_str(&asked.stdout).unwrap();
    assert_eq!(document["namespace"], "reg.test");
    assert!(document["error"].as_str().unwrap().contains("absent.crt"));
    let strict = home.portunus(&["hosts", "--json", "reg.test"]).run();
    strict.assert_code(5);
    assert!(
        strict.stderr.contains("hosts.toml:1:6"),
        "{}",
        strict.stderr
    );
}

#[support::test]
fn a_file_that_containerd_drops_ends_with_5_and_its_place() {
    let home = home_with(
        "reg.test",
        "[host.\"https://m.test\"]\ncapabilities = [\"pul\"]\n",
    );
    let strict = home.portunus(&["hosts", "reg.test"]).run();
    strict.assert_code(5);
    assert!(
        strict
            .stderr
            .contains("hosts.toml:2:17: unknown capability `pul`"),
        "{}",
        strict.stderr
    );
    assert!(strict.stderr.contains("help: "), "{}", strict.stderr);
    let asked = home
        .portunus(&["hosts", "--as-containerd", "--json", "reg.test"])
        .run();
    asked.assert_code(0);
    let document: Value = serde_json::from_str(&asked.stdout).unwrap();
    assert_eq!(
        (&document["fell_back"], &document["source"]),
        (&json!(true), &json!("certs"))
    );
}

#[support::test]
fn a_name_that_is_no_registry_ends_with_2() {
    let home = Home::new();
    for name in ["../x", "a/b", "."] {
        home.portunus(&["hosts", "--as-containerd", "--json", name])
            .run()
            .assert_code(2);
    }
}

#[support::test]
fn check_prints_like_a_compiler_and_ends_with_5() {
    let home = home_with(
        "reg.test",
        "[host.\"https://m.test\"]\ncapability = [\"pull\"]\n",
    );
    let check = |arguments: &[&str]| home.portunus(&[&["check"], arguments].concat()).run();
    let ran = check(&[]);
    ran.assert_code(0);
    assert!(
        ran.stdout
            .contains("hosts.toml:2:1: warning[unknown-key]: unknown key `capability`"),
        "{}",
        ran.stdout
    );
    assert!(
        ran.stdout
            .contains("    2 | capability = …\n      | ^\n  help: did you mean `capabilities`?\n"),
        "{}",
        ran.stdout
    );
    check(&["--deny", "warnings"]).assert_code(5);
    // Nothing would be looked at.
    check(&["--deny", "warnings", "other.test"]).assert_code(5);
    let json = check(&["reg.test", "--json"]);
    json.assert_code(0);
    let document: Value = serde_json::from_str(&json.stdout).unwrap();
    let finding = document["findings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|finding| finding["code"] == "unknown-key")
        .unwrap();
    assert_eq!(
        (&finding["severity"], &finding["line"], &finding["column"]),
        (&json!("warning"), &json!(2), &json!(1))
    );
    home.write_hosts_toml("broken.test", "x = [\n");
    check(&[]).assert_code(5);
}

#[support::test]
fn values_of_secret_headers_are_not_shown() {
    let home = home_with(
        "reg.test",
        "[header]\nAuthorization = \"Basic hunter2\"\nx-a = \"plain\"\n",
    );
    for arguments in [
        &["hosts", "reg.test"][..],
        &["hosts", "--json", "reg.test"],
        &["hosts", "--as-containerd", "reg.test"],
        &["check"],
        &["check", "--json"],
    ] {
        let ran = home.portunus(arguments).run();
        ran.assert_code(0);
        assert!(
            !(ran.stdout + &ran.stderr).contains("hunter2"),
            "{arguments:?}"
        );
    }
}

/// Whether each object has at least the expected fields, with these values.
fn contains(found: &Value, expected: &Value) -> bool {
    let (found, expected) = (found.as_array().unwrap(), expected.as_array().unwrap());
    found.len() == expected.len()
        && found.iter().zip(expected).all(|(found, expected)| {
            expected
                .as_object()
                .unwrap()
                .iter()
                .all(|(name, value)| found.get(name).unwrap_or(&Value::Null) == value)
        })
}

fn home_with(registry_namespace: &str, text: &str) -> Home {
    let home = Home::new();
    home.write_hosts_toml(registry_namespace, text);
    home
}

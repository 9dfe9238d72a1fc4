//! Pull secrets in files: mounted, in folders, in manifests; and what is said of those that hold
//! nothing.

use std::fs;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use portunus::name::Profile;
use portunus::store::PullSecretForm;
use portunus_kubernetes::PullSecrets;

use crate::worlds::{logins, none, told};

/// A Secret that is read for pulls, with `{"auths": …}` in it.
fn manifest(name: &str, auths: &str) -> String {
    let data = STANDARD.encode(format!("{{\"auths\": {auths}}}"));
    format!(
        "apiVersion: v1\nkind: Secret\nmetadata: {{name: {name}, namespace: ci}}\n\
         type: kubernetes.io/dockerconfigjson\ndata:\n  .dockerconfigjson: {data}\n"
    )
}

fn entry(host: &str, user: &str) -> String {
    format!("{{\"{host}\": {{\"username\": \"{user}\", \"password\": \"canary-{user}\"}}}}")
}

fn user(secrets: &PullSecrets, image: &str) -> Vec<String> {
    let logins = logins(secrets, image).into_iter();
    logins.map(|(username, _)| username).collect()
}

fn of_manifest(text: &str) -> PullSecrets {
    let mut secrets = none();
    secrets.add_manifest(text.as_bytes(), "m.yaml");
    secrets
}

#[support::test]
fn a_folder_of_mounted_secrets_is_read_in_the_order_of_their_names() {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("b/.dockercfg", &entry("reg.test", "b"));
    write(
        "a/.dockerconfigjson",
        &format!("{{\"auths\": {}}}", entry("reg.test", "a")),
    );
    write("c.yaml", &manifest("c", &entry("reg.test", "c")));
    // How a kubelet mounts them: the files of before are there for a moment.
    write("..data/.dockercfg", &entry("reg.test", "old"));
    write("notes/readme", "nothing");
    let secrets = PullSecrets::read(&[folder.path().to_owned()], Profile::DEFAULT).unwrap();
    assert_eq!(user(&secrets, "reg.test/app"), ["a", "b", "c"]);
    assert_eq!(
        told(&secrets),
        format!(
            "{}: passed over, since there is no `.dockerconfigjson`, `.dockercfg` or \
             `config.json` in it: notes",
            folder.path().display()
        )
    );
    let merged = secrets.merged();
    let hidden = merged.iter().map(|it| it.hidden_by.is_some());
    assert_eq!(hidden.collect::<Vec<_>>(), [false, true, true]);
    assert!(
        merged[2]
            .entry
            .location
            .to_string()
            .ends_with("c.yaml: secret ci/c, .dockerconfigjson")
    );
    assert_eq!(
        merged[2].hidden_by.as_ref(),
        Some(&merged[0].entry.location)
    );
}

#[support::test]
fn paths_are_read_in_the_order_they_are_given_and_one_that_is_nothing_fails() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    };
    let docker = file(
        "any-name",
        &format!("{{\"auths\": {}}}", entry("reg.test", "docker")),
    );
    let yaml = file("no-ending", &manifest("y", &entry("reg.test", "yaml")));
    let json = file(
        "secret.json",
        &format!(
            "{{\"apiVersion\": \"v1\", \"kind\": \"Secret\", \"metadata\": {{\"name\": \"j\"}}, \
             \"type\": \"kubernetes.io/dockercfg\", \"data\": {{\".dockercfg\": \"{}\"}}}}",
            STANDARD.encode(entry("reg.test", "json"))
        ),
    );
    let paths = [json, docker, yaml];
    let secrets = PullSecrets::read(&paths, Profile::DEFAULT).unwrap();
    assert_eq!(user(&secrets, "reg.test/app"), ["json", "docker", "yaml"]);
    let nothing = file("nothing", "canary-1");
    let empty = folder.path().join("empty");
    fs::create_dir(&empty).unwrap();
    for path in [nothing, empty, folder.path().join("absent")] {
        let error = PullSecrets::read(std::slice::from_ref(&path), Profile::DEFAULT).unwrap_err();
        let error = error.to_string();
        assert!(error.starts_with(&path.display().to_string()), "{error}");
        assert!(!error.contains("canary"), "{error}");
    }
}

#[support::test]
fn one_bad_entry_names_its_secret_its_key_and_its_host_and_the_others_are_good() {
    let bad = "{\"bad.test\": {\"auth\": \"canary!\"}, \"reg.test\": {\"auth\": \"dTpw\"}}";
    let secrets = of_manifest(&manifest("broken", bad));
    assert_eq!(user(&secrets, "reg.test/app"), ["u"]);
    let told = told(&secrets);
    let expected =
        "m.yaml: secret ci/broken, .dockerconfigjson:1:33: `bad.test`: `auth` is not base64";
    assert_eq!(told, expected);
}

#[support::test]
fn each_spelling_of_a_host_is_tried_and_first_the_one_that_nodes_look_for() {
    for (first, second) in [
        ("https://index.docker.io/v1/", "registry-1.docker.io"),
        ("reg.test", "REG.test"),
        ("reg.test", "reg.test:443"),
        ("reg.test", "https://reg.test"),
        ("http://reg.test", "https://reg.test"),
    ] {
        for (one, other) in [(first, second), (second, first)] {
            let (one, other) = (entry(one, one), entry(other, other));
            let (one, other) = (one.trim_end_matches('}'), other.trim_start_matches('{'));
            let auths = format!("{{\"auths\": {one}}}, {other}}}");
            let mut secrets = none();
            let form = PullSecretForm::DockerConfigJson;
            secrets.add_logins(auths.as_bytes(), form, "s").unwrap();
            let image = match first.contains("docker.io") {
                true => "docker.io/library/nginx",
                false => "reg.test/app",
            };
            assert_eq!(user(&secrets, image), [first, second], "{auths}");
            assert_eq!(told(&secrets), "", "{auths}");
        }
    }
}

#[support::test]
fn of_a_host_that_stands_twice_in_a_secret_the_last_one_counts_and_the_other_is_told() {
    let (one, other) = (entry("reg.test", "one"), entry("reg.test", "other"));
    let (one, other) = (one.trim_end_matches('}'), other.trim_start_matches('{'));
    let twice = format!("{{\"auths\": {one}}}, {other}}}");
    let sections = format!("{{\"auths\": {one}}}}}, \"Auths\": {{{other}}}");
    for auths in [twice, sections] {
        let mut secrets = none();
        let form = PullSecretForm::DockerConfigJson;
        secrets.add_logins(auths.as_bytes(), form, "s").unwrap();
        assert_eq!(user(&secrets, "reg.test/app"), ["other"], "{auths}");
        let told = told(&secrets);
        assert!(
            told.contains("`reg.test` is not read: it stands there once more"),
            "{told}"
        );
    }
}

#[support::test]
fn a_broken_secret_among_several_leaves_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::create_dir_all(path("all/a")).unwrap();
    fs::create_dir_all(path("all/b")).unwrap();
    let good = format!("{{\"auths\": {}}}", entry("reg.test", "u"));
    fs::write(path("all/a/.dockerconfigjson"), "{").unwrap();
    fs::write(path("all/b/.dockerconfigjson"), &good).unwrap();
    fs::write(path("all/c.json"), "").unwrap();
    fs::write(path("good"), &good).unwrap();
    fs::write(path("bad"), "{\"auths\": \"canary\"}").unwrap();
    for (names, broken) in [
        (
            &["all"][..],
            "a/.dockerconfigjson:1:2: the JSON ends too early",
        ),
        (&["bad", "good"], "bad:1:11: `auths` is not an object"),
        (&["good", "bad"], "bad:1:11: `auths` is not an object"),
    ] {
        let paths: Vec<_> = names.iter().map(|name| path(name)).collect();
        let secrets = PullSecrets::read(&paths, Profile::DEFAULT).unwrap();
        assert_eq!(user(&secrets, "reg.test/app"), ["u"], "{names:?}");
        let told = told(&secrets);
        assert!(told.contains(broken), "{told}");
    }
    for alone in ["bad", "absent"] {
        let read = PullSecrets::read(&[path(alone)], Profile::DEFAULT);
        assert!(!read.unwrap_err().to_string().contains("canary"), "{alone}");
    }
    let read = PullSecrets::read(&[path("good"), path("absent")], Profile::DEFAULT);
    assert!(read.unwrap_err().to_string().contains("absent"));
}

#[support::test]
fn a_secret_that_holds_nothing_for_anybody_is_told() {
    let auths = STANDARD.encode(format!("{{\"auths\": {}}}", entry("reg.test", "u")));
    let typed = |kind: &str, data: &str| {
        format!(
            "apiVersion: v1\nkind: Secret\nmetadata: {{name: s}}\ntype: {kind}\ndata: {{{data}}}\n"
        )
    };
    let json = "kubernetes.io/dockerconfigjson";
    let held = |text: &str| {
        typed(
            json,
            &format!(".dockerconfigjson: {}", STANDARD.encode(text)),
        )
    };
    for (text, expected) in [
        (
            typed("Opaque", &format!(".dockerconfigjson: {auths}")),
            "m.yaml: secret s: it holds nothing for anybody: it has `.dockerconfigjson`, but its type is Opaque",
        ),
        (
            typed(json, &format!("config.json: {auths}")),
            "secret s: its key `config.json` is not read",
        ),
        (
            typed(json, &format!("config.json: {auths}")),
            "it has no key `.dockerconfigjson`",
        ),
        (typed(json, ".dockerconfigjson: '%canary%'"), "`.dockerconfigjson` is not base64"),
        (
            typed(json, &format!(".dockerconfigjson: {}", STANDARD.encode(&auths))),
            "`.dockerconfigjson` is base64 in base64",
        ),
        (
            held("{\"auths\": {\"reg.test\": {}}, \"credsStore\": \"osxkeychain\"}"),
            "s, .dockerconfigjson: it holds no credential for anybody",
        ),
        (
            held("{\"credHelpers\": {\"1.dkr.ecr.eu.amazonaws.test\": \"ecr-login\"}}"),
            "`credHelpers` is passed over: the helpers of a pull secret are not run here",
        ),
        (held(&entry("reg.test", "u")), "in which it would have to stand"),
        (
            typed("kubernetes.io/dockercfg", &format!(".dockercfg: {auths}")),
            "in this form the entries stand without `auths` around them",
        ),
        (held("canary"), ".dockerconfigjson:1:1: not valid JSON"),
        (held("{\"auths\": {\"*.*\": {\"auth\": \"dTpw\"}}}"), "to hosts of any name"),
        (held("{\"auths\": {\"re?.test\": {\"auth\": \"dTpw\"}}}"), "is no glob"),
        (
            "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: s}".to_owned(),
            "m.yaml: SealedSecret s: it is sealed",
        ),
        (
            "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: s}".to_owned(),
            "only says where its secret is kept",
        ),
        (
            "apiVersion: v2\nkind: Secret\nmetadata: {name: s}".to_owned(),
            "its apiVersion is `v2`",
        ),
        (
            "apiVersion: v1\nkind: ConfigMap\n---\napiVersion: v1\nkind: Secret\ntype: kubernetes.io/tls".to_owned(),
            "passed over, since they hold no logins for pulls: 2 (ConfigMap, Secret of type kubernetes.io/tls)",
        ),
        ("- a\n- b\n".to_owned(), "it has no `kind`"),
        ("# nothing\n".to_owned(), "there is no pull secret in it"),
        (
            format!("a: &x 1\nb: *x\n---\n{}", manifest("s", &entry("reg.test", "u"))),
            "m.yaml:1:4: anchors and aliases are not read here",
        ),
    ] {
        let told = told(&of_manifest(&text));
        assert!(told.contains(expected), "{expected}\n{told}");
    }
}

#[support::test]
fn lists_of_secrets_and_both_forms_in_one_are_read_by_their_types() {
    let both = "apiVersion: v1\nkind: SecretList\nitems:\n- metadata: {name: one, namespace: ci}\n  \
                type: kubernetes.io/dockercfg\n  stringData:\n    .dockercfg: '{\"reg.test\": {\"auth\": \"dTpw\"}}'\n    \
                .dockerconfigjson: '{\"auths\": {\"reg.test\": {\"auth\": \"eDp5\"}}}'\n";
    let secrets = of_manifest(both);
    assert_eq!(user(&secrets, "reg.test/app"), ["u"]);
    let expected = "m.yaml: secret ci/one: its key `.dockerconfigjson` is not read: \
                    its type kubernetes.io/dockercfg has `.dockercfg`";
    assert_eq!(told(&secrets), expected);
}

#[support::test]
fn bytes_are_enough_for_programs_that_have_no_files() {
    let mut secrets = none();
    let text = format!("{{\"auths\": {}}}", entry("*.reg.test/team", "api"));
    let form = PullSecretForm::DockerConfigJson;
    secrets
        .add_logins(text.as_bytes(), form, "secret ci/api")
        .unwrap();
    assert_eq!(user(&secrets, "eu.reg.test/team/app"), ["api"]);
    assert_eq!(user(&secrets, "eu.reg.test/teamwork/app"), [""; 0]);
    let location = secrets.merged()[0].entry.location.to_string();
    assert_eq!(location, "secret ci/api");
    let broken = secrets
        .add_logins(b"\xff", form, Path::new("b"))
        .unwrap_err();
    assert_eq!(broken.to_string(), "b: it is not UTF-8 text");
}

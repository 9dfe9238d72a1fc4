//! Pull secrets in files that are passed over, or that no node reads: what is said of them.

use std::fs;
use std::path::{Path, PathBuf};

use portunus::name::Profile;
use portunus_kubernetes::PullSecrets;

use crate::worlds::{logins, none, told};

const DOCKER: &str = "{\"auths\": {\"reg.test\": {\"auth\": \"dTpjYW5hcnk=\"}}}";

fn secret(form: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Secret\nmetadata: {{name: s}}\n\
         type: kubernetes.io/dockerconfigjson\n{form}\n"
    )
}

fn read(path: &Path) -> PullSecrets {
    PullSecrets::read(&[path.to_owned()], Profile::DEFAULT).unwrap()
}

fn written(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    path
}

#[support::test]
fn what_a_folder_has_beside_its_secrets_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let data = format!("stringData: {{.dockerconfigjson: '{DOCKER}'}}");
    written(folder, "good.yaml", &secret(&data));
    written(folder, "other", &secret(&data));
    fs::create_dir(folder.join("empty")).unwrap();
    fs::create_dir(folder.join("folder.yaml")).unwrap();
    std::os::unix::fs::symlink("/dev/null", folder.join("device.yaml")).unwrap();
    for at in 0..7 {
        written(folder, &format!("z{at}.txt"), "");
    }
    let secrets = read(folder);
    assert_eq!(logins(&secrets, "reg.test/app").len(), 1);
    let told = told(&secrets);
    for said in [
        "passed over, since it is no file: device.yaml",
        "`config.json` in it: empty, folder.yaml",
        "ends in .yaml, .yml or .json here: other, z0.txt, z1.txt, z2.txt, z3.txt, …",
    ] {
        assert!(told.contains(said), "{told}");
    }
}

#[support::test]
fn a_manifest_with_too_many_values_is_told_so_whatever_it_is_written_in() {
    let folder = tempfile::tempdir().unwrap();
    let zeros = vec!["0"; 100_001].join(",");
    let json = format!("{{\"apiVersion\": \"v1\", \"items\": [{zeros}], \"kind\": \"List\"}}");
    let yaml = format!(
        "apiVersion: v1\nitems:\n{}kind: List\n",
        "- 0\n".repeat(100_001)
    );
    for (name, text) in [
        ("list.json", &json),
        ("list", &json),
        ("marked.json", &format!("\u{feff}{json}")),
        ("list.yaml", &yaml),
        ("plain", &yaml),
    ] {
        let secrets = read(&written(folder.path(), name, text));
        let told = told(&secrets);
        assert!(
            told.contains("it has more than 100000 values"),
            "{name}: {told}"
        );
        assert!(
            !told.contains("no credential for anybody") && !told.contains("no pull secret"),
            "{name}: {told}"
        );
    }
    // Without a kind it is docker's own, whose size nobody limits.
    let auths = DOCKER.trim_end_matches('}');
    let docker = format!("{auths}}}}}, \"x\": [{zeros}]}}");
    let secrets = read(&written(folder.path(), "docker.json", &docker));
    assert_eq!(logins(&secrets, "reg.test/app").len(), 1);
}

#[support::test]
fn a_byte_order_mark_is_named_where_nobody_reads_over_it() {
    let folder = tempfile::tempdir().unwrap();
    let marked = format!("\u{feff}{DOCKER}");
    for name in ["secret.json", "any", "config.json"] {
        let path = written(folder.path(), name, &marked);
        let error = PullSecrets::read(&[path], Profile::DEFAULT).unwrap_err();
        assert!(
            error.to_string().contains("begins with a byte order mark"),
            "{name}: {error}"
        );
    }
    // YAML may have one.
    let data = format!("stringData: {{.dockerconfigjson: '{DOCKER}'}}");
    let manifest = written(
        folder.path(),
        "manifest",
        &format!("\u{feff}{}", secret(&data)),
    );
    assert_eq!(told(&read(&manifest)), "");
}

#[support::test]
fn what_is_behind_the_value_of_a_secret_is_told_since_no_node_reads_it_then() {
    let folder = tempfile::tempdir().unwrap();
    for behind in [DOCKER, "\0", " x"] {
        let path = written(folder.path(), "config.json", &format!("{DOCKER}{behind}"));
        let secrets = read(&path);
        assert_eq!(logins(&secrets, "reg.test/app").len(), 1);
        let told = told(&secrets);
        assert!(
            told.contains("a node refuses the whole secret for it"),
            "{told}"
        );
    }
    let path = written(folder.path(), "config.json", &format!("{DOCKER} \r\n\t"));
    assert_eq!(told(&read(&path)), "");
}

#[support::test]
fn a_value_that_is_no_text_is_told_so_in_either_place() {
    for place in ["data", "stringData"] {
        for value in ["{auths: {}}", "[a]"] {
            let mut secrets = none();
            let manifest = secret(&format!("{place}:\n  .dockerconfigjson: {value}"));
            secrets.add_manifest(manifest.as_bytes(), "m.yaml");
            let told = told(&secrets);
            assert_eq!(
                told, "m.yaml: secret s: `.dockerconfigjson` is no text",
                "{place}"
            );
        }
    }
}

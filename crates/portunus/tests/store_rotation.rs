//! An identity token that a realm has replaced is put where the old one was, and nothing else is.

#![allow(clippy::unwrap_used, reason = "a test stops where it cannot go on")]

use std::fs;
use std::path::Path;

use portunus::credential::Credential;
use portunus::name::CredentialKey;
use portunus::store::{
    CredentialsFile, DockerConfig, HelperPrograms, HelperStore, MemoryStore, Provenance, Rotation,
    SourceName, Store,
};

fn identity(token: &str) -> Credential {
    Credential::IdentityToken {
        username: Some("alice".to_owned()),
        token: token.into(),
    }
}

/// A helper that keeps one secret in a file.
fn programs(directory: &Path) -> HelperPrograms {
    use std::os::unix::fs::PermissionsExt as _;
    let script = "#!/bin/sh\ncd \"$(dirname \"$0\")\"\ncase $1 in\n\
        store) cat > held;;\n\
        get) [ -e held ] && cat held || { echo credentials not found in native keychain; exit 1; };;\n\
        erase) rm -f held;;\nesac\n";
    let path = directory.join("docker-credential-play");
    fs::write(&path, script).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:/usr/bin:/bin", directory.display());
    HelperPrograms::new([("PATH".into(), path.into())])
}

#[test]
fn every_store_puts_it_in_the_old_one_s_place_and_keeps_what_was_noted() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    fs::write(
        at("with-helper.json"),
        r#"{"credHelpers":{"reg.test":"play"}}"#,
    )
    .unwrap();
    fs::write(at("config.json"), r#"{"auths":{},"psFormat":"x"}"#).unwrap();
    let programs = || programs(directory.path());
    let stores: [(&str, Box<dyn Store>); 5] = [
        ("own", Box::new(CredentialsFile::new(at("own.json")))),
        ("memory", Box::new(MemoryStore::new(SourceName::FILE))),
        ("helper", Box::new(HelperStore::new("play", &programs()))),
        (
            "docker",
            Box::new(DockerConfig::new(at("config.json"), programs())),
        ),
        (
            "docker with a helper",
            Box::new(DockerConfig::new(at("with-helper.json"), programs())),
        ),
    ];
    let key: CredentialKey = "reg.test".parse().unwrap();
    for (name, store) in stores {
        let mut provenance = Provenance::default();
        provenance.realm = Some("https://auth.reg.test/token".to_owned());
        store.put(&key, &identity("old"), &provenance).unwrap();
        let entry = || {
            let host = key.host().authority().unwrap();
            store.entries(host).unwrap().entries.remove(0)
        };
        let before = entry().provenance;
        let old = store.credential(&entry()).unwrap().unwrap();
        let new = match &old {
            Credential::IdentityToken { username, .. } => Credential::IdentityToken {
                username: username.clone(),
                token: "new".into(),
            },
            other => panic!("{name}: {other:?}"),
        };
        let rotate = |replaced: &[Credential]| store.rotate(&entry(), replaced, &new).unwrap();
        assert_eq!(rotate(&[identity("older")]), Rotation::Changed, "{name}");
        assert_eq!(store.credential(&entry()).unwrap(), Some(old.clone()));
        let chain = [old.clone(), identity("older")];
        assert_eq!(rotate(&chain), Rotation::Written, "{name}");
        assert_eq!(
            store.credential(&entry()).unwrap(),
            Some(new.clone()),
            "{name}"
        );
        assert_eq!(entry().provenance, before, "{name}");
        assert_eq!(rotate(&chain), Rotation::Changed, "{name}");
        store.remove(&key).unwrap();
    }
    let docker = fs::read_to_string(at("config.json")).unwrap();
    assert!(docker.contains("psFormat"), "{docker}");
}

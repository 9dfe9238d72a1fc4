use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use tempfile::TempDir;

use super::*;

fn scratch(text: &str) -> (TempDir, PathBuf) {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("credentials.json");
    std::fs::write(&path, text).unwrap();
    (home, path)
}

fn key(text: &str) -> CredentialKey {
    text.parse().unwrap()
}

fn authority(text: &str) -> Authority {
    text.parse().unwrap()
}

fn all_kinds() -> [(CredentialKey, Credential); 3] {
    [
        (
            key("mirror.test:5000?ns=docker.io&path=team&profile=ci"),
            Credential::password("robot$a", "p\"\n:ü"),
        ),
        (
            key("*.reg.test"),
            Credential::IdentityToken {
                username: None,
                token: "refresh".into(),
            },
        ),
        (
            key("reg.test"),
            Credential::RegistryToken {
                token: "bearer".into(),
            },
        ),
    ]
}

#[test]
fn every_kind_of_credential_survives_with_its_provenance() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("new/credentials.json");
    let mut provenance = Provenance {
        stored_by: Some("portunus 0.1.0".to_owned()),
        stored_at: Some(SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000)),
        verified_at: None,
        realm: Some("https://auth.test/token".to_owned()),
        plain_http: true,
    };
    for (key, credential) in all_kinds() {
        let store = CredentialsFile::new(&path);
        store.put(&key, &credential, &provenance).unwrap();
        provenance.plain_http = false;
    }
    let store = CredentialsFile::new(&path);
    let listed = store.list().unwrap();
    assert_eq!(listed.warnings, []);
    for ((key, credential), entry) in all_kinds().iter().zip(&listed.entries) {
        assert_eq!((&entry.key, entry.kind), (key, Some(credential.kind())));
        assert_eq!(entry.username.as_deref(), credential.username());
        assert_eq!(entry.provenance.realm, provenance.realm);
        assert_eq!(entry.provenance.stored_at, provenance.stored_at);
        assert_eq!(store.credential(entry).unwrap().as_ref(), Some(credential));
    }
    let consents: Vec<bool> = listed
        .entries
        .iter()
        .map(|e| e.provenance.plain_http)
        .collect();
    assert_eq!(consents, [true, false, false]);
    let asked = store.entries(&authority("a.reg.test")).unwrap().entries;
    assert_eq!(asked.len(), 1);
}

#[cfg(unix)]
#[test]
fn only_the_user_can_read_what_is_stored_and_a_wider_mode_is_tightened_and_said() {
    use std::os::unix::fs::PermissionsExt;
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("a/b/credentials.json");
    let store = CredentialsFile::new(&path);
    let (key, credential) = &all_kinds()[0];
    let stored = store.put(key, credential, &Provenance::default()).unwrap();
    assert!(stored.warnings.is_empty());
    assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let stored = store.put(key, credential, &Provenance::default()).unwrap();
    assert!(
        stored.warnings[0].to_string().contains("mode 0644"),
        "{stored:?}"
    );
    assert_eq!(mode(&path), 0o600);
}

#[test]
fn fields_of_others_survive_and_every_spelling_of_a_key_is_replaced() {
    let before = "{\n  \"version\": 1,\n  \"x\": 2.50,\n  \"credentials\": {\n    \"https://reg.test:443\": {\"kind\": \"registry_token\", \"secret\": \"old\"},\n    \"reg.test\": {\"kind\": \"registry_token\", \"note\": 1e400, \"secret\": \"old\"}\n  }\n}\n";
    let (_home, path) = scratch(before);
    let store = CredentialsFile::new(&path);
    let credential = Credential::password("u", "new");
    store
        .put(&key("reg.test"), &credential, &Provenance::default())
        .unwrap();
    let after = "{\n  \"version\": 1,\n  \"x\": 2.50,\n  \"credentials\": {\n    \"reg.test\": {\n      \"kind\": \"password\",\n      \"note\": 1e400,\n      \"secret\": \"new\",\n      \"username\": \"u\"\n    }\n  }\n}\n";
    assert_eq!(std::fs::read_to_string(&path).unwrap(), after);
    assert_eq!(store.remove(&key("reg.test")).unwrap().len(), 1);
    assert_eq!(store.remove(&key("reg.test")).unwrap(), []);
    let empty = "{\n  \"version\": 1,\n  \"x\": 2.50,\n  \"credentials\": {}\n}\n";
    assert_eq!(std::fs::read_to_string(&path).unwrap(), empty);
}

#[test]
fn one_bad_entry_is_a_warning_with_its_place_and_the_others_are_good() {
    let good = "\"good.test\": {\"kind\": \"registry_token\", \"secret\": \"s\"}";
    for (bad, place, problem) in [
        ("\"a/b\": {}", "2:1", "the name is not a credential key"),
        ("\"a\": \"hunter2\"", "2:6", "the entry is not an object"),
        ("\"a\": {\"kind\": \"hunter2\"}", "2:6", "`kind` is not"),
        (
            "\"a\": {\"kind\": \"password\", \"secret\": \"hunter2\"}",
            "2:6",
            "`username` is missing",
        ),
        (
            "\"a\": {\"kind\": \"registry_token\"}",
            "2:6",
            "`secret` is missing",
        ),
        (
            "\"a\": {\"kind\": \"registry_token\", \"secret\": [\"hunter2\"]}",
            "2:43",
            "`secret` is not a string",
        ),
        (
            "\"a\": {\"kind\": \"registry_token\", \"secret\": \"s\", \"stored_at\": \"hunter2\"}",
            "2:61",
            "`stored_at` is not a time",
        ),
    ] {
        let (_home, path) = scratch(&format!(
            "{{\"version\": 1, \"credentials\": {{\n{bad},\n{good}}}}}"
        ));
        let listed = CredentialsFile::new(&path).list().unwrap();
        assert_eq!(listed.entries.len(), 1, "{bad}");
        let warning = listed.warnings[0].to_string();
        let expected = format!("{}:{place}: {problem}", path.display());
        assert!(warning.starts_with(&expected), "{warning}");
        assert!(!warning.contains("hunter2"), "{warning}");
    }
}

#[test]
fn a_broken_file_is_an_error_with_its_place_and_is_never_written_to() {
    for (text, expected) in [
        (
            "{\"version\": 1,\n\"hunter2",
            ":2:9: the JSON ends too early",
        ),
        (
            "{\"version\": 2}",
            ":1:13: this version of the file is not known",
        ),
        ("{}", ":1:1: `version` is missing"),
        ("[]", ":1:1: the file is not an object"),
        (
            "{\"version\": 1, \"credentials\": 7}",
            ":1:31: `credentials` is not an object",
        ),
    ] {
        let (_home, path) = scratch(text);
        let store = CredentialsFile::new(&path);
        let (key, credential) = &all_kinds()[0];
        let read = store.list().unwrap_err();
        let written = store
            .put(key, credential, &Provenance::default())
            .unwrap_err();
        assert_eq!(read, written);
        assert!(
            read.to_string()
                .starts_with(&format!("{}{expected}", path.display())),
            "{read}"
        );
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    }
}

#[test]
fn what_another_process_writes_is_seen() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("credentials.json");
    let (ours, theirs) = (CredentialsFile::new(&path), CredentialsFile::new(&path));
    assert_eq!(ours.list().unwrap().entries, []);
    for (count, (key, credential)) in all_kinds().iter().enumerate() {
        theirs.put(key, credential, &Provenance::default()).unwrap();
        assert_eq!(ours.list().unwrap().entries.len(), count + 1);
    }
}

#[test]
fn ten_thousand_entries_answer_every_question_within_two_milliseconds() {
    let entry = |at: usize| {
        format!(
            "\"h{at}.test?ns=docker.io\": {{\"kind\": \"password\", \"username\": \"u{at}\", \"secret\": \"s\"}}"
        )
    };
    let entries: Vec<String> = (0..10_000).map(entry).collect();
    let text = format!(
        "{{\"version\": 1, \"credentials\": {{{}}}}}",
        entries.join(",\n")
    );
    let (_home, path) = scratch(&text);
    let store = CredentialsFile::new(&path);
    assert_eq!(store.list().unwrap().entries.len(), 10_000);
    let mut times: Vec<Duration> = (0..1000)
        .map(|at| {
            let host = authority(&format!("h{}.test", at * 10));
            let started = on_this_thread();
            let found = store.entries(&host).unwrap().entries;
            let credential = store.credential(&found[0]).unwrap().unwrap();
            let time = on_this_thread().saturating_sub(started);
            assert_eq!(
                credential.username(),
                Some(format!("u{}", at * 10).as_str())
            );
            time
        })
        .collect();
    times.sort();
    assert!(times[990] < Duration::from_millis(2), "{:?}", times[990]);
    store
        .put(
            &key("new.test"),
            &Credential::password("u", "p"),
            &Provenance::default(),
        )
        .unwrap();
    assert_eq!(store.list().unwrap().entries.len(), 10_001);
}

/// What this thread has had of processors: a busy machine does not count.
fn on_this_thread() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    time.try_into().unwrap()
}

//! One small file a fault: `check` names each, at its place, and says what to do.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use portunus::hosts::{DaemonVersion, FindingSubject, HostsError, HostsTree, Reading, Severity};
use portunus::name::RegistryNamespace;
use portunus::resolve::{CheckSubject, CredentialDomain, check, prepare_hosts};
use support::home::Home;
use tempfile::TempDir;

pub(crate) const HOST: &str = "[host.\"https://m.test\"]\n";

#[support::test]
fn each_fault_of_a_file_is_named_at_its_place() {
    let good = format!("{HOST}capabilities = [\"pull\"]\n");
    let table: &[(&str, String, (u32, u32), Severity)] = &[
        ("toml-syntax", "server = \n".to_owned(), (1, 10), Severity::Error),
        ("duplicate-table", format!("{HOST}{HOST}"), (2, 7), Severity::Error),
        ("duplicate-key", "server = \"https://a\"\nserver = \"https://b\"\n".to_owned(), (2, 1), Severity::Error),
        ("unknown-capability", format!("{HOST}capabilities = [\"pull\", \"pul\"]\n"), (2, 25), Severity::Error),
        ("lost-host", "host = { \"https://m.test\" = { capabilities = [\"pull\"] } }\n".to_owned(), (1, 10), Severity::Error),
        ("lost-host", "host.\"https://m.test\".skip_verify = true\n".to_owned(), (1, 6), Severity::Error),
        ("lost-host", "[HOST.\"https://m.test\"]\n".to_owned(), (1, 7), Severity::Error),
        ("wrong-type", "[[host.\"https://m.test\"]]\n".to_owned(), (1, 8), Severity::Error),
        ("host-listed-twice", format!("{good}[host.\"https://o.test\"]\n[host.\"https://m.test\".header]\n"), (4, 7), Severity::Warning),
        ("unknown-key", format!("{HOST}capability = [\"pull\"]\n"), (2, 1), Severity::Warning),
        ("unreadable-ca", format!("{good}ca = \"absent.crt\"\n"), (3, 6), Severity::Error),
        ("unreadable-client", format!("{good}client = [[\"absent.crt\", \"absent.key\"]]\n"), (3, 12), Severity::Error),
        ("userinfo-in-url", "server = \"https://me:hunter2@up.test\"\n".to_owned(), (1, 10), Severity::Error),
        ("secret-header", format!("{good}[host.\"https://m.test\".header]\nAuthorization = \"Basic hunter2\"\n"), (4, 1), Severity::Warning),
        ("http-with-tls", "[host.\"http://m.test\"]\ncapabilities = [\"pull\"]\nskip_verify = true\n".to_owned(), (1, 7), Severity::Warning),
        ("no-capabilities", HOST.to_owned(), (1, 7), Severity::Warning),
        ("no-push-host", format!("server = \"https://up.test\"\ncapabilities = [\"pull\"]\n{good}"), (1, 10), Severity::Note),
        ("push-only-host", format!("{HOST}capabilities = [\"push\"]\n"), (1, 7), Severity::Warning),
        ("upstream-in-chain", good.clone(), (1, 7), Severity::Note),
        ("same-host-and-port", format!("{good}[host.\"https://m.test/other\"]\ncapabilities = [\"pull\"]\n"), (3, 7), Severity::Warning),
        ("path-mirror-scope", "[host.\"https://ghcr.io/mirror\"]\ncapabilities = [\"pull\"]\n".to_owned(), (1, 7), Severity::Warning),
        ("misspelt-url", "server = \"http-cache.corp\"\n".to_owned(), (1, 10), Severity::Error),
        ("misspelt-url", "[host.\"HTTPS://m.test\"]\ncapabilities = [\"pull\"]\n".to_owned(), (1, 7), Severity::Error),
        ("misspelt-url", "server = \"https:/up.test\"\n".to_owned(), (1, 10), Severity::Error),
        ("setting-in-header", "[header]\nserver = \"https://up.test\"\n".to_owned(), (2, 1), Severity::Error),
        ("wrong-type", "[header]\nskip_verify = true\n".to_owned(), (2, 15), Severity::Error),
        ("byte-order-mark", format!("\u{feff}{good}"), (1, 1), Severity::Error),
        ("invalid-url", "server = \"https://up.test \"\n".to_owned(), (1, 10), Severity::Error),
        ("invalid-dial-timeout", format!("{good}dial_timeout = \"3\"\n"), (3, 16), Severity::Error),
        ("negative-dial-timeout", format!("{good}dial_timeout = \"-1s\"\n"), (1, 7), Severity::Warning),
        ("invalid-client", format!("{good}client = [[\"a\"]]\n"), (3, 11), Severity::Error),
        ("setting-without-server", "capabilities = [\"pull\"]\n".to_owned(), (1, 16), Severity::Warning),
        ("query-in-url", "server = \"https://up.test?ns=x\"\n".to_owned(), (1, 10), Severity::Warning),
        ("unusable-header", format!("{good}header = {{ \"a b\" = \"1\" }}\n"), (3, 12), Severity::Warning),
        ("kills-daemon", "[host]\n\"https://m.test\".capabilities = [\"pull\"]\n\"https://m.test\".skip_verify = true\n".to_owned(), (3, 1), Severity::Error),
    ];
    for (code, text, (line, column), severity) in table {
        let root = root("reg.test", text);
        let findings = check(HostsTree::new(vec![root.path().to_owned()]), &[], None);
        let found = findings
            .iter()
            .find(|finding| finding.code.as_str() == *code);
        let finding =
            found.unwrap_or_else(|| panic!("{code} not found for\n{text}\nbut {findings:#?}"));
        assert_eq!(
            (finding.place.line, finding.place.column),
            (*line, *column),
            "{code}:\n{text}"
        );
        assert_eq!(finding.severity, *severity, "{code}");
        assert!(finding.help.is_some(), "{code} says nothing to do");
        assert!(
            finding.line_text.is_some() || code.starts_with("unreadable"),
            "{code}"
        );
    }
    let default = root("_default", "server = \"https://up.test\"\n");
    assert_eq!(
        codes(default.path()),
        ["means-otherwise", "server-in-default"]
    );
}

#[support::test]
fn a_good_file_is_left_alone() {
    let text = "server = \"https://m.test\"\n\n[host.\"https://m.test\"]\n  capabilities = [\"pull\", \"resolve\"]\n";
    assert_eq!(codes(root("reg.test", text).path()), [""; 0]);
}

#[support::test]
fn files_that_the_hosts_need_are_tried() {
    let root = root("reg.test", "ca = [\"one.crt\", \"two.crt\"]\n");
    fs::write(root.path().join("reg.test/one.crt"), "no certificate").unwrap();
    let all = codes(root.path());
    let of_ca: Vec<_> = all
        .into_iter()
        .filter(|code| code.ends_with("-ca"))
        .collect();
    assert_eq!(of_ca, ["unusable-ca", "unreadable-ca"]);
}

#[support::test]
fn keys_that_others_can_read_are_told() {
    let root = root(
        "reg.test",
        "client = [[\"c.crt\", \"c.key\"]]\n[host.\"https://m.test\"]\ncapabilities = [\"pull\"]\n",
    );
    let key = root.path().join("reg.test/c.key");
    fs::write(&key, "").unwrap();
    for (mode, told) in [(0o644, true), (0o600, false)] {
        fs::set_permissions(&key, fs::Permissions::from_mode(mode)).unwrap();
        assert_eq!(
            codes(root.path()).contains(&"open-key-file"),
            told,
            "{mode:o}"
        );
    }
}

#[support::test]
fn the_path_of_an_open_key_is_one_word_of_the_command() {
    let root = root("reg.test", "client = [[\"c.crt\", \"my;key\"]]\n");
    let key = root.path().join("reg.test/my;key");
    fs::write(&key, "").unwrap();
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    let found = check(HostsTree::new(vec![root.path().to_owned()]), &[], None);
    let mut keys = found.into_iter().filter_map(|finding| finding.subject);
    let subject = CheckSubject::Hosts(FindingSubject::File(key.clone()));
    assert!(keys.any(|it| it == subject));
    let hosts = root.path().to_str().unwrap();
    let ran = Home::new().portunus(&["--hosts-dir", hosts, "check"]).run();
    let help = format!("help: run `chmod 600 '{}'`", key.display());
    assert!(ran.stdout.contains(&help), "{ran}");
}

#[support::test]
fn directory_names_that_no_reference_reaches_are_told() {
    for (name, told) in [
        ("reg.test", false),
        ("reg.test_5000", true),
        ("registry", true),
        ("index.docker.io", true),
    ] {
        let root = root(name, "");
        assert_eq!(
            codes(root.path()).contains(&"unreachable-directory"),
            told,
            "{name}"
        );
    }
}

#[support::test]
fn a_second_root_for_one_registry_is_told() {
    let text = "server = \"https://m.test\"\n";
    let (first, second) = (root("reg.test_5000_", text), root("reg.test:5000", text));
    let roots = vec![first.path().to_owned(), second.path().to_owned()];
    let findings = check(HostsTree::new(roots), &[], Some(DaemonVersion::V2_3));
    assert_eq!(
        findings
            .iter()
            .map(|finding| finding.code.as_str())
            .collect::<Vec<_>>(),
        ["shadowed-directory"]
    );
    assert!(findings[0].place.file.starts_with(second.path()));
}

#[support::test]
fn what_older_daemons_read_otherwise_is_told() {
    for (text, daemon, told) in [
        (
            "[host.\"https://m.test\"]\ncapabilities = [\"pull\", \"referrers\"]\n",
            DaemonVersion::V2_1,
            true,
        ),
        (
            "[host.\"https://m.test\"]\ncapabilities = [\"pull\", \"referrers\"]\n",
            DaemonVersion::V2_3,
            false,
        ),
        (
            "[host.\"https://m.test\"]\nheader = { a = \"1\", }\n",
            DaemonVersion::V2_3,
            true,
        ),
        ("server = \"https://m.test\"\n", DaemonVersion::V1_7, true),
        ("server = \"https://m.test\"\n", DaemonVersion::V2_1, false),
    ] {
        let root = root("reg.test", text);
        let directories = HostsTree::new(vec![root.path().to_owned()]);
        let name = RegistryNamespace::new("reg.test").unwrap();
        let refused = directories
            .hosts(
                &name,
                Reading::Strict {
                    daemon: Some(daemon),
                },
            )
            .is_err();
        assert_eq!(refused, told, "{daemon}: {text}");
        let fell_back = directories
            .hosts(
                &name,
                Reading::AsContainerd {
                    daemon: Some(daemon),
                },
            )
            .unwrap()
            .fell_back;
        assert_eq!(fell_back, told, "{daemon}: {text}");
        let any = check(directories, &[], None)
            .iter()
            .any(|finding| finding.message.contains(&daemon.to_string()));
        assert_eq!(any, told, "{daemon}: {text}");
    }
}

#[support::test]
fn a_credential_domain_is_honoured_only_under_its_conditions() {
    let file = |url: &str, domain: &str| {
        format!("[host.\"{url}\"]\ncapabilities = [\"pull\"]\ncredential_domain = {domain}\n")
    };
    for (directory, url, domain, mode, honoured) in [
        ("reg.test", "https://m.test", "\"reg.test\"", 0o644, true),
        (
            "reg.test",
            "https://m.test",
            "\"reg.test:443\"",
            0o644,
            true,
        ),
        (
            "reg.test",
            "http://127.0.0.1:5000",
            "\"reg.test\"",
            0o644,
            true,
        ),
        ("reg.test", "http://m.test", "\"reg.test\"", 0o644, false),
        ("reg.test", "https://m.test", "\"other.test\"", 0o644, false),
        ("reg.test", "https://m.test", "true", 0o644, false),
        ("reg.test", "https://m.test", "\"reg.test\"", 0o664, false),
        ("reg.test", "https://m.test", "\"reg.test\"", 0o646, false),
        ("_default", "https://m.test", "\"reg.test\"", 0o644, false),
    ] {
        let root = root(directory, &file(url, domain));
        let path = root.path().join(directory).join("hosts.toml");
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let name = RegistryNamespace::new("reg.test").unwrap();
        let directories = HostsTree::new(vec![root.path().to_owned()]);
        let directories = prepare_hosts(directories);
        let hosts = directories.hosts(&name, Reading::STRICT).unwrap().hosts;
        let found = CredentialDomain::judge(&hosts[0], &name).unwrap();
        assert_eq!(
            found.refused.is_none(),
            honoured,
            "{directory} {url} {domain} {mode:o}: {found:?}"
        );
        assert_eq!(found.place.line, 3);
        let code = if honoured {
            "credential-domain"
        } else {
            "credential-domain-refused"
        };
        assert!(
            directory == "_default" || codes(root.path()).contains(&code),
            "{url} {domain}"
        );
    }
}

#[support::test]
fn the_strict_reading_refuses_what_containerd_drops() {
    for text in [
        "capabilities = [\"pul\"]\n",
        "host.\"https://m.test\".ca = []\n",
        "server = \"http-cache.corp\"\n",
    ] {
        let root = root("reg.test", text);
        assert!(
            matches!(strict(root.path()), Err(HostsError::Broken { .. })),
            "{text}"
        );
    }
    let root = root(
        "reg.test",
        "[host.\"https://m.test\"]\ncapability = [\"pull\"]\n",
    );
    let hosts = strict(root.path()).unwrap();
    assert!(
        hosts
            .findings
            .iter()
            .any(|finding| finding.code.as_str() == "unknown-key"
                && finding.help.as_deref() == Some("did you mean `capabilities`?"))
    );
}

pub(crate) fn root(directory: &str, text: &str) -> TempDir {
    let root = TempDir::new().unwrap();
    let directory = root.path().join(directory);
    fs::create_dir_all(&directory).unwrap();
    fs::set_permissions(&directory, fs::Permissions::from_mode(0o755)).unwrap();
    fs::write(directory.join("hosts.toml"), text).unwrap();
    root
}

fn strict(root: &Path) -> Result<portunus::hosts::RegistryNamespaceHosts, HostsError> {
    let name = RegistryNamespace::new("reg.test").unwrap();
    HostsTree::new(vec![root.to_owned()]).hosts(&name, Reading::STRICT)
}

pub(crate) fn codes(root: &Path) -> Vec<&'static str> {
    let findings = check(HostsTree::new(vec![root.to_owned()]), &[], None);
    findings
        .into_iter()
        .map(|finding| finding.code.as_str())
        .collect()
}

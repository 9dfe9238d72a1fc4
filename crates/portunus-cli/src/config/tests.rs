use super::key::KeyFacts;
use super::*;
use crate::output::tests::shown;

/// Lines of a file that set a key.
fn example(key: Key) -> &'static str {
    match key {
        Key::Store => "store = \"file\"",
        Key::Profile => "profile = \"work\"",
        Key::HostsDirectories => "hosts_dirs = [\"/etc/containerd/certs.d\"]",
        Key::AnonymousFallback => "anonymous_fallback = true",
        Key::TrustPlainHttp => "[trust]\nplain_http = [\"mirror.test:5000\"]",
        Key::TrustRealms => "[trust]\nrealms = [{ host = \"reg.test\", realm = \"auth.test\" }]",
        Key::ProfileInherit => "[profiles.work]\ninherit = true",
    }
}

fn parse(text: &str) -> Result<Config, Failure> {
    Config::parse(Path::new("config.toml"), text)
}

#[test]
fn every_key_is_read() {
    let config = parse(
        "store = 'file'\nhosts_dirs = ['/a', '/b']\nanonymous_fallback = true\n[trust]\nplain_http = ['m:5000']\n\
         realms = [{ host = 'reg.test', realm = 'auth.test' }]\n[profiles.ci]\ninherit = true",
    )
    .unwrap();
    assert_eq!(config.store.as_deref(), Some("file"));
    assert_eq!(
        config.hosts_directories,
        [PathBuf::from("/a"), PathBuf::from("/b")]
    );
    assert_eq!(
        config.trust.realms,
        [("reg.test".to_owned(), "auth.test".to_owned())]
    );
    assert_eq!(config.anonymous_fallback, Some(true));
    assert!(config.inherits("ci") && !config.inherits("work"));
    assert_eq!(config.warnings, []);
}

#[test]
fn unknown_keys_are_warned_about_with_the_nearest_known_one() {
    let config = parse("stroe = 'file'\n").unwrap();
    assert_eq!(
        config.warnings[0].message,
        "config.toml:1:1: unknown key `stroe`"
    );
    assert_eq!(
        config.warnings[0].help.as_deref(),
        Some("did you mean `store`?")
    );
}

#[test]
fn a_broken_file_is_named_with_its_place() {
    for (text, place) in [
        ("store = \n", "config.toml:1:9: "),
        ("[trust]\nplain_http = 'x'\n", "config.toml:2:14: "),
        ("store = 7", "config.toml:1:9: "),
    ] {
        let failure = parse(text).unwrap_err();
        assert!(failure.message.starts_with(place), "{}", failure.message);
        assert_eq!(failure.exit, Exit::Configuration);
    }
}

#[test]
fn every_known_key_can_be_written_and_is_explained() {
    let help = shown(&["config", "--help"], false, &[]);
    for key in Key::ALL {
        let (name, example) = (key.facts().name, example(key));
        let config = parse(example).unwrap();
        assert_eq!(config.warnings, [], "{name}");
        assert_ne!(config, Config::default(), "`{name}` is not read");
        for line in example.lines() {
            assert!(help.contains(line), "the help lacks `{line}`");
        }
    }
}

#[test]
fn every_known_key_is_listed_with_its_default() {
    let nowhere = [("PORTUNUS_CONFIG_DIR", "/nowhere/portunus")];
    let listed = shown(&["config"], false, &nowhere);
    for key in Key::ALL {
        let KeyFacts { name, meaning, .. } = key.facts();
        let line = listed.lines().find(|line| line.starts_with(name));
        let line = line.unwrap_or_else(|| panic!("`{name}` is not in\n{listed}"));
        assert!(
            line.contains(" default ") && line.ends_with(meaning),
            "{line}"
        );
    }
    assert_eq!(listed.lines().count(), Key::ALL.len() + 2, "{listed}");
}

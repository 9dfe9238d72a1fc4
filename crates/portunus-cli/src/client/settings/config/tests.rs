use portunus::name::Authority;
use portunus::token::trust::RealmPair;

use super::*;

/// Lines of a file that set a key.
pub(crate) fn example(key: Key) -> &'static str {
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
    assert_eq!(config.store, Some(StoreChoice::File));
    assert_eq!(
        config.hosts_directories,
        [PathBuf::from("/a"), PathBuf::from("/b")]
    );
    assert_eq!(
        config.trust.realms,
        [RealmPair::new(host("reg.test"), host("auth.test"))]
    );
    assert_eq!(config.anonymous_fallback, Some(true));
    assert!(config.inherits("ci") && !config.inherits("work"));
    assert_eq!(config.warnings, []);
}

#[test]
fn an_unknown_key_is_warned_about_with_the_one_that_was_probably_meant() {
    let anything = "`portunus config --help` shows what this file may say";
    for (key, help) in [
        ("stroe", "did you mean `store`?"),
        ("Hosts-Dirs", "did you mean `hosts_dirs`?"),
        ("trust.plain_htp", "did you mean `trust.plain_http`?"),
        ("colour", anything),
        ("trust.proxies", anything),
    ] {
        let warnings = parse(&format!("{key} = 7\n")).unwrap().warnings;
        let [warning] = &warnings[..] else {
            panic!("{key}: {warnings:?}");
        };
        assert!(warning.message.ends_with(&format!(": unknown key `{key}`")));
        assert_eq!(warning.help.text("portunus"), help, "{key}");
    }
}

#[test]
fn a_broken_file_is_named_with_its_place() {
    for (text, place) in [
        ("store = \n", "config.toml:1:9: "),
        ("[trust]\nplain_http = 'x'\n", "config.toml:2:14: "),
        ("store = 7", "config.toml:1:9: "),
    ] {
        assert_broken(text, place);
    }
}

#[test]
fn a_value_that_cannot_be_in_force_is_named_with_its_place() {
    for (text, problem) in [
        ("\nstore = 'bad'", "2:9: `store`: there is no store `bad`"),
        ("store = 'helper:../x'", "1:9: `store`: there is no store"),
        ("profile = 'a b'", "1:11: invalid profile `a b`: "),
        ("profile = ''", "1:11: invalid profile ``: "),
        ("[profiles.'a b']", "1:11: invalid profile `a b`: "),
        ("hosts_dirs = ['/a', '']", "1:21: `hosts_dirs` "),
        ("hosts_dirs = [\"/a\\u0000\"]", "1:15: `hosts_dirs` "),
        (
            "[trust]\nplain_http = ['m', 'http//bad host']",
            "2:20: invalid host `http//bad host`: ",
        ),
        ("trust.plain_http = ['']", "1:21: invalid host ``: "),
        (
            "trust.plain_http = ['reg.test/team']",
            "1:21: invalid host ",
        ),
        (
            "trust.plain_http = ['ftp://reg.test']",
            "1:21: `trust.plain_http` is HOST[:PORT], or ",
        ),
        (
            "trust.realms = [{ host = 'a b', realm = 'auth.test' }]",
            "1:26: invalid host `a b`: ",
        ),
        (
            "trust.realms = [{ host = 'h', realm = 'a:b' }]",
            "1:39: invalid host `a:b`: ",
        ),
        (
            "trust.realms = [{ host = 'h', realm = 'https://a b/token' }]",
            "1:39: `trust.realms.realm` is ",
        ),
        (
            "trust.realms = [{ host = 'h' }]",
            "1:17: a trusted realm has ",
        ),
    ] {
        assert_broken(text, &format!("config.toml:{problem}"));
    }
}

#[test]
fn a_trusted_host_is_read_with_and_without_the_rest_of_its_url() {
    for (written, meant) in [
        ("127.0.0.2:7115", "127.0.0.2:7115"),
        ("http://127.0.0.2:7115/token", "127.0.0.2:7115"),
        ("https://Auth.test/token?service=reg.test", "auth.test"),
        ("https://auth.test:443", "auth.test"),
        ("http://auth.test/", "auth.test:80"),
        ("https://[::1]:7115/token", "[::1]:7115"),
        ("https://index.docker.io/v1/", "docker.io"),
    ] {
        let text = format!(
            "[trust]\nplain_http = ['{written}']\nrealms = [{{ host = '{written}', realm = '{written}' }}]"
        );
        let trust = parse(&text).unwrap().trust;
        assert_eq!(trust.plain_http, [host(meant)], "{written}");
        assert_eq!(
            trust.realms,
            [RealmPair::new(host(meant), host(meant))],
            "{written}"
        );
    }
}

#[test]
fn a_user_in_a_url_is_refused_and_its_password_not_shown() {
    for text in [
        "trust.plain_http = ['https://alice:canary@reg.test']",
        "trust.plain_http = ['alice:canary@reg.test']",
        "trust.realms = [{ host = 'h', realm = 'https://alice:canary@auth.test/token' }]",
    ] {
        let failure = parse(text).unwrap_err();
        assert_eq!(failure.exit, Exit::Configuration);
        assert!(!format!("{failure:?}").contains("canary"), "{failure:?}");
    }
}

#[test]
fn a_file_that_is_not_text_is_named_with_the_place_where_the_text_ends() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("config.toml");
    std::fs::write(&path, b"store = 'file'\nprofile = 'canary\xff'\n").unwrap();
    let failure = Config::read(&path).unwrap_err();
    let message = format!("{}:2:18: this is not UTF-8 text", path.display());
    assert_eq!(
        (failure.exit, failure.message),
        (Exit::Configuration, message)
    );
}

#[track_caller]
fn assert_broken(text: &str, place: &str) {
    let failure = parse(text).unwrap_err();
    assert!(failure.message.starts_with(place), "{}", failure.message);
    assert_eq!(failure.exit, Exit::Configuration);
    assert!(!failure.help.is_empty());
}

fn host(text: &str) -> Authority {
    Authority::parse(text).unwrap()
}

#[test]
fn every_known_key_can_be_written() {
    for key in Key::ALL {
        let name = key.facts().name;
        let config = parse(example(key)).unwrap();
        assert_eq!(config.warnings, [], "{name}");
        assert_ne!(config, Config::default(), "`{name}` is not read");
    }
}

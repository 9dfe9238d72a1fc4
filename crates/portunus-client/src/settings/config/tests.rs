use portunus::name::Authority;
use portunus::token::trust::RealmPair;

use super::key::KeyFacts;
use super::*;

fn parse(text: &str) -> Result<Config, ConfigError> {
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
    for (key, nearest) in [
        ("stroe", Some("store")),
        ("Hosts-Dirs", Some("hosts_dirs")),
        ("trust.plain_htp", Some("trust.plain_http")),
        ("colour", None),
        ("trust.proxies", None),
    ] {
        let warnings = parse(&format!("{key} = 7\n")).unwrap().warnings;
        let [warning] = &warnings[..] else {
            panic!("{key}: {warnings:?}");
        };
        let message = warning.to_string();
        assert!(message.ends_with(&format!(": unknown key `{key}`")));
        assert_eq!(warning.nearest.as_deref(), nearest, "{key}");
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
        let error = parse(text).unwrap_err();
        assert!(!format!("{error:?}{error}").contains("canary"), "{error:?}");
    }
}

#[test]
fn a_file_that_is_not_text_is_named_with_the_place_where_the_text_ends() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("config.toml");
    std::fs::write(&path, b"store = 'file'\nprofile = 'canary\xff'\n").unwrap();
    let error = Config::read(&path).unwrap_err();
    let message = format!("{}:2:18: this is not UTF-8 text", path.display());
    assert_eq!(error.to_string(), message);
}

#[track_caller]
fn assert_broken(text: &str, place: &str) {
    let error = parse(text).unwrap_err().to_string();
    assert!(error.starts_with(place), "{error}");
}

fn host(text: &str) -> Authority {
    Authority::parse(text).unwrap()
}

#[test]
fn every_known_key_can_be_written() {
    for key in Key::ALL {
        let KeyFacts { name, example, .. } = key.facts();
        let config = parse(example).unwrap();
        assert_eq!(config.warnings, [], "{name}");
        assert_ne!(config, Config::default(), "`{name}` is not read");
    }
}

//! What registries, helpers and writers of files choose to say reaches the terminal as text, and
//! does nothing there: no cursor moves, no line begins that is not ours, no text is turned round.

use portunus::printable::is_printable;
use serde_json::{Value, json};
use support::account::Account;
use support::helper_script::HelperScript;
use support::home::Home;
use support::http::Reply;
use support::image::{Blob, Image};
use support::process::{self, Ran};
use support::programmable_registry::ProgrammableRegistry;

use worlds::login::ALICE;

/// A title of a window, a cleared screen, a line that is not ours, C1, separators, and each
/// character that turns text.
const HOSTILE: &str = "\u{1b}]0;PWNED\u{7}\u{1b}[2J\r\nerror: fake\n\u{7f}\u{85}\u{9b}31m\u{2028}\u{2029}\
                       \u{61c}\u{200e}\u{200f}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}";

/// What a header may hold of it.
const IN_A_HEADER: &str =
    "PWNED\u{85}\u{9b}31m\u{2028}\u{61c}\u{200e}\u{200f}\u{202e}\u{2066}\u{2069}";

/// Ways to run the program that put the same thing into another form.
const FORMS: [&[&str]; 4] = [
    &[],
    &["--debug"],
    &["--log-format=json"],
    &["-vvv", "--log-format=json"],
];

/// Runs it in every form. What was said is really shown, in some form or other.
#[track_caller]
fn run(home: &Home, arguments: &[&str], marker: &str) {
    let mut all = String::new();
    for form in FORMS {
        let ran = home.portunus(&[form, arguments].concat()).run();
        assert_harmless(&ran);
        assert!(!ran.output().contains(ALICE), "{ran}");
        all += &ran.output();
    }
    assert!(
        all.contains(marker),
        "`{marker}` was not shown at all\n{all}"
    );
}

#[track_caller]
fn assert_harmless(ran: &Ran) {
    let output = ran.output();
    let raw: Vec<char> = output
        .chars()
        .filter(|character| *character != '\n' && !is_printable(*character))
        .collect();
    assert!(raw.is_empty(), "{raw:?} came through\n{ran}");
    let forged = output
        .lines()
        .any(|line| line.trim_start().starts_with("error: fake"));
    assert!(!forged, "a line was forged\n{ran}");
}

fn home_of(registry: &ProgrammableRegistry) -> Home {
    let home = Home::new();
    let text = format!("server = \"{}\"\n", registry.url());
    home.write_hosts_toml("reg.test", &text);
    home
}

fn pull(home: &Home) -> Vec<String> {
    let layout = home.path().join("layout").display().to_string();
    ["pull", "reg.test/app:v1", "--oci-layout", &layout]
        .map(str::to_owned)
        .into()
}

#[track_caller]
fn pull_in_every_form(home: &Home, marker: &str) {
    let pull = pull(home);
    let pull: Vec<&str> = pull.iter().map(String::as_str).collect();
    run(home, &pull, marker);
    run(home, &[&pull[..], &["--progress=json"]].concat(), marker);
}

#[support::test]
fn the_type_of_a_layer_that_nobody_has() {
    let registry = ProgrammableRegistry::open();
    let image = Image::small("typed");
    registry.put_image("app", "v1", &image);
    let mut manifest: Value = serde_json::from_slice(&image.manifest.bytes).unwrap();
    let missing = format!("sha256:{}", "0".repeat(64));
    let media_type = format!("application/vnd.oci.image.layer.nondistributable.{HOSTILE}");
    manifest["layers"] = json!([{ "mediaType": media_type, "digest": missing, "size": 3 }]);
    let manifest = Blob::new(
        &image.manifest.media_type,
        manifest.to_string().into_bytes(),
    );
    registry.put_manifest("app", "v1", &manifest);
    pull_in_every_form(&home_of(&registry), "PWNED");
}

#[support::test]
fn the_scope_that_a_token_lacks() {
    let registry = ProgrammableRegistry::bearer(&[Account::new("alice", ALICE)]);
    registry.put_image("app", "v1", &Image::small("scoped"));
    let realm = format!("{}/token", registry.url());
    registry.answer_with(move |request| {
        let challenge = format!(
            "Bearer realm=\"{realm}\",service=\"{IN_A_HEADER}\",scope=\"repository:app:{IN_A_HEADER}\",\
             error=\"insufficient_scope\""
        );
        let shown = request.header("authorization")?.starts_with("Bearer ");
        (shown && request.path.contains("/manifests/")).then(|| Reply::challenge(&challenge))
    });
    let home = home_of(&registry);
    let at = registry.address();
    store(&home, &at, "alice");
    pull_in_every_form(&home, "app");
}

#[support::test]
fn the_query_of_a_realm() {
    let registry = ProgrammableRegistry::bearer(&[Account::new("alice", ALICE)]);
    let hostile: String = url::form_urlencoded::byte_serialize(HOSTILE.as_bytes()).collect();
    let realm = format!("{}/token?service={hostile}&x={hostile}", registry.url());
    registry.when(
        |request| request.path.starts_with("/v2/"),
        Reply::challenge(&format!("Bearer realm=\"{realm}\"")),
    );
    pull_in_every_form(&home_of(&registry), "PWNED");
}

#[support::test]
fn the_reason_of_a_refusal() {
    for status in [400, 401, 403, 404, 429, 500] {
        let registry = ProgrammableRegistry::open();
        let body =
            json!({ "errors": [{ "code": HOSTILE, "message": HOSTILE, "detail": HOSTILE }] });
        let reply = Reply::status(status).header("Retry-After", IN_A_HEADER);
        registry.always(reply.body(body.to_string()));
        pull_in_every_form(&home_of(&registry), "reg.test");
    }
}

#[support::test]
fn user_names_in_files_and_from_helpers() {
    let registry = ProgrammableRegistry::basic(&[Account::new("alice", ALICE)]);
    let home = home_of(&registry);
    let at = registry.address();
    let helper = HelperScript::new().holds("helped.test", HOSTILE, "wrong");
    helper.install(&home, "odd");
    home.write_hosts_toml("helped.test", &format!("server = \"{}\"\n", registry.url()));
    let auths = json!({ &at: { "username": HOSTILE, "password": "wrong" } });
    let config = json!({ "auths": auths, "credHelpers": { "helped.test": "odd" } });
    std::fs::write(home.docker_config(), config.to_string()).unwrap();
    let image = format!("{at}/app:v1");
    run(&home, &["list"], "PWNED");
    run(&home, &["list", "--json"], "PWNED");
    run(&home, &["resolve", "--why", &image], "PWNED");
    run(&home, &["resolve", "--json", &image], "PWNED");
    run(
        &home,
        &["resolve", "--probe", "helped.test/app:v1"],
        "helped.test",
    );
    run(&home, &["pull", &image, "--oci-layout", "layout"], "PWNED");
    run(&home, &["logout", &at], "PWNED");
}

#[support::test]
fn names_and_keys_in_files_of_others() {
    let home = Home::new();
    let escaped: String = HOSTILE.chars().flat_map(char::escape_unicode).collect();
    let escaped = escaped.replace("\\u{", "\\U").replace('}', "");
    let escaped: String = escaped
        .split("\\U")
        .filter(|hex| !hex.is_empty())
        .map(|hex| format!("\\U{hex:0>8}"))
        .collect();
    let text =
        format!("[host.\"https://m.test\"]\n\"{escaped}\" = 1\ncapabilities = [\"{escaped}\"]\n");
    home.write_hosts_toml("reg.test", &text);
    run(&home, &["check"], "PWNED");
    run(&home, &["check", "--json"], "PWNED");
    run(&home, &["hosts", "reg.test"], "PWNED");
    let helpers = json!({ "credHelpers": { "reg-b.test": HOSTILE } });
    std::fs::write(home.docker_config(), helpers.to_string()).unwrap();
    run(&home, &["resolve", "reg-b.test/app:v1"], "PWNED");
    std::fs::write(
        home.config_dir().join("config.toml"),
        format!("store = \"{escaped}\"\n"),
    )
    .unwrap();
    run(&home, &["list"], "PWNED");
}

#[support::test]
fn words_of_the_command_line() {
    let home = Home::new();
    run(&home, &["resolve", HOSTILE], "PWNED");
    run(
        &home,
        &["login", HOSTILE, "-u", "alice", "--password-stdin"],
        "PWNED",
    );
    run(&home, &["logout", HOSTILE], "PWNED");
    // clap takes sequences for colours out of what it is given.
    run(&home, &[HOSTILE], "fake");
    run(
        &home,
        &["pull", "reg.test/app", "--progress", HOSTILE],
        "fake",
    );
    run(
        &home,
        &[
            "pull",
            "reg.test/app",
            "--oci-layout",
            "x",
            "--platform",
            HOSTILE,
        ],
        "error",
    );
}

/// Puts a login into our own file without asking anybody.
fn store(home: &Home, at: &str, username: &str) {
    let ran = home
        .portunus(&[
            "login",
            "--no-verify",
            "-u",
            username,
            "--password-stdin",
            at,
        ])
        .env("PORTUNUS_STORE", "file")
        .input(ALICE)
        .run();
    ran.assert_success();
}

/// Docker reads it, and whoever runs the helper by hand.
#[support::test]
fn what_a_caller_of_the_helper_is_answered() {
    let home = Home::new();
    let helper = home.link(&support::program::portunus(), "docker-credential-portunus");
    let run = |verb: &str, input: &str| {
        let ran = process::run(home.command(&helper).arg(verb), input.as_bytes());
        assert_harmless(&ran);
        ran
    };
    let record = json!({ "ServerURL": "reg.test", "Username": HOSTILE, "Secret": ALICE });
    run("store", &record.to_string()).assert_success();
    let got = run("get", "reg.test");
    let got: Value = serde_json::from_str(&got.assert_success().stdout).unwrap();
    assert_eq!(
        (&got["Username"], &got["Secret"]),
        (&json!(HOSTILE), &json!(ALICE))
    );
    let listed = run("list", "");
    let listed: Value = serde_json::from_str(&listed.assert_success().stdout).unwrap();
    assert_eq!(listed["reg.test"], HOSTILE);
    for verb in ["get", "erase", "store", HOSTILE] {
        let ran = run(verb, HOSTILE);
        assert!(!ran.output().contains(ALICE), "{ran}");
    }
}

/// A program that was started by a name of somebody else's choice calls itself by its own.
#[support::test]
fn the_name_that_the_program_was_started_by() {
    let home = Home::new();
    let program = home.link(&support::program::portunus(), &HOSTILE.replace('/', ""));
    for arguments in [&["--help"][..], &["nothing"], &["login", "--help"]] {
        let ran = process::run(home.command(&program).args(arguments), b"");
        assert_harmless(&ran);
        assert!(ran.output().contains("portunus"), "{ran}");
    }
}

//! The examples do what they say.

use std::fs;
use std::path::PathBuf;

use serde_json::json;
use support::account::Account;
use support::containerd::Containerd;
use support::home::Home;
use support::image::Image;
use support::process::{self, Ran};
use support::programmable_registry::ProgrammableRegistry;
use support::{program, workspace};

const IMAGE: &str = "reg.test/team/app:v1";
const SECRET: &str = "canary-e2";

/// A registry that is the only host of reg.test, and alice's login to it in docker's file.
struct World {
    home: Home,
    registry: ProgrammableRegistry,
}

impl World {
    fn new() -> Self {
        let registry = ProgrammableRegistry::bearer(&[Account::new("alice", SECRET)]);
        registry.put_image("team/app", "v1", &Image::small("one"));
        let home = Home::new();
        home.write_hosts_toml("reg.test", &format!("server = \"{}\"\n", registry.url()));
        let login = json!({ "username": "alice", "password": SECRET });
        let auths = json!({ "auths": { registry.address(): login } });
        fs::write(home.docker_config(), auths.to_string()).unwrap();
        Self { home, registry }
    }

    fn run(&self, example: &str, arguments: &[PathBuf], input: &str) -> Ran {
        let mut command = self.home.command(program::example(example));
        let ran = process::run(command.args(arguments), input.as_bytes());
        assert!(!ran.output().contains("canary"), "{ran}");
        ran
    }

    /// `CERTS_D CONFIG_JSON IMAGE`.
    fn files(&self) -> [PathBuf; 3] {
        [
            self.home.hosts_dir(),
            self.home.docker_config(),
            IMAGE.into(),
        ]
    }
}

#[support::test]
fn a_plan_takes_fifteen_lines() {
    let text = workspace::read("crates/portunus/examples/resolve.rs".as_ref());
    let (_, main) = text.split_once("fn main()").unwrap();
    let (_, body) = main.split_once("{\n").unwrap();
    let length = lines_of_code(body.trim_end().strip_suffix('}').unwrap());
    assert!(length <= 15, "{length} lines");
    let world = World::new();
    let ran = world.run("resolve", &world.files(), "");
    let at = world.registry.address();
    assert_eq!(ran.assert_success().stdout, format!("{at} {at}\n"));
}

#[support::test]
fn a_linter_of_ones_own_tells_what_a_code_means() {
    let world = World::new();
    world
        .home
        .write_hosts_toml("reg.test", "server = \"http-cache.corp\"\n");
    let ran = world.run("lint", &[world.home.hosts_dir()], "");
    ran.assert_code(1);
    let explained = "error[misspelt-url]: containerd finds no host";
    assert!(ran.stdout.contains(explained), "{ran}");
    assert!(ran.stdout.contains("A URL in which containerd"), "{ran}");
}

#[support::test]
fn a_store_of_ones_own_is_asked_like_any_other() {
    let ran = World::new().run("custom_store", &[], "");
    ran.assert_success();
    assert!(
        ran.stdout
            .starts_with("reg.test?path=team: stored for this host"),
        "{ran}"
    );
}

#[support::test]
fn another_http_client_carries_the_token_conversation() {
    let text = workspace::read("crates/portunus/examples/carrier/mod.rs".as_ref());
    let (_, carrying) = text.split_once("/// Carries requests.").unwrap();
    let (carrying, _) = carrying
        .split_once("/// The certificate authorities")
        .unwrap();
    let length = lines_of_code(carrying);
    assert!(length <= 60, "{length} lines");
    let world = World::new();
    let [hosts, config, image] = world.files();
    let ran = world.run(
        "own_http_client",
        &["pull".into(), hosts, image, config],
        "",
    );
    assert_eq!(
        ran.assert_success().stdout,
        format!("{}: 200\n", world.registry.address())
    );
}

#[support::test]
fn a_pull_tool_of_ones_own_writes_a_layout() {
    let world = World::new();
    let at = world.registry.address();
    let login = "login --registry-namespace reg.test -u alice --password-stdin --store file";
    let login: Vec<&str> = login.split(' ').chain([at.as_str()]).collect();
    let login = world.home.portunus(&login).input(SECRET).run();
    login.assert_success();
    let layout = world.home.path().join("layout");
    let arguments = [
        world.home.hosts_dir(),
        world.home.credentials_file(),
        IMAGE.into(),
        layout.clone(),
    ];
    let ran = world.run("pull_tool", &arguments, "");
    let digest = Image::small("one").digest().to_owned();
    let told = &ran.assert_success().stdout;
    let says = format!("{digest} says {}\n", world.registry.url());
    assert!(told.contains(&says), "{ran}");
    assert!(told.contains(&format!("{digest} in 3 parts, ")), "{ran}");
    for blob in Image::small("one").blobs() {
        let path = layout.join("blobs").join(blob.digest.replace(':', "/"));
        assert_eq!(fs::read(path).unwrap(), blob.bytes);
    }
}

#[support::test]
fn another_program_logs_in_under_its_own_name() {
    let text = workspace::read("crates/portunus-cli/examples/embed.rs".as_ref());
    let length = lines_of_code(&text);
    assert!(length <= 40, "{length} lines");
    let world = World::new();
    let at = world.registry.address();
    let login = [
        "login",
        &at,
        "-u",
        "alice",
        "--password-stdin",
        "--store",
        "file",
    ];
    world
        .run("embed", &login.map(PathBuf::from), SECRET)
        .assert_success();
    let kept = world.home.path().join(".config/embed/credentials.json");
    assert!(
        fs::read_to_string(&kept)
            .unwrap()
            .contains(&format!("{at}?ns=reg.test"))
    );
    assert!(!world.home.credentials_file().exists());
    world
        .run("embed", &["logout", &at].map(PathBuf::from), "")
        .assert_success();
    assert!(!fs::read_to_string(&kept).unwrap().contains("alice"));
    let help = world.run("embed", &["login", "--help"].map(PathBuf::from), "");
    assert!(help.stdout.contains("Usage: embed login"), "{help}");
}

#[support::test]
fn whoever_links_the_client_finds_what_a_login_stored_in_fifteen_lines() {
    let text = workspace::read("crates/portunus-client/examples/machine_plan.rs".as_ref());
    let (_, main) = text.split_once("fn main()").unwrap();
    let (_, body) = main.split_once("{\n").unwrap();
    let length = lines_of_code(body.trim_end().strip_suffix('}').unwrap());
    assert!(length <= 15, "{length} lines");
    let world = World::new();
    fs::remove_file(world.home.docker_config()).unwrap();
    let at = world.registry.address();
    let login = "login --registry-namespace reg.test -u alice --password-stdin --store file";
    let login: Vec<&str> = login.split(' ').chain([at.as_str()]).collect();
    world
        .home
        .portunus(&login)
        .input(SECRET)
        .run()
        .assert_success();
    let ran = world.run("machine_plan", &[IMAGE.into()], "");
    let plan = format!("{at} {at}?ns=reg.test\n");
    assert_eq!(ran.assert_success().stdout, plan);
}

#[support::test]
fn a_login_is_mounted_in_a_tree_of_commands_of_ones_own() {
    let text = workspace::read("crates/portunus-client/examples/own_cli.rs".as_ref());
    let length = lines_of_code(&text);
    assert!(length <= 40, "{length} lines");
    let world = World::new();
    fs::remove_file(world.home.docker_config()).unwrap();
    let at = world.registry.address();
    let run = |words: &[&str], input: &str| {
        let words: Vec<PathBuf> = words.iter().map(PathBuf::from).collect();
        world.run("own_cli", &words, input)
    };
    let ran = run(&["--profile", "fast", "build"], "");
    assert_eq!(ran.assert_success().stdout, "built fast\n");
    let scoped = ["login", "--registry-namespace", "reg.test", &at];
    let account = ["-u", "alice", "--password-stdin", "--store", "file"];
    let ran = run(&[&scoped[..], &account].concat(), "wrong");
    ran.assert_code(3);
    assert!(!ran.output().contains("portunus"), "{ran}");
    run(&[&scoped[..], &account].concat(), SECRET).assert_success();
    let kept = fs::read_to_string(world.home.credentials_file()).unwrap();
    assert!(kept.contains("\"own_cli 3.1\""), "{kept}");
    let ran = run(&["registry", "resolve", IMAGE], "");
    let seen = &ran.assert_success().stdout;
    assert!(seen.contains(&format!("key {at}?ns=reg.test")), "{ran}");
    let ran = run(&["registry", "logout", &at], "");
    let next = format!("own_cli registry logout --registry-namespace reg.test {at}");
    assert!(ran.assert_success().stderr.contains(&next), "{ran}");
    let help = run(&["registry", "resolve", "--help"], "").stdout;
    assert!(help.contains("Usage: own_cli registry resolve"), "{help}");
    let example = "\n  own_cli registry resolve --probe reg.test/team/app:v1";
    assert!(
        help.contains(example) && !help.contains("portunus"),
        "{help}"
    );
    let help = run(&["--help"], "").stdout;
    assert!(help.contains("Log in to a host"), "{help}");
}

#[support::test]
fn a_store_and_an_http_client_of_ones_own_go_with_the_settings_of_the_machine() {
    let world = World::new();
    let mut command = world.home.command(program::example("own_store_and_client"));
    let account = format!("alice:{SECRET}");
    let ran = process::run(command.arg(IMAGE).env("VAULT", account), b"");
    assert!(!ran.output().contains("canary"), "{ran}");
    let told = format!("{}: 200\n", world.registry.address());
    assert_eq!(ran.assert_success().stdout, told);
}

#[support::test(needs("containerd", "root?", "unpacking?"))]
fn a_program_pulls_with_one_password_through_containerd() {
    let world = World::new();
    let containerd = Containerd::start();
    let at = world.registry.address();
    let [hosts, _, image] = world.files();
    let mut arguments = vec![containerd.socket().to_owned(), hosts, image];
    arguments.extend([at.as_str(), "alice", SECRET].map(PathBuf::from));
    let ran = world.run("pull", &arguments, "");
    let digest = Image::small("one").digest().to_owned();
    let told = &ran.assert_success().stdout;
    assert!(told.contains(&format!("{digest} in ")), "{ran}");
}

#[support::test(needs("containerd"))]
fn another_client_of_containerd_lets_the_callback_answer() {
    let world = World::new();
    let containerd = Containerd::start();
    let [hosts, logins, image] = world.files();
    let arguments = [containerd.socket().to_owned(), hosts, logins, image];
    let ran = world.run("callback", &arguments, "");
    ran.assert_success();
    assert!(ran.stdout.contains(&format!("pulled {IMAGE}")), "{ran}");
    let listed = containerd.ctr(&["images", "check", &format!("name=={IMAGE}")]);
    assert!(listed.stdout.contains("complete"), "{listed}");
}

/// Lines that are neither empty nor a comment.
fn lines_of_code(text: &str) -> usize {
    let lines = text.lines().map(str::trim);
    lines
        .filter(|line| !line.is_empty() && !line.starts_with("//"))
        .count()
}

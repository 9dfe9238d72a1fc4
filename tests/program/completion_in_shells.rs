//! What the real shells make of a line when somebody presses the tabulator.
//!
//! PowerShell is in no Debian package: `completion` asks the program as its script does.

use std::fs;
use std::path::PathBuf;

use support::home::Home;
use support::process::{self, Ran};
use support::{program, script, tools};

/// What is typed before the tabulator, and what stands there after it.
const LINES: [(&str, &str); 9] = [
    ("hosts reg", "hosts reg-a.test "),
    ("resol", "resolve "),
    ("resolve --prob", "resolve --probe "),
    (
        "login --registry-namespace reg-a.test mirr",
        "login --registry-namespace reg-a.test mirror.test:5000 ",
    ),
    (
        "login --registry-namespace=docker.io c",
        "login --registry-namespace=docker.io cache.test:80 ",
    ),
    ("logout mirror.test:50", "logout mirror.test:5000 "),
    (
        "logout --registry-namespace=do",
        "logout --registry-namespace=docker.io ",
    ),
    ("logout --profile wo", "logout --profile work "),
    (
        "logout --config-dir=elsewhere o",
        "logout --config-dir=elsewhere other.test ",
    ),
];

fn home() -> Home {
    let mut home = Home::new();
    home.write_hosts_toml("reg-a.test", "[host.\"https://mirror.test:5000\"]\n");
    home.write_hosts_toml("docker.io", "[host.\"https://cache.test:80\"]\n");
    fs::create_dir(home.path().join("elsewhere")).unwrap();
    for (folder, keys) in [
        (
            home.config_dir(),
            ["mirror.test:5000?ns=reg-a.test", "team.test?profile=work"],
        ),
        (home.path().join("elsewhere"), ["other.test", "third.test"]),
    ] {
        let login =
            serde_json::json!({ "kind": "password", "username": "alice", "secret": "canary-1" });
        let credentials = keys.map(|key| (key.to_owned(), login.clone()));
        let credentials = serde_json::Map::from_iter(credentials);
        let file = serde_json::json!({ "version": 1, "credentials": credentials });
        let place = folder.join("credentials.json");
        fs::write(&place, file.to_string()).unwrap();
    }
    home.link(&program::portunus(), "portunus");
    let path = format!("{}:/usr/bin:/bin", home.bin_dir().display());
    home.set_env("PATH", &path);
    home.set_env("PORTUNUS_STORE", "file");
    home
}

/// The shell's script in a file.
fn script(home: &Home, shell: &str) -> PathBuf {
    let file = home.path().join(format!("portunus.{shell}"));
    let ran = home.portunus(&["completion", shell]).run();
    fs::write(&file, &ran.assert_success().stdout).unwrap();
    file
}

/// Types each line at a shell with a line editor: the tabulator, then as much around it as writes
/// what became of the line into a file.
fn typed(home: &Home, shell: &str) -> Ran {
    let mut keys = String::new();
    for (at, (line, _)) in LINES.iter().enumerate() {
        keys += &format!("portunus {line}\t'\u{1}echo '\u{5} > typed-{at}\n");
    }
    script::run(home, &[], shell, &(keys + "exit\n"))
}

fn assert_typed(home: &Home, ran: &Ran) {
    for (at, (line, expected)) in LINES.iter().enumerate() {
        let found = fs::read_to_string(home.path().join(format!("typed-{at}")));
        let found = found.unwrap_or_else(|error| panic!("{line}: {error}\n{ran}"));
        assert_eq!(found, format!("portunus {expected}\n"), "{line}\n{ran}");
    }
    assert!(!ran.output().contains("canary"), "{ran}");
}

#[support::test(needs("bash", "script"))]
fn bash_completes_hosts_with_ports_and_joined_values() {
    let home = home();
    let rc = format!(
        "source {}\nbind 'set bell-style none'\n",
        script(&home, "bash").display()
    );
    fs::write(home.path().join("rc"), rc).unwrap();
    let bash = format!("'{}'", tools::program("bash").display());
    let ran = typed(&home, &format!("{bash} --noprofile --rcfile rc -i"));
    assert_typed(&home, &ran);
}

#[support::test(needs("zsh", "script"))]
fn zsh_completes_the_same() {
    let home = home();
    let mut settings = String::new();
    // An unpacked zsh looks for its parts where they would be installed.
    let unpacked = tools::folder().map(|folder| folder.join("root/programs/usr"));
    if let Some(usr) = unpacked.filter(|usr| usr.join("share/zsh/functions").is_dir()) {
        let usr = format!("'{}'", usr.display());
        settings += &format!("module_path=({usr}/lib/*/zsh/*(/))\n");
        settings += &format!("fpath=({usr}/share/zsh/functions/**/*(/))\n");
    }
    fs::write(home.path().join(".zshenv"), settings).unwrap();
    // As its help says it is installed: read at the first tabulator, which completes already.
    fs::create_dir(home.path().join(".zfunc")).unwrap();
    fs::rename(script(&home, "zsh"), home.path().join(".zfunc/_portunus")).unwrap();
    let rc = "fpath=(~/.zfunc $fpath)\nautoload -Uz compinit\ncompinit -u -D\nbindkey -e\nunsetopt beep\n";
    fs::write(home.path().join(".zshrc"), rc).unwrap();
    let zsh = format!("'{}'", tools::program("zsh").display());
    let ran = typed(&home, &format!("{zsh} -d -i"));
    assert_typed(&home, &ran);
}

#[support::test(needs("fish"))]
fn fish_completes_the_same() {
    let home = home();
    let mut text = format!("source {}\n", script(&home, "fish").display());
    for (at, (line, _)) in LINES.iter().enumerate() {
        text += &format!("complete -C 'portunus {line}' > typed-{at}\n");
    }
    let mut fish = home.command(tools::program("fish"));
    let ran = process::run(fish.args(["--no-config", "-c", &text]), b"");
    for (at, (line, expected)) in LINES.iter().enumerate() {
        let found = fs::read_to_string(home.path().join(format!("typed-{at}"))).unwrap();
        let found: Vec<&str> = found
            .lines()
            .map(|it| it.split('\t').next().unwrap())
            .collect();
        let word = expected.trim_end().rsplit(' ').next().unwrap();
        assert_eq!(found, [word], "{line}\n{ran}");
    }
}

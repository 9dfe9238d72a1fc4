//! What gives trust is obeyed only where no other user can write it; the refusal names the part of
//! the path and the command that mends it.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::Path;

use support::home::Home;
use support::process::Ran;

const OTHER: u32 = 4242;

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

#[track_caller]
fn assert_refused(ran: &Ran, code: i32, path: &Path, command: &str) {
    ran.assert_code(code);
    let help = format!("help: run `{command} {}`", path.display());
    assert!(ran.stderr.contains(&help), "`{help}` is not said\n{ran}");
}

/// A home with an open `[trust]`, a login, and a mirror that is lent it.
fn home() -> Home {
    let home = Home::new();
    let config = "store = \"file\"\n[trust]\nplain_http = [\"evil.test\"]\n";
    fs::write(home.config_dir().join("config.toml"), config).unwrap();
    let hosts = "server = \"https://reg.test\"\n[host.\"https://m.test\"]\n\
                 capabilities = [\"pull\", \"resolve\"]\ncredential_domain = \"reg.test\"\n";
    home.write_hosts_toml("reg.test", hosts);
    let login = [
        "login",
        "--no-verify",
        "-u",
        "alice",
        "--password-stdin",
        "reg.test",
    ];
    home.portunus(&login).input("wonder").run().assert_success();
    home
}

#[support::test]
fn a_configuration_that_others_may_write_is_refused() {
    let home = home();
    let config = home.config_dir().join("config.toml");
    for bad in [0o666, 0o664, 0o646] {
        mode(&config, bad);
        let ran = home.portunus(&["list"]).run();
        assert_refused(&ran, 4, &config, "chmod go-w");
    }
    mode(&config, 0o644);
    mode(&home.config_dir(), 0o777);
    let ran = home.portunus(&["list"]).run();
    assert_refused(&ran, 4, &home.config_dir(), "chmod go-w");
    mode(&home.config_dir(), 0o700);
    home.portunus(&["list"]).run().assert_success();
}

#[support::test]
fn logins_that_others_may_write_are_not_believed() {
    let home = home();
    let file = home.credentials_file();
    mode(&file, 0o662);
    let ran = home.portunus(&["list"]).run();
    assert_refused(&ran, 5, &file, "chmod go-w");
    mode(&file, 0o600);
    home.portunus(&["list"]).run().assert_success();
}

#[support::test(needs("root?"))]
fn what_belongs_to_another_user_is_refused() {
    let home = home();
    let own = rustix::process::geteuid().as_raw();
    let command = format!("chown -h {own}");
    let config = home.config_dir().join("config.toml");
    for (path, code) in [
        (&config, 4),
        (&home.config_dir(), 4),
        (&home.credentials_file(), 5),
    ] {
        chown(path, Some(OTHER), None).unwrap();
        let ran = home.portunus(&["list"]).run();
        assert_refused(&ran, code, path, &command);
        chown(path, Some(own), None).unwrap();
    }
    home.portunus(&["list"]).run().assert_success();
}

#[support::test(needs("root?"))]
fn a_login_is_lent_only_by_files_that_nobody_else_may_write() {
    let home = home();
    let directory = home.hosts_dir().join("reg.test");
    let file = directory.join("hosts.toml");
    let resolve = || home.portunus(&["resolve", "reg.test/app:v1"]).run();
    let own = rustix::process::geteuid().as_raw();
    let before = resolve();
    assert!(!before.output().contains("is not honoured"), "{before}");
    for path in [&file, &directory, &home.hosts_dir()] {
        chown(path, Some(OTHER), None).unwrap();
        let ran = resolve();
        let below = path.strip_prefix(home.path()).unwrap();
        let told = format!("~/{} belongs to user {OTHER}", below.display());
        assert!(ran.output().contains("is not honoured"), "{ran}");
        assert!(ran.output().contains(&told), "{ran}");
        let checked = home.portunus(&["check"]).run();
        assert!(checked.output().contains("chown -h"), "{checked}");
        chown(path, Some(own), None).unwrap();
    }
    mode(&directory, 0o777);
    let checked = home.portunus(&["check"]).run();
    assert!(checked.output().contains("chmod go-w"), "{checked}");
}

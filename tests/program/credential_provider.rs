//! What a kubelet that starts the program sees: one line on standard output or none, the exit code,
//! and what goes into its log.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};
use serde_json::{Map, Value, json};
use support::home::Home;
use support::process::{self, Ran};
use support::program;
use worlds::login::{home_with_logins, log_in_with};

const SECRET: &str = "canary-provider";

fn request(image: &str) -> Value {
    json!({"kind": "CredentialProviderRequest", "image": image,
        "apiVersion": "credentialprovider.kubelet.k8s.io/v1"})
}

fn home(logins: &[&[&str]]) -> Home {
    home_with_logins(logins, SECRET)
}

fn ask(home: &Home, request: &Value) -> Ran {
    let ran = home.portunus(&["credential-provider"]);
    let ran = ran.input(&format!("{request}\n")).run();
    assert!(!ran.stderr.contains("canary"), "{ran}");
    ran
}

/// Exit code 1, nothing on standard output, and this in the log.
#[track_caller]
fn assert_refused(ran: &Ran, said: &str) {
    assert_eq!((ran.status.code(), &*ran.stdout), (Some(1), ""), "{ran}");
    assert!(ran.stderr.contains(said), "{said}\n{ran}");
}

#[support::test]
fn a_login_is_one_line_of_json_and_nothing_else() {
    let home = home(&[&["-u", "alice", "reg.test"]]);
    let ran = ask(&home, &request("reg.test/team/app"));
    ran.assert_success();
    let answer: Value = serde_json::from_str(&ran.stdout).unwrap();
    let expected = json!({
        "kind": "CredentialProviderResponse",
        "apiVersion": "credentialprovider.kubelet.k8s.io/v1",
        "cacheKeyType": "Registry",
        "cacheDuration": "5m0s",
        "auth": {"reg.test": {"username": "alice", "password": SECRET}},
    });
    assert_eq!(answer, expected);
    let none = ask(&home, &request("other.test/app"));
    none.assert_success();
    let answer: Value = serde_json::from_str(&none.stdout).unwrap();
    assert_eq!(answer["cacheDuration"], "0s");
    assert_eq!(answer.get("auth"), None);
}

#[support::test]
fn a_login_that_a_mirror_may_not_see_ends_with_1_and_says_what_would_allow_it() {
    let home = home(&[&["-u", "alice", "reg.test"]]);
    let mirror = "[host.\"https://mirror.test:5000\"]\ncapabilities = [\"pull\", \"resolve\"]\n";
    let file = home.write_hosts_toml("reg.test", mirror);
    let ran = ask(&home, &request("reg.test/team/app"));
    assert_refused(&ran, "https://mirror.test:5000 may not see it");
    let help = format!(
        "help: write `credential_domain = \"reg.test\"` in {}",
        file.display()
    );
    assert!(ran.stderr.contains(&help), "{help}\n{ran}");
    fs::write(&file, format!("{mirror}credential_domain = \"reg.test\"\n")).unwrap();
    let ran = ask(&home, &request("reg.test/team/app"));
    ran.assert_success();
    assert!(ran.stdout.contains("alice"), "{ran}");
}

#[support::test]
fn what_is_no_request_and_what_is_broken_end_with_1_and_leave_standard_output_empty() {
    let home = home(&[&["-u", "alice", "reg.test"]]);
    let text = |text: &str| home.portunus(&["credential-provider"]).input(text).run();
    assert_refused(&text(""), "there is no request");
    assert_refused(&text("{\"kind\": 7}"), "not a CredentialProviderRequest");
    assert_refused(&text(&"x".repeat(10 << 20)), "larger than 1 MiB");
    let mut closed = home.command(program::portunus());
    closed.arg("credential-provider").stdin(Stdio::null());
    let closed = closed.output().unwrap();
    assert_eq!(
        (closed.status.code(), &closed.stdout[..]),
        (Some(1), &b""[..])
    );
    fs::write(home.config_dir().join("config.toml"), "profile = \"canary").unwrap();
    assert_refused(&ask(&home, &request("reg.test/app")), "config.toml:1:");
    fs::write(home.config_dir().join("config.toml"), "").unwrap();
    fs::write(home.credentials_file(), "{\"canary\"").unwrap();
    assert_refused(&ask(&home, &request("reg.test/app")), "credentials.json");
}

#[support::test]
fn a_service_account_has_the_profile_that_config_toml_gives_it() {
    let home = home(&[
        &["-u", "alice", "reg.test"],
        &["-u", "builder", "--profile", "ci", "reg.test"],
    ]);
    let config = "[kubernetes]\nprofiles = [{ namespace = \"build\", service_account = \"ci\", profile = \"ci\" }]\n";
    fs::write(home.config_dir().join("config.toml"), config).unwrap();
    // {"sub": "system:serviceaccount:build:ci"}
    let token = "e30.eyJzdWIiOiAic3lzdGVtOnNlcnZpY2VhY2NvdW50OmJ1aWxkOmNpIn0.x";
    let mut asked = request("reg.test/app");
    assert!(ask(&home, &asked).stdout.contains("alice"));
    asked["serviceAccountToken"] = token.into();
    assert!(ask(&home, &asked).stdout.contains("builder"));
    asked["serviceAccountAnnotations"] = json!({"portunus.dev/profile": "prod"});
    assert_refused(
        &ask(&home, &asked),
        "service account build/ci asks for profile prod",
    );
    let broken = "[kubernetes]\nprofiles = [{ namespace = \"build\" }]\n";
    fs::write(home.config_dir().join("config.toml"), broken).unwrap();
    let said = "config.toml:2:13: the profile of a service account has";
    assert_refused(&ask(&home, &asked), said);
}

#[support::test(waits)]
fn a_standard_input_that_is_held_open_is_not_waited_for() {
    let home = home(&[&["-u", "alice", "reg.test"]]);
    let started = Instant::now();
    let mut asked = home.command(program::portunus());
    asked.arg("credential-provider").stdin(Stdio::piped());
    let asked = asked.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut asked = asked.unwrap();
    // Half a request, and no end.
    let mut input = asked.stdin.take().unwrap();
    input.write_all(b"{\"kind\":").unwrap();
    let ended = asked.wait_with_output().unwrap();
    drop(input);
    let took = started.elapsed();
    assert_eq!(
        (ended.status.code(), &ended.stdout[..]),
        (Some(1), &b""[..])
    );
    let said = String::from_utf8(ended.stderr).unwrap();
    assert!(said.contains("no request within 17 s"), "{said}");
    assert!(took < Duration::from_secs(25), "{took:?}");
}

#[support::test(waits)]
fn helpers_that_do_not_end_are_ended_and_the_answer_comes_in_time() {
    let home = Home::new();
    // Each leaves a child behind that holds its output.
    for name in ["one", "two"] {
        home.write_script(
            &format!("docker-credential-{name}"),
            "#!/bin/sh\nPATH=/usr/bin:/bin\nsleep 300 &\nwait\n",
        );
    }
    let helpers = json!({"credHelpers": {"reg.test": "one", "mirror.test": "two"}});
    fs::create_dir_all(home.docker_dir()).unwrap();
    fs::write(home.docker_config(), helpers.to_string()).unwrap();
    // It may have to be built.
    let _ = program::portunus();
    let started = Instant::now();
    let ran = ask(&home, &request("reg.test/app"));
    let took = started.elapsed();
    assert_refused(&ran, "docker-credential-one");
    assert!(took < Duration::from_secs(20), "{took:?}");
}

#[support::test]
fn a_helper_s_login_is_answered_with_the_environment_that_it_needs() {
    let mut home = Home::new();
    home.set_env("AWS_WEB_IDENTITY_TOKEN_FILE", "/var/run/token");
    home.write_script(
        "docker-credential-ecr-login",
        "#!/bin/sh\nread -r host\nprintf '{\"ServerURL\":\"%s\",\"Username\":\"AWS\",\"Secret\":\"%s\"}' \
         \"$host\" \"$AWS_WEB_IDENTITY_TOKEN_FILE\"\n",
    );
    fs::create_dir_all(home.docker_dir()).unwrap();
    let helpers = json!({"credHelpers": {"reg.test": "ecr-login"}});
    fs::write(home.docker_config(), helpers.to_string()).unwrap();
    let ran = ask(&home, &request("reg.test/app"));
    ran.assert_success();
    let answer: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(answer["auth"]["reg.test"]["password"], "/var/run/token");
}

#[support::test]
fn the_configuration_of_the_kubelet_names_what_is_known_here() {
    let home = home(&[
        &["-u", "alice", "reg.test:5000"],
        &["-u", "hub", "docker.io"],
        &["-u", "six", "[::1]:5000"],
        &[
            "-u",
            "m",
            "--registry-namespace",
            "ns.test",
            "mirror.test:5000",
        ],
    ]);
    home.write_hosts_toml("hosts.test", "server = \"https://hosts.test\"\n");
    let ran = home
        .portunus(&["credential-provider", "--print-config"])
        .run();
    ran.assert_success();
    let images = list_of(&ran, "matchImages");
    let expected = [
        "\"docker.io\"",
        "\"hosts.test\"",
        "\"ns.test\"",
        "\"reg.test:5000\"",
    ];
    assert_eq!(images, expected, "{ran}");
    assert!(ran.stderr.contains("[::1]:5000 is left out"), "{ran}");
    for part in [
        "kind: CredentialProviderConfig",
        "serviceAccountTokenAudience: \"portunus.dev\"",
        "cacheType: ServiceAccount",
        "- \"credential-provider\"",
        "kind: ClusterRole\n",
        "request-serviceaccounts-token-audience",
        "name: system:nodes",
    ] {
        assert!(ran.stdout.contains(part), "{part}\n{ran}");
    }
}

#[support::test]
fn what_the_kubelet_is_not_told_of_is_told_to_whoever_configures_it() {
    let home = home(&[&["-u", "alice", "reg.test"]]);
    fs::create_dir_all(home.docker_config().parent().unwrap()).unwrap();
    fs::write(home.docker_config(), "{\"auths\":").unwrap();
    let ran = home
        .portunus(&["credential-provider", "--print-config"])
        .run();
    ran.assert_success();
    assert!(ran.stdout.contains("- \"reg.test\""), "{ran}");
    assert!(
        ran.stderr
            .contains("config.json:1:10: the JSON ends too early"),
        "{ran}"
    );
    fs::write(home.credentials_file(), "{\"version\":").unwrap();
    let ran = home
        .portunus(&["credential-provider", "--print-config"])
        .run();
    ran.assert_code(1);
    assert!(ran.stderr.contains("the JSON ends too early"), "{ran}");
    assert_eq!(ran.stdout, "");
}

#[support::test]
fn the_way_to_a_mirror_is_consented_to_by_a_login_at_that_mirror() {
    let home = home(&[&["-u", "alice", "reg.test"]]);
    home.write_hosts_toml(
        "reg.test",
        "[host.\"https://mirror.test\"]\nskip_verify = true\ncredential_domain = \"reg.test\"\n",
    );
    let refused = ask(&home, &request("reg.test/app"));
    assert_refused(&refused, "https://mirror.test");
    let (_, help) = refused.stderr.split_once("help: portunus ").unwrap();
    let help = help.lines().next().unwrap();
    let consents = "--registry-namespace reg.test mirror.test --insecure-registry --plain-http";
    assert!(help.contains(consents), "{refused}");
    let given = ["-u", "alice", "--password-stdin", "--no-verify"];
    let help = help.strip_prefix("login ").unwrap().split(' ');
    let words: Vec<&str> = help.chain(given).collect();
    log_in_with(&home, &words, SECRET).assert_success();
    let answered = ask(&home, &request("reg.test/app"));
    answered.assert_success();
    assert!(answered.stdout.contains("alice"), "{answered}");
}

/// Both read the whole file, which is nearly all that they do: what more the provider looks at does
/// not grow with it.
#[support::test]
fn among_10000_logins_it_takes_no_longer_than_the_credential_helper() {
    let home = Home::new();
    let login = json!({"kind": "password", "username": "alice", "secret": SECRET,
        "stored_at": "2026-11-21T10:00:00Z", "verified_at": "2026-11-21T10:00:00Z"});
    let logins = (0..10_000).map(|at| (format!("reg-{at}.test:5000"), login.clone()));
    let logins = json!({"version": 1, "credentials": logins.collect::<Map<_, _>>()});
    fs::write(home.credentials_file(), logins.to_string()).unwrap();
    let owner = fs::Permissions::from_mode(0o600);
    fs::set_permissions(home.credentials_file(), owner).unwrap();
    let helper = home.link(&program::portunus(), "docker-credential-portunus");
    let request = request("reg-7.test:5000/team/app").to_string();
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..7 {
        let mut get = home.command(&helper);
        times[0].push(processor_time(get.arg("get"), "reg-7.test:5000"));
        let mut provider = home.command(program::portunus());
        times[1].push(processor_time(
            provider.arg("credential-provider"),
            &request,
        ));
    }
    let [get, provider] = times.map(|mut times| {
        times.sort_unstable();
        times[times.len() / 2]
    });
    println!("medians, in hundredths of a second: {get} and {provider}");
    // A quarter more, and the one that a time is short by that is told in whole ones.
    assert!(provider * 4 <= (get + 1) * 5, "{provider} against {get}");
}

/// What a process that answers with a login has had of the processors, which a busy machine makes no
/// longer.
fn processor_time(command: &mut Command, input: &str) -> u64 {
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut process = command.spawn().unwrap();
    let mut stdin = process.stdin.take().unwrap();
    stdin.write_all(input.as_bytes()).unwrap();
    drop(stdin);
    let id = Pid::from_child(&process);
    // Its times are gone with it.
    let ended = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
    waitid(WaitId::Pid(id), ended).unwrap();
    let stat = fs::read_to_string(format!("/proc/{}/stat", process.id())).unwrap();
    let output = process.wait_with_output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("alice"), "{said}");
    let (_name, fields) = stat.rsplit_once(") ").unwrap();
    // utime and stime of proc_pid_stat(5), of which the first two fields are cut off.
    let times = fields.split(' ').skip(11).take(2);
    times.map(|it| it.parse::<u64>().unwrap()).sum()
}

/// The items of a list in what --print-config writes.
fn list_of<'a>(ran: &'a Ran, name: &str) -> Vec<&'a str> {
    let lines = ran.stdout.lines();
    let items = lines.skip_while(|line| !line.contains(name)).skip(1);
    items
        .map_while(|line| line.strip_prefix("      - "))
        .collect()
}

/// It has neither the environment nor the directory of whoever writes it, and no glob of ours for
/// ECR.
#[support::test]
fn the_kubelet_is_told_what_was_decided_here_and_every_form_of_ecr() {
    let home = home(&[&["-u", "ci", "--profile", "ci", "reg.test"]]);
    let config = "[helpers]\necr = \"ecr-login\"\n\"*.gcr.io\" = \"gcloud\"\n";
    fs::write(home.config_dir().join("config.toml"), config).unwrap();
    let print = ["credential-provider", "--print-config", "--profile", "ci"];
    let ran = home.portunus(&print).run();
    let arguments = list_of(ran.assert_success(), "args:");
    let [config, hosts] = [home.config_dir(), home.hosts_dir()].map(|it| format!("{it:?}"));
    let expected = [
        "\"--config-dir\"",
        &config,
        "\"--hosts-dir\"",
        &hosts,
        "\"--profile\"",
        "\"ci\"",
        "\"credential-provider\"",
    ];
    assert_eq!(arguments, expected, "{ran}");
    let images = list_of(&ran, "matchImages");
    for image in [
        "*.gcr.io",
        "*.dkr.ecr.*.amazonaws.com",
        "*.dkr.ecr.*.amazonaws.com.cn",
        "*.dkr.ecr-fips.*.amazonaws.com",
        "*.dkr-ecr.*.on.aws",
    ] {
        assert!(images.contains(&&*format!("{image:?}")), "{image}\n{ran}");
    }
    // With them, and nothing else, it answers.
    let arguments = arguments.iter().map(|it| it.trim_matches('"'));
    let mut kubelet = Command::new(program::portunus());
    kubelet.args(arguments).env_clear().current_dir("/");
    let ran = process::run(&mut kubelet, request("reg.test/app").to_string().as_bytes());
    assert!(ran.assert_success().stdout.contains("\"ci\""), "{ran}");
}

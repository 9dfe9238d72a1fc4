//! A credential helper that dies at each step of a conversation: what it would have answered stays
//! unknown, nothing half said is believed, and nothing of it runs on.

use std::fs;
use std::time::{Duration, Instant};

use portunus::credential::Credential;
use portunus::store::{HelperPrograms, HelperStore, Provenance, Source, Store};
use support::home::Home;

const PATIENCE: Duration = Duration::from_millis(700);

/// How it ends, from before it reads to after it has answered.
const DEATHS: [(&str, &str); 8] = [
    ("before it reads", "kill -9 $$"),
    ("with its input closed", "exec <&-; kill -9 $$"),
    ("when it has read", "cat > /dev/null; kill -9 $$"),
    (
        "in its answer",
        "cat > /dev/null; printf '{\"Username\":\"u\",\"Secret\":\"hunt'; kill -9 $$",
    ),
    (
        "after its answer",
        "cat > /dev/null; echo ANSWER; kill -9 $$",
    ),
    (
        "after its answer, with a failure",
        "cat > /dev/null; echo ANSWER; exit 3",
    ),
    (
        "with its output closed, and lives on",
        "exec >&-; sleep 300",
    ),
    (
        "after its answer, and lives on",
        "cat > /dev/null; echo ANSWER; exec >&-; sleep 300",
    ),
];

#[support::test(waits)]
fn whatever_it_was_asked_it_is_named_and_nothing_is_believed() {
    for (when, death) in DEATHS {
        let home = Home::new();
        let helper = helper(&home, death);
        let started = Instant::now();
        let (host, key) = ("reg.test".parse().unwrap(), "reg.test".parse().unwrap());
        let entry = helper.entries(&host).unwrap().entries.remove(0);
        let login = Credential::password("u", "hunter2");
        for (verb, told) in [
            ("get", helper.credential(&entry).map(drop)),
            (
                "store",
                helper.put(&key, &login, &Provenance::default()).map(drop),
            ),
            ("erase", helper.remove(&key).map(drop)),
            ("list", helper.list().map(drop)),
        ] {
            let Err(error) = told else {
                panic!("{verb}, {when}: believed");
            };
            let error = error.to_string();
            assert!(
                error.contains("docker-credential-odd"),
                "{verb}, {when}: {error}"
            );
            assert!(!error.contains("hunt"), "{verb}, {when}: {error}");
        }
        // A call that stores or erases may ask what is there before.
        assert!(
            started.elapsed() < 10 * PATIENCE,
            "{when}: {:?}",
            started.elapsed()
        );
        for line in fs::read_to_string(home.path().join("started"))
            .unwrap()
            .lines()
        {
            assert!(is_gone(line), "{when}: {line} lives on");
        }
    }
}

#[support::test]
fn a_login_and_a_logout_fail_and_a_public_pull_goes_on() {
    for (when, death) in DEATHS {
        let home = Home::new();
        helper(&home, death);
        // What takes as long as helpers may is tried by the library alone.
        if death.contains("sleep") {
            continue;
        }
        let config =
            r#"{"credsStore": "odd", "auths": {"old.test": {"auth": "dTpw"}, "reg.test": {}}}"#;
        fs::write(home.docker_config(), config).unwrap();
        let login = [
            "login",
            "--no-verify",
            "-u",
            "u",
            "--password-stdin",
            "reg.test",
        ];
        let login = home.portunus(&login).input("hunter2").run();
        let logout = home.portunus(&["logout", "reg.test"]).run();
        for ran in [login, logout] {
            assert!(!ran.status.success(), "{when}: {ran}");
            assert!(
                ran.stderr.contains("docker-credential-odd"),
                "{when}: {ran}"
            );
            assert!(!ran.output().contains("hunt"), "{when}: {ran}");
        }
        let plan = home.portunus(&["resolve", "reg.test/app"]).run();
        plan.assert_success();
        let kept = fs::read_to_string(home.docker_config()).unwrap();
        assert!(kept.contains("old.test"), "{when}: {kept}");
    }
}

/// It notes its number each time that it is started.
fn helper(home: &Home, death: &str) -> HelperStore {
    let started = home.path().join("started");
    let death = death.replace("ANSWER", r#"'{"Username":"u","Secret":"hunter2"}'"#);
    let script = format!(
        "#!/bin/sh\nPATH=/usr/bin:/bin\necho $$ >> '{}'\n{death}\n",
        started.display()
    );
    home.write_script("docker-credential-odd", &script);
    let environment = home.env().iter();
    let environment = environment.map(|(name, value)| (name.into(), value.into()));
    HelperStore::new(
        "odd",
        &HelperPrograms::new(environment).with_patience(PATIENCE),
    )
}

fn is_gone(process: &str) -> bool {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"));
    stat.map_or(true, |stat| stat.contains(") Z "))
}

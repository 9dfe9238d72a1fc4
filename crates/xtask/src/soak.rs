//! `cargo xtask soak`: tests that repeat what they do for far longer than the suite lets them.

use std::path::Path;

use crate::cargo::Session;
use crate::tools;

/// A long run: a test that asks `support::soak` how long to go on.
#[derive(Debug)]
struct Soak {
    name: &'static str,
    /// The binary that the test is in.
    door: &'static str,
    /// What the test's name holds, and no other's.
    test: &'static str,
    /// What it is for, in a few words.
    what: &'static str,
    /// What is optimised beside the assertions of a debug build, as settings of cargo.
    optimised: &'static [&'static str],
}

const SOAKS: [Soak; 2] = [
    Soak {
        name: "pulls",
        door: "daemon",
        test: "eight_pulls_at_once_never_mix_up_their_accounts",
        what: "100 rounds of eight pulls at once through one containerd",
        optimised: &[],
    },
    Soak {
        name: "fuzz",
        door: "fuzz",
        // Of every kind.
        test: "",
        what: "five minutes of changed inputs of each kind, grown to the largest that is read",
        // To read and to write files of 32 MiB takes half an hour without.
        optimised: &[
            "profile.dev.package.containerd-hosts.opt-level=1",
            "profile.dev.package.peak_alloc.opt-level=3",
            "profile.dev.package.portunus.opt-level=1",
            "profile.dev.package.portunus-buildkit.opt-level=1",
            "profile.dev.package.portunus-tests-fuzz.opt-level=1",
        ],
    },
];

/// Runs the long run of that name. Without its servers it fails: nobody waits for a skipped one.
pub(crate) fn run(target: &Path, name: &str) -> Result<(), String> {
    let Some(soak) = SOAKS.iter().find(|soak| soak.name == name) else {
        let known = SOAKS.map(|soak| format!("\n  {}: {}", soak.name, soak.what));
        return Err(format!(
            "`{name}` is no long run; there are{}",
            known.concat()
        ));
    };
    tools::run(target)?;
    let settings = soak.optimised.iter().flat_map(|it| ["--config", it]);
    let settings: Vec<&str> = settings.collect();
    let test = ["test", "--locked", "--workspace", "--test", soak.door];
    let environment = [("PORTUNUS_SOAK", "1"), ("PORTUNUS_REQUIRE_SERVERS", "1")];
    Session::start()?.run(
        &[&test[..], &settings, &["--", soak.test, "--nocapture"]].concat(),
        &environment,
    )
}

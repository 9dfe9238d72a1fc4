//! What a pull into a layout and a push from it show: bars on a terminal, a line per state
//! elsewhere.

use std::fs;
use std::time::Duration;

use serde_json::Value;
use support::home::Home;
use support::http::Reply;
use support::image::Image;
use support::program;
use support::programmable_registry::ProgrammableRegistry;
use support::terminal::run_at_terminal;
use worlds::login::alice;

/// A registry with an image whose layers take their time, and a home that has it as `reg-a.test`.
fn slow_registry() -> (ProgrammableRegistry, Image, Home) {
    let registry = ProgrammableRegistry::open();
    let image = Image::of_sizes("one", &[1000, 2_000_000]);
    registry.put_image("team/app", "v1", &image);
    let layers: Vec<_> = image.layers.clone();
    registry.answer_with(move |request| {
        let layer = layers
            .iter()
            .find(|it| request.path.ends_with(&it.digest))?;
        let reply = Reply::status(200).body(layer.bytes.clone());
        (request.method == "GET").then(|| reply.delay(Duration::from_millis(150)))
    });
    let home = Home::new();
    home.write_hosts_toml("reg-a.test", &format!("server = \"{}\"\n", registry.url()));
    (registry, image, home)
}

const PULL: [&str; 4] = ["pull", "reg-a.test/team/app:v1", "--oci-layout", "layout"];

const PUSH: [&str; 4] = ["push", "reg-a.test/new/app:v1", "--oci-layout", "layout"];

#[support::test]
fn nothing_is_told_twice() {
    let home = Home::new();
    home.write_script("docker-credential-bad", "#!/bin/sh\necho no\nexit 1\n");
    fs::write(home.docker_config(), r#"{"credsStore": "bad"}"#).unwrap();
    let registry = ProgrammableRegistry::basic(&alice());
    registry.put_image("team/app", "v1", &Image::of_sizes("one", &[10]));
    let odd = ProgrammableRegistry::open();
    odd.answer_with(|request| {
        let is_manifest = request.path.contains("/manifests/");
        is_manifest.then(|| Reply::status(300))
    });
    let (at, odd) = (registry.url(), odd.url());
    let pull = "capabilities = [\"pull\", \"resolve\"]\n";
    // The helper fails for the one, and the other answers what nobody can use.
    home.write_hosts_toml("reg-a.test", &format!("server = \"{at}\"\n"));
    home.write_hosts_toml(
        "reg-b.test",
        &format!("server = \"{odd}\"\n[host.\"{odd}\"]\n{pull}"),
    );
    for image in ["reg-a.test/team/app:v1", "reg-b.test/team/app:v1"] {
        for style in ["plain", "json", "none"] {
            let pull = ["pull", image, "--oci-layout", "layout", "--progress", style];
            let ran = home.portunus(&pull).run();
            let told = ran.stderr.lines().filter(|line| !line.starts_with('{'));
            let mut seen = Vec::new();
            for line in told {
                let reason = line.split_once(": ").map_or(line, |(_, reason)| reason);
                let reason = reason.trim_end_matches("; no credential was sent");
                assert!(!seen.contains(&reason), "{line}\n{ran}");
                seen.push(reason);
            }
        }
    }
}

#[support::test]
fn a_terminal_shows_bars() {
    let (registry, image, home) = slow_registry();
    for arguments in [PULL, PUSH] {
        let mut command = home.command(program::portunus());
        let (output, screen) = run_at_terminal(command.args(arguments), &[]);
        assert!(output.status.success(), "{screen}");
        assert!(String::from_utf8_lossy(&output.stdout).contains(image.digest()));
        // A bar is drawn over the one before, and is gone at the end.
        let drawn = screen.matches('\r').count() + screen.matches("\u{1b}[").count();
        assert!(drawn > 2 && screen.contains(['░', '█']), "{screen:?}");
        assert!(screen.contains("MiB"), "{screen:?}");
        let plain = format!("done {} ", image.manifest.digest);
        assert!(
            !screen.lines().any(|line| line.starts_with(&plain)),
            "{screen:?}"
        );
    }
    assert!(registry.manifest("new/app", "v1").is_some());
}

#[support::test]
fn elsewhere_there_is_a_line_a_state() {
    let (registry, image, home) = slow_registry();
    let at = registry.url();
    let layer = &image.layers[1].digest;
    for (arguments, expected) in [
        (
            PULL,
            vec![
                format!("resolved {} at {at}\n", image.digest()),
                format!("done {layer} (2.00 MB) at {at}\n"),
            ],
        ),
        (PULL, vec![format!("present {layer} (2.00 MB)\n")]),
        (PUSH, vec![format!("done {} ", image.digest())]),
    ] {
        let ran = home.portunus(&arguments).run();
        ran.assert_success();
        for line in expected {
            assert!(ran.stderr.contains(&line), "{line}\n{ran}");
        }
        assert!(!ran.stderr.contains(['\r', '\u{1b}']), "{ran}");
    }
    let mut command = home.command(program::portunus());
    let (_, screen) = run_at_terminal(command.args(PULL).args(["--progress", "plain"]), &[]);
    assert!(
        screen.contains("present sha256:") && !screen.contains('\u{1b}'),
        "{screen:?}"
    );
}

#[support::test]
fn machines_get_an_object_a_state_and_who_wants_nothing_gets_it() {
    let (_registry, image, home) = slow_registry();
    let ran = home
        .portunus(&[&PULL[..], &["--progress", "json"]].concat())
        .run();
    ran.assert_success();
    let states: Vec<Value> = ran
        .stderr
        .lines()
        .map(|it| serde_json::from_str(it).unwrap())
        .collect();
    assert_eq!(states[0]["state"], "resolved");
    assert_eq!(states[0]["what"], image.digest());
    assert!(states.iter().filter(|it| it["state"] == "done").count() >= image.blobs().count());
    let ran = home
        .portunus(&[&PUSH[..], &["--progress", "none"]].concat())
        .run();
    ran.assert_success();
    assert_eq!(ran.stderr, "");
}

//! What a pull into a layout and a push from it show: bars on a terminal, a line per state
//! elsewhere.

use std::time::Duration;

use serde_json::Value;
use support::home::Home;
use support::http::Reply;
use support::image::Image;
use support::program;
use support::programmable_registry::ProgrammableRegistry;
use support::terminal::run_at_terminal;

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

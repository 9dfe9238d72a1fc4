//! What the program shows of a transfer, in each style.

use std::time::Duration;

use support::containerd::Containerd;
use support::home::Home;
use support::http::Reply;
use support::image::Image;
use support::process::{self, Ran};
use support::program;
use support::programmable_registry::ProgrammableRegistry;

const IMAGE: &str = "reg-a.test/team/app:v1";

#[support::test(needs("containerd"))]
fn plain_progress_is_a_line_a_state() {
    let site = Site::new();
    for style in [&["--progress", "plain"][..], &[]] {
        let ran = site.pull(style);
        let lines: Vec<&str> = ran.stderr.lines().collect();
        assert_eq!(
            lines[0],
            format!("containerd: Resolving from OCI Registry ({IMAGE})")
        );
        let done = format!("done layer-{}", site.image.layers[0].digest);
        let present = done.replace("done", "present");
        assert!(
            lines.contains(&&*done) || lines.contains(&&*present),
            "{ran}"
        );
        assert!(!ran.stderr.contains(['\u{1b}', '\r']), "{ran}");
        assert!(
            ran.stdout.starts_with(&format!("pulled {IMAGE} sha256:")),
            "{ran}"
        );
    }
}

#[support::test(needs("containerd"))]
fn json_progress_is_an_object_a_line() {
    let site = Site::new();
    let ran = site.pull(&["--progress", "json"]);
    let states: Vec<(String, String)> = ran
        .stderr
        .lines()
        .map(|line| {
            let object: serde_json::Value = serde_json::from_str(line).unwrap();
            let text = |name: &str| object[name].as_str().unwrap().to_owned();
            (text("state"), text("what"))
        })
        .collect();
    for digest in [&site.image.layers[0].digest, &site.image.layers[1].digest] {
        let done = ("done".to_owned(), format!("layer-{digest}"));
        assert!(states.contains(&done), "{ran}");
    }
    assert_eq!(states[0].0, "containerd:");
}

#[support::test(needs("containerd"))]
fn no_progress_is_nothing() {
    let ran = Site::new().pull(&["--progress", "none"]);
    assert_eq!(ran.stderr, "");
    assert!(ran.stdout.starts_with("pulled "), "{ran}");
}

#[support::test(needs("containerd", "script?"))]
fn a_terminal_shows_bars_with_bytes_speed_and_layers() {
    let site = Site::new();
    // Long enough for the daemon to report, every 300 ms.
    let slow = Reply::cut_short(&site.image.layers[0].bytes[..1_500_000], 3_000_000);
    let path = format!("/v2/team/app/blobs/{}", site.image.layers[0].digest);
    let (first, rest) = (path.clone(), path);
    let whole = site.image.layers[0].bytes.clone();
    site.registry.answer_with(move |request| {
        let goes_on = request.path == rest && request.header("Range").is_some();
        let rest = Reply::status(206)
            .header("Content-Range", "bytes 1500000-2999999/3000000")
            .body(&whole[1_500_000..])
            .delay(Duration::from_millis(900));
        goes_on.then_some(rest)
    });
    site.registry
        .when_first(1, move |request| request.path == first, slow);
    let shown = site.in_terminal(&[]);
    for part in [
        "\r",
        "MiB",
        "/s",
        "1/2 layers",
        "pulled reg-a.test/team/app:v1",
    ] {
        assert!(shown.stdout.contains(part), "no {part:?} in {shown}");
    }
    let asked_for = site.in_terminal(&["--progress", "tty"]);
    assert!(asked_for.stdout.contains(" layers "), "{asked_for}");
    let plain = site.in_terminal(&["--progress", "plain"]);
    assert!(!plain.stdout.contains("/s"), "{plain}");
    assert!(plain.stdout.contains("containerd: Pulling from"), "{plain}");
}

#[support::test(needs("containerd"))]
fn a_push_shows_its_progress_too() {
    let site = Site::new();
    site.pull(&[]);
    let socket = site.daemon.socket().to_str().unwrap();
    let push = ["push", IMAGE, "--address", socket, "--progress"];
    for (style, told) in [
        ("plain", "containerd: Pushing to OCI Registry"),
        (
            "json",
            "{\"state\":\"containerd:\",\"what\":\"Pushing to OCI Registry",
        ),
    ] {
        let ran = site.home.portunus(&[&push[..], &[style]].concat()).run();
        ran.assert_success();
        assert!(ran.stderr.contains(told), "{ran}");
    }
}

/// A registry with an image, a daemon, and a home.
struct Site {
    registry: ProgrammableRegistry,
    image: Image,
    daemon: Containerd,
    home: Home,
}

impl Site {
    fn new() -> Self {
        let registry = ProgrammableRegistry::open();
        let image = Image::of_sizes("one", &[3_000_000, 1000]);
        registry.put_image("team/app", "v1", &image);
        let home = Home::new();
        let server = format!("server = \"{}\"\n", registry.url());
        home.write_hosts_toml("reg-a.test", &server);
        Self {
            registry,
            image,
            daemon: Containerd::start(),
            home,
        }
    }

    fn pull(&self, options: &[&str]) -> Ran {
        let socket = self.daemon.socket().to_str().unwrap();
        let pull = ["pull", IMAGE, "--no-unpack", "--address", socket];
        let ran = self.home.portunus(&[&pull[..], options].concat()).run();
        ran.assert_success();
        ran
    }

    /// Pulls with a terminal for all streams.
    fn in_terminal(&self, options: &[&str]) -> Ran {
        let (program, socket) = (program::portunus(), self.daemon.socket());
        let call = format!(
            "'{}' pull {IMAGE} --no-unpack --address {} {}",
            program.display(),
            socket.display(),
            options.join(" ")
        );
        let mut command = self.home.command("script");
        command
            .args(["--quiet", "--return", "--command", &call, "/dev/null"])
            .env("PATH", "/usr/bin:/bin")
            .env("TERM", "xterm");
        let ran = process::run(&mut command, b"");
        ran.assert_success();
        ran
    }
}

//! What a daemon says reaches the terminal as text: in lines, in objects, and in bars that move.

use portunus::printable::is_printable;
use support::home::Home;
use support::image::Image;
use support::process::{self, Ran};
use support::program;
use support::programmable_registry::ProgrammableRegistry;
use tonic::Code;

use crate::worlds::fake_daemon::{FakeDaemon, Script, Step};

/// A title of a window, a cleared screen, a line that is not ours, C1, and what turns text round.
const HOSTILE: &str = "PWNED\u{1b}]0;PWNED\u{7}\u{1b}[2J\r\nerror: fake\n\u{7f}\u{85}\u{9b}31m\u{2028}\u{202e}\u{2066}\u{200f}";
const LAYER: &str = "layer-PWNED\u{1b}]0;PWNED\u{7}\u{9b}2J\u{202e}\n";

fn scripts() -> [Script; 2] {
    let steps = vec![
        Step::Progress(HOSTILE, HOSTILE, 0, 0),
        Step::Progress("downloading", LAYER, 3, 10),
        Step::Progress(HOSTILE, LAYER, 7, 10),
        Step::Progress("complete", LAYER, 10, 10),
        Step::Progress("downloading", HOSTILE, -1, -1),
    ];
    let fails = [&steps[..], &[Step::Fail(Code::Internal, HOSTILE)]].concat();
    [steps, fails].map(|steps| Script::of("2.2.0").transfer(steps))
}

/// A machine, its registry, and the arguments of a pull through the daemon.
struct Site {
    home: Home,
    _registry: ProgrammableRegistry,
    daemon: FakeDaemon,
}

impl Site {
    fn new(script: Script) -> Self {
        let registry = ProgrammableRegistry::open();
        registry.put_image("app", "v1", &Image::small("one"));
        let home = Home::new();
        home.write_hosts_toml("reg.test", &format!("server = \"{}\"\n", registry.url()));
        let daemon = FakeDaemon::start(script);
        Self {
            home,
            _registry: registry,
            daemon,
        }
    }

    fn arguments(&self) -> Vec<String> {
        let socket = self.daemon.socket().display().to_string();
        let pull = [
            "pull",
            "reg.test/app:v1",
            "--no-unpack",
            "--address",
            &socket,
        ];
        pull.map(str::to_owned).into()
    }

    fn pull(&self, form: &[&str]) -> Ran {
        let pull = self.arguments();
        let pull: Vec<&str> = form
            .iter()
            .copied()
            .chain(pull.iter().map(String::as_str))
            .collect();
        self.home.portunus(&pull).run()
    }
}

#[support::test]
fn a_daemon_s_words_do_nothing_in_lines_and_objects() {
    let mut all = String::new();
    for script in scripts() {
        let site = Site::new(script);
        for form in [
            &[][..],
            &["--debug"],
            &["-vvv", "--log-format=json"],
            &["--progress=plain"],
            &["--progress=json"],
        ] {
            let (global, progress): (Vec<_>, Vec<_>) =
                form.iter().partition(|it| !it.starts_with("--progress"));
            let mut ran = site.pull(&global);
            if !progress.is_empty() {
                let pull = [&["pull", progress[0]][..]].concat();
                let rest = site.arguments();
                let rest = rest[1..].iter().map(String::as_str);
                ran = site
                    .home
                    .portunus(&pull.into_iter().chain(rest).collect::<Vec<_>>())
                    .run();
            }
            let output = ran.output();
            let raw: Vec<char> = output
                .chars()
                .filter(|it| *it != '\n' && !is_printable(*it))
                .collect();
            assert!(raw.is_empty(), "{raw:?} came through\n{ran}");
            let forged = |line: &str| line.trim_start().starts_with("error: fake");
            assert!(!output.lines().any(forged), "a line was forged\n{ran}");
            all += &output;
        }
    }
    assert!(all.contains("PWNED"), "nothing of it was shown\n{all}");
}

#[support::test(needs("script?"))]
fn a_daemon_s_words_do_nothing_in_bars() {
    for script in scripts() {
        let site = Site::new(script);
        let call = site.arguments().join(" ");
        let call = format!("'{}' {call} --progress tty", program::portunus().display());
        let mut command = site.home.command("script");
        command
            .args(["--quiet", "--return", "--command", &call, "/dev/null"])
            .env("PATH", "/usr/bin:/bin")
            .env("TERM", "xterm");
        let ran = process::run(&mut command, b"");
        // What draws the bars moves the cursor; what the daemon wrote does not.
        for theirs in [
            "\u{1b}]0;",
            "\u{1b}[2J",
            "\u{7}",
            "\u{7f}",
            "\u{85}",
            "\u{9b}",
            "\u{2028}",
            "\u{202e}",
            "\u{2066}",
        ] {
            assert!(
                !ran.stdout.contains(theirs),
                "{theirs:?} came through\n{ran}"
            );
        }
        let forged = ran
            .stdout
            .split(['\r', '\n'])
            .any(|line| line.starts_with("error: fake"));
        assert!(!forged, "a line was forged\n{ran}");
    }
}

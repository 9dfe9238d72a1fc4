//! What takes long is told to the person at the terminal, and to nobody else.

use std::ffi::OsString;
use std::io;
use std::thread::sleep;
use std::time::Duration;

use portunus::secret::Secret;
use portunus_cli::{Environment, Exit, Prompt, Streams};
use support::home::Home;
use support::image::Image;
use support::programmable_registry::ProgrammableRegistry;
use support::screen::Screen;
use support::{program, script};

#[support::test(needs("script"))]
fn a_slow_host_is_named_on_a_terminal_after_a_second() {
    let slow = ProgrammableRegistry::open();
    slow.answer_with(|request| {
        if request.path == "/v2/" {
            sleep(Duration::from_millis(1300));
        }
        None
    });
    let fast = ProgrammableRegistry::open();
    let login = |registry: &ProgrammableRegistry| format!("login {}", registry.address());
    let probe = format!("resolve --probe {}/team/app:v1", slow.address());
    let asking = format!("asking {} (", slow.address());
    for (line, told, is_told) in [
        (login(&slow), asking.as_str(), true),
        (probe.clone(), "asking the hosts (", true),
        (login(&slow) + " --log-format json", "asking", false),
        (login(&slow) + " 2>&1 | cat", "asking", false),
        (probe + " -v", "asking the hosts (", false),
        (login(&fast), "asking", false),
    ] {
        let home = Home::new();
        let line = match line.strip_prefix("login ") {
            Some(rest) => format!("login -u alice -p secret --store file {rest}"),
            None => line,
        };
        let line = format!("{} {line}", program::portunus().display());
        let ran = script::run(&home, &[], &line, "");
        assert_eq!(ran.stdout.contains(told), is_told, "{ran}");
    }
}

struct Nobody;

impl Prompt for Nobody {
    fn line(&mut self, _: &str) -> io::Result<String> {
        Err(io::ErrorKind::UnexpectedEof.into())
    }

    fn secret(&mut self, _: &str) -> io::Result<Secret> {
        Err(io::ErrorKind::UnexpectedEof.into())
    }
}

#[support::test]
fn an_embedded_pull_tells_its_progress_on_the_stream_it_was_given() {
    let registry = ProgrammableRegistry::open();
    let image = Image::small("one");
    registry.put_image("team/app", "v1", &image);
    let reference = format!("{}/team/app:v1", registry.address());
    for more in [[].as_slice(), &["--progress", "tty"]] {
        let home = Home::new();
        let layout = home.path().join("layout").display().to_string();
        let words = ["tool", "pull", &reference, "--oci-layout", &layout];
        let words = words.iter().chain(more).map(OsString::from);
        let variables = home.env().iter();
        let environment = Environment::new(
            variables.map(|(name, value)| (OsString::from(name), OsString::from(value))),
        );
        let screen = Screen::default();
        let mut streams = Streams::new(io::empty(), io::sink(), screen.clone(), Nobody);
        streams.terminals.stderr = true;
        assert_eq!(
            portunus_cli::run(words, &environment, &mut streams),
            Exit::Done
        );
        let seen = screen.text();
        let resolved = format!("resolved {} at http://", image.digest());
        for told in [resolved.as_str(), "\ndone "] {
            assert!(seen.contains(told), "{told:?} is not told\n{seen}");
        }
    }
}

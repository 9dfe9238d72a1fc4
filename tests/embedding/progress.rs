//! What a pull in another program tells of its progress.

use std::ffi::OsString;
use std::io;

use portunus::secret::Secret;
use portunus_cli::{Environment, Exit, Prompt, Streams};
use support::home::Home;
use support::image::Image;
use support::programmable_registry::ProgrammableRegistry;
use support::screen::Screen;

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

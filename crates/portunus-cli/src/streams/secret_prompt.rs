//! A secret that somebody types at the terminal, where nothing of it is shown.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};

use portunus::secret::Secret;
use rustix::process::{Signal, kill_current_process_group};
use rustix::termios::{
    LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr,
};

/// Reserved whole: bytes that grow leave copies of the secret behind.
const USUAL: usize = 64 * 1024;

const BACKSPACE: u8 = 0x08;
const CLEAR: u8 = 0x15;
const DELETE: u8 = 0x7f;

/// Why the keys come to an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Line,
    Input,
    Interrupt,
    Suspend,
}

/// Asks at the terminal of the session. The key that suspends does so, and the question is asked
/// anew when the program goes on.
pub(super) fn ask_secret(question: &str) -> io::Result<Secret> {
    let mut terminal = OpenOptions::new().read(true).write(true).open("/dev/tty")?;
    loop {
        let usual = tcgetattr(&terminal)?;
        terminal.write_all(question.as_bytes())?;
        let hidden = Hidden::new(&terminal, &usual)?;
        let read = read_keys(&terminal, &usual);
        drop(hidden);
        terminal.write_all(b"\n")?;
        let (secret, end) = read?;
        match end {
            End::Line => return Ok(secret),
            End::Input => return Err(ErrorKind::UnexpectedEof.into()),
            // As the terminal would have done.
            End::Suspend => kill_current_process_group(Signal::TSTP)?,
            End::Interrupt => {
                kill_current_process_group(Signal::INT)?;
                return Err(ErrorKind::Interrupted.into());
            }
        }
    }
}

/// A terminal that shows nothing and hands over each key, until this is dropped.
struct Hidden<'a> {
    terminal: &'a File,
    usual: &'a Termios,
}

impl<'a> Hidden<'a> {
    fn new(terminal: &'a File, usual: &'a Termios) -> io::Result<Self> {
        let mut modes = usual.clone();
        modes
            .local_modes
            .remove(LocalModes::ECHO | LocalModes::ECHONL | LocalModes::ICANON | LocalModes::ISIG);
        modes.special_codes[SpecialCodeIndex::VMIN] = 1;
        modes.special_codes[SpecialCodeIndex::VTIME] = 0;
        tcsetattr(terminal, OptionalActions::Flush, &modes)?;
        Ok(Self { terminal, usual })
    }
}

impl Drop for Hidden<'_> {
    fn drop(&mut self) {
        // Where the terminal is gone nobody can type there.
        let _ = tcsetattr(self.terminal, OptionalActions::Now, self.usual);
    }
}

fn read_keys(mut terminal: &File, usual: &Termios) -> io::Result<(Secret, End)> {
    let code = |index| usual.special_codes[index];
    let mut typed = Vec::with_capacity(USUAL);
    let mut key = [0];
    let end = loop {
        let read = match terminal.read(&mut key) {
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            read => read,
        };
        match (read, key[0]) {
            (Err(error), _) => {
                drop(wrap(typed));
                return Err(error);
            }
            (Ok(0), _) => break End::Input,
            (_, b'\r' | b'\n') => break End::Line,
            (_, key) if key == code(SpecialCodeIndex::VSUSP) => break End::Suspend,
            (_, key) if key == code(SpecialCodeIndex::VINTR) => break End::Interrupt,
            (_, key) if key == code(SpecialCodeIndex::VEOF) => match typed.is_empty() {
                true => break End::Input,
                false => break End::Line,
            },
            (_, BACKSPACE | DELETE) => remove_last(&mut typed),
            (_, CLEAR) => {
                typed.fill(0);
                typed.clear();
            }
            (_, key) => typed.push(key),
        }
    };
    Ok((wrap(typed)?, end))
}

/// The last character of a text in UTF-8.
fn remove_last(typed: &mut Vec<u8>) {
    while typed
        .pop()
        .is_some_and(|byte| byte & 0b1100_0000 == 0b1000_0000)
    {}
}

/// The text without a copy of it.
fn wrap(typed: Vec<u8>) -> io::Result<Secret> {
    String::from_utf8(typed).map(Secret::new).map_err(|error| {
        error.into_bytes().fill(0);
        io::Error::new(ErrorKind::InvalidData, "what was typed is not UTF-8 text")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_of_several_bytes_is_removed_whole() {
        for (text, left) in [("aö", "a"), ("a€", "a"), ("ab", "a"), ("", "")] {
            let mut typed = text.as_bytes().to_vec();
            remove_last(&mut typed);
            assert_eq!(typed, left.as_bytes());
        }
    }
}

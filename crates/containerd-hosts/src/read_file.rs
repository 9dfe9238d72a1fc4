use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use zeroize::Zeroizing;

use crate::stamp::Stamp;

/// No file that we read for hosts is larger; in bytes.
const LARGEST: u64 = 1 << 20;

/// Why a file is not read.
#[derive(Debug)]
pub(crate) enum ReadFailure {
    /// It is not there.
    Absent,
    /// In lower case, without the path.
    Problem(String),
}

/// Reads a regular file of at most one MiB. Never waits, whatever stands at the path.
pub(crate) fn read_file(path: &Path) -> Result<Zeroizing<Vec<u8>>, ReadFailure> {
    read_stamped_file(path).map(|(bytes, _)| bytes)
}

/// The same, and its stamp from before it was read.
pub(crate) fn read_stamped_file(path: &Path) -> Result<(Zeroizing<Vec<u8>>, Stamp), ReadFailure> {
    let file = open(path).map_err(|error| failure(&error))?;
    let metadata = file.metadata().map_err(|error| failure(&error))?;
    if metadata.is_dir() {
        return Err(ReadFailure::Problem("it is a directory".to_owned()));
    }
    if !metadata.is_file() {
        let problem = "it is a pipe, a socket or a device, not a file";
        return Err(ReadFailure::Problem(problem.to_owned()));
    }
    if metadata.len() > LARGEST {
        return Err(too_large());
    }
    // Room for all of it, so that no copy of a secret stays behind when the buffer grows.
    let mut bytes = Zeroizing::new(Vec::with_capacity(metadata.len() as usize + 1));
    // Whose size is known need not be asked for its end. Some file systems tell none.
    let most = match metadata.len() {
        0 => LARGEST + 1,
        size => size,
    };
    let read = file.take(most).read_to_end(&mut bytes);
    match read.map_err(|error| failure(&error))? as u64 {
        LARGEST.. if bytes.len() as u64 > LARGEST => Err(too_large()),
        _ => Ok((bytes, Stamp::of(&metadata))),
    }
}

/// The words of the operating system for an error, in lower case and without its number.
pub(crate) fn problem(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text);
    text.to_lowercase()
}

fn open(path: &Path) -> io::Result<File> {
    let without_waiting = rustix::fs::OFlags::NONBLOCK.bits() as i32;
    OpenOptions::new()
        .read(true)
        .custom_flags(without_waiting)
        .open(path)
}

fn failure(error: &io::Error) -> ReadFailure {
    if error.kind() == io::ErrorKind::NotFound {
        ReadFailure::Absent
    } else {
        ReadFailure::Problem(problem(error))
    }
}

fn too_large() -> ReadFailure {
    ReadFailure::Problem("it is larger than 1 MiB".to_owned())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_file_whose_file_system_tells_no_size_is_read_whole() {
        let path = Path::new("/proc/self/status");
        assert_eq!(path.metadata().unwrap().len(), 0);
        let bytes = read_file(path).unwrap();
        assert!(bytes.starts_with(b"Name:") && bytes.ends_with(b"\n"));
    }
}

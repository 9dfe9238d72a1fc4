use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use rustix::fs::{AtFlags, Mode, OFlags, mkdirat, open, openat, renameat, statat, unlinkat};
use rustix::io::Errno;

/// How files begin that are not complete yet.
pub(super) const TEMPORARY: &str = ".portunus-";

/// A folder of a layout, by its descriptor. Whoever made the layout may have put anything into it:
/// what is opened below is opened without following a link and without waiting, and is a regular
/// file or a folder of the layout itself.
#[derive(Debug)]
pub(crate) struct Folder(OwnedFd);

impl Folder {
    /// The root of a layout, which the user has named: it may be reached through links.
    pub(super) fn open(root: &Path) -> io::Result<Self> {
        let flags = OFlags::DIRECTORY | OFlags::RDONLY | OFlags::CLOEXEC;
        Ok(Self(open(root, flags, Mode::empty())?))
    }

    /// The folder of that name.
    pub(super) fn below(&self, name: &str) -> io::Result<Self> {
        let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::RDONLY | OFlags::CLOEXEC;
        let opened = openat(&self.0, name, flags, Mode::empty());
        // What `O_NOFOLLOW` makes of a link beside `O_DIRECTORY`.
        opened.map(Self).map_err(|error| match error {
            Errno::NOTDIR | Errno::LOOP => invalid(name, "it is no folder of the layout's own"),
            error => error.into(),
        })
    }

    /// The folder of that name, made where there is none.
    pub(super) fn make_below(&self, name: &str) -> io::Result<Self> {
        match mkdirat(&self.0, name, Mode::from_raw_mode(0o777)) {
            Ok(()) | Err(Errno::EXIST) => self.below(name),
            Err(error) => Err(error.into()),
        }
    }

    /// The regular file of that name, to be read.
    pub(super) fn read(&self, name: &str) -> io::Result<File> {
        self.open_file(name, OFlags::RDONLY)
    }

    /// The whole of a regular file, unless it is longer than `most` bytes.
    pub(super) fn read_whole(&self, name: &str, most: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let file = self.read(name)?;
        // One more, which tells that there are more.
        file.take(most + 1).read_to_end(&mut bytes)?;
        match u64::try_from(bytes.len()).is_ok_and(|length| length <= most) {
            true => Ok(bytes),
            false => Err(invalid(name, &format!("it is larger than {most} bytes"))),
        }
    }

    /// The regular file of that name, to be read and written, made where there is none. What else
    /// bears the name, or has a second one, is somebody's trap, and makes place.
    pub(super) fn open_own(&self, name: &str) -> io::Result<File> {
        let flags = OFlags::RDWR | OFlags::CREATE;
        match self.open_file(name, flags) {
            Ok(file) if file.metadata()?.nlink() <= 1 => return Ok(file),
            Err(error) if error.kind() != io::ErrorKind::InvalidData => return Err(error),
            _ => self.remove(name)?,
        }
        self.open_file(name, flags | OFlags::EXCL)
    }

    /// Whether that name is that file's.
    pub(super) fn names(&self, name: &str, file: &File) -> io::Result<bool> {
        let held = file.metadata()?;
        let named = statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW);
        Ok(named.is_ok_and(|named| (named.st_dev, named.st_ino) == (held.dev(), held.ino())))
    }

    /// Gives a file another name, in place of what has it.
    pub(super) fn rename(&self, name: &str, to: &Self, new: &str) -> io::Result<()> {
        Ok(renameat(&self.0, name, &to.0, new)?)
    }

    /// Removes a name; not what a link of that name leads to.
    pub(super) fn remove(&self, name: &str) -> io::Result<()> {
        Ok(unlinkat(&self.0, name, AtFlags::empty())?)
    }

    /// Removes a folder that is empty.
    pub(super) fn remove_folder(&self, name: &str) -> io::Result<()> {
        Ok(unlinkat(&self.0, name, AtFlags::REMOVEDIR)?)
    }

    /// Writes a file that appears whole or not at all; `synced`: once the disk has it.
    pub(super) fn write(&self, name: &str, bytes: &[u8], synced: bool) -> io::Result<()> {
        let (temporary, mut file) = self.create_temporary()?;
        let written = file.write_all(bytes);
        let written = written.and_then(|()| if synced { file.sync_all() } else { Ok(()) });
        let placed = written.and_then(|()| self.rename(&temporary, self, name));
        if placed.is_err() {
            // It is that failure which is told.
            let _ = self.remove(&temporary);
        }
        placed
    }

    fn create_temporary(&self) -> io::Result<(String, File)> {
        let process = std::process::id();
        for number in 0_u32.. {
            let name = format!("{TEMPORARY}{process}-{number}");
            match self.open_file(&name, OFlags::RDWR | OFlags::CREATE | OFlags::EXCL) {
                Ok(file) => return Ok((name, file)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    fn open_file(&self, name: &str, flags: OFlags) -> io::Result<File> {
        let careful = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let opened = openat(&self.0, name, flags | careful, Mode::from_raw_mode(0o644));
        let file = match opened {
            Ok(file) => File::from(file),
            Err(Errno::LOOP) => {
                return Err(invalid(name, "it is a link, and links are not followed"));
            }
            // A socket, or a folder that was to be written.
            Err(Errno::NXIO | Errno::ISDIR) => return Err(invalid(name, NO_FILE)),
            Err(error) => return Err(error.into()),
        };
        match file.metadata()?.is_file() {
            true => Ok(file),
            false => Err(invalid(name, NO_FILE)),
        }
    }
}

const NO_FILE: &str = "it is no regular file";

fn invalid(name: &str, problem: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("{name}: {problem}"))
}

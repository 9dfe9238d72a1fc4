//! Makes unpacked programs callable where they lie.

use std::fs;
use std::io;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

/// The last two have what podman and docker call.
const BIN_DIRS: [&str; 6] = [
    "usr/bin",
    "usr/sbin",
    "bin",
    "sbin",
    "usr/lib/podman",
    "usr/libexec/docker/cli-plugins",
];
const LIB_DIRS: [&str; 2] = ["usr/lib", "lib"];

/// What a program looks for at a path that is built into it, and the variable that says where it is.
const DATA: [(&str, &str, &str); 1] = [("valgrind", "VALGRIND_LIB", "usr/libexec/valgrind")];

/// Puts into `bin` a script for each of the named programs below `root`, which finds its libraries
/// there.
pub(crate) fn wrap(names: &[&str], root: &Path, bin: &Path) -> io::Result<()> {
    fs::create_dir_all(bin)?;
    let libraries: Vec<String> = library_dirs(root)?
        .iter()
        .map(|folder| folder.display().to_string())
        .collect();
    let libraries = quote(&libraries.join(":"));
    for program in programs(root)? {
        let Some(name) = program.file_name().and_then(|name| name.to_str()) else {
            continue;
        };
        if !names.contains(&name) {
            continue;
        }
        let data = DATA.iter().filter(|(of, ..)| *of == name);
        let data = data.map(|(_, variable, folder)| {
            let folder = root.join(folder).display().to_string();
            format!("export {variable}={}\n", quote(&folder))
        });
        let data: String = data.collect();
        // Debian's script for valgrind calls this, and forgets the quotes around its path.
        let behind = program.with_extension("bin");
        let called = if behind.is_file() { &behind } else { &program };
        let script = format!(
            "#!/bin/sh\nexport LD_LIBRARY_PATH={libraries}\"${{LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}}\"\n{data}exec {} \"$@\"\n",
            quote(&called.display().to_string())
        );
        let file = bin.join(name);
        fs::write(&file, script)?;
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755))?;
    }
    Ok(())
}

/// Puts into `bin` a link to each program below `root`, for programs that need no library.
pub(crate) fn link_all(root: &Path, bin: &Path) -> io::Result<()> {
    fs::create_dir_all(bin)?;
    for program in programs(root)? {
        let Some(name) = program.file_name() else {
            continue;
        };
        let link = bin.join(name);
        if link.is_symlink() {
            fs::remove_file(&link)?;
        }
        symlink(&program, link)?;
    }
    Ok(())
}

fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

fn programs(root: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for folder in BIN_DIRS
        .map(|dir| root.join(dir))
        .iter()
        .filter(|folder| folder.is_dir())
    {
        for entry in fs::read_dir(folder)? {
            found.push(entry?.path());
        }
    }
    // A link into another package, or into /etc/alternatives, leads nowhere here.
    found.retain(|path| path.is_file());
    Ok(found)
}

/// `lib` and its folder for the machine's architecture (`lib/x86_64-linux-gnu`).
fn library_dirs(root: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for folder in LIB_DIRS
        .map(|dir| root.join(dir))
        .iter()
        .filter(|folder| folder.is_dir())
    {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() && path.to_string_lossy().contains("-linux-") {
                found.push(path);
            }
        }
        found.push(folder.clone());
    }
    Ok(found)
}

//! Manual pages: what clap knows of a command, and what the system's custom wants besides.

use std::io;
use std::path::Path;

use clap::Command;
use clap_mangen::Man;

use crate::exit::Exit;

const ENVIRONMENT: [(&str, &str); 15] = [
    (
        "PORTUNUS_CONFIG_DIR",
        "where config.toml and credentials.json are",
    ),
    (
        "PORTUNUS_HOSTS_DIR",
        "hosts directories, separated by colons",
    ),
    ("PORTUNUS_PROFILE", "whose credentials"),
    ("PORTUNUS_STORE", "where logins are kept"),
    (
        "PORTUNUS_LOG",
        "what is told: off, error, warn, info, debug or trace",
    ),
    ("CONTAINERD_ADDRESS", "the socket of containerd"),
    (
        "CONTAINERD_NAMESPACE",
        "the containerd namespace that images are in",
    ),
    (
        "DOCKER_CONFIG",
        "the directory that docker's config.json is in",
    ),
    (
        "DOCKER_AUTH_CONFIG",
        "logins in docker's format, before all that are stored",
    ),
    ("REGISTRY_AUTH_FILE", "the auth.json of podman and skopeo"),
    (
        "HTTPS_PROXY, HTTP_PROXY, NO_PROXY",
        "by which way registries are reached",
    ),
    ("XDG_CONFIG_HOME", "in place of ~/.config"),
    (
        "XDG_RUNTIME_DIR",
        "where files are kept for the time of a command",
    ),
    (
        "HOME",
        "where files are looked for; else as the user database has it",
    ),
    ("NO_COLOR", "no colours"),
];

const FILES: [(&str, &str); 6] = [
    ("~/.config/portunus/config.toml", "settings"),
    ("~/.config/portunus/credentials.json", "logins, mode 0600"),
    (
        "~/.docker/config.json",
        "docker's logins, and the helpers that keep them",
    ),
    (
        "$XDG_RUNTIME_DIR/containers/auth.json",
        "logins of podman and skopeo",
    ),
    (
        "/etc/containerd/certs.d/NAMESPACE/hosts.toml",
        "the hosts of a registry namespace",
    ),
    (
        "~/.config/containerd/certs.d",
        "the same for a rootless containerd",
    ),
];

/// Writes a page for the program and one for each command.
pub(super) fn write_pages(mut program: Command, name: &str, directory: &Path) -> io::Result<()> {
    program = program.disable_help_subcommand(true);
    program.build();
    write_pages_of(&program, name, directory)
}

/// A page for a command, and one for each that is below it.
fn write_pages_of(command: &Command, name: &str, directory: &Path) -> io::Result<()> {
    write_page(command.clone(), name, directory)?;
    for below in command.get_subcommands() {
        let name = format!("{name}-{}", below.get_name());
        write_pages_of(below, &name, directory)?;
    }
    Ok(())
}

fn write_page(command: Command, name: &str, directory: &Path) -> io::Result<()> {
    let (is_program, has_more) = (command.get_version().is_some(), command.has_subcommands());
    let after = command.get_after_help().map(ToString::to_string);
    let after = after.unwrap_or_default();
    let man = Man::new(command.display_name(name.to_owned()));
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    if has_more {
        man.render_subcommands_section(&mut page)?;
    }
    page.extend(more_sections(&after).into_bytes());
    if is_program {
        man.render_version_section(&mut page)?;
    }
    std::fs::write(directory.join(format!("{name}.1")), page)
}

/// The notes and examples of a help, and what holds for every command.
fn more_sections(after: &str) -> String {
    let (notes, examples) = match after
        .split_once("Examples:\n")
        .or_else(|| after.split_once("Example:\n"))
    {
        Some((notes, examples)) => (notes.trim(), examples.trim_end()),
        // The table of exit codes has a section of its own.
        None if after.starts_with("Exit codes:") => ("", ""),
        None => (after.trim(), ""),
    };
    let mut text = String::new();
    for (heading, lines) in [("NOTES", notes), ("EXAMPLES", examples)] {
        if !lines.is_empty() {
            text += &format!(".SH {heading}\n.nf\n{}.fi\n", escaped(lines));
        }
    }
    text += ".SH EXIT STATUS\n";
    for exit in Exit::ALL {
        text += &entry(&exit.code().to_string(), exit.meaning());
    }
    for (heading, entries) in [("FILES", &FILES[..]), ("ENVIRONMENT", &ENVIRONMENT[..])] {
        text += &format!(".SH {heading}\n");
        text.extend(entries.iter().map(|(name, meaning)| entry(name, meaning)));
    }
    text
}

fn entry(name: &str, meaning: &str) -> String {
    format!(".TP\n{}{}", escaped(name), escaped(meaning))
}

/// Lines in which roff reads nothing but text.
fn escaped(text: &str) -> String {
    let line = |line: &str| {
        let line = line.replace('\\', "\\e").replace('-', "\\-");
        // A request begins with one of these.
        match line.starts_with(['.', '\'']) {
            true => format!("\\&{line}\n"),
            false => format!("{line}\n"),
        }
    };
    text.lines().map(line).collect()
}

//! Manual pages: what clap knows of a command, and what the system's custom wants besides.

use std::io;
use std::path::Path;

use clap::Command;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};

use crate::exit::Exit;

const ENVIRONMENT: &str = "\
PORTUNUS_CONFIG_DIR: where config.toml and credentials.json are
PORTUNUS_HOSTS_DIR: hosts directories, separated by colons
PORTUNUS_PROFILE: whose credentials
PORTUNUS_STORE: where logins are kept
PORTUNUS_LOG: what is told: off, error, warn, info, debug or trace
CONTAINERD_ADDRESS: the socket of containerd
CONTAINERD_NAMESPACE: the containerd namespace that images are in
DOCKER_CONFIG: the directory that docker's config.json is in
DOCKER_AUTH_CONFIG: logins in docker's format, before all that are stored
REGISTRY_AUTH_FILE: the auth.json of podman and skopeo
HTTPS_PROXY, HTTP_PROXY, NO_PROXY: by which way registries are reached
XDG_CONFIG_HOME: in place of ~/.config
XDG_RUNTIME_DIR: where files are kept for the time of a command
HOME: where files are looked for; else as the user database has it
NO_COLOR: no colours";

const FILES: &str = "\
~/.config/portunus/config.toml: settings
~/.config/portunus/credentials.json: logins, mode 0600
~/.docker/config.json: docker's logins, and the helpers that keep them
$XDG_RUNTIME_DIR/containers/auth.json: logins of podman and skopeo
/etc/containerd/certs.d/NAMESPACE/hosts.toml: the hosts of a registry namespace
~/.config/containerd/certs.d: the same for a rootless containerd";

/// Writes a page for a command, and one for each that is below it.
pub(super) fn write_pages(command: &Command, name: &str, directory: &Path) -> io::Result<()> {
    write_page(command.clone(), name, directory)?;
    for below in command.get_subcommands() {
        let name = format!("{name}-{}", below.get_name());
        write_pages(below, &name, directory)?;
    }
    Ok(())
}

fn write_page(command: Command, name: &str, directory: &Path) -> io::Result<()> {
    let (is_program, has_more) = (command.get_version().is_some(), command.has_subcommands());
    let after = command.get_after_help().map(ToString::to_string);
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
    more_sections(&after.unwrap_or_default()).to_writer(&mut page)?;
    if is_program {
        man.render_version_section(&mut page)?;
    }
    std::fs::write(directory.join(format!("{name}.1")), page)
}

/// The notes and examples of a help, and what holds for every command.
fn more_sections(after: &str) -> Roff {
    let examples = after
        .split_once("Examples:\n")
        .or_else(|| after.split_once("Example:\n"));
    let (notes, examples) = match examples {
        Some((notes, examples)) => (notes.trim(), examples.trim_end()),
        // The table of exit codes has a section of its own.
        None if after.starts_with("Exit codes:") => ("", ""),
        None => (after.trim(), ""),
    };
    let mut page = Roff::new();
    for (heading, lines) in [("NOTES", notes), ("EXAMPLES", examples)] {
        if !lines.is_empty() {
            page.control("SH", [heading]).control("nf", []);
            page.text([roman(lines)]).control("fi", []);
        }
    }
    let exits = Exit::ALL.map(|exit| format!("{}: {}\n", exit.code(), exit.meaning()));
    for (heading, entries) in [
        ("EXIT STATUS", &*exits.concat()),
        ("FILES", FILES),
        ("ENVIRONMENT", ENVIRONMENT),
    ] {
        page.control("SH", heading.split(' '));
        for (name, meaning) in entries.lines().filter_map(|line| line.split_once(": ")) {
            page.control("TP", []);
            page.text([roman(name)]).text([roman(meaning)]);
        }
    }
    page
}

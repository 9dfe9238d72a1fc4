//! Files of credentials: what it takes to read one, and what is held of it then.

use portunus::name::Authority;
use portunus::store::{CredentialsFile, DockerConfig, HelperPrograms, Source};
use support::home::Home;

use crate::counted::Counted;
use crate::inputs::{broken_docker_config, docker_config, mirror, own_file, write};

#[support::test]
fn files_are_read_with_no_more_memory_than_they_were() {
    let home = Home::new();
    let mut counted = Counted::default();
    let host = Authority::parse("reg-7.test:5000").unwrap();
    for entries in [1_000, 10_000] {
        let text = docker_config(entries);
        write(&home.docker_config(), &text);
        counted.load(
            &format!("docker's file, {entries} logins"),
            text.len() as u64,
            || first_of(&docker(&home), &host, 1),
        );
    }
    let text = own_file((0..10_000).map(|at| format!("reg-{at}.test:5000?ns=docker.io")));
    write(&home.credentials_file(), &text);
    counted.load("our own file, 10000 entries", text.len() as u64, || {
        first_of(&own(&home), &host, 1)
    });
    let text = own_file((0..10_000).map(|at| format!("{}?ns=reg-{at}.test", mirror(0))));
    write(&home.credentials_file(), &text);
    let other = Authority::parse("other.test").unwrap();
    counted.load("our own file, one host", text.len() as u64, || {
        first_of(&own(&home), &other, 0)
    });
    let text = broken_docker_config(8_000);
    write(&home.docker_config(), &text);
    counted.load(
        "docker's file, 8000 broken entries",
        text.len() as u64,
        || first_of(&docker(&home), &host, 0),
    );
    counted.hold("files");
}

#[support::test]
fn a_look_up_in_a_file_that_was_read_allocates_no_more_than_it_did() {
    let home = Home::new();
    let mut counted = Counted::default();
    write(&home.docker_config(), &docker_config(10_000));
    let keys = (0..10_000).map(|at| format!("reg-{at}.test:5000?ns=docker.io"));
    write(&home.credentials_file(), &own_file(keys));
    let (docker, own) = (docker(&home), own(&home));
    let host = Authority::parse("reg-7.test:5000").unwrap();
    let other = Authority::parse("other.test").unwrap();
    counted.allocations("docker's file, there", || first_of(&docker, &host, 1));
    counted.allocations("docker's file, not there", || first_of(&docker, &other, 0));
    counted.allocations("our own file, there", || first_of(&own, &host, 1));
    counted.allocations("our own file, not there", || first_of(&own, &other, 0));
    counted.hold("look-ups");
}

fn docker(home: &Home) -> DockerConfig {
    DockerConfig::new(home.docker_config(), HelperPrograms::new([]))
}

fn own(home: &Home) -> CredentialsFile {
    CredentialsFile::new(home.credentials_file())
}

fn first_of(source: &dyn Source, host: &Authority, expected: usize) {
    assert_eq!(source.entries(host).unwrap().entries.len(), expected);
}

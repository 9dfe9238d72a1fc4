//! Which images a Dockerfile names.

use portunus::name::ImageReference;
use portunus_buildkit::BuildImages;

fn read(text: &str, arguments: &[(&str, &str)]) -> (Vec<String>, Vec<String>) {
    let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    let arguments: Vec<_> = arguments.iter().map(own).collect();
    let mut images = BuildImages::default();
    images.read_dockerfile_beside(text, &arguments, &["docs".to_owned()]);
    let pulled = images.pulled().iter().map(ToString::to_string);
    let unread = images.unread().iter();
    let unread = unread.map(|it| format!("{:?} {}: {}", it.line, it.text, it.problem));
    (pulled.collect(), unread.collect())
}

#[support::test]
fn every_image_of_a_dockerfile_is_found_and_no_stage() {
    let (pulled, unread) = read(
        "# syntax=reg-s.test/docker/dockerfile:1\n\
         # escape=`\n\
         ARG BASE=reg-a.test/team/base TAG\n\
         FROM --platform=linux/amd64 ${BASE}:${TAG:-v1} AS Build\n\
         RUN --mount=type=bind,from=reg-b.test/tools:1,target=/t `\n\
         # a comment between\n  --mount=type=cache,target=/c true\n\
         RUN <<EOF\nFROM reg-x.test/not:1\nEOF\n\
         from build as second\n\
         COPY --from=0 /a /a\n\
         COPY --chown=1 --from=docs /a /a\n\
         COPY --from=reg-c.test/files:2 <<-'A' <<B /x\n\tCOPY --from=reg-y.test/no:1 / /\n\tA\nB\n\
         FROM scratch\n\
         COPY --from=build / /\n",
        &[],
    );
    assert_eq!(
        pulled,
        [
            "reg-s.test/docker/dockerfile:1",
            "reg-a.test/team/base:v1",
            "reg-b.test/tools:1",
            "reg-c.test/files:2"
        ]
    );
    assert_eq!(unread, [""; 0]);
}

#[support::test]
fn build_arguments_win_over_defaults_and_what_is_not_set_is_told() {
    let text = "ARG BASE=reg-a.test/one\nARG TAG\nFROM $BASE:$TAG\n\
                ARG BASE\nCOPY --from=${BASE}-tools / /\nFROM \"Not An Image\"";
    let (pulled, unread) = read(text, &[("TAG", "2"), ("BASE", "reg-b.test/two")]);
    assert_eq!(pulled, ["reg-b.test/two:2", "reg-b.test/two-tools:latest"]);
    assert_eq!(unread.len(), 1, "{unread:?}");
    assert!(unread[0].starts_with("Some(6) Not: "), "{unread:?}");
    let (pulled, unread) = read(text, &[]);
    assert_eq!(pulled, ["reg-a.test/one-tools:latest"]);
    assert_eq!(
        unread[0],
        "Some(3) reg-a.test/one:: the variable TAG has no value"
    );
}

#[support::test]
fn caches_name_images_of_registries_only() {
    let mut images = BuildImages::default();
    images.import_cache("type=registry,ref=reg-a.test/cache:1");
    images.import_cache("reg-b.test/cache");
    images.import_cache("type=local,src=/tmp/x");
    images.export_cache("type=registry,mode=max,ref=reg-c.test/cache:2");
    images.export_cache("type=gha");
    let text = |list: &[ImageReference]| {
        let list = list.iter().map(ToString::to_string);
        list.collect::<Vec<_>>()
    };
    assert_eq!(
        text(images.pulled()),
        ["reg-a.test/cache:1", "reg-b.test/cache:latest"]
    );
    assert_eq!(text(images.pushed()), ["reg-c.test/cache:2"]);
}

#[support::test]
fn endless_and_odd_files_are_read_to_their_end() {
    for text in [
        "FROM ${${${".repeat(2000),
        "FROM a\\\n".repeat(2000),
        "RUN <<EOF\n".repeat(2000),
        "FROM ${A:-".repeat(300) + &"}".repeat(300),
        "\u{feff}#!/bin/x\n# syntax=\nFROM\nCOPY --from=\n".to_owned(),
    ] {
        read(&text, &[]);
    }
}

/// Forty lines would make a text of ten terabytes, and each line of a file may want a long one.
#[support::test]
fn variables_that_hold_each_other_twice_grow_to_no_more_than_a_reference() {
    let mut text = "ARG a0=0123456789\n".to_owned();
    for at in 0..40 {
        text += &format!("ARG a{}=$a{at}${{a{at}}}\n", at + 1);
    }
    text += "FROM reg-a.test/$a2\nFROM reg-a.test/$a40\nFROM ${a40:+reg-a.test/short}\n";
    let (pulled, unread) = read(&text, &[]);
    let short = format!("reg-a.test/{}:latest", "0123456789".repeat(4));
    assert_eq!(pulled, [&*short, "reg-a.test/short:latest"]);
    assert_eq!(unread.len(), 1);
    assert!(unread[0].len() < 2500, "{}", unread[0].len());
}

//! Dockerfiles, by which a session knows the images of a build.

use std::path::Path;

use portunus_buildkit::BuildImages;

use super::texts;
use crate::target::{Reader, Shape, Target};

pub(super) const DOCKERFILE: Target = Target {
    name: "Dockerfile",
    reader,
    seeds,
    pieces: &[
        "FROM ",
        "from ",
        " AS ",
        "ARG ",
        "ENV ",
        "COPY --from=",
        "RUN --mount=type=bind,from=",
        "# syntax=",
        "# escape=`\n",
        "--platform=$BUILDPLATFORM ",
        "$",
        "${",
        "}",
        ":-",
        ":+",
        "=",
        "\"",
        "'",
        "\\\n",
        "\n",
        "<<EOF",
        "<<-\"EOF\"",
        "EOF\n",
        "#",
        "\0",
        "\u{feff}",
        "\u{202e}",
        "scratch",
        "reg.test/a:v1@sha256:",
    ],
    largest: 1 << 20,
    shapes: &[
        Shape::new("", "FROM reg.test/a#\n", ""),
        Shape::new("", "FROM a AS s#\n", ""),
        Shape::new("", "ARG a#=#\n", "FROM $a1\n"),
        // Those of before the first stage, in each of them.
        Shape::new("ARG a=b\n", "FROM $a\nARG a#=$a\n", ""),
        Shape::new("", "ARG a=$a$a$a$ax\n", "FROM $a\n"),
        Shape::new("FROM a\n", "ENV a=${a}${a}x b#=$a\n", ""),
        Shape::new("ARG a=b\nFROM ", "$a", "\n"),
        Shape::new("ARG a=b\nFROM ", "${a:+", "\n"),
        Shape::new("ARG a=b\nFROM ", "${a:-$", "\n"),
        Shape::new("RUN ", "<<a ", "\n"),
        Shape::new("RUN <<a", "\n<<a", "\na\n"),
        Shape::new("RUN x", " \\\n", "y\n"),
        Shape::new("FROM a\n", "COPY --from=b# . .\n", ""),
        Shape::new("FROM a\n", "RUN --mount=from=b#,from=c x\n", ""),
        Shape::new("", "# a=b\n", "FROM a\n"),
        Shape::new("", "a", ""),
    ],
};

/// What is unread has a line of the file, and what is pulled is there once.
fn reader(_: &Path) -> Reader {
    Box::new(|input| {
        let text = String::from_utf8_lossy(input);
        let arguments = [("VERSION".to_owned(), "3.20".to_owned())];
        let mut images = BuildImages::default();
        images.read_dockerfile(&text, &arguments);
        let lines = text.lines().count();
        assert!(
            images
                .unread()
                .iter()
                .all(|it| it.line.is_some_and(|line| (1..=lines).contains(&line))),
        );
        assert!(images.pushed().is_empty());
        let read = images.clone();
        images.read_dockerfile(&text, &arguments);
        assert_eq!(images.pulled(), read.pulled());
    })
}

fn seeds() -> Vec<Vec<u8>> {
    texts(&[
        "# syntax=docker/dockerfile:1\nARG VERSION=3\nFROM alpine:$VERSION AS base\n\
         COPY --from=reg.test/tools:v1 /a /b\nRUN --mount=type=bind,from=base,source=/x true\n",
        "FROM --platform=$BUILDPLATFORM reg.test/${NAME:-app}:${TAG:+v1} AS build\nFROM build\n\
         RUN <<EOF\nFROM no/image\nEOF\nFROM scratch\n",
        "# escape=`\nFROM a`\n  AS b\nENV x=\"y\" z='w'\nARG x\nFROM $x\n",
    ])
}

//! Manifests with pull secrets, in YAML and JSON.

use std::path::Path;

use portunus::name::Profile;
use portunus_kubernetes::PullSecrets;

use crate::target::{Reader, Shape, Target};

pub(super) const PULL_SECRET_MANIFEST: Target = Target {
    name: "pull secret manifest",
    reader,
    seeds,
    pieces: &[
        "---\n",
        "...\n",
        "- ",
        ": ",
        "? ",
        "\n",
        "\n  ",
        "\t",
        "{",
        "}",
        "[",
        "]",
        "\"",
        "'",
        "|\n",
        ">-\n",
        "&a ",
        "*a",
        "<<: ",
        "!!binary ",
        "%YAML 1.2\n",
        "#",
        "\u{feff}",
        "\0",
        "\r\n",
        "~",
        "kind: Secret\n",
        "kind: List\nitems:\n",
        "apiVersion: v1\n",
        "type: kubernetes.io/dockerconfigjson\n",
        "type: kubernetes.io/dockercfg\n",
        "stringData:\n  .dockercfg: '{\"reg.test\": {\"auth\": \"dTpw\"}}'\n",
        "data: {.dockerconfigjson: eyJhdXRocyI6e319}\n",
    ],
    largest: 32 << 20,
    shapes: &[
        Shape::new(
            "",
            "---\nkind: Secret\napiVersion: v1\nmetadata: {name: s#}\n",
            "",
        ),
        Shape::new(
            "",
            "---\nkind: Secret\napiVersion: v1\ntype: kubernetes.io/dockercfg\n\
             stringData: {.dockercfg: '{\"h#.test\":{\"auth\":\"dTpw\"}}'}\n",
            "",
        ),
        Shape::new("kind: List\napiVersion: v1\nitems:\n", "- {kind: K#}\n", ""),
        Shape::new("a: ", "[", ""),
        Shape::new("a: ", "{b: ", ""),
        Shape::new("", "- ", ""),
        Shape::new("", "k#: v\n", ""),
        Shape::new("{", "\"k#\": 1,", "}"),
        Shape::new("{\"a\": ", "[", ""),
        Shape::new("", "{}", ""),
        Shape::new("a: &a x\nb: [", "*a,", "]"),
        Shape::new("a: |\n", "  x\n", ""),
        Shape::new("a: \"", "\\u0041", "\""),
        Shape::new("", "# c\n", ""),
    ],
};

fn reader(_: &Path) -> Reader {
    Box::new(move |input| {
        let mut secrets = PullSecrets::new(Profile::DEFAULT);
        secrets.add_manifest(input, "manifest");
        let merged = secrets.merged();
        assert!(
            !merged.is_empty() || !secrets.secrets().is_empty() || !secrets.problems().is_empty(),
            "nothing is said of what holds nothing"
        );
    })
}

/// Secrets as tools make them.
fn seeds() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../conformance/kubernetes/samples");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
        .iter()
        .map(|file| std::fs::read(file).unwrap())
        .collect()
}

//! What a build pod is handed: what its images need, in the shape that its tool reads, and no more.

use portunus::credential::Credential;
use portunus::name::{ImageReference, Profile};
use portunus_kubernetes::export::{
    Export, ExportError, ExportFormat, ExportRequest, ExportTarget, ExportWarning, export,
};
use serde_json::Value;

use crate::node::Node;
use crate::worlds::{logins, none};

const MIRROR: &str =
    "[host.\"https://mirror.test:5000\"]\ncapabilities = [\"pull\", \"resolve\"]\n";

pub(crate) fn images(format: ExportFormat, images: &[&str]) -> ExportRequest {
    let mut request = ExportRequest::new(format, Profile::DEFAULT);
    let images = images.iter().map(|it| ImageReference::parse(it).unwrap());
    request.targets = images.map(ExportTarget::Image).collect();
    request
}

pub(crate) fn of(node: &Node, request: &ExportRequest) -> Result<Export, ExportError> {
    let exported = export(request, &node.resolver());
    if let Err(error) = &exported {
        assert!(!error.to_string().contains("canary"), "{error}");
    }
    exported
}

/// What a tool finds each login under, and the key it is stored under here.
pub(crate) fn names(exported: &Export) -> Vec<(String, String)> {
    let entries = exported.entries.iter();
    entries
        .map(|it| (it.name.clone(), it.key.to_string()))
        .collect()
}

pub(crate) fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |(name, key): &(&str, &str)| ((*name).to_owned(), (*key).to_owned());
    expected.iter().map(owned).collect()
}

#[support::test]
fn each_format_has_keys_of_its_own_and_no_login_that_no_image_needs() {
    let node = Node::new(&["reg.test", "docker.io", "other.test"]).with_hosts(MIRROR);
    // Without a colon, which docker's entries cannot have in a user name.
    let login = Credential::password("mirror", "canary-1");
    node.put("mirror.test:5000?ns=reg.test", login);
    let wanted = ["reg.test/team/app", "nginx"];
    let ns = "mirror.test:5000?ns=reg.test";
    for (format, expected) in [
        (
            ExportFormat::Docker,
            &[
                ("https://index.docker.io/v1/", "docker.io"),
                ("mirror.test:5000", ns),
                ("reg.test", "reg.test"),
            ][..],
        ),
        (
            ExportFormat::ContainersAuth,
            &[
                ("docker.io/library/nginx", "docker.io"),
                ("mirror.test:5000/team/app", ns),
                ("reg.test/team/app", "reg.test"),
            ],
        ),
        (
            ExportFormat::Buildx,
            &[
                ("mirror.test:5000/team/app", ns),
                ("reg.test/team/app", "reg.test"),
                ("registry-1.docker.io/library/nginx", "docker.io"),
            ],
        ),
        (
            ExportFormat::KubernetesSecret,
            &[
                ("docker.io/library/nginx", "docker.io"),
                ("reg.test/team/app", "reg.test"),
            ],
        ),
    ] {
        let exported = of(&node, &images(format, &wanted)).unwrap();
        assert_eq!(names(&exported), pairs(expected), "{format:?}");
        assert_eq!(exported.anonymous, [""; 0]);
    }
}

#[support::test]
fn a_folder_for_buildx_has_one_host_in_each_file() {
    let node = Node::new(&["reg.test?path=team", "reg.test?path=base", "docker.io"]);
    let wanted = ["reg.test/team/app", "reg.test/base/os", "nginx"];
    let exported = of(&node, &images(ExportFormat::Buildx, &wanted)).unwrap();
    let mut files = Vec::new();
    for file in &exported.files {
        let json: Value = serde_json::from_str(file.text.expose()).unwrap();
        let auths = json["auths"].as_object().unwrap();
        let keys: Vec<&String> = auths.keys().collect();
        files.push((file.path.to_str().unwrap().to_owned(), keys[0].clone()));
        assert_eq!(keys.len(), 1);
    }
    let expected = [
        ("config/reg.test/base/os/config.json", "reg.test"),
        ("config/reg.test/team/app/config.json", "reg.test"),
        (
            "config/registry-1.docker.io/library/nginx/config.json",
            "https://index.docker.io/v1/",
        ),
    ];
    assert_eq!(files, pairs(&expected));
}

#[support::test]
fn several_accounts_of_one_host_are_an_error_where_a_tool_looks_for_hosts() {
    let node = Node::new(&["reg.test?path=team", "reg.test?path=base"]);
    let wanted = ["reg.test/team/app", "reg.test/base/os"];
    let error = of(&node, &images(ExportFormat::Docker, &wanted)).unwrap_err();
    assert!(matches!(error, ExportError::SeveralAccounts(_)), "{error}");
    for format in [
        ExportFormat::ContainersAuth,
        ExportFormat::Buildx,
        ExportFormat::KubernetesSecret,
    ] {
        assert_eq!(
            of(&node, &images(format, &wanted)).unwrap().entries.len(),
            2
        );
    }
    // The same account twice is one.
    let node = Node::new(&[]);
    for key in ["reg.test?path=team", "reg.test?path=base"] {
        node.put(key, Credential::password("robot", "canary-1"));
    }
    let exported = of(&node, &images(ExportFormat::Docker, &wanted)).unwrap();
    assert_eq!(exported.entries.len(), 1);
}

#[support::test]
fn what_a_tool_would_show_to_more_than_was_meant_is_told() {
    let node = Node::new(&["reg.test?path=team"]).with_hosts(MIRROR);
    let wanted = ["reg.test/team/app"];
    let told = |format| of(&node, &images(format, &wanted)).unwrap().warnings;
    let whole = told(ExportFormat::Docker);
    assert!(
        matches!(&whole[..], [ExportWarning::WholeHost { .. }]),
        "{whole:?}"
    );
    let every = told(ExportFormat::KubernetesSecret);
    assert!(matches!(&every[..], [ExportWarning::EveryHost { hosts, .. }] if hosts.len() == 2));
    assert_eq!(told(ExportFormat::ContainersAuth), []);
}

#[support::test]
fn a_login_that_no_tool_reads_is_left_out_with_its_reason() {
    let token = |key: &str, credential: Credential| {
        let node = Node::new(&[]);
        node.put(key, credential);
        node
    };
    let identity = || Credential::IdentityToken {
        username: Some("u".to_owned()),
        token: "canary-1".into(),
    };
    let registry = || Credential::RegistryToken {
        token: "canary-1".into(),
    };
    for (credential, format, is_written) in [
        (identity(), ExportFormat::Docker, true),
        (identity(), ExportFormat::ContainersAuth, true),
        (identity(), ExportFormat::KubernetesSecret, false),
        (registry(), ExportFormat::Docker, true),
        (registry(), ExportFormat::ContainersAuth, false),
    ] {
        let node = token("reg.test", credential);
        let exported = of(&node, &images(format, &["reg.test/app"]));
        match exported {
            Ok(_) => assert!(is_written, "{format:?}"),
            Err(ExportError::Nothing(warnings)) => {
                assert!(!is_written, "{format:?}");
                assert!(
                    matches!(&warnings[..], [ExportWarning::LeftOut { .. }]),
                    "{warnings:?}"
                );
            }
            Err(error) => panic!("{error}"),
        }
    }
    let none = of(
        &Node::new(&[]),
        &images(ExportFormat::Docker, &["reg.test/app"]),
    );
    assert_eq!(none, Err(ExportError::Nothing(Vec::new())));
}

#[support::test]
fn several_logins_under_one_name_are_told_with_what_can_hold_them() {
    let keys = ["mirror.test?ns=reg.test", "mirror.test?ns=other.test"];
    let hosts = "[host.\"https://mirror.test\"]\ncapabilities = [\"pull\", \"resolve\"]\n";
    let node = Node::new(&keys).with_hosts(hosts);
    let node = node.with_hosts_of("other.test", hosts);
    for (wanted, format, said, formats) in [
        (
            ["reg.test/x", "other.test/x"],
            ExportFormat::ContainersAuth,
            "mirror.test/x needs several logins (`mirror.test?ns=reg.test`, \
             `mirror.test?ns=other.test`), and a file in this format has one for each host and \
             repository",
            &[][..],
        ),
        (
            ["reg.test/x", "other.test/x"],
            ExportFormat::Docker,
            "mirror.test needs several logins (`mirror.test?ns=reg.test`, \
             `mirror.test?ns=other.test`), and a file in this format has one for each host",
            &[],
        ),
        (
            ["reg.test/x", "other.test/y"],
            ExportFormat::Docker,
            "a file in this format has one for each host",
            &[ExportFormat::Buildx, ExportFormat::ContainersAuth],
        ),
    ] {
        let error = of(&node, &images(format, &wanted)).unwrap_err();
        let ExportError::SeveralAccounts(several) = error else {
            panic!("{error}");
        };
        assert!(several.to_string().ends_with(said), "{several}");
        assert_eq!(several.formats, formats, "{several}");
        assert!(several.is_each_alone, "{several}");
        for format in formats {
            assert!(of(&node, &images(*format, &wanted)).is_ok(), "{format:?}");
        }
        for image in wanted {
            assert!(of(&node, &images(format, &[image])).is_ok(), "{image}");
        }
    }
}

#[support::test]
fn a_secret_is_read_as_it_was_written() {
    let node = Node::new(&["reg.test?path=team", "docker.io"]);
    let key = "{\n  \"private_key\": \"canary\\n\u{e9}\"\n}\n";
    node.put("reg.test?path=gar", Credential::password("_json_key", key));
    let wanted = ["reg.test/team/app", "nginx", "reg.test/gar/x"];
    let exported = of(&node, &images(ExportFormat::KubernetesSecret, &wanted)).unwrap();
    let mut secrets = none();
    secrets.add_manifest(exported.files[0].text.expose().as_bytes(), "exported");
    assert_eq!(secrets.problems(), []);
    let user = |image: &str| logins(&secrets, image);
    assert_eq!(user("reg.test/team/app")[0].0, "reg.test?path=team");
    assert_eq!(
        user("reg.test/gar/x"),
        [("_json_key".to_owned(), key.to_owned())]
    );
    assert_eq!(user("nginx")[0].0, "docker.io");
    assert_eq!(user("reg.test/other"), []);
}

//! By which names a login is exported, and which logins a whole registry namespace has.

use portunus::credential::Credential;
use portunus::name::RegistryNamespace;
use portunus::store::{Provenance, Store};
use portunus_kubernetes::export::{
    ExportError, ExportFormat, ExportRequest, ExportTarget, ExportWarning,
};

use crate::export::{images, names, of, pairs};
use crate::node::Node;

#[support::test]
fn a_whole_registry_namespace_has_the_logins_for_its_repositories_too() {
    let node = Node::new(&["reg.test", "reg.test?path=team", "reg.test?path=any/any"]);
    for format in [ExportFormat::ContainersAuth, ExportFormat::KubernetesSecret] {
        let exported = of(&node, &whole(format, &["reg.test"])).unwrap();
        let expected = [
            ("reg.test", "reg.test"),
            ("reg.test/any/any", "reg.test?path=any/any"),
            ("reg.test/team", "reg.test?path=team"),
        ];
        assert_eq!(names(&exported), pairs(&expected), "{format:?}");
    }
    for format in [ExportFormat::Docker, ExportFormat::Buildx] {
        let error = of(&node, &whole(format, &["reg.test"])).unwrap_err();
        let is_told = matches!(error, ExportError::SeveralAccounts(_));
        assert!(is_told, "{format:?}: {error}");
    }
}

#[support::test]
fn a_login_for_repositories_alone_is_one_for_the_whole_registry_namespace() {
    let node = Node::new(&["reg.test?path=team"]);
    for (format, name, is_told) in [
        (ExportFormat::ContainersAuth, "reg.test/team", false),
        (ExportFormat::KubernetesSecret, "reg.test/team", false),
        (ExportFormat::Docker, "reg.test", true),
        (ExportFormat::Buildx, "reg.test", true),
    ] {
        let exported = of(&node, &whole(format, &["reg.test"])).unwrap();
        let expected = [(name, "reg.test?path=team")];
        assert_eq!(names(&exported), pairs(&expected), "{format:?}");
        let whole_host = matches!(&exported.warnings[..], [ExportWarning::WholeHost { .. }]);
        assert_eq!(whole_host, is_told, "{format:?}");
        assert_eq!(exported.anonymous, [""; 0], "{format:?}");
    }
    let hub = Node::new(&["docker.io?path=org"]);
    let exported = of(&hub, &whole(ExportFormat::ContainersAuth, &["docker.io"])).unwrap();
    assert_eq!(
        names(&exported),
        pairs(&[("docker.io/org", "docker.io?path=org")])
    );
}

#[support::test]
fn a_registry_namespace_that_no_image_has_is_refused_as_docker_hub_is_not_meant() {
    let node = Node::new(&["docker.io"]);
    let name = RegistryNamespace::new("team").unwrap();
    let error = of(&node, &whole(ExportFormat::Docker, &["team"])).unwrap_err();
    assert!(matches!(error, ExportError::Name(_)), "{error}");
    assert!(ExportTarget::repository(&name, "app").is_err());
    let hub = RegistryNamespace::new("index.docker.io").unwrap();
    assert!(ExportTarget::repository(&hub, "team/app").is_ok());
}

#[support::test]
fn a_mirror_s_logins_for_repositories_are_those_that_are_asked_for_there() {
    let hosts = "server = \"https://upstream.test\"\n\
                 [host.\"https://mirror.test/v2/proxy\"]\noverride_path = true\n\
                 capabilities = [\"pull\", \"resolve\"]\n\
                 [host.\"https://lent.test\"]\ncredential_domain = \"reg.test\"\n";
    let node = Node::new(&[
        "mirror.test?path=proxy",
        "mirror.test?path=proxy/team",
        "mirror.test?path=elsewhere",
        "reg.test?path=base",
    ]);
    let node = node.with_hosts(hosts);
    let exported = of(&node, &whole(ExportFormat::ContainersAuth, &["reg.test"])).unwrap();
    let expected = [
        ("lent.test/base", "reg.test?path=base"),
        ("mirror.test/proxy", "mirror.test?path=proxy"),
        ("mirror.test/proxy/team", "mirror.test?path=proxy/team"),
    ];
    assert_eq!(names(&exported), pairs(&expected));
}

#[support::test]
fn each_login_has_the_name_by_which_its_image_is_looked_for() {
    let node = Node::new(&["reg.test"]);
    node.put("reg.test:5000", Credential::password("robot", "canary-1"));
    for format in [
        ExportFormat::ContainersAuth,
        ExportFormat::KubernetesSecret,
        ExportFormat::Docker,
        ExportFormat::Buildx,
    ] {
        for host in ["reg.test:443", "REG.test", "reg.test:05000", "reg.test"] {
            let exported = of(&node, &images(format, &[&format!("{host}/x")])).unwrap();
            let name = match format {
                ExportFormat::Docker => host.to_owned(),
                _ => format!("{host}/x"),
            };
            assert_eq!(exported.entries[0].name, name, "{format:?}");
            let text = exported.files[0].text.expose();
            let is_named = text.contains(&format!("\"{host}"));
            assert!(
                is_named || format == ExportFormat::KubernetesSecret,
                "{text}"
            );
            let exported = of(&node, &whole(format, &[host])).unwrap();
            assert_eq!(exported.entries[0].name, host, "{format:?}");
        }
    }
    let node = node.with_hosts("[host.\"http://mirror.test\"]\n");
    let mut provenance = Provenance::default();
    provenance.plain_http = true;
    let key = "mirror.test:80".parse().unwrap();
    let login = Credential::password("mirror", "canary-1");
    node.store.put(&key, &login, &provenance).unwrap();
    let exported = of(
        &node,
        &images(ExportFormat::ContainersAuth, &["reg.test/x"]),
    )
    .unwrap();
    let expected = [
        ("mirror.test/x", "mirror.test:80"),
        ("reg.test/x", "reg.test"),
    ];
    assert_eq!(names(&exported), pairs(&expected));
}

#[support::test]
fn what_no_node_can_find_is_left_out_with_its_reason() {
    let node = Node::new(&["reg.test"]);
    for key in ["[fd00::1]", "[fd00::1]:5000"] {
        node.put(key, Credential::password("robot", "canary-1"));
    }
    let wanted = ["[fd00::1]/x", "[fd00::1]:5000/x", "reg.test/x"];
    let exported = of(&node, &images(ExportFormat::KubernetesSecret, &wanted)).unwrap();
    let expected = [
        ("[fd00::1]:5000/x", "[fd00::1]:5000"),
        ("reg.test/x", "reg.test"),
    ];
    assert_eq!(names(&exported), pairs(&expected));
    let told = exported.warnings[0].to_string();
    assert!(
        told.contains("`[fd00::1]`") && told.contains("without a port"),
        "{told}"
    );
    let exported = of(&node, &images(ExportFormat::ContainersAuth, &wanted)).unwrap();
    assert_eq!(exported.entries.len(), 3);
}

fn whole(format: ExportFormat, names: &[&str]) -> ExportRequest {
    let mut request = images(format, &[]);
    let names = names.iter().map(|it| RegistryNamespace::new(it).unwrap());
    request.targets = names.map(ExportTarget::RegistryNamespace).collect();
    request
}

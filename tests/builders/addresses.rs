//! A builder is reached by each kind of address that `buildctl` takes.

use std::fs;

use support::pki::CertificateAuthority;
use support::programmable_registry::ProgrammableRegistry;

use crate::worlds::front::Front;
use crate::worlds::workshop::{Workshop, accounts};

const IMAGE: &str = "proj-a/app:v1";

/// The container is another process that has the builder at its end.
#[support::test(needs("bash", "docker/dockerd", "containerd", "runc", "docker-daemon?"))]
fn a_builder_at_a_port_or_in_a_container_is_sent_builds_with_a_session() {
    let registry = ProgrammableRegistry::bearer(&accounts("canary-ann"));
    let workshop = Workshop::new(&registry.address(), None);
    let front = Front::of(workshop.socket());
    let docker = format!(
        "#!/usr/bin/env -S PATH=/usr/bin:/bin bash\n\
         [ \"$*\" = 'exec -i the-builder buildctl dial-stdio' ] || exit 64\n\
         exec 3<>/dev/tcp/127.0.0.1/{}\n\
         cat <&3 & cat >&3\n\
         kill $!\n",
        front.port()
    );
    workshop.home.write_script("docker", &docker);
    let context = workshop.context("one", "of ann");
    let port = format!("tcp://{}", front.address());
    for address in [&*port, "docker-container://the-builder"] {
        registry.forget_requests();
        let ran = workshop.build_at(&["--addr", address], "ann", IMAGE, &context);
        ran.assert_success();
        assert!(!registry.requests_with("canary-ann").is_empty());
    }
    let address = "docker-container://another";
    let ran = workshop.build_at(&["--addr", address], "ann", IMAGE, &context);
    ran.assert_code(1);
}

#[support::test(needs("docker/dockerd", "containerd", "runc", "docker-daemon?"))]
fn a_builder_over_tls_is_known_by_its_certificate_and_knows_its_client() {
    let registry = ProgrammableRegistry::bearer(&accounts("canary-ann"));
    let workshop = Workshop::new(&registry.address(), None);
    let [authority, stranger] = [(); 2].map(|()| CertificateAuthority::new());
    let front = Front::over_tls(
        workshop.socket(),
        &authority.server(&["builder.test"]),
        &authority,
    );
    let own = authority.client("ann");
    let write = |name: &str, text: &str| {
        let path = workshop.home.path().join(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let known = write("authority.pem", authority.certificate_pem());
    let unknown = write("stranger.pem", stranger.certificate_pem());
    let certificate = write("certificate.pem", own.certificate_pem());
    let key = write("key.pem", own.key_pem());
    let address = format!("tcp://{}", front.address());
    let at = ["--addr", &address, "--tlsservername", "builder.test"];
    let shown = ["--tlscert", &certificate, "--tlskey", &key];
    let context = workshop.context("one", "of ann");
    let build = |more: &[&[&str]]| {
        registry.forget_requests();
        let flags = [&[&at[..]], more].concat().concat();
        workshop.build_at(&flags, "ann", IMAGE, &context)
    };
    for refused in [
        &[&["--tlscacert", &unknown][..], &shown][..],
        &[&["--tlscacert", &known]],
        &[&shown],
    ] {
        build(refused).assert_code(1);
        assert!(registry.requests().is_empty());
    }
    build(&[&["--tlscacert", &known], &shown]).assert_success();
    assert!(registry.manifest("proj-a/app", "v1").is_some());
}

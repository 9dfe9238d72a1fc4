//! Which neighbours of a host are the same party. Hosts and realms are https where they say nothing.

use url::Url;

use super::policy::{Consent, TrustPolicy};
use crate::name::CredentialKey;
use crate::name::Origin;

/// Host, realm, and whether the host's password may go there.
const PAIRS: &[(&str, &str, bool)] = &[
    ("a.github.io", "b.github.io", false),
    ("corp.azurecr.io", "evil.azurecr.io", false),
    ("corp.cloudsmith.io", "evil.cloudsmith.io", false),
    ("corp.kr.ncr.ntruss.com", "evil.kr.ncr.ntruss.com", false),
    (
        "corp-cn-beijing.cr.volces.com",
        "evil-cn-beijing.cr.volces.com",
        false,
    ),
    (
        "1.dkr-ecr.us-east-1.on.aws",
        "2.dkr-ecr.us-east-1.on.aws",
        false,
    ),
    (
        "reg.usgovvirginia.cloudapp.usgovcloudapi.net",
        "evil.usgovvirginia.cloudapp.usgovcloudapi.net",
        false,
    ),
    ("containers.corp.ghe.com", "containers.evil.ghe.com", false),
    (
        "corp.registry.jetbrains.space",
        "evil.registry.jetbrains.space",
        false,
    ),
    ("v2202611.ultrasrv.de", "v2202612.ultrasrv.de", false),
    ("ns1.kimsufi.com", "ns2.kimsufi.com", false),
    ("corp.s3.amazonaws.com", "evil.s3.amazonaws.com", false),
    (
        "1.dkr.ecr.us-east-1.amazonaws.com",
        "abc.execute-api.us-east-1.amazonaws.com",
        false,
    ),
    (
        "1.dkr.ecr.us-east-1.amazonaws.com",
        "evil.dkr.ecr.us-east-1.amazonaws.com",
        false,
    ),
    (
        "1.dkr.ecr.us-east-1.amazonaws.com",
        "ec2-1-2-3-4.compute-1.amazonaws.com",
        false,
    ),
    (
        "1.dkr.ecr.us-east-1.amazonaws.com",
        "x.auth.us-east-1.amazoncognito.com",
        false,
    ),
    (
        "1.dkr.ecr.us-east-1.amazonaws.com",
        "sqs.us-east-1.amazonaws.com",
        false,
    ),
    ("europe-docker.pkg.dev", "evil.pkg.dev", true),
    (
        "reg.westeurope.cloudapp.azure.com",
        "evil.westeurope.cloudapp.azure.com",
        false,
    ),
    (
        "reg.westeurope.azurecontainer.io",
        "evil.westeurope.azurecontainer.io",
        false,
    ),
    ("reg.azurewebsites.net", "evil.azurewebsites.net", false),
    ("reg.fly.dev", "evil.fly.dev", false),
    ("reg.ngrok-free.app", "evil.ngrok-free.app", false),
    ("reg.corp.ts.net", "x.evil.ts.net", false),
    ("reg.10.0.0.1.nip.io", "evil.1.2.3.4.nip.io", false),
    ("reg.traefik.me", "evil.traefik.me", false),
    (
        "registry.team-a.svc.cluster.local",
        "evil.team-b.svc.cluster.local",
        false,
    ),
    ("registry.team-a.svc", "evil.team-b.svc", false),
    (
        "ip-10-0-0-1.eu-west-1.compute.internal",
        "ip-10-9-9-9.eu-west-1.compute.internal",
        false,
    ),
    (
        "ip-10-0-0-1.ec2.internal",
        "ip-10-9-9-9.ec2.internal",
        false,
    ),
    ("reg.service.consul", "evil.service.consul", false),
    ("fra.ocir.io", "evil.ocir.io", true),
    ("de.icr.io", "evil.icr.io", true),
    ("registry.digitalocean.com", "evil.digitalocean.com", true),
    ("reg.gitlab.io", "evil.gitlab.io", false),
    ("reg.herokuapp.com", "evil.herokuapp.com", false),
    ("reg.up.railway.app", "evil.up.railway.app", false),
    (
        "rg.fr-par.scw.cloud",
        "x.functions.fnc.fr-par.scw.cloud",
        false,
    ),
    ("registry.ng.bluemix.net", "evil.eu-gb.bluemix.net", true),
    ("reg.cloudfront.net", "evil.cloudfront.net", false),
    ("reg.corp", "evil.corp", false),
    ("reg.test", "reg.test.", true),
    ("reg.test", "reg.test:444", true),
    ("reg.test", "reg.test%2eevil.test", false),
    ("reg.test", "reg。test", true),
    ("reg.test", "ⓡeg.test:444", true),
    ("reg.test", "evil.test\\@reg.test", false),
    ("reg.test", "evil.test?reg.test", false),
    ("127.0.0.1:5000", "2130706433:5000", true),
    ("127.0.0.1:5000", "127.1:5000", true),
    ("127.0.0.1:5000", "0x7f.0.0.1:5000", true),
    ("127.0.0.1:5000", "[::ffff:127.0.0.1]:5000", false),
    ("127.0.0.1:5000", "127.0.0.1:5001", false),
    ("192.0.2.1:5000", "192.0.2.1", false),
    ("[fe80::1]:5000", "[fe80::1]:5001", false),
    ("docker.io", "auth.docker.io", true),
    ("index.docker.io:5000", "auth.docker.io", true),
    ("registry-1.docker.io", "http://auth.docker.io", false),
    ("lscr.io", "ghcr.io:444", false),
    ("gitlab.com", "registry.gitlab.com", true),
    ("reg.co.uk", "evil.co.uk", false),
    ("reg.city.kawasaki.jp", "evil.city.kawasaki.jp", true),
    ("localhost:5000", "localhost:5001", false),
    ("http://localhost:5000", "http://localhost:5001", false),
    ("docker.io", "evil.docker.io", true),
    ("registry-1.docker.io", "hub.docker.io", true),
    ("registry-1.docker.io", "auth.docker.io:8443", true),
    ("gitlab.com", "evil.gitlab.com", true),
    // Kinds that the list above has one of.
    (
        "reg.team-a.svc.k8s.corp.test",
        "evil.team-b.svc.k8s.corp.test",
        false,
    ),
    (
        "reg.team-a.svc.k8s.corp.test",
        "evil.team-a.svc.k8s.corp.test",
        false,
    ),
    ("a.jfrog.io", "b.jfrog.io", false),
    ("a.192.0.2.1.sslip.io", "b.192.0.2.1.sslip.io", false),
    (
        "a.cn-hangzhou.cr.aliyuncs.com",
        "b.cn-hangzhou.cr.aliyuncs.com",
        false,
    ),
    ("team-docker.pkg.coding.net", "evil.pkg.coding.net", false),
    (
        "corp.kr-central-2.kcr.dev",
        "evil.kr-central-2.kcr.dev",
        false,
    ),
    ("vmi1.contaboserver.net", "evil.contaboserver.net", false),
    ("h1.stratoserver.net", "evil.stratoserver.net", false),
    (
        "ip-1.ip.secureserver.net",
        "evil.ip.secureserver.net",
        false,
    ),
    ("vps-1.vps.ovh.net", "evil.vps.ovh.net", false),
    ("a-1.v6.upcloud.host", "evil.v6.upcloud.host", false),
    (
        "1-0-0-1.rev.poneytelecom.eu",
        "evil.rev.poneytelecom.eu",
        false,
    ),
    (
        "v1.ultrasrv.yourvserver.net",
        "evil.ultrasrv.yourvserver.net",
        false,
    ),
    ("srv1.hstgr.cloud", "evil.hstgr.cloud", false),
    (
        "corp-1.hcp.westeurope.azmk8s.io",
        "evil.hcp.westeurope.azmk8s.io",
        false,
    ),
    (
        "abc-5000.euw.devtunnels.ms",
        "evil.euw.devtunnels.ms",
        false,
    ),
    ("one-5000.app.github.dev", "evil.app.github.dev", false),
    ("5000-one.ws-eu1.gitpod.io", "evil.ws-eu1.gitpod.io", false),
    ("one.lhr.life", "evil.lhr.life", false),
    ("one.netbird.cloud", "evil.netbird.cloud", false),
    ("one.local.gd", "evil.local.gd", false),
    ("reg.service.nomad", "evil.service.nomad", false),
    ("reg.lxd", "evil.lxd", false),
    ("1-2-3-4.local-ip.co", "evil.local-ip.co", false),
    ("corp.myget.org", "evil.myget.org", false),
    ("host.docker.internal", "evil.docker.internal", false),
    ("corp.test", "auth.corp.test", false),
    ("reg.corp.test", "corp.test", false),
    ("reg.corp.test", "auth.corp.test", true),
    ("reg.a.corp.test", "auth.b.corp.test", false),
    ("corp.azurecr.io", "corp.azurecr.io:8443", true),
    ("CORP.azurecr.io", "evil.AZURECR.io", false),
    ("[2001:db8::1]", "[2001:db8::1]:444", false),
];

fn origin(text: &str) -> Option<(Origin, Url)> {
    let url = match text.contains("://") {
        true => Url::parse(text),
        false => Url::parse(&format!("https://{text}")),
    };
    let url = url.ok()?;
    Some((Origin::of(&url)?, url))
}

#[test]
fn a_password_goes_to_no_neighbour_that_may_have_another_owner() {
    let policy = TrustPolicy::default();
    let mut wrong = Vec::new();
    for (host, realm, wanted) in PAIRS {
        let (host_origin, _) = origin(host).unwrap();
        let key = CredentialKey::plain(host_origin.authority().unwrap());
        let realm_url = origin(realm).map(|(_, url)| url);
        let trusted = realm_url.is_some_and(|url| {
            policy
                .realm_may_see(&host_origin, &url, &Consent::none(&key))
                .is_ok()
        });
        if trusted != *wanted {
            wrong.push(format!("{host} -> {realm}: {trusted}"));
        }
    }
    assert_eq!(wrong, [""; 0]);
}

/// Suffixes below which each name may have another owner, and that the public suffix list lacks:
/// registries and clouds of many tenants, DNS names that anybody gets by writing an address, and
/// names inside a cluster or a cloud. Below them only the same name is the same party.
const SHARED: &[&str] = &[
    // Registries with a name for each customer.
    "azurecr.io",
    "azurecr.cn",
    "azurecr.us",
    "cloudsmith.io",
    "jfrog.io",
    "cr.aliyuncs.com",
    "tencentcloudcr.com",
    "container-registry.ovh.net",
    "gitlab-dedicated.com",
    "sonatype.app",
    "pkgs.visualstudio.com",
    "pkgs.dev.azure.com",
    "ncr.ntruss.com",
    "cr.volces.com",
    // Clouds with names for machines, gateways and load balancers.
    "amazonaws.com",
    "amazonaws.com.cn",
    "amazonaws.eu",
    "on.aws",
    "amazoncognito.com",
    "cloudapp.azure.com",
    "cloudapp.azure.cn",
    "cloudapp.net",
    "trafficmanager.net",
    "azurecontainer.io",
    "azurefd.net",
    "azure-api.net",
    "azure-api.us",
    "azurewebsites.us",
    "usgovcloudapi.net",
    "chinacloudapi.cn",
    "chinacloudapp.cn",
    "aliyuncs.com",
    "myhuaweicloud.com",
    "oraclevcn.com",
    "oraclecloud.com",
    "googleusercontent.com",
    "hosted-by-vultr.com",
    "vultrusercontent.com",
    "linodeusercontent.com",
    "your-server.de",
    "trycloudflare.com",
    "loca.lt",
    "localhost.run",
    "serveo.net",
    // An address, or this machine, by any name.
    "nip.io",
    "sslip.io",
    "xip.io",
    "traefik.me",
    "lvh.me",
    "vcap.me",
    "localtest.me",
    "lacolhost.com",
    "backname.io",
    "plex.direct",
    // Inside a cloud, a cluster, a machine.
    "cluster.local",
    "compute.internal",
    "ec2.internal",
    "docker.internal",
    "containers.internal",
    "minikube.internal",
    "google.internal",
    "consul",
    "mesos",
    "openstacklocal",
    "novalocal",
    "onion",
];

/// Labels from which on a name is that of a service or a pod of Kubernetes, whatever the domain of
/// the cluster is called (`SERVICE.NAMESPACE.svc…`).
const OF_A_CLUSTER: [&str; 2] = ["svc", "pod"];

/// Whether the names below the suffix of this one have owners of their own. Project names of
/// Google's cloud (`VM.ZONE.c.PROJECT.internal`) are those of one owner.
pub(super) fn is_below_shared_suffix(name: &str) -> bool {
    let is_below = |suffix: &str| {
        let rest = name.strip_suffix(suffix);
        rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    let mut behind_a_service = name.split('.').skip(2);
    SHARED.iter().any(|suffix| is_below(suffix))
        || behind_a_service.any(|label| OF_A_CLUSTER.contains(&label))
}

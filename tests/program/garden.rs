//! How a build in a cluster comes by its logins, as Garden sets it up: from the secret to the plan, the
//! file for the build pod, and the build pod's own pull.

use std::fs;

use serde_json::{Value, json};
use support::account::Account;
use support::helper_script::HelperScript;
use support::home::Home;
use support::image::Image;
use support::programmable_registry::ProgrammableRegistry;

const SECRET: &str = "canary-garden";
/// A key file of Google's, which has lines.
const KEY: &str =
    "{\n  \"type\": \"service_account\",\n  \"private_key\": \"canary\\nabc==\\n\"\n}";

/// A cluster with a registry of its own, and the place where images are built.
struct Cluster {
    registry: ProgrammableRegistry,
    at: String,
    home: Home,
}

impl Cluster {
    fn new(accounts: &[Account]) -> Self {
        let registry = ProgrammableRegistry::basic(accounts);
        for repository in ["base/os", "team/app"] {
            registry.put_image(repository, "v1", &Image::small("one"));
        }
        let at = registry.address();
        let cluster = Self {
            home: Home::new(),
            registry,
            at,
        };
        cluster.know_registry(&cluster.home);
        cluster
    }

    fn know_registry(&self, home: &Home) {
        let server = format!("server = \"{}\"\n", self.registry.url());
        home.write_hosts_toml(&self.at, &server);
    }

    /// A pull secret in a file: its name and docker's configuration.
    fn secret(&self, name: &str, config: &Value) -> String {
        let manifest = json!({"apiVersion": "v1", "kind": "Secret",
            "metadata": {"name": name, "namespace": "garden"},
            "type": "kubernetes.io/dockerconfigjson",
            "stringData": {".dockerconfigjson": config.to_string()}});
        let path = self.home.path().join(format!("{name}.json"));
        fs::write(&path, manifest.to_string()).unwrap();
        path.to_str().unwrap().to_owned()
    }

    fn image(&self, repository: &str) -> String {
        format!("{}/{repository}:v1", self.at)
    }

    /// The one host of the plan of a repository, asked.
    fn plan(&self, repository: &str, more: &[&str]) -> Value {
        let image = self.image(repository);
        let arguments = [&["resolve", "--probe", "--json", &image], more].concat();
        let ran = self.home.portunus(&arguments).run();
        ran.assert_success();
        assert!(!ran.output().contains("canary"), "{ran}");
        let plan: Value = serde_json::from_str(&ran.stdout).unwrap();
        plan["attempts"][0].clone()
    }

    #[track_caller]
    fn assert_accepted(&self, repository: &str, user: &str, more: &[&str]) {
        let attempt = self.plan(repository, more);
        let found = (&attempt["probe"]["accepted"], &attempt["candidates"][0]);
        assert_eq!(found.0, true, "{attempt}");
        assert_eq!(found.1["username"], user, "{attempt}");
    }

    /// The builder has a configuration of docker, and hands a pod what it needs for an image; what
    /// kaniko finds in it, and the pod that pulls with it.
    fn build_pod(&self, config: &Value, repository: &str) -> (Value, Home) {
        fs::write(self.home.docker_config(), config.to_string()).unwrap();
        let pod = Home::new();
        self.know_registry(&pod);
        let file = pod.docker_config();
        let to = ["export", "--format", "docker", "-o", file.to_str().unwrap()];
        let image = self.image(repository);
        let exported = self.home.portunus(&[&to[..], &[&image]].concat()).run();
        exported.assert_success();
        assert!(!exported.output().contains("canary"), "{exported}");
        let layout = pod.path().join("layout");
        let pull = ["pull", &image, "--oci-layout", layout.to_str().unwrap()];
        pod.portunus(&pull).run().assert_success();
        let text = fs::read_to_string(&file).unwrap();
        (serde_json::from_str(&text).unwrap(), pod)
    }
}

fn login(user: &str, password: &str) -> Value {
    json!({"username": user, "password": password})
}

/// The registries of a configuration, in order.
fn registries(config: &Value) -> Vec<&str> {
    let auths = config["auths"].as_object().unwrap();
    auths.keys().map(String::as_str).collect()
}

#[support::test]
fn a_deployment_registry_with_one_secret() {
    let cluster = Cluster::new(&[Account::new("garden", SECRET)]);
    let config =
        json!({"auths": {&cluster.at: login("garden", SECRET), "other.test": login("x", SECRET)}});
    let secret = cluster.secret("regcred", &config);
    cluster.assert_accepted("team/app", "garden", &["--pull-secret", &secret]);
    cluster.assert_accepted("team/app", "garden", &["--push", "--pull-secret", &secret]);
    let (pod, _) = cluster.build_pod(&config_with_auth(&config), "team/app");
    assert_eq!(registries(&pod), [&cluster.at]);
}

#[support::test]
fn several_secrets_of_which_one_is_out_of_date() {
    let cluster = Cluster::new(&[Account::new("garden", SECRET)]);
    let old = cluster.secret(
        "old",
        &json!({"auths": {&cluster.at: login("garden", "canary-old")}}),
    );
    let new = cluster.secret(
        "new",
        &json!({"auths": {&cluster.at: login("garden", SECRET)}}),
    );
    let both = ["--pull-secret", &old, "--pull-secret", &new];
    let attempt = cluster.plan("team/app", &both);
    assert_eq!(
        attempt["candidates"].as_array().unwrap().len(),
        2,
        "{attempt}"
    );
    // A node tries the next one, and so does a pull.
    let layout = cluster.home.path().join("layout");
    let image = cluster.image("team/app");
    let pull = ["pull", &image, "--oci-layout", layout.to_str().unwrap()];
    let ran = cluster.home.portunus(&[&pull[..], &both].concat()).run();
    ran.assert_success();
    assert!(ran.stderr.contains("garden/old"), "{ran}");
}

#[support::test]
fn ecr_by_a_helper_which_no_node_runs() {
    let cluster = Cluster::new(&[Account::new("AWS", SECRET)]);
    let helper = HelperScript::new().holds(&cluster.at, "AWS", SECRET);
    helper.install(&cluster.home, "ecr-login");
    let config = json!({"credHelpers": {&cluster.at: "ecr-login"}});
    let secret = cluster.secret("ecr-config", &config);
    let image = cluster.image("team/app");
    let resolve = ["resolve", "--pull-secret", &secret, &image];
    let ran = cluster.home.portunus(&resolve).run();
    ran.assert_success();
    assert!(
        ran.stderr
            .contains("garden/ecr-config, .dockerconfigjson: it holds no credential"),
        "{ran}"
    );
    // Whoever builds runs it, and the pod needs no helper.
    let (pod, _) = cluster.build_pod(&config, "team/app");
    assert_eq!(registries(&pod), [&cluster.at]);
    assert_eq!(pod.get("credHelpers"), None);
    let attempt = cluster.plan("team/app", &["--push"]);
    assert_eq!(attempt["probe"]["accepted"], true, "{attempt}");
}

#[support::test]
fn google_by_a_key_with_several_lines() {
    let cluster = Cluster::new(&[Account::new("_json_key", KEY)]);
    let config = json!({"auths": {&cluster.at: login("_json_key", KEY)}});
    let secret = cluster.secret("gcr-config", &config);
    cluster.assert_accepted(
        "team/app",
        "_json_key",
        &["--push", "--pull-secret", &secret],
    );
    let (pod, _) = cluster.build_pod(&config_with_auth(&config), "team/app");
    assert_eq!(registries(&pod), [&cluster.at]);
}

#[support::test]
fn pulled_with_one_account_and_published_with_another() {
    let accounts = [
        Account::new("reader", SECRET),
        Account::new("publisher", "canary-publisher"),
    ];
    let cluster = Cluster::new(&accounts);
    let (base, team) = (
        format!("{}/base", cluster.at),
        format!("{}/team", cluster.at),
    );
    let config = json!({"auths": {&base: login("reader", SECRET), &team: login("publisher", "canary-publisher")}});
    let secret = cluster.secret("both", &config);
    let secrets = ["--pull-secret", &*secret];
    cluster.assert_accepted("base/os", "reader", &secrets);
    cluster.assert_accepted(
        "team/app",
        "publisher",
        &[&["--push"], &secrets[..]].concat(),
    );
    let layout = cluster.home.path().join("layout");
    let layout = ["--oci-layout", layout.to_str().unwrap()];
    let from = cluster.image("base/os");
    let pull = [&["pull", &from], &layout[..], &secrets].concat();
    cluster.home.portunus(&pull).run().assert_success();
    let again = Cluster::secret(
        &cluster,
        "publish",
        &json!({"auths": {&team: login("publisher", "canary-publisher")}}),
    );
    let attempt = cluster.plan("base/os", &["--pull-secret", &again]);
    assert_eq!(attempt["candidates"], json!([]), "{attempt}");
}

/// As `kubectl create secret docker-registry` writes it, and as docker reads it.
fn config_with_auth(config: &Value) -> Value {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    let text = |login: &Value, name: &str| login[name].as_str().unwrap().to_owned();
    let auths = config["auths"].as_object().unwrap().iter();
    let auths = auths.map(|(host, login)| {
        let both = format!("{}:{}", text(login, "username"), text(login, "password"));
        (host.clone(), json!({"auth": STANDARD.encode(both)}))
    });
    json!({"auths": auths.collect::<serde_json::Map<_, _>>()})
}

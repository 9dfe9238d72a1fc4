//! A kubelet's part of a pull: it asks the credential provider, and hands a login to CRI.

use containerd_client::connect;
use portunus::name::ImageReference;
use serde_json::{Value, json};
use support::containerd::{Containerd, CriPull};
use support::home::Home;
use support::process::Ran;
use tonic::client::Grpc;
use tonic::{Request, Status};
use tonic_prost::ProstCodec;

/// A node with a containerd that has CRI on, and the host directories of a home.
pub(crate) struct Node {
    daemon: Containerd,
    runtime: tokio::runtime::Runtime,
}

/// A user name and a password.
pub(crate) type Login = (String, String);

impl Node {
    pub(crate) fn new(home: &Home, pull: CriPull) -> Self {
        let settings = Containerd::settings().with_cri(&home.hosts_dir(), pull);
        Self {
            daemon: settings.start(),
            runtime: tokio::runtime::Runtime::new().unwrap(),
        }
    }

    /// Pulls with this login, or without any.
    pub(crate) fn pull(&self, image: &str, login: Option<Login>) -> Result<(), Status> {
        let auth = login.map(|(username, password)| AuthConfig { username, password });
        let question = PullImageRequest {
            image: Some(ImageSpec {
                image: image.to_owned(),
            }),
            auth,
        };
        let pulled: Result<PullImageResponse, Status> = self.runtime.block_on(async {
            let mut grpc = Grpc::new(connect(self.daemon.socket()).await.unwrap());
            grpc.ready().await.unwrap();
            let path = "/runtime.v1.ImageService/PullImage".parse().unwrap();
            let codec = ProstCodec::default();
            let answer = grpc.unary(Request::new(question), path, codec).await;
            answer.map(tonic::Response::into_inner)
        });
        assert!(pulled.as_ref().map_or(true, |it| !it.image_ref.is_empty()));
        pulled.map(drop)
    }

    /// As a kubelet does for a pod without pull secrets: with what the provider answers, and with
    /// nothing where it fails. What it answered is given back, too.
    pub(crate) fn pull_for_pod(&self, home: &Home, image: &str) -> (Ran, Result<(), Status>) {
        let ran = ask_provider(home, image);
        let login = ran
            .status
            .success()
            .then(|| answered(&ran, image))
            .flatten();
        (ran, self.pull(image, login))
    }
}

/// Asks for an image as a kubelet does, which names neither tag nor digest.
fn ask_provider(home: &Home, image: &str) -> Ran {
    let reference = ImageReference::parse(image).unwrap();
    let image = format!(
        "{}/{}",
        reference.registry_namespace(),
        reference.repository()
    );
    let request = json!({"kind": "CredentialProviderRequest", "image": image,
        "apiVersion": "credentialprovider.kubelet.k8s.io/v1"});
    let provider = home.portunus(&["credential-provider"]);
    provider.input(&format!("{request}\n")).run()
}

/// The login whose key the image begins with.
fn answered(ran: &Ran, image: &str) -> Option<Login> {
    let answer: Value = serde_json::from_str(&ran.stdout).unwrap();
    let mut logins = answer.get("auth")?.as_object().unwrap().iter();
    let (_, login) = logins.find(|(key, _)| image.starts_with(&***key))?;
    let text = |name: &str| login[name].as_str().unwrap().to_owned();
    Some((text("username"), text("password")))
}

// What a kubelet says of `runtime/v1/api.proto` (k8s.io/cri-api).

#[derive(Clone, PartialEq, prost::Message)]
struct PullImageRequest {
    #[prost(message, optional, tag = "1")]
    image: Option<ImageSpec>,
    #[prost(message, optional, tag = "2")]
    auth: Option<AuthConfig>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct ImageSpec {
    #[prost(string, tag = "1")]
    image: String,
}

/// A kubelet fills in no other field of it: for which server it is stays open.
#[derive(Clone, PartialEq, prost::Message)]
struct AuthConfig {
    #[prost(string, tag = "1")]
    username: String,
    #[prost(string, tag = "2")]
    password: String,
}

#[derive(Clone, PartialEq, prost::Message)]
struct PullImageResponse {
    #[prost(string, tag = "1")]
    image_ref: String,
}

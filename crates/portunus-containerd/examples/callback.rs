//! The credential callback inside another client: `callback SOCKET HOST_DIR CONFIG_JSON IMAGE` calls
//! containerd's transfer service by itself, over a channel of its own, and lets portunus answer
//! what the daemon asks meanwhile.

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use containerd_client::services::v1::TransferRequest;
use containerd_client::services::v1::transfer_client::TransferClient;
use containerd_client::types::transfer::{ImageStore, OciRegistry, RegistryResolver};
use containerd_client::{to_any, tonic::Request};
use portunus::hosts::HostsTree;
use portunus::name::{ImageReference, Profile};
use portunus::resolve::{Operation, Resolver};
use portunus::store::{DockerConfig, HelperPrograms};
use portunus::token::trust::TrustPolicy;
use portunus_containerd::{
    Answers, CallbackLimits, Containerd, ContainerdNamespace, CredentialCallback, Lease,
};
use portunus_http::{Client, Options};

#[tokio::main(flavor = "current_thread")]
#[expect(clippy::print_stdout, reason = "an example shows what it sees")]
#[expect(clippy::disallowed_methods, reason = "a program reads the clock")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [socket, host_dir, logins, image] = arguments.as_slice() else {
        return Err("callback SOCKET HOST_DIR CONFIG_JSON IMAGE".into());
    };
    // What each host is told is settled before the daemon is called.
    let docker = DockerConfig::new(logins, HelperPrograms::new([]));
    let resolver =
        Resolver::new(HostsTree::new(vec![host_dir.into()])).with_source(Arc::new(docker));
    let image = ImageReference::parse(image)?;
    let operation = resolver.prepare(&image, Operation::Pull, &Profile::DEFAULT)?;
    let choices = Client::new(Options::default()).choose(&operation).await;
    let answers = Answers::from_choices(&choices, &TrustPolicy::default())?;

    let channel = containerd_client::connect(socket).await?;
    let containerd = Containerd::over(channel.clone(), Duration::from_secs(5)).await?;
    let containerd_namespace = ContainerdNamespace::new("default")?;
    let expires = SystemTime::now() + Duration::from_secs(3600);
    let lease = Lease::create(&containerd, &containerd_namespace, expires).await?;
    let limits = CallbackLimits::default();
    let mut callback =
        CredentialCallback::open(&lease, image.to_string(), Arc::new(answers), limits).await?;

    // From here on it is the other client's own call, with the stream's id in it.
    let source = OciRegistry {
        reference: image.to_string(),
        resolver: Some(RegistryResolver {
            auth_stream: callback.stream_id().to_owned(),
            host_dir: host_dir.clone(),
            ..Default::default()
        }),
    };
    let destination = ImageStore {
        name: image.to_string(),
        ..Default::default()
    };
    let mut request = Request::new(TransferRequest {
        source: Some(to_any(&source)),
        destination: Some(to_any(&destination)),
        options: None,
    });
    let headers = request.metadata_mut();
    headers.insert("containerd-namespace", "default".parse()?);
    headers.insert("containerd-lease", lease.id().parse()?);
    let transferred = TransferClient::new(channel).transfer(request).await;
    while let Some(question) = callback.answered_question() {
        println!("{question:?}");
    }
    drop(callback);
    lease.delete().await?;
    transferred?;
    println!("pulled {image}");
    Ok(())
}

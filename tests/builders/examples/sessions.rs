//! `sessions SOCKET HOST`: for each line of its input, which is a number, so many sessions one after
//! the other at the builder that listens there. Each is over when the builder ends it.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a program for one test"
)]

use std::env;
use std::sync::Arc;

use portunus::credential::Credential;
use portunus::hosts::HostsTree;
use portunus::name::Profile;
use portunus::resolve::Resolver;
use portunus::store::{MemoryStore, Provenance, SourceName, Store};
use portunus_buildkit::{BuildImages, BuildSession, BuildSettings};
use portunus_http::{Client, Options};
use tokio::net::UnixStream;

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [socket, host] = &arguments[..] else {
        panic!("a socket and a host");
    };
    let store = MemoryStore::new(SourceName::COMMAND_LINE);
    let alice = Credential::password("alice", "canary");
    let key = host.parse().unwrap();
    store.put(&key, &alice, &Provenance::default()).unwrap();
    let resolver = Resolver::new(HostsTree::new(Vec::new())).with_source(Arc::new(store));
    let mut images = BuildImages::default();
    images.pull(format!("{host}/team/app:v1").parse().unwrap());
    for line in std::io::stdin().lines() {
        for _ in 0..line.unwrap().parse().unwrap() {
            let client = Client::new(Options::default());
            let settings = BuildSettings::new(Profile::DEFAULT);
            let session = BuildSession::open(&resolver, client, &images, settings).unwrap();
            let connection = UnixStream::connect(socket).await.unwrap();
            let mut attached = session.attach_upgraded(connection).await.unwrap();
            attached.ended().await;
        }
        println!("ended");
    }
}

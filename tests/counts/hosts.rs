//! Plans: what one costs that is made again and again.

use std::fs;
use std::sync::Arc;
use std::thread::sleep;
use std::time::Duration;

use portunus::hosts::HostsTree;
use portunus::name::{ImageReference, Profile};
use portunus::resolve::{Operation, Resolver};
use portunus::store::CredentialsFile;
use support::home::Home;

use crate::counted::Counted;
use crate::inputs::{Shape, hosts_toml, mirror, own_file, write};

#[support::test]
fn a_plan_allocates_no_more_than_it_did() {
    let mut counted = Counted::default();
    for (name, shape) in [("plain", Shape::Plain), ("full", Shape::Full)] {
        for mirrors in [2, 19, 999] {
            let home = Home::new();
            let folder = home.hosts_dir().join("docker.io");
            fs::create_dir(&folder).unwrap();
            fs::write(folder.join("hosts.toml"), hosts_toml(mirrors, shape)).unwrap();
            let what = format!("{} hosts, {name}", mirrors + 1);
            let image: ImageReference = "docker.io/library/alpine:3".parse().unwrap();
            let cold = || {
                let resolver = Resolver::new(HostsTree::new(vec![home.hosts_dir()]));
                resolve(&resolver, &image)
            };
            counted.allocations(&format!("{what}, everything new"), cold);
            let kept = Resolver::new(HostsTree::new(vec![home.hosts_dir()]));
            // So that nothing that was read is too young to be believed.
            resolve(&kept, &image);
            sleep(Duration::from_millis(20));
            counted.allocations(&format!("{what}, a kept resolver"), || {
                resolve(&kept, &image)
            });
        }
    }
    counted.hold("plans");
}

#[support::test]
fn a_plan_with_one_mirror_of_many_registry_namespaces_allocates_no_more_than_it_did() {
    let home = Home::new();
    let folder = home.hosts_dir().join("reg-7.test");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("hosts.toml"), hosts_toml(1, Shape::Plain)).unwrap();
    let mut counted = Counted::default();
    let image: ImageReference = "reg-7.test/team-7/app:v1".parse().unwrap();
    for entries in [100, 10_000] {
        for (name, parameter) in [
            ("registry namespaces", "ns=reg"),
            ("repositories", "path=team"),
        ] {
            let keys = (0..entries).map(|at| match parameter {
                "ns=reg" => format!("{}?ns=reg-{at}.test", mirror(0)),
                _ => format!("{}?path=team-{at}", mirror(0)),
            });
            write(&home.credentials_file(), &own_file(keys));
            let file = Arc::new(CredentialsFile::new(home.credentials_file()));
            let hosts = HostsTree::new(vec![home.hosts_dir()]);
            let kept = Resolver::new(hosts).with_source(file);
            counted.allocations(&format!("one of {entries} {name} of one mirror"), || {
                resolve(&kept, &image)
            });
        }
    }
    counted.hold("one-mirror");
}

fn resolve(resolver: &Resolver, image: &ImageReference) {
    let plan = resolver.resolve(image, Operation::Pull, &Profile::DEFAULT);
    assert!(!plan.unwrap().attempts.is_empty());
}

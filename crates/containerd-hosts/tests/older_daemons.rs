//! Older daemons read some files otherwise than the newest, and so do we where we read for them.

#![allow(clippy::unwrap_used, reason = "a failed test")]

use std::fs;

use containerd_hosts::{
    DaemonVersion, HostsError, HostsTree, Reading, RegistryNamespace, RegistryNamespaceHosts,
};

const HOST: &str = "[host.\"https://a.test\"]\n";

#[test]
fn a_capability_that_1_7_does_not_know_voids_the_file_in_whatever_form_its_host_is_written() {
    for host in [
        "[host.\"https://b.test\"]\ncapabilities = [\"referrers\"]\n",
        "[host]\n\"https://b.test\".capabilities = [\"referrers\"]\n",
        "[host]\n\"https://b.test\" = { capabilities = [\"referrers\"] }\n",
    ] {
        assert!(read(DaemonVersion::V1_7, host).fell_back, "{host}");
    }
    let unlisted = "host.\"https://b.test\".capabilities = [\"referrers\"]\n";
    assert!(!read(DaemonVersion::V2_1, unlisted).fell_back);
}

#[test]
fn integers_with_a_prefix_are_read_by_1_7() {
    for number in ["0x1F", "0o17", "0b101", "0x7fff_ffff_ffff_ffff"] {
        let text = format!("n = {number}\n{HOST}");
        assert!(!read(DaemonVersion::V1_7, &text).fell_back, "{number}");
    }
    let too_large = format!("n = 0x8000_0000_0000_0000\n{HOST}");
    assert!(read(DaemonVersion::V1_7, &too_large).fell_back);
}

#[test]
fn a_tab_in_the_name_of_a_table_hinders_1_7_only_behind_a_dot() {
    for (header, is_refused) in [
        ("[host.\"https://a.test\"\t]", false),
        ("[\thost\t.\"https://a.test\"]", false),
        ("[host. \t\"https://a.test\"]", false),
        ("[host.\t\"https://a.test\"]", true),
    ] {
        let found = read(DaemonVersion::V1_7, &format!("{header}\n"));
        assert_eq!(found.fell_back, is_refused, "{header}");
    }
}

#[test]
fn only_a_date_that_exists_kills_2_1() {
    for (date, dies) in [("1979-05-27", true), ("1979-13-27", false)] {
        let text = format!("server = {date}\n");
        assert_eq!(
            try_read(DaemonVersion::V2_1, &text).is_err(),
            dies,
            "{date}"
        );
    }
}

#[test]
fn a_byte_order_mark_is_read_over_by_1_7_alone() {
    let marked = format!("\u{feff}{HOST}skip_verify = true\n");
    let found = read(DaemonVersion::V1_7, &marked);
    assert!(!found.fell_back);
    let place = found.hosts[0].place.as_ref().unwrap();
    assert_eq!((&*found.hosts[0].host, place.line), ("a.test", 1));
    assert!(read(DaemonVersion::V2_1, &marked).fell_back);
}

#[test]
fn a_host_in_an_inline_table_comes_first_on_1_7() {
    let text = "host.\"https://a.test\".skip_verify = true\nhost.\"https://b.test\" = {}\n\
        [host.\"https://c.test\"]\n";
    let found = read(DaemonVersion::V1_7, text);
    let hosts: Vec<&str> = found.hosts.iter().map(|host| &*host.host).collect();
    assert_eq!(hosts, ["b.test", "a.test", "c.test", "reg.test"]);
}

fn read(daemon: DaemonVersion, text: &str) -> RegistryNamespaceHosts {
    try_read(daemon, text).unwrap()
}

fn try_read(daemon: DaemonVersion, text: &str) -> Result<RegistryNamespaceHosts, HostsError> {
    let tree = tempfile::tempdir().unwrap();
    let directory = tree.path().join("reg.test");
    fs::create_dir(&directory).unwrap();
    fs::write(directory.join("hosts.toml"), text).unwrap();
    let name = RegistryNamespace::new("reg.test").unwrap();
    let reading = Reading::AsContainerd {
        daemon: Some(daemon),
    };
    HostsTree::new(vec![tree.path().to_owned()]).hosts(&name, reading)
}

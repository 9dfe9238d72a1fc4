//! What is measured.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::sleep;
use std::time::Duration;

use portunus::hosts::HostsTree;
use portunus::name::{Authority, ImageReference, Profile};
use portunus::resolve::{Operation, Resolver};
use portunus::store::{CredentialsFile, DockerConfig, HelperPrograms, Source};
use serde::de::IgnoredAny;
use tempfile::TempDir;

use crate::inputs::{
    Shape, broken_docker_config, docker_config, hosts_toml, mirror, own_file, write,
};
use crate::measure::{measure, measure_in_threads, measure_once};
use crate::realm::Realm;
use crate::table::{Column, Table};

/// containerd's `ConfigureHosts` (2.4.2) on 2026-11-29: see `design/performance.md`.
const CONTAINERD: Column = Column {
    name: "containerd, told",
    told: &[
        (1, 12.4),
        (3, 21.1),
        (20, 66.1),
        (100, 286.0),
        (1_000, 6_454.0),
        (10_000, 454_000.0),
    ],
};

/// docker/cli (29.9.3), on the same day and machine.
const DOCKER: Column = Column {
    name: "docker/cli, told",
    told: &[
        (1, 8.0),
        (100, 170.0),
        (1_000, 1_820.0),
        (10_000, 23_000.0),
        (100_000, 229_000.0),
    ],
};

const ENTRIES: [usize; 5] = [1, 100, 1_000, 10_000, 100_000];
const HOSTS: [usize; 6] = [1, 3, 20, 100, 1_000, 10_000];

/// What a `hosts.toml` may have at most, in bytes.
const LONGEST_HOSTS_TOML: usize = 1 << 20;

/// A plan, everything new.
pub(crate) fn hosts() -> Table {
    let columns = vec![
        Column::measured("plan"),
        Column::measured("plan, with headers"),
        Column::measured("system calls alone"),
        CONTAINERD,
    ];
    let mut table = Table::new("a plan, everything new", "hosts", columns);
    for hosts in HOSTS {
        let times = [Shape::Plain, Shape::Full].map(|shape| {
            let text = hosts_toml(hosts - 1, shape);
            (text.len() <= LONGEST_HOSTS_TOML).then(|| {
                let root = root("docker.io", &text);
                measure(|| plan(&resolver(root.path()), "docker.io/library/alpine:3"))
            })
        });
        let root = root("docker.io", &hosts_toml(hosts - 1, Shape::Plain));
        let floor = measure(|| read_as_little_as_possible(root.path()));
        table.row(hosts, &[times[0], times[1], Some(floor)]);
    }
    table
}

/// A plan of a resolver that is kept, no file having changed.
pub(crate) fn kept() -> Table {
    let columns = vec![Column::measured("plan"), Column::measured("one stat")];
    let mut table = Table::new(
        "a plan, resolver kept and files unchanged",
        "hosts",
        columns,
    );
    for hosts in HOSTS {
        let root = root("docker.io", &hosts_toml(hosts - 1, Shape::Plain));
        let kept = resolver(root.path());
        let image = "docker.io/library/alpine:3";
        plan(&kept, image);
        sleep(Duration::from_millis(20));
        plan(&kept, image);
        let file = root.path().join("docker.io/hosts.toml");
        let stat = measure(|| fs::metadata(&file).unwrap());
        table.row(hosts, &[Some(measure(|| plan(&kept, image))), Some(stat)]);
    }
    table
}

/// A plan of 3 hosts, for which as many threads as wanted ask one resolver.
pub(crate) fn threads() -> Table {
    let columns = vec![
        Column::measured("processor time"),
        Column::measured("wall time divided by the plans made"),
    ];
    let title = "a plan of a resolver that many threads ask";
    let mut table = Table::new(title, "threads", columns);
    for threads in [1, 2, 4, 8, 16] {
        let root = root("docker.io", &hosts_toml(2, Shape::Plain));
        let kept = resolver(root.path());
        let image = "docker.io/library/alpine:3";
        plan(&kept, image);
        sleep(Duration::from_millis(20));
        let times = measure_in_threads(threads, || plan(&kept, image));
        table.row(threads, &times.map(Some));
    }
    table
}

/// Tokens that are asked for, each when the one before is over, and one that is kept: with the
/// conversation of which they are a part.
pub(crate) fn tokens() -> Table {
    let columns = vec![
        Column::measured("asked for"),
        Column::measured("kept, among those that are over"),
    ];
    let mut table = Table::new("a request with a token", "tokens before it", columns);
    for repositories in [100, 1_000, 10_000, 100_000] {
        let realm = Realm::new();
        let asked = measure_once(repositories, || realm.read_each(repositories));
        realm.read(repositories, repositories);
        let kept = measure(|| assert_eq!(realm.read(repositories, repositories), 0));
        table.row(repositories as usize, &[Some(asked), Some(kept)]);
    }
    table
}

/// docker's `config.json`: read, and asked for one host.
pub(crate) fn docker() -> Table {
    let columns = vec![
        Column::measured("read and asked"),
        Column::measured("asked again"),
        Column::measured("serde_json skips it"),
        DOCKER,
    ];
    let mut table = Table::new("docker's config.json", "entries", columns);
    for entries in ENTRIES {
        let text = docker_config(entries);
        let (_home, file) = file_with(&text);
        let new = || DockerConfig::new(&file, HelperPrograms::new([]));
        let host = Authority::parse("reg-0.test:5000").unwrap();
        let cold = measure(|| first_of(&new(), &host));
        let held = new();
        let warm = measure(|| first_of(&held, &host));
        table.row(entries, &[cold, warm, skip(&text)].map(Some));
    }
    table
}

/// docker's `config.json` in which no entry can be read.
pub(crate) fn broken() -> Table {
    let columns = vec![Column::measured("a plan")];
    let mut table = Table::new("a config.json of broken entries", "entries", columns);
    for entries in [500, 1_000, 2_000, 4_000, 8_000, 16_000] {
        let root = root("docker.io", &hosts_toml(2, Shape::Plain));
        let (_home, file) = file_with(&broken_docker_config(entries));
        let planned = measure(|| {
            let docker = DockerConfig::new(&file, HelperPrograms::new([]));
            let resolver = resolver(root.path()).with_source(Arc::new(docker));
            plan(&resolver, "docker.io/library/alpine:3")
        });
        table.row(entries, &[Some(planned)]);
    }
    table
}

/// Our own file, with as many hosts as entries.
pub(crate) fn own() -> Table {
    let columns = vec![
        Column::measured("read and asked"),
        Column::measured("asked again"),
        Column::measured("serde_json skips it"),
    ];
    let mut table = Table::new("our own file", "entries", columns);
    for entries in ENTRIES {
        let text = own_file((0..entries).map(|at| format!("reg-{at}.test:5000?ns=docker.io")));
        let (_home, file) = file_with(&text);
        let host = Authority::parse("reg-0.test:5000").unwrap();
        let cold = measure(|| first_of(&CredentialsFile::new(&file), &host));
        let held = CredentialsFile::new(&file);
        let warm = measure(|| first_of(&held, &host));
        table.row(entries, &[cold, warm, skip(&text)].map(Some));
    }
    table
}

/// A plan with one mirror for which many registry namespaces, or repositories, are stored.
pub(crate) fn one_mirror() -> Table {
    let columns = vec![
        Column::measured("registry namespaces"),
        Column::measured("repositories"),
    ];
    let title = "a plan, everything stored for one mirror, resolver kept";
    let mut table = Table::new(title, "entries", columns);
    for entries in [1, 100, 1_000, 10_000, 100_000] {
        let root = root("reg-0.test", &hosts_toml(1, Shape::Plain));
        let times = ["ns=reg-0.test", "path=team-0"].map(|parameter| {
            let (before, after) = parameter.split_once('0').unwrap();
            let keys = (0..entries).map(|at| format!("{}?{before}{at}{after}", mirror(0)));
            let (_home, file) = file_with(&own_file(keys));
            let file = Arc::new(CredentialsFile::new(file));
            let kept = resolver(root.path()).with_source(file);
            plan(&kept, "reg-0.test/team-0/app:v1");
            sleep(Duration::from_millis(20));
            measure(|| plan(&kept, "reg-0.test/team-0/app:v1"))
        });
        table.row(entries, &times.map(Some));
    }
    table
}

fn root(registry_namespace: &str, text: &str) -> TempDir {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join(registry_namespace);
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("hosts.toml"), text).unwrap();
    root
}

fn file_with(text: &str) -> (TempDir, PathBuf) {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("file.json");
    write(&file, text);
    (home, file)
}

fn resolver(root: &Path) -> Resolver {
    Resolver::new(HostsTree::new(vec![root.to_owned()]))
}

fn plan(resolver: &Resolver, image: &str) -> usize {
    let image: ImageReference = image.parse().unwrap();
    let plan = resolver.resolve(&image, Operation::Pull, &Profile::DEFAULT);
    plan.unwrap().attempts.len()
}

fn first_of(source: &dyn Source, host: &Authority) -> usize {
    let found = source.entries(host).unwrap().entries.len();
    assert_eq!(found, 1);
    found
}

/// The calls that nobody is spared who reads the file.
fn read_as_little_as_possible(root: &Path) -> usize {
    let folder = root.join("docker.io");
    fs::metadata(&folder).unwrap();
    let mut file = File::open(folder.join("hosts.toml")).unwrap();
    let size = usize::try_from(file.metadata().unwrap().len()).unwrap();
    let mut bytes = Vec::with_capacity(size + 1);
    file.read_to_end(&mut bytes).unwrap()
}

/// The yardstick: one pass that keeps nothing.
fn skip(text: &str) -> f64 {
    measure(|| serde_json::from_str::<IgnoredAny>(text).unwrap())
}

//! Half a gigabyte from a registry over https into a layout, and from a layout into an empty registry
//! over http, all of it in memory: what `portunus` takes of the processor, beside crane, oras, skopeo
//! and curl where they are, and beside the hash alone. Whole processes, in turn.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use support::docker_registry::DockerRegistry;
use support::home::Home;
use support::image::Image;
use support::pki::CertificateAuthority;
use support::registry_client::{self, Login};
use support::{program, tools};
use tempfile::TempDir;

use crate::report::{Report, Times};
use crate::spent::{Spent, of_process};

const ONE_LAYER: [usize; 1] = [500_000_000];
const EIGHT_LAYERS: [usize; 8] = [60_000_000; 8];
const RUNS: usize = 5;

/// A file system in memory, on every Linux.
const MEMORY: &str = "/dev/shm";

/// A client of registries. `None`: it is not there.
type Client = fn(&World) -> Option<Command>;

/// One layer, pulled.
pub(crate) fn pull() -> Report {
    let image = Image::of_sizes("pulled", &ONE_LAYER);
    let folder = in_memory();
    let data = folder.path().join("data");
    let plain = DockerRegistry::start_at(&data, None);
    registry_client::push(plain.address(), "team/app", "v1", &image, &Login::Anonymous);
    drop(plain);
    let authority = CertificateAuthority::new();
    let identity = authority.server(&["127.0.0.1"]);
    let registry = DockerRegistry::start_at(&data, Some(&identity));
    let world = World::new(folder, &registry, &image);
    fs::write(world.authority(), authority.certificate_pem()).unwrap();
    let text = format!(
        "server = \"https://{}\"\nca = \"{}\"\n",
        registry.address(),
        world.authority().display()
    );
    world.home.write_hosts_toml(registry.address(), &text);
    let clients: [(&str, Client); 6] = [
        ("portunus pull --oci-layout", World::portunus_pull),
        ("crane pull --format=oci", World::crane_pull),
        ("oras copy --to-oci-layout", World::oras_pull),
        ("skopeo copy", World::skopeo_pull),
        ("curl, without a digest", World::curl),
        ("sha256sum of the layer", World::sum_stored),
    ];
    let mut spent = clients.map(|(name, _)| (name, Vec::new()));
    for _ in 0..RUNS {
        for ((_, client), (_, spent)) in clients.iter().zip(&mut spent) {
            spent.extend(client(&world).map(|mut command| Spent::by(&mut command)));
            // Not there where nobody pulled.
            let _ = fs::remove_dir_all(world.layout());
            fs::create_dir(world.layout()).unwrap();
        }
    }
    let what =
        "one layer of 500 MB, pulled over https from and to memory; whole processes, in turn";
    let mut report = Report::new(what);
    let [own, crane, oras, ..] = &spent;
    tell(&mut report, &spent);
    let peers = [&crane.1, &oras.1];
    let what = "portunus / the best of crane and oras, processor time, medians";
    bound_to_best(&mut report, what, |it| it.processor, &own.1, peers, 0.9);
    let most = |of: fn(&Spent) -> u64| own.1.iter().map(of).max().unwrap_or_default() as f64;
    let switches = most(|spent| spent.switches);
    report.bound("portunus, waits of threads", switches, 5_000.0, "");
    let resident = most(|spent| spent.resident) / 1e6;
    report.bound("portunus, memory", resident, 20.0, " MB");
    report
}

/// Eight layers, pushed, each time to an empty registry.
pub(crate) fn push() -> Report {
    let image = Image::of_sizes("pushed", &EIGHT_LAYERS);
    let clients: [(&str, Client); 5] = [
        ("portunus push --oci-layout", World::portunus_push),
        ("crane push", World::crane_push),
        ("oras copy --from-oci-layout", World::oras_push),
        ("skopeo copy", World::skopeo_push),
        ("sha256sum of the layers", World::sum_of_layout),
    ];
    let mut spent = clients.map(|(name, _)| (name, Vec::new()));
    let mut of_registry = clients.map(|(name, _)| (name, Vec::new()));
    for _ in 0..RUNS {
        for (at, (_, client)) in clients.iter().enumerate() {
            let folder = in_memory();
            let registry = DockerRegistry::start_at(&folder.path().join("data"), None);
            let world = World::new(folder, &registry, &image);
            image.write_oci_layout(&world.layout(), "v1");
            let text = format!("server = \"{}\"\n", registry.url());
            world.home.write_hosts_toml(registry.address(), &text);
            let Some(mut command) = client(&world) else {
                continue;
            };
            let before = of_process(registry.id());
            spent[at].1.push(Spent::by(&mut command));
            of_registry[at].1.push(of_process(registry.id()) - before);
        }
    }
    let what =
        "480 MB in eight layers, pushed over http from and to memory; whole processes, in turn";
    let mut report = Report::new(what);
    tell(&mut report, &spent);
    for (name, times) in of_registry {
        // The sum asks it nothing.
        if times.iter().any(|time| !time.is_zero()) {
            let what = format!("{name}, processor of the registry");
            report.add(what, Times::new(times));
        }
    }
    let times = Times::new(spent[0].1.iter().map(|it| it.processor).collect());
    let seconds = times.median().as_secs_f64();
    report.bound("portunus, processor time, median", seconds, 0.65, " s");
    let [own, crane, oras, ..] = &spent;
    let what = "portunus / the best of crane and oras, wall, medians";
    bound_to_best(
        &mut report,
        what,
        |it| it.wall,
        &own.1,
        [&crane.1, &oras.1],
        1.0,
    );
    report
}

fn in_memory() -> TempDir {
    tempfile::tempdir_in(MEMORY).unwrap()
}

/// Adds what each client took that is there.
fn tell(report: &mut Report, spent: &[(&str, Vec<Spent>)]) {
    for (name, spent) in spent.iter().filter(|(_, spent)| !spent.is_empty()) {
        let times = |of: fn(&Spent) -> _| Times::new(spent.iter().map(of).collect());
        report.add(format!("{name}, processor"), times(|it| it.processor));
        report.add(format!("{name}, wall"), times(|it| it.wall));
    }
}

fn bound_to_best(
    report: &mut Report,
    what: &str,
    of: fn(&Spent) -> Duration,
    own: &[Spent],
    peers: [&Vec<Spent>; 2],
    limit: f64,
) {
    let median = |spent: &[Spent]| {
        let times = Times::new(spent.iter().map(of).collect());
        times.median().as_secs_f64()
    };
    let there = peers.iter().filter(|spent| !spent.is_empty());
    let best = there.map(|spent| median(spent)).min_by(f64::total_cmp);
    if let Some(best) = best {
        report.bound(what, median(own) / best, limit, "");
    }
}

/// A registry, and a folder in memory.
struct World {
    home: Home,
    folder: TempDir,
    address: String,
    /// The digest of the first layer.
    layer: String,
}

impl World {
    fn new(folder: TempDir, registry: &DockerRegistry, image: &Image) -> Self {
        let world = Self {
            home: Home::new(),
            folder,
            address: registry.address().to_owned(),
            layer: image.layers[0].digest.clone(),
        };
        fs::create_dir(world.layout()).unwrap();
        world
    }

    fn layout(&self) -> PathBuf {
        self.folder.path().join("layout")
    }

    fn authority(&self) -> PathBuf {
        self.home.path().join("authority.pem")
    }

    fn image(&self) -> String {
        format!("{}/team/app:v1", self.address)
    }

    fn portunus_pull(&self) -> Option<Command> {
        let mut command = self.home.command(program::portunus());
        command.args(["pull", &self.image(), "--oci-layout"]);
        command.arg(self.layout());
        Some(command)
    }

    fn portunus_push(&self) -> Option<Command> {
        let mut command = self.home.command(program::portunus());
        command.args(["push", &self.image(), "--oci-layout"]);
        command.arg(self.layout());
        Some(command)
    }

    fn crane_pull(&self) -> Option<Command> {
        let mut command = self.peer("peers/crane")?;
        command.args(["pull", "--format=oci", &self.image()]);
        command.arg(self.layout());
        Some(command)
    }

    fn crane_push(&self) -> Option<Command> {
        let mut command = self.peer("peers/crane")?;
        command.args(["push", "--insecure"]).arg(self.layout());
        command.arg(self.image());
        Some(command)
    }

    fn oras_pull(&self) -> Option<Command> {
        let mut command = self.peer("peers/oras")?;
        command.args(["copy", "--to-oci-layout", &self.image()]);
        command.arg(self.layout_with_tag());
        Some(command)
    }

    fn oras_push(&self) -> Option<Command> {
        let mut command = self.peer("peers/oras")?;
        command.arg("copy").arg("--from-oci-layout");
        command.arg(self.layout_with_tag());
        command.args(["--to-plain-http", &self.image()]);
        Some(command)
    }

    fn skopeo_pull(&self) -> Option<Command> {
        let mut command = self.peer("skopeo")?;
        command.args(["--insecure-policy", "copy"]);
        command.arg(format!("docker://{}", self.image()));
        command.arg(format!("oci:{}", self.layout_with_tag()));
        Some(command)
    }

    fn skopeo_push(&self) -> Option<Command> {
        let mut command = self.peer("skopeo")?;
        command.args(["--insecure-policy", "copy", "--dest-tls-verify=false"]);
        command.arg(format!("oci:{}", self.layout_with_tag()));
        command.arg(format!("docker://{}", self.image()));
        Some(command)
    }

    fn curl(&self) -> Option<Command> {
        let mut command = self.peer("curl")?;
        let (address, layer) = (&self.address, &self.layer);
        let url = format!("https://{address}/v2/team/app/blobs/{layer}");
        command.arg("--fail").arg("--cacert").arg(self.authority());
        command.arg("-o").arg(self.layout().join("blob")).arg(url);
        Some(command)
    }

    /// As the registry stores it.
    fn sum_stored(&self) -> Option<Command> {
        let digest = self.layer.trim_start_matches("sha256:");
        let blobs = self.folder.path().join("data/docker/registry/v2/blobs");
        let stored = blobs.join("sha256").join(&digest[..2]).join(digest);
        let mut command = self.peer("sha256sum")?;
        command.arg(stored.join("data"));
        Some(command)
    }

    fn sum_of_layout(&self) -> Option<Command> {
        let blobs = fs::read_dir(self.layout().join("blobs/sha256")).unwrap();
        let mut command = self.peer("sha256sum")?;
        command.args(blobs.map(|blob| blob.unwrap().path()));
        Some(command)
    }

    /// A program that trusts our authority, as those in Go are told.
    fn peer(&self, name: &str) -> Option<Command> {
        let mut command = self.home.command(tools::find(name)?);
        command.env("SSL_CERT_FILE", self.authority());
        Some(command)
    }

    fn layout_with_tag(&self) -> String {
        format!("{}:v1", path_text(&self.layout()))
    }
}

fn path_text(path: &Path) -> &str {
    path.to_str().unwrap()
}

//! How long a daemon may take to store an image that we have pulled ourselves.

use std::time::{Duration, Instant};

use portunus_containerd::{
    Containerd, LoadRequest, TransferError, TransferErrorKind, TransferReport, Unpack,
};
use portunus_http::{Descriptor, OciLayout};
use serde_json::json;
use support::image::Blob;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::worlds::daemon::{default_namespace, tomorrow};
use crate::worlds::fake_daemon::{FakeDaemon, Reaction, Script};

const CALL: Duration = Duration::from_millis(400);

const WORK: [&str; 4] = [
    "Content/Commit",
    "Snapshots/Prepare",
    "Diff/Apply",
    "Snapshots/Commit",
];

#[support::test(waits)]
fn what_takes_longer_with_a_large_layer_has_no_limit_a_call() {
    let script = WORK.iter().fold(Script::of("2.1.0"), |script, call| {
        script.at(call, Reaction::Slow(CALL * 3 / 2))
    });
    let daemon = FakeDaemon::start(script);
    load(&daemon, None).unwrap();
    assert_eq!(daemon.seen().leases, []);
}

#[support::test(waits)]
fn what_takes_longer_with_a_large_layer_ends_at_the_overall_deadline() {
    for call in WORK {
        let daemon = FakeDaemon::start(Script::of("2.1.0").at(call, Reaction::Hang));
        let error = load(&daemon, Some(CALL)).unwrap_err();
        assert_eq!(error.kind(), TransferErrorKind::TimedOut, "{call}: {error}");
        let told = "not done within 400 ms";
        assert!(error.to_string().contains(told), "{call}: {error}");
        assert_eq!(daemon.seen().leases, [], "{call}");
    }
}

#[support::test(waits)]
fn a_daemon_that_hangs_in_any_other_call_of_a_load_is_named_in_time() {
    for call in [
        "Leases/Create",
        "Leases/List",
        "Content/Write",
        "Snapshots/Stat",
        "Images/Create",
    ] {
        let daemon = FakeDaemon::start(Script::of("2.1.0").at(call, Reaction::Hang));
        let started = Instant::now();
        let error = load(&daemon, None).unwrap_err();
        assert!(started.elapsed() < Duration::from_secs(3), "{call}");
        assert_eq!(error.kind(), TransferErrorKind::TimedOut, "{call}: {error}");
        let told = "containerd did not answer within 400 ms";
        assert!(error.to_string().contains(told), "{call}: {error}");
    }
}

/// The first call is that of the connection.
#[support::test]
fn a_daemon_that_dies_at_any_call_of_a_load_is_named_at_once() {
    for step in 2.. {
        let daemon = FakeDaemon::start(Script::of("2.1.0").dying_at(step));
        let started = Instant::now();
        let loaded = load(&daemon, None);
        assert!(started.elapsed() < Duration::from_secs(3), "{step}");
        let seen = daemon.seen();
        let Some(call) = seen.calls.get(step - 1) else {
            loaded.unwrap();
            assert!(step > 10, "{step}");
            break;
        };
        if call.name == "Leases/Delete" {
            loaded.unwrap();
            continue;
        }
        let error = loaded.unwrap_err();
        assert_eq!(
            error.kind(),
            TransferErrorKind::Failed,
            "{}: {error}",
            call.name
        );
        let told = "the connection to containerd broke";
        assert!(error.to_string().contains(told), "{}: {error}", call.name);
    }
}

#[support::test]
fn the_next_piece_of_a_blob_is_on_its_way_before_the_one_before_it_is_answered() {
    let daemon = FakeDaemon::start(Script::of("2.1.0").answering_late());
    load_layer(&daemon, None, &vec![b'x'; 5 << 19]).unwrap();
}

fn load(daemon: &FakeDaemon, overall: Option<Duration>) -> Result<TransferReport, TransferError> {
    load_layer(daemon, overall, b"a layer")
}

fn load_layer(
    daemon: &FakeDaemon,
    overall: Option<Duration>,
    layer: &[u8],
) -> Result<TransferReport, TransferError> {
    let layout = tempfile::tempdir().unwrap();
    let manifest = put_image(&layout, layer);
    let mut request = LoadRequest::new(
        "reg.test/team/app:v1".parse().unwrap(),
        default_namespace(),
        OciLayout::create(layout.path()).unwrap(),
        tomorrow(),
    );
    request.unpack = Unpack::With("native".to_owned());
    request.deadlines.call = CALL;
    request.deadlines.overall = overall;
    Runtime::new().unwrap().block_on(async {
        let connecting = Containerd::connect(daemon.socket(), Duration::from_secs(5));
        let connected = connecting.await.unwrap();
        connected
            .load(request, manifest, std::future::pending())
            .await
    })
}

/// An image of one layer that is not packed.
fn put_image(layout: &TempDir, layer: &[u8]) -> Descriptor {
    let blob = |kind: &str, bytes: &[u8]| {
        let media_type = format!("application/vnd.oci.image.{kind}");
        Blob::new(&media_type, bytes.to_vec())
    };
    let layer = blob("layer.v1.tar", layer);
    let config = json!({
        "os": "linux",
        "architecture": support::image::architecture(),
        "rootfs": { "type": "layers", "diff_ids": [layer.digest] },
    });
    let config = blob("config.v1+json", config.to_string().as_bytes());
    let manifest = json!({ "config": config.descriptor(), "layers": [layer.descriptor()] });
    let manifest = blob("manifest.v1+json", manifest.to_string().as_bytes());
    let blobs = layout.path().join("blobs/sha256");
    std::fs::create_dir_all(&blobs).unwrap();
    for blob in [&layer, &config, &manifest] {
        let name = blob.digest.trim_start_matches("sha256:");
        std::fs::write(blobs.join(name), &blob.bytes).unwrap();
    }
    Descriptor::from_json(&manifest.descriptor()).unwrap()
}

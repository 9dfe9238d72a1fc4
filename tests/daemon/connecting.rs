//! What listens at the socket is told from what should.

use std::io::Write;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::time::Duration;

use portunus::remedy::{Advise, Remedy};
use portunus_containerd::{ConnectError, Containerd, MountNamespace, ReadableDirectory};
use support::containerd;
use support::home::Home;
use tokio::runtime::Runtime;

#[support::test]
fn whatever_is_no_containerd_is_named_before_the_deadline() {
    let home = Home::new();
    let at = |name: &str| home.path().join(name);
    let (missing, file, folder) = (at("missing"), at("file"), at("folder"));
    std::fs::write(&file, "").unwrap();
    std::fs::create_dir(&folder).unwrap();
    let abandoned = at("abandoned");
    drop(UnixListener::bind(&abandoned).unwrap());
    let silent = at("silent");
    let _silent = UnixListener::bind(&silent).unwrap();
    let web = at("web");
    serve(
        &web,
        b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n",
    );
    let hasty = at("hasty");
    serve(&hasty, b"");

    type Check = fn(&ConnectError) -> bool;
    let cases: [(&PathBuf, Check); 7] = [
        (&missing, |error| {
            matches!(error, ConnectError::SocketMissing { .. })
        }),
        (&file, |error| {
            matches!(error, ConnectError::NotASocket { .. })
        }),
        (&folder, |error| {
            matches!(error, ConnectError::NotASocket { .. })
        }),
        (&abandoned, |error| {
            matches!(error, ConnectError::NobodyListens { .. })
        }),
        (&silent, |error| {
            matches!(error, ConnectError::Silent { .. })
        }),
        (&web, |error| {
            matches!(error, ConnectError::NotContainerd { .. })
        }),
        (&hasty, |error| {
            matches!(error, ConnectError::NotContainerd { .. })
        }),
    ];
    for (path, expected) in cases {
        let error = connect(path).unwrap_err();
        assert!(expected(&error), "{}: {error:?}", path.display());
        assert!(
            error.to_string().contains(path.to_str().unwrap()),
            "{error}"
        );
        let remedies = error.remedies();
        let [Remedy::GainSocket | Remedy::StartDaemon | Remedy::NameSocket] = remedies[..] else {
            panic!("{error}: {remedies:?}");
        };
    }
}

#[support::test(needs("containerd"))]
fn a_daemon_tells_its_version_and_who_it_is() {
    let daemon = containerd::Containerd::settings().unprivileged().start();
    let connected = connect(daemon.socket()).unwrap();
    assert_eq!(connected.version().as_str(), daemon.version());
    assert!(connected.version().reads_host_directory());
    let peer = connected.peer().unwrap();
    let status = std::fs::read_to_string(format!("/proc/{}/status", daemon.id())).unwrap();
    assert!(
        status.contains(&format!("Uid:\t{}\t", peer.uid)),
        "{peer:?}"
    );
    assert_eq!(peer.mount_namespace, MountNamespace::Same);
    assert_eq!(
        connected.readable_directory(peer.uid),
        ReadableDirectory::Rendered
    );
    let stranger = connected.readable_directory(peer.uid + 1);
    let original = matches!(stranger, ReadableDirectory::Original { .. });
    assert_eq!(original, peer.uid != 0, "{stranger:?}");
}

fn connect(path: &Path) -> Result<Containerd, ConnectError> {
    Runtime::new()
        .unwrap()
        .block_on(Containerd::connect(path, Duration::from_millis(500)))
}

/// Says this to everybody, and hangs up.
fn serve(path: &Path, answer: &'static [u8]) {
    let listener = UnixListener::bind(path).unwrap();
    support::threads::spawn(move || {
        for stream in listener.incoming() {
            // The other end may be gone already.
            let _ = stream.and_then(|mut stream| stream.write_all(answer));
        }
    });
}

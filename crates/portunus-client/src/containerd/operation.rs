use std::pin::{Pin, pin};

use portunus::resolve::PreparedOperation;
use portunus_containerd::TransferReport;
use portunus_http::Platform;

use crate::containerd::connected::{Connected, DaemonAddress};
use crate::containerd::failed::DaemonTransferError;
use crate::containerd::local::pull_locally;
use crate::containerd::prepared::Prepared;
use crate::error::ClientError;
use crate::observer::{Awaited, ClientEvent, ClientObserver};
use crate::settings::Settings;
use crate::transfer::ImageTransfer;

/// How an image is pulled into a daemon.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct DaemonPull {
    /// Which daemon.
    pub address: DaemonAddress,
    /// The platform; `None`: that of this machine.
    pub platform: Option<Platform>,
    /// Whether every request is sent from our side, and the daemon only stores it.
    pub local: bool,
    /// Whether the layers stay packed.
    pub packed: bool,
}

/// Pulls an image into a daemon along the plan: through its transfer service, or from our side where
/// that is asked for or the daemon would ignore the hosts directory. When `stop` is done first, the
/// pull ends in order: what was lent by the daemon or made for it is given back.
///
/// # Errors
/// Where the daemon cannot be reached, no host has the image, or it is stopped.
pub fn pull<'a>(
    request: &DaemonPull,
    operation: &'a PreparedOperation,
    settings: &Settings,
    observer: &dyn ClientObserver,
    stop: impl Future<Output = ()>,
) -> Result<TransferReport, DaemonTransferError<'a>> {
    let mut stop = pin!(stop);
    let transfer = ImageTransfer::new(operation, settings)?;
    let connected = connect(
        &request.address,
        &transfer,
        settings,
        observer,
        stop.as_mut(),
    )?;
    let (environment, platform) = (settings.environment(), request.platform.clone());
    let version = connected.daemon.version();
    if !request.local && !version.reads_host_directory() {
        observer.observe(ClientEvent::PullsLocally(version.as_str()));
    }
    if request.local || !version.reads_host_directory() {
        let pulled = pull_locally(request, &transfer, connected, observer, environment, stop);
        return Ok(pulled?);
    }
    let prepared = prepare(connected, &transfer, settings, observer, stop.as_mut())?;
    let asked = prepared.asked.clone();
    let unpack = !request.packed;
    let pulled = prepared.pull(
        transfer.plan(),
        platform,
        unpack,
        observer,
        environment,
        stop,
    );
    pulled.map_err(|error| DaemonTransferError::of_transfer(error.into(), asked))
}

/// Pushes an image of a daemon along the plan, as [`pull`] pulls one.
///
/// # Errors
/// Where the daemon cannot be reached, no host takes the image, or it is stopped.
pub fn push<'a>(
    address: &DaemonAddress,
    operation: &'a PreparedOperation,
    settings: &Settings,
    observer: &dyn ClientObserver,
    stop: impl Future<Output = ()>,
) -> Result<TransferReport, DaemonTransferError<'a>> {
    let mut stop = pin!(stop);
    let transfer = ImageTransfer::new(operation, settings)?;
    let connected = connect(address, &transfer, settings, observer, stop.as_mut())?;
    let prepared = prepare(connected, &transfer, settings, observer, stop.as_mut())?;
    let asked = prepared.asked.clone();
    let pushed = prepared.push(transfer.plan(), observer, settings.environment(), stop);
    pushed.map_err(|error| DaemonTransferError::of_transfer(error.into(), asked))
}

fn connect(
    address: &DaemonAddress,
    transfer: &ImageTransfer<'_>,
    settings: &Settings,
    observer: &dyn ClientObserver,
    stop: Pin<&mut impl Future<Output = ()>>,
) -> Result<Connected, ClientError> {
    observer.observe(ClientEvent::Waiting(Awaited::Daemon));
    let connected = Connected::connect(address, settings.environment(), stop)?;
    connected.ok_or_else(|| transfer.cancelled())
}

/// Settles everything before the daemon is called, and tells what is to be known of it.
fn prepare<'a>(
    connected: Connected,
    transfer: &ImageTransfer<'a>,
    settings: &Settings,
    observer: &dyn ClientObserver,
    stop: Pin<&mut impl Future<Output = ()>>,
) -> Result<Prepared<'a>, ClientError> {
    observer.observe(ClientEvent::Waiting(Awaited::Hosts));
    let prepared = Prepared::new(connected, transfer, settings, stop)?;
    let warnings = prepared.warnings.iter();
    warnings.for_each(|warning| observer.observe(ClientEvent::Warning(warning)));
    Ok(prepared)
}

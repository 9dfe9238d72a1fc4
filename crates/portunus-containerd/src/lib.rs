//! What is containerd told when it asks for a credential in the middle of a pull?
//!
//! Answers its credential callback from a plan of [`portunus`], and pulls and pushes through the
//! transfer service.
//!
//! containerd asks with the text of a host and the image reference only, in the middle of the
//! transfer, and takes the answer as it comes. So everything is decided before the daemon is
//! called: [`Answers`] holds what each host is told, and the callback only looks it up.
//!
//! ```no_run
//! # async fn pull() -> Result<(), Box<dyn std::error::Error>> {
//! use std::time::{Duration, SystemTime};
//! use portunus_containerd::{Answers, Containerd, ContainerdNamespace, PullRequest};
//!
//! # fn decide() -> Answers { Answers::default() }
//! # fn clock() -> SystemTime { SystemTime::UNIX_EPOCH }
//! let containerd = Containerd::connect("/run/containerd/containerd.sock", Duration::from_secs(5)).await?;
//! let request = PullRequest::new(
//!     "reg.test/team/app:v1".parse()?,
//!     ContainerdNamespace::new("default")?,
//!     "/run/user/1000/portunus/hosts",
//!     decide(),
//!     clock() + Duration::from_secs(86_400),
//! );
//! let report = containerd.pull(request, &mut (), std::future::pending()).await?;
//! println!("{} {}", report.reference, report.digest);
//! # Ok(())
//! # }
//! ```
//!
//! A program with a transfer of its own uses [`CredentialCallback`] alone.

mod answer;
mod answers;
mod call;
mod callback;
mod choices;
mod connect_error;
mod connection;
mod containerd_namespace;
mod daemon_error;
mod host_account;
mod host_directory;
mod lease;
mod load;
mod observer;
mod peer;
mod progress;
mod pull;
mod push;
mod question;
mod report;
mod snapshotters;
mod stream;
mod transfer;
mod transfer_error;
mod version;

pub use answer::{Answer, HeldCredential, StoredUnder};
pub use answers::{Answers, AnswersError};
pub use callback::{CallbackLimits, CredentialCallback, Lookup};
pub use connect_error::ConnectError;
pub use connection::Containerd;
pub use containerd_namespace::{ContainerdNamespace, InvalidContainerdNamespace};
pub use daemon_error::DaemonError;
pub use host_account::HostAccount;
pub use host_directory::HostDirectory;
pub use lease::Lease;
pub use load::LoadRequest;
pub use observer::Observer;
pub use peer::{MountNamespace, Peer};
pub use portunus_http::{InvalidPlatform, Platform};
pub use progress::{Progress, ProgressState, Totals};
pub use pull::{PullRequest, Unpack};
pub use push::PushRequest;
pub use question::{Given, NoAnswer, Question};
pub use report::TransferReport;
pub use transfer::Deadlines;
pub use transfer_error::{TransferError, TransferErrorKind};
pub use version::ReportedVersion;

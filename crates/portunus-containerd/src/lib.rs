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

mod callback;
mod daemon;
mod lease;
mod load;
mod transfer;

pub use callback::answers::{Answers, AnswersError};
pub use callback::carried::carries_credential;
pub use callback::credential_callback::CredentialCallback;
pub use callback::host_account::HostAccount;
pub use callback::host_answer::{HeldCredential, HostAnswer};
pub use callback::limits::CallbackLimits;
pub use callback::lookup::Lookup;
pub use callback::no_answer::NoAnswer;
pub use callback::question::{Given, Question};
pub use callback::stored_under::StoredUnder;
pub use daemon::connect_error::ConnectError;
pub use daemon::connection::Containerd;
pub use daemon::containerd_namespace::{ContainerdNamespace, InvalidContainerdNamespace};
pub use daemon::daemon_error::DaemonError;
pub use daemon::peer::{MountNamespace, Peer};
pub use daemon::readable_directory::ReadableDirectory;
pub use daemon::version::ReportedVersion;
pub use lease::Lease;
pub use load::LoadRequest;
pub use portunus_http::{InvalidPlatform, Platform};
pub use transfer::deadlines::Deadlines;
pub use transfer::error::TransferError;
pub use transfer::error::kind::TransferErrorKind;
pub use transfer::observer::Observer;
pub use transfer::progress::{ProgressReport, ProgressState, Totals};
pub use transfer::pull::{PullRequest, Unpack};
pub use transfer::push::PushRequest;
pub use transfer::report::TransferReport;
pub use transfer::terms::TransferTerms;
pub use transfer::turn::{SentTo, Turn, TurnOutcome, TurnReport, Way};

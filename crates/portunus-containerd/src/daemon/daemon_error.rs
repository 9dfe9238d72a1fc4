use std::error::Error;

use tonic::{Code, Status};

/// A call that containerd answered with an error, or that did not reach it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {text}")]
#[non_exhaustive]
pub struct DaemonError {
    /// gRPC's name of the code: `NotFound`, `Unknown`. containerd gives most failures of a
    /// registry as `Unknown`.
    pub code: String,
    /// The daemon's text.
    pub text: String,
    pub(crate) grpc: GrpcCode,
}

/// The codes that mean something to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GrpcCode {
    NotFound,
    AlreadyExists,
    InvalidArgument,
    /// Content is not what it was announced to be.
    FailedPrecondition,
    Unimplemented,
    /// The connection broke.
    Unavailable,
    /// Somebody else is writing the same content.
    Locked,
    Other,
}

impl DaemonError {
    /// Whether the daemon is not configured to unpack as it was asked to.
    pub(crate) fn is_about_unpacking(&self) -> bool {
        self.grpc == GrpcCode::InvalidArgument && self.text.contains("no unpack platforms defined")
    }

    /// Whether no host of the registry namespace has the capability for a push.
    pub(crate) fn is_without_push_host(&self) -> bool {
        self.grpc == GrpcCode::NotFound && self.text.contains("no push hosts")
    }

    /// Whether the daemon's own store lacks content that it was to send.
    pub(crate) fn is_without_content(&self) -> bool {
        self.grpc == GrpcCode::NotFound && self.text.contains("content digest ")
    }

    /// Whether what was fetched of a blob was collected before it was whole: its file is gone from under
    /// the writer (`plugins/content/local/writer.go`).
    pub(crate) fn is_without_ingest(&self) -> bool {
        let is_of_ingest = self.text.contains("/ingest/");
        is_of_ingest && self.text.ends_with("no such file or directory")
    }

    /// Whether the lease of a call was collected (`core/metadata/leases.go`).
    pub(crate) fn is_without_lease(&self) -> bool {
        self.grpc == GrpcCode::NotFound && self.text.contains("lease does not exist")
    }

    pub(crate) fn unexpected(text: &str) -> Self {
        Self::from(Status::unknown(text))
    }
}

impl From<Status> for DaemonError {
    fn from(status: Status) -> Self {
        Self {
            code: format!("{:?}", status.code()),
            text: status.message().to_owned(),
            grpc: match status.code() {
                // The daemon sends no cause: this one was made on our side of the connection.
                _ if status.source().is_some() => GrpcCode::Unavailable,
                // Nor does the code that was generated for the calls, which says so in words.
                Code::Unknown if status.message().starts_with("Service was not ready: ") => {
                    GrpcCode::Unavailable
                }
                Code::NotFound => GrpcCode::NotFound,
                Code::AlreadyExists => GrpcCode::AlreadyExists,
                Code::InvalidArgument => GrpcCode::InvalidArgument,
                Code::FailedPrecondition => GrpcCode::FailedPrecondition,
                Code::Unimplemented => GrpcCode::Unimplemented,
                // `tryLock` in `plugins/content/local/locks.go`.
                Code::Unavailable if status.message().contains(" locked") => GrpcCode::Locked,
                Code::Unavailable => GrpcCode::Unavailable,
                _ => GrpcCode::Other,
            },
        }
    }
}

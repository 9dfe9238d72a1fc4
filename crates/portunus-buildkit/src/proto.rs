//! The messages of `proto/`.

#![allow(
    missing_docs,
    unreachable_pub,
    unnameable_types,
    unused_qualifications,
    clippy::all,
    reason = "generated"
)]

pub(crate) mod auth {
    tonic::include_proto!("moby.filesync.v1");
}
pub(crate) mod control {
    tonic::include_proto!("moby.buildkit.v1");
}
pub(crate) mod health {
    tonic::include_proto!("grpc.health.v1");
}

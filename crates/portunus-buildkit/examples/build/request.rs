//! Of BuildKit's control service, what a build needs (`control.proto`, `ops.proto`).

use std::collections::HashMap;
use std::path::Path;
use std::{fs, io};

use portunus::name::ImageReference;
use prost::Message;
use sha2::{Digest, Sha256};
use tonic::client::Grpc;
use tonic::transport::Channel;
use tonic::{Request, Status};
use tonic_prost::ProstCodec;

/// Builds what is in a directory, and pushes it.
pub(crate) async fn build(
    builder: Channel,
    session: &str,
    image: &ImageReference,
    directory: &Path,
) -> Result<(), Status> {
    let files = files(directory).map_err(|error| Status::not_found(error.to_string()))?;
    let inputs = ["context", "dockerfile"].map(|name| (name.to_owned(), files.clone()));
    let attributes = [("name", image.to_string()), ("push", "true".to_owned())];
    let solve = Solve {
        reference: session.to_owned(),
        exporter: "image".to_owned(),
        exporter_attributes: attributes.map(|(name, it)| (name.to_owned(), it)).into(),
        session: session.to_owned(),
        frontend: "dockerfile.v0".to_owned(),
        frontend_inputs: inputs.into(),
    };
    let mut grpc = Grpc::new(builder);
    let ready = grpc.ready().await;
    ready.map_err(|error| Status::unavailable(error.to_string()))?;
    let path =
        tonic::codegen::http::uri::PathAndQuery::from_static("/moby.buildkit.v1.Control/Solve");
    let codec = ProstCodec::<Solve, Solved>::default();
    grpc.unary(Request::new(solve), path, codec).await?;
    Ok(())
}

/// The files of a directory as a graph of one step that writes them.
fn files(directory: &Path) -> io::Result<Definition> {
    let mut entries = fs::read_dir(directory)?.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    let last = entries.len().saturating_sub(1);
    let mut actions = Vec::new();
    for (at, entry) in entries.iter().enumerate() {
        actions.push(Action {
            // On top of what the action before has left.
            input: i64::try_from(at).unwrap_or_default() - 1,
            secondary_input: -1,
            output: if at == last { 0 } else { -1 },
            make: Some(MakeFile {
                path: format!("/{}", entry.file_name().to_string_lossy()),
                mode: 0o644,
                data: fs::read(entry.path())?,
                timestamp: -1,
            }),
        });
    }
    let step = Operation {
        inputs: Vec::new(),
        file: Some(FileOperation { actions }),
    };
    let step = step.encode_to_vec();
    let digest = Sha256::digest(&step);
    let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let digest = format!("sha256:{digest}");
    let end = Operation {
        inputs: vec![Input {
            digest: digest.clone(),
            index: 0,
        }],
        file: None,
    };
    Ok(Definition {
        // Without any the builder takes it for nothing.
        metadata: HashMap::from([(digest, Metadata {})]),
        steps: vec![step, end.encode_to_vec()],
    })
}

#[derive(Clone, PartialEq, Message)]
struct Solve {
    #[prost(string, tag = "1")]
    reference: String,
    #[prost(string, tag = "3")]
    exporter: String,
    #[prost(map = "string, string", tag = "4")]
    exporter_attributes: HashMap<String, String>,
    #[prost(string, tag = "5")]
    session: String,
    #[prost(string, tag = "6")]
    frontend: String,
    #[prost(map = "string, message", tag = "10")]
    frontend_inputs: HashMap<String, Definition>,
}

#[derive(Clone, PartialEq, Message)]
struct Solved {}

#[derive(Clone, PartialEq, Message)]
struct Definition {
    #[prost(bytes = "vec", repeated, tag = "1")]
    steps: Vec<Vec<u8>>,
    #[prost(map = "string, message", tag = "2")]
    metadata: HashMap<String, Metadata>,
}

#[derive(Clone, PartialEq, Message)]
struct Metadata {}

#[derive(Clone, PartialEq, Message)]
struct Operation {
    #[prost(message, repeated, tag = "1")]
    inputs: Vec<Input>,
    #[prost(message, optional, tag = "4")]
    file: Option<FileOperation>,
}

#[derive(Clone, PartialEq, Message)]
struct Input {
    #[prost(string, tag = "1")]
    digest: String,
    #[prost(int64, tag = "2")]
    index: i64,
}

#[derive(Clone, PartialEq, Message)]
struct FileOperation {
    #[prost(message, repeated, tag = "2")]
    actions: Vec<Action>,
}

#[derive(Clone, PartialEq, Message)]
struct Action {
    #[prost(int64, tag = "1")]
    input: i64,
    #[prost(int64, tag = "2")]
    secondary_input: i64,
    #[prost(int64, tag = "3")]
    output: i64,
    #[prost(message, optional, tag = "5")]
    make: Option<MakeFile>,
}

#[derive(Clone, PartialEq, Message)]
struct MakeFile {
    #[prost(string, tag = "1")]
    path: String,
    #[prost(int32, tag = "2")]
    mode: i32,
    #[prost(bytes = "vec", tag = "3")]
    data: Vec<u8>,
    #[prost(int64, tag = "5")]
    timestamp: i64,
}

//! Generates the messages of `proto/`.

fn main() -> std::io::Result<()> {
    let files = ["auth", "control", "health"].map(|name| format!("proto/{name}.proto"));
    tonic_prost_build::configure().compile_protos(&files, &["proto".to_owned()])
}

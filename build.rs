//! Generates the API's Rust code from `proto/`. Protox is a compiler written in Rust, so no `protoc` is needed.

use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

use prost::Message;

const FILES: [&str; 5] = [
    "modqueue/v1/comment.proto",
    "modqueue/v1/error_reason.proto",
    "modqueue/v1/policy.proto",
    "modqueue/v1/review.proto",
    "modqueue/v1/submission.proto",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=proto");
    let descriptors = protox::compile(FILES, ["proto"])?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("modqueue.v1.bin"), descriptors.encode_to_vec())?;
    tonic_prost_build::configure()
        // tonic-types has the same message, and the conversions from and to its error details.
        .extern_path(".google.rpc.Status", "::tonic_types::Status")
        .compile_fds(descriptors)?;
    Ok(())
}

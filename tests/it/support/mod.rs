//! What the tests stand on: real servers, fresh stores, sample comments.

pub mod authority;
pub mod backend;
pub mod clients;
pub mod exposition;
pub mod http2_frames;
pub mod portrait;
pub mod power_cut;
pub mod raw_http2;
pub mod redis_server;
pub mod reference;
pub mod samples;
pub mod scan;
pub mod screen;
pub mod server_process;
pub mod service;
pub mod slow_link;
pub mod store;
pub mod workload;

/// SHA-256 in hexadecimal digits.
pub fn hex_sha256(bytes: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

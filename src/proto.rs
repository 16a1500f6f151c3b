//! The wire's types and services, generated from `proto/` by `build.rs`.
//!
//! Architecture invariant: only `rpc`, the client and the command line speak these types; the rest of the crate speaks
//! [`crate::domain`].

/// Package `modqueue.v1`. Every item's documentation is its comment in the proto files.
// The code is not ours to style. `missing_docs` stays on: it finds what has no comment in the protos.
#[allow(clippy::all, rustdoc::all)]
pub mod v1 {
    tonic::include_proto!("modqueue.v1");
}

/// The compiled proto files, everything that they import included, for server reflection.
pub const FILE_DESCRIPTOR_SET: &[u8] = tonic::include_file_descriptor_set!("modqueue.v1");

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use prost::Message;
    use prost_types::FileDescriptorSet;

    use super::*;

    fn files() -> FileDescriptorSet {
        FileDescriptorSet::decode(FILE_DESCRIPTOR_SET).unwrap()
    }

    #[test]
    fn the_descriptor_set_brings_every_file_that_it_imports() {
        let files = files().file;
        let names: BTreeSet<_> = files.iter().map(|file| file.name()).collect();
        let missing: Vec<_> =
            files.iter().flat_map(|f| &f.dependency).filter(|d| !names.contains(d.as_str())).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }

    #[test]
    fn no_method_shares_its_request_or_response_with_another() {
        let files = files();
        let ours = files.file.iter().filter(|file| file.package() == "modqueue.v1");
        for method in ours.flat_map(|file| &file.service).flat_map(|service| &service.method) {
            assert_eq!(method.input_type(), format!(".modqueue.v1.{}Request", method.name()));
            assert_eq!(method.output_type(), format!(".modqueue.v1.{}Response", method.name()));
        }
    }
}

//! The calls that this server answers, as the compiled contract has them.

use std::collections::HashSet;

use prost::Message;

use crate::proto::FILE_DESCRIPTOR_SET;

/// A service's full name, a method's name, and whether its request or its answer is a stream.
pub type Method = (String, String, bool);

/// All methods of all services, those of the standard services among them.
pub fn methods() -> Vec<Method> {
    let sets = [
        FILE_DESCRIPTOR_SET,
        tonic_health::pb::FILE_DESCRIPTOR_SET,
        tonic_reflection::pb::v1::FILE_DESCRIPTOR_SET,
        tonic_reflection::pb::v1alpha::FILE_DESCRIPTOR_SET,
    ];
    let files = sets.into_iter().flat_map(|set| {
        prost_types::FileDescriptorSet::decode(set)
            .expect("the descriptors were compiled into this program")
            .file
    });
    let services = files.flat_map(|file| {
        let package = file.package().to_owned();
        file.service.into_iter().map(move |service| (format!("{package}.{}", service.name()), service.method))
    });
    let methods = services.flat_map(|(service, methods)| {
        methods.into_iter().map(move |method| {
            let is_stream = method.client_streaming() || method.server_streaming();
            (service.clone(), method.name().to_owned(), is_stream)
        })
    });
    methods.collect()
}

/// The paths of the calls whose requests or answers are streams.
pub fn streams() -> HashSet<String> {
    let streams = methods().into_iter().filter(|(.., is_stream)| *is_stream);
    streams.map(|(service, method, _)| format!("/{service}/{method}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_streams_of_the_contract_are_known() {
        let streams = streams();
        for call in [
            "SubmissionService/WatchDecisions",
            "SubmissionService/SubmitComments",
            "ReviewService/WatchQueue",
        ] {
            assert!(streams.contains(&format!("/modqueue.v1.{call}")), "{call}: {streams:?}");
        }
        assert!(streams.contains("/grpc.health.v1.Health/Watch"));
        assert!(!streams.contains("/modqueue.v1.SubmissionService/SubmitComment"));
    }
}

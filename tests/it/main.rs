//! The one integration test binary: one module a feature, `support` for all of them.

mod architecture;
mod cli;
mod crash;
mod edge;
mod embedded_store;
mod erasure;
mod every_call;
mod fleet;
mod grpc_auth;
mod grpc_bounds;
mod grpc_feed;
mod grpc_figures;
mod grpc_learning;
mod grpc_policy;
mod grpc_replay;
mod grpc_review;
mod grpc_submission;
mod learner;
mod life_cycle;
mod metrics;
mod queue_contract;
mod redis_store;
mod reload;
mod review_screen;
mod support;

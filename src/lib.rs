//! modqueue: comment moderation over gRPC.
//!
//! The modules in reading order are the road of a comment: what the words mean ([`domain`]), what a
//! site wants ([`policy`]) and how often one may write ([`limit`]), what filters find ([`filter`]),
//! the road itself ([`pipeline`]), where comments wait ([`queue`]), what moderators do with them
//! ([`review`]), how portals hear of it ([`feed`]), what is learned from it ([`learner`], by the
//! statistics of [`learn`]), and what the past tells about a policy ([`hindsight`]). Around it: the wire
//! ([`proto`], [`rpc`]), the
//! configuration ([`config`], read as a [`document`]), what operators see ([`telemetry`]), and the
//! whole as a running service ([`app`]).

pub mod app;
pub mod cli;
pub mod client;
pub mod config;
pub mod demo;
pub mod document;
pub mod domain;
pub mod feed;
pub mod filter;
pub mod hindsight;
pub mod learn;
pub mod learner;
pub mod limit;
pub mod pipeline;
pub mod policy;
pub mod proto;
pub mod queue;
pub mod review;
pub mod rpc;
pub mod telemetry;

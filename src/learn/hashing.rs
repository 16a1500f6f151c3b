//! The hash behind every feature. It never changes within a feature version: weights hang on it.

use std::hash::{BuildHasherDefault, Hasher};

const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;

/// Where every hash of characters starts.
pub(super) const START: u64 = 0x243F_6A88_85A3_08D3;

/// `hash` with one more value behind it.
#[inline]
pub(super) const fn push(hash: u64, value: u64) -> u64 {
    (hash.rotate_left(5) ^ value).wrapping_mul(FACTOR)
}

/// The hash of a word's characters, as the extractor builds it one by one.
pub(super) fn hash_chars(word: &str) -> u64 {
    word.chars().fold(START, |hash, character| push(hash, u64::from(character)))
}

/// The top `BITS` of a hash, well mixed.
#[inline]
pub(super) fn top<const BITS: u32>(hash: u64) -> u32 {
    ((hash ^ (hash >> 29)).wrapping_mul(FACTOR) >> (64 - BITS)) as u32
}

/// For maps whose keys are hashes already.
pub(super) type IdentityState = BuildHasherDefault<Identity>;

/// Passes a 64-bit key through.
#[derive(Default)]
pub(super) struct Identity(u64);

impl Hasher for Identity {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {
        unreachable!("only keys of 64 bits are hashed")
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}

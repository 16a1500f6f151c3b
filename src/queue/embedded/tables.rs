//! The tables of the store, the same for reading and writing.
//!
//! All keys and values are bytes, so one set of accessors serves a snapshot and a write transaction.

use redb::{AccessGuard, ReadOnlyTable, ReadableTable, Table, TableDefinition};

use super::fault::Fault;

/// The definition of any table.
pub type Definition = TableDefinition<'static, &'static [u8], &'static [u8]>;
/// A table in a snapshot.
pub type Reading = ReadOnlyTable<&'static [u8], &'static [u8]>;
/// A table in a write transaction.
pub type Writing<'t> = Table<'t, &'static [u8], &'static [u8]>;

/// A table that can be read, whichever way it was opened.
pub trait Readable: ReadableTable<&'static [u8], &'static [u8]> {
    /// Reads one value with `decode`.
    fn read<T>(&self, key: &[u8], decode: impl FnOnce(&[u8]) -> T) -> Result<Option<T>, Fault> {
        let value: Option<AccessGuard<'_, &'static [u8]>> = self.get(key)?;
        Ok(value.map(|value| decode(value.value())))
    }

    /// True when there is such a key.
    fn has(&self, key: &[u8]) -> Result<bool, Fault> {
        Ok(self.get(key)?.is_some())
    }
}

impl<B: ReadableTable<&'static [u8], &'static [u8]>> Readable for B {}

macro_rules! tables {
    ($($(#[$doc:meta])* $name:ident,)+) => {
        /// Every table of the store.
        pub struct Tables<B> {
            $($(#[$doc])* pub $name: B,)+
        }

        impl<B> Tables<B> {
            /// Opens every table with `open`.
            pub fn open<E>(open: impl Fn(Definition) -> Result<B, E>) -> Result<Self, E> {
                Ok(Self { $($name: open(Definition::new(stringify!($name)))?,)+ })
            }
        }
    };
}

tables! {
    /// Site and id → [`super::row::Row`]: all that changes while a comment waits.
    heads,
    /// Ordinal → the comment's id and content, which a decision never rewrites.
    contents,
    /// [`super::keys::Place`] → nothing: the order of each state.
    places,
    /// Ordinal and depth → a moderator's decision that stands, the last one on top.
    decisions,
    /// Ordinal and number → what happened to a comment since it came in.
    history,
    /// Ordinal and reporter → nothing: who reported it.
    reporters,
    /// Site and sequence → the feed.
    events,
    /// Site and id → a lease, live or over.
    leases,
    /// Site, reviewer and id → until when it is not offered to them.
    deferrals,
    /// Site and author → the site's record of them.
    authors,
    /// Hash of site and author, creation and id → nothing: which comments an author wrote.
    by_author,
    /// Site and hash of an author → how far their erasure has come.
    erasures,
    /// Number → zeros: fills freed pages for a moment, see [`super::erase`].
    fillers,
    /// Window, then log or run → how often fingerprints were seen; see [`super::sightings`].
    repeats,
    /// Site, fingerprint and id → nothing: the members of a wave, once there are two.
    waves,
    /// Site → [`super::row::ModelRow`]: how far its learned model is.
    models,
    /// Site and revision → the model whole, or what that revision added to the one before.
    model_parts,
    /// Site and id → what a comment taught the model, to be taken back.
    lessons,
    /// Site and revision → a policy.
    policies,
    /// Site and number → a suggested policy.
    proposals,
    /// Site → [`super::row::SiteRow`]; under the empty name, the store's own [`super::row::StoreRow`].
    sites,
}

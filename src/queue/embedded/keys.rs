//! The keys of every table: bytes whose order is the order in which the store reads them.
//!
//! Everything of a site begins with its name and a zero byte, which no name contains. What hangs on
//! a comment alone (its content, history, decisions, reporters) is found by the comment's ordinal,
//! the number under which it came in, so that those tables grow at their end whatever ids the
//! portal chooses.

use std::ops::Range;

use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

use crate::domain::{CommentId, SiteName, State, Timestamp};

/// What every key of a site begins with.
pub fn of_site(site: &SiteName) -> Vec<u8> {
    join(site, &[])
}

/// The site in a key; `None` when it is none of a site's.
pub fn site_of(key: &[u8]) -> Option<SiteName> {
    let end = key.iter().position(|byte| *byte == 0)?;
    SiteName::new(std::str::from_utf8(&key[..end]).ok()?).ok()
}

/// A comment in the tables that are looked up by id.
pub fn comment(site: &SiteName, id: &CommentId) -> Vec<u8> {
    join(site, &[id.as_str().as_bytes()])
}

/// An event or a policy, by its number.
pub fn numbered(site: &SiteName, number: u64) -> Vec<u8> {
    join(site, &[&number.to_be_bytes()])
}

/// An author's record.
pub fn author(site: &SiteName, author_id: &str) -> Vec<u8> {
    join(site, &[author_id.as_bytes()])
}

/// What the comments of an author begin with in the index of authors: a hash, because ids are long and random
/// keys are dear. Whoever reads it compares the comment's own author.
pub fn by_author(site: &SiteName, author_id: &str) -> [u8; 8] {
    xxh3_64(&author(site, author_id)).to_be_bytes()
}

/// How far the erasure of an author has come. A hash: it outlives what was erased.
pub fn erasure(site: &SiteName, author_id: &str) -> Vec<u8> {
    join(site, &[&xxh3_128(author_id.as_bytes()).to_be_bytes()])
}

/// One comment in the index of authors.
pub fn authored(site: &SiteName, author_id: &str, time: Timestamp, id: &CommentId) -> Vec<u8> {
    [&by_author(site, author_id), &ordered(time)[..], id.as_str().as_bytes()].concat()
}

/// The creation and the id in a key of the index of authors; `None` when it is none.
pub fn read_authored(key: &[u8]) -> Option<(Timestamp, CommentId)> {
    let time = u64::from_be_bytes(*key.get(8..)?.first_chunk()?) ^ SIGN;
    let id = CommentId::new(std::str::from_utf8(key.get(16..)?).ok()?).ok()?;
    Some((Timestamp(time as i64), id))
}

/// All that a reviewer deferred. The name's length stands before it, so that no name is another's
/// beginning.
pub fn deferred_by(site: &SiteName, reviewer: &str) -> Vec<u8> {
    join(site, &[&(reviewer.len() as u32).to_be_bytes(), reviewer.as_bytes()])
}

/// One comment that a reviewer deferred.
pub fn deferral(site: &SiteName, reviewer: &str, id: &CommentId) -> Vec<u8> {
    let mut key = deferred_by(site, reviewer);
    key.extend_from_slice(id.as_str().as_bytes());
    key
}

/// The n-th entry in the log of a window's counts. The window stands first, so that an old one goes
/// at once; the log before the runs.
pub fn repeat_log(window: u32, number: u64) -> [u8; 13] {
    let mut key = [0; 13];
    key[..4].copy_from_slice(&window.to_be_bytes());
    key[5..].copy_from_slice(&number.to_be_bytes());
    key
}

/// The row of a run of a window's counts that begins with the key `first`.
pub fn repeat_run(window: u32, run: u32, first: u64) -> [u8; 17] {
    let mut key = [1; 17];
    key[..4].copy_from_slice(&window.to_be_bytes());
    key[5..9].copy_from_slice(&run.to_be_bytes());
    key[9..].copy_from_slice(&first.to_be_bytes());
    key
}

/// The window in the key of a log entry or a run.
pub fn window_of(key: &[u8]) -> u32 {
    key.first_chunk().map_or(0, |window| u32::from_be_bytes(*window))
}

/// The run in the key of one of its rows.
pub fn run_of(key: &[u8]) -> u32 {
    key.get(5..9).and_then(|run| run.try_into().ok()).map_or(0, u32::from_be_bytes)
}

/// All comments that share a fingerprint.
pub fn wave(site: &SiteName, fingerprint: u64) -> Vec<u8> {
    join(site, &[&fingerprint.to_be_bytes()])
}

/// One comment among those that share a fingerprint.
pub fn wave_member(site: &SiteName, fingerprint: u64, id: &CommentId) -> Vec<u8> {
    join(site, &[&fingerprint.to_be_bytes(), id.as_str().as_bytes()])
}

/// Where those behind this comment begin, of the ones that share a fingerprint; all of them when there is none.
pub fn wave_after(site: &SiteName, fingerprint: u64, id: Option<&CommentId>) -> Vec<u8> {
    id.map_or_else(
        || wave(site, fingerprint),
        |id| [wave_member(site, fingerprint, id).as_slice(), &[0]].concat(),
    )
}

/// What hangs on a comment, by its ordinal.
pub fn of_comment(ordinal: u64) -> [u8; 8] {
    ordinal.to_be_bytes()
}

/// The n-th part of what hangs on a comment.
pub fn part(ordinal: u64, number: u32) -> [u8; 12] {
    let mut key = [0; 12];
    key[..8].copy_from_slice(&ordinal.to_be_bytes());
    key[8..].copy_from_slice(&number.to_be_bytes());
    key
}

/// A reader who reported a comment.
pub fn reporter(ordinal: u64, reporter_id: &str) -> Vec<u8> {
    [&ordinal.to_be_bytes(), reporter_id.as_bytes()].concat()
}

/// A comment's place among those of its state: highest tier first, then oldest, then by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Its state.
    pub state: State,
    /// Its tier; 0 in the states that have no order by risk.
    pub tier: u8,
    /// The time that it is ordered by.
    pub time: Timestamp,
}

impl Place {
    const FIXED: usize = 1 + 1 + 8;

    /// What the places of one state begin with.
    pub fn of_state(site: &SiteName, state: State) -> Vec<u8> {
        join(site, &[&[state.code()]])
    }

    /// What the places of one tier begin with.
    pub fn of_tier(site: &SiteName, state: State, tier: u8) -> Vec<u8> {
        join(site, &[&[state.code(), u8::MAX - tier]])
    }

    /// The first key at or after a moment in a tier.
    pub fn at(self, site: &SiteName) -> Vec<u8> {
        join(site, &[&[self.state.code(), u8::MAX - self.tier], &ordered(self.time)])
    }

    /// The key of the comment `id` at this place.
    pub fn key(self, site: &SiteName, id: &CommentId) -> Vec<u8> {
        let mut key = self.at(site);
        key.extend_from_slice(id.as_str().as_bytes());
        key
    }

    /// The place and the id in a key of this site; `None` when it is none.
    pub fn read(site: &SiteName, key: &[u8]) -> Option<(Self, CommentId)> {
        let (fixed, id) = key.get(site.as_str().len() + 1..)?.split_at_checked(Self::FIXED)?;
        let time = u64::from_be_bytes(fixed[2..].try_into().ok()?) ^ SIGN;
        let place = Self {
            state: State::from_code(fixed[0])?,
            tier: u8::MAX - fixed[1],
            time: Timestamp(time as i64),
        };
        Some((place, CommentId::new(std::str::from_utf8(id).ok()?).ok()?))
    }
}

/// Everything that begins with `prefix`.
pub fn starting_with(prefix: &[u8]) -> Range<Vec<u8>> {
    prefix.to_vec()..end_of(prefix)
}

/// The first key after everything that begins with `prefix`.
pub fn end_of(prefix: &[u8]) -> Vec<u8> {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if last < u8::MAX {
            end.push(last + 1);
            break;
        }
    }
    end
}

const SIGN: u64 = 1 << 63;

fn ordered(time: Timestamp) -> [u8; 8] {
    (time.0 as u64 ^ SIGN).to_be_bytes()
}

fn join(site: &SiteName, parts: &[&[u8]]) -> Vec<u8> {
    let length = parts.iter().map(|part| part.len()).sum::<usize>();
    let mut key = Vec::with_capacity(site.as_str().len() + 1 + length);
    key.extend_from_slice(site.as_str().as_bytes());
    key.push(0);
    parts.iter().for_each(|part| key.extend_from_slice(part));
    key
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn site() -> SiteName {
        SiteName::new("default").unwrap()
    }

    proptest! {
        #[test]
        fn the_order_of_places_is_the_order_of_their_keys(
            places in prop::collection::vec((0u8..32, any::<i64>(), "[a-z]{1,4}"), 2..20),
        ) {
            let key = |(tier, time, id): &(u8, i64, String)| {
                let place = Place { state: State::Pending, tier: *tier, time: Timestamp(*time) };
                place.key(&site(), &CommentId::new(id).unwrap())
            };
            let mut by_order = places.clone();
            by_order.sort_by_key(|(tier, time, id)| (u8::MAX - tier, *time, id.clone()));
            let mut by_key = places;
            by_key.sort_by_key(key);
            prop_assert_eq!(by_order, by_key);
        }
    }

    #[test]
    fn a_place_comes_back_from_its_key() {
        let place = Place { state: State::Escalated, tier: 31, time: Timestamp(-5) };
        let id = CommentId::new("a:b").unwrap();
        assert_eq!(Place::read(&site(), &place.key(&site(), &id)), Some((place, id)));
        assert_eq!(Place::read(&site(), &of_site(&site())), None);
    }

    #[test]
    fn a_prefix_ends_before_whatever_does_not_begin_with_it() {
        let range = starting_with(b"news\0");
        assert!(range.contains(&b"news\0\xff\xff".to_vec()));
        assert!(!range.contains(&b"news-2\0a".to_vec()));
        assert!(!range.contains(&b"news".to_vec()));
        assert_eq!(end_of(&[7, 255]), [8]);
    }

    #[test]
    fn no_reviewer_sees_what_one_with_a_longer_name_deferred() {
        let id = CommentId::new("nab").unwrap();
        let key = deferral(&site(), "anna", &id);
        assert!(!starting_with(&deferred_by(&site(), "an")).contains(&key));
        assert!(starting_with(&deferred_by(&site(), "anna")).contains(&key));
    }
}

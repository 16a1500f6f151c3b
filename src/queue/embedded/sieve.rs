//! A set that may say "perhaps" for a key it never saw, and never "no" for one it did.
//!
//! A blocked Bloom filter (Putze, Sanders, Singler: Cache-, Hash- and Space-Efficient Bloom Filters,
//! 2007): all bits of a key lie in one cache line. It grows by further segments, each twice as
//! large, at about 12 bits a key; roughly one unseen key in a hundred is "perhaps".

/// Keys that the first segment takes; 48 KiB.
const FIRST_SEGMENT: usize = 32 * 1024;
const BITS_A_KEY: usize = 12;
const BITS_A_BLOCK: usize = 512;
const PROBES: u32 = 6;

/// The set. Keys must be hashes already.
#[derive(Default)]
pub struct Sieve {
    segments: Vec<Segment>,
}

struct Segment {
    blocks: Vec<[u64; BITS_A_BLOCK / 64]>,
    room: usize,
}

impl Sieve {
    /// Adds a key.
    pub fn insert(&mut self, key: u64) {
        if self.segments.last().is_none_or(|segment| segment.room == 0) {
            let room = FIRST_SEGMENT << self.segments.len();
            let blocks = vec![[0; BITS_A_BLOCK / 64]; room * BITS_A_KEY / BITS_A_BLOCK];
            self.segments.push(Segment { blocks, room });
        }
        let segment = self.segments.last_mut().expect("there is one now");
        segment.room -= 1;
        let block = segment.block_of(key);
        bits(key).for_each(|(word, bit)| segment.blocks[block][word] |= bit);
    }

    /// False only when the key was never added.
    pub fn may_contain(&self, key: u64) -> bool {
        let holds = |segment: &Segment| {
            let block = &segment.blocks[segment.block_of(key)];
            bits(key).all(|(word, bit)| block[word] & bit != 0)
        };
        self.segments.iter().any(holds)
    }
}

impl Segment {
    fn block_of(&self, key: u64) -> usize {
        ((u128::from(key) * self.blocks.len() as u128) >> 64) as usize
    }
}

/// The words and bits of a key within its block, nine bits of a second hash for each.
fn bits(key: u64) -> impl Iterator<Item = (usize, u64)> {
    let mixed = (key ^ (key >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (0..PROBES).map(move |probe| {
        let at = (mixed >> (9 * probe)) as usize % BITS_A_BLOCK;
        (at / 64, 1 << (at % 64))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: u64) -> u64 {
        xxhash_rust::xxh3::xxh3_64(&number.to_le_bytes())
    }

    #[test]
    fn what_was_added_is_there_and_little_else() {
        let mut sieve = Sieve::default();
        assert!(!sieve.may_contain(key(0)));
        (0..100_000).for_each(|number| sieve.insert(key(number)));
        assert!((0..100_000).all(|number| sieve.may_contain(key(number))));
        let wrong = (100_000..200_000).filter(|number| sieve.may_contain(key(*number))).count();
        assert!(wrong < 4_000, "{wrong} of 100 000 unseen keys are perhaps there");
    }
}

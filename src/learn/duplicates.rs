//! Which texts are nearly the same, so that none of them is tested on what its twin taught.

use std::collections::HashMap;

/// Share of common shingles from which two texts are near-duplicates.
const ALIKE: f64 = 0.6;
/// Letters in a shingle.
const SHINGLE: usize = 5;
/// Texts that are compared through one shingle at most; commoner ones tell nothing apart.
const MOST_COMPARED: usize = 300;

/// A number for every text, the same for texts that are near-duplicates of one another or of a common
/// third: the Jaccard index of their shingles of five letters is 0.6 or more, digits and signs aside.
pub fn near_duplicate_groups<'a>(texts: impl IntoIterator<Item = &'a str>) -> Vec<usize> {
    let mut parents: Vec<usize> = Vec::new();
    let mut shingles: Vec<usize> = Vec::new();
    let mut seen_in: HashMap<u64, Vec<usize>> = HashMap::new();
    for (index, text) in texts.into_iter().enumerate() {
        parents.push(index);
        let own = shingles_of(text);
        shingles.push(own.len());
        let mut common: HashMap<usize, usize> = HashMap::new();
        for shingle in &own {
            let others = seen_in.entry(*shingle).or_default();
            if others.len() < MOST_COMPARED {
                others.iter().for_each(|&other| *common.entry(other).or_default() += 1);
            }
            others.push(index);
        }
        for (other, count) in common {
            if count as f64 >= ALIKE * (own.len() + shingles[other] - count) as f64 {
                let (one, two) = (root(&mut parents, index), root(&mut parents, other));
                parents[one.max(two)] = one.min(two);
            }
        }
    }
    (0..parents.len()).map(|index| root(&mut parents, index)).collect()
}

fn root(parents: &mut [usize], mut index: usize) -> usize {
    while parents[index] != index {
        parents[index] = parents[parents[index]];
        index = parents[index];
    }
    index
}

fn shingles_of(text: &str) -> Vec<u64> {
    let letters: String =
        text.to_lowercase().chars().map(|c| if c.is_alphabetic() { c } else { ' ' }).collect();
    let words = letters.split_whitespace().collect::<Vec<_>>().join(" ");
    let characters: Vec<char> = words.chars().collect();
    let hash = |part: &[char]| xxhash_rust::xxh3::xxh3_64(part.iter().collect::<String>().as_bytes());
    let mut shingles: Vec<u64> = match characters.len() {
        0 => vec![xxhash_rust::xxh3::xxh3_64(text.as_bytes())],
        1..SHINGLE => vec![hash(&characters)],
        _ => characters.windows(SHINGLE).map(hash).collect(),
    };
    shingles.sort_unstable();
    shingles.dedup();
    shingles
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_differ_in_a_number_or_a_word_are_one_group() {
        let groups = near_duplicate_groups([
            "Claim your prize of £900 now, call 0906 170 1461 before Friday evening",
            "The council met on Tuesday and decided nothing at all about the bridge",
            "Claim your prize of £2000 now, call 0871 555 0188 before Friday morning",
            "12345",
            "67890",
        ]);
        assert_eq!(groups, [0, 1, 0, 3, 4]);
    }
}

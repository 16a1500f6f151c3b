//! Simple English inflection: what a word is without its ending.

/// A way to take an ending off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stem<'w> {
    /// What is left.
    pub stem: &'w str,
    /// What the listed word has in its place: nothing, `e` or `y`.
    pub restored: &'static str,
    /// Its last letter may be doubled before the ending.
    pub may_double: bool,
}

/// Shortest stem, in bytes, before a plural's ending and before any other: `bra` is not in `brain`.
const SHORTEST: (usize, usize) = (3, 4);

fn endings(last: u8) -> &'static [&'static str] {
    match last {
        b's' => &["s", "es", "ers", "ings", "ies"],
        b'z' => &["z", "ez", "erz"],
        b'd' => &["ed"],
        b'g' => &["ing"],
        b'n' => &["in"],
        b'r' => &["er"],
        b'y' => &["y"],
        b'a' => &["a"],
        _ => &[],
    }
}

/// Every way to take an ending off a folded word; none of words too short to have one.
pub fn stems(word: &str) -> impl Iterator<Item = Stem<'_>> {
    let last = word.as_bytes().last().copied().unwrap_or(0);
    endings(last).iter().filter_map(|ending| word.strip_suffix(ending).map(|stem| (stem, *ending))).flat_map(
        |(stem, ending)| {
            let plural = matches!(ending, "s" | "es" | "z" | "ez");
            let shortest = if plural { SHORTEST.0 } else { SHORTEST.1 };
            let vowel = ending.starts_with(['e', 'i', 'y', 'a']);
            let plain = Stem { stem, restored: "", may_double: vowel };
            let silent = (vowel && ending != "a").then_some(Stem { stem, restored: "e", may_double: false });
            let ies = (ending == "ies").then_some(Stem { stem, restored: "y", may_double: false });
            [Some(plain), silent, ies]
                .into_iter()
                .flatten()
                .filter(move |stem| stem.stem.len() + stem.restored.len() >= shortest)
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(word: &str) -> Vec<String> {
        stems(word).map(|stem| format!("{}{}", stem.stem, stem.restored)).collect()
    }

    #[test]
    fn endings_come_off_and_silent_letters_come_back() {
        assert!(all("fucking").contains(&"fuck".into()));
        assert!(all("whoring").contains(&"whore".into()));
        assert!(all("pussies").contains(&"pussy".into()));
        assert!(all("bitches").contains(&"bitch".into()));
        assert!(all("is").is_empty() && all("the").is_empty());
    }
}

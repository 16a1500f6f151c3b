//! Whether a word as it was seen is a listed word, and how well it hides.

use super::skeleton::class;

/// How a word as seen resembles a listed one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Likeness {
    /// The very word.
    Same,
    /// Digits for letters, or a letter three times and more where one belongs: nobody writes so by mistake.
    Clear,
    /// A doubled letter, or one letter for another: could be another word.
    Loose,
}

/// Compares a word as seen with a listed one of the same skeleton, both folded. `doubled_end` lets the last letter be
/// doubled, as before an ending (`shit`, `shitty`).
///
/// Nothing is taken for a disguise that an ordinary word could be: a run may be longer than in the
/// listed word but never shorter (`as` is no `ass`), a consonant within is not merely doubled
/// (`rapper` is no `raper`), and at least half of what was seen are letters (`455` is a number),
/// or two in a long word.
pub fn likeness(listed: &str, seen: &str, doubled_end: bool) -> Option<Likeness> {
    if listed == seen {
        return Some(Likeness::Same);
    }
    if is_doubled(listed, seen) {
        return Some(Likeness::Clear);
    }
    let mut tally = Tally::default();
    let (mut listed_rest, mut seen_rest) = (listed, seen);
    while let Some(letter) = listed_rest.chars().next() {
        let class = class(letter);
        let (listed_run, seen_run) = (run(listed_rest, class), run(seen_rest, class));
        let first = listed_rest.len() == listed.len();
        listed_rest = &listed_rest[listed_run.len()..];
        seen_rest = &seen_rest[seen_run.len()..];
        let last = listed_rest.is_empty();
        let doubling = doubled_end && last;
        tally.stretch(listed_run, seen_run, first || last, doubling)?;
        tally.swaps(listed_run, seen_run, listed.len() >= SURE_LENGTH, last)?;
    }
    if seen_rest.is_empty() { tally.judge(listed) } else { None }
}

/// Whether every letter stands twice: `ddiicckk`.
fn is_doubled(listed: &str, seen: &str) -> bool {
    seen.len() == 2 * listed.len() && seen.chars().eq(listed.chars().flat_map(|letter| [letter; 2]))
}

/// Bytes from which a listed word is still sure with an `l` for an `i`: `hell` is no `heil`.
const SURE_LENGTH: usize = 5;

fn run(text: &str, of: char) -> &str {
    let end = text.find(|character| class(character) != of).unwrap_or(text.len());
    &text[..end]
}

#[derive(Default)]
struct Tally {
    letters: usize,
    /// Digits in the place of letters; a digit that stands more than twice in a row draws one letter out.
    signs: usize,
    stretched: usize,
    doubled: usize,
    swapped: usize,
}

impl Tally {
    fn stretch(&mut self, listed: &str, seen: &str, edge: bool, doubling: bool) -> Option<()> {
        let (wanted, found) = (listed.chars().count(), seen.chars().count());
        match found.checked_sub(wanted)? {
            0 => {}
            1 if doubling => {}
            _ if found >= 3 => self.stretched += 1,
            _ if edge || seen.starts_with(['a', 'e', 'i', 'o', 'u', 'y']) => self.doubled += 1,
            _ => return None,
        }
        Some(())
    }

    /// Compares a run letter by letter; each letter may stand several times.
    fn swaps(&mut self, listed: &str, seen: &str, sure: bool, last: bool) -> Option<()> {
        let mut wanted = listed.chars().peekable();
        let mut letter = wanted.next()?;
        let (mut met, mut before, mut repeats) = (false, None, 0);
        for found in seen.chars() {
            while met && wanted.next_if_eq(&letter).is_some() {}
            let is_sign = found.is_ascii_digit();
            repeats = if before == Some(found) { repeats + 1 } else { 1 };
            self.letters += usize::from(!is_sign);
            match (letter, found) {
                (letter, found) if letter == found => {}
                (_, found) if met && wanted.peek() == Some(&found) => letter = wanted.next()?,
                _ if is_sign => self.signs += usize::from(repeats <= 2),
                ('u', 'v') => self.swapped += 1,
                ('s', 'z') if last => self.swapped += 1,
                ('i', 'l') if sure => self.swapped += 1,
                _ => return None,
            }
            (met, before) = (true, Some(found));
        }
        let all_met = before.is_some_and(|found| found.is_ascii_digit()) || wanted.all(|rest| rest == letter);
        all_met.then_some(())
    }

    fn judge(&self, listed: &str) -> Option<Likeness> {
        if self.signs > self.letters && (self.letters < 2 || listed.len() <= SURE_LENGTH) {
            return None;
        }
        let loose = self.doubled + self.swapped;
        let length = listed.chars().count();
        let bearable = match length {
            0..=2 => 0,
            3..=4 => 1,
            _ => 3,
        };
        match loose {
            0 => Some(Likeness::Clear),
            _ if loose > bearable => None,
            _ => Some(Likeness::Loose),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(listed: &str, seen: &str) -> Option<Likeness> {
        likeness(listed, seen, false)
    }

    #[test]
    fn disguises_are_told_from_other_words() {
        assert_eq!(of("shit", "shit"), Some(Likeness::Same));
        assert_eq!(of("shit", "sh1t"), Some(Likeness::Clear));
        assert_eq!(of("fuck", "fuuuuuck"), Some(Likeness::Clear));
        assert_eq!(of("ass", "asssss"), Some(Likeness::Clear));
        assert_eq!(of("fuck", "fuuck"), Some(Likeness::Loose));
        assert_eq!(of("fuck", "fvck"), Some(Likeness::Loose));
        assert_eq!(of("nigger", "nlgger"), Some(Likeness::Loose));
        assert_eq!(of("dildo", "diiiildo"), Some(Likeness::Clear));
        assert_eq!(of("dick", "ddiicckk"), Some(Likeness::Clear));
        assert_eq!(of("raper", "rraappeerr"), Some(Likeness::Clear));
        assert_eq!(of("jism", "j1111sm"), Some(Likeness::Clear));
    }

    #[test]
    fn ordinary_words_of_the_same_skeleton_are_left_alone() {
        for (listed, seen) in [
            ("ass", "as"),
            ("ass", "455"),
            ("raper", "rapper"),
            ("nigger", "niger"),
            ("anal", "annal"),
            ("heil", "hell"),
            ("boob", "bob"),
            ("dildo", "diido"),
            ("bollick", "bolick"),
        ] {
            assert_eq!(of(listed, seen), None, "{seen}");
        }
    }

    #[test]
    fn before_an_ending_the_last_letter_may_double() {
        assert_eq!(likeness("shit", "shitt", true), Some(Likeness::Clear));
    }
}

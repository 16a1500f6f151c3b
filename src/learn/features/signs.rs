//! Signs of a text's shape, each absent or with a coarse amount.

use super::super::folding::Counts;
use super::super::tokens::Marks;

/// The signs of a text that has words of `classes` classes.
pub(super) fn signs(counts: &Counts, marks: &Marks, classes: u32) -> [Option<u32>; 22] {
    let some = |amount: u32, most: u32| (amount > 0).then(|| steps(amount, most));
    let share = |part: u32, whole: u32, steps: u32| part * steps / whole.max(1);
    let links = marks.links + marks.spaced_links;
    [
        Some(steps(counts.all, 11)),
        Some(steps(marks.words, 9)),
        (links > 0).then_some(0),
        (links > 0).then(|| links.min(4)),
        (links > 0 && marks.words <= 3).then_some(0),
        some(marks.bare_hosts, 1),
        some(marks.spaced_links, 1),
        some(marks.emails, 1),
        some(marks.handles, 2),
        some(marks.hashtags, 3),
        some(marks.money, 3),
        some(marks.markup, 2),
        some(marks.mixed_words, 3),
        some(counts.invisible, 2),
        some(counts.decorated, 4),
        Some(share(counts.capitals, counts.letters, 5)),
        Some(share(counts.digits, counts.all, 20).min(5)),
        Some(counts.longest_number.min(12) / 3),
        Some(steps(counts.emoji, 4)),
        Some(steps(counts.exclamations, 4)),
        (counts.questions > 0).then_some(0),
        Some(classes.min(8)).filter(|_| counts.all > 0),
    ]
}

/// A coarse logarithm: 0, 1, 2, 3-4, 5-8 …
fn steps(amount: u32, most: u32) -> u32 {
    (u32::BITS - amount.leading_zeros()).min(most)
}

//! What an edit changes, line by line, for a screen.

/// Lines around a change that are shown with it.
const AROUND: usize = 2;

/// A line of a difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// It stays.
    Same(String),
    /// It goes.
    Gone(String),
    /// It comes.
    New(String),
}

/// The lines that differ, between the first and the last that do, with some around them. An amendment changes one place,
/// so that what lies between its first and its last changed line is all that is worth seeing.
pub fn diff(before: &str, after: &str) -> Vec<Edit> {
    let (old, new): (Vec<_>, Vec<_>) = (before.lines().collect(), after.lines().collect());
    let same_ahead = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
    let rest = old.len().min(new.len()) - same_ahead;
    let same_behind =
        old.iter().rev().zip(new.iter().rev()).take(rest).take_while(|(old, new)| old == new).count();
    let kept = |lines: &[&str]| lines.iter().map(|line| Edit::Same((*line).to_owned())).collect::<Vec<_>>();
    let behind = old.len() - same_behind;
    let mut edits = kept(&old[same_ahead.saturating_sub(AROUND)..same_ahead]);
    edits.extend(old[same_ahead..behind].iter().map(|line| Edit::Gone((*line).to_owned())));
    edits.extend(new[same_ahead..new.len() - same_behind].iter().map(|line| Edit::New((*line).to_owned())));
    edits.extend(kept(&old[behind..(behind + AROUND).min(old.len())]));
    edits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changed_is_seen_with_what_stands_around_it() {
        let told = diff("a\nb\nc\nd\ne\nf\n", "a\nb\nc\nx\ne\nf\n");
        let line = |text: &str| Edit::Same(text.into());
        let expected =
            [line("b"), line("c"), Edit::Gone("d".into()), Edit::New("x".into()), line("e"), line("f")];
        assert_eq!(told, expected);
    }

    #[test]
    fn a_line_that_repeats_is_not_counted_from_both_ends() {
        assert_eq!(diff("a\na\n", "a\na\na\n").iter().filter(|edit| matches!(edit, Edit::New(_))).count(), 1);
        assert_eq!(diff("", "a\n"), [Edit::New("a".into())]);
        assert_eq!(diff("a\n", "a\n"), [Edit::Same("a".into())]);
    }
}

//! Two texts as a unified diff: what is taken away in red, what is added in green.

use similar::{ChangeTag, TextDiff};

use super::screen::{BAD, FAINT, GOOD, STRONG, Screen};
use crate::cli::harmless::one_line;

/// Lines shown around a change.
const CONTEXT: usize = 3;

/// A text with the name that it goes by.
pub type Named<'a> = (&'a str, &'a str);

/// The changes that make `old` into `new`; empty when there are none.
pub fn diff(old: Named<'_>, new: Named<'_>, screen: &Screen) -> String {
    let changes = TextDiff::from_lines(old.1, new.1);
    let mut drawn = String::new();
    for hunk in changes.unified_diff().context_radius(CONTEXT).iter_hunks() {
        if drawn.is_empty() {
            let names = format!("--- {}\n+++ {}", one_line(old.0), one_line(new.0));
            names.lines().for_each(|name| drawn.push_str(&(screen.paint(STRONG, name) + "\n")));
        }
        drawn.push_str(&(screen.paint(FAINT, hunk.header().to_string().trim_end()) + "\n"));
        for change in hunk.iter_changes() {
            let line = one_line(change.value().trim_end_matches(['\n', '\r']));
            let painted = match change.tag() {
                ChangeTag::Delete => screen.paint(BAD, &format!("-{line}")),
                ChangeTag::Insert => screen.paint(GOOD, &format!("+{line}")),
                ChangeTag::Equal => format!(" {line}"),
            };
            drawn.push_str(&(painted + "\n"));
        }
    }
    drawn
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(old: &str, new: &str, colour: bool) -> String {
        let screen = Screen { colour, width: 80, now: jiff::Timestamp::UNIX_EPOCH };
        diff(("revision 3", old), ("p.toml", new), &screen)
    }

    #[test]
    fn a_changed_line_stands_among_its_neighbours() {
        let old = "1\n2\n3\n4\nhold = 5\n6\n7\n8\n9\n";
        let told = drawn(old, &old.replace("hold = 5", "hold = 4"), false);
        let wanted =
            "--- revision 3\n+++ p.toml\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-hold = 5\n+hold = 4\n 6\n 7\n 8\n";
        assert_eq!(told, wanted);
    }

    #[test]
    fn the_same_text_has_no_diff_and_hostile_text_stays_harmless() {
        assert_eq!(drawn("a\n", "a\n", false), "");
        assert!(!drawn("", "a = \"\u{1b}[2J\"\n", false).contains('\u{1b}'));
        assert!(drawn("", "a\n", true).contains(&GOOD.to_string()));
    }
}

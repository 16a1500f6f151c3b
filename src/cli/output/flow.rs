//! Running text: styled runs of harmless characters, broken into lines that fit.

use anstyle::Style;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::screen::Screen;

/// A piece of text in one style. It must be harmless already; a newline in it ends the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// What is written.
    pub text: String,
    /// How.
    pub style: Style,
}

impl Run {
    /// A run in a style.
    pub fn new(text: impl Into<String>, style: Style) -> Self {
        Self { text: text.into(), style }
    }
}

/// What a person sees as one character.
struct Cluster<'a> {
    text: &'a str,
    width: usize,
    style: Style,
}

/// The runs as lines of at most the screen's width, each begun by `indent` spaces.
pub fn flow(runs: &[Run], indent: usize, screen: &Screen) -> String {
    let room = screen.width.saturating_sub(indent).max(1);
    let mut text = String::new();
    for paragraph in paragraphs(runs) {
        for line in wrap(&paragraph, room) {
            let painted = paint(line, screen);
            if !painted.is_empty() {
                text.push_str(&" ".repeat(indent));
                text.push_str(&painted);
            }
            text.push('\n');
        }
    }
    text
}

/// A text, harmless already, in lines of at most `room` columns.
pub fn broken(text: &str, room: usize) -> Vec<String> {
    let run = [Run::new(text, Style::new())];
    let joined = |line: &[Cluster<'_>]| line.iter().map(|cluster| cluster.text).collect();
    let paragraphs = paragraphs(&run);
    paragraphs.iter().flat_map(|paragraph| wrap(paragraph, room.max(1))).map(joined).collect()
}

fn paragraphs(runs: &[Run]) -> Vec<Vec<Cluster<'_>>> {
    let mut paragraphs = vec![vec![]];
    for run in runs {
        for text in run.text.graphemes(true).flat_map(narrow) {
            match paragraphs.last_mut() {
                Some(last) if text != "\n" => {
                    last.push(Cluster { text, width: text.width(), style: run.style })
                }
                _ => paragraphs.push(vec![]),
            }
        }
    }
    paragraphs
}

/// Modifiers can be chained without end into one cluster that no line holds; such a one goes character by character.
fn narrow(cluster: &str) -> impl Iterator<Item = &str> {
    let whole = cluster.width() <= 2;
    let parts = cluster.split_inclusive(move |_: char| !whole);
    parts.filter(|part| !part.is_empty())
}

/// Breaks at the last space that fits; a word longer than a line is broken where the line ends.
fn wrap<'a, 'b>(paragraph: &'b [Cluster<'a>], room: usize) -> Vec<&'b [Cluster<'a>]> {
    let mut lines = vec![];
    let mut rest = paragraph;
    loop {
        let fitting = fitting(rest, room);
        if fitting == rest.len() {
            lines.push(rest);
            return lines;
        }
        let at_space = rest[..=fitting].iter().rposition(|cluster| cluster.text == " ");
        let (line, next) = match at_space {
            Some(space) if space > 0 => (space, space + 1),
            _ => (fitting.max(1), fitting.max(1)),
        };
        lines.push(&rest[..line]);
        rest = &rest[next..];
    }
}

/// How many clusters fit into a line.
fn fitting(clusters: &[Cluster<'_>], room: usize) -> usize {
    let mut used = 0;
    clusters
        .iter()
        .position(|cluster| {
            used += cluster.width;
            used > room
        })
        .unwrap_or(clusters.len())
}

fn paint(line: &[Cluster<'_>], screen: &Screen) -> String {
    let mut painted = String::new();
    for run in line.chunk_by(|a, b| a.style == b.style) {
        let text: String = run.iter().map(|cluster| cluster.text).collect();
        painted.push_str(&screen.paint(run[0].style, &text));
    }
    painted
}

/// `text`, cut to `room` columns with `…` where something was cut off.
pub fn clip(text: &str, room: usize) -> String {
    if text.width() <= room {
        return text.to_owned();
    }
    let mut clipped = String::new();
    let mut used = 1;
    for cluster in text.graphemes(true) {
        used += cluster.width();
        if used > room {
            break;
        }
        clipped.push_str(cluster);
    }
    clipped.push('…');
    clipped
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::screen::{BAD, Screen};
    use super::*;

    fn screen(width: usize) -> Screen {
        Screen { colour: false, width, now: jiff::Timestamp::UNIX_EPOCH }
    }

    fn flowed(text: &str, width: usize) -> String {
        flow(&[Run::new(text, Style::new())], 0, &screen(width))
    }

    #[test]
    fn lines_break_at_spaces() {
        assert_eq!(flowed("one two three", 8), "one two\nthree\n");
        assert_eq!(flowed("one two\nthree", 80), "one two\nthree\n");
    }

    #[test]
    fn wide_characters_take_two_columns() {
        assert_eq!(flowed("日本語日本語", 7), "日本語\n日本語\n");
        assert_eq!(flowed("👩‍👩‍👧👩‍👩‍👧", 2), "👩‍👩‍👧\n👩‍👩‍👧\n");
    }

    #[test]
    fn a_broken_text_keeps_all_of_its_words() {
        assert_eq!(broken("one two three", 8), ["one two", "three"]);
        assert_eq!(broken("", 8), [""]);
    }

    #[test]
    fn a_word_longer_than_the_line_is_broken() {
        assert_eq!(flowed("aaaaaaa", 3), "aaa\naaa\na\n");
    }

    #[test]
    fn a_style_survives_the_line_break_and_never_runs_over_it() {
        let coloured = Screen { colour: true, ..screen(3) };
        let lines = flow(&[Run::new("aaabb", BAD)], 0, &coloured);
        assert_eq!(lines, format!("{BAD}aaa{BAD:#}\n{BAD}bb{BAD:#}\n"));
    }

    #[test]
    fn what_is_clipped_says_so() {
        assert_eq!(clip("abcdef", 4), "abc…");
        assert_eq!(clip("日本語", 5), "日本…");
        assert_eq!(clip("日本語", 6), "日本語");
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_the_screen(text in "[ a-zäß日語한👍🏽\n]{0,80}", width in 2usize..30) {
            for line in flowed(&text, width).lines() {
                prop_assert!(line.width() <= width, "{line:?}");
            }
        }

        #[test]
        fn nothing_but_spaces_and_line_ends_is_lost(text in "[ a-z日\n]{0,80}", width in 2usize..30) {
            let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            prop_assert_eq!(letters(&flowed(&text, width)), letters(&text));
        }

        #[test]
        fn what_is_clipped_fits(text in "[a-z日👍]{0,20}", room in 1usize..12) {
            prop_assert!(clip(&text, room).width() <= room);
        }
    }
}

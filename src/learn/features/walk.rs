//! The one walk over a comment that makes its features, whoever takes them.

use super::super::hashing::{START, hash_chars, push};
use super::super::lexicon::WordClass;
use super::super::tokens::{Kind, Token};
use super::super::trades::is_trade;
use super::signs::signs;
use super::{Comment, ONE};

/// Distance in tokens up to which two classes are seen together.
const REACH: usize = 4;
/// Where the hash of every piece starts.
const PIECES: u64 = push(START, Block::Pieces as u64);
/// The value of a sign: signs are few and each tells by itself.
const SIGN: u16 = (0.3 * ONE) as u16;

/// Takes features.
pub(super) trait Sink {
    /// A feature of the open block, which lies on the folded characters `first..last`; one that has been
    /// there before is passed over.
    fn add(&mut self, hash: u64, first: usize, last: usize);

    /// Ends the open block; given how many features it has, `value` is what each of them counts.
    fn end_block(&mut self, value: impl Fn(usize) -> u16);
}

#[derive(Debug, Clone, Copy)]
enum Block {
    Words = 1,
    Pieces,
    Classes,
    Mixed,
    Signs,
    Author,
}

/// Gives all features of a comment to `sink`.
pub(super) fn walk(comment: &Comment, sink: &mut impl Sink) {
    words(comment, sink);
    pieces(comment, sink);
    let classes = classes(comment, sink);
    mixed(comment, sink);
    shape(comment, classes, sink);
    author(comment, classes, sink);
}

/// The length of a long block of words or pieces.
const WORDS: f32 = 1.4;
/// The length of a long block of classes: a handful of features that are in nearly every text must not outweigh the words.
const CLASSES: f32 = 0.7;

/// Features that every block lacks: where there are few, they say less, and a word that stands alone does not speak for a text.
const UNSAID: f32 = 4.0;

/// Of a block of this many features, what each counts so that all together have nearly this length.
fn of_length(length: f32) -> impl Fn(usize) -> u16 {
    move |count| (length * ONE / (count as f32 + UNSAID).sqrt()).round() as u16
}

fn words(comment: &Comment, sink: &mut impl Sink) {
    let mut before = (hash_chars("<"), 0);
    for token in &comment.tokens {
        let hash = if token.kind == Kind::Link { hash_chars("://") } else { token.hash };
        let (first, last) = (usize::from(token.first), usize::from(token.last));
        sink.add(push(Block::Words as u64, token.hash), first, last);
        sink.add(push(push(Block::Words as u64, before.0), hash), before.1, last);
        before = (hash, first);
    }
    let end = push(push(Block::Words as u64, before.0), hash_chars(">"));
    sink.add(end, before.1, comment.padded.len() - 2);
    sink.end_block(of_length(WORDS));
}

fn pieces(comment: &Comment, sink: &mut impl Sink) {
    let mut at = 0;
    for token in &comment.tokens {
        let first = usize::from(token.first);
        if token.kind == Kind::Link {
            at = usize::from(token.last);
        } else if first >= at {
            let rest = &comment.padded[first + 1..];
            let length = rest.iter().take_while(|&&character| character != ' ').count();
            at = first + length;
            pieces_of(&comment.padded[first..at + 2], first, sink);
        }
    }
    sink.end_block(of_length(WORDS));
}

/// Pieces of a chunk that begins at `start`; it is given with the spaces around it.
fn pieces_of(padded: &[char], start: usize, sink: &mut impl Sink) {
    let end = start + padded.len() - 2;
    for (first, &character) in padded.iter().enumerate() {
        let Some(piece) = padded.get(first..first + piece_length(character)) else { continue };
        let hash = piece.iter().fold(PIECES, |hash, &character| push(hash, u64::from(character)));
        sink.add(hash, start + first.saturating_sub(1), (start + first + piece.len() - 1).min(end));
    }
}

/// Characters in a piece that begins with this one: where a character is a syllable or a word, two say as much as
/// four letters.
fn piece_length(first: char) -> usize {
    if first < '\u{2E80}' { 4 } else { 2 }
}

/// Classes, pairs of classes near one another, and each class beside a link. Returns the classes
/// present as bits.
fn classes(comment: &Comment, sink: &mut impl Sink) -> u32 {
    let (mut present, mut tokens_with_class) = (0u32, 0);
    for (index, token) in comment.tokens.iter().enumerate() {
        let Some(class) = token.class else { continue };
        present |= 1 << class as u32;
        tokens_with_class += 1;
        let single = push(Block::Classes as u64, class as u64);
        let first = usize::from(token.first);
        sink.add(single, first, usize::from(token.last));
        for other in comment.tokens[index + 1..].iter().take(REACH) {
            if let Some(second) = other.class {
                sink.add(push(single, second as u64), first, usize::from(other.last));
            }
        }
    }
    if comment.marks.links > 0 || comment.has_home_page {
        for class in each(present) {
            sink.add(push(push(Block::Classes as u64, 100), class), 0, 0);
        }
    }
    let share = 8 * tokens_with_class / comment.tokens.len().max(1);
    sink.add(push(push(Block::Classes as u64, 200), share as u64), 0, 0);
    sink.end_block(of_length(CLASSES));
    present
}

/// The classes among these bits.
fn each(present: u32) -> impl Iterator<Item = u64> {
    (1..=WordClass::COUNT as u64).filter(move |class| present >> class & 1 == 1)
}

/// Neighbours with each known word replaced by its class.
fn mixed(comment: &Comment, sink: &mut impl Sink) {
    let name = |token: &Token| token.class.map_or(token.hash, |class| class as u64);
    for (index, token) in comment.tokens.iter().enumerate() {
        let mut hash = push(Block::Mixed as u64, name(token));
        for next in comment.tokens[index + 1..].iter().take(2) {
            hash = push(hash, name(next));
            sink.add(hash, usize::from(token.first), usize::from(next.last));
        }
    }
    sink.end_block(of_length(WORDS));
}

fn shape(comment: &Comment, classes: u32, sink: &mut impl Sink) {
    let Comment { counts, marks, .. } = comment;
    let script = match () {
        () if counts.cyrillic * 2 > counts.letters => 1,
        () if counts.other_script * 2 > counts.letters => 2,
        () => 0,
    };
    for (kind, amount) in signs(counts, marks, classes.count_ones()).into_iter().enumerate() {
        let Some(amount) = amount else { continue };
        let hash = push(push(Block::Signs as u64, kind as u64), u64::from(amount));
        sink.add(hash, 0, 0);
        if script > 0 {
            sink.add(push(hash, script), 0, 0);
        }
    }
    sink.end_block(|_| SIGN);
}

/// What the author's name and home page show.
fn author(comment: &Comment, classes: u32, sink: &mut impl Sink) {
    let mut sign = |kind: u64, value: u64| sink.add(push(push(Block::Author as u64, kind), value), 0, 0);
    if comment.name_has_link {
        sign(1, 0);
    }
    if comment.has_home_page {
        sign(2, 0);
        each(classes).for_each(|class| sign(3, class));
    }
    comment.name_tokens.iter().filter_map(|token| token.class).for_each(|class| sign(4, class as u64));
    let of_name = |token: &Token| &comment.name[usize::from(token.first)..usize::from(token.last)];
    if comment.name_tokens.iter().any(|token| is_trade(of_name(token))) {
        sign(5, 0);
        if comment.has_home_page {
            sign(6, 0);
        }
    }
    sink.end_block(|_| SIGN);
}

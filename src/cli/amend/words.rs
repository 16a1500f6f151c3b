//! Changes of word lists: allow a phrase, match whole words, match as it stands, take a word out.

use toml_edit::{Item, TableLike, Value, value};

use super::home::Home;
use super::{Offers, Subject, array};
use crate::domain::{Draft, Evidence};
use crate::filter::{Filter, Keywords, ListedWord, Prepared, Rule, WordList};

/// Offers what the filter, tried on this very text, finds no more.
pub fn offer(subject: Subject<'_>, home: &Home, offers: &mut Offers<'_>) {
    let Some((start, end, found)) = subject.place() else { return };
    let list = home.list(offers.document);
    let listed = list.and_then(|list| Listed::at(subject, start, list));
    let still_found =
        |words: &[&str], exact: &[&str], allow: &[&str]| finds(subject.text, start, words, exact, allow);
    let name = &subject.finding.rule;
    for phrase in phrases(subject.text, start, end) {
        let helps = match &listed {
            Some(listed) => !still_found(&[&listed.word], &[], &[phrase]),
            None => !still_found(&[found], &[], &[phrase]),
        };
        if helps && ListedWord::new(phrase).is_ok() {
            offers.add(format!("allow “{phrase}” in {name}"), |document| {
                allow(home.table_mut(document)?, "allow", phrase)
            });
        }
    }
    let Some(Listed { word, key }) = &listed else { return };
    let whole = word.trim_matches('*');
    if whole != word && !still_found(&[whole], &[], &[]) {
        offers.add(format!("match “{whole}” as a whole word: {word} → {whole}"), |document| {
            array::replace(home.table_mut(document)?.get_mut(key)?.as_array_mut()?, word, whole)
        });
    }
    if *key == "words" && whole == word && !still_found(&[], &[word], &[]) {
        offers.add(format!("match “{word}” only as it stands"), |document| {
            let table = home.table_mut(document)?;
            array::remove(table.get_mut("words")?.as_array_mut()?, word)?;
            allow(table, "exact", word)
        });
    }
    offers.add(format!("take “{word}” out of {name}"), |document| {
        array::remove(home.table_mut(document)?.get_mut(key)?.as_array_mut()?, word)
    });
}

/// A listed word, and the key of the list that has it.
struct Listed {
    word: String,
    key: &'static str,
}

impl Listed {
    /// The word of an own list that was found here. The finding's sentence names the words; the filter tells which of
    /// them it was.
    fn at(subject: Subject<'_>, start: usize, list: &dyn TableLike) -> Option<Self> {
        let candidates = ["words", "exact"].into_iter().flat_map(|key| {
            let words = list.get(key).and_then(Item::as_array).into_iter().flatten();
            words.filter_map(Value::as_str).map(move |word| (word, key))
        });
        let named = |word: &str| subject.finding.message.contains(&format!("\"{}\"", word.trim_matches('*')));
        candidates.filter(|(word, _)| named(word)).find_map(|(word, key)| {
            let (words, exact): (&[&str], &[&str]) =
                if key == "words" { (&[word], &[]) } else { (&[], &[word]) };
            finds(subject.text, start, words, exact, &[]).then(|| Self { word: word.to_owned(), key })
        })
    }
}

/// Whether a list of these, as far as they can be on one, finds something that covers this place.
fn finds(text: &str, at: usize, words: &[&str], exact: &[&str], allow: &[&str]) -> bool {
    let listed = |words: &[&str]| words.iter().filter_map(|word| ListedWord::new(word).ok()).collect();
    let list = WordList {
        rule: Rule::scoring("tried", 1.0),
        class: "custom".into(),
        cap: 1.0,
        words: listed(words),
        exact: listed(exact),
        loose: true,
        disguised: false,
        allow: listed(allow),
        starter: false,
    };
    let draft = Draft { text: text.to_owned(), ..Draft::default() };
    let mut findings = vec![];
    Keywords::new(vec![list], 1.0).inspect(&Prepared::new(&draft), &Evidence::default(), &mut findings);
    let covers = |span: &crate::domain::Span| (span.start as usize..span.end as usize).contains(&at);
    findings.iter().flat_map(|finding| &finding.spans).any(covers)
}

/// What could be allowed: the whole word around the place, with the word before it, with the word behind it.
fn phrases(text: &str, start: usize, end: usize) -> Vec<&str> {
    let blank = |c: char| !(c.is_alphanumeric() || c == '\'' || c == '’');
    let word_start = text[..start].rfind(blank).map_or(0, |at| at + width_at(text, at));
    let word_end = text[end..].find(blank).map_or(text.len(), |at| end + at);
    let before = text[..word_start].trim_end_matches(' ');
    let before =
        (before.len() < word_start).then(|| before.rfind(blank).map_or(0, |at| at + width_at(text, at)));
    let before = before.filter(|from| !text[*from..word_start].trim().is_empty());
    let gap = text[word_end..].len() - text[word_end..].trim_start_matches(' ').len();
    let behind = text[word_end + gap..].find(blank).unwrap_or(text.len() - word_end - gap);
    let behind = (gap > 0 && behind > 0).then_some(word_end + gap + behind);
    let mut phrases = vec![];
    phrases.extend(before.map(|from| &text[from..word_end]));
    phrases.extend(behind.map(|to| &text[word_start..to]));
    phrases.push(&text[word_start..word_end]);
    phrases
}

fn width_at(text: &str, at: usize) -> usize {
    text[at..].chars().next().map_or(1, char::len_utf8)
}

/// Adds a text to a list of a table, which is made where there is none.
pub fn allow(table: &mut dyn TableLike, key: &str, text: &str) -> Option<()> {
    if table.get(key).is_none() {
        table.insert(key, value(toml_edit::Array::new()));
    }
    array::append(table.get_mut(key)?.as_array_mut()?, text);
    Some(())
}

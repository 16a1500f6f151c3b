//! The shapes that lists of words are kept in: a word a line, JSON, CSV.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// The names that the column of words goes by.
const WORD_COLUMNS: [&str; 5] = ["text", "word", "words", "phrase", "term"];
/// The names that the column of ratings goes by.
const RATING_COLUMNS: [&str; 4] = ["severity_rating", "severity", "rating", "score"];

/// A word of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its line, from 1; its number among the entries where lines mean nothing.
    pub line: usize,
    /// The word or phrase.
    pub word: String,
    /// How bad its keeper holds it to be; `None` when the list does not say.
    pub rating: Option<f64>,
}

/// JSON that is a list of words.
#[derive(Deserialize)]
#[serde(untagged)]
enum Json {
    Words(Vec<String>),
    Ratings(BTreeMap<String, Value>),
}

/// The words of a file, in its order. What it is shows in how it begins: JSON with a bracket, CSV with the names of its
/// columns, and anything else is a word a line, where `#` begins a comment.
///
/// # Errors
/// What is wrong, as the rest of a sentence about the file.
pub fn read(text: &str) -> Result<Vec<Entry>, String> {
    let text = text.trim_start_matches('\u{feff}');
    match text.trim_start().chars().next() {
        Some('[' | '{') => json(text),
        _ => match columns(text) {
            Some((word, rating)) => csv(text, word, rating),
            None => Ok(lines(text)),
        },
    }
}

fn lines(text: &str) -> Vec<Entry> {
    let numbered = text.lines().enumerate().map(|(index, line)| (index + 1, line.trim()));
    let words = numbered.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    words.map(|(line, word)| Entry { line, word: word.to_owned(), rating: None }).collect()
}

fn json(text: &str) -> Result<Vec<Entry>, String> {
    let list = serde_json::from_str(text).map_err(|_| {
        "is neither a JSON list of words nor a JSON object of words with their ratings".to_owned()
    })?;
    let entry =
        |(index, (word, rating)): (usize, (String, Option<f64>))| Entry { line: index + 1, word, rating };
    Ok(match list {
        Json::Words(words) => words.into_iter().map(|word| (word, None)).enumerate().map(entry).collect(),
        Json::Ratings(words) => {
            words.into_iter().map(|(word, rating)| (word, rating.as_f64())).enumerate().map(entry).collect()
        }
    })
}

/// The places of the columns of words and ratings, when the first line names columns.
fn columns(text: &str) -> Option<(usize, Option<usize>)> {
    let names: Vec<_> =
        text.lines().next()?.split(',').map(|name| name.trim().trim_matches('"').to_lowercase()).collect();
    let place = |known: &[&str]| names.iter().position(|name| known.contains(&name.as_str()));
    // A list of words may well begin with the word `text`.
    let word = place(&WORD_COLUMNS).filter(|_| names.len() > 1)?;
    Some((word, place(&RATING_COLUMNS)))
}

fn csv(text: &str, word: usize, rating: Option<usize>) -> Result<Vec<Entry>, String> {
    let mut entries = Vec::new();
    // The reader counts a line end of two characters late.
    let text = text.replace("\r\n", "\n");
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    for record in reader.records() {
        let record = record.map_err(|error| format!("cannot be read as CSV: {error}"))?;
        let line = record.position().map_or(0, |position| position.line() as usize);
        let rating = rating.and_then(|place| record.get(place)?.trim().parse().ok());
        let word = record.get(word).unwrap_or_default().trim();
        if !word.is_empty() {
            entries.push(Entry { line, word: word.to_owned(), rating });
        }
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<(usize, String, Option<f64>)> {
        read(text).unwrap().into_iter().map(|entry| (entry.line, entry.word, entry.rating)).collect()
    }

    #[test]
    fn a_word_a_line_with_comments() {
        let list = "\u{feff}# of vegetables\nturnip\r\n\n  swede  \ntext\n";
        assert_eq!(
            words(list),
            [(2, "turnip".into(), None), (4, "swede".into(), None), (5, "text".into(), None)]
        );
    }

    #[test]
    fn json_lists_and_ratings() {
        assert_eq!(
            words("[\n \"turnip\", \"swede\"]"),
            [(1, "turnip".into(), None), (2, "swede".into(), None)]
        );
        assert_eq!(words(r#"{"turnip": 2, "swede": 0}"#)[1], (2, "turnip".into(), Some(2.0)));
        assert!(read("[1, 2]").unwrap_err().contains("JSON list of words"));
    }

    #[test]
    fn csv_with_a_column_of_words_and_one_of_ratings() {
        let list =
            "text,canonical_form_1,severity_rating\r\nturnip,x,1.5\r\n\"swede, boiled\",x,\r\n,x,3\r\n";
        assert_eq!(words(list), [(2, "turnip".into(), Some(1.5)), (3, "swede, boiled".into(), None)]);
    }
}

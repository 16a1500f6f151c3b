//! Words into the `[[keywords]]` of a policy.

use std::collections::HashSet;

use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, value};

use super::read::Entry;
use crate::cli::amend::{array, put};
use crate::filter::ListedWord;

/// The list that words go into.
#[derive(Debug, Clone)]
pub struct Target<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its class; `None`: what it has, or the policy's default.
    pub class: Option<&'a str>,
    /// Its weight; `None`: the same.
    pub weight: Option<f64>,
}

/// What became of the words.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Merged {
    /// How many came in.
    pub added: usize,
    /// How many were there already, or came twice.
    pub known: usize,
    /// Those that no list can have, with the reason.
    pub refused: Vec<(Entry, String)>,
}

/// Adds words to a list of the document, which is made at its end where there is none of this name. Comments and layout
/// stay.
///
/// # Errors
/// A sentence, when `keywords` is something else in this document.
pub fn merge(document: &mut DocumentMut, list: &Target<'_>, entries: &[Entry]) -> Result<Merged, String> {
    let table = table_of(document, list.name)?;
    if let Some(class) = list.class {
        put(table, "class", class.into());
    }
    if let Some(weight) = list.weight {
        put(table, "weight", weight.into());
    }
    let texts = |key| {
        table.get(key).and_then(Item::as_array).into_iter().flatten().filter_map(toml_edit::Value::as_str)
    };
    let mut known: HashSet<String> = texts("words").chain(texts("exact")).map(str::to_lowercase).collect();
    let mut merged = Merged::default();
    let mut new = Vec::new();
    for entry in entries {
        if let Err(unusable) = ListedWord::new(&entry.word) {
            merged.refused.push((entry.clone(), unusable.to_string()));
        } else if known.insert(entry.word.to_lowercase()) {
            new.push(entry.word.as_str());
        } else {
            merged.known += 1;
        }
    }
    merged.added = new.len();
    add(table, &new)?;
    Ok(merged)
}

fn table_of<'d>(document: &'d mut DocumentMut, name: &str) -> Result<&'d mut Table, String> {
    let lists = document.entry("keywords").or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
    let lists = lists.as_array_of_tables_mut().ok_or(
        "`keywords` is not written as [[keywords]] in this policy; write it so, then words can be added",
    )?;
    let place = lists.iter().position(|table| table.get("name").and_then(Item::as_str) == Some(name));
    let place = place.unwrap_or_else(|| {
        let mut table = Table::new();
        table.insert("name", value(name));
        lists.push(table);
        lists.len() - 1
    });
    lists.get_mut(place).ok_or_else(|| "the list vanished".to_owned())
}

fn add(table: &mut Table, words: &[&str]) -> Result<(), String> {
    let Some(item) = table.get_mut("words") else {
        table.insert("words", value(tall(words)));
        return Ok(());
    };
    let there = item.as_array_mut().ok_or("`words` of this list is no list of texts")?;
    if there.is_empty() {
        *there = tall(words);
    } else {
        words.iter().for_each(|word| array::append(there, word));
    }
    Ok(())
}

/// A word a line.
fn tall(words: &[&str]) -> Array {
    let mut array = Array::new();
    for word in words {
        let mut word = toml_edit::Value::from(*word);
        word.decor_mut().set_prefix("\n  ");
        array.push_formatted(word);
    }
    if !words.is_empty() {
        array.set_trailing("\n");
        array.set_trailing_comma(true);
    }
    array
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Policy;

    fn entries(words: &[&str]) -> Vec<Entry> {
        let entry =
            |(index, word): (usize, &&str)| Entry { line: index + 1, word: (*word).to_owned(), rating: None };
        words.iter().enumerate().map(entry).collect()
    }

    fn merged(source: &str, list: &Target<'_>, words: &[&str]) -> (String, Merged) {
        let mut document: DocumentMut = source.parse().unwrap();
        let merged = merge(&mut document, list, &entries(words)).unwrap();
        let source = document.to_string();
        assert!(Policy::compile(&source, 0).is_ok(), "{source}");
        (source, merged)
    }

    const LIST: Target<'_> = Target { name: "greens", class: Some("custom"), weight: Some(3.0) };

    #[test]
    fn a_new_list_comes_to_the_end_with_a_word_a_line() {
        let (source, merged) = merged("mode = \"post\" # for now\n", &LIST, &["turnip", "TURNIP", "swede"]);
        let list = "\n[[keywords]]\nname = \"greens\"\nclass = \"custom\"\nweight = 3.0\nwords = [\n  \"turnip\",\n  \"swede\",\n]\n";
        assert_eq!(source, format!("mode = \"post\" # for now\n{list}"));
        assert_eq!((merged.added, merged.known), (2, 1));
    }

    #[test]
    fn a_list_of_that_name_takes_what_it_lacks_and_keeps_its_comments() {
        let source = "[[keywords]]\nname = \"greens\" # ours\nweight = 9.0 # heavy\nwords = [\"turnip\"] # of May\nexact = [\"Leek\"]\n";
        let list = Target { class: None, weight: None, ..LIST };
        let (edited, merged) = merged(source, &list, &["turnip", "leek", "swede"]);
        assert_eq!(edited, source.replace("[\"turnip\"]", "[\"turnip\", \"swede\"]"));
        assert_eq!((merged.added, merged.known), (1, 2));
        let (edited, _) = self::merged(source, &LIST, &[]);
        assert!(
            edited.contains("weight = 3.0 # heavy\n") && edited.contains("class = \"custom\""),
            "{edited}"
        );
    }

    #[test]
    fn what_no_list_can_have_is_told_with_its_line() {
        let (_, merged) = merged("", &LIST, &["turnip", "***", "a*b"]);
        let lines: Vec<_> = merged.refused.iter().map(|(entry, _)| entry.line).collect();
        assert_eq!((merged.added, lines), (1, vec![2, 3]));
    }

    #[test]
    fn an_array_of_inline_tables_is_refused_with_the_remedy() {
        let mut document: DocumentMut = "keywords = [{ name = \"a\", words = [\"b\"] }]".parse().unwrap();
        assert!(merge(&mut document, &LIST, &entries(&["c"])).unwrap_err().contains("[[keywords]]"));
    }
}

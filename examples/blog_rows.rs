//! Makes labelled blog comments for `train_prior` of what is public: the comments of blogs that keep them in their
//! repositories, and what a block list for WordPress has seen of those who leave spam.
//!
//! ```text
//! cargo run --release --example blog_rows -- wordpress-comment-blacklist BLOG/_data/comments… > blog.jsonl
//! ```
//!
//! The list's templates are filled in, several times each, under names that its phrases are good for or under those of
//! people. Its phrases are also given by the dozen as comments of a source of their own: it has them because they were
//! in comments that were spam. The same files give the same rows.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use clap::Parser;
use serde_json::{Value, json};
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// How often each template is filled in.
const FILLINGS: usize = 10;
/// Comments made of phrases, and phrases in one.
const COMMENTS: usize = 1_000;
const PHRASES: usize = 12;
/// The page behind a name that has one.
const PAGE: &str = "https://example.com/";
/// What the rows count beside those of other files, which were collected and not filled in: more would dull what the
/// prior knows of other places. Of the phrases most stand without what was around them.
const WEIGHT: f64 = 0.3;
const PHRASES_WEIGHT: f64 = 0.15;
/// What tells a phrase that somebody would stand under.
const OFFERED: &str = "attorney best bet bitcoin buy car casino cbd cheap cleaning company cost dentist design diet \
    download escort forex free hair hosting hotel insurance jersey keto lawyer loan loans marketing online outlet pills \
    plumber poker price repair replica review sale seo service services shoes shop skin slot store supplement surgery \
    travel vape viagra watch wedding weight";
const FIRST_NAMES: &str = "Alina Annie Bernadine Bob Carlos Cathryn Darrell Dina Earnestine Emma Felipe Frank Georgina \
    Harlan Ingrid Jaime Kendra Lakisha Marcella Norbert Odell Phillis Quentin Rosella Santiago Tamika Ulrike Valeria \
    Wilford Xavier Yolanda Zachery";
const LAST_NAMES: &str = "Corrigan Dubois Escobar Fontaine Gutierrez Hartnett Ibarra Jansen Kowalski Langley Lindqvist \
    Mayfield Okafor Petersen";

#[derive(Parser)]
#[command(about = "Makes labelled blog comments of public files")]
struct Arguments {
    /// The block list's directory, with `blacklist.txt` and `reference/constructs.txt`.
    list: PathBuf,
    /// Directories with comments that are no spam, one a file: `name: …`, `url: …`, `message: …`.
    #[arg(required = true)]
    comments: Vec<PathBuf>,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let read = |name: &str| {
        let path = arguments.list.join(name);
        std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
    };
    let (list, constructs) = (read("blacklist.txt")?, read("reference/constructs.txt")?);
    let phrases: Vec<&str> = list.lines().map(str::trim).filter(|line| is_phrase(line)).collect();
    let mut random = Random(0);
    let mut rows = filled_in(&templates(&constructs), &phrases, &mut random);
    rows.extend((0..COMMENTS).map(|_| of_phrases(&phrases, &mut random)));
    for directory in &arguments.comments {
        rows.extend(comments_in(directory)?);
    }
    rows.iter().for_each(|row| println!("{row}"));
    Ok(())
}

/// Numbers that look drawn by lot and are the same every time.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 += 1;
        (xxh3_64_with_seed(&[], self.0) % limit as u64) as usize
    }

    fn one_of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len())]
    }
}

/// Two to four words of letters.
fn is_phrase(line: &str) -> bool {
    let words = line.split(' ').count();
    (2..=4).contains(&words)
        && line.split(' ').all(|word| !word.is_empty() && word.chars().all(char::is_alphabetic))
}

/// The templates, which are separated by bars outside of braces.
fn templates(constructs: &str) -> Vec<String> {
    let (mut templates, mut depth) = (vec![String::new()], 0u32);
    for character in constructs.chars() {
        match character {
            '|' if depth == 0 => templates.push(String::new()),
            other => {
                depth = match other {
                    '{' => depth + 1,
                    '}' => depth.saturating_sub(1),
                    _ => depth,
                };
                templates.last_mut().unwrap().push(if other.is_whitespace() || other == '\\' {
                    ' '
                } else {
                    other
                });
            }
        }
    }
    templates
        .iter()
        .map(|one| one.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|one| one.len() > 20)
        .collect()
}

/// A template with one choice made of each pair of braces, innermost first.
fn fill_in(template: &str, random: &mut Random) -> String {
    let mut text = template.to_owned();
    while let Some(open) = text.find('}').and_then(|close| text[..close].rfind('{')) {
        let close = open + text[open..].find('}').unwrap();
        let choices: Vec<&str> = text[open + 1..close].split('|').collect();
        text = [&text[..open], random.one_of(&choices), &text[close + 1..]].concat();
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn filled_in(templates: &[String], phrases: &[&str], random: &mut Random) -> Vec<Value> {
    let offered: Vec<&str> = OFFERED.split_whitespace().collect();
    let is_offer = |phrase: &&&str| phrase.split(' ').any(|word| offered.contains(&word));
    let offers: Vec<&str> = phrases.iter().filter(is_offer).copied().collect();
    let mut rows = Vec::new();
    for template in templates {
        let fillings = if template.contains('{') { FILLINGS } else { 1 };
        let mut texts: Vec<String> = (0..fillings).map(|_| fill_in(template, random)).collect();
        texts.sort();
        texts.dedup();
        for text in texts {
            let author = name(&offers, random);
            let has_page = !author.is_empty() && random.below(4) > 0;
            rows.push(row("blog", WEIGHT, "spam", &author, if has_page { PAGE } else { "" }, &text));
        }
    }
    rows
}

/// The name that spam stands under: what it offers, a person, or nothing.
fn name(offers: &[&str], random: &mut Random) -> String {
    let mut part = |names: &str| {
        let names: Vec<&str> = names.split_whitespace().collect();
        random.one_of(&names).to_owned()
    };
    let (first, last) = (part(FIRST_NAMES), part(LAST_NAMES));
    match random.below(20) {
        0..6 => random.one_of(offers).to_owned(),
        6..9 => capitalised(random.one_of(offers)),
        9..13 => first,
        13..17 => format!("{first} {last}"),
        _ => String::new(),
    }
}

fn capitalised(phrase: &str) -> String {
    let word = |word: &str| word[..1].to_uppercase() + &word[1..];
    let is_ascii = phrase.is_ascii();
    if is_ascii { phrase.split(' ').map(word).collect::<Vec<_>>().join(" ") } else { phrase.to_owned() }
}

fn of_phrases(phrases: &[&str], random: &mut Random) -> Value {
    let text: Vec<&str> = (0..PHRASES).map(|_| random.one_of(phrases)).collect();
    row("block list", PHRASES_WEIGHT, "spam", "", "", &text.join(", "))
}

fn row(source: &str, weight: f64, label: &str, author: &str, page: &str, text: &str) -> Value {
    json!({"source": source, "author": author, "author_url": page, "text": text, "label": label, "weight": weight})
}

/// The comments of a blog, in the order of their paths.
fn comments_in(directory: &Path) -> Result<Vec<Value>> {
    let entries =
        std::fs::read_dir(directory).with_context(|| format!("cannot read {}", directory.display()))?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    paths.sort();
    let mut rows = Vec::new();
    for path in paths {
        if path.is_dir() {
            rows.extend(comments_in(&path)?);
        } else {
            let file = std::fs::read_to_string(&path)?;
            let text = value(&file, "message");
            ensure!(!text.is_empty(), "{}: no message", path.display());
            rows.push(row("blog", WEIGHT, "ham", &value(&file, "name"), &value(&file, "url"), &text));
        }
    }
    Ok(rows)
}

/// What a file of YAML says of a key at its top level, whichever way it is quoted, on one line.
fn value(file: &str, key: &str) -> String {
    let of_key = |line: &&str| line.strip_prefix(key).is_some_and(|rest| rest.starts_with(':'));
    let mut lines = file.lines().skip_while(|line| !of_key(line));
    let first = lines.next().and_then(|line| line.split_once(':')).map_or("", |(_, value)| value.trim());
    let first = if first.starts_with(['>', '|']) { "" } else { first };
    let others = lines.take_while(|line| line.is_empty() || line.starts_with(' ')).map(str::trim);
    let whole =
        [first].into_iter().chain(others).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ");
    match (whole.strip_prefix('\''), whole.strip_prefix('"')) {
        (Some(quoted), _) => quoted.trim_end_matches('\'').replace("''", "'"),
        (_, Some(quoted)) => {
            quoted.trim_end_matches('"').replace("\\r", " ").replace("\\n", " ").replace("\\\"", "\"")
        }
        _ => whole,
    }
}

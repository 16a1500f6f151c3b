//! Makes the prior of the learned filter from labelled comments, and says how good it is on texts that
//! it was not made from.
//!
//! ```text
//! cargo run --release --example train_prior -- FILES… -o src/learn/prior/prior.bin
//! cargo run --release --example train_prior -- FILES… --cross-validate [--verdict]
//! cargo run --release --example train_prior -- FILES… --leave-out
//! cargo run --release --example train_prior -- FILES… --test FILE
//! cargo run --release --example train_prior -- sms.jsonl --split 1674
//! cargo run --release --example train_prior -- FILES… --learn SOURCE --orders 8
//! ```
//!
//! A file has one object a line: `{id, source, author, author_url, text, label, note, kind, weight}`, of which `source`,
//! `text` and `label` (`spam`, `abuse`, `ham` or `clean`) must be there.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use clap::Parser;
use modqueue::domain::{Author, Draft, Evidence};
use modqueue::filter::Prepared;
use modqueue::learn::calibration::points;
use modqueue::learn::duplicates::near_duplicate_groups;
use modqueue::learn::evaluation::{Confusion, Judged, bootstrap, recall_at, roc_auc};
use modqueue::learn::logistic::Example;
use modqueue::learn::replay::{Alone, Prediction, Replay};
use modqueue::learn::train::{Labelled, examples, train};
use modqueue::learn::{Class, Extractor, Prior};
use modqueue::policy::Policy;
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

/// Folds for rows that name no video.
const FOLDS: usize = 5;
/// Log-odds of a probability of 75 %, which is worth the 5 points at which comments are held.
const HELD: f64 = 1.0986;

#[derive(Parser)]
#[command(about = "Makes the prior of the learned filter from labelled comments")]
struct Arguments {
    /// Labelled comments, one JSON object a line.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Where to write the prior.
    #[arg(short, long)]
    output: Option<PathBuf>,
    /// Measure on unseen texts: whole videos where notes say `video=…`, groups of near-duplicates else.
    #[arg(long)]
    cross_validate: bool,
    /// Measure each source that has spam on a prior made from the others.
    #[arg(long)]
    leave_out: bool,
    /// Measure on the texts of this file, which are not trained on.
    #[arg(long)]
    test: Option<PathBuf>,
    /// Score by the whole verdict of the default policy instead of by the learned filter alone.
    #[arg(long)]
    verdict: bool,
    /// Of the first file, train on the rows whose id ends in a number below this, test on the rest.
    #[arg(long)]
    split: Option<usize>,
    /// Replay this source in a shuffled order, predicting each comment before learning it, on top of a
    /// prior made from the other sources.
    #[arg(long)]
    learn: Option<String>,
    /// In how many shuffled orders to replay it; figures are means and sums over all.
    #[arg(long, default_value_t = 1, requires = "learn")]
    orders: u64,
}

#[derive(serde::Deserialize)]
struct Row {
    #[serde(default)]
    id: String,
    source: String,
    #[serde(default)]
    author: String,
    #[serde(default)]
    author_url: String,
    text: String,
    label: Label,
    #[serde(default)]
    note: String,
    #[serde(default)]
    kind: String,
    #[serde(default = "usual_weight")]
    weight: f64,
}

fn usual_weight() -> f64 {
    1.0
}

#[derive(serde::Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Label {
    Spam,
    Abuse,
    Ham,
    Clean,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let mut rows = Vec::new();
    for file in &arguments.files {
        rows.extend(read(file)?);
    }
    let texts: Vec<Labelled> = rows.iter().map(labelled).collect();
    if let Some(split) = arguments.split {
        print_split(&rows, &texts, split, arguments.verdict);
    }
    if arguments.cross_validate {
        print_folds(&rows, &texts, arguments.verdict, fold);
    }
    if arguments.leave_out {
        let spammed: HashSet<&str> =
            texts.iter().filter(|text| text.spam).map(|text| &*text.source).collect();
        print_folds(&rows, &texts, arguments.verdict, |row, _| {
            spammed.contains(&*row.source).then(|| row.source.clone())
        });
    }
    if let Some(file) = &arguments.test {
        print_test(&texts, &read(file)?, arguments.verdict);
    }
    if let Some(source) = &arguments.learn {
        print_replays(&rows, &texts, source, arguments.orders);
    }
    if let Some(output) = arguments.output {
        let bytes = Prior::quantise(&train(&examples(&texts))).to_bytes();
        std::fs::write(&output, &bytes).with_context(|| format!("cannot write {}", output.display()))?;
        println!("{}: {} bytes from {} texts", output.display(), bytes.len(), texts.len());
    }
    Ok(())
}

fn read(file: &Path) -> Result<Vec<Row>> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let mut rows = Vec::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let place = || format!("{}:{}: no labelled comment", file.display(), number + 1);
        rows.push(serde_json::from_str(line).with_context(place)?);
    }
    ensure!(!rows.is_empty(), "{} has no rows", file.display());
    Ok(rows)
}

fn labelled(row: &Row) -> Labelled {
    let author =
        Author { display_name: row.author.clone(), url: row.author_url.clone(), ..Author::default() };
    let draft = Draft { author, text: row.text.clone(), ..Draft::default() };
    Labelled { source: row.source.clone(), draft, spam: row.label == Label::Spam, weight: row.weight }
}

/// Scores a text, on the scale of log-odds.
type Judge = Box<dyn FnMut(&Labelled) -> Judged>;

/// A judge on a quantised prior: the learned filter alone, or the whole verdict of the default policy.
fn trained(examples: &[Example], by_verdict: bool) -> Judge {
    let prior = Prior::quantise(&train(examples));
    if by_verdict {
        let policy = Policy::compile_with_prior("", 0, &Arc::new(prior));
        let policy = policy.expect("the default policy has no mistakes");
        return Box::new(move |text| {
            let verdict = policy.judge(&Prepared::new(&text.draft), &Evidence::default());
            Judged { score: verdict.score - points(0.0), positive: text.spam }
        });
    }
    let mut extractor = Extractor::default();
    Box::new(move |text| {
        let score = f64::from(prior.score(extractor.extract(&text.draft)));
        Judged { score, positive: text.spam }
    })
}

fn chosen(examples: &[Example], indices: &[usize]) -> Vec<Example> {
    indices.iter().map(|&index| examples[index].clone()).collect()
}

fn print_split(rows: &[Row], texts: &[Labelled], split: usize, by_verdict: bool) {
    let number = |row: &Row| row.id.rsplit([':', '-']).next().and_then(|end| end.parse::<usize>().ok());
    let is_tested = |row: &Row| row.source == rows[0].source && number(row).is_some_and(|n| n >= split);
    let (tested, training): (Vec<usize>, Vec<usize>) = (0..rows.len()).partition(|&i| is_tested(&rows[i]));
    let mut judge = trained(&chosen(&examples(texts), &training), by_verdict);
    let judged: Vec<Judged> = tested.iter().map(|&index| judge(&texts[index])).collect();
    let counts = Confusion::at(&judged, 0.0);
    println!("trained on {}, tested on {}: {counts:?}", training.len(), tested.len());
    println!(
        "AUC {} | caught {} | blocked ham {} | MCC {}",
        figure(roc_auc(&judged)),
        figure(counts.recall()),
        figure(counts.false_positive_rate()),
        figure(counts.matthews())
    );
}

fn print_replays(rows: &[Row], texts: &[Labelled], source: &str, orders: u64) {
    let (mut replayed, others): (Vec<usize>, Vec<usize>) =
        (0..rows.len()).partition(|&index| rows[index].source == source);
    let prior_texts: Vec<Labelled> = others.iter().map(|&index| texts[index].clone()).collect();
    let prior = Arc::new(Prior::quantise(&train(&examples(&prior_texts))));
    let mut replay_in = |order: u64| {
        replayed.sort_by_key(|&index| xxh3_64_with_seed(rows[index].id.as_bytes(), order));
        replay(rows, texts, &replayed, Arc::clone(&prior))
    };
    let replays: Vec<Vec<Prediction>> = (0..orders).map(&mut replay_in).collect();
    println!("decisions | AUC | recall at 0.5 % | decided alone | of those wrong | in the worst order");
    for (from, to) in [(0, 250), (250, 500), (500, 1_000), (1_000, replayed.len().max(1_000))] {
        let parts = replays.iter().map(|replay| replay.get(from..to.min(replay.len())).unwrap_or_default());
        print_stage(&format!("{from} – {to}"), &parts.collect::<Vec<_>>());
    }
}

fn replay(rows: &[Row], texts: &[Labelled], replayed: &[usize], prior: Arc<Prior>) -> Vec<Prediction> {
    let mut replay = Replay::new(prior, 0.005);
    let mut predict = |&index: &usize| {
        let class = if texts[index].spam { Class::Spam } else { Class::Fine };
        replay.next(&texts[index].draft, class, xxh3_64(rows[index].text.to_lowercase().as_bytes()))
    };
    replayed.iter().map(&mut predict).collect()
}

/// Means and sums over one stage of several replays.
fn print_stage(stage: &str, parts: &[&[Prediction]]) {
    let mean = |figure: &dyn Fn(&[Judged]) -> Option<f64>| {
        let judged = |part: &&[Prediction]| part.iter().map(|one| one.judged).collect::<Vec<_>>();
        let figures: Option<Vec<f64>> = parts.iter().map(|part| figure(&judged(part))).collect();
        figures.map(|figures| figures.iter().sum::<f64>() / figures.len() as f64)
    };
    let alone: Vec<Alone> = parts.iter().map(|part| Alone::of(part)).collect();
    let sum = |count: fn(&Alone) -> u64| alone.iter().map(count).sum::<u64>();
    let wrong = |alone: &Alone| alone.wrong as f64 / alone.decided.max(1) as f64;
    println!(
        "{stage} | {} | {} | {} of {} | {} | {:.4}",
        figure(mean(&roc_auc)),
        figure(mean(&|judged| recall_at(judged, 0.005).map(|(recall, _)| recall))),
        sum(|alone| alone.decided),
        sum(|alone| alone.comments),
        sum(|alone| alone.wrong),
        alone.iter().map(wrong).fold(0.0, f64::max)
    );
}

/// Each text judged by a prior made from the texts of other folds, without near-duplicates of what is tested. What is in
/// no fold is never tested.
fn print_folds(
    rows: &[Row],
    texts: &[Labelled],
    by_verdict: bool,
    fold: impl Fn(&Row, usize) -> Option<String>,
) {
    let groups = near_duplicate_groups(rows.iter().map(|row| row.text.as_str()));
    let folds: Vec<Option<String>> = rows.iter().zip(&groups).map(|(row, group)| fold(row, *group)).collect();
    let examples = examples(texts);
    let mut by_source: BTreeMap<String, Vec<Judged>> = BTreeMap::new();
    for held_out in folds.iter().flatten().collect::<BTreeSet<_>>() {
        let is_tested = |index: &usize| folds[*index].as_ref() == Some(held_out);
        let tested: Vec<usize> = (0..rows.len()).filter(is_tested).collect();
        let known: HashSet<usize> = tested.iter().map(|&index| groups[index]).collect();
        let unseen = |index: &usize| !is_tested(index) && !known.contains(&groups[*index]);
        let training: Vec<usize> = (0..rows.len()).filter(unseen).collect();
        let mut judge = trained(&chosen(&examples, &training), by_verdict);
        for &index in &tested {
            let judged = judge(&texts[index]);
            let Row { source, kind, .. } = &rows[index];
            by_source.entry(source.clone()).or_default().push(judged);
            if !kind.is_empty() {
                by_source.entry(format!("{source}, {kind}")).or_default().push(judged);
            }
        }
    }
    print_sources(by_source);
}

fn print_test(texts: &[Labelled], rows: &[Row], by_verdict: bool) {
    let mut judge = trained(&examples(texts), by_verdict);
    let mut by_source: BTreeMap<&str, Vec<Judged>> = BTreeMap::new();
    for row in rows {
        by_source.entry(&row.source).or_default().push(judge(&labelled(row)));
    }
    print_sources(by_source);
}

fn print_sources<S: std::fmt::Display>(by_source: BTreeMap<S, Vec<Judged>>) {
    println!("source | texts | spam | AUC (95 %) | recall at 0.5 % (95 %) | ham from 75 % | MCC at 50 %");
    for (source, judged) in by_source {
        print_source(&source.to_string(), &judged);
    }
}

fn print_source(source: &str, judged: &[Judged]) {
    let spam = judged.iter().filter(|one| one.positive).count();
    let recall = |judged: &[Judged]| recall_at(judged, 0.005).map(|(recall, _)| recall);
    println!(
        "{source} | {} | {spam} | {}{} | {}{} | {} | {}",
        judged.len(),
        figure(roc_auc(judged)),
        interval(bootstrap(judged, 400, roc_auc)),
        figure(recall(judged)),
        interval(bootstrap(judged, 400, recall)),
        figure(Confusion::at(judged, HELD).false_positive_rate()),
        figure(Confusion::at(judged, 0.0).matthews())
    );
}

/// The video of a row, or the group of its near-duplicates.
fn fold(row: &Row, group: usize) -> Option<String> {
    let video = row.note.split_whitespace().find(|word| word.starts_with("video=")).map(str::to_owned);
    video.or_else(|| Some(format!("group {}", (group.wrapping_mul(0x9E37_79B9) >> 7) % FOLDS)))
}

fn figure(value: Option<f64>) -> String {
    value.map_or("–".into(), |value| format!("{value:.4}"))
}

fn interval(value: Option<(f64, f64)>) -> String {
    value.map_or(String::new(), |(low, high)| format!(" ({low:.4} – {high:.4})"))
}

//! Makes labelled blog comments for `train_prior` of what blogs with Staticman were offered: it makes a pull request of
//! one new file of each comment. What the owner took is in the branch. What he did not is spam if there is an address in
//! it or behind its author's name, unless it was offered again and taken then, or another comment of the same name was.
//! Most of what was refused without any address are tests, and questions that nobody answered.
//!
//! ```text
//! git clone https://github.com/OWNER/BLOG
//! git -C BLOG fetch origin '+refs/pull/*/head:refs/pull/*/head'
//! cargo run --release --example offered_rows -- BLOG… [--kept BLOG…] [--unlike ROWS.jsonl…] > offered.jsonl
//! ```
//!
//! Programs offer the same texts with small changes thousands of times; of near-duplicates the first is given. What is
//! written in other alphabets is left out, since there is no such comment that is no spam beside it. The same clones
//! give the same rows.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use clap::Parser;
use serde_json::{Value, json};
use xxhash_rust::xxh3::xxh3_64;

/// The page behind a name that has one.
const PAGE: &str = "https://example.com/";
/// What the rows count beside those of other files. There are three times as many of spam as of others, so others weigh
/// more: comments that thank would be held else, since most of what is offered thanks.
const SPAM_WEIGHT: f64 = 0.02;
const HAM_WEIGHT: f64 = 0.5;
/// Share of common shingles from which two texts are near-duplicates, and letters in a shingle.
const ALIKE: f64 = 0.6;
const SHINGLE: usize = 5;
/// The last letter of the Latin alphabets.
const LAST_LATIN: char = '\u{24f}';

#[derive(Parser)]
#[command(about = "Makes labelled comments of what blogs were offered as pull requests")]
struct Arguments {
    /// Clones of blogs whose refused comments are given as spam.
    #[arg(required = true)]
    blogs: Vec<PathBuf>,
    /// Clones of blogs whose comments are given as no spam.
    #[arg(long, num_args = 1..)]
    kept: Vec<PathBuf>,
    /// Rows that are measured on: what is nearly the same as one of them is left out.
    #[arg(long, num_args = 1..)]
    unlike: Vec<PathBuf>,
}

/// A comment as Staticman writes it.
struct Comment {
    path: String,
    author: String,
    has_page: bool,
    text: String,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let mut known = Known::default();
    for file in &arguments.unlike {
        for text in texts(file)? {
            known.learn(&text);
        }
    }
    let mut print = |comments: Vec<Comment>, label, weight| {
        let new = comments.iter().filter(|comment| known.learn(&comment.text));
        new.for_each(|comment| println!("{}", row(comment, label, weight)));
    };
    for blog in &arguments.blogs {
        print(refused(blog)?, "spam", SPAM_WEIGHT);
    }
    for blog in &arguments.kept {
        print(kept(blog)?, "ham", HAM_WEIGHT);
    }
    Ok(())
}

fn texts(file: &Path) -> Result<Vec<String>> {
    let rows = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let text = |row: &str| -> Result<String> {
        let row: Value = serde_json::from_str(row)?;
        Ok(row["text"].as_str().context("a row without a text")?.to_owned())
    };
    rows.lines().filter(|line| !line.trim().is_empty()).map(text).collect()
}

/// Texts, and which of them have a shingle: `duplicates` compares texts through what few of them have, and most of what
/// is offered has most in common.
#[derive(Default)]
struct Known {
    shingles: Vec<usize>,
    with: HashMap<u64, Vec<usize>>,
}

impl Known {
    /// Whether no text is nearly the same as this one, which is known from now on.
    fn learn(&mut self, text: &str) -> bool {
        let own = shingles_of(text);
        let mut common: HashMap<usize, usize> = HashMap::new();
        let others = own.iter().flat_map(|shingle| self.with.get(shingle)).flatten();
        others.for_each(|&other| *common.entry(other).or_default() += 1);
        let is_alike = |(&other, &count): (&usize, &usize)| {
            count as f64 >= ALIKE * (own.len() + self.shingles[other] - count) as f64
        };
        if common.iter().any(is_alike) {
            return false;
        }
        own.iter().for_each(|&shingle| self.with.entry(shingle).or_default().push(self.shingles.len()));
        self.shingles.push(own.len());
        true
    }
}

fn shingles_of(text: &str) -> HashSet<u64> {
    let letters: Vec<char> = letters(text).chars().collect();
    let hash = |part: &[char]| xxh3_64(part.iter().collect::<String>().as_bytes());
    letters.windows(SHINGLE.min(letters.len().max(1))).map(hash).collect()
}

/// Portals differ in what they hand in: half of the comments have their name and page, a quarter the name alone.
fn row(comment: &Comment, label: &str, weight: f64) -> Value {
    let (named, paged) = match xxh3_64(comment.path.as_bytes()) % 4 {
        0 => (false, false),
        1 => (true, false),
        _ => (true, comment.has_page),
    };
    json!({
        "source": "offered",
        "author": if named { &comment.author } else { "" },
        "author_url": if paged { PAGE } else { "" },
        "text": comment.text,
        "label": label,
        "weight": weight,
    })
}

/// The comments in the branch, in the order of their paths.
fn kept(blog: &Path) -> Result<Vec<Comment>> {
    let paths = git(blog, &["ls-tree", "-r", "--name-only", "HEAD"])?;
    let mut comments = Vec::new();
    for path in paths.lines().filter(|path| is_comment(path)) {
        comments.extend(read(blog, "HEAD", path)?);
    }
    ensure!(!comments.is_empty(), "{}: no comments", blog.display());
    Ok(comments)
}

/// The comments that a pull request offered, as the only file of a commit, and that never got into the branch.
fn refused(blog: &Path) -> Result<Vec<Comment>> {
    let history = git(blog, &["log", "HEAD", "-m", "--no-renames", "--name-only", "--format="])?;
    let taken_paths: HashSet<&str> = history.lines().collect();
    let kept = kept(blog).unwrap_or_default();
    let taken_texts: HashSet<String> = kept.iter().map(|comment| letters(&comment.text)).collect();
    let taken_authors: HashSet<String> = kept.iter().map(|comment| letters(&comment.author)).collect();
    let mut refused = Vec::new();
    for (path, commit) in offered(blog)? {
        let comment = match read(blog, &commit, &path)? {
            Some(comment) if !taken_paths.contains(path.as_str()) => comment,
            _ => continue,
        };
        let is_taken = taken_texts.contains(&letters(&comment.text))
            || taken_authors.contains(&letters(&comment.author));
        let has_address = comment.has_page || ["http", "www."].iter().any(|part| comment.text.contains(part));
        if !is_taken && has_address && !is_foreign(&comment.text) {
            refused.push(comment);
        }
    }
    ensure!(!refused.is_empty(), "{}: no refused comments; are the pull requests fetched?", blog.display());
    Ok(refused)
}

/// The commit that offers a comment, by the path of the comment.
fn offered(blog: &Path) -> Result<BTreeMap<String, String>> {
    let log = git(
        blog,
        &[
            "log",
            "--glob=refs/pull/*/head",
            "--not",
            "HEAD",
            "--no-merges",
            "--no-renames",
            "--name-status",
            "--format=%x00%H",
        ],
    )?;
    let mut offered = BTreeMap::new();
    for commit in log.split('\0') {
        let lines: Vec<&str> = commit.lines().filter(|line| !line.is_empty()).collect();
        let [commit, file] = lines[..] else { continue };
        if let Some(path) = file.strip_prefix("A\t").filter(|path| is_comment(path)) {
            offered.entry(path.to_owned()).or_insert(commit.to_owned());
        }
    }
    Ok(offered)
}

fn is_comment(path: &str) -> bool {
    path.split('/').any(|part| part == "comments") && path.ends_with(".yml")
}

fn is_foreign(text: &str) -> bool {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let foreign = text.chars().filter(|&c| c.is_alphabetic() && c > LAST_LATIN).count();
    foreign * 10 > letters * 3
}

fn letters(text: &str) -> String {
    text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect()
}

/// A file's comment, if it says anything.
fn read(blog: &Path, commit: &str, path: &str) -> Result<Option<Comment>> {
    let file = git(blog, &["cat-file", "blob", &format!("{commit}:{path}")])?;
    let first = |keys: &[&str]| keys.iter().map(|key| value(&file, key)).find(|value| !value.is_empty());
    let Some(text) = first(&["message", "msg", "comment"]) else { return Ok(None) };
    Ok(Some(Comment {
        path: path.to_owned(),
        author: first(&["name", "author"]).unwrap_or_default(),
        has_page: first(&["url", "website"]).is_some(),
        text: without_paragraphs(&text),
    }))
}

/// What a file of YAML says of a key at its top level, whichever way it is quoted.
fn value(file: &str, key: &str) -> String {
    let of_key = |line: &&str| line.strip_prefix(key).is_some_and(|rest| rest.starts_with(':'));
    let mut lines = file.lines().skip_while(|line| !of_key(line));
    let first = lines.next().and_then(|line| line.split_once(':')).map_or("", |(_, value)| value.trim());
    let others = lines.take_while(|line| line.is_empty() || line.starts_with(' ')).map(str::trim);
    let is_literal = first.starts_with('|');
    let first = if first.starts_with(['>', '|']) { "" } else { first };
    let whole = [first].into_iter().chain(others).fold(String::new(), |whole, line| match line {
        "" if whole.is_empty() => whole,
        "" => whole + "\n",
        line if whole.is_empty() || whole.ends_with('\n') => whole + line,
        line => whole + if is_literal { "\n" } else { " " } + line,
    });
    let whole = whole.trim();
    match (whole.strip_prefix('\''), whole.strip_prefix('"')) {
        (Some(quoted), _) => quoted.strip_suffix('\'').unwrap_or(quoted).replace("''", "'"),
        (_, Some(quoted)) => unescaped(quoted.strip_suffix('"').unwrap_or(quoted)),
        _ => whole.to_owned(),
    }
}

fn unescaped(quoted: &str) -> String {
    let mut text = String::new();
    let mut rest = quoted.chars();
    while let Some(character) = rest.next() {
        let escaped = if character == '\\' { rest.next() } else { None };
        let mut coded = |digits: usize| {
            let code: String = rest.by_ref().take(digits).collect();
            u32::from_str_radix(&code, 16)
                .ok()
                .and_then(char::from_u32)
                .unwrap_or(char::REPLACEMENT_CHARACTER)
        };
        text.push(match escaped {
            None => character,
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('x') => coded(2),
            Some('u') => coded(4),
            Some('U') => coded(8),
            Some(other) => other,
        });
    }
    text
}

/// A text that was imported as paragraphs of HTML, without them.
fn without_paragraphs(text: &str) -> String {
    let text = text.replace("</p><p>", "\n").replace("<p>", "").replace("</p>", "");
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
    text.replace("<br />", "\n").trim().to_owned()
}

fn git(blog: &Path, arguments: &[&str]) -> Result<String> {
    let output = Command::new("git")
        .arg("-C")
        .arg(blog)
        .args(["-c", "core.quotepath=off"])
        .args(arguments)
        .output()?;
    let complaint = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{}: git {arguments:?}: {complaint}", blog.display());
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

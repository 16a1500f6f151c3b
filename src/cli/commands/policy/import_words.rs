//! `modctl policy import-words`

use std::fs;
use std::path::Path;

use toml_edit::DocumentMut;

use super::change::{Change, Trial};
use super::{fetch, source};
use crate::cli::failure::{Done, Failure};
use crate::cli::harmless::one_line;
use crate::cli::prompt::Answer;
use crate::cli::session::Session;
use crate::cli::wordlist::{Entry, Merged, Target, merge, read};
use crate::policy::Policy;

const HELP: &str = "\
A file is a word or phrase a line (# begins a comment), a JSON list of texts, a JSON object of words with ratings, or CSV whose \
first line names a column `text`, `word`, `phrase` or `term` and perhaps one `severity_rating`, `severity`, `rating` or `score`.

Without --print or --into, the words are merged into the policy in force: the change is shown, tried on past comments, and asked \
about. A list of the same name takes the words that it lacks; other names make a list of their own.";

/// What `policy import-words` takes.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub struct Args {
    /// The lists; `-` reads standard input
    #[arg(required = true)]
    pub files: Vec<String>,
    /// What kind of words they are
    #[arg(long, value_parser = ["profanity", "slur", "threat", "sexual", "spam", "custom"])]
    pub class: Option<String>,
    /// Points that each different word adds, -100 to 100 [default: 5, or what the list has]
    #[arg(long, value_name = "POINTS", allow_negative_numbers = true)]
    pub weight: Option<f64>,
    /// The list's name in the policy [default: the first file's]
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// Only words with at least this rating
    #[arg(long, value_name = "RATING", allow_negative_numbers = true)]
    pub rating: Option<f64>,
    /// Print the list as TOML; no server is asked
    #[arg(long)]
    pub print: bool,
    /// Merge them into this policy file; no server is asked
    #[arg(long, value_name = "FILE", conflicts_with = "print")]
    pub into: Option<String>,
    /// Why, for the history [default: which list they went into]
    #[arg(long, short, value_name = "TEXT")]
    pub message: Option<String>,
    /// How it is tried and asked about.
    #[command(flatten)]
    pub trial: Trial,
}

/// A file and the words in it.
type List<'a> = (&'a str, Vec<Entry>);

/// Each file, and what became of its words.
type Fates = Vec<(String, Merged)>;

/// Merges lists of words into a policy, and tells what of them no list can have.
pub async fn run(args: Args, session: &mut Session) -> Result<Done, Failure> {
    let mut lists = Vec::new();
    for file in &args.files {
        lists.push((file.as_str(), rated(file, args.rating)?));
    }
    let merged = if let Some(file) = &args.into {
        let (text, merged) = added(&args, &source::read(file)?.text, &lists)?;
        fs::write(file, text).map_err(|error| Failure::Usage(format!("cannot write {file}: {error}")))?;
        merged
    } else if args.print {
        let (text, merged) = added(&args, "", &lists)?;
        session.output.text(text.trim_start())?;
        merged
    } else {
        apply(&args, &lists, session).await?
    };
    Ok(told(&merged))
}

async fn apply(args: &Args, lists: &[List<'_>], session: &mut Session) -> Result<Fates, Failure> {
    let current = fetch(0, session).await?;
    let (source, merged) = added(args, &current.source, lists)?;
    if source == current.source {
        say!("the policy in force has all of them already");
        return Ok(merged);
    }
    let message = args.message.clone().unwrap_or_else(|| format!("words into the list {:?}", name(args)));
    let change = Change { current, name: "with the words".to_owned(), source, message };
    match change.put_to_the_question(&args.trial, false, session).await? {
        Answer::Yes => change.apply(session).await.map(|_| merged),
        _ => Err(Failure::Usage("nothing was changed".to_owned())),
    }
}

/// The words of a file that are bad enough.
fn rated(file: &str, rating: Option<f64>) -> Result<Vec<Entry>, Failure> {
    let source = source::read(file)?;
    let mut entries = read(&source.text).map_err(|why| Failure::Usage(format!("{} {why}", source.name)))?;
    if let Some(least) = rating {
        if entries.iter().all(|entry| entry.rating.is_none()) {
            let why =
                format!("{} has no ratings; leave --rating out, or give it with another file", source.name);
            return Err(Failure::Usage(why));
        }
        entries.retain(|entry| entry.rating.is_some_and(|rating| rating >= least));
    }
    Ok(entries)
}

/// The policy with the words in it, checked.
fn added(args: &Args, policy: &str, lists: &[List<'_>]) -> Result<(String, Fates), Failure> {
    let unreadable = |error| Failure::Usage(format!("the policy cannot be read as TOML: {error}"));
    let mut document: DocumentMut = policy.parse().map_err(unreadable)?;
    let (name, class) = (name(args), args.class.as_deref());
    let target = Target { name: &name, class, weight: args.weight };
    let mut all = Vec::new();
    for (file, entries) in lists {
        all.push(((*file).to_owned(), merge(&mut document, &target, entries).map_err(Failure::Usage)?));
    }
    let source = document.to_string();
    if let Err(mistakes) = Policy::compile(&source, 0) {
        let mistakes: Vec<_> =
            mistakes.iter().map(|mistake| format!("line {}: {}", mistake.line, mistake.message)).collect();
        return Err(Failure::Usage(format!("the policy would not be good: {}", mistakes.join("; "))));
    }
    Ok((source, all))
}

fn name(args: &Args) -> String {
    let first = || Path::new(&args.files[0]).file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let named = args.name.clone().or_else(first).filter(|name| name != "-");
    named.unwrap_or_else(|| "imported words".to_owned())
}

/// Tells on standard error what became of them.
fn told(fates: &[(String, Merged)]) -> Done {
    for (file, merged) in fates {
        for (entry, why) in &merged.refused {
            say!("{file}:{}: “{}” {why}", entry.line, one_line(&entry.word));
        }
        let Merged { added, known, refused } = merged;
        say!("{file}: {added} added, {known} there already, {} refused", refused.len());
    }
    if fates.iter().all(|(_, merged)| merged.refused.is_empty()) { Done::Fully } else { Done::InPart }
}

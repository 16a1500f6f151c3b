//! `modctl policy edit`

mod draft;
mod editor;

use std::env;
use std::io::{self, IsTerminal};
use std::path::PathBuf;

use self::draft::Draft;
pub use self::draft::Mark;
use self::editor::Editor;
use super::change::{Change, Trial};
use super::mistakes::{located, marks};
use super::source::Source;
use super::{fetch, named};
use crate::cli::failure::{Done, Failure};
use crate::cli::harmless::one_line;
use crate::cli::output;
use crate::cli::prompt::{Answer, confirm};
use crate::cli::session::Session;
use crate::proto::v1::{Policy, UpdatePolicyRequest};

const HELP: &str = "\
The editor is VISUAL or EDITOR, else vi. What is saved is checked; mistakes are written under the lines that have them, \
and the editor opens again at the first. Then the changes are shown, tried on past comments, and asked about.

The edit is kept in a file until it is in force. When the policy was changed by somebody else meanwhile, their changes \
are shown and the edit goes on.";

/// What `policy edit` takes.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub struct Args {
    /// Why, for the history
    #[arg(long, short, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub message: String,
    /// Go on with an edit that was kept, or begin with this file
    #[arg(long, value_name = "FILE")]
    pub from: Option<PathBuf>,
    /// How it is tried and asked about.
    #[command(flatten)]
    pub trial: Trial,
}

/// How a round of editing ended.
enum Round {
    /// Open the editor again.
    Again,
    /// It ended as wanted; nothing needs to be kept.
    Over(Done),
}

/// Edits until it is in force or given up. Nothing that was typed is lost: the file stays unless it came into force.
pub async fn run(args: Args, session: &mut Session) -> Result<Done, Failure> {
    let at_terminal = io::stdin().is_terminal() && io::stdout().is_terminal();
    let editor = Editor::chosen(|name| env::var(name).ok(), at_terminal)?;
    let mut current = fetch(0, session).await?;
    let path = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let draft = match &args.from {
        Some(file) => Draft::kept(file.clone()),
        None => Draft::begin(path, &session.site(), &current.source)?,
    };
    let ended = rounds(&args, &editor, &draft, &mut current, session).await;
    match &ended {
        Ok(_) if args.from.is_none() => draft.discard(),
        Ok(_) => {}
        Err(_) => say!("your edit is kept; go on with: modctl policy edit --from {}", draft.place()),
    }
    ended
}

async fn rounds(
    args: &Args,
    editor: &Editor,
    draft: &Draft,
    current: &mut Policy,
    session: &mut Session,
) -> Result<Done, Failure> {
    let mut line = 1;
    loop {
        editor.open(draft.path(), line)?;
        match round(args, draft, current, &mut line, session).await? {
            Round::Again => {}
            Round::Over(done) => return Ok(done),
        }
    }
}

/// What was saved: checked, shown, asked about, applied.
async fn round(
    args: &Args,
    draft: &Draft,
    current: &mut Policy,
    line: &mut usize,
    session: &mut Session,
) -> Result<Round, Failure> {
    let source = draft.read()?;
    if source == current.source {
        say!("nothing was changed");
        return Ok(Round::Over(Done::Fully));
    }
    let change = Change {
        current: current.clone(),
        name: "your edit".to_owned(),
        source,
        message: args.message.clone(),
    };
    match validate(&change, session).await {
        Ok(()) => {}
        Err(failure) if reason(&failure) == "POLICY_INVALID" => {
            *line = mark(&failure, draft, &change.source)?;
            return again(failure, draft, &change.source);
        }
        Err(failure) if reason(&failure) == "POLICY_CONFLICT" => {
            return rebase(failure, current, session).await;
        }
        Err(failure) => return Err(failure),
    }
    match change.put_to_the_question(&args.trial, true, session).await? {
        Answer::Edit => Ok(Round::Again),
        Answer::No => Err(Failure::Usage("nothing was put in force".to_owned())),
        Answer::Yes => match change.apply(session).await {
            Err(failure) if reason(&failure) == "POLICY_CONFLICT" => rebase(failure, current, session).await,
            applied => applied.map(Round::Over),
        },
    }
}

async fn validate(change: &Change, session: &Session) -> Result<(), Failure> {
    let request = session.request(UpdatePolicyRequest {
        site: session.site(),
        source: change.source.clone(),
        etag: change.current.etag.clone(),
        validate_only: true,
        comment: change.message.clone(),
        proposal_id: String::new(),
    });
    session.policy().await?.update_policy(request).await?;
    Ok(())
}

fn reason(failure: &Failure) -> &str {
    match failure {
        Failure::Refused(refusal) => &refusal.reason,
        _ => "",
    }
}

/// Writes the mistakes into the file, and answers the line to open it at.
fn mark(failure: &Failure, draft: &Draft, source: &str) -> Result<usize, Failure> {
    let Failure::Refused(refusal) = failure else { return Ok(1) };
    let marks: Vec<Mark> = marks(refusal);
    draft.write(&draft::marked(source, &marks))?;
    Ok(marks.iter().map(|mark| mark.line).min().unwrap_or(1))
}

/// Tells the mistakes and asks whether to go on; where nobody can answer, they are the command's failure.
fn again(failure: Failure, draft: &Draft, source: &str) -> Result<Round, Failure> {
    let told = located(failure, &Source { name: draft.place(), text: source.to_owned() });
    let Failure::Usage(mistakes) = &told else { return Err(told) };
    if !io::stdin().is_terminal() {
        return Err(told);
    }
    mistakes.lines().for_each(|line| say!("{}", one_line(line)));
    match confirm("Edit again?")? {
        true => Ok(Round::Again),
        false => Err(Failure::Usage("the policy has mistakes; nothing was put in force".to_owned())),
    }
}

/// Somebody else was faster: their changes are shown, and the edit goes on from their version.
async fn rebase(failure: Failure, current: &mut Policy, session: &Session) -> Result<Round, Failure> {
    let theirs = fetch(0, session).await?;
    say!("{} came into force meanwhile, by {}:", named(&theirs), one_line(&theirs.author));
    let (old, new) = (named(current), named(&theirs));
    say_on!("{}", output::diff((&old, &current.source), (&new, &theirs.source), &session.output.screen));
    *current = theirs;
    match confirm("Bring their changes into your edit, or leave them out: edit again?") {
        Ok(true) => Ok(Round::Again),
        Ok(false) | Err(_) => Err(failure),
    }
}

//! `modctl author`: what is known of an author, and what they wrote.

use clap::{Subcommand, ValueEnum};

use crate::cli::failure::{Done, Failure};
use crate::cli::harmless::one_line;
use crate::cli::output::json::{self, Json};
use crate::cli::prompt::confirm;
use crate::cli::session::Session;
use crate::proto::v1::{
    AuthorStanding, EraseAuthorRequest, ExportAuthorRequest, GetAuthorRequest, ListAuthorCommentsRequest,
    SetAuthorStandingRequest,
};

/// Comments of a page.
const PAGE: usize = 200;

/// What can be done with an author.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show an author's record
    Get {
        /// The author's id
        id: String,
    },
    /// List an author's comments, newest first, whatever their state
    Comments {
        /// The author's id
        id: String,
        /// At most this many; 0 for all
        #[arg(long, short = 'n', value_name = "N", default_value_t = 50)]
        limit: usize,
    },
    /// Write down everything that is kept of an author, as JSON Lines: the record, then each comment with its history
    Export {
        /// The author's id
        id: String,
    },
    /// Erase everything that is kept of an author, for good; again, to learn whether the last trace is gone
    Erase {
        /// The author's id
        id: String,
        /// Do not ask
        #[arg(long, short)]
        yes: bool,
    },
    /// Say what holds for an author above all counting
    SetStanding {
        /// The author's id
        id: String,
        /// What holds
        standing: Standing,
    },
}

/// An admin's word about an author.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Standing {
    /// Nothing: the counts speak
    Counted,
    /// Trusted, whatever the counts say
    Trusted,
    /// Every comment waits for a moderator
    Watched,
    /// Every comment is rejected
    Banned,
}

impl From<Standing> for AuthorStanding {
    fn from(standing: Standing) -> Self {
        match standing {
            Standing::Counted => Self::Counted,
            Standing::Trusted => Self::Trusted,
            Standing::Watched => Self::Watched,
            Standing::Banned => Self::Banned,
        }
    }
}

/// Reads or sets what is known of an author.
pub async fn run(command: Command, session: &mut Session) -> Result<Done, Failure> {
    let mut policy = session.policy().await?;
    let author = match command {
        Command::Get { id } => {
            let request = session.request(GetAuthorRequest { site: session.site(), author_id: id });
            policy.get_author(request).await?.into_inner().author
        }
        Command::SetStanding { id, standing } => {
            let request = session.request(SetAuthorStandingRequest {
                site: session.site(),
                author_id: id,
                standing: AuthorStanding::from(standing).into(),
            });
            policy.set_author_standing(request).await?.into_inner().author
        }
        Command::Comments { id, limit } => return comments(id, limit, session).await,
        Command::Erase { id, yes } => return erase(id, yes, session).await,
        Command::Export { id } => return export(id, session).await,
    };
    session.output.listed(&author.unwrap_or_default())?;
    Ok(Done::Fully)
}

async fn comments(id: String, limit: usize, session: &mut Session) -> Result<Done, Failure> {
    let mut policy = session.policy().await?;
    let limit = if limit == 0 { usize::MAX } else { limit };
    let (mut comments, mut page_token) = (vec![], String::new());
    while comments.len() < limit {
        let request = session.request(ListAuthorCommentsRequest {
            site: session.site(),
            author_id: id.clone(),
            page_size: (limit - comments.len()).min(PAGE) as u32,
            page_token,
        });
        let page = policy.list_author_comments(request).await?.into_inner();
        comments.extend(page.comments);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    session.output.rows(&comments, "nothing of this author is kept")?;
    if !page_token.is_empty() {
        say!("there are more; see --limit");
    }
    Ok(Done::Fully)
}

/// A line a message, whatever the format: an export is for machines and for files.
async fn export(id: String, session: &mut Session) -> Result<Done, Failure> {
    let request = ExportAuthorRequest { site: session.site(), author_id: id };
    let mut stream = session.policy().await?.export_author(request).await?.into_inner();
    while let Some(message) = stream.message().await? {
        session.output.text(&(json::line(&Json(&message)).map_err(std::io::Error::from)? + "\n"))?;
    }
    Ok(Done::Fully)
}

async fn erase(id: String, yes: bool, session: &mut Session) -> Result<Done, Failure> {
    let question = format!("Erase everything that is kept of the author {} for good?", one_line(&id));
    if !yes && !confirm(&question)? {
        return Err(Failure::Usage("nothing was erased".to_owned()));
    }
    // Not bound to the time of other calls: an author may have written very much.
    let request = EraseAuthorRequest { site: session.site(), author_id: id };
    let erasure = session.policy().await?.erase_author(request).await?.into_inner();
    session.output.listed(&erasure)?;
    Ok(Done::Fully)
}

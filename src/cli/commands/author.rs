//! `modctl author get` and `modctl author set-standing`

use clap::{Subcommand, ValueEnum};

use crate::cli::failure::{Done, Failure};
use crate::cli::session::Session;
use crate::proto::v1::{AuthorStanding, GetAuthorRequest, SetAuthorStandingRequest};

/// What can be done with an author.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show an author's record
    Get {
        /// The author's id
        id: String,
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

/// Reads or sets an author's record.
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
    };
    session.output.listed(&author.unwrap_or_default())?;
    Ok(Done::Fully)
}

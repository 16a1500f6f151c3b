//! `modctl similar`

use crate::cli::counted::wave_size;
use crate::cli::failure::{Done, Failure};
use crate::cli::session::Session;
use crate::proto::v1::{ListSimilarCommentsRequest, SimilarComment};

/// What `similar` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The comment in the middle
    pub id: String,
    /// At most this many; 0 for all
    #[arg(long, short = 'n', value_name = "N", default_value_t = 50)]
    pub limit: usize,
}

/// Lists the wave around a comment, the most similar first.
pub async fn run(args: Args, session: &mut Session) -> Result<Done, Failure> {
    let limit = if args.limit == 0 { usize::MAX } else { args.limit };
    let (similar, total) = fetch(session, &args.id, limit).await?;
    session.output.rows(&similar, "no other comment is like this one")?;
    if total > similar.len() as u64 {
        say!("{} in all; see --limit", wave_size(total));
    }
    Ok(Done::Fully)
}

async fn fetch(session: &Session, id: &str, limit: usize) -> Result<(Vec<SimilarComment>, u64), Failure> {
    let mut review = session.review().await?;
    let mut similar = vec![];
    let mut page_token = String::new();
    loop {
        let wanted = u32::try_from(limit - similar.len()).unwrap_or(u32::MAX).min(500);
        let request = session.request(ListSimilarCommentsRequest {
            site: session.site(),
            comment_id: id.to_owned(),
            page_size: wanted,
            page_token,
        });
        let page = review.list_similar_comments(request).await?.into_inner();
        similar.extend(page.comments);
        page_token = page.next_page_token;
        if page_token.is_empty() || similar.len() >= limit {
            return Ok((similar, page.total_count));
        }
    }
}

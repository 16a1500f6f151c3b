//! `modctl list`

use crate::cli::failure::{Done, Failure};
use crate::cli::session::Session;
use crate::proto::v1::{Comment, ListCommentsRequest};

/// The grammar of filters, for every command that takes one.
pub const FILTER_HELP: &str = "\
Filters, as in: score >= 5 AND section = sports AND NOT text : \"buy now\"
  state = pending | escalated | approved | rejected | withdrawn   (left out: the waiting ones)
  thread, section, author = NAME     filter, rule = NAME of what found something, as in rule = \"keywords/spam\"
  score < <= > >= POINTS             age < <= > >= 90s, 10m, 2h, 3d
  claimed_by = NAME                  text : PART
`OR` binds tighter than `AND`; parentheses and NOT are allowed; other than plain words stand in double quotes.";

/// Comments of a page.
const PAGE: u32 = 200;

/// What `list` takes.
#[derive(Debug, clap::Args)]
#[command(after_help = FILTER_HELP)]
pub struct Args {
    /// Which comments, such as `score >= 5 AND age > 1h`
    #[arg(long, short, value_name = "FILTER", default_value = "")]
    pub filter: String,
    /// risk, create_time or update_time, the last two also with " desc"
    #[arg(long, value_name = "ORDER", default_value = "risk")]
    pub order_by: String,
    /// At most this many; 0 for all
    #[arg(long, short = 'n', value_name = "N", default_value_t = 50)]
    pub limit: usize,
}

/// Lists comments, page after page, up to the limit.
pub async fn run(args: Args, session: &mut Session) -> Result<Done, Failure> {
    let limit = if args.limit == 0 { usize::MAX } else { args.limit };
    let (comments, more) = fetch(session, &args.filter, &args.order_by, limit).await?;
    session.output.rows(&comments, "no comments match")?;
    if more {
        say!("there are more; see --limit");
    }
    Ok(Done::Fully)
}

/// The first `limit` comments that match, and whether there are more.
pub async fn fetch(
    session: &Session,
    filter: &str,
    order_by: &str,
    limit: usize,
) -> Result<(Vec<Comment>, bool), Failure> {
    let mut review = session.review().await?;
    let mut comments = vec![];
    let mut page_token = String::new();
    while comments.len() < limit {
        let wanted = u32::try_from(limit - comments.len()).unwrap_or(u32::MAX).min(PAGE);
        let request = session.request(ListCommentsRequest {
            site: session.site(),
            filter: filter.to_owned(),
            order_by: order_by.to_owned(),
            page_size: wanted,
            page_token,
        });
        let page = review.list_comments(request).await?.into_inner();
        comments.extend(page.comments);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return Ok((comments, false));
        }
    }
    Ok((comments, true))
}

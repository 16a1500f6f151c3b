//! `modctl watch`

use std::time::Duration;

use tokio::time::sleep;

use crate::cli::failure::{Done, Failure};
use crate::cli::harmless::one_line;
use crate::cli::output::event_line;
use crate::cli::session::Session;
use crate::proto::v1::{DecisionEvent, ListDecisionsRequest, WatchDecisionsRequest};
use crate::proto::v1::{list_decisions_request, watch_decisions_request};

/// Pauses between two attempts to go on after the connection broke.
const BACK_OFF: [Duration; 5] = [
    Duration::from_millis(250),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(10),
];

/// What `watch` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// `oldest`, `now`, or the cursor that an earlier watch ended with
    #[arg(long, value_name = "PLACE", default_value = "now")]
    pub from: String,
    /// End after this many events
    #[arg(long, short = 'n', value_name = "N")]
    pub limit: Option<usize>,
    /// Print what is there and end, instead of waiting for more
    #[arg(long)]
    pub no_follow: bool,
}

/// Follows the feed. A broken connection is taken up again at the same place; the place is told at the end.
pub async fn run(args: Args, session: &mut Session) -> Result<Done, Failure> {
    let mut place = Place { from: args.from.clone(), left: args.limit.unwrap_or(usize::MAX) };
    session.output.csv_header::<DecisionEvent>()?;
    let result = if args.no_follow {
        read(&mut place, session).await
    } else {
        tokio::select! {
            result = follow(&mut place, session) => result,
            _ = tokio::signal::ctrl_c() => Ok(()),
        }
    };
    if place.from != args.from {
        say!("go on with: modctl watch --from {}", one_line(&place.from));
    }
    result.map(|()| Done::Fully)
}

/// Where in the feed we are, and how many events are still wanted.
struct Place {
    from: String,
    left: usize,
}

impl Place {
    fn print(&mut self, event: &DecisionEvent, session: &mut Session) -> Result<(), Failure> {
        session.output.next(event, |screen| event_line(event, screen))?;
        self.from.clone_from(&event.cursor);
        self.left -= 1;
        Ok(())
    }
}

async fn read(place: &mut Place, session: &mut Session) -> Result<(), Failure> {
    use list_decisions_request::Start;
    let mut submission = session.submission().await?;
    while place.left > 0 {
        let start = match place.from.as_str() {
            "oldest" => Start::FromOldest(true),
            "now" => Start::FromNow(true),
            cursor => Start::Cursor(cursor.to_owned()),
        };
        let page_size = u32::try_from(place.left).unwrap_or(u32::MAX).min(500);
        let request = ListDecisionsRequest { site: session.site(), start: Some(start), page_size };
        let page = submission.list_decisions(session.request(request)).await?.into_inner();
        for event in &page.events {
            place.print(event, session)?;
        }
        place.from = page.next_cursor;
        if page.events.is_empty() {
            break;
        }
    }
    Ok(())
}

async fn follow(place: &mut Place, session: &mut Session) -> Result<(), Failure> {
    let mut attempts = BACK_OFF.iter();
    loop {
        let before = place.from.clone();
        let ended = stream(place, session).await;
        if place.left == 0 {
            return Ok(());
        }
        let why = match ended {
            Ok(()) => "the server ended the stream".to_owned(),
            Err(failure) if failure.is_passing() => told(&failure),
            Err(failure) => return Err(failure),
        };
        if place.from != before {
            attempts = BACK_OFF.iter();
        }
        let Some(pause) = attempts.next() else {
            return Err(Failure::Refused(Box::new((&tonic::Status::unavailable(why)).into())));
        };
        say!("{}; going on in {} s", one_line(&why), pause.as_secs_f32());
        sleep(*pause).await;
    }
}

async fn stream(place: &mut Place, session: &mut Session) -> Result<(), Failure> {
    use watch_decisions_request::Start;
    let start = match place.from.as_str() {
        "oldest" => Start::FromOldest(true),
        "now" => Start::FromNow(true),
        cursor => Start::Cursor(cursor.to_owned()),
    };
    let request = WatchDecisionsRequest { site: session.site(), start: Some(start), more_sites: vec![] };
    let mut messages = session.submission().await?.watch_decisions(request).await?.into_inner();
    while place.left > 0 {
        let Some(message) = messages.message().await? else { break };
        match message.event {
            Some(event) => place.print(&event, session)?,
            None => place.from = message.cursor,
        }
    }
    Ok(())
}

fn told(failure: &Failure) -> String {
    match failure {
        Failure::Refused(refusal) => refusal.message.clone(),
        _ => String::new(),
    }
}

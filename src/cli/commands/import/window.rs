//! The stream: a bounded number of comments under way, refusals of rate limits waited out, a broken connection taken up
//! again. Every request is safe to repeat, so nothing is lost or doubled by that.

use std::collections::VecDeque;
use std::time::Duration;

use indicatif::ProgressBar;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until};
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;

use super::row::request;
use super::source::Lines;
use super::tally::Tally;
use super::{Args, listing};
use crate::cli::failure::{Failure, Refusal};
use crate::cli::harmless::one_line;
use crate::cli::output::Outcome;
use crate::cli::session::Session;
use crate::proto::v1::submit_comments_response::Result as Submitted;
use crate::proto::v1::{SubmitCommentsRequest, SubmitCommentsResponse};

/// Comments under way at once, and at most as many more that wait for a limit.
const WINDOW: usize = 256;

/// Times that a broken connection is taken up again without a comment getting through.
const MAX_BREAKS: u32 = 6;

/// A comment of the file.
struct Row {
    line: usize,
    request: SubmitCommentsRequest,
    /// When it was first sent.
    begun: Instant,
}

/// What is sent, waits, and is still to be read.
pub struct Window {
    lines: Lines,
    dry_run: bool,
    patience: Duration,
    /// To be sent before anything else: what was under way when the connection broke.
    again: VecDeque<Row>,
    /// Refused by a limit, with the time to try again.
    waiting: Vec<(Instant, Row)>,
    under_way: VecDeque<Row>,
    breaks: u32,
}

impl Window {
    /// Everything is still to be read.
    pub fn new(lines: Lines, args: &Args) -> Self {
        Self {
            lines,
            dry_run: args.dry_run,
            patience: args.patience,
            again: VecDeque::new(),
            waiting: vec![],
            under_way: VecDeque::new(),
            breaks: 0,
        }
    }

    /// Sends all lines and counts what becomes of them.
    pub async fn run(
        mut self,
        session: &mut Session,
        tally: &mut Tally,
        progress: &ProgressBar,
    ) -> Result<(), Failure> {
        loop {
            match self.stream(session, tally, progress).await {
                Err(failure) if failure.is_passing() && self.breaks < MAX_BREAKS => {
                    sleep(Duration::from_millis(250 << self.breaks)).await;
                    self.breaks += 1;
                    self.again.extend(self.under_way.drain(..));
                    self.again.make_contiguous().sort_by_key(|row| row.line);
                }
                result => return result,
            }
        }
    }

    /// One stream, until everything is answered or it breaks.
    async fn stream(
        &mut self,
        session: &mut Session,
        tally: &mut Tally,
        progress: &ProgressBar,
    ) -> Result<(), Failure> {
        let (sender, requests) = mpsc::channel(WINDOW);
        self.fill(&sender, session, tally)?;
        if self.under_way.is_empty() && self.waiting.is_empty() {
            return Ok(());
        }
        let answers = session.submission().await?.submit_comments(ReceiverStream::new(requests)).await;
        let mut answers = answers?.into_inner();
        loop {
            self.fill(&sender, session, tally)?;
            progress.set_position(self.lines.position);
            progress.set_message(self.situation(tally));
            if self.under_way.is_empty() {
                let Some(due) = self.waiting.iter().map(|(due, _)| *due).min() else { return Ok(()) };
                sleep_until(due).await;
                continue;
            }
            let answer = answers.message().await?;
            let answer = answer.ok_or_else(|| Status::unavailable("the server ended the stream"))?;
            self.breaks = 0;
            self.settle(answer, session, tally)?;
        }
    }

    /// Sends until the window is full or nothing more can be sent now. A closed channel is found out by the answers.
    fn fill(
        &mut self,
        sender: &mpsc::Sender<SubmitCommentsRequest>,
        session: &Session,
        tally: &mut Tally,
    ) -> Result<(), Failure> {
        while self.under_way.len() < WINDOW {
            let Some(row) = self.next(session, tally)? else { break };
            _ = sender.try_send(row.request.clone());
            self.under_way.push_back(row);
        }
        Ok(())
    }

    fn next(&mut self, session: &Session, tally: &mut Tally) -> Result<Option<Row>, Failure> {
        if let Some(row) = self.again.pop_front() {
            return Ok(Some(row));
        }
        let now = Instant::now();
        if let Some(due) = self.waiting.iter().position(|(due, _)| *due <= now) {
            return Ok(Some(self.waiting.remove(due).1));
        }
        while self.waiting.len() < WINDOW {
            let Some(line) = self.lines.next()? else { break };
            let site = session.site();
            match line.text.and_then(|text| request(line.number, &text, &site, self.dry_run)) {
                Ok(request) => return Ok(Some(Row { line: line.number, request, begun: now })),
                Err(why) => tally.unreadable(line.number, why),
            }
        }
        Ok(None)
    }

    /// Answers come in the order of the requests.
    fn settle(
        &mut self,
        answer: SubmitCommentsResponse,
        session: &mut Session,
        tally: &mut Tally,
    ) -> Result<(), Failure> {
        let row = self.under_way.pop_front();
        let row = row.ok_or_else(|| Status::internal("the server answered more than was asked"))?;
        let result = match answer.result {
            Some(Submitted::Accepted(accepted)) => {
                let comment = accepted.comment.unwrap_or_default();
                tally.accepted(&comment, accepted.replayed);
                Ok(Box::new(comment))
            }
            Some(Submitted::Error(status)) => {
                let refusal = Refusal::from(&status);
                if let Some(pause) = self.pause(&row, &refusal) {
                    self.waiting.push((Instant::now() + pause, row));
                    return Ok(());
                }
                tally.refused(row.line, &comment_id(&row, &answer.comment_id), &refusal);
                Err(refusal)
            }
            None => return Err(Status::internal("the server answered neither a comment nor an error").into()),
        };
        if listing(session) {
            let outcome = Outcome { comment_id: comment_id(&row, &answer.comment_id), result };
            session.output.next(&outcome, |_| String::new())?;
        }
        Ok(())
    }

    /// How long to wait before the comment is sent again; `None`: it is refused for good, or patience has run out.
    fn pause(&self, row: &Row, refusal: &Refusal) -> Option<Duration> {
        let pause = refusal.retry_after()?;
        (row.begun.elapsed() + pause <= self.patience).then_some(pause)
    }

    fn situation(&self, tally: &Tally) -> String {
        let waiting = match self.waiting.len() {
            0 => String::new(),
            count => format!(", {count} wait for a rate limit"),
        };
        one_line(&(tally.so_far() + &waiting))
    }
}

fn comment_id(row: &Row, answered: &str) -> String {
    let asked = row.request.comment.as_ref().map_or("", |comment| &comment.id);
    if answered.is_empty() { asked.to_owned() } else { answered.to_owned() }
}

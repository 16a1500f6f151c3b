//! The stream: a bounded number of comments under way, refusals of rate limits waited out, a broken connection taken up
//! again. Every request is safe to repeat, so nothing is lost or doubled by that.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until};
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;

use super::entries::{Entry, LeftOut};
use super::reader::Reader;
use super::report::Report;
use super::row::submission;
use super::{Args, listing};
use crate::cli::failure::{Failure, Refusal};
use crate::cli::output::Outcome;
use crate::cli::session::Session;
use crate::cli::stop::Stop;
use crate::proto::v1::submit_comments_response::Result as Submitted;
use crate::proto::v1::{SubmitCommentsRequest, SubmitCommentsResponse};

/// Comments under way at once, and at most as many more that wait for a limit.
const WINDOW: usize = 256;

/// Times that a broken connection is taken up again without a comment getting through.
const MAX_BREAKS: u32 = 6;

/// A comment of the file.
struct Sent {
    line: usize,
    request: SubmitCommentsRequest,
    /// When it was first sent.
    begun: Instant,
}

/// What is sent, waits, and is still to be read.
pub struct Window {
    reader: Reader,
    dry_run: bool,
    patience: Duration,
    /// To be sent before anything else: what was under way when the connection broke.
    again: VecDeque<Sent>,
    /// Refused by a limit, with the time to try again.
    waiting: Vec<(Instant, Sent)>,
    under_way: VecDeque<Sent>,
    breaks: u32,
    /// The line of the comment that was read last.
    read_to: usize,
    /// Whether nothing more is read: the file ended, or it is broken.
    is_read: bool,
    /// Why nothing more can be read; told once everything before it is in.
    broken: Option<Failure>,
}

impl Window {
    /// Everything is still to be read.
    pub fn new(reader: Reader, args: &Args) -> Self {
        Self {
            reader,
            dry_run: args.dry_run,
            patience: args.patience,
            again: VecDeque::new(),
            waiting: vec![],
            under_way: VecDeque::new(),
            breaks: 0,
            read_to: 0,
            is_read: false,
            broken: None,
        }
    }

    /// Sends all comments and reports what becomes of them. Told to stop, it still waits for what is under way.
    pub async fn run(
        &mut self,
        session: &mut Session,
        report: &mut Report,
        stop: &Stop,
    ) -> Result<(), Failure> {
        loop {
            match self.stream(session, report, stop).await {
                Err(failure) if failure.is_passing() && self.breaks < MAX_BREAKS => {
                    self.again.extend(self.under_way.drain(..));
                    self.again.make_contiguous().sort_by_key(|sent| sent.line);
                    tokio::select! {
                        () = sleep(Duration::from_millis(250 << self.breaks)) => self.breaks += 1,
                        () = stop.asked() => return Ok(()),
                    }
                }
                Ok(()) => return self.broken.take().map_or(Ok(()), Err),
                result => return result,
            }
        }
    }

    /// The first line of which it is not known what became of it.
    pub fn first_open(&self) -> usize {
        let waiting = self.waiting.iter().map(|(_, sent)| sent.line);
        let open = self.again.iter().chain(&self.under_way).map(|sent| sent.line).chain(waiting);
        open.min().unwrap_or(self.read_to + 1)
    }

    /// One stream, until everything is answered or it breaks.
    async fn stream(
        &mut self,
        session: &mut Session,
        report: &mut Report,
        stop: &Stop,
    ) -> Result<(), Failure> {
        let (sender, requests) = mpsc::channel(WINDOW);
        let site = session.site();
        if !self.send_next(&sender, &site, report, stop).await? {
            return Ok(());
        }
        let answers = session.submission().await?.submit_comments(ReceiverStream::new(requests)).await;
        let mut answers = answers?.into_inner();
        let mut has_more = true;
        loop {
            report.at(self.reader.position(), self.waiting.len());
            tokio::select! {
                answer = answers.message(), if !self.under_way.is_empty() => {
                    let answer = answer?.ok_or_else(|| Status::unavailable("the server ended the stream"))?;
                    self.breaks = 0;
                    self.settle(answer, session, report)?;
                    has_more = true;
                }
                more = self.send_next(&sender, &site, report, stop), if has_more && self.under_way.len() < WINDOW => {
                    has_more = more?;
                }
                else => return Ok(()),
            }
        }
    }

    /// Waits for the next comment that can be sent and sends it; answers whether there was one. A closed channel is found
    /// out by the answers.
    async fn send_next(
        &mut self,
        sender: &mpsc::Sender<SubmitCommentsRequest>,
        site: &str,
        report: &mut Report,
        stop: &Stop,
    ) -> Result<bool, Failure> {
        let next = tokio::select! {
            biased;
            () = stop.asked() => None,
            next = self.next(site, report) => next?,
        };
        let Some(sent) = next else { return Ok(false) };
        _ = sender.try_send(sent.request.clone());
        self.under_way.push_back(sent);
        Ok(true)
    }

    /// The next comment: one of a broken stream, one that a limit lets through by now, or one of the file; `None` when
    /// there is none, but for those that wait for an answer. Nothing is lost when the wait is broken off.
    async fn next(&mut self, site: &str, report: &mut Report) -> Result<Option<Sent>, Failure> {
        if let Some(sent) = self.again.pop_front() {
            return Ok(Some(sent));
        }
        loop {
            let first = self.waiting.iter().enumerate().min_by_key(|(_, (due, _))| *due);
            let (place, due) = first.map_or((0, None), |(place, (due, _))| (place, Some(*due)));
            let entry = tokio::select! {
                biased;
                () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => {
                    return Ok(Some(self.waiting.swap_remove(place).1));
                }
                entry = self.reader.next(), if !self.is_read && self.waiting.len() < WINDOW => entry,
                else => return Ok(None),
            };
            match entry {
                Ok(Some(entry)) => {
                    if let Some(sent) = self.read(entry, site, report)? {
                        return Ok(Some(sent));
                    }
                }
                Ok(None) => self.is_read = true,
                Err(broken) => {
                    self.is_read = true;
                    self.broken = Some(broken);
                }
            }
        }
    }

    fn read(&mut self, entry: Entry, site: &str, report: &mut Report) -> Result<Option<Sent>, Failure> {
        let line = entry.line;
        self.read_to = line;
        match entry.row {
            Ok(row) => {
                let request = submission(line, &row, site, self.dry_run);
                Ok(Some(Sent { line, request, begun: Instant::now() }))
            }
            Err(left_out) => {
                report.leave_out(LeftOut { line, ..left_out })?;
                Ok(None)
            }
        }
    }

    /// Answers come in the order of the requests.
    fn settle(
        &mut self,
        answer: SubmitCommentsResponse,
        session: &mut Session,
        report: &mut Report,
    ) -> Result<(), Failure> {
        let sent = self.under_way.pop_front();
        let sent = sent.ok_or_else(|| Status::internal("the server answered more than was asked"))?;
        let comment_id = comment_id(&sent, &answer.comment_id);
        let result = match answer.result {
            Some(Submitted::Accepted(accepted)) => {
                let comment = accepted.comment.unwrap_or_default();
                report.tally.accepted(&comment, accepted.replayed);
                Ok(Box::new(comment))
            }
            Some(Submitted::Error(status)) => {
                let refusal = Refusal::from(&status);
                if let Some(pause) = self.pause(&sent, &refusal) {
                    report.waits(sent.line, &refusal);
                    self.waiting.push((Instant::now() + pause, sent));
                    return Ok(());
                }
                let reason = if refusal.reason.is_empty() { refusal.code } else { &refusal.reason };
                let why = LeftOut::new(reason, refusal.in_one_line()).about(&comment_id);
                report.leave_out(LeftOut { line: sent.line, ..why })?;
                Err(refusal)
            }
            None => return Err(Status::internal("the server answered neither a comment nor an error").into()),
        };
        if listing(session) {
            session.output.next(&Outcome { comment_id, result }, |_| String::new())?;
        }
        Ok(())
    }

    /// How long to wait before the comment is sent again; `None`: it is refused for good, or patience has run out.
    fn pause(&self, sent: &Sent, refusal: &Refusal) -> Option<Duration> {
        let pause = refusal.retry_after()?;
        (sent.begun.elapsed() + pause <= self.patience).then_some(pause)
    }
}

fn comment_id(sent: &Sent, answered: &str) -> String {
    let asked = sent.request.comment.as_ref().map_or("", |comment| &comment.id);
    if answered.is_empty() { asked.to_owned() } else { answered.to_owned() }
}

//! `modctl import --history`: comments with the state, decision and times that they had elsewhere.

use std::time::Duration;

use serde::Serialize;
use tokio::time::sleep;

use super::entries::LeftOut;
use super::reader::Reader;
use super::report::Report;
use super::row::Row;
use crate::cli::failure::{Done, Failure, Refusal};
use crate::cli::output::screen::{BAD, GOOD};
use crate::cli::output::table::{Cell, Column, render};
use crate::cli::output::{Format, Screen};
use crate::cli::session::Session;
use crate::cli::stop::Stop;
use crate::proto::v1::{ImportCommentsRequest, ImportCommentsResponse};

/// Comments of one call: as many as it can tell refusals of.
const CHUNK: usize = 100;

/// Times that a call is repeated when the server cannot be reached.
const MAX_BREAKS: u32 = 6;

/// What came of it.
#[derive(Debug, Default, Serialize)]
struct Tally {
    imported: u64,
    skipped: u64,
    failed: u64,
    left_out: Vec<LeftOut>,
}

/// Brings all comments in, a call a hundred, and tells what came of them.
pub async fn run(
    mut reader: Reader,
    mut report: Report,
    stop: &Stop,
    session: &mut Session,
) -> Result<Done, Failure> {
    if !matches!(session.output.format, Format::Table | Format::Json) {
        return Err(Failure::Usage("with --history, --format is table or json".to_owned()));
    }
    let mut tally = Tally::default();
    let result = tokio::select! {
        result = bring_in(&mut reader, &mut report, &mut tally, stop, session) => result,
        () = stop.insisted() => Ok(()),
    };
    report.close()?;
    tally.failed = report.tally.failed();
    tally.left_out = std::mem::take(&mut report.tally.left_out);
    match session.output.format {
        Format::Json => session.output.json(&tally)?,
        _ => {
            let drawn = tally.drawn(&session.output.screen);
            session.output.text(&drawn)?;
        }
    }
    if stop.is_asked() || result.is_err() {
        say!("stopped; run the same command again to go on: what is in is skipped");
    }
    result?;
    Ok(if tally.failed == 0 && !stop.is_asked() { Done::Fully } else { Done::InPart })
}

async fn bring_in(
    reader: &mut Reader,
    report: &mut Report,
    tally: &mut Tally,
    stop: &Stop,
    session: &Session,
) -> Result<(), Failure> {
    let site = session.site();
    loop {
        let chunk = tokio::select! {
            chunk = chunk(reader, &site, report) => chunk?,
            () = stop.asked() => return Ok(()),
        };
        if chunk.is_empty() {
            return Ok(());
        }
        let (lines, requests): (Vec<usize>, Vec<ImportCommentsRequest>) = chunk.into_iter().unzip();
        let answer = sent(&requests, session).await?;
        tally.imported += answer.imported_count;
        tally.skipped += answer.skipped_count;
        for failure in answer.failures {
            let line = usize::try_from(failure.index).ok().and_then(|index| lines.get(index)).copied();
            let refusal = failure.error.map(|status| Refusal::from(&status));
            let (reason, why) =
                refusal.map(|refusal| (refusal.reason.clone(), refusal.in_one_line())).unwrap_or_default();
            let left_out = LeftOut::new(&reason, why).about(&failure.comment_id);
            report.leave_out(LeftOut { line: line.unwrap_or(0), ..left_out })?;
        }
        let done = tally.imported + tally.skipped;
        report.says(reader.position(), format!("{done} in, {} left out", report.tally.failed()));
    }
}

/// The next comments, with their lines.
async fn chunk(
    reader: &mut Reader,
    site: &str,
    report: &mut Report,
) -> Result<Vec<(usize, ImportCommentsRequest)>, Failure> {
    let mut chunk = Vec::with_capacity(CHUNK);
    while chunk.len() < CHUNK {
        let Some(entry) = reader.next().await? else { break };
        match entry.row.and_then(|row| request(row, site)) {
            Ok(request) => chunk.push((entry.line, request)),
            Err(left_out) => report.leave_out(LeftOut { line: entry.line, ..left_out })?,
        }
    }
    Ok(chunk)
}

/// The request for a row, which must tell where its comment stood. A decision is kept when it led there and somebody is
/// known to have made it.
fn request(row: Row, site: &str) -> Result<ImportCommentsRequest, LeftOut> {
    let past = row.past;
    if past.state == 0 {
        let id = past.comment.map(|comment| comment.id).unwrap_or_default();
        return Err(LeftOut::new("no state", "it has no `state`, which history needs").about(&id));
    }
    let decision =
        past.decision.clone().filter(|decision| decision.state == past.state && !decision.actor.is_empty());
    Ok(ImportCommentsRequest { site: site.to_owned(), decision, ..past })
}

/// One call; repeated when its answer does not come, which is safe.
async fn sent(
    requests: &[ImportCommentsRequest],
    session: &Session,
) -> Result<ImportCommentsResponse, Failure> {
    let mut breaks = 0;
    loop {
        let stream = tokio_stream::iter(requests.to_vec());
        match session.policy().await?.import_comments(session.request(stream)).await {
            Ok(answer) => return Ok(answer.into_inner()),
            Err(status) => {
                let failure = Failure::from(status);
                if !failure.is_passing() || breaks == MAX_BREAKS {
                    return Err(failure);
                }
                sleep(Duration::from_millis(250 << breaks)).await;
                breaks += 1;
            }
        }
    }
}

impl Tally {
    fn drawn(&self, screen: &Screen) -> String {
        let columns = ["IMPORTED", "HERE ALREADY", "LEFT OUT"].map(Column::Figures);
        let failed = if self.failed > 0 { BAD } else { GOOD };
        let row = vec![
            Cell::styled(self.imported.to_string(), GOOD),
            Cell::new(self.skipped.to_string()),
            Cell::styled(self.failed.to_string(), failed),
        ];
        render(&columns, &[row], screen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::v1::CommentState;

    fn read(line: &str) -> Result<ImportCommentsRequest, LeftOut> {
        Row::of_line(line).and_then(|row| request(row, "news"))
    }

    #[test]
    fn a_decision_is_kept_when_it_led_to_the_state_and_somebody_made_it() {
        let line = |decision: &str| {
            format!(r#"{{"id": "c", "text": "hi", "state": "withdrawn", "decision": {decision}}}"#)
        };
        let kept = |decision: &str| read(&line(decision)).unwrap().decision.is_some();
        assert!(kept(r#"{"state": "COMMENT_STATE_WITHDRAWN", "actor": "mona"}"#));
        assert!(!kept(r#"{"state": "COMMENT_STATE_APPROVED", "actor": "mona"}"#));
        assert!(!kept(r#"{"state": "COMMENT_STATE_WITHDRAWN", "reason": "spam"}"#));
    }

    #[test]
    fn a_row_without_a_state_is_left_out() {
        assert_eq!(read(r#"{"id": "c", "text": "hi"}"#).unwrap_err().reason, "no state");
        let row = read(r#"{"id": "c", "text": "hi", "state": "rejected"}"#).unwrap();
        assert_eq!((row.state(), row.site.as_str()), (CommentState::Rejected, "news"));
    }
}

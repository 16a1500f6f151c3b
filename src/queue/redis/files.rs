//! Cleaning Redis' files after an erasure.
//!
//! The log of commands still has what was written and deleted; a snapshot has what was there when it was taken. So
//! both are written anew, the snapshot first, and each only where it is in use. Redis does that in the background and may take
//! minutes; the erasure remembers how far it has come, and in which run of Redis. Replicas' and backups' files are theirs
//! who keep them.

use std::time::Duration;

use ::redis::{Pipeline, Value};
use tokio::time::{Instant, sleep};

use crate::domain::SiteName;
use crate::queue::QueueError;

use super::erase::Progress;
use super::reply::bytes;
use super::scripts::ERASED;
use super::store::Store;

/// How long a call waits for the files before it answers that they are not clean yet.
const PATIENCE: Duration = Duration::from_secs(5);
const LOOK: Duration = Duration::from_millis(50);

/// Nothing was begun.
const UNTOUCHED: u8 = 0;
/// A snapshot is being taken.
const SNAPSHOT: u8 = 1;
/// The log is being written anew.
const LOG: u8 = 2;

/// What Redis says of its files.
struct Files {
    run: Vec<u8>,
    has_log: bool,
    has_snapshots: bool,
    is_busy: bool,
    snapshot_failed: bool,
    log_failed: bool,
}

/// What is to be done next.
#[derive(Debug, PartialEq, Eq)]
enum Next {
    Wait,
    Begin(u8),
    Done,
}

impl Files {
    /// What an erasure needs whose files are at `stage`, begun in this run of Redis or in one before.
    fn next(&self, stage: u8, in_this_run: bool) -> Next {
        let stage = if in_this_run { stage } else { UNTOUCHED };
        if self.is_busy {
            return Next::Wait;
        }
        match stage {
            UNTOUCHED if self.has_snapshots => Next::Begin(SNAPSHOT),
            SNAPSHOT if self.snapshot_failed => Next::Begin(SNAPSHOT),
            UNTOUCHED | SNAPSHOT if self.has_log => Next::Begin(LOG),
            LOG if self.log_failed => Next::Begin(LOG),
            _ => Next::Done,
        }
    }
}

impl Store {
    /// Goes on with the files of an erasure.
    pub(super) async fn clean_files(
        &self,
        site: &SiteName,
        author_id: &str,
        mut progress: Progress,
    ) -> Result<Progress, QueueError> {
        let until = Instant::now() + PATIENCE;
        while progress.read()?.complete_time.is_none() && Instant::now() < until {
            let files = self.files().await?;
            let (stage, run) = progress.files();
            match files.next(stage, run == files.run) {
                Next::Wait => sleep(LOOK).await,
                Next::Begin(stage) => {
                    let mut begin = Pipeline::with_capacity(1);
                    begin.cmd(if stage == LOG { "BGREWRITEAOF" } else { "BGSAVE" });
                    match self.read(&begin, self.deadline()).await {
                        Ok(_) => {
                            let now = [&[stage], files.run.as_slice()].concat();
                            progress = self.write_down(site, author_id, &progress, &now, false).await?;
                        }
                        // Another server, or Redis itself, has just begun.
                        Err(QueueError::Failed { detail }) => {
                            tracing::warn!(%site, %detail, "the store's files cannot be cleaned now; trying again");
                        }
                        Err(error) => return Err(error),
                    }
                    sleep(LOOK).await;
                }
                Next::Done => {
                    progress = self.write_down(site, author_id, &progress, &[UNTOUCHED], true).await?;
                }
            }
        }
        Ok(progress)
    }

    async fn write_down(
        &self,
        site: &SiteName,
        author_id: &str,
        progress: &Progress,
        files: &[u8],
        is_clean: bool,
    ) -> Result<Progress, QueueError> {
        let keys = self.keys(site);
        let mut call = self.call(&ERASED, &keys);
        keys.erasure(&mut call.keys, author_id);
        call.args.push(&[&progress.0]);
        call.args.push(&[files]);
        call.args.number(u8::from(is_clean));
        Ok(Progress(bytes(self.change(call, self.deadline()).await?)?))
    }

    async fn files(&self) -> Result<Files, QueueError> {
        let mut ask = Pipeline::with_capacity(1);
        ask.cmd("INFO").arg("everything");
        let reply = self.read(&ask, self.deadline()).await?.pop().unwrap_or(Value::Nil);
        let info = String::from_utf8_lossy(&bytes(reply)?).into_owned();
        let field = |name: &str| info.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
        let busy = ["rdb_bgsave_in_progress:", "aof_rewrite_in_progress:", "aof_rewrite_scheduled:"];
        Ok(Files {
            run: field("run_id:").as_bytes().to_vec(),
            has_log: field("aof_enabled:") == "1",
            has_snapshots: self.has_snapshots().await?,
            is_busy: busy.iter().any(|name| field(name) == "1"),
            snapshot_failed: field("rdb_last_bgsave_status:") == "err",
            log_failed: field("aof_last_bgrewrite_status:") == "err",
        })
    }

    /// Whether Redis takes snapshots by itself; taken to be so when it does not show its settings.
    async fn has_snapshots(&self) -> Result<bool, QueueError> {
        let mut ask = Pipeline::with_capacity(1);
        ask.cmd("CONFIG").arg("GET").arg("save");
        match self.read(&ask, self.deadline()).await {
            Ok(replies) => match replies.into_iter().next() {
                Some(Value::Array(pair)) => {
                    Ok(!bytes(pair.into_iter().nth(1).unwrap_or(Value::Nil))?.is_empty())
                }
                _ => Ok(true),
            },
            Err(QueueError::Failed { .. }) => Ok(true),
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(has_snapshots: bool, has_log: bool) -> Files {
        Files {
            run: Vec::new(),
            has_log,
            has_snapshots,
            is_busy: false,
            snapshot_failed: false,
            log_failed: false,
        }
    }

    #[test]
    fn both_files_are_written_anew_each_where_it_is_in_use() {
        let both = files(true, true);
        let stages = [UNTOUCHED, SNAPSHOT, LOG].map(|stage| both.next(stage, true));
        assert_eq!(stages, [Next::Begin(SNAPSHOT), Next::Begin(LOG), Next::Done]);
        assert_eq!(files(false, true).next(UNTOUCHED, true), Next::Begin(LOG));
        assert_eq!(files(true, false).next(SNAPSHOT, true), Next::Done);
        assert_eq!(files(false, false).next(UNTOUCHED, true), Next::Done);
    }

    #[test]
    fn what_failed_or_was_begun_in_another_run_is_begun_again() {
        assert_eq!(Files { log_failed: true, ..files(false, true) }.next(LOG, true), Next::Begin(LOG));
        let failed = Files { snapshot_failed: true, ..files(true, true) };
        assert_eq!(failed.next(SNAPSHOT, true), Next::Begin(SNAPSHOT));
        assert_eq!(files(false, true).next(LOG, false), Next::Begin(LOG));
        assert_eq!(Files { is_busy: true, ..files(false, true) }.next(LOG, true), Next::Wait);
    }
}

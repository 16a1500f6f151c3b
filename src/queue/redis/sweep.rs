//! Removing what has been kept long enough.

use ::redis::Pipeline;
use tokio::time::Instant;

use crate::domain::{CommentId, SiteName, State, Timestamp};
use crate::queue::{QueueError, SWEPT_STATES, Swept};

use super::authors::entry_of;
use super::keys::author_hash;
use super::portal::packed;
use super::reply::{ids, list, number, strange};
use super::scripts::SWEEP;
use super::store::Store;

/// Comments, and events, that one call removes at most: a step that others do not notice.
const MOST: usize = 200;
/// Comments that one call enters in the index of authors, about: what is left waits for the next sweep, so that a
/// flood is not made worse.
const ENTERED: usize = 10_000;

impl Store {
    pub(super) async fn sweep(
        &self,
        site: &SiteName,
        decided_before: Timestamp,
        events_before: Timestamp,
    ) -> Result<Swept, QueueError> {
        self.enter_some(site, ENTERED).await?;
        let deadline = self.deadline();
        let mut due = self.due(site, decided_before, deadline).await?;
        let more = due.len() > MOST;
        due.truncate(MOST);
        let keys = self.keys(site);
        let mut call = self.call(&SWEEP, &keys);
        call.args.number(decided_before.0);
        call.args.number(events_before.0);
        call.args.number(MOST as u64);
        let ids: Vec<CommentId> = due.iter().map(|(_, id)| id.clone()).collect();
        let found = self.look(site, &ids, deadline).await?;
        for ((state, id), stored) in due.iter().zip(found) {
            let content = stored.and_then(|stored| stored.content(id).ok());
            let (author_id, fingerprints) =
                content.map(|content| (content.draft.author.id, content.fingerprints)).unwrap_or_default();
            keys.comment(&mut call.keys, id);
            keys.decisions(&mut call.keys, id);
            keys.history(&mut call.keys, id);
            keys.reporters(&mut call.keys, id);
            keys.lesson(&mut call.keys, id);
            keys.shelf(&mut call.keys, author_hash(&author_id));
            call.args.push(&[id.as_str().as_bytes()]);
            call.args.number(state.code());
            call.args.push(&[&packed(&fingerprints)]);
            call.args.push(&[&entry_of(&author_id, id)]);
        }
        let replies = list(self.change(call, deadline).await?)?;
        let [comments, events] = replies.as_slice() else { return Err(strange("a sweep")) };
        let (comments, events) = (number(comments)? as u64, number(events)? as u64);
        Ok(Swept { comments, events, more: more || events == MOST as u64 })
    }

    /// Comments that may go, one more than one call removes if there are so many.
    async fn due(
        &self,
        site: &SiteName,
        before: Timestamp,
        deadline: Instant,
    ) -> Result<Vec<(State, CommentId)>, QueueError> {
        let keys = self.keys(site);
        let mut commands = Pipeline::with_capacity(SWEPT_STATES.len());
        for state in SWEPT_STATES {
            let list = commands.cmd("ZRANGEBYSCORE").arg(keys.state(state));
            list.arg("-inf").arg(format!("({}", before.0)).arg("LIMIT").arg(0).arg(MOST + 1);
        }
        let mut due = Vec::new();
        for (state, reply) in SWEPT_STATES.into_iter().zip(self.read(&commands, deadline).await?) {
            due.extend(ids(list(reply)?)?.into_iter().map(|id| (state, id)));
        }
        Ok(due)
    }
}

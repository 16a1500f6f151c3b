//! What moderators taught.

use ::redis::{Pipeline, Value};

use crate::domain::{CommentId, SiteName};
use crate::queue::{ModelChange, QueueError, StoredModel, Teaching};

use super::parcel::Call;
use super::reply::{bytes, list, number, strange};
use super::scripts::{MODEL, Script, TEACH};
use super::store::Store;
use super::words::Words;

impl Store {
    pub(super) async fn model(&self, site: &SiteName, known: Option<u64>) -> Result<StoredModel, QueueError> {
        let mut call = self.model_call(&MODEL, site);
        call.args.number(known.map_or(-1, i128::from));
        let replies = list(self.ask(call, self.deadline()).await?)?;
        let [generation, revision, cursor, newest_event, whole_revision, whole, changes] =
            <[Value; 7]>::try_from(replies).map_err(|_| strange("a model"))?;
        let whole = if whole == Value::Nil { None } else { Some(bytes(whole)?) };
        Ok(StoredModel {
            generation: number(&generation)? as u64,
            revision: number(&revision)? as u64,
            cursor: number(&cursor)? as u64,
            newest_event: number(&newest_event)? as u64,
            whole_revision: number(&whole_revision)? as u64,
            whole,
            changes: list(changes)?.into_iter().map(bytes).collect::<Result<_, _>>()?,
        })
    }

    pub(super) async fn lessons(
        &self,
        site: &SiteName,
        ids: &[CommentId],
    ) -> Result<Vec<Option<Vec<u8>>>, QueueError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let (keys, mut names) = (self.keys(site), Words::default());
        ids.iter().for_each(|id| keys.lesson(&mut names, id));
        let mut get = Pipeline::with_capacity(1);
        get.cmd("MGET").arg(names.iter().collect::<Vec<_>>());
        let reply = self.read(&get, self.deadline()).await?.pop().ok_or_else(|| strange("lessons"))?;
        let kept = |value| if value == Value::Nil { Ok(None) } else { bytes(value).map(Some) };
        list(reply)?.into_iter().map(kept).collect()
    }

    pub(super) async fn teach(&self, site: &SiteName, teaching: Teaching) -> Result<bool, QueueError> {
        let keys = self.keys(site);
        let mut call = self.model_call(&TEACH, site);
        call.args.number(teaching.revision);
        call.args.number(teaching.cursor);
        call.args.number(teaching.learned_to);
        let (kind, change) = match teaching.change {
            ModelChange::Nothing => ("nothing", Vec::new()),
            ModelChange::Added(change) => ("added", change),
            ModelChange::Whole(model) => ("whole", model),
        };
        call.args.push(&[kind.as_bytes()]);
        call.args.push(&[&change]);
        for (id, lesson) in &teaching.lessons {
            keys.comment(&mut call.keys, id);
            keys.lesson(&mut call.keys, id);
            call.args.push(&[lesson.as_deref().unwrap_or_default()]);
        }
        Ok(number(&self.change(call, self.deadline()).await?)? == 1)
    }

    fn model_call(&self, script: &'static Script, site: &SiteName) -> Call {
        let keys = self.keys(site);
        let mut call = self.call(script, &keys);
        keys.model(&mut call.keys);
        call
    }
}

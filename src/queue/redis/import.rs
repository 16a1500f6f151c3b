//! History of another system comes in.
//!
//! An order is packed as `>BBBBI8I8c8c6`: state, tier, what counts for the author, has an author, when it was written,
//! when it was decided (0: nobody did), the content hash, the author's hash.

use crate::domain::{ActorKind, HistoryEntry, HistoryKind, SiteName};
use crate::queue::hot::Counted;
use crate::queue::record::{encode_history, encode_parts};
use crate::queue::{Import, Imported, QueueError};

use super::bodies;
use super::keys::{Keys, author_hash};
use super::parcel::Call;
use super::reply::{bytes, strange};
use super::scripts::IMPORT;
use super::store::Store;

impl Store {
    pub(super) async fn import(
        &self,
        site: &SiteName,
        waiting_cap: u64,
        imports: &[Import],
    ) -> Result<Vec<Imported>, QueueError> {
        let keys = self.keys(site);
        let mut call = self.call(&IMPORT, &keys);
        call.args.number(waiting_cap);
        imports.iter().for_each(|import| add(&mut call, &keys, import));
        call.keys.push(&[keys.arrived().as_bytes()]);
        let answers = bytes(self.change(call, self.deadline()).await?)?;
        if answers.len() != imports.len() {
            return Err(strange("imports"));
        }
        answers.into_iter().map(told).collect()
    }
}

fn told(code: u8) -> Result<Imported, QueueError> {
    match code {
        1 => Ok(Imported::Stored),
        2 => Ok(Imported::Here),
        3 => Ok(Imported::Taken),
        4 => Ok(Imported::Full),
        _ => Err(strange("an import")),
    }
}

fn add(call: &mut Call, keys: &Keys, import: &Import) {
    let Import { id, draft, verdict, state, tier, decision, create_time, actor } = import;
    let author_id = &draft.author.id;
    keys.comment(&mut call.keys, id);
    keys.decisions(&mut call.keys, id);
    keys.history(&mut call.keys, id);
    keys.author(&mut call.keys, author_id);
    let counted = decision.as_ref().map_or(Counted::Nothing, |decision| Counted::by_decision(decision.state));
    let decide_time = decision.as_ref().map_or(0, |decision| decision.decide_time.0);
    let flags = [state.code(), *tier, counted as u8, u8::from(!author_id.is_empty())];
    call.args.push(&[id.as_str().as_bytes()]);
    call.args.push(&[
        &flags,
        &create_time.0.to_be_bytes(),
        &decide_time.to_be_bytes(),
        &draft.content_hash().to_be_bytes(),
        &author_hash(author_id),
    ]);
    call.args.push(&[&encode_parts(draft, verdict, &[])]);
    let entry = decision.as_ref().map(HistoryEntry::of_decision);
    call.args.push(&[&decision.as_ref().map(bodies::standing).unwrap_or_default()]);
    call.args.push(&[&entry.map(|entry| encode_history(&entry)).unwrap_or_default()]);
    call.args.push(&[&encode_history(&HistoryEntry::by(HistoryKind::Imported, actor, ActorKind::Portal))]);
}

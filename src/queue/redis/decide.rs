//! Decisions, and taking them back.

use crate::domain::{ActorKind, CommentId, Decision, HistoryEntry, HistoryKind, SiteName, State, Timestamp};
use crate::queue::hot::Counted;
use crate::queue::record::encode_history;
use crate::queue::{Outcome, QueueError, Refusal, Ruling, Undo};

use super::bodies;
use super::change::{Read, Told, expected, outcome, told};
use super::keys::Keys;
use super::parcel::Call;
use super::reply::{list, strange};
use super::scripts::{DECIDE, UNDO};
use super::store::Store;

impl Store {
    pub(super) async fn decide(
        &self,
        site: &SiteName,
        rulings: Vec<Ruling>,
    ) -> Result<Vec<Outcome>, QueueError> {
        let (deadline, keys) = (self.deadline(), self.keys(site));
        let mut outcomes: Vec<Outcome> = vec![Err(Refusal::Missing); rulings.len()];
        let mut open: Vec<usize> = (0..rulings.len()).collect();
        while !open.is_empty() {
            let ids: Vec<CommentId> = open.iter().map(|&index| rulings[index].id.clone()).collect();
            let found = self.read_all(site, &ids, deadline).await?;
            let there: Vec<(usize, Read)> =
                open.iter().zip(found).filter_map(|(&index, read)| Some((index, read?))).collect();
            open.clear();
            if there.is_empty() {
                break;
            }
            let mut call = self.call(&DECIDE, &keys);
            for (index, read) in &there {
                add_ruling(&mut call, &keys, &rulings[*index], read);
            }
            let replies = list(self.change(call, deadline).await?)?;
            if replies.len() != there.len() {
                return Err(strange("rulings"));
            }
            for ((index, read), reply) in there.into_iter().zip(replies) {
                match told(reply)? {
                    Told::Again => open.push(index),
                    told => outcomes[index] = outcome(told, &rulings[index].id, read.content)?,
                }
            }
        }
        Ok(outcomes)
    }

    pub(super) async fn undo(&self, site: &SiteName, undo: Undo) -> Result<Outcome, QueueError> {
        let keys = self.keys(site);
        let entry = HistoryEntry {
            note: undo.note.clone(),
            ..HistoryEntry::by(HistoryKind::Undone, &undo.actor, ActorKind::Moderator)
        };
        let entry = encode_history(&entry);
        let changed = self
            .change_one(site, &undo.id, |read| {
                let mut call = self.call(&UNDO, &keys);
                add_keys(&mut call, &keys, &undo.id, read);
                let Read { hot, content } = read;
                // The script knows the state that it goes back to; readers take it from the event's head.
                let mut decision =
                    Decision::by(&undo.actor, ActorKind::Moderator, State::Pending, Timestamp::default());
                decision.note = undo.note.clone();
                call.args.push(&[undo.id.as_str().as_bytes()]);
                call.args.number(hot.version);
                call.args.number(expected(undo.expected));
                call.args.number(u8::from(!content.draft.author.id.is_empty()));
                call.args.push(&[undo.event_id.as_bytes()]);
                call.args.push(&[&bodies::event(&undo.event_id, &undo.id, &content.draft, decision)]);
                call.args.push(&[&entry]);
                call
            })
            .await?;
        match changed {
            Some((told, read)) => outcome(told, &undo.id, read.content),
            None => Ok(Err(Refusal::Missing)),
        }
    }
}

fn add_keys(call: &mut Call, keys: &Keys, id: &CommentId, read: &Read) {
    keys.comment(&mut call.keys, id);
    keys.decisions(&mut call.keys, id);
    keys.history(&mut call.keys, id);
    keys.author(&mut call.keys, &read.content.draft.author.id);
}

fn add_ruling(call: &mut Call, keys: &Keys, ruling: &Ruling, read: &Read) {
    let Ruling { id, decision, event_id, .. } = ruling;
    let Read { hot, content } = read;
    let entry = HistoryEntry::of_decision(decision);
    add_keys(call, keys, id, read);
    call.args.push(&[id.as_str().as_bytes()]);
    call.args.number(hot.version);
    call.args.number(expected(ruling.expected));
    call.args.push(&[ruling.claim_id.as_bytes()]);
    call.args.number(decision.state.code());
    call.args.number(Counted::by_decision(decision.state) as u8);
    call.args.number(u8::from(!content.draft.author.id.is_empty()));
    call.args.push(&[event_id.as_bytes()]);
    call.args.push(&[&bodies::standing(decision)]);
    call.args.push(&[&bodies::event(event_id, id, &content.draft, decision.clone())]);
    call.args.push(&[&encode_history(&entry)]);
}

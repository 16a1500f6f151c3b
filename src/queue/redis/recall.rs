//! The evidence that lies in the store, for many drafts in one trip.

use ::redis::{Pipeline, Value};

use crate::domain::{SiteName, Timestamp};
use crate::queue::{Probe, QueueError, REPEAT_WINDOW, Recalled};

use super::batch::Trip;
use super::keys::Keys;
use super::reply::{bytes, list, number, strange};
use super::store::Store;
use super::stored::{author, u32_at};
use super::words::Words;

/// The trip of probes.
#[derive(Clone)]
pub(super) struct Recalling(pub(super) Store);

impl Trip for Recalling {
    type Job = Probe;
    type Answer = Recalled;
    const ROOM: usize = 4000;
    const SEATS: usize = 128;

    fn weight(probe: &Probe) -> usize {
        2 + probe.fingerprints.len()
    }

    async fn travel(&self, site: &SiteName, probes: Vec<Probe>) -> Result<Vec<Recalled>, QueueError> {
        let Self(store) = self;
        let replies = store.read(&commands(&store.keys(site), &probes), store.deadline()).await?;
        let mut replies = replies.into_iter();
        let mut next = || replies.next().ok_or_else(|| strange("a recall"));
        let (time, clock, policies, values) = (next()?, next()?, next()?, list(next()?)?);
        let micros = store.micros(time, &clock)?;
        let window = micros / 1000 / REPEAT_WINDOW.as_millis() as i64;
        let mut seen = vec![0; probes.iter().map(|probe| probe.fingerprints.len()).sum()];
        if !seen.is_empty() {
            for slot in [next()?, next()?] {
                add_sightings(&mut seen, list(slot)?, window)?;
            }
        }
        let policy_revision = number(&policies)? as u64;
        let now = Timestamp(micros / 1000);
        let (mut values, mut seen) = (values.into_iter(), seen.into_iter());
        probes
            .iter()
            .map(|probe| {
                let known = !matches!(values.next().ok_or_else(|| strange("a recall"))?, Value::Nil);
                let record = if probe.author_id.is_empty() { None } else { values.next() };
                Ok(Recalled {
                    now,
                    known,
                    author: author(&bytes(record.unwrap_or(Value::Nil))?)?,
                    seen: seen.by_ref().take(probe.fingerprints.len()).collect(),
                    policy_revision,
                })
            })
            .collect()
    }
}

fn commands(keys: &Keys, probes: &[Probe]) -> Pipeline {
    let mut commands = Pipeline::with_capacity(6);
    commands.cmd("TIME");
    commands.cmd("HGET").arg(keys.meta()).arg("clock");
    commands.cmd("LLEN").arg(keys.policies());
    let mut names = Words::default();
    for probe in probes {
        keys.comment(&mut names, &probe.id);
        if !probe.author_id.is_empty() {
            keys.author(&mut names, &probe.author_id);
        }
    }
    commands.cmd("MGET").arg(names.iter().collect::<Vec<_>>());
    if probes.iter().all(|probe| probe.fingerprints.is_empty()) {
        return commands;
    }
    for slot in 0..2 {
        commands.cmd("HMGET").arg(keys.seen(slot)).arg("window");
        for print in probes.iter().flat_map(|probe| &probe.fingerprints) {
            commands.arg(&print.to_be_bytes());
        }
    }
    commands
}

/// Adds the counts of one slot, if its window is this one or the one before.
fn add_sightings(seen: &mut [u32], values: Vec<Value>, window: i64) -> Result<(), QueueError> {
    let mut values = values.into_iter();
    let slot_window = number(&values.next().ok_or_else(|| strange("repeats"))?)?;
    if slot_window != window && slot_window != window - 1 {
        return Ok(());
    }
    for (count, value) in seen.iter_mut().zip(values) {
        let value = bytes(value)?;
        if value.len() >= 4 {
            *count = count.saturating_add(u32_at(&value, 0));
        }
    }
    Ok(())
}

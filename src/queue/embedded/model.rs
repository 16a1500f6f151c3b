//! What moderators taught: the model's bytes under their revisions, and each comment's lesson.

use super::batch::Batch;
use super::fault::Fault;
use super::keys;
use super::row::ModelRow;
use super::tables::{Readable, Tables};
use crate::domain::{CommentId, SiteName};
use crate::queue::{ModelChange, StoredModel, Teaching};

impl<B: Readable> Tables<B> {
    /// What a reader of revision `known` lacks.
    pub fn model(&self, site: &SiteName, known: Option<u64>) -> Result<StoredModel, Fault> {
        let (row, counts) = (self.model_row(site)?, self.site(site)?);
        let mut model = StoredModel {
            generation: counts.generation,
            revision: row.revision,
            cursor: row.cursor,
            newest_event: counts.newest_event,
            whole_revision: row.whole_revision,
            ..StoredModel::default()
        };
        let Some(mut known) = known else { return Ok(model) };
        if known < row.whole_revision || known > row.revision {
            let whole = self.model_parts.read(&keys::numbered(site, row.whole_revision), <[u8]>::to_vec)?;
            (known, model.whole) = (row.whole_revision, Some(whole.unwrap_or_default()));
        }
        let (start, end) = (keys::numbered(site, known + 1), keys::end_of(&keys::of_site(site)));
        for stored in self.model_parts.range::<&[u8]>(start.as_slice()..end.as_slice())? {
            model.changes.push(stored?.1.value().to_vec());
        }
        Ok(model)
    }

    /// What is kept of what a comment taught.
    pub fn lesson(&self, site: &SiteName, id: &CommentId) -> Result<Option<Vec<u8>>, Fault> {
        self.lessons.read(&keys::comment(site, id), <[u8]>::to_vec)
    }

    fn model_row(&self, site: &SiteName) -> Result<ModelRow, Fault> {
        let row = self.models.read(&keys::of_site(site), ModelRow::decode)?.transpose();
        Ok(row
            .map_err(|detail| Fault::damaged(format_args!("the model of {site}"), detail))?
            .unwrap_or_default())
    }
}

impl Batch<'_> {
    /// One step of the learner.
    pub fn teach(&mut self, site: &SiteName, teaching: Teaching) -> Result<bool, Fault> {
        let mut row = self.tables.model_row(site)?;
        if (row.revision, row.cursor) != (teaching.revision, teaching.cursor) {
            return Ok(false);
        }
        let mut kept = Vec::with_capacity(teaching.lessons.len());
        for (id, lesson) in teaching.lessons {
            let is_there = self.tables.heads.has(&keys::comment(site, &id))?;
            kept.push((keys::comment(site, &id), lesson.filter(|_| is_there)));
        }
        self.touch(site)?;
        row.cursor = teaching.learned_to;
        match teaching.change {
            ModelChange::Nothing => {}
            ModelChange::Added(change) => {
                row.revision += 1;
                self.put_model_part(site, row.revision, &change)?;
            }
            ModelChange::Whole(model) => {
                row.revision += 1;
                row.whole_revision = row.revision;
                let all = keys::starting_with(&keys::of_site(site));
                self.tables
                    .model_parts
                    .retain_in::<&[u8], _>(all.start.as_slice()..all.end.as_slice(), |_, _| false)?;
                self.put_model_part(site, row.revision, &model)?;
            }
        }
        self.tables.models.insert(keys::of_site(site).as_slice(), row.encode().as_slice())?;
        for (key, lesson) in kept {
            match lesson {
                Some(lesson) => drop(self.tables.lessons.insert(key.as_slice(), lesson.as_slice())?),
                None => drop(self.tables.lessons.remove(key.as_slice())?),
            }
        }
        Ok(true)
    }

    fn put_model_part(&mut self, site: &SiteName, revision: u64, bytes: &[u8]) -> Result<(), Fault> {
        self.tables.model_parts.insert(keys::numbered(site, revision).as_slice(), bytes)?;
        Ok(())
    }
}

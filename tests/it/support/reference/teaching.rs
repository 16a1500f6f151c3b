//! What moderators taught.

use modqueue::queue::{ModelChange, StoredModel, Teaching};

use super::site::Site;

impl Site {
    pub fn model(&self, known: Option<u64>) -> StoredModel {
        let (learned, feed) = (&self.learned, self.feed(0, 1));
        let lacks_whole = |known: u64| known < learned.whole_revision || known > learned.revision;
        let whole = known
            .filter(|&known| lacks_whole(known))
            .map(|_| learned.parts.get(&learned.whole_revision).cloned().unwrap_or_default());
        let from = if whole.is_some() { Some(learned.whole_revision) } else { known };
        let changes =
            from.map(|from| learned.parts.range(from + 1..).map(|(_, part)| part.clone()).collect());
        StoredModel {
            generation: feed.generation,
            revision: learned.revision,
            cursor: learned.cursor,
            newest_event: feed.newest,
            whole_revision: learned.whole_revision,
            whole,
            changes: changes.unwrap_or_default(),
        }
    }

    pub fn teach(&mut self, teaching: Teaching) -> bool {
        let learned = &mut self.learned;
        if (learned.revision, learned.cursor) != (teaching.revision, teaching.cursor) {
            return false;
        }
        learned.cursor = teaching.learned_to;
        if teaching.change != ModelChange::Nothing {
            learned.revision += 1;
        }
        match teaching.change {
            ModelChange::Nothing => {}
            ModelChange::Added(change) => drop(learned.parts.insert(learned.revision, change)),
            ModelChange::Whole(model) => {
                learned.whole_revision = learned.revision;
                learned.parts = [(learned.revision, model)].into();
            }
        }
        for (id, lesson) in teaching.lessons {
            self.lessons.remove(&id);
            if let Some(lesson) = lesson.filter(|_| self.rows.contains_key(&id)) {
                self.lessons.insert(id, lesson);
            }
        }
        true
    }
}

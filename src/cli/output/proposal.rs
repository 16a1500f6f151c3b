//! A suggested policy.

use serde::Serialize;

use super::csv::Field;
use super::json::{ApiMessage, Json};
use super::screen::FAINT;
use super::table::{Cell, Column};
use super::{Record, Screen, word};
use crate::cli::time::{ago, rfc3339};
use crate::proto::v1::PolicyProposal;

impl Record for PolicyProposal {
    const MESSAGE: &'static str = <Self as ApiMessage>::NAME;
    const COLUMNS: &'static [Column] = &[
        Column::Words("ID"),
        Column::Words("STATE"),
        Column::Figures("FROM"),
        Column::Words("MADE"),
        Column::Words("BY"),
        Column::Clipped("WHY"),
    ];
    const FIELDS: &'static [&'static str] = &[
        "proposal_id",
        "state",
        "base_revision",
        "applied_revision",
        "create_time",
        "proposer",
        "comment",
        "comment_id",
    ];

    fn cells(&self, screen: &Screen) -> Vec<Cell> {
        vec![
            Cell::new(&self.proposal_id),
            Cell::new(state(self)),
            Cell::new(self.base_revision.to_string()),
            Cell::styled(ago(self.create_time.as_ref(), screen.now), FAINT),
            Cell::new(&self.proposer),
            Cell::new(&self.comment),
        ]
    }

    fn fields(&self) -> Vec<Field> {
        vec![
            Field::plain(&self.proposal_id),
            Field::plain(state(self)),
            Field::plain(self.base_revision),
            Field::plain(self.applied_revision),
            Field::plain(rfc3339(self.create_time.as_ref())),
            Field::text(&self.proposer),
            Field::text(&self.comment),
            Field::text(&self.comment_id),
        ]
    }

    fn id(&self) -> Option<&str> {
        Some(&self.proposal_id)
    }

    fn json(&self) -> impl Serialize + '_ {
        Json(self)
    }
}

fn state(proposal: &PolicyProposal) -> String {
    word(proposal.state().as_str_name(), "POLICY_PROPOSAL_STATE_")
}

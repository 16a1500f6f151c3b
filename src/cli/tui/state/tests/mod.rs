//! What keys and answers do, without a terminal and without a server.

mod deciding;
mod fix;
mod holding;
mod leaving;
mod listing;
mod wave;

use crate::cli::tui::action::Command;
use crate::proto::v1::DecisionInput;

fn released(ids: &[&str]) -> Command {
    Command::Release { claim_id: "lease".into(), ids: ids.iter().map(|&id| id.into()).collect() }
}

fn decisions(commands: &[Command]) -> Vec<DecisionInput> {
    let decide = |command: &Command| match command {
        Command::Decide(inputs) => inputs.clone(),
        _ => vec![],
    };
    commands.iter().flat_map(decide).collect()
}

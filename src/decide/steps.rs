//! The block of a mail as steps: which lines are about which tickets, in the order in which they stand.

use std::collections::BTreeSet;

use super::UndoKey;
use super::lookup::hash_undo;
use crate::commands::{Block, Command, Concerns, Line};
use crate::desk::TicketNumber;

/// Lines about the same tickets.
#[derive(Debug, Default)]
pub(super) struct Step<'b> {
    /// The line that names the tickets; none for the ticket of the mail itself.
    pub(super) opener: Option<&'b Line>,
    /// What is done to each of them.
    pub(super) lines: Vec<&'b Line>,
    /// What says how: `#dry`, `#partial`, `#limit`. Once, whatever the lines are about.
    pub(super) manners: Vec<&'b Line>,
}

/// A block, ready to be done.
#[derive(Debug)]
pub(super) struct Plan<'b> {
    /// The first one is about the mail's own ticket.
    pub(super) steps: Vec<Step<'b>>,
    /// Nothing is changed.
    pub(super) dry: bool,
    /// What can be done is done, whatever cannot.
    pub(super) partial: bool,
}

impl<'b> Plan<'b> {
    pub(super) fn of(block: &'b Block) -> Self {
        let mut plan = Self { steps: vec![Step::default()], dry: false, partial: false };
        for line in &block.lines {
            let concerns = line.read.as_ref().ok().map(Command::concerns);
            plan.dry |= line.read == Ok(Command::Dry);
            plan.partial |= line.read == Ok(Command::Partial);
            if concerns == Some(Concerns::Targets) {
                plan.steps.push(Step { opener: Some(line), ..Step::default() });
            } else if let Some(step) = plan.steps.last_mut() {
                let manner = matches!(line.read, Ok(Command::Dry | Command::Partial | Command::Limit(_)));
                if manner { &mut step.manners } else { &mut step.lines }.push(line);
            }
        }
        plan
    }

    /// Whether the mail needs a ticket of its own: one of its lines is about it, or its text has no other place.
    pub(super) fn needs_own(&self) -> bool {
        let concerns = |line: &&Line| line.read.as_ref().ok().map(Command::concerns);
        let about_own = |step: &Step<'_>| {
            step.lines.iter().any(|line| matches!(concerns(line), Some(Concerns::Ticket) | None))
        };
        let answers = self.steps.iter().flat_map(|step| &step.lines);
        let asks = answers.clone().any(|line| concerns(line) == Some(Concerns::Answer));
        let text_has_place = self.steps.len() > 1 || asks;
        self.steps.first().is_some_and(about_own) || !text_has_place
    }
}

/// The tickets that a block names by number.
pub(super) fn numbers(block: &Block) -> BTreeSet<TicketNumber> {
    let commands = block.lines.iter().filter_map(|line| line.read.as_ref().ok());
    commands.flat_map(|command| command.numbers().iter().cloned()).collect()
}

/// What a block wants to take back.
pub(super) fn undo(block: &Block, login: &str) -> Option<UndoKey> {
    let mut commands = block.lines.iter().filter_map(|line| line.read.as_ref().ok());
    let code =
        commands.find_map(|command| if let Command::Undo(code) = command { Some(code) } else { None })?;
    Some(UndoKey { login: login.to_owned(), code: code.as_deref().map(hash_undo) })
}

/// The articles that a block names by their place in their ticket; and the first one, where somebody else is to read it:
/// not of many tickets at once.
pub(super) fn articles(block: &Block) -> BTreeSet<u32> {
    let commands = || block.lines.iter().filter_map(|line| line.read.as_ref().ok());
    let nth = |command: &Command| if let Command::Split(nth) = command { *nth } else { None };
    let mut all: BTreeSet<u32> = commands().filter_map(nth).collect();
    let hands_on = |command: &Command| {
        matches!(
            command,
            Command::Assign(_)
                | Command::Owner(_)
                | Command::Queue(_)
                | Command::Escalate(_)
                | Command::Derive { .. }
        )
    };
    if commands().any(hands_on) && !commands().any(|command| matches!(command, Command::For(_))) {
        all.insert(1);
    }
    all
}

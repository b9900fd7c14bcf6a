//! Surveys: when to ask, how answers are read. Pure.

use crate::desk::{Desk, Ticket};

/// An answer to a survey mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// 1 to 5.
    pub score: u8,
    /// What more was written.
    pub comment: String,
}

/// The score of a mail, if it says one.
pub fn read_answer(new_text: &str, _subject: &str) -> Option<Answer> {
    let score = new_text.trim().parse().ok().filter(|score| (1..=5).contains(score))?;
    Some(Answer { score, comment: String::new() })
}

/// Whether to ask the customer of a ticket that was closed by this agent.
///
/// # Errors
/// Why not, in words.
pub fn should_ask(_ticket: &Ticket, _closed_by: Option<&str>, desk: &Desk) -> Result<(), String> {
    if desk.survey.enabled { Ok(()) } else { Err("surveys are off".to_owned()) }
}

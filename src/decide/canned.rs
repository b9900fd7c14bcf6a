//! Canned answers in the words of one ticket.

use serde_json::json;

use super::draft::Draft;
use crate::desk::{Agent, TicketRef};
use crate::outbound::data;
use crate::outbound::template::canned;

/// The words of an answer for the customer of a ticket, with the agent's own text in it or below it.
///
/// # Errors
/// It cannot be filled in, and why.
pub(super) fn words(
    draft: &Draft<'_>,
    at: TicketRef,
    name: &str,
    agent: &Agent,
    own: &str,
) -> Result<String, String> {
    let desk = draft.desk;
    let Some((ticket, answer)) = draft.ticket(at).zip(desk.canned_answer(name)) else {
        return Ok(own.to_owned());
    };
    let language = ticket.now.language;
    let mut fill = data::ticket_data(desk, &ticket.now, language, draft.now());
    fill.insert("agent".to_owned(), json!(agent.name));
    fill.insert("by".to_owned(), json!(agent.name));
    fill.insert("desk".to_owned(), json!(desk.name));
    fill.insert("text".to_owned(), json!(own));
    canned::answer(answer.text(language, desk.language), name, &fill)
}

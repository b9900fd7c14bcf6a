//! Mails that show what an agent asked for: a list, a ticket whole, a history, a report. They change nothing and go to
//! the registered address.

mod history;
mod list;
mod report;
mod show;

use serde_json::{Map, Value, json};

use super::draft::Draft;
use super::evidence;
use super::execute::Answer;
use super::mail::Case;
use super::receipt::{Answers, notice_to_agent, send_help};
use crate::desk::{Agent, TicketRef};
use crate::mail::Language;

/// Who is answered, and by which mail.
pub(super) struct Reader<'r> {
    pub(super) case: &'r Case<'r>,
    pub(super) agent: &'r Agent,
    pub(super) language: Language,
}

impl Reader<'_> {
    /// Sends one answer.
    pub(super) fn answer(&self, draft: &mut Draft<'_>, answer: &Answer) {
        match answer {
            Answer::Help => send_help(draft, self.case, self.agent, self.language),
            Answer::List(text) => {
                let data = list::data(draft, self, text);
                self.send(draft, None, "list", data);
            }
            Answer::Show(id) => {
                let data = show::data(draft, self, *id);
                self.send(draft, Some(TicketRef::Existing(*id)), "show", data);
            }
            Answer::History(id) => {
                let data = history::data(draft, self, *id);
                self.send(draft, Some(TicketRef::Existing(*id)), "history", data);
            }
            Answer::Report(report, since) => {
                let data = report::data(draft, self, *report, since.as_deref());
                self.send(draft, None, "report", data);
            }
        }
    }

    fn send(
        &self,
        draft: &mut Draft<'_>,
        at: Option<TicketRef>,
        template: &str,
        mut data: Map<String, Value>,
    ) {
        data.insert(
            "evidence".to_owned(),
            json!(evidence::texts(&self.case.sender.trace.evidence, self.language)),
        );
        notice_to_agent(draft, self.case, self.agent, at, Answers::Inside, template, data);
    }
}

/// How many of something are not shown; nothing where all are.
fn more(all: u64, shown: usize) -> Value {
    let rest = all.saturating_sub(u64::try_from(shown).unwrap_or(u64::MAX));
    if rest == 0 { Value::Null } else { json!(rest.to_string()) }
}

/// A button: what it says, what it writes.
fn offer(label: &str, command: &str) -> Value {
    json!({ "label": label, "command": command })
}

//! `#history`: what happened to a ticket, when, and by whom, in the reader's words.

use serde_json::{Map, Value, json};

use super::{Reader, more};
use crate::decide::Fact;
use crate::decide::draft::Draft;
use crate::desk::{Actor, Attribute, Change, Desk, HistoryLine, TicketId};
use crate::mail::Language;
use crate::outbound::data;

pub(super) fn data(draft: &Draft<'_>, reader: &Reader<'_>, id: TicketId) -> Map<String, Value> {
    let thread = draft.context.seen.threads.get(&id).cloned().unwrap_or_default();
    let mut data = Map::new();
    data.insert("earlier".to_owned(), more(thread.history_count, thread.history.len()));
    data.insert("story".to_owned(), rows(draft.desk, reader.language, &thread.history));
    data
}

/// Lines of history, oldest first, for a template.
pub(super) fn rows(desk: &Desk, language: Language, lines: &[HistoryLine]) -> Value {
    let row = |line: &HistoryLine| {
        json!({
            "date": data::date(desk, language, line.at),
            "what": what(desk, language, line),
            "who": who(desk, language, &line.cause.actor),
        })
    };
    lines.iter().map(row).collect()
}

fn what(desk: &Desk, language: Language, line: &HistoryLine) -> String {
    match line.attribute.as_deref().and_then(Attribute::from_word) {
        Some(attribute) => {
            let (before, after) = (line.before.clone(), line.after.clone());
            data::change_line(desk, language, &Change { attribute, before, after })
                .replace(" -> ", " \u{2192} ")
        }
        None => Fact::read(&line.kind, &line.text).map_or_else(
            || line.text.clone(),
            |fact| fact.text(language, |at| data::date(desk, language, at)),
        ),
    }
}

fn who(desk: &Desk, language: Language, actor: &Actor) -> String {
    match (actor, language) {
        (Actor::Customer(who) | Actor::Supplier(who), _) => who.clone(),
        (Actor::Agent(login), _) => data::agent_label(desk, login),
        (Actor::Rule(rule), Language::En) => format!("rule \"{}\"", rule.name),
        (Actor::Rule(rule), Language::Es) => format!("regla «{}»", rule.name),
        (Actor::Timer(_), Language::En) => "the clock".to_owned(),
        (Actor::Timer(_), Language::Es) => "el reloj".to_owned(),
        (Actor::Operator, Language::En) => "the administrator".to_owned(),
        (Actor::Operator, Language::Es) => "el administrador".to_owned(),
        (Actor::System, _) => desk.name.clone(),
    }
}

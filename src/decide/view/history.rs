//! `#history`: what happened to a ticket, when, and by whom, in the reader's words.

use serde_json::{Map, Value, json};

use super::{Reader, more};
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
        None if language == Language::Es => spanish(&line.kind, &line.text),
        None => line.text.clone(),
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

/// A fact as the history keeps it, in Spanish. What has no Spanish words stays as it is.
fn spanish(kind: &str, text: &str) -> String {
    let behind = |prefix: &str| text.strip_prefix(prefix).map(str::to_owned);
    let said = match kind {
        "created" => Some("ticket creado".to_owned()),
        "article" => article(text),
        "stranger" => text
            .strip_suffix(" quoted this number and takes no part in it")
            .map(|who| format!("{who} citó este número y no participa en él")),
        "bounced" => behind("mail bounced: ").map(|rest| format!("correo devuelto: {rest}")),
        "given-up" => behind("mail given up: ").map(|rest| format!("correo no entregado: {rest}")),
        "reminded" => Some("llegó la fecha pendiente".to_owned()),
        "took-in" => behind("ticket ")
            .and_then(|rest| rest.strip_suffix(" was merged into this one").map(str::to_owned))
            .map(|number| format!("el ticket {number} se fusionó en este")),
        "held" => behind("mail waits: ").map(|rest| format!("un correo espera: {rest}")),
        "held-expired" => behind("mail was not confirmed in time: ")
            .map(|rest| format!("un correo no se confirmó a tiempo: {rest}")),
        "survey-sent" => behind("survey sent to ").map(|who| format!("encuesta enviada a {who}")),
        "survey-answered" => behind("survey answered: ").map(|score| format!("encuesta contestada: {score}")),
        "undone" => {
            behind("taken back: what was done at ").map(|when| format!("deshecho: lo que se hizo el {when}"))
        }
        "withdrawn" => Some("respuesta retirada antes de salir".to_owned()),
        "not-notified" => behind("not notified: ").map(|rest| format!("no se avisó: {rest}")),
        "erased" => Some("datos personales borrados".to_owned()),
        "capped" => {
            behind("mail held over a cap: ").map(|rest| format!("correo retenido por un límite: {rest}"))
        }
        _ => None,
    };
    said.unwrap_or_else(|| text.to_owned())
}

/// `article of customer, visible to the customer`.
fn article(text: &str) -> Option<String> {
    let (sender, eyes) = text.strip_prefix("article of ")?.split_once(", ")?;
    let sender = match sender {
        "customer" => "del usuario",
        "agent" => "del agente",
        "system" => "del sistema",
        "supplier" => "del proveedor",
        _ => return None,
    };
    let eyes = if eyes == "internal" { "interno" } else { "visible para el usuario" };
    Some(format!("artículo {sender}, {eyes}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::Fact;
    use crate::desk::SenderKind;

    #[test]
    fn every_fact_has_spanish_words() {
        let x = || "XYZ".to_owned();
        let facts = [
            Fact::Created,
            Fact::Stranger(x()),
            Fact::Bounced(x()),
            Fact::GivenUp(x()),
            Fact::Reminded,
            Fact::TookIn(x()),
            Fact::Held(x()),
            Fact::HeldExpired(x()),
            Fact::SurveySent(x()),
            Fact::SurveyAnswered(4),
            Fact::Undone(x()),
            Fact::Withdrawn,
            Fact::NotNotified(x()),
            Fact::Erased,
            Fact::Capped(x()),
        ];
        let articles = SenderKind::ALL
            .into_iter()
            .flat_map(|sender| [true, false].map(|visible| Fact::Article { sender, visible }));
        for fact in facts.into_iter().chain(articles) {
            let english = fact.to_string();
            let spanish = spanish(fact.word(), &english);
            assert_ne!(spanish, english);
            assert_eq!(english.contains("XYZ"), spanish.contains("XYZ"), "{english}: {spanish}");
        }
        assert_eq!(spanish("remark", "words of a rule"), "words of a rule");
    }
}

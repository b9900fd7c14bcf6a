//! `taquilla preview`: a template as a mail, with a ticket's data where there is one.

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::catalog::{self, Kind};
use super::data;
use crate::desk::{Allowance, Desk, Notice, NoticeKind, Ticket, TicketRef};
use crate::mail::{Address, Language};

/// A notice to look at. What only a real event knows stands in brackets: `(text)`. It carries no reply token, so that
/// nobody can act with a preview.
pub fn notice(
    desk: &Desk,
    template: &str,
    ticket: Option<&Ticket>,
    to: &Address,
    language: Language,
    now: Timestamp,
) -> Notice {
    let mut fields = Map::new();
    for variable in catalog::variables(template) {
        let word = format!("({})", variable.name);
        let shown = match variable.kind {
            Kind::Line | Kind::Text => Value::from(word),
            Kind::Flag => Value::from(true),
            Kind::Person => serde_json::json!({ "name": word, "address": to.address }),
            Kind::Lines => Value::from(vec![word]),
            Kind::List(names) | Kind::Rows(names) | Kind::Blocks(names) => {
                let entry = names.iter().map(|name| ((*name).to_owned(), Value::from(format!("({name})"))));
                Value::from(vec![Value::Object(entry.collect())])
            }
        };
        fields.insert(variable.name.to_owned(), shown);
    }
    // What composing fills in is left to it.
    fields.retain(|name, _| !catalog::COMMON.iter().any(|common| common.name == name));
    if let Some(ticket) = ticket {
        fields.extend(data::ticket_data(desk, &ticket.now, language, now));
    }
    let queue = ticket.map_or(desk.default_queue.as_str(), |ticket| ticket.now.queue.as_str());
    Notice {
        ticket: ticket.map(|ticket| TicketRef::Existing(ticket.id)),
        number: ticket.map(|ticket| ticket.now.number.clone()),
        template: template.to_owned(),
        language,
        from: desk.queue_address(queue),
        to: to.clone(),
        cc: Vec::new(),
        data: fields,
        kind: NoticeKind::Generated,
        in_reply_to: None,
        references: Vec::new(),
        token: None,
        not_before: None,
        attachments: Vec::new(),
        allowance: Allowance::Uncounted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::token::Keys;
    use crate::outbound::compose::compose;
    use crate::outbound::template::Templates;

    #[test]
    fn every_template_can_be_looked_at() {
        let desk = Desk::empty(Keys::new(vec![(1, [0; 32])]));
        let to = Address::bare("admin@localhost.example");
        for (spec, language) in catalog::TEMPLATES.iter().flat_map(|s| Language::ALL.map(|code| (s, code))) {
            let notice = notice(&desk, spec.name, None, &to, language, Timestamp::UNIX_EPOCH);
            let mail = compose(&notice, &desk, Templates::shipped(), Timestamp::UNIX_EPOCH, [0; 32]).unwrap();
            let text = String::from_utf8(mail.content).unwrap();
            assert!(text.contains("(") && !text.contains("[ref:"), "{}", spec.name);
        }
    }
}

//! `mailto:` links (RFC 6068) that open a mail with recipient, subject, command and reply token filled in: they work
//! in every mail client, on any telephone, without a page of ours.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::desk::{Desk, Notice, Right, TicketNumber, may, token};
use crate::mail::Language;
use crate::outbound::catalog::Buttons;
use crate::outbound::data::lock_label;

/// Characters of a title in a link.
const TITLE: usize = 60;

/// The list for the variable `buttons`; empty where the mail carries no token to put in.
pub(super) fn of(
    kind: Buttons,
    notice: &Notice,
    desk: &Desk,
    token: Option<&str>,
    data: &Map<String, Value>,
) -> Value {
    let said = |name: &str| data.get(name).and_then(Value::as_str).unwrap_or_default();
    let about = notice.number.as_ref().map(|number| {
        let title: String = said("title").chars().filter(|c| !c.is_control()).take(TITLE).collect();
        desk.numbering.subject(number, &title)
    });
    let link = |label: &str, command: &str, subject: &str, proof: &str| {
        let href = mailto(&notice.from.address, subject, &format!("{command}\r\n\r\n{proof}\r\n"));
        // Where links do not work the command is copied from here.
        json!({ "label": label, "href": href, "command": command.replace("\r\n", " / ") })
    };
    let with_token = |rows: &[(&str, &str)]| -> Value {
        let (Some(subject), Some(token)) = (about.as_deref(), token) else { return json!([]) };
        let proof = format!("[ref:{token}]");
        rows.iter().map(|(label, command)| link(label, command, subject, &proof)).collect()
    };
    match (kind, notice.language) {
        (Buttons::None, _) => json!([]),
        (Buttons::Work, language) => with_token(&work(language, notice, desk, data)),
        (Buttons::Rows, _) => {
            offers(data).iter().map(|(label, command)| link(label, command, label, "")).collect()
        }
        (Buttons::Offers, language) => {
            let offers = offers(data);
            let rows = offers.iter().map(|(label, command)| (label.as_str(), command.as_str()));
            if about.is_some() && token.is_some() {
                return with_token(
                    &work(language, notice, desk, data).into_iter().chain(rows).collect::<Vec<_>>(),
                );
            }
            // About several tickets there is no token: what the offer asks for is proved or confirmed otherwise.
            rows.map(|(label, command)| link(label, command, label, "")).collect()
        }
        (Buttons::Scores, _) => with_token(&["1", "2", "3", "4", "5"].map(|digit| (digit, digit))),
        (Buttons::Confirm, language) => {
            let code = said("code");
            if code.is_empty() {
                return json!([]);
            }
            // Of his own answer nobody has to say that it is his.
            let own = notice.template == "held-for-author";
            let answers: &[(&str, &str, &str)] = match (language, own) {
                (Language::En, false) => &[("Yes, it was me", "yes", "Confirmed")],
                (Language::Es, false) => &[("Sí, fui yo", "si", "Confirmado")],
                (Language::En, true) => {
                    &[("Yes, send it", "yes", "Confirmed"), ("No, drop it", "no", "Not sent")]
                }
                (Language::Es, true) => {
                    &[("Sí, enviarla", "si", "Confirmado"), ("No, descartarla", "no", "No enviado")]
                }
            };
            let links = answers.iter();
            links
                .map(|(label, word, subject)| link(label, word, &format!("{subject} ({code})"), code))
                .collect()
        }
    }
}

/// What a mail, or an entry of its list, offers: label and command.
fn offers(data: &Map<String, Value>) -> Vec<(String, String)> {
    let word =
        |offer: &Value, name: &str| offer.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let offers = data.get("offers").and_then(Value::as_array).into_iter().flatten();
    offers.map(|offer| (word(offer, "label"), word(offer, "command"))).collect()
}

/// Gives each entry of the list `rows` the buttons that it offers, with a token of the recipient for its ticket. Only an
/// agent gets any.
pub(super) fn of_rows(data: &mut Map<String, Value>, notice: &Notice, desk: &Desk, now: Timestamp) {
    let to = &notice.to.address;
    let agent = desk.agent_by_address(to);
    let Some(rows) = data.get_mut("rows").and_then(Value::as_array_mut) else { return };
    for row in rows.iter_mut().filter_map(Value::as_object_mut) {
        let said = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default();
        let number = TicketNumber::new(said("number")).filter(|_| agent.is_some());
        let token = number.as_ref().and_then(|n| token::issue(&desk.keys, token::Use::Internal, n, to, now));
        let buttons: Value = match (number, token) {
            (Some(number), Some(token)) => {
                let title: String = said("title").chars().filter(|c| !c.is_control()).take(TITLE).collect();
                let subject = desk.numbering.subject(&number, &title);
                let link = |(label, command): (String, String)| {
                    let href = mailto(
                        &notice.from.address,
                        &subject,
                        &format!("{command}\r\n\r\n[ref:{token}]\r\n"),
                    );
                    json!({ "label": label, "href": href, "command": command })
                };
                offers(row).into_iter().map(link).collect()
            }
            _ => json!([]),
        };
        row.insert("buttons".to_owned(), buttons);
        row.remove("offers");
    }
}

/// The usual next steps, as far as the agent may take them in the ticket's queue.
fn work(
    language: Language,
    notice: &Notice,
    desk: &Desk,
    data: &Map<String, Value>,
) -> Vec<(&'static str, &'static str)> {
    let rows = match language {
        Language::En => [("Close", "#close"), ("Take", "#take"), ("Pend 1 day", "#pend 1d")],
        Language::Es => [("Cerrar", "#cerrar"), ("Tomar", "#tomar"), ("Pendiente 1 día", "#pendiente 1d")],
    };
    let said = |name: &str| data.get(name).and_then(Value::as_str).unwrap_or_default();
    let agent = desk.agent_by_address(&notice.to.address);
    let allowed = |right| agent.is_none_or(|agent| may(desk, agent, right, said("queue")).is_ok());
    // Who attends a locked ticket has taken it.
    let attends = agent.is_some_and(|agent| said("responsible") == agent.name);
    let taken = attends && said("lock") == lock_label(language, true);
    let wanted = [allowed(Right::Close), allowed(Right::Owner) && !taken, allowed(Right::Close)];
    rows.into_iter().zip(wanted).filter(|(_, wanted)| *wanted).map(|(row, _)| row).collect()
}

/// A link with everything but letters, digits and a few marks percent-encoded (RFC 6068 section 2).
fn mailto(address: &str, subject: &str, body: &str) -> String {
    format!(
        "mailto:{}?subject={}&body={}",
        encoded(address, b"@+"),
        encoded(subject, b""),
        encoded(body, b"")
    )
}

fn encoded(text: &str, also: &[u8]) -> String {
    let mut out = String::with_capacity(text.len());
    for octet in text.bytes() {
        if octet.is_ascii_alphanumeric() || b"-._~".contains(&octet) || also.contains(&octet) {
            out.push(char::from(octet));
        } else {
            out.push('%');
            out.push_str(&data_encoding::HEXUPPER.encode(&[octet]));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_a_link_early() {
        assert_eq!(
            mailto("a+b@x.example", "[Ticket#1] ñ&\"'<>?", "#close\r\n"),
            "mailto:a+b@x.example?subject=%5BTicket%231%5D%20%C3%B1%26%22%27%3C%3E%3F&body=%23close%0D%0A"
        );
    }
}

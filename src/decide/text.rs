//! Words of a decision that come out of a mail.

use crate::desk::Desk;
pub(super) use crate::desk::{MARKS, SOURCE_FIELD, STOPPED_FIELD, UNPROVED_FIELD};
use crate::mail::{self, Mail};

/// Longest title of a ticket, characters.
const TITLE: usize = 250;

/// A subject without our number, without reply and forward prefixes, and without gateway tags.
pub(super) fn bare_subject(subject: &str, desk: &Desk) -> String {
    let untagged = desk.numbering.without_tags(&mail::subject::bare(subject));
    mail::subject::bare(&untagged)
}

/// How the shipped subjects of a receipt begin.
const HEADS: [&str; 8] = [
    "No se hizo nada: ",
    "Hecho en parte: ",
    "Ensayo: ",
    "Sobre su respuesta: ",
    "Not done: ",
    "Done in part: ",
    "Dry run: ",
    "About your answer: ",
];

/// The bare subject of an agent's mail, without what our receipts put before it: whoever answers one with the corrected lines,
/// and once more, means the subject of his first mail.
pub(super) fn unheaded(subject: &str, desk: &Desk) -> String {
    let mut bare = bare_subject(subject, desk);
    while let Some(rest) = HEADS.iter().find_map(|head| bare.strip_prefix(head)) {
        bare = bare_subject(rest, desk);
    }
    bare
}

/// The subject that an agent gave to a mail: where it answers one of ours, without our own words.
pub(super) fn subject_of_agent(mail: &Mail, desk: &Desk) -> String {
    let answers = !mail.in_reply_to.is_empty() || !mail.references.is_empty();
    if answers { unheaded(&mail.subject, desk) } else { mail.subject.clone() }
}

/// The title of the ticket that a mail opens; never empty.
pub(super) fn title(mail: &Mail, desk: &Desk) -> String {
    title_under(&mail.subject, mail, desk)
}

/// The same under another subject than the mail's.
pub(super) fn title_under(subject: &str, mail: &Mail, desk: &Desk) -> String {
    let words = [first_line(&mail.body.new_text), first_line(&mail.body.text)];
    let words = words.into_iter().find(|line| !line.is_empty()).unwrap_or_default();
    title_of([subject], words, desk)
}

/// A title out of the first subject that says something, else out of the first line of a text; never empty.
pub(super) fn title_of<'s>(subjects: impl IntoIterator<Item = &'s str>, text: &str, desk: &Desk) -> String {
    let bare = subjects.into_iter().map(|subject| bare_subject(subject, desk));
    let found = bare
        .chain(std::iter::once_with(|| first_line(text).to_owned()))
        .find(|text| !text.trim().is_empty())
        .map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "));
    match found {
        Some(text) => text.chars().take(TITLE).collect(),
        None => match desk.language {
            mail::Language::En => "(no subject)".to_owned(),
            mail::Language::Es => "(sin asunto)".to_owned(),
        },
    }
}

fn first_line(text: &str) -> &str {
    text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

    use super::*;
    use crate::desk::token;
    use crate::mail::Language;
    use crate::outbound::template::Templates;

    /// Whatever is put before a subject is taken off again.
    #[test]
    fn the_heads_are_those_of_the_shipped_receipts() {
        let desk = Desk::empty(token::Keys::new(Vec::new()));
        let mut found = 0;
        for language in Language::ALL {
            for flag in ["dry", "partly", "declined", "about_question", "none"] {
                let mut data = Map::new();
                data.insert("mail_subject".to_owned(), json!("SIAF"));
                data.insert(flag.to_owned(), json!(true));
                let subject = Templates::shipped().render("receipt", language, &data).unwrap().subject;
                assert_ne!(subject, "SIAF", "{flag}");
                assert_eq!(unheaded(&format!("Re: {subject}"), &desk), "SIAF", "{subject}");
                found += 1;
            }
        }
        assert_eq!(found, 10);
    }
}

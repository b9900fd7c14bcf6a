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

/// The title of the ticket that a mail opens; never empty.
pub(super) fn title(mail: &Mail, desk: &Desk) -> String {
    let words = [first_line(&mail.body.new_text), first_line(&mail.body.text)];
    let words = words.into_iter().find(|line| !line.is_empty()).unwrap_or_default();
    title_of([mail.subject.as_str()], words, desk)
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

//! The files of `templates/email/`, compiled into the binary. A test compares this list with the folder.

use std::path::PathBuf;

use super::{Form, Source};
use crate::mail::Language;

/// What stands around each mail.
pub const LAYOUT: &str = "layout";
/// Frame and pieces; the pieces are called with `{{> part-ticket}}`.
pub const PARTS: &[&str] = &[LAYOUT, "part-ticket", "part-files"];

/// Name, language, form, text.
type Row = (&'static str, Language, Form, &'static str);

macro_rules! file {
    ($language:literal, $name:literal, $form:literal) => {
        include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/templates/email/",
            $language,
            "/",
            $name,
            ".",
            $form,
            ".hbs"
        ))
    };
}

macro_rules! bodies {
    ($($name:literal),* $(,)?) => {
        &[$(
            ($name, Language::En, Form::Text, file!("en", $name, "text")),
            ($name, Language::En, Form::Html, file!("en", $name, "html")),
            ($name, Language::Es, Form::Text, file!("es", $name, "text")),
            ($name, Language::Es, Form::Html, file!("es", $name, "html")),
        )*]
    };
}

macro_rules! subjects {
    ($($name:literal),* $(,)?) => {
        &[$(
            ($name, Language::En, Form::Subject, file!("en", $name, "subject")),
            ($name, Language::Es, Form::Subject, file!("es", $name, "subject")),
        )*]
    };
}

macro_rules! templates {
    ($($name:literal),* $(,)?) => {
        const SUBJECTS: &[Row] = subjects!($($name),*);
        const BODIES: &[Row] = bodies!($($name),*);
    };
}

templates!(
    "agent-answer",
    "alarm",
    "assigned",
    "closed",
    "closed-agent",
    "confirmation",
    "confirmation-expired",
    "customer-follow-up",
    "given-up",
    "held-for-author",
    "help",
    "history",
    "list",
    "level-changed",
    "merged",
    "new-ticket-agent",
    "note-added",
    "owner-changed",
    "pending-closed",
    "pending-reminder",
    "quarantine",
    "queue-changed",
    "receipt",
    "rejected",
    "reopened",
    "report",
    "rule-notice",
    "show",
    "stopped",
    "supplier-reminder",
    "supplier-request",
    "supplier-silent",
    "supplier-wrote",
    "survey",
    "survey-bad",
    "ticket-changed",
    "ticket-created",
    "too-large",
);

const PART_BODIES: &[Row] = bodies!("layout", "part-ticket", "part-files");

/// Every shipped file.
pub(super) fn sources() -> Vec<Source> {
    let rows = SUBJECTS.iter().chain(BODIES).chain(PART_BODIES);
    rows.map(|&(name, language, form, text)| Source {
        path: PathBuf::from(format!("templates/email/{}/{name}.{}.hbs", language.code(), form.word())),
        language,
        name: name.to_owned(),
        form,
        text: text.to_owned(),
    })
    .collect()
}

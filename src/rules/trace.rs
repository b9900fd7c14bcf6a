//! What was tried, in words, as `explain` and the history show it.

use std::sync::Arc;

use super::{Action, Steps};
use crate::desk::RuleRef;

/// One rule, tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleTrace {
    /// Where it stands.
    pub rule: Arc<RuleRef>,
    /// Whether all its conditions held.
    pub matched: bool,
    /// Each condition, the value it saw, true or false, in words; up to the first that failed. Empty where nobody
    /// asked to be told.
    pub conditions: Vec<String>,
    /// What it did.
    pub actions: Vec<String>,
}

/// A line of trace, while it is written; nothing is written where nobody reads it.
pub(super) struct Line(Option<String>);

impl Line {
    pub(super) fn new(told: bool) -> Self {
        Self(told.then(|| String::with_capacity(120)))
    }

    pub(super) fn push(&mut self, text: &str) {
        if let Some(line) = &mut self.0 {
            line.push_str(text);
        }
    }

    /// Adds what a question saw.
    pub(super) fn saw<T: AsRef<str>>(&mut self, value: impl FnOnce() -> T) {
        if let Some(line) = &mut self.0 {
            line.push_str(": ");
            line.push_str(value().as_ref());
        }
    }

    /// The line, where somebody reads it.
    pub(super) fn into_text(self) -> Option<String> {
        self.0
    }
}

/// `queue = Redes`, `priority +1`, `discard`.
pub(super) fn words(action: &Action) -> String {
    match action {
        Action::Queue(name) => format!("queue = {name}"),
        Action::Type(name) => format!("type = {name}"),
        Action::Service(name) => format!("service = {name}"),
        Action::Sla(name) => format!("sla = {name}"),
        Action::Priority(Steps::To(priority)) => format!("priority = {}", priority.value()),
        Action::Priority(Steps::By(steps)) => format!("priority {steps:+}"),
        Action::State(name) => format!("state = {name}"),
        Action::PendUntil(time) => format!("pending until {time}"),
        Action::Level(level) => format!("level = {level}"),
        Action::Link(number) => format!("link to {number}"),
        Action::Owner(login) => format!("owner = {login}"),
        Action::Responsible(login) => format!("responsible = {login}"),
        Action::Title(title) => format!("title = {title}"),
        Action::Lock(true) => "lock".to_owned(),
        Action::Lock(false) => "unlock".to_owned(),
        Action::Tag(tag) => format!("tag +{tag}"),
        Action::Field(name, value) => format!("field.{name} = {value}"),
        Action::Watcher(login) => format!("watcher +{login}"),
        Action::Note(text) => format!("note: {}", text.lines().next().unwrap_or_default()),
        Action::Notify { whom, template: None } => format!("notify {}", whom.word()),
        Action::Notify { whom, template: Some(template) } => {
            format!("notify {} with {template}", whom.word())
        }
        Action::SuppressReply => "no automatic reply".to_owned(),
        Action::Reject(template) => format!("reject with {template}"),
        Action::Discard => "discard".to_owned(),
        Action::Quarantine => "quarantine".to_owned(),
        Action::MoveMail(folder) => format!("move the mail to {folder}"),
    }
}

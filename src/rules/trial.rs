//! A rule's own test, tried: what the rules make of its mail beside what it expects.

use super::key::ShortKey;
use super::read_then::Expectation;
use super::seen::Asking;
use super::{Action, Evaluated, Facts, RuleSet, RuleTest};
use crate::desk::Priority;

impl RuleSet {
    /// What is not as a test expects, a sentence each; empty where all is. `facts` are those of its mail.
    pub fn unmet(&self, test: &RuleTest, facts: &Facts<'_>) -> Vec<String> {
        let evaluated = self.evaluate(facts);
        let asking = Asking::new(self, facts);
        for (_, action) in &evaluated.actions {
            asking.remember(action);
        }
        test.expect.iter().filter_map(|one| self.differs(test, one, &asking, &evaluated)).collect()
    }

    fn differs(
        &self,
        test: &RuleTest,
        expected: &Expectation,
        asking: &Asking<'_>,
        evaluated: &Evaluated,
    ) -> Option<String> {
        let wanted = expected.value.as_str();
        let actions = || evaluated.actions.iter().rev().map(|(_, action)| action);
        let short = |key, name| asking.short(key, name).first().map(ToString::to_string);
        let switch = |is: fn(&Action) -> bool| Some(actions().any(is).to_string());
        let found = match expected.key.as_str() {
            "matched" => {
                let matched = evaluated.traces.iter().any(|trace| trace.rule == test.rule && trace.matched);
                Some(matched.to_string())
            }
            "queue" => short(ShortKey::Queue, ""),
            "type" => short(ShortKey::Type, ""),
            "service" => short(ShortKey::Service, ""),
            "state" => short(ShortKey::State, ""),
            "owner" => short(ShortKey::Owner, ""),
            "responsible" => short(ShortKey::Responsible, ""),
            "priority" => {
                let found = asking.priority();
                let meant = Priority::from_words(wanted);
                if meant.is_some() && meant == found {
                    return None;
                }
                found.map(|priority| priority.value().to_string())
            }
            "tags" => {
                let tags = asking.short(ShortKey::Tag, "");
                let dashed = wanted.split_whitespace().collect::<Vec<_>>().join("-");
                if tags.iter().any(|tag| *tag == dashed) {
                    return None;
                }
                Some(tags.join(", "))
            }
            "watchers" => {
                let told = |action| said("watchers", action).is_some_and(|login| login == wanted);
                if actions().any(told) {
                    return None;
                }
                Some(actions().filter_map(|action| said("watchers", action)).collect::<Vec<_>>().join(", "))
            }
            "suppress_reply" => switch(|action| matches!(action, Action::SuppressReply)),
            "discard" => switch(|action| matches!(action, Action::Discard)),
            "quarantine" => switch(|action| matches!(action, Action::Quarantine)),
            "reject" if matches!(wanted, "true" | "false") => {
                switch(|action| matches!(action, Action::Reject(_)))
            }
            key => match key.strip_prefix("field.") {
                Some(name) => short(ShortKey::Field, name),
                None => actions().find_map(|action| said(key, action)),
            },
        };
        if found.as_deref() == Some(wanted) {
            return None;
        }
        let found = found.filter(|found| !found.is_empty());
        let found = found.map_or_else(|| "none".to_owned(), |found| format!("\"{found}\""));
        Some(format!("{}: expected \"{wanted}\", found {found}", expected.key))
    }
}

/// What an action says of a key that the ticket does not show to rules.
fn said(key: &str, action: &Action) -> Option<String> {
    match (key, action) {
        ("sla", Action::Sla(text))
        | ("level", Action::Level(text))
        | ("title", Action::Title(text))
        | ("watchers", Action::Watcher(text))
        | ("reject", Action::Reject(text))
        | ("move", Action::MoveMail(text)) => Some(text.clone()),
        ("lock", Action::Lock(on)) => Some(on.to_string()),
        _ => None,
    }
}

//! The tests that stand beside rules: each mail is decided upon as `explain` does it, and compared with what is expected.

use std::path::Path;
use std::sync::Arc;

use super::open;
use crate::clock::Clock;
use crate::config::diagnostic::{Diagnostic, Place};
use crate::config::load::Loaded;
use crate::decide::{After, Decision, Effect, Reason};
use crate::desk::{Attribute, NewTicket, NoticeKind, Priority};
use crate::pipeline::{Explained, House};
use crate::rules::{Expectation, RuleTest};

/// Runs all of them; what is not as expected.
pub(super) async fn run(loaded: &Loaded, house: &House) -> Vec<Diagnostic> {
    let base = loaded.path.parent().unwrap_or_else(|| Path::new("")).join("rules");
    let mut mistakes = Vec::new();
    for test in house.policy.rules.tests() {
        let told: Vec<String> = match decided(&base.join(&test.mail), house).await {
            Ok(decision) => {
                test.expect.iter().filter_map(|expected| difference(expected, test, &decision)).collect()
            }
            Err(why) => vec![why],
        };
        if !told.is_empty() {
            mistakes.push(at(loaded, test, &told.join("; ")));
        }
    }
    mistakes
}

async fn decided(mail: &Path, house: &House) -> Result<Decision, String> {
    let raw: Arc<[u8]> = match open::read_mail(mail) {
        Ok(raw) => raw.into(),
        Err(error) => return Err(error.to_string()),
    };
    // A desk that is only checked has no store; a test is about a first mail.
    let explained = Explained::of(raw, None, house, None, Clock::System, "check").await;
    explained.map(|explained| explained.decision).map_err(|error| error.to_string())
}

/// A mistake on the line of the test.
fn at(loaded: &Loaded, test: &RuleTest, told: &str) -> Diagnostic {
    let title = format!("the test of rule \"{}\" with {} fails: {told}", test.rule.name, test.mail);
    let Some(file) = loaded.rules.iter().find(|file| file.name == test.rule.file) else {
        return Diagnostic::general(title);
    };
    let text = &file.source.text;
    let start: usize = text.split_inclusive('\n').take(test.line.saturating_sub(1)).map(str::len).sum();
    let length = text.get(start..).and_then(|rest| rest.lines().next()).map_or(0, str::len);
    let place = Place { source: Arc::clone(&file.source), span: start..start + length, label: String::new() };
    let mut mistake = Diagnostic::general(title).help(format!("see: taquilla explain rules/{}", test.mail));
    mistake.place = Some(place);
    mistake
}

/// `queue is Redes, not Sistemas`, if it is not as expected.
fn difference(expected: &Expectation, test: &RuleTest, decision: &Decision) -> Option<String> {
    let found = found(&expected.key, test, decision);
    let same = |found: &String| match expected.key.as_str() {
        "priority" => Priority::from_words(found) == Priority::from_words(&expected.value),
        // A tag is one word: `sede sur` is kept as `sede-sur`.
        "tags" => *found == expected.value.split_whitespace().collect::<Vec<_>>().join("-"),
        _ => *found == expected.value,
    };
    if found.iter().any(same) {
        return None;
    }
    let shown = if found.is_empty() { "nothing".to_owned() } else { found.join(", ") };
    Some(format!("{} is {shown}, not {}", expected.key, expected.value))
}

/// What a key of `expect` has in a decision: one value, several for tags and watchers, or none.
fn found(key: &str, test: &RuleTest, decision: &Decision) -> Vec<String> {
    let ticket = decision.effects.iter().find_map(|effect| {
        if let Effect::Create { ticket, .. } = effect { Some(ticket.as_ref()) } else { None }
    });
    let truth = |value: bool| vec![value.to_string()];
    match key {
        "matched" => {
            let tried = decision.trace.rules.iter().find(|tried| tried.rule == test.rule);
            truth(tried.is_some_and(|tried| tried.matched))
        }
        "suppress_reply" => truth(!decision.notices().any(|notice| notice.kind == NoticeKind::AutoReply)),
        "discard" => truth(decision.reason == Reason::Discarded),
        "quarantine" => truth(decision.reason == Reason::Quarantined),
        "reject" if decision.reason == Reason::Rejected => {
            let templates = decision.notices().map(|notice| notice.template.clone());
            templates.chain(["true".to_owned()]).collect()
        }
        "reject" => truth(false),
        "move" => match &decision.after {
            After::MoveTo(folder) => vec![folder.clone()],
            After::Default | After::Keep => Vec::new(),
        },
        _ => {
            let begins = ticket.map(|ticket| of_ticket(key, ticket)).unwrap_or_default();
            let set = set_values(key, decision);
            // Tags and watchers add up; of anything else the last one holds.
            match (set.last(), key) {
                (_, "tags" | "watchers") => begins.into_iter().chain(set).collect(),
                (Some(last), _) => vec![last.clone()],
                (None, _) => begins,
            }
        }
    }
}

/// Values that a new ticket gets after it was opened, in their order.
fn set_values(key: &str, decision: &Decision) -> Vec<String> {
    let wanted = match key {
        "queue" => Attribute::Queue,
        "type" => Attribute::Type,
        "service" => Attribute::Service,
        "sla" => Attribute::Sla,
        "priority" => Attribute::Priority,
        "state" => Attribute::State,
        "level" => Attribute::Level,
        "owner" => Attribute::Owner,
        "responsible" => Attribute::Responsible,
        "lock" => Attribute::Lock,
        "title" => Attribute::Title,
        "tags" => Attribute::Tag,
        "watchers" => Attribute::Watcher,
        _ => Attribute::Field(key.strip_prefix("field.").unwrap_or(key).to_owned()),
    };
    let set = decision.effects.iter().filter_map(|effect| {
        let Effect::Set { change, .. } = effect else { return None };
        (change.attribute == wanted).then(|| change.after.clone()).flatten()
    });
    set.map(|value| match (key, value.as_str()) {
        ("lock", "locked") => "true".to_owned(),
        ("lock", _) => "false".to_owned(),
        _ => value,
    })
    .collect()
}

fn of_ticket(key: &str, ticket: &NewTicket) -> Vec<String> {
    let one = |value: &str| vec![value.to_owned()];
    match key {
        "queue" => one(&ticket.queue),
        "type" => one(&ticket.kind),
        "state" => one(&ticket.state),
        "level" => one(&ticket.level),
        "title" => one(&ticket.title),
        "service" => ticket.service.iter().cloned().collect(),
        "owner" => ticket.owner.iter().cloned().collect(),
        "responsible" => ticket.responsible.iter().cloned().collect(),
        "priority" => one(&ticket.priority.value().to_string()),
        "lock" => one(if ticket.locked { "true" } else { "false" }),
        "tags" => ticket.tags.iter().cloned().collect(),
        _ => {
            let field = key.strip_prefix("field.").and_then(|name| ticket.fields.get(name));
            field.into_iter().cloned().collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::diagnostic::render_all;
    use crate::config::load::load_with;
    use crate::desk::token::Keys;
    use crate::store::keys::Identity;

    #[tokio::test]
    async fn the_rules_of_the_example_desk_do_what_they_say() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/ministry/taquilla.toml");
        let loaded = load_with(Some(&path), &[]).unwrap();
        let identity = Identity { keys: Keys::new(vec![(0, [0; 32])]), instance: "test".to_owned() };
        let house = open::house_of(&loaded, &identity).unwrap();
        assert!(house.policy.rules.tests().len() >= 2);
        let mistakes = run(&loaded, &house).await;
        assert!(mistakes.is_empty(), "{}", render_all(&mistakes, false));
    }
}

//! The tests that stand beside rules: each mail is decided upon as `explain` does it, and compared with what is expected.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;

use super::open;
use crate::clock::Clock;
use crate::config::diagnostic::{Diagnostic, Place};
use crate::config::load::Loaded;
use crate::decide::{After, Decision, Effect, Incoming, Lookup, Reason};
use crate::desk::{
    Attribute, Channel, Desk, NewTicket, NoticeKind, Priority, SenderKind, StateType, Ticket, TicketId,
};
use crate::pipeline::{Explained, House};
use crate::rules::{Action, Expectation, RuleTest, Steps, Supposed};

/// Runs all of them; what is not as expected.
pub(super) fn run(loaded: &Loaded, house: &House) -> Vec<Diagnostic> {
    let base = loaded.path.parent().unwrap_or_else(|| Path::new("")).join("rules");
    let mut mistakes = Vec::new();
    for test in house.policy.rules.tests() {
        let now = test.at.unwrap_or_else(|| Clock::System.now());
        match decided(&base.join(&test.mail), test, house, now) {
            Ok((decision, ticket)) => {
                let tried = Tried { test, house, now, decision: &decision, ticket: ticket.as_ref() };
                let differences = test.expect.iter().filter_map(|expected| tried.difference(expected));
                mistakes.extend(differences.map(|(place, told)| at(loaded, test, place, &told)));
            }
            Err(why) => mistakes.push(at(loaded, test, test.place.clone(), &why)),
        }
    }
    mistakes
}

/// The decision about the mail of a test, and the ticket that it is supposed to belong to.
fn decided(
    mail: &Path,
    test: &RuleTest,
    house: &House,
    now: Timestamp,
) -> Result<(Decision, Option<Ticket>), String> {
    let raw = open::read_mail(mail).map_err(|error| error.to_string())?;
    let first = house.mailboxes.keys().next().map_or("deliver", String::as_str);
    let mailbox = test.mailbox.as_deref().unwrap_or(first);
    let mut supposed = None;
    let explained = Explained::supposing(raw, house, now, mailbox, |incoming, lookup| {
        let ticket = test.ticket.as_ref().and_then(|said| ticket(said, incoming, lookup, house, now));
        supposed.clone_from(&ticket);
        ticket
    });
    let explained = explained.ok_or("the mail cannot be decided upon")?;
    if test.ticket.is_some() && explained.decision.trace.matched.as_ref().is_none_or(|m| m.ticket.is_none()) {
        let subject = format!("[{}NUMBER]", house.policy.desk.numbering.hook);
        return Err(format!(
            "it names no ticket: it needs a subject with {subject}, or In-Reply-To, to belong to the one supposed"
        ));
    }
    Ok((explained.decision, supposed))
}

/// The ticket that a test supposes: the mail's author is its customer.
fn ticket(
    said: &Supposed,
    incoming: &Incoming,
    lookup: &Lookup,
    house: &House,
    now: Timestamp,
) -> Option<Ticket> {
    let desk = &house.policy.desk;
    let day = now.to_zoned(desk.time_zone.clone()).date();
    let state = desk.first_state(StateType::Open)?;
    let queue = house.queue_of(&incoming.mailbox).unwrap_or_else(|| desk.default_queue.clone());
    let new = NewTicket {
        number: lookup.numbers.first().cloned().unwrap_or_else(|| desk.numbering.number(day, 1, 1)),
        title: desk.numbering.without_tags(&incoming.mail.subject),
        owner: desk.queue(&queue).and_then(|queue| queue.owner.clone()),
        queue,
        kind: desk.types.first()?.clone(),
        service: None,
        state: state.name.clone(),
        state_type: state.kind,
        priority: desk.default_priority,
        locked: false,
        responsible: None,
        customer: incoming.mail.from.clone(),
        participants: Vec::new(),
        language: desk.language,
        level: "0".to_owned(),
        tags: std::collections::BTreeSet::new(),
        fields: std::collections::BTreeMap::new(),
        created: now.checked_sub(said.age).unwrap_or(now),
    };
    let mut ticket = Ticket::begun(TicketId(1), new);
    said.actions.iter().for_each(|action| suppose(&mut ticket, action, desk, now));
    Some(ticket)
}

#[expect(clippy::wildcard_enum_match_arm, reason = "a ticket has nothing of what else a rule may ask for")]
fn suppose(ticket: &mut Ticket, action: &Action, desk: &Desk, now: Timestamp) {
    let all = &mut ticket.now;
    match action {
        Action::Queue(name) => all.queue.clone_from(name),
        Action::Type(name) => all.kind.clone_from(name),
        Action::Service(name) => all.service = Some(name.clone()),
        Action::Sla(name) => ticket.sla = Some(name.clone()),
        Action::Priority(Steps::To(priority)) => all.priority = *priority,
        Action::Priority(Steps::By(steps)) => all.priority = all.priority.moved(*steps),
        Action::State(name) => {
            all.state.clone_from(name);
            all.state_type = desk.state(name).map_or(all.state_type, |state| state.kind);
            ticket.closed_at = (all.state_type == StateType::Closed).then_some(now);
        }
        Action::PendUntil(until) => ticket.pending_until = Some(*until),
        Action::Level(level) => all.level.clone_from(level),
        Action::Owner(login) => all.owner = Some(login.clone()),
        Action::Responsible(login) => all.responsible = Some(login.clone()),
        Action::Title(title) => all.title.clone_from(title),
        Action::Lock(locked) => all.locked = *locked,
        Action::Tag(tag) => {
            all.tags.insert(tag.clone());
        }
        Action::Field(name, value) => {
            all.fields.insert(name.clone(), value.clone());
        }
        Action::Watcher(login) => {
            ticket.watchers.insert(login.clone());
        }
        _ => {}
    }
}

/// A mistake where the test says what does not hold.
fn at(loaded: &Loaded, test: &RuleTest, span: Range<usize>, told: &str) -> Diagnostic {
    let title = format!("the test of rule \"{}\" with {} fails: {told}", test.rule.name, test.mail);
    let Some(file) = loaded.rules.iter().find(|file| file.name == test.rule.file) else {
        return Diagnostic::general(title);
    };
    let mut mistake = Diagnostic::general(title);
    if test.ticket.is_none() && test.at.is_none() {
        mistake = mistake.help(format!("see: taquilla explain rules/{}", test.mail));
    }
    mistake.place = Some(Place { source: Arc::clone(&file.source), span, label: String::new() });
    mistake
}

/// A test whose mail was decided upon.
struct Tried<'a> {
    test: &'a RuleTest,
    house: &'a House,
    now: Timestamp,
    decision: &'a Decision,
    /// As it was before the mail.
    ticket: Option<&'a Ticket>,
}

impl Tried<'_> {
    /// `queue is Redes, not Sistemas`, if it is not as expected.
    fn difference(&self, expected: &Expectation) -> Option<(Range<usize>, String)> {
        let found = self.found(&expected.key);
        let same = |found: &String| match expected.key.as_str() {
            "priority" => Priority::from_words(found) == Priority::from_words(&expected.value),
            // A tag is one word: `sede sur` is kept as `sede-sur`.
            "tags" => *found == expected.value.split_whitespace().collect::<Vec<_>>().join("-"),
            "pending" => {
                let wanted = self.house.policy.rules.pending(&expected.value, self.now);
                wanted.is_some_and(|wanted| wanted.to_string() == *found)
            }
            "note" => found.trim() == expected.value.trim(),
            "link" => *found == expected.value.trim_start_matches('#'),
            _ => *found == expected.value,
        };
        // `service = false`: there is to be none.
        let none = expected.value == "false" && found.is_empty();
        if none || found.iter().any(same) {
            return None;
        }
        let shown = if found.is_empty() { "nothing".to_owned() } else { found.join(", ") };
        let wanted = if expected.value == "false" { "nothing" } else { &expected.value };
        Some((expected.place.clone(), format!("{} is {shown}, not {wanted}", expected.key)))
    }

    /// What a key of `expect` has in the decision: one value, several, or none.
    fn found(&self, key: &str) -> Vec<String> {
        let decision = self.decision;
        let truth = |value: bool| vec![value.to_string()];
        match key {
            "matched" => {
                let tried = decision.trace.rules.iter().find(|tried| *tried.rule == self.test.rule);
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
            "note" => notes(decision),
            "link" => done(decision, "link to "),
            "notify" => done(decision, "notify ")
                .into_iter()
                .map(|told| told.split(" with ").next().unwrap_or_default().to_owned())
                .collect(),
            _ => self.of_ticket(key),
        }
    }

    fn of_ticket(&self, key: &str) -> Vec<String> {
        let created = self.decision.effects.iter().find_map(|effect| {
            if let Effect::Create { ticket, .. } = effect { Some(ticket.as_ref()) } else { None }
        });
        let begins = match (created, self.ticket) {
            (Some(ticket), _) => begins(key, ticket),
            (None, Some(ticket)) => match key {
                "sla" => ticket.sla.iter().cloned().collect(),
                "watchers" => ticket.watchers.iter().cloned().collect(),
                "pending" => ticket.pending_until.iter().map(ToString::to_string).collect(),
                _ => begins(key, &ticket.now),
            },
            (None, None) => Vec::new(),
        };
        let set = set_values(key, self.decision);
        // Tags and watchers add up; of anything else the last one holds.
        match (set.last(), key) {
            (_, "tags" | "watchers") => begins.into_iter().chain(set).collect(),
            (Some(last), _) => vec![last.clone()],
            (None, _) => begins,
        }
    }
}

/// Internal notes of rules.
fn notes(decision: &Decision) -> Vec<String> {
    let note = |effect: &Effect| {
        let Effect::Article { article, .. } = effect else { return None };
        let of_rule = article.channel == Channel::Note && article.sender == SenderKind::System;
        of_rule.then(|| article.text.to_string())
    };
    decision.effects.iter().filter_map(note).collect()
}

/// What rules did of this kind, in the words behind `begins`.
fn done(decision: &Decision, begins: &str) -> Vec<String> {
    let actions = decision.trace.rules.iter().flat_map(|tried| &tried.actions);
    actions.filter_map(|action| action.strip_prefix(begins)).map(str::to_owned).collect()
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
        "pending" => Attribute::PendingUntil,
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

/// What a ticket begins with.
fn begins(key: &str, ticket: &NewTicket) -> Vec<String> {
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

    #[test]
    fn the_rules_of_the_example_desk_do_what_they_say() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/ministry/taquilla.toml");
        let loaded = load_with(Some(&path), &[]).unwrap();
        let identity = Identity { keys: Keys::new(vec![(0, [0; 32])]), instance: "test".to_owned() };
        let house = open::house_of(&loaded, &identity).unwrap();
        assert!(house.policy.rules.tests().len() >= 2);
        let mistakes = run(&loaded, &house);
        assert!(mistakes.is_empty(), "{}", render_all(&mistakes, false));
    }
}

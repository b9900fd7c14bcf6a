//! What a golden mail is decided upon.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use taquilla::cli::open::house_of;
use taquilla::config::diagnostic::render_all;
use taquilla::config::load::load_with;
use taquilla::decide::{self, Context, HeldMail, Kin, Lookup, Surveyed};
use taquilla::desk::token::{self, Keys, Use};
use taquilla::desk::{
    Counter, NewTicket, Priority, Relation, StateType, Ticket, TicketId, TicketNumber, TicketSupplier,
};
use taquilla::mail::{Address, Digest, Language, MessageId};
use taquilla::pipeline::House;
use taquilla::store::keys::Identity;

/// The `.given` file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// RFC 3339.
    now: Option<String>,
    /// Level that the sender is supposed to have, as `explain --from-agent` does.
    level: Option<u8>,
    /// The same mail was journalled before.
    #[serde(default)]
    duplicate: bool,
    /// Rules that did not match are shown, too.
    #[serde(default)]
    all_rules: bool,
    /// Automatic mails within the last hour, by address or domain.
    #[serde(default)]
    sent: BTreeMap<String, u32>,
    /// Tickets that the sender opened within the last hour.
    #[serde(default)]
    opened: u32,
    #[serde(default)]
    ticket: Vec<Row>,
    /// The agent whose mail waits for the code `aaaaaaaaaaaaaaaaaaaaaaaaaa`.
    held: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    number: String,
    title: String,
    queue: Option<String>,
    state: Option<String>,
    customer: Option<String>,
    owner: Option<String>,
    responsible: Option<String>,
    #[serde(default)]
    locked: bool,
    #[serde(default)]
    participants: Vec<String>,
    /// Message-IDs of visible mails.
    #[serde(default)]
    thread: Vec<String>,
    /// It got as many articles within the hour as the limit allows.
    #[serde(default)]
    crowded: bool,
    /// Days since it was closed.
    closed_days: Option<i64>,
    /// Number of the ticket that it was merged into.
    merged_into: Option<String>,
    /// Numbers of tickets below it.
    #[serde(default)]
    children: Vec<String>,
    /// Numbers of tickets of the same origin.
    #[serde(default)]
    linked: Vec<String>,
    /// A survey about it was sent.
    #[serde(default)]
    survey: bool,
    /// ... and answered with this.
    score: Option<u8>,
    /// Free fields.
    #[serde(default)]
    fields: BTreeMap<String, String>,
    /// Names of suppliers to whom it was handed; it is with the last one.
    #[serde(default)]
    suppliers: Vec<String>,
    /// Numbers of other desks, as they are stored.
    #[serde(default)]
    other_numbers: Vec<String>,
}

/// Everything beside the mail.
#[derive(Clone)]
pub struct Given {
    pub now: Timestamp,
    pub level: Option<u8>,
    pub all_rules: bool,
    context: Context,
}

impl Given {
    /// Reads the `.given` beside a mail, or the default: a Monday morning in Lima and an empty desk.
    pub fn beside(mail: &Path, house: &House) -> Self {
        let path = mail.with_extension("given");
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        Self::of(toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display())), house)
    }

    /// Reads the text of a `.given` file.
    pub fn read(text: &str, house: &House) -> Self {
        Self::of(toml::from_str(text).unwrap_or_else(|error| panic!("{error}")), house)
    }

    fn of(file: File, house: &House) -> Self {
        let now: Timestamp = file.now.as_deref().unwrap_or("2026-03-02T14:00:00Z").parse().unwrap();
        let mut context = Context { duplicate: file.duplicate.then_some((7, None)), ..Context::default() };
        for (id, row) in (1..).zip(&file.ticket) {
            add(&mut context, TicketId(id), row, house, now);
        }
        for row in file.ticket.iter().filter(|row| row.merged_into.is_some()) {
            let target = context.by_number[&TicketNumber::new(row.merged_into.as_ref().unwrap()).unwrap()];
            let id = context.by_number[&TicketNumber::new(&row.number).unwrap()];
            context.tickets.get_mut(&id).unwrap().merged_into = Some(target);
        }
        for row in &file.ticket {
            let below = row.children.iter().map(|other| (Relation::Child, other));
            for (relation, other) in below.chain(row.linked.iter().map(|other| (Relation::Linked, other))) {
                link(&mut context, &row.number, relation, other);
            }
        }
        (context.sent, context.sent_to_domains) =
            file.sent.into_iter().partition(|(address, _)| address.contains('@'));
        context.opened = file.opened;
        if let Some(login) = file.held {
            context.held = Some(HeldMail {
                held_for: taquilla::decide::HeldFor::Proof,
                vouched: false,
                id: 5,
                code: Digest::of(b""),
                login,
                journal: 3,
                raw: Digest::of(b""),
                ticket: context.tickets.keys().next().copied(),
                targets: None,
                subject: "the mail that waits".to_owned(),
                expires: now + SignedDuration::from_mins(10),
                outcome: None,
                ended: None,
            });
        }
        Self { now, level: file.level, all_rules: file.all_rules, context }
    }

    /// What the store would read for these keys.
    pub fn context(&self, keys: &Lookup) -> Context {
        let mut context = self.context.clone();
        context.counter = Some(Counter { key: keys.counter.clone(), used: 0 });
        context.by_message_id.retain(|id, _| keys.message_ids.contains(id));
        context.by_number.retain(|number, _| keys.numbers.contains(number));
        context.by_other_number.retain(|name, _| keys.other_numbers.contains(name));
        if keys.codes.is_empty() && keys.held.is_none() {
            context.held = None;
        }
        context
    }

    /// Time and chance, the same in every run.
    pub fn chance(&self) -> decide::Given {
        decide::Given { now: self.now, seed: [42; 32], told: true }
    }
}

fn add(context: &mut Context, id: TicketId, row: &Row, house: &House, now: Timestamp) {
    let desk = &house.policy.desk;
    let state = row.state.as_deref().unwrap_or("open");
    let state = desk.state(state).unwrap_or_else(|| panic!("no state {state}"));
    let number = TicketNumber::new(&row.number).unwrap();
    let days = |days: i64| now - SignedDuration::from_hours(24 * days);
    let ticket = Ticket {
        id,
        now: NewTicket {
            number: number.clone(),
            title: row.title.clone(),
            queue: row.queue.clone().unwrap_or_else(|| desk.default_queue.clone()),
            kind: desk.types[0].clone(),
            service: None,
            state: state.name.clone(),
            state_type: state.kind,
            priority: Priority::NORMAL,
            locked: row.locked,
            owner: row.owner.clone(),
            responsible: row.responsible.clone(),
            customer: row.customer.as_deref().map(Address::read),
            participants: row.participants.iter().map(|written| Address::read(written)).collect(),
            language: Language::Es,
            level: row.suppliers.last().cloned().unwrap_or_else(|| "0".to_owned()),
            tags: BTreeSet::new(),
            fields: row.fields.clone(),
            created: days(30),
        },
        sla: None,
        pending_until: state.kind.is_pending().then(|| days(-1)),
        closed_at: (state.kind == StateType::Closed).then(|| days(row.closed_days.unwrap_or(1))),
        watchers: BTreeSet::new(),
        thread: row.thread.iter().filter_map(|id| MessageId::new(id)).collect(),
        merged_into: None,
        estimate: None,
        booked: 0,
        links: BTreeSet::new(),
        suppliers: row.suppliers.iter().map(|name| with(name, house, days(2))).collect(),
    };
    context.by_other_number.extend(row.other_numbers.iter().map(|name| (name.clone(), id)));
    context.by_message_id.extend(ticket.thread.iter().map(|known| (known.clone(), id)));
    context.by_number.insert(number, id);
    if row.survey {
        let customer = ticket.now.customer.as_ref().map(Address::key).unwrap_or_default();
        context.surveys.push(Surveyed { id: id.0, ticket: id, customer, score: row.score, waits: false });
    }
    context.crowded.extend(row.crowded.then_some(id));
    context.crowded_by_people.extend(row.crowded.then_some(id));
    context.tickets.insert(id, ticket);
}

/// A supplier of the desk as one of a ticket.
fn with(name: &str, house: &House, since: Timestamp) -> TicketSupplier {
    let supplier = house.policy.desk.supplier(name).unwrap_or_else(|| panic!("no supplier {name}"));
    TicketSupplier { address: supplier.address(), since, thread: Vec::new() }
}

/// Both tickets know of each other, and what the store would tell of them.
fn link(context: &mut Context, number: &str, relation: Relation, other: &str) {
    for (one, relation, other) in [(number, relation, other), (other, relation.back(), number)] {
        let (one, other) = (TicketNumber::new(one).unwrap(), TicketNumber::new(other).unwrap());
        let known = &context.tickets[&context.by_number[&other]].now;
        let kin = Kin { title: known.title.clone(), open: known.state_type.is_open() };
        context.kin.insert(other.clone(), kin);
        let id = context.by_number[&one];
        context.tickets.get_mut(&id).unwrap().links.insert((relation, other));
    }
}

/// The key of tokens in tests.
pub fn keys() -> Keys {
    Keys::new(vec![(1, [42; 32])])
}

/// Puts genuine tokens in place of `@TOKEN use address number@`, and expired ones for `@TOKEN-OLD ...@`. What is not
/// of this form stays as it is.
pub fn tokens_filled(raw: &[u8], house: &House, now: Timestamp) -> Vec<u8> {
    let mark: &[u8] = b"@TOKEN";
    let mut out = Vec::new();
    let mut rest = raw;
    while let Some(at) = rest.windows(mark.len()).position(|window| window == mark) {
        out.extend(&rest[..at]);
        rest = &rest[at..];
        match filled(&rest[mark.len()..], house, now) {
            Some((token, length)) => {
                out.extend(token.bytes());
                rest = &rest[mark.len() + length..];
            }
            None => {
                out.extend(mark);
                rest = &rest[mark.len()..];
            }
        }
    }
    out.extend(rest);
    out
}

/// The token for the words behind `@TOKEN`, and how long these are with the `@` that ends them.
fn filled(inside: &[u8], house: &House, now: Timestamp) -> Option<(String, usize)> {
    // The address has an @ of its own: the end is the one behind the number.
    let number = inside.iter().enumerate().filter(|(_, octet)| **octet == b' ').nth(2)?.0;
    let end = number + inside[number..].iter().position(|octet| *octet == b'@')?;
    let words: Vec<&str> = std::str::from_utf8(&inside[..end]).ok()?.split(' ').collect();
    let [age, purpose, address, number] = words[..] else { return None };
    let issued = match age {
        "" => now,
        "-OLD" => now - SignedDuration::from_hours(24 * (token::DAYS + 1)),
        _ => return None,
    };
    let purpose = match purpose {
        "thread" => Use::Thread,
        "copy" => Use::Copy,
        "internal" => Use::Internal,
        "survey" => Use::Survey,
        "supplier" => Use::Supplier,
        "relay" => Use::Relay,
        _ => return None,
    };
    let number = TicketNumber::new(number)?;
    Some((token::issue(&house.policy.desk.keys, purpose, &number, address, issued)?, end + 1))
}

/// The project's folder, also for the fuzz targets, whose package is a folder in it.
pub fn root() -> &'static Path {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.ancestors().find(|folder| folder.join("examples/ministry").is_dir()).unwrap_or(own)
}

/// The example desk with fixed keys.
pub fn house() -> House {
    let path = root().join("examples/ministry/taquilla.toml");
    let identity = Identity { keys: keys(), instance: "golden".to_owned() };
    let loaded =
        load_with(Some(&path), &[]).unwrap_or_else(|mistakes| panic!("{}", render_all(&mistakes, false)));
    house_of(&loaded, &identity).unwrap_or_else(|error| panic!("{error}"))
}

//! Raw octets to a decision at the desk of `examples/ministry`, and its mails read again.

use std::sync::LazyLock;

use taquilla::decide::{Context, Decision, Effect, Event, Incoming, Proof, Reason, decide, lookup};
use taquilla::desk::{NoticeKind, TicketRef};
use taquilla::ingest::parse::{ParseLimits, parse};
use taquilla::mail::Class;
use taquilla::outbound::catalog;
use taquilla::outbound::compose::compose;
use taquilla::pipeline::{House, Letter, read};
use taquilla::store::Origin;

use super::super::golden::{Given, house, tokens_filled};

/// Tickets that the mails of `fixtures/mail` write about.
const KNOWN: &str = r#"
held = "mgomez"
[sent]
"flood@minem.example" = 1000
[[ticket]]
number = "2026022710000316"
title = "PC sin internet"
queue = "Redes"
owner = "csalas"
responsible = "jperez"
customer = "Pedro Flores Huamán <pflores@minem.example>"
participants = ["jefe@otra.example"]
thread = ["a1@minem.example"]
[[ticket]]
number = "2026022710000325"
title = "La impresora no imprime"
queue = "Mesa de Ayuda"
state = "pending reminder"
responsible = "mgomez"
locked = true
customer = "aquispe@minem.example"
[[ticket]]
number = "2026022610000078"
title = "Correo"
state = "closed successful"
queue = "Soporte Técnico"
owner = "lrojas"
closed_days = 1
customer = "aquispe@minem.example"
survey = true
[[ticket]]
number = "2025120310000228"
title = "Licencia"
queue = "Sistemas"
state = "closed successful"
closed_days = 60
customer = "pflores@minem.example"
[[ticket]]
number = "2026022010000043"
title = "Repetido"
state = "merged"
closed_days = 2
customer = "pflores@minem.example"
merged_into = "2026022710000316"
"#;

struct Place {
    house: House,
    given: Given,
}

static PLACE: LazyLock<Place> = LazyLock::new(|| {
    let house = house();
    let given = Given::read(KNOWN, &house);
    Place { house, given }
});

pub(super) fn run(octets: &[u8]) {
    let Place { house, given } = &*PLACE;
    // The last octet says how well the sender is proved; that of an ordinary mail, a line end, says: not at all.
    let proof = match octets.last().map_or(0, |last| last % 5) {
        0 => Proof::None,
        level => Proof::Supposed(level - 1),
    };
    let raw = tokens_filled(octets, house, given.now);
    let letter = Letter {
        queue: house.queue_of("soporte"),
        ..Letter::of(raw.into(), "soporte", Origin::Deliver(None))
    };
    let (event, _) = read(letter, proof, house);
    let keys = lookup(&event, &house.policy, given.now);
    let context = given.context(&keys);
    let decision = decide(&event, &context, &house.policy, &given.chance());
    assert_eq!(decision, decide(&event, &context, &house.policy, &given.chance()), "deciding is pure");
    let Event::Mail(incoming) = event else { panic!("a mail") };
    check(&incoming, &decision, &context);
    answers(&incoming, &decision, house);
    mails(&decision, house, given);
}

fn check(incoming: &Incoming, decision: &Decision, context: &Context) {
    assert!(Reason::ALL.contains(&decision.reason));
    let class = incoming.classified.class;
    let created = decision.effects.iter().filter(|effect| matches!(effect, Effect::Create { .. })).count();
    // What an agent divides opens tickets too, one for each command at most.
    let divides = decision.reason == Reason::AgentMail;
    let most = if divides { 1 + decision.trace.commands.len() } else { 1 };
    assert!(created <= most, "one mail, {created} tickets: {decision}");
    let opens = divides
        || matches!(decision.reason, Reason::NewTicket | Reason::NewLinkedTicket | Reason::Quarantined);
    assert!(opens || created == 0, "{} opens a ticket: {decision}", decision.reason);
    let exists = |at: TicketRef| match at {
        TicketRef::Existing(id) => context.tickets.contains_key(&id),
        TicketRef::New(nth) => nth < created,
    };
    for effect in &decision.effects {
        let at = match effect {
            Effect::Set { ticket, .. }
            | Effect::Article { ticket, .. }
            | Effect::Note { ticket, .. }
            | Effect::Timer { ticket, .. }
            | Effect::CancelTimer { ticket, .. } => *ticket,
            _ => continue,
        };
        assert!(exists(at), "{effect:?} of a ticket that is not there");
    }
    let person =
        matches!(class, Class::Person | Class::SurveyAnswer) || decision.reason == Reason::SurveyAnswer;
    assert!(person || decision.trace.commands.is_empty(), "a program gives commands: {decision}");
    drop(decision.to_string());
}

/// RFC 3834 section 2: nothing automatic answers anything automatic.
fn answers(incoming: &Incoming, decision: &Decision, house: &House) {
    let class = incoming.classified.class;
    let mail = &incoming.mail;
    let author = mail.from.as_ref().map(taquilla::mail::Address::key);
    let author = author.or_else(|| mail.return_path.as_ref().map(|path| path.to_lowercase()));
    for notice in decision.notices() {
        let missing = catalog::missing(&notice.template, &notice.data);
        assert!(missing.is_empty(), "{} lacks {missing:?}: {notice:?}", notice.template);
        let administrator =
            house.policy.desk.administrator.as_ref().is_some_and(|a| a.key() == notice.to.key());
        if class != Class::Person && notice.kind != NoticeKind::Human && !administrator {
            assert!(
                author != Some(notice.to.key()),
                "{} answers a mail of class {class}: {decision}",
                notice.template
            );
        }
    }
}

fn mails(decision: &Decision, house: &House, given: &Given) {
    for notice in decision.notices() {
        let composed = match compose(notice, &house.policy.desk, &house.templates, given.now, [7; 32]) {
            Ok(composed) => composed,
            // An address that no mail can carry; the ticket's history says so.
            Err(taquilla::outbound::compose::ComposeError::Address(_)) => continue,
            Err(error) => panic!("{}: {error}", notice.template),
        };
        super::compose::lawful(&composed.content);
        let again = parse(composed.content.into(), &ParseLimits::default());
        assert_eq!(again.message_id.as_ref(), Some(&composed.message_id));
        assert_eq!(again.defects, [], "{}", notice.template);
        assert!(!again.body.text.trim().is_empty(), "{} says nothing", notice.template);
    }
}

//! Each effect, written and read back.

use sqlx::Row as _;

use super::*;
use crate::decide::{Context, Fact};
use crate::desk::{Attribute, Change, Relation, RuleRef, Ticket, TicketId, TimerKind};

async fn whole(store: &Store, ticket: TicketId) -> Ticket {
    let lookup = Lookup { tickets: [ticket].into(), ..Lookup::default() };
    let mut context: Context = store.prefetch(&lookup, at(0)).await.unwrap();
    context.tickets.remove(&ticket).unwrap()
}

async fn count(store: &Store, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(&store.readers).await.unwrap()
}

fn set(ticket: TicketId, attribute: Attribute, before: Option<&str>, after: Option<&str>) -> Effect {
    let change = Change { attribute, before: before.map(str::to_owned), after: after.map(str::to_owned) };
    Effect::Set { ticket: TicketRef::Existing(ticket), change, cause: cause() }
}

#[tokio::test]
async fn a_new_ticket_comes_back_whole() {
    let (_dir, store) = store().await;
    let applied = apply(&store, &opens(13), &mail(13), &[outgoing("out1@taquilla", "ana@MINEM.example")])
        .await
        .unwrap();
    let [(new, number)] = applied.tickets.as_slice() else { panic!() };
    assert_eq!(number.as_str(), "2013121610000137");
    let read = whole(&store, *new).await;
    assert_eq!(read.now, ticket(13));
    // The customer's mail, then ours to the customer.
    assert_eq!(read.thread, [id("m13@example.org"), id("out1@taquilla")]);
    let other = (read.sla, read.pending_until, read.closed_at, read.merged_into, read.estimate, read.booked);
    assert_eq!(other, (None, None, None, None, None, 0));
    assert_eq!(count(&store, "SELECT count(*) FROM history").await, 2);
}

#[tokio::test]
async fn every_key_of_a_lookup_answers() {
    let (_dir, store) = store().await;
    let applied = apply(&store, &opens(13), &mail(13), &[outgoing("out1@taquilla", "Ana@minem.example")])
        .await
        .unwrap();
    let (ticket, number) = applied.tickets[0].clone();
    let lookup = Lookup {
        message_ids: [id("out1@taquilla"), id("m13@example.org"), id("nobody@knows")].into(),
        numbers: [number.clone(), TicketNumber::new("99").unwrap()].into(),
        fingerprint: mail(13).fingerprint,
        recipients: ["ana@minem.example".to_owned(), "eva@minem.example".to_owned()].into(),
        counter: "2013-12-16".into(),
        ..Lookup::default()
    };
    let context = store.prefetch(&lookup, at(60)).await.unwrap();
    assert_eq!(context.by_number, [(number, ticket)].into());
    assert_eq!(
        context.by_message_id,
        [(id("out1@taquilla"), ticket), (id("m13@example.org"), ticket)].into()
    );
    assert_eq!(context.duplicate, Some((applied.journal, Some(ticket))));
    assert_eq!(context.sent["ana@minem.example"], 1);
    assert_eq!(context.counter.map(|counter| counter.used), Some(13));
    assert_eq!(context.tickets.keys().collect::<Vec<_>>(), [&ticket]);
    // An hour later nothing was sent within the hour; nobody counted yet under another key.
    let lookup = Lookup { counter: "all".into(), ..lookup };
    let context = store.prefetch(&lookup, at(3601)).await.unwrap();
    assert_eq!(context.sent["ana@minem.example"], 0);
    assert_eq!(context.counter.map(|counter| (counter.key, counter.used)), Some(("all".to_owned(), 0)));
}

#[tokio::test]
async fn every_attribute_can_be_set_and_taken_back() {
    let (_dir, store) = store().await;
    let new = apply(&store, &opens(1), &mail(1), &[]).await.unwrap().tickets[0].0;
    let effects = vec![
        set(new, Attribute::Title, None, Some("Título")),
        set(new, Attribute::Queue, None, Some("Sistemas")),
        set(new, Attribute::Type, None, Some("request")),
        set(new, Attribute::Service, Some("Equipos::Impresoras"), None),
        set(new, Attribute::Sla, None, Some("oro")),
        set(new, Attribute::State, Some("new"), Some("closed successful")),
        set(new, Attribute::Priority, Some("3"), Some("5")),
        set(new, Attribute::Lock, Some("unlocked"), Some("locked")),
        set(new, Attribute::Owner, Some("mgomez"), None),
        set(new, Attribute::Responsible, None, Some("jperez")),
        set(new, Attribute::Customer, None, Some("Eva <Eva@minem.example>")),
        set(new, Attribute::Level, Some("1"), Some("2")),
        set(new, Attribute::PendingUntil, None, Some(&at(99).to_string())),
        set(new, Attribute::Tag, Some("red"), None),
        set(new, Attribute::Tag, None, Some("vip")),
        set(new, Attribute::Participant, Some("z@B.example"), None),
        set(new, Attribute::Participant, None, Some("C@b.example")),
        set(new, Attribute::Watcher, None, Some("lruiz")),
        set(new, Attribute::Field("host".into()), None, Some("srv2")),
        set(new, Attribute::Field("rack".into()), None, Some("b")),
        set(new, Attribute::Estimate, None, Some("90")),
    ];
    let lines = effects.len() as i64;
    let follow_up = decision(Reason::AgentMail, Some(TicketRef::Existing(new)), effects);
    apply(&store, &follow_up, &mail(2), &[]).await.unwrap();
    let read = whole(&store, new).await;
    assert_eq!(
        (read.now.title.as_str(), read.now.queue.as_str(), read.now.kind.as_str()),
        ("Título", "Sistemas", "request")
    );
    assert_eq!((read.now.service, read.sla.as_deref()), (None, Some("oro")));
    assert_eq!((read.now.state.as_str(), read.now.state_type), ("closed successful", StateType::Closed));
    assert_eq!((read.closed_at, read.pending_until), (Some(at(0)), Some(at(99))));
    assert_eq!((read.now.priority.value(), read.now.locked), (5, true));
    assert_eq!((read.now.owner, read.now.responsible.as_deref()), (None, Some("jperez")));
    assert_eq!(read.now.customer, Some(Address::named("Eva", "Eva@minem.example")));
    assert_eq!((read.now.level.as_str(), read.estimate), ("2", Some(90)));
    assert_eq!(read.now.tags, ["piso 3".to_owned(), "vip".to_owned()].into());
    assert_eq!(
        read.now.participants,
        [Address::named("A \"q\" ñ", "a@b.example"), Address::bare("C@b.example")]
    );
    assert_eq!(read.watchers, ["lruiz".to_owned()].into());
    let fields = [("host", "srv2"), ("rack", "b")].map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(read.now.fields, fields.into());
    assert_eq!(count(&store, "SELECT count(*) FROM history WHERE kind = 'change'").await, lines);
    let back = vec![
        set(new, Attribute::State, Some("closed successful"), Some("open")),
        set(new, Attribute::PendingUntil, None, None),
        set(new, Attribute::Watcher, Some("lruiz"), None),
        set(new, Attribute::Field("rack".into()), Some("b"), None),
        set(new, Attribute::Customer, None, None),
        set(new, Attribute::Lock, Some("locked"), Some("unlocked")),
    ];
    apply(&store, &decision(Reason::Reopened, None, back), &mail(3), &[]).await.unwrap();
    let read = whole(&store, new).await;
    assert_eq!(
        (read.closed_at, read.pending_until, read.now.customer, read.now.locked),
        (None, None, None, false)
    );
    assert!(read.watchers.is_empty() && !read.now.fields.contains_key("rack"));
}

#[tokio::test]
async fn what_cannot_be_written_is_refused() {
    let (_dir, store) = store().await;
    let new = apply(&store, &opens(1), &mail(1), &[]).await.unwrap().tickets[0].0;
    let wrong = [
        set(new, Attribute::State, None, Some("no such state")),
        set(new, Attribute::State, None, None),
        set(new, Attribute::Title, None, None),
        set(new, Attribute::Priority, None, Some("6")),
        set(new, Attribute::Lock, None, Some("half")),
        set(new, Attribute::PendingUntil, None, Some("tomorrow")),
        set(TicketId(99), Attribute::Title, None, Some("x")),
        Effect::Note { ticket: TicketRef::New(3), fact: Fact::Reminded, cause: cause() },
    ];
    for effect in wrong {
        let shown = format!("{effect:?}");
        let error = apply(&store, &decision(Reason::Requested, None, vec![effect]), &mail(2), &[]).await;
        assert!(matches!(error, Err(StoreError::Unwritable(_))), "{shown}: {error:?}");
    }
    assert_eq!(count(&store, "SELECT count(*) FROM journal").await, 1);
}

#[tokio::test]
async fn notes_links_and_rules_reach_the_history() {
    let (_dir, store) = store().await;
    let rule =
        RuleRef { name: "Printers".into(), file: "10-hardware.toml".into(), line: 3, set: "0a1b".into() };
    let because = Cause::new(Actor::Rule(rule), "subject has \"impresora\"");
    let effects = vec![
        create(1),
        create(2),
        Effect::Note {
            ticket: TicketRef::New(1),
            fact: Fact::Stranger("eva@x.example".into()),
            cause: because,
        },
        link(TicketRef::New(1), Relation::Child, 1),
        link(TicketRef::New(0), Relation::Parent, 2),
        link(TicketRef::New(1), Relation::Linked, 1),
        link(TicketRef::New(0), Relation::Linked, 2),
    ];
    let linked = decision(Reason::NewLinkedTicket, Some(TicketRef::New(1)), effects);
    let applied = apply(&store, &linked, &mail(1), &[]).await.unwrap();
    assert_eq!(count(&store, "SELECT count(*) FROM links").await, 2);
    let row =
        sqlx::query("SELECT * FROM history WHERE kind = 'stranger'").fetch_one(&store.readers).await.unwrap();
    assert_eq!(row.get::<i64, _>("ticket"), applied.tickets[1].0.0);
    assert_eq!(row.get::<i64, _>("journal"), applied.journal);
    assert_eq!((row.get("actor"), row.get("actor_id"), row.get("rule_line")), ("rule", "Printers", 3));
    assert_eq!(row.get::<&str, _>("text"), "eva@x.example quoted this number and takes no part in it");
}

#[tokio::test]
async fn articles_keep_their_files_and_their_thread() {
    let (_dir, store) = store().await;
    let new = apply(&store, &opens(1), &mail(1), &[]).await.unwrap().tickets[0].0;
    let large = vec![7_u8; super::super::files::FILE_FROM];
    let mut with_files = article("a1@agent", SenderKind::Agent);
    with_files.attachments = vec![attachment(b"small"), attachment(&large), attachment(b"")];
    let effect = |article| Effect::Article {
        ticket: TicketRef::Existing(new),
        article: Box::new(article),
        cause: cause(),
    };
    let mut effects = vec![effect(with_files.clone())];
    // Read back without content, for another article: nothing is stored twice, nothing is lost.
    with_files.attachments.iter_mut().for_each(|file| file.content = Arc::from([]));
    with_files.message_id = None;
    effects.push(effect(with_files));
    effects.extend((2..40).map(|n| effect(article(&format!("c{n}@customer"), SenderKind::Customer))));
    apply(&store, &decision(Reason::FollowUp, None, effects), &mail(2), &[]).await.unwrap();
    let thread = whole(&store, new).await.thread;
    assert_eq!(
        (thread.len(), &thread[0], &thread[1], &thread[19]),
        (20, &id("m1@example.org"), &id("c21@customer"), &id("c39@customer"))
    );
    assert_eq!(store.blob(&Digest::of(b"small")).await.unwrap(), b"small");
    assert_eq!(store.blob(&Digest::of(&large)).await.unwrap(), large);
    assert_eq!(store.blob(&Digest::of(b"")).await.unwrap(), b"");
    assert_eq!(count(&store, "SELECT count(*) FROM attachments").await, 6);
    assert_eq!(count(&store, "SELECT count(*) FROM blobs WHERE content IS NULL").await, 1);
    assert!(matches!(store.blob(&Digest::of(b"never seen")).await, Err(StoreError::Missing(_))));
}

#[tokio::test]
async fn timers_are_set_moved_and_taken_back() {
    let (_dir, store) = store().await;
    let timer =
        |due| Effect::Timer { ticket: TicketRef::New(0), kind: TimerKind::PendingReminder, due: at(due) };
    let other = Effect::Timer { ticket: TicketRef::New(0), kind: TimerKind::PendingAuto, due: at(9) };
    let cancel = Effect::CancelTimer { ticket: TicketRef::New(0), kind: TimerKind::PendingAuto };
    let effects = vec![create(1), timer(5), other, timer(6), cancel];
    apply(&store, &decision(Reason::NewTicket, None, effects), &mail(1), &[]).await.unwrap();
    let rows = sqlx::query("SELECT kind, due FROM timers").fetch_all(&store.readers).await.unwrap();
    let rows: Vec<(String, i64)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    assert_eq!(rows, [("pending-reminder".to_owned(), at(6).as_millisecond())]);
}

#[tokio::test]
async fn a_held_mail_waits_and_is_decided_anew_in_its_own_row() {
    let (_dir, store) = store().await;
    let code = Digest::of(b"one-time code");
    let hold = |code, ticket| Effect::Hold {
        login: "mgomez".into(),
        code,
        ticket,
        held_for: crate::decide::HeldFor::Lock { holder: "lrojas".into() },
        vouched: true,
        targets: Some(Digest::of(b"some tickets")),
        subject: "cerrar".into(),
        expires: at(1800),
    };
    let new = apply(&store, &opens(1), &mail(1), &[]).await.unwrap().tickets[0].0;
    // Two mails about one ticket may wait at once.
    let effects = vec![
        hold(code, Some(TicketRef::Existing(new))),
        hold(Digest::of(b"2"), Some(TicketRef::Existing(new))),
    ];
    let held =
        apply(&store, &decision(Reason::HeldForConfirmation, None, effects), &mail(2), &[]).await.unwrap();
    let lookup = Lookup { codes: [code].into(), ..Lookup::default() };
    let context = store.prefetch(&lookup, at(1)).await.unwrap();
    let found = context.held.unwrap();
    assert_eq!((found.id, found.login.as_str(), found.outcome), (held.held[0], "mgomez", None));
    assert!(found.vouched && context.held_again.is_none());
    assert_eq!(found.targets, Some(Digest::of(b"some tickets")));
    assert_eq!(found.held_for, crate::decide::HeldFor::Lock { holder: "lrojas".into() });
    assert_eq!((found.raw, found.journal, found.ticket), (mail(2).raw.unwrap().0, held.journal, Some(new)));
    assert_eq!(context.tickets.len(), 1, "the ticket that it would change is read too");
    assert_eq!(store.blob(&found.raw).await.unwrap(), mail(2).raw.unwrap().1.to_vec());

    let mut writing = store.begin().await.unwrap();
    let release = Effect::Release { held: found.id, confirmed: true };
    let yes = decision(Reason::Confirmation, Some(TicketRef::Existing(new)), vec![release]);
    writing.apply(&yes, &mail(3), &[], &State::shipped()).await.unwrap();
    let anew = decision(
        Reason::AgentMail,
        Some(TicketRef::Existing(new)),
        vec![set(new, Attribute::State, None, Some("closed successful"))],
    );
    let entry = Entry { origin: Origin::Again(found.journal), at: at(2), ..mail(2) };
    let applied = writing.apply(&anew, &entry, &[], &State::shipped()).await.unwrap();
    writing.commit().await.unwrap();
    assert_eq!(applied.journal, held.journal);
    let context = store.prefetch(&Lookup { held: Some(found.id), ..Lookup::default() }, at(3)).await.unwrap();
    assert_eq!(context.held.unwrap().outcome, Some(crate::decide::HeldOutcome::Confirmed));
    assert_eq!(context.held_again.map(|held| held.id), Some(held.held[1]), "the same mail waits once more");
    // A mail that is decided anew may quote the code of another one that waits.
    let both = Lookup { held: Some(found.id), codes: [Digest::of(b"2")].into(), ..Lookup::default() };
    assert_eq!(store.prefetch(&both, at(3)).await.unwrap().held.unwrap().id, found.id);
    assert_eq!(count(&store, "SELECT count(*) FROM timers").await, 1, "that of the other one");
    assert_eq!(count(&store, "SELECT count(*) FROM journal WHERE reason = 'agent-mail'").await, 1);
    assert_eq!(count(&store, "SELECT count(*) FROM journal").await, 3);

    // The other one is never confirmed.
    let late = Effect::Release { held: held.held[1], confirmed: false };
    let entry = Entry { origin: Origin::Timer, ..mail(4) };
    apply(&store, &decision(Reason::TimerFired, None, vec![late]), &entry, &[]).await.unwrap();
    assert_eq!(count(&store, "SELECT count(*) FROM journal WHERE reason = 'not-confirmed'").await, 1);
}

#[tokio::test]
async fn a_survey_is_answered_once() {
    let (_dir, store) = store().await;
    let ask = Effect::AskSurvey { ticket: TicketRef::New(0), customer: "ana@minem.example".into() };
    let new =
        apply(&store, &decision(Reason::NewTicket, None, vec![create(1), ask]), &mail(1), &[]).await.unwrap();
    let lookup = Lookup { tickets: [new.tickets[0].0].into(), ..Lookup::default() };
    let survey = store.prefetch(&lookup, at(0)).await.unwrap().surveys.remove(0);
    assert_eq!((survey.customer.as_str(), survey.score), ("ana@minem.example", None));
    for (uid, score) in [(2, 4), (3, 1)] {
        let answer = Effect::AnswerSurvey { survey: survey.id, score, comment: "gracias".into() };
        apply(&store, &decision(Reason::SurveyAnswer, None, vec![answer]), &mail(uid), &[]).await.unwrap();
    }
    assert_eq!(store.prefetch(&lookup, at(0)).await.unwrap().surveys[0].score, Some(4));
}

#[tokio::test]
async fn merged_tickets_are_followed_and_a_circle_ends() {
    let (_dir, store) = store().await;
    for n in 1..=5 {
        apply(&store, &opens(n), &mail(n as u32), &[]).await.unwrap();
    }
    let merge = |from: i64, into: i64| {
        sqlx::query("UPDATE tickets SET merged_into = $2 WHERE id = $1")
            .bind(from)
            .bind(into)
            .execute(&store.writer)
    };
    for from in 1..4 {
        merge(from, from + 1).await.unwrap();
    }
    let lookup = by_numbers([ticket(1).number]);
    let context = store.prefetch(&lookup, at(0)).await.unwrap();
    assert_eq!(context.tickets.keys().map(|ticket| ticket.0).collect::<Vec<_>>(), [1, 2, 3, 4]);
    assert_eq!(context.tickets[&TicketId(3)].merged_into, Some(TicketId(4)));
    merge(4, 2).await.unwrap();
    assert_eq!(store.prefetch(&lookup, at(0)).await.unwrap().tickets.len(), 4);
}

#[tokio::test]
async fn a_quarantined_mail_is_listed_until_it_is_decided_anew() {
    let (_dir, store) = store().await;
    let quarantine = Effect::Quarantine { ticket: TicketRef::New(0), why: "over the size limit".into() };
    let first = decision(Reason::Quarantined, Some(TicketRef::New(0)), vec![create(1), quarantine]);
    let row = apply(&store, &first, &mail(1), &[]).await.unwrap().journal;
    assert_eq!(
        count(&store, "SELECT count(*) FROM quarantine WHERE outcome IS NULL AND raw IS NOT NULL").await,
        1
    );
    let entry = Entry { origin: Origin::Again(row), fingerprint: None, ..mail(1) };
    apply(&store, &opens(2), &entry, &[]).await.unwrap();
    assert_eq!(count(&store, "SELECT count(*) FROM quarantine WHERE outcome = 'retried'").await, 1);
    assert_eq!(count(&store, "SELECT count(*) FROM journal WHERE fingerprint IS NOT NULL").await, 1);
}

//! What people get to read.

use super::*;
use crate::decide::Fact;
use crate::desk::query::{Asker, Condition, Query};
use crate::desk::{Attribute, Change, Relation, RuleRef, TimerKind};
use crate::store::{JournalFilter, Page, Shelf};

#[tokio::test]
async fn tickets_by_filter_and_by_pages() {
    let (_dir, store) = store().await;
    for n in 1..=7_u32 {
        let mut new = ticket(u64::from(n));
        new.created = at(i64::from(n));
        if n % 2 == 0 {
            new.queue = "Sistemas".into();
            new.responsible = Some("jperez".into());
        }
        if n == 4 {
            (new.state, new.state_type) = ("closed successful".into(), StateType::Closed);
            new.customer = None;
        }
        let effect = Effect::Create { ticket: Box::new(new), counter: n.into(), cause: cause() };
        apply(&store, &decision(Reason::NewTicket, Some(TicketRef::New(0)), vec![effect]), &mail(n), &[])
            .await
            .unwrap();
    }
    let desk = crate::desk::Desk::empty(crate::desk::token::Keys::new(Vec::new()));
    let asker = Asker { desk: &desk, agent: None, now: at(8), language: Language::En };
    let ids = async |query: &Query, page: Page| -> Vec<i64> {
        store.tickets(query, page).await.unwrap().into_iter().map(|line| line.id.0).collect()
    };
    let queue = |name: &str| Query::default().and(Condition::Queue(vec![name.to_owned()]));
    let login = |login: &str| vec![Some(login.to_owned())];
    let read = |text: &str| Query::read(text, &asker).unwrap();
    let cases = [
        (Query::default(), vec![1, 2, 3, 4, 5, 6, 7]),
        (queue("Sistemas"), vec![2, 4, 6]),
        (queue("Sistemas").open_unless_said(), vec![2, 6]),
        (read("state:closed"), vec![4]),
        (read("state:\"closed successful\""), vec![4]),
        (read("-state:closed"), vec![1, 2, 3, 5, 6, 7]),
        (
            Query::default().and(Condition::Responsible(login("jperez"))).and(Condition::Newer(at(4))),
            vec![4, 6],
        ),
        (Query::default().and(Condition::Owner(login("nobody"))), vec![]),
        (read("responsible:none"), vec![1, 3, 5, 7]),
        (read("-responsible:none older:1969-12-31T00:00:06Z"), vec![]),
        (read("customer:ANA@minem.example"), vec![1, 2, 3, 5, 6, 7]),
        (read("customer:ana"), vec![1, 2, 3, 5, 6, 7]),
        (read("customer:none"), vec![4]),
        (read("-customer:none"), vec![1, 2, 3, 5, 6, 7]),
    ];
    for (query, expected) in cases {
        assert_eq!(ids(&query, Page::FIRST).await, expected, "{query:?}");
    }
    assert_eq!(ids(&Query::default(), Page { after: 0, limit: 3 }).await, [1, 2, 3]);
    assert_eq!(ids(&Query::default(), Page { after: 6, limit: 3 }).await, [7]);
    let line = store.tickets(&Query::default(), Page { after: 0, limit: 1 }).await.unwrap().remove(0);
    let whole = store.ticket(&line.number).await.unwrap().unwrap();
    assert_eq!(
        (line.customer, line.priority, line.kind),
        (whole.now.customer, whole.now.priority, whole.now.kind)
    );
    assert_eq!(store.ticket(&TicketNumber::new("404").unwrap()).await.unwrap(), None);
}

#[tokio::test]
async fn queries_find_what_they_ask_for() {
    let (_dir, store) = store().await;
    type Change = fn(&mut NewTicket);
    let rows: [(&str, Change); 5] = [
        ("Impresión atascada en PISO 3", |new| new.service = Some("Equipos".into())),
        ("La impresora [HP] 100%", |new| new.priority = Priority::new(5).unwrap()),
        ("Correo", |new| (new.locked, new.kind) = (true, "request".into())),
        ("Red", |new| {
            new.service = Some("Equipos::PC".into());
            new.tags = BTreeSet::new();
            new.fields = BTreeMap::from([("sala".to_owned(), "Última 204".to_owned())]);
        }),
        ("Anexo", |new| {
            new.service = None;
            new.level = "Impresoras SÁC".into();
            new.customer = Some(Address::named("Zoë Núñez", "zoe@otra.example"));
        }),
    ];
    for (n, (title, change)) in (1..).zip(rows) {
        let mut new = ticket(n);
        new.title = title.to_owned();
        change(&mut new);
        let effect = Effect::Create { ticket: Box::new(new), counter: n, cause: cause() };
        let entry = mail(u32::try_from(n).unwrap());
        apply(&store, &decision(Reason::NewTicket, Some(TicketRef::New(0)), vec![effect]), &entry, &[])
            .await
            .unwrap();
    }
    let mut desk = crate::desk::Desk::empty(crate::desk::token::Keys::new(Vec::new()));
    let service = |name: &str| crate::desk::Service { name: name.to_owned(), owner: None, queue: None };
    desk.services = vec![service("Equipos::PC"), service("Equipos::Impresoras")];
    let asker = Asker { desk: &desk, agent: None, now: at(8), language: Language::En };
    let cases: [(&str, &[i64]); 25] = [
        ("impresion", &[1]),
        ("IMPRESIÓN", &[1]),
        ("impres title:impres", &[1, 2]),
        ("impres level:1", &[1, 2]),
        ("impres -piso", &[2]),
        ("\"piso 3\"", &[1]),
        ("[hp]", &[2]),
        ("100%", &[2]),
        ("im*atas", &[1]),
        ("nunez", &[5]),
        ("customer:zoe", &[5]),
        ("customer:*@OTRA.example", &[5]),
        ("title:correo,anexo", &[3, 5]),
        ("title:nunez", &[]),
        ("priority:5", &[2]),
        ("-priority:5 type:incident", &[1, 4, 5]),
        ("lock:locked", &[3]),
        ("service:equipos", &[1, 2, 3, 4]),
        ("service:pc", &[4]),
        ("service:none", &[5]),
        ("-service:equipos", &[5]),
        ("tag:none", &[4]),
        ("tag:RED,blue -service:none", &[1, 2, 3]),
        ("field.sala:\"ultima 204\"", &[4]),
        ("field.host:none level:\"impresoras sac\",1", &[4]),
    ];
    for (text, expected) in cases {
        let query = Query::read(text, &asker).unwrap();
        let found = store.tickets(&query, Page::FIRST).await.unwrap();
        assert_eq!(found.iter().map(|line| line.id.0).collect::<Vec<_>>(), expected, "{text}: {query:?}");
    }
    let number = ticket(3).number.to_string();
    let (_, end) = number.split_at(number.len() - 4);
    for digits in [&number, end] {
        let query = Query::read(&format!("number:{digits}"), &asker).unwrap();
        assert_eq!(store.tickets(&query, Page::FIRST).await.unwrap()[0].id.0, 3, "{digits}");
    }
}

#[tokio::test]
async fn a_ticket_is_shown_with_all_that_hangs_on_it() {
    let (_dir, store) = store().await;
    let mut written = article("m1@example.org", SenderKind::Customer);
    written.attachments = vec![attachment(b"12345")];
    written.cc = vec![Address::named("Eva", "eva@minem.example")];
    let rule = RuleRef { name: "Printers".into(), file: "10.toml".into(), line: 3, set: "0a1b".into() };
    let by_rule = Cause::new(Actor::Rule(rule), "because");
    let new = TicketRef::New(0);
    let change =
        Change { attribute: Attribute::Queue, before: Some("Mesa de Ayuda".into()), after: Some("S".into()) };
    let effects = vec![
        create(1),
        create(2),
        Effect::Article { ticket: new, article: Box::new(written.clone()), cause: cause() },
        Effect::Set { ticket: new, change, cause: by_rule.clone() },
        Effect::Note {
            ticket: new,
            fact: Fact::Reminded,
            cause: Cause::new(Actor::Timer("pending-auto"), ""),
        },
        link(new, Relation::Child, 2),
        Effect::Timer { ticket: new, kind: TimerKind::PendingReminder, due: at(9) },
    ];
    let applied =
        apply(&store, &decision(Reason::NewTicket, Some(new), effects), &mail(1), &[]).await.unwrap();
    let [(first, number), (second, _)] = applied.tickets.as_slice() else { panic!() };
    let shown = store.articles(*first, Page::FIRST).await.unwrap().remove(0);
    written.attachments[0].content = Arc::from([]);
    assert_eq!((shown.article.content, shown.attachment_bytes), (written, vec![5]));
    let history = store.history(*first, Page::FIRST).await.unwrap();
    let lines: Vec<_> = history.iter().map(|line| (line.kind.as_str(), line.cause.actor.clone())).collect();
    assert_eq!(
        lines,
        [
            ("created", Actor::System),
            ("article", Actor::System),
            ("change", by_rule.actor),
            ("reminded", Actor::Timer("pending-auto")),
            ("change", Actor::System),
        ]
    );
    assert_eq!(history[2].text, "queue: Mesa de Ayuda -> S");
    assert_eq!((history[2].attribute.as_deref(), history[2].after.as_deref()), (Some("queue"), Some("S")));
    assert_eq!(store.history(*first, Page { after: history[2].id, limit: 9 }).await.unwrap().len(), 2);
    assert_eq!(store.timers_of(*first).await.unwrap()[0].due, at(9));
    assert_eq!(store.links_of(*first).await.unwrap()[0].relation, "child");
    let back = store.links_of(*second).await.unwrap().remove(0);
    assert_eq!((back.relation, &back.number), ("parent", number));
}

#[tokio::test]
async fn the_journal_has_one_row_for_each_mail() {
    let (_dir, store) = store().await;
    let number = apply(&store, &opens(1), &mail(1), &[]).await.unwrap().tickets[0].1.clone();
    let nameless = Entry { message_id: None, raw: None, class: None, author: None, subject: None, ..mail(2) };
    apply(&store, &decision(Reason::Discarded, None, vec![]), &nameless, &[]).await.unwrap();
    let delivered = Entry { origin: Origin::Deliver(None), ..mail(3) };
    apply(&store, &decision(Reason::Discarded, None, vec![]), &delivered, &[]).await.unwrap();
    let timer = Entry::of_event(Origin::Timer, at(9), "");
    apply(&store, &decision(Reason::TimerVoid, None, vec![]), &timer, &[]).await.unwrap();
    let read = async |filter: JournalFilter| store.journal(&filter, Page::FIRST).await.unwrap();
    let rows = read(JournalFilter::default()).await;
    let reasons: Vec<_> = rows.iter().map(|row| (row.reason.as_str(), row.uid, row.ticket.clone())).collect();
    assert_eq!(
        reasons,
        [("new-ticket", Some(1), Some(number)), ("discarded", Some(2), None), ("discarded", None, None)]
    );
    assert_eq!(
        (rows[0].message_id.clone(), rows[0].uidvalidity, rows[0].acked),
        (Some(id("m1@example.org")), Some(7), false)
    );
    assert_eq!((rows[0].received, rows[0].raw), (Some(at(-5)), mail(1).raw.map(|(digest, _)| digest)));
    assert!(rows[2].acked, "no server to tell");
    assert_eq!(read(JournalFilter { all: true, ..JournalFilter::default() }).await.len(), 4);
    assert_eq!(
        read(JournalFilter { mailbox: Some("soporte".into()), ..JournalFilter::default() }).await.len(),
        2
    );
    assert_eq!(read(JournalFilter { since: Some(at(1)), ..JournalFilter::default() }).await.len(), 0);
    assert_eq!(store.journal_row(2).await.unwrap(), rows[1]);
}

#[tokio::test]
async fn quarantine_and_status_and_surveys() {
    let (_dir, store) = store().await;
    assert_eq!(store.status().await.unwrap(), crate::store::Status::default());
    let new = TicketRef::New(0);
    let effects = vec![
        create(1),
        Effect::Quarantine { ticket: new, why: "over the size limit".into() },
        Effect::AskSurvey { ticket: new, customer: "ana@minem.example".into() },
        Effect::Timer { ticket: new, kind: TimerKind::PendingAuto, due: at(50) },
    ];
    let first = decision(Reason::Quarantined, Some(new), effects);
    let applied = apply(&store, &first, &mail(1), &[outgoing("1@t", "ana@x.example")]).await.unwrap();
    let other = Entry { origin: Origin::Deliver(Some("otro".into())), at: at(7), ..mail(2) };
    apply(&store, &opens(2), &other, &[]).await.unwrap();

    let status = store.status().await.unwrap();
    assert_eq!(status.tickets, [("new".to_owned(), StateType::New, 2)]);
    assert_eq!((status.quarantine, status.timers, status.next_timer), (1, 1, Some(at(50))));
    assert_eq!((status.held, status.in_doubt, status.unacknowledged), (0, 0, 1));
    assert_eq!(status.outbox, [("pending".to_owned(), 1)].into());
    let mailboxes: Vec<_> =
        status.mailboxes.iter().map(|(name, at, reason)| (name.as_str(), *at, reason.as_str())).collect();
    assert_eq!(mailboxes, [("otro", at(7), "new-ticket"), ("soporte", at(0), "quarantined")]);

    let row = store.kept(Shelf::Quarantine, Page::FIRST).await.unwrap().remove(0);
    assert_eq!(
        (row.journal, row.why.as_str(), row.raw),
        (applied.journal, "over the size limit", mail(1).raw.map(|raw| raw.0))
    );
    assert_eq!(store.kept_row(Shelf::Quarantine, row.id).await.unwrap(), row);
    store.kept_drop(Shelf::Quarantine, row.id, at(8)).await.unwrap();
    assert!(store.kept(Shelf::Quarantine, Page::FIRST).await.unwrap().is_empty());
    assert!(matches!(store.kept_drop(Shelf::Quarantine, row.id, at(8)).await, Err(StoreError::Missing(_))));

    let survey = store.surveys(Some(applied.tickets[0].0), Some(at(0)), Page::FIRST).await.unwrap().remove(0);
    assert_eq!((survey.customer.as_str(), survey.score, survey.asked), ("ana@minem.example", None, at(0)));
    assert!(store.surveys(None, Some(at(1)), Page::FIRST).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_timer_fires_once_and_not_before_its_time() {
    let (_dir, store) = store().await;
    let new = TicketRef::New(0);
    let timer = |due| Effect::Timer { ticket: new, kind: TimerKind::PendingAuto, due: at(due) };
    let opened = apply(&store, &decision(Reason::NewTicket, None, vec![create(1), timer(5)]), &mail(1), &[])
        .await
        .unwrap();
    assert_eq!(store.timers_next().await.unwrap(), Some(at(5)));
    assert!(store.timers_due(at(4), 10).await.unwrap().is_empty());
    let due = store.timers_due(at(5), 10).await.unwrap();
    assert_eq!((due[0].ticket, due[0].kind), (Some(opened.tickets[0].0), TimerKind::PendingAuto));
    // Moved to later before its turn came: it does not fire.
    let moved = Effect::Timer {
        ticket: TicketRef::Existing(opened.tickets[0].0),
        kind: TimerKind::PendingAuto,
        due: at(9),
    };
    apply(&store, &decision(Reason::AgentMail, None, vec![moved]), &mail(2), &[]).await.unwrap();
    let mut writing = store.begin().await.unwrap();
    assert_eq!(writing.fire(due[0].id, at(5)).await.unwrap(), None);
    assert_eq!(writing.fire(due[0].id, at(9)).await.unwrap().map(|timer| timer.due), Some(at(9)));
    assert_eq!(writing.fire(due[0].id, at(9)).await.unwrap(), None);
    writing.commit().await.unwrap();
    assert_eq!(store.timers_next().await.unwrap(), None);
    // A fired timer is no obstacle to the next one of its kind.
    let again = Effect::Timer {
        ticket: TicketRef::Existing(opened.tickets[0].0),
        kind: TimerKind::PendingAuto,
        due: at(20),
    };
    apply(&store, &decision(Reason::AgentMail, None, vec![again]), &mail(3), &[]).await.unwrap();
    assert_eq!(store.timers_next().await.unwrap(), Some(at(20)));
}

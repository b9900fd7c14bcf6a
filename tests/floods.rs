//! Nothing loops and nothing drowns the desk: programs that answer everything, two desks that answer each other, floods,
//! forged bounces. Mails through the real pipeline and the real store.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test says what is wrong by failing")]

mod support;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use support::desk::{Bench, Sent};
use support::golden::{house, keys};
use taquilla::clock::Clock;
use taquilla::decide::{Policy, Unfit};
use taquilla::desk::{Desk, Limits};
use taquilla::ingest::parse::ParseLimits;
use taquilla::mail::Address;
use taquilla::outbound::template::Templates;
use taquilla::pipeline::{House, Letter};
use taquilla::rules::RuleSet;
use taquilla::store::{HistoryLine, JournalFilter, Origin, Page, Shelf};

const START: i64 = 1_772_460_000;

/// A desk whose clock the test moves.
async fn bench(house: House) -> Bench {
    let mut bench = Bench::of(house).await;
    bench.pipeline.clock = Clock::Fixed(Timestamp::from_second(START).unwrap());
    bench
}

fn later(bench: &mut Bench, minutes: i64) {
    bench.pipeline.clock = Clock::Fixed(bench.pipeline.clock.now() + SignedDuration::from_mins(minutes));
}

fn with_limits(change: impl FnOnce(&mut Limits)) -> House {
    let mut house = house();
    change(&mut house.policy.desk.limits);
    house
}

fn desk_at(address: &str, instance: &str) -> House {
    let mut desk = Desk::empty(keys());
    desk.address = Address::named("The other desk", address);
    desk.own_addresses = vec![address.to_owned()];
    desk.domains = vec![desk.address.domain()];
    desk.instance = instance.to_owned();
    let policy = Policy { desk, rules: RuleSet::none() };
    House::new(policy, Templates::shipped().clone(), ParseLimits::default(), BTreeMap::new())
}

/// A mail as a person writes it, with nothing that gives a program away.
fn mail(from: &str, nth: usize) -> String {
    format!(
        "From: {from}\nTo: soporte@minem.example\nSubject: Question {nth}\nMessage-ID: <q{nth}.{from}>\n\
         Date: Mon, 2 Mar 2026 09:00:00 -0500\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n\
         How does this work, part {nth}?\n"
    )
}

fn to<'a>(sent: &'a [Sent], who: &str) -> Vec<&'a Sent> {
    sent.iter().filter(|mail| mail.to == who).collect()
}

/// States of the mails to an address, as `outbox list` shows them.
async fn states(bench: &Bench, who: &str) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    let mut page = Page::FIRST;
    loop {
        let lines = bench.pipeline.store.outbox(page).await.unwrap();
        let Some(last) = lines.last().map(|line| line.id) else { return counts };
        for line in lines.into_iter().filter(|line| line.to == who) {
            *counts.entry(line.state).or_default() += 1;
        }
        page.after = last;
    }
}

async fn history(bench: &Bench, nth: usize) -> Vec<HistoryLine> {
    let tickets = bench.pipeline.store.tickets(&Default::default(), Page::FIRST).await.unwrap();
    bench.pipeline.store.history(tickets[nth].id, Page::FIRST).await.unwrap()
}

/// An out-of-office that answers each mail of ours with a new mail: new subject, no header that says so.
async fn answer_everything(bench: &Bench, who: &str, most: usize) -> usize {
    let mut rounds = 0;
    let mut mails = vec![mail(who, 0)];
    while let Some(next) = mails.pop() {
        bench.mail(&next).await;
        rounds += 1;
        if rounds == most {
            break;
        }
        // It is only given what left: held mails do not.
        let released = bench.pipeline.store.outbox_due(bench.pipeline.clock.now(), 10_000).await.unwrap();
        let ids: Vec<i64> = released.iter().map(|mail| mail.id).collect();
        bench.pipeline.store.mark_sending(&ids, bench.pipeline.clock.now()).await.unwrap();
        mails.extend(released.iter().filter(|mail| mail.recipient == who).map(|_| mail(who, rounds)));
    }
    rounds
}

#[tokio::test]
async fn an_out_of_office_that_ignores_every_header_ends_at_the_cap() {
    let bench = bench(house()).await;
    let rounds = answer_everything(&bench, "loop@proveedor.example", 500).await;
    assert_eq!(rounds, 21, "20 answers, and one that is held");
    let states = states(&bench, "loop@proveedor.example").await;
    assert_eq!((states["sending"], states["held"]), (20, 1));
    let last = history(&bench, 20).await;
    let capped = last.iter().find(|line| line.kind == "capped").unwrap();
    assert!(capped.text.contains("the cap is 20"), "{}", capped.text);
}

#[tokio::test]
async fn the_same_at_home_ends_too() {
    let bench = bench(with_limits(|limits| limits.notices_per_own_recipient = 40)).await;
    let rounds = answer_everything(&bench, "loop@minem.example", 500).await;
    assert_eq!(rounds, 41);
    // An agent's: what the desk tells her of others is not counted, what answers her own mails is.
    let rounds = answer_everything(&bench, "mgomez@minem.example", 500).await;
    assert!(rounds < 100, "{rounds}");
}

#[tokio::test]
async fn what_was_held_leaves_an_hour_later_and_the_administrator_is_told_once() {
    let mut bench = bench(house()).await;
    for n in 0..25 {
        bench.mail(&mail("eva@proveedor.example", n)).await;
    }
    bench.sent().await;
    bench.pipeline.look_after_limits().await;
    let told = bench.sent().await;
    let told = to(&told, "admin@minem.example");
    assert_eq!(told.len(), 1);
    assert!(told[0].text().contains("5  eva@proveedor.example"), "{}", told[0].text());
    later(&mut bench, 1);
    bench.mail(&mail("eva@proveedor.example", 25)).await;
    bench.sent().await;
    for minutes in [0, 30, 28] {
        later(&mut bench, minutes);
        bench.pipeline.look_after_limits().await;
        assert!(bench.sent().await.is_empty(), "once an hour");
    }
    let limits = house().policy.desk.limits;
    assert_eq!(bench.pipeline.store.outbox_release(&limits, bench.pipeline.clock.now()).await.unwrap(), 0);
    later(&mut bench, 2);
    bench.pipeline.look_after_limits().await;
    assert_eq!(to(&bench.sent().await, "admin@minem.example").len(), 1, "of the newer one");
    assert_eq!(bench.pipeline.store.outbox_release(&limits, bench.pipeline.clock.now()).await.unwrap(), 6);
    assert_eq!(states(&bench, "eva@proveedor.example").await, [("pending".to_owned(), 26)].into());
    later(&mut bench, 120);
    bench.pipeline.look_after_limits().await;
    assert!(bench.sent().await.is_empty(), "nothing new is held");
}

#[tokio::test]
async fn a_domain_has_a_cap_of_its_own() {
    let bench = bench(house()).await;
    for n in 0..110 {
        bench.mail(&mail(&format!("p{n}@proveedor.example"), n)).await;
    }
    bench.mail(&mail("p@otro.example", 0)).await;
    let lines = bench.pipeline.store.outbox(Page::FIRST).await.unwrap();
    let held =
        |domain: &str| lines.iter().filter(|line| line.to.ends_with(domain) && line.state == "held").count();
    assert_eq!((held("@proveedor.example"), held("@otro.example")), (10, 0));
}

#[tokio::test]
async fn a_flood_is_parked_and_comes_back_as_the_hour_allows() {
    let mut bench = bench(house()).await;
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    for n in 0..70 {
        *reasons.entry(bench.mail(&mail("eva@proveedor.example", n)).await).or_default() += 1;
    }
    assert_eq!(reasons, [("new-ticket".to_owned(), 30), ("parked".to_owned(), 40)].into());
    assert_eq!(bench.mail(&mail("ana@minem.example", 0)).await, "new-ticket", "others are not touched");
    for n in 0..40 {
        assert_eq!(bench.mail(&mail("quispe@minem.example", n)).await, "new-ticket", "our own have no limit");
    }
    let journal = bench.pipeline.store.journal(&JournalFilter::default(), Page::FIRST).await.unwrap();
    assert_eq!(journal.len(), 111, "each has its row");
    let store = bench.pipeline.store.clone();
    let parked = store.kept(Shelf::Parked, Page::FIRST).await.unwrap();
    assert_eq!(parked.len(), 40);
    assert!(parked[0].why.contains("the limit is 30") && parked[0].subject.as_deref() == Some("Question 30"));
    let (first, last) = (parked[0].due.unwrap(), parked[39].due.unwrap());
    assert_eq!(last.duration_since(first), SignedDuration::from_mins(78), "one every two minutes");
    assert_eq!(store.status().await.unwrap().parked, 40);

    bench.sent().await;
    bench.pipeline.look_after_limits().await;
    assert!(to(&bench.sent().await, "admin@minem.example")[0].text().contains("40  eva@proveedor.example"));
    assert_eq!(store.kept(Shelf::Parked, Page::FIRST).await.unwrap().len(), 40, "not yet");
    later(&mut bench, 61);
    bench.pipeline.look_after_limits().await;
    assert_eq!(store.kept(Shelf::Parked, Page::FIRST).await.unwrap().len(), 39);
    later(&mut bench, 40);
    bench.pipeline.look_after_limits().await;
    let left = store.kept(Shelf::Parked, Page::FIRST).await.unwrap();
    assert_eq!(left.len(), 19);
    // A person lets one in and takes one off.
    let outcome = bench.pipeline.retry(&left[18], true).await.unwrap();
    assert_eq!(outcome.decision.reason.word(), "new-ticket");
    store.kept_drop(Shelf::Parked, left[17].id, bench.pipeline.clock.now()).await.unwrap();
    later(&mut bench, 240);
    while bench.pipeline.look_after_limits().await {}
    assert!(store.kept(Shelf::Parked, Page::FIRST).await.unwrap().is_empty());
    let journal = store.journal(&JournalFilter::default(), Page::FIRST).await.unwrap();
    let mails = journal.iter().filter(|row| row.reason == "parked").count();
    assert_eq!(mails, 1, "the one that was taken off, and no row is lost");
}

#[tokio::test]
async fn a_ticket_that_a_program_fills_is_left_readable() {
    let bench = bench(house()).await;
    bench.mail(&mail("eva@proveedor.example", 0)).await;
    let welcome = to(&bench.sent().await, "eva@proveedor.example")[0].clone();
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    for n in 0..70 {
        let reply = welcome.reply(&format!("Line {n}.\n")).replace("<r", &format!("<r{n}."));
        *reasons.entry(bench.mail(&reply).await).or_default() += 1;
    }
    assert_eq!(reasons, [("follow-up".to_owned(), 59), ("parked".to_owned(), 11)].into());
}

/// Two desks of this program, each a customer of the other.
#[tokio::test]
async fn two_desks_do_not_talk_to_each_other() {
    let (ours, theirs) = ("soporte@minem.example", "help@other.example");
    let a = bench(house()).await;
    let b = bench(desk_at(theirs, "other")).await;
    // Somebody forges the first mail, in the name of the other desk.
    a.mail(&mail(theirs, 0)).await;
    let mut carried = 0;
    for _ in 0..20 {
        for mail in to(&a.sent().await, theirs) {
            b.mail(mail.raw()).await;
            carried += 1;
        }
        for mail in to(&b.sent().await, ours) {
            a.mail(mail.raw()).await;
            carried += 1;
        }
    }
    assert_eq!(carried, 1, "one answer, which is not answered");
}

/// The same with a relay between them that takes every header off which could tell a program from a person.
#[tokio::test]
async fn two_desks_end_at_the_caps_where_all_headers_are_lost() {
    let (ours, theirs) = ("soporte@minem.example", "help@other.example");
    let a = bench(house()).await;
    let b = bench(desk_at(theirs, "other")).await;
    let bare = |mail: &Sent, nth: usize| {
        let (from, to) = if mail.to == ours { (theirs, ours) } else { (ours, theirs) };
        format!(
            "From: {from}\nTo: {to}\nSubject: Hello {nth}\nMessage-ID: <bare{nth}@relay.example>\n\
             Date: Mon, 2 Mar 2026 09:00:00 -0500\nContent-Type: text/plain; charset=utf-8\n\nWe got your mail {nth}.\n"
        )
    };
    a.mail(&mail(theirs, 0)).await;
    let mut carried = 0;
    for _ in 0..100 {
        for (from, into, who) in [(&a, &b, theirs), (&b, &a, ours)] {
            let due = from.pipeline.store.outbox_due(from.pipeline.clock.now(), 1000).await.unwrap();
            let leaves: Vec<String> = due.iter().map(|mail| mail.recipient.clone()).collect();
            let ids: Vec<i64> = due.iter().map(|mail| mail.id).collect();
            from.pipeline.store.mark_sending(&ids, from.pipeline.clock.now()).await.unwrap();
            let sent = from.sent().await;
            for mail in to(&sent, who).into_iter().take(leaves.iter().filter(|to| *to == who).count()) {
                carried += 1;
                into.mail(&bare(mail, carried)).await;
            }
        }
    }
    assert!((2..=41).contains(&carried), "{carried} mails");
}

fn bounce(nth: usize, original: &str) -> String {
    format!(
        "Return-Path: <>\nFrom: MAILER-DAEMON@mx.evil.example\nTo: soporte@minem.example\n\
         Subject: Undelivered Mail Returned to Sender\nMessage-ID: <b{nth}@mx.evil.example>\n\
         Date: Mon, 2 Mar 2026 09:00:00 -0500\nMIME-Version: 1.0\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n\
         --b\n\nIt could not be delivered.\n--b\nContent-Type: message/delivery-status\n\n\
         Reporting-MTA: dns; mx.evil.example\n\nFinal-Recipient: rfc822; x{nth}@evil.example\nAction: failed\n\
         Status: 5.1.1\n\n--b\nContent-Type: message/rfc822\n\nFrom: soporte@minem.example\nMessage-ID: {original}\n\
         Subject: x\n\nx\n--b--\n"
    )
}

#[tokio::test]
async fn forged_bounces_change_nothing_and_are_answered_by_nobody() {
    let bench = bench(house()).await;
    bench.mail(&mail("eva@proveedor.example", 0)).await;
    let welcome = to(&bench.sent().await, "eva@proveedor.example")[0].clone();
    let number = bench.number(1).await;
    for n in 0..50 {
        // A guessed id, also with the number of a ticket in it.
        let guessed = bounce(n, &format!("<{number}.{n}@minem.example>"));
        assert_eq!(bench.mail(&guessed).await, "unknown-bounce");
    }
    assert!(bench.sent().await.is_empty(), "nobody is told");
    assert!(bench.ticket(1).await.starts_with("new"));
    // A storm that knows the id of a mail of ours: on the ticket, up to its limit.
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    for n in 100..200 {
        *reasons.entry(bench.mail(&bounce(n, &welcome.header("Message-ID"))).await).or_default() += 1;
    }
    assert_eq!(reasons, [("bounce".to_owned(), 59), ("parked".to_owned(), 41)].into());
    assert!(bench.sent().await.iter().all(|mail| mail.to.ends_with("@minem.example")), "no backscatter");
}

#[tokio::test]
async fn mails_too_large_are_all_listed_and_no_flood_of_notices() {
    let bench = bench(with_limits(|limits| (limits.mail_bytes, limits.tickets_per_sender) = (100, 3))).await;
    for nth in 0..8 {
        assert_eq!(bench.mail(&mail("beto@clients.example", nth)).await, "quarantined");
    }
    let listed = bench.pipeline.store.kept(Shelf::Quarantine, Page::FIRST).await.unwrap();
    assert_eq!(listed.len(), 8, "nothing is dropped");
    let sent = bench.sent().await;
    assert_eq!(
        to(&sent, "admin@minem.example").len(),
        3,
        "the administrator was told as often as the limit says"
    );
    assert_eq!(to(&sent, "beto@clients.example").len(), 3);
}

#[tokio::test]
async fn a_parked_mail_is_decided_once_whoever_comes_first() {
    let bench = bench(with_limits(|limits| limits.tickets_per_sender = 1)).await;
    for nth in 0..3 {
        bench.mail(&mail("beto@clients.example", nth)).await;
    }
    let parked = bench.pipeline.store.kept(Shelf::Parked, Page::FIRST).await.unwrap();
    assert_eq!(parked.len(), 2);
    // The operator lets one in and drops the other, while the daemon holds the list that it read before.
    assert!(bench.pipeline.retry(&parked[0], true).await.is_ok());
    bench.pipeline.store.kept_drop(Shelf::Parked, parked[1].id, bench.pipeline.clock.now()).await.unwrap();
    for line in &parked {
        assert!(bench.pipeline.retry(line, false).await.is_err());
    }
    let tickets = bench.pipeline.store.tickets(&Default::default(), Page::FIRST).await.unwrap();
    assert_eq!(tickets.len(), 2, "one at once, one let in");
}

/// What a backup lacks is a fault of one mail; the others have their turn.
#[tokio::test]
async fn a_parked_mail_whose_content_is_gone_stops_no_other() {
    let mut bench = bench(with_limits(|limits| limits.tickets_per_sender = 1)).await;
    for nth in 0..3 {
        // Too large for the database: a file.
        let large = format!("{}{}\r\n", mail("beto@clients.example", nth), "word ".repeat(80_000));
        bench.mail(&large).await;
    }
    let store = bench.pipeline.store.clone();
    let parked = store.kept(Shelf::Parked, Page::FIRST).await.unwrap();
    assert_eq!(parked.len(), 2);
    let name = parked[0].raw.unwrap().to_string();
    let (folder, rest) = name.split_at(2);
    std::fs::remove_file(store.dir().join("blobs").join(folder).join(rest)).unwrap();
    later(&mut bench, 200);
    bench.pipeline.look_after_limits().await;
    let left = store.kept(Shelf::Parked, Page::FIRST).await.unwrap();
    assert_eq!(left.iter().map(|line| line.id).collect::<Vec<_>>(), [parked[0].id]);
    assert!(left[0].due.unwrap() > bench.pipeline.clock.now(), "not at once again");
}

#[tokio::test]
async fn a_mail_of_which_there_is_the_header_alone_is_not_taken_for_a_whole_one() {
    let bench = bench(house()).await;
    let raw = "From: beto@clients.example\r\nSubject: Big\r\nMessage-ID: <big@clients.example>\r\n\r\n";
    let letter = Letter {
        size: 60_000_000,
        unfit: Some(Unfit::TooLarge { size: 60_000_000 }),
        ..Letter::of(raw.as_bytes().into(), "soporte", Origin::Deliver(None))
    };
    bench.pipeline.take(vec![letter]).await.unwrap().remove(0).unwrap();
    let listed = bench.pipeline.store.kept(Shelf::Quarantine, Page::FIRST).await.unwrap();
    let refused = bench.pipeline.retry(&listed[0], true).await.unwrap_err().to_string();
    assert!(refused.contains("only the header"), "{refused}");
    assert_eq!(
        bench.pipeline.store.kept(Shelf::Quarantine, Page::FIRST).await.unwrap().len(),
        1,
        "it stays listed"
    );
}

/// A program's answer may come from any address, so anybody can write one about a ticket whose number he knows.
#[tokio::test]
async fn what_programs_answer_keeps_no_customer_out_of_a_ticket() {
    let bench = bench(with_limits(|limits| limits.articles_per_ticket = 4)).await;
    let eva = "eva@proveedor.example";
    assert_eq!(bench.mail(&mail(eva, 0)).await, "new-ticket");
    let number = bench.number(1).await;
    let about = |raw: String| raw.replace("Subject: ", &format!("Subject: Re: [Ticket#{number}] "));
    let forged = |nth: usize| {
        about(mail(&format!("x{nth}@evil.example"), nth))
            .replace("MIME-Version", "Auto-Submitted: auto-replied\nMIME-Version")
    };
    for nth in 0..3 {
        assert_eq!(bench.mail(&forged(nth)).await, "auto-reply");
    }
    assert_eq!(bench.mail(&forged(3)).await, "parked", "they shut out each other");
    for nth in 1..4 {
        assert_eq!(bench.mail(&about(mail(eva, nth))).await, "follow-up");
    }
    assert_eq!(bench.mail(&about(mail(eva, 4))).await, "parked");
}

/// Others fill a ticket; an agent's mail that nothing proves is asked about all the same, and a yes lets it through.
#[tokio::test]
async fn an_unproved_agent_gets_through_to_a_crowded_ticket() {
    let bench = bench(with_limits(|limits| limits.articles_per_ticket = 3)).await;
    let (eva, agent) = ("eva@proveedor.example", "mgomez@minem.example");
    assert_eq!(bench.mail(&mail(eva, 0)).await, "new-ticket");
    let number = bench.number(1).await;
    let about = |raw: String| raw.replace("Subject: ", &format!("Subject: Re: [Ticket#{number}] "));
    for nth in 1..3 {
        assert_eq!(bench.mail(&about(mail(eva, nth))).await, "follow-up");
    }
    assert_eq!(bench.mail(&about(mail(eva, 3))).await, "parked", "it is full");
    bench.sent().await;
    let close = about(mail(agent, 4)).replace("\n\n", "\n\n#close\n");
    assert_eq!(bench.mail(&close).await, "held-for-confirmation");
    let asked = bench.sent().await;
    let question = to(&asked, agent)[0];
    assert_eq!(bench.mail(&question.reply("yes\n")).await, "confirmation");
    assert!(bench.ticket(1).await.contains("closed"), "{}", bench.ticket(1).await);
    // A desk that believes everybody is no way around the limit.
    let mut house = with_limits(|limits| limits.articles_per_ticket = 1);
    house.policy.desk.trust.levels.extend(["public", "note"].map(|verb| (verb.to_owned(), 1)));
    let trusting = Bench::of(house).await;
    assert_eq!(trusting.mail(&mail(eva, 0)).await, "new-ticket");
    let number = trusting.number(1).await;
    let forged = mail(agent, 1).replace("Subject: ", &format!("Subject: Re: [Ticket#{number}] "));
    assert_eq!(trusting.mail(&forged).await, "parked");
}

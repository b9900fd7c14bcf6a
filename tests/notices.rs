//! Every notice carries what its template needs, and nobody is told what is not meant for them: the events that are
//! no row of the decision table.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by failing")]

mod support;

use support::golden::{Given, house};
use taquilla::decide::{
    After, Context, Decision, Effect, Event, HeldFor, HeldMail, HeldOutcome, Incoming, Proof, Request, Told,
    Unfit, decide, lookup,
};
use taquilla::desk::{
    Notice, NoticeKind, Notification, Occasion, Recipient, Right, Role, TicketId, TicketNumber, Timer,
    TimerKind, token,
};
use taquilla::mail::{Bounce, BounceAction, Class, MessageId};
use taquilla::outbound::catalog;
use taquilla::pipeline::{House, Letter, read};
use taquilla::rules::RuleSet;
use taquilla::store::Origin;

const NUMBER: &str = "2026030110000014";

fn given(house: &House, more: &str) -> Given {
    let ticket = format!(
        "[[ticket]]\nnumber = \"{NUMBER}\"\ntitle = \"Pc sin internet\"\n\
         customer = \"Ana Torres <ana.torres@minem.example>\"\nresponsible = \"mgomez\"\n{more}\n"
    );
    let (top, ticket) = match more.strip_prefix("held") {
        Some(rest) => (format!("held{rest}\n"), ticket.replace(more, "")),
        None => (String::new(), ticket),
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("row.given");
    std::fs::write(&path, top + &ticket).unwrap();
    Given::beside(&path, house)
}

/// Rules are another matter, and each desk's own.
fn quiet_house() -> House {
    let mut house = house();
    house.policy.rules = RuleSet::none();
    house
}

fn mail(house: &House, from: &str, more: &str, level: Option<u8>) -> Incoming {
    let raw = format!(
        "From: <{from}>\nTo: <soporte@minem.example>\nMessage-ID: <m1@x>\nDate: Mon, 2 Mar 2026 09:00:00 -0500\n{more}"
    );
    let proof = level.map_or(Proof::None, Proof::Supposed);
    let (event, _) =
        read(Letter::of(raw.into_bytes().into(), "soporte", Origin::Deliver(None)), proof, house);
    let Event::Mail(incoming) = event else { panic!("a mail") };
    *incoming
}

/// Decides, and holds every notice against the catalogue.
fn decided(house: &House, given: &Given, event: &Event) -> Decision {
    let keys = lookup(event, &house.policy, given.now);
    let decision = decide(event, &given.context(&keys), &house.policy, &given.chance());
    let lacking = support::lacking(&decision);
    assert!(lacking.is_empty(), "{lacking:?}\n{decision}");
    decision
}

fn of_mail(house: &House, given: &Given, incoming: Incoming) -> Decision {
    decided(house, given, &Event::Mail(Box::new(incoming)))
}

fn told(decision: &Decision) -> Vec<String> {
    decision.notices().map(|notice| format!("{} {}", notice.template, notice.to.address)).collect()
}

fn about_it(text: &str) -> String {
    format!("Subject: Re: [Ticket#{NUMBER}] Pc sin internet\n\n{text}")
}

#[test]
fn timers() {
    let house = quiet_house();
    let mut timer = Timer {
        id: 1,
        ticket: Some(TicketId(1)),
        kind: TimerKind::PendingReminder,
        held: None,
        due: given(&house, "").now,
    };
    let pending = given(&house, "state = \"pending reminder\"");
    timer.due = pending.now;
    let fire = |given: &Given, timer: &Timer| {
        let mut given = given.clone();
        given.now += jiff::SignedDuration::from_hours(48);
        told(&decided(&house, &given, &Event::Timer(timer.clone())))
    };
    assert_eq!(fire(&pending, &timer), ["pending-reminder mgomez@minem.example"]);
    timer.kind = TimerKind::PendingAuto;
    let closing = given(&house, "state = \"pending auto close+\"");
    let closed = fire(&closing, &timer);
    assert!(closed.iter().any(|one| one == "closed ana.torres@minem.example"), "{closed:?}");
    assert!(closed.iter().any(|one| one == "closed-agent mgomez@minem.example"), "{closed:?}");
    assert!(closed.iter().any(|one| one == "survey ana.torres@minem.example"), "{closed:?}");
    // What a program opened is closed without a word to the program.
    let of_program = given(&house, "state = \"pending auto close+\"\nfields = { source = \"automatic\" }");
    let closed = fire(&of_program, &timer);
    assert!(closed.iter().all(|one| !one.contains("ana.")), "{closed:?}");
    timer.kind = TimerKind::HeldExpired;
    timer.held = Some(5);
    let held = given(&house, "held = \"mgomez\"");
    assert_eq!(fire(&held, &timer), ["confirmation-expired mgomez@minem.example"]);
}

#[test]
fn what_the_program_reports() {
    let house = quiet_house();
    let given = given(&house, "");
    let alarm = Request::Alarm { subject: "Mailbox soporte".to_owned(), text: "It stalls.".to_owned() };
    assert_eq!(told(&decided(&house, &given, &Event::Request(alarm))), ["alarm admin@minem.example"]);
    // Whoever attends the ticket hears of it, the administrator where nobody does.
    for (ticket, expected) in
        [(None, "alarm admin@minem.example"), (Some(TicketId(1)), "given-up mgomez@minem.example")]
    {
        let given_up = Request::GivenUp {
            ticket,
            recipient: "ana.torres@minem.example".to_owned(),
            subject: "Pc sin internet".to_owned(),
            why: "550 no such user".to_owned(),
            automatic: false,
        };
        assert_eq!(told(&decided(&house, &given, &Event::Request(given_up))), [expected]);
    }
}

fn bounce_of(house: &House, recipient: &str) -> Incoming {
    let mut incoming = mail(house, "mailer-daemon@minem.example", &about_it("Undelivered\n"), None);
    incoming.classified.class = Class::Bounce;
    incoming.classified.bounce = Some(Bounce {
        action: BounceAction::Failed,
        status: Some("5.1.1".to_owned()),
        recipient: Some(recipient.to_owned()),
        diagnostic: None,
        original_message_id: None,
    });
    incoming
}

/// A notice of a bounced notice, to the mailbox that bounces, would never end.
#[test]
fn a_bounce_is_told_to_others_than_its_recipient() {
    let house = quiet_house();
    let given = given(&house, "");
    let of = |recipient: &str| told(&of_mail(&house, &given, bounce_of(&house, recipient)));
    assert_eq!(of("ana.torres@minem.example"), ["given-up mgomez@minem.example"]);
    assert_eq!(of("MGomez@minem.example"), ["alarm admin@minem.example"]);
    assert_eq!(of("admin@minem.example"), ["given-up mgomez@minem.example"]);
}

#[test]
fn what_is_refused_or_kept_apart() {
    let mut house = quiet_house();
    let nothing = given(&house, "");
    let mut unfit = mail(&house, "ana.torres@minem.example", "Subject: x\n\ny\n", None);
    unfit.unfit = Some(Unfit::Crashed(3));
    assert_eq!(told(&of_mail(&house, &nothing, unfit.clone())), ["quarantine admin@minem.example"]);
    unfit.unfit = Some(Unfit::TooLarge { size: 52_000_000 });
    let decision = of_mail(&house, &nothing, unfit.clone());
    assert_eq!(told(&decision), ["quarantine admin@minem.example", "too-large ana.torres@minem.example"]);
    // The desk has its header alone: the mail must not be deleted.
    assert_eq!(decision.after, After::Keep);
    unfit.classified.class = Class::Automatic;
    assert_eq!(told(&of_mail(&house, &nothing, unfit)), ["quarantine admin@minem.example"]);
    let mut nobodys = mail(&house, "ana.torres@minem.example", "", None);
    nobodys.mail.from = None;
    nobodys.unfit = Some(Unfit::Crashed(3));
    assert_eq!(told(&of_mail(&house, &nothing, nobodys)), ["quarantine admin@minem.example"]);
    let mut complaint = mail(&house, "abuse@isp.example", "Subject: x\n\ny\n", None);
    complaint.classified.class = Class::Complaint;
    assert_eq!(told(&of_mail(&house, &nothing, complaint)), ["alarm admin@minem.example"]);

    for queue in &mut house.policy.desk.queues {
        queue.follow_up.later = taquilla::desk::Later::Reject;
    }
    let closed = given(&house, "state = \"closed successful\"\nclosed_days = 60");
    let late = mail(&house, "ana.torres@minem.example", &about_it("Sigue igual.\n"), None);
    assert_eq!(told(&of_mail(&house, &closed, late)), ["rejected ana.torres@minem.example"]);
}

/// The table of notifications may name the customer for any event; an internal text stays inside all the same.
#[test]
fn internal_words_reach_no_customer() {
    let mut house = quiet_house();
    for (nth, event) in Occasion::ALL.into_iter().enumerate() {
        let to = vec![Recipient::Customer, Recipient::Participants];
        house.policy.desk.notifications.push(Notification::new(
            &format!("all {nth}"),
            event,
            to,
            "ticket-changed",
        ));
    }
    let ticket = given(&house, "participants = [\"eva@else.example\"]");
    for text in
        ["#note\n#priority high\n#owner lrojas\nsecreto\n", "#note\n#close\nsecreto\n", "#note\nsecreto\n"]
    {
        let note = mail(&house, "mgomez@minem.example", &about_it(text), Some(2));
        let decision = of_mail(&house, &ticket, note);
        let outside: Vec<_> = decision
            .notices()
            .filter(|notice| house.policy.desk.agent_by_address(&notice.to.address).is_none())
            .collect();
        assert!(!outside.is_empty(), "{text}");
        for notice in outside {
            assert!(!serde_json::to_string(&notice.data).unwrap().contains("secreto"), "{text}: {decision}");
            assert_ne!(notice.kind, NoticeKind::Human);
        }
    }
}

/// History makes tickets and sends no mail: what agents answered and commanded then was sent and done then.
#[test]
fn history_is_silent() {
    let house = quiet_house();
    let open = given(&house, "");
    for (from, level) in [
        ("mgomez@minem.example", Some(2)),
        ("mgomez@minem.example", None),
        ("ana.torres@minem.example", None),
    ] {
        for text in ["#close\nResuelto.\n", "Una respuesta.\n"] {
            for subject in [about_it(text), format!("Subject: Otra cosa\n\n{text}")] {
                let mut old = mail(&house, from, &subject, level);
                old.silent = true;
                let decision = of_mail(&house, &open, old);
                assert_eq!(told(&decision), [""; 0], "{decision}");
                let text = decision.to_string();
                assert!(!text.contains("closed") && !text.contains("hold the mail"), "{text}");
                assert!(text.contains("article"), "{text}");
            }
        }
    }
}

#[test]
fn a_rule_answers_no_program() {
    let house = quiet_house();
    let rules =
        "[[rule]]\nname = \"x\"\nwhen.class = [\"person\", \"automatic\"]\nthen.notify = \"customer\"\n";
    let rules = support::rules(rules, &house);
    let house =
        House { policy: taquilla::decide::Policy { desk: house.policy.desk.clone(), rules }, ..house };
    let nothing = given(&house, "");
    let fresh = |class: Class| {
        let mut new = mail(&house, "ana.torres@minem.example", "Subject: x\n\ny\n", None);
        new.classified.class = class;
        new.classified.no_answer = class != Class::Person;
        told(&of_mail(&house, &nothing, new)).contains(&"rule-notice ana.torres@minem.example".to_owned())
    };
    assert!(fresh(Class::Person));
    assert!(!fresh(Class::Automatic));
}

#[test]
fn the_catalogue_is_complete() {
    for row in Notification::shipped() {
        assert!(catalog::find(&row.template).is_some(), "{}", row.template);
    }
}

/// `[trust] levels`: what falls short of a verb's level is asked about; a trial desk may ask for less, but not of a
/// mail that failed a check.
#[test]
fn levels_of_verbs() {
    let mut house = quiet_house();
    house.policy.desk.trust.levels = [("close".to_owned(), 3), ("lock".to_owned(), 1)].into();
    let open = given(&house, "");
    let reason = |text: &str, fail: bool, level: Option<u8>| {
        let mut incoming = mail(&house, "mgomez@minem.example", &about_it(text), level);
        incoming.verdicts.fail = fail;
        of_mail(&house, &open, incoming).reason.word()
    };
    assert_eq!(reason("#close\n", false, Some(2)), "held-for-confirmation");
    assert_eq!(reason("#close\n", false, Some(3)), "agent-mail");
    assert_eq!(reason("#lock\n", false, None), "agent-mail");
    assert_eq!(reason("#lock\n#priority high\n", false, None), "held-for-confirmation");
    assert_eq!(reason("#lock\nUna respuesta.\n", false, None), "held-for-confirmation");
    assert_eq!(reason("#lock\n", true, None), "held-for-confirmation");
}

/// Customers' own words count with their own token alone.
#[test]
fn words_of_customers() {
    let house = quiet_house();
    let token = |to: &str, now| {
        let number = TicketNumber::new(NUMBER).unwrap();
        token::issue(&house.policy.desk.keys, token::Use::Copy, &number, to, now).unwrap()
    };
    let of = |given: &Given, from: &str, holder: &str, text: &str| {
        let thread = format!("In-Reply-To: <{}.x@minem.example>\n", token(holder, given.now));
        of_mail(&house, given, mail(&house, from, &format!("{thread}{}", about_it(text)), None))
    };
    let (ana, eva) = ("ana.torres@minem.example", "eva@else.example");
    let open = given(&house, "participants = [\"eva@else.example\"]");
    let closed = of(&open, ana, ana, "Ya funciona.\n#cerrar\n");
    assert!(closed.to_string().contains("-> closed successful"), "{closed}");
    let to = told(&closed);
    assert!(
        to.contains(&format!("closed {ana}")) && to.contains(&"closed-agent mgomez@minem.example".to_owned()),
        "{to:?}"
    );
    // Nobody attends it: what is said beside the word reaches the queue, and the word alone needs nobody.
    let text = format!(
        "[[ticket]]\nnumber = \"{NUMBER}\"\ntitle = \"Pc sin internet\"\ncustomer = \"Ana <{ana}>\"\n"
    );
    let unattended = Given::read(&text, &house);
    let wrote = "customer-follow-up mgomez@minem.example".to_owned();
    let more = of(&unattended, ana, ana, "#cerrar\nPero el cable sigue suelto.\n");
    assert!(more.to_string().contains("-> closed successful"), "{more}");
    assert!(more.to_string().contains("add visible article of customer"), "{more}");
    assert!(told(&more).contains(&wrote), "{:?}", told(&more));
    let alone = told(&of(&unattended, ana, ana, "#cerrar\n"));
    assert!(alone.contains(&format!("closed {ana}")) && !alone.contains(&wrote), "{alone:?}");
    for (from, holder) in [(ana, eva), (eva, eva), (eva, ana), ("x@evil.example", ana)] {
        let text = of(&open, from, holder, "#close\n");
        assert!(!text.to_string().contains("closed successful"), "{from} with the token of {holder}: {text}");
    }
    // Already closed: it stays so.
    let done = given(&house, "state = \"closed successful\"");
    assert_eq!(of(&done, ana, ana, "#close\n").reason.word(), "follow-up");
    assert_eq!(of(&done, ana, ana, "#reopen\n").reason.word(), "reopened");

    let stop = of(&open, eva, eva, "#stop\n");
    assert!(stop.to_string().contains("-> eva@else.example of"), "{stop}");
    assert_eq!(told(&stop), [format!("stopped {eva}")]);
    let more = of(&open, ana, ana, "#stop\nPero falta el cable.\n");
    assert_eq!(told(&more), [format!("stopped {ana}"), "customer-follow-up mgomez@minem.example".to_owned()]);
    // From then on: answers of people, and nothing automatic.
    let stopped = given(&house, &format!("fields = {{ stopped = \"{ana}\" }}"));
    // A program that asks for no answer gets none, and is stopped all the same.
    let quiet =
        format!("X-Auto-Response-Suppress: All\nIn-Reply-To: <{}.x@minem.example>\n", token(ana, open.now));
    let quiet = mail(&house, ana, &format!("{quiet}{}", about_it("#stop\n")), None);
    let quiet = of_mail(&house, &open, quiet);
    assert_eq!(told(&quiet), [""; 0]);
    assert!(quiet.to_string().contains(&format!("stopped: none -> {ana}")), "{quiet}");
    // Said once more it changes nothing, so nothing is answered; nobody but its author takes it back.
    assert_eq!(told(&of(&stopped, ana, ana, "#stop\n")), [""; 0]);
    let again = of(&stopped, ana, ana, "#reanudar\n");
    assert_eq!(told(&again), [format!("stopped {ana}")]);
    assert!(again.to_string().contains(&format!("stopped: {ana} -> none")), "{again}");
    for (from, holder) in [(eva, eva), (ana, eva), ("x@evil.example", ana)] {
        let said = of(&stopped, from, holder, "#resume\n").to_string();
        assert!(!said.contains(&format!("stopped: {ana} ->")), "{from} with the token of {holder}: {said}");
    }
    let of_agent = |text: &str| {
        told(&of_mail(&house, &stopped, mail(&house, "mgomez@minem.example", &about_it(text), Some(2))))
    };
    assert!(of_agent("#public\nListo.\n").contains(&format!("agent-answer {ana}")));
    assert!(of_agent("#close\n").iter().all(|one| !one.contains(ana)));
}

/// An answer of an agent to a notice of the ticket, without a word and with a file.
fn file_alone(house: &House, given: &Given) -> Incoming {
    let number = TicketNumber::new(NUMBER).unwrap();
    let to = "lrojas@minem.example";
    let token = token::issue(&house.policy.desk.keys, token::Use::Thread, &number, to, given.now).unwrap();
    let more = format!("In-Reply-To: <{token}.x@minem.example>\n{}", with_file(""));
    mail(house, to, &more, None)
}

fn with_file(text: &str) -> String {
    format!(
        "Subject: Re: [Ticket#{NUMBER}] Pc sin internet\nMIME-Version: 1.0\n\
         Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\n{text}\n\
         --b\nContent-Type: application/pdf\nContent-Disposition: attachment; filename=contrato.pdf\n\
         Content-Transfer-Encoding: base64\n\nJVBERi0xLjQK\n--b--\n"
    )
}

/// A file says as much as a text does: it takes the same right, and stops before the same lock.
#[test]
fn a_file_alone_is_an_answer() {
    let mut house = quiet_house();
    let refused = |house: &House, given: &Given, reason: &str| {
        let decision = of_mail(house, given, file_alone(house, given));
        let text = decision.to_string();
        assert!(
            !text.contains("article") && !told(&decision).iter().any(|one| one.contains("ana.")),
            "{text}"
        );
        assert_eq!(decision.reason.word(), reason);
        assert!(reason == "held-for-lock" || text.contains("contrato.pdf"), "{text}");
    };
    let queue = "queue = \"Soporte Técnico\"";
    let open = given(&house, queue);
    let decision = of_mail(&house, &open, file_alone(&house, &open));
    assert!(told(&decision).contains(&"agent-answer ana.torres@minem.example".to_owned()), "{decision}");
    refused(&house, &given(&house, &format!("{queue}\nlocked = true")), "held-for-lock");
    let reads = Role { name: "reads".to_owned(), queues: Vec::new(), rights: [Right::Read].into() };
    house.policy.desk.roles.push(reads);
    for agent in house.policy.desk.agents.iter_mut().filter(|agent| agent.login == "lrojas") {
        agent.roles = ["reads".to_owned()].into();
    }
    refused(&house, &open, "commands-refused");
}

/// What keeps automatic mail from the customer of a ticket keeps it from the same customer in a part of it.
#[test]
fn a_part_of_a_ticket_writes_to_nobody_to_whom_the_whole_does_not() {
    let house = quiet_house();
    for field in ["source = \"automatic\"", "unproved = \"spam\"", "stopped = \"ana.torres@minem.example\""] {
        let marked = given(&house, &format!("fields = {{ {field}, room = \"204\" }}"));
        let split = mail(&house, "mgomez@minem.example", &about_it("#split\nOtro asunto.\n"), Some(3));
        let decision = of_mail(&house, &marked, split);
        let created = decision.effects.iter().find_map(|effect| {
            let Effect::Create { ticket, .. } = effect else { return None };
            Some(&ticket.fields)
        });
        let (name, _) = field.split_once(' ').unwrap();
        assert_eq!(created.unwrap().keys().collect::<Vec<_>>(), [name], "{decision}");
        assert!(!told(&decision).iter().any(|one| one.contains("ana.")), "{decision}");
    }
}

/// The names of files that stay inside say as much as a text.
#[test]
fn names_of_internal_files_reach_no_customer() {
    let mut house = quiet_house();
    let ticket = given(&house, "");
    let to = vec![Recipient::Customer];
    house.policy.desk.notifications.push(Notification::new("more", Occasion::Note, to, "ticket-changed"));
    let named = |notice: &Notice| serde_json::to_string(&notice.data).unwrap().contains("contrato.pdf");
    for text in ["#note\n#close\nsecreto\n", "#note\n#close\n", "#note\nsecreto\n"] {
        let note = mail(&house, "mgomez@minem.example", &with_file(text), Some(3));
        let decision = of_mail(&house, &ticket, note);
        let hers: Vec<_> =
            decision.notices().filter(|notice| notice.to.address.starts_with("ana.")).collect();
        assert!(!hers.is_empty(), "{text}: {decision}");
        assert!(!hers.into_iter().any(named), "{text}: {decision}");
    }
    let public = mail(&house, "mgomez@minem.example", &with_file("#public\nAdjunto.\n"), Some(3));
    let decision = of_mail(&house, &ticket, public);
    assert!(decision.notices().any(|notice| notice.to.address.starts_with("ana.") && named(notice)));
}

/// Anybody can write a report about a number that he knows: no supplier is forgotten over it.
#[test]
fn a_report_with_a_number_alone_stops_no_reminder() {
    let house = quiet_house();
    let given = given(&house, "suppliers = [\"Suministros Andinos\"]\nthread = [\"<out-1@minem.example>\"]");
    let supplier = house.policy.desk.supplier("Suministros Andinos").unwrap().address().address;
    let stops = |returned: Option<&str>| {
        let mut report = bounce_of(&house, &supplier);
        report.classified.bounce.as_mut().unwrap().original_message_id = returned.and_then(MessageId::new);
        let decision = of_mail(&house, &given, report);
        assert_eq!(decision.reason.word(), "bounce");
        decision.to_string().contains("no timer supplier-reminder")
    };
    assert!(!stops(None));
    assert!(!stops(Some("<guessed@minem.example>")));
    assert!(stops(Some("<out-1@minem.example>")));
}

/// One complaint an hour is news for the administrator; the others are kept all the same.
#[test]
fn complaints_alarm_once_an_hour() {
    let house = quiet_house();
    let given = given(&house, "");
    let mut complaint = mail(&house, "abuse@isp.example", "Subject: x\n\ny\n", None);
    complaint.classified.class = Class::Complaint;
    let event = Event::Mail(Box::new(complaint));
    let keys = lookup(&event, &house.policy, given.now);
    let mut context = given.context(&keys);
    let again = |context: &Context| {
        let decision = decide(&event, context, &house.policy, &given.chance());
        assert_eq!(decision.reason.word(), "complaint");
        told(&decision)
    };
    assert_eq!(again(&context), ["alarm admin@minem.example"]);
    let (address, template) = ("admin@minem.example".to_owned(), "alarm".to_owned());
    context.told.push(Told { address, template, count: 1 });
    assert_eq!(again(&context), [""; 0]);
}

/// A no to an agent's own answer that a token alone proved is news for the administrator once: also where it comes too late, and
/// not where somebody had said no in time.
#[test]
fn a_no_to_an_answer_alarms_once() {
    let house = quiet_house();
    let given = given(&house, "held = \"mgomez\"");
    let event = Event::Mail(Box::new(mail(
        &house,
        "mgomez@minem.example",
        &about_it("No.\n\nabcdefghijklmnopqrstuvwxyz\n"),
        None,
    )));
    let mut context = given.context(&lookup(&event, &house.policy, given.now));
    let held = context.held.clone().unwrap();
    let second = jiff::SignedDuration::from_secs(1);
    for (ended, alarms) in [
        (None, true),
        (Some(held.expires), true),
        (Some(held.expires + second), true),
        (Some(held.expires - second), false),
    ] {
        let outcome = ended.map(|_| HeldOutcome::Expired);
        context.held = Some(HeldMail { held_for: HeldFor::Author, outcome, ended, ..held.clone() });
        let decision = decide(&event, &context, &house.policy, &given.chance());
        assert_eq!(decision.reason.word(), "confirmation");
        let mut told = told(&decision);
        told.sort();
        let expected = ["alarm admin@minem.example", "receipt mgomez@minem.example"];
        assert_eq!(told, expected[usize::from(!alarms)..], "{ended:?}");
    }
}

/// A name of an agent that nothing proves opens no way past the limits: it becomes a question, and no article before that is
/// answered. Where a desk asks no questions such a mail is parked like anybody's.
#[test]
fn only_proved_agents_pass_a_crowd() {
    let house = quiet_house();
    let crowded = given(&house, "crowded = true");
    let of = |level: Option<u8>| {
        let answer = mail(&house, "mgomez@minem.example", &about_it("Una respuesta.\n"), level);
        let decision = of_mail(&house, &crowded, answer);
        let written = decision.effects.iter().any(|effect| matches!(effect, Effect::Article { .. }));
        (decision.reason.word(), written)
    };
    let held = ("held-for-confirmation", false);
    assert_eq!([of(None), of(Some(1)), of(Some(2))], [held, held, ("agent-mail", true)]);
    let mut trusting = quiet_house();
    trusting.policy.desk.trust.levels.insert("public".to_owned(), 0);
    let answer = mail(&trusting, "mgomez@minem.example", &about_it("Una respuesta.\n"), None);
    assert_eq!(of_mail(&trusting, &crowded, answer).reason.word(), "parked");
}

//! Many tickets changed by one mail (`#for QUERY`): from the confirmation to the commit, in one transaction.

use std::time::Instant;

use taquilla::cli::open::house_of;
use taquilla::clock::Clock;
use taquilla::config::load::load;
use taquilla::decide::{After, Decision, Effect, Reason, Trace};
use taquilla::desk::{Actor, Cause, NewTicket, Numbering, State, StateType};
use taquilla::pipeline::{House, Letter, Outcome, Pipeline};
use taquilla::store::keys;
use taquilla::store::{Decided, Entry, Origin, Page, Store, StoreOptions};

use super::rules::{self, Ports};
use super::{figure, seed, spread};

const AGENT: &str = "mgomez@minem.example";
const TICKETS: usize = 1_000;

pub(crate) fn run() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    for (name, lines) in [
        ("a tag and a priority", "#etiqueta +corte\n#prioridad alta"),
        ("closed, with a mail and a survey for each customer", "#cerrar\n\nVolvió la energía."),
    ] {
        let times: Vec<f64> = (0..3).map(|_| runtime.block_on(once(lines))).collect();
        let (median, low, high) = spread(&times);
        println!("   {TICKETS} tickets, {name}: {median:.0} ms ({low:.0} to {high:.0})");
        figure(&format!("#for over {TICKETS} tickets: {name}"), &format!("{median:.0} ms"), "under 1 s");
    }
}

/// Milliseconds from the agent's yes to the commit.
async fn once(lines: &str) -> f64 {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("data"), &StoreOptions::default()).await.unwrap();
    fill(&store).await;
    let pipeline = Pipeline::new(store, house(folder.path()), Clock::System);
    let text = format!("#límite {TICKETS}\n#para cola:mesa\n{lines}");
    let question = format!(
        "From: {AGENT}\nTo: soporte@minem.example\nSubject: Corte\nMessage-ID: <bulk@minem.example>\nMIME-Version: 1.0\n\
         Content-Type: text/plain; charset=utf-8\n\n{text}\n"
    );
    // Nothing vouches for the mail: its author is asked whether it is his, then shown what it would do.
    assert_eq!(take(&pipeline, question).await.decision.reason, Reason::HeldForConfirmation);
    let asked = take(&pipeline, yes(&pipeline, 1).await).await;
    assert_eq!(asked.released.unwrap().decision.reason, Reason::HeldForConfirmation);
    let yes = yes(&pipeline, 2).await;
    let begun = Instant::now();
    let done = take(&pipeline, yes).await.released.unwrap();
    let time = begun.elapsed().as_secs_f64() * 1e3;
    assert!(done.decision.trace.commands.iter().all(|line| line.done));
    assert!(
        done.decision.effects.iter().filter(|effect| matches!(effect, Effect::Set { .. })).count() >= TICKETS
    );
    pipeline.store.close().await;
    time
}

fn house(folder: &std::path::Path) -> House {
    let config =
        rules::desk(&folder.join("desk"), &folder.join("data"), Ports { notices: true, ..Ports::default() });
    let loaded = load(Some(&config)).expect("the files of the desk");
    let identity = keys::load_or_create(&folder.join("data")).unwrap();
    house_of(&loaded, &identity).unwrap_or_else(|_| panic!("the rules"))
}

/// Tickets of as many customers, each attended by somebody.
async fn fill(store: &Store) {
    let numbering = Numbering::default();
    let cause = Cause::new(Actor::System, "the bench");
    let mut writing = store.begin().await.unwrap();
    let some: Vec<_> = (0..TICKETS)
        .map(|n| {
            let new = NewTicket {
                state: "open".into(),
                state_type: StateType::Open,
                responsible: Some("csalas".into()),
                customer: Some(taquilla::mail::Address::bare(format!("person{n}@clients{}.example", n % 40))),
                ..seed::new_ticket(n, &numbering)
            };
            let at = new.created;
            let create =
                Effect::Create { ticket: Box::new(new), counter: n as u64 + 1, cause: cause.clone() };
            let decision = Decision {
                reason: Reason::NewTicket,
                ticket: None,
                effects: vec![create],
                trace: Trace::default(),
                after: After::Default,
            };
            (decision, Entry::of_event(Origin::Request, at, "2014-01-01"))
        })
        .collect();
    let decided: Vec<_> =
        some.iter().map(|(decision, entry)| Decided { decision, entry, mails: &[] }).collect();
    writing.apply_all(&decided, &State::shipped()).await.unwrap();
    writing.commit().await.unwrap();
}

async fn take(pipeline: &Pipeline, mail: String) -> Outcome {
    let raw = mail.replace('\n', "\r\n").into_bytes();
    let letter = Letter::of(raw.into(), "soporte", Origin::Deliver(None));
    pipeline.take(vec![letter]).await.unwrap().remove(0).unwrap()
}

/// The answer that the agent's reply button makes to the last question.
async fn yes(pipeline: &Pipeline, nth: u32) -> String {
    let lines = pipeline.store.outbox(Page::FIRST).await.unwrap();
    let last = lines.iter().rfind(|line| line.template == "confirmation").unwrap();
    let content = String::from_utf8(pipeline.store.outbox_content(last.id).await.unwrap()).unwrap();
    let content = content.replace("=\r\n", "").replace("=3D", "=");
    let code = content
        .split(|c: char| !c.is_ascii_alphanumeric())
        .find(|run| {
            run.len() == 26 && run.chars().all(|c| c.is_ascii_lowercase() || ('2'..='7').contains(&c))
        })
        .unwrap_or_else(|| panic!("{content}"))
        .to_owned();
    format!(
        "From: {AGENT}\nTo: soporte@minem.example\nSubject: Confirmado ({code})\nMessage-ID: <yes{nth}@minem.example>\n\
         MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\nsi\n"
    )
}

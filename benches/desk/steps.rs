//! Where the time of a mail goes, one step after the other on one thread, and what an agent's commands cost.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use taquilla::cli::open::house_of;
use taquilla::clock::{Clock, random_seed};
use taquilla::config::load::load;
use taquilla::decide::{self, Context, Given, Proof, Reason};
use taquilla::desk::{NewTicket, StateType, Ticket, TicketId};
use taquilla::ingest::classify::classify;
use taquilla::ingest::evidence::evidence;
use taquilla::ingest::parse::parse;
use taquilla::outbound::compose::compose;
use taquilla::pipeline::{House, Letter, Pipeline, read};
use taquilla::store::keys;
use taquilla::store::{Origin, OutboxRow, Store, StoreOptions};

use super::rules::{self, Ports};
use super::{figure, mails, seed, setting, spread};

const STEPS: [&str; 9] = [
    "digest, parse, new text",
    "classify",
    "evidence of the sender",
    "what to look up",
    "look up (SQL)",
    "decide, 100 rules",
    "render and compose",
    "write (SQL)",
    "commit (fsync), by hundreds",
];

pub(crate) fn run() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let count = setting("BENCH_MAILS", 5_000).min(2_000);
    runtime.block_on(steps(count));
    commands(&house());
}

/// The house of the desk with a hundred rules, over a new data folder.
fn house() -> House {
    let (data, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let config = rules::desk(folder.path(), data.path(), Ports::default());
    let loaded = load(Some(&config)).expect("the files of the desk");
    let identity = keys::load_or_create(data.path()).unwrap();
    house_of(&loaded, &identity).unwrap_or_else(|_| panic!("the rules"))
}

/// Adds up the time of each step.
struct Laps {
    since: Instant,
    spent: [Duration; STEPS.len()],
}

impl Laps {
    fn lap(&mut self, step: usize) {
        let now = Instant::now();
        self.spent[step] += now - self.since;
        self.since = now;
    }
}

async fn steps(count: usize) {
    let house = house();
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path(), &StoreOptions::default()).await.unwrap();
    let raw: Vec<Arc<[u8]>> = (0..count)
        .map(|n| String::from_utf8(mails::mail(4, n)).unwrap().replace('\n', "\r\n").into_bytes().into())
        .collect();
    let mut laps = Laps { since: Instant::now(), spent: [Duration::ZERO; STEPS.len()] };
    let mut replies = 0;
    for batch in raw.chunks(100) {
        let mut writing = store.begin().await.unwrap();
        for raw in batch {
            laps.since = Instant::now();
            let mail = parse(Arc::clone(raw), &house.limits);
            laps.lap(0);
            black_box(classify(&mail, &house.marks));
            laps.lap(1);
            black_box(evidence(&mail, &house.policy.desk.trust));
            laps.lap(2);
            drop(mail);
            let letter = Letter::of(Arc::clone(raw), "soporte", Origin::Deliver(None));
            let (event, mut entry) = read(letter, Proof::None, &house);
            let given = Given { now: Clock::System.now(), seed: random_seed().unwrap(), told: false };
            laps.since = Instant::now();
            let lookup = decide::lookup(&event, &house.policy, given.now);
            laps.lap(3);
            let context = writing.prefetch(&lookup, given.now).await.unwrap();
            laps.lap(4);
            let decision = decide::decide(&event, &context, &house.policy, &given);
            laps.lap(5);
            let mails: Vec<OutboxRow> = decision
                .notices()
                .enumerate()
                .map(|(nth, notice)| {
                    let seed = taquilla::mail::Digest::of(&[&given.seed[..], &nth.to_le_bytes()].concat());
                    let desk = &house.policy.desk;
                    OutboxRow::of(
                        notice,
                        compose(notice, desk, &house.templates, given.now, *seed.as_bytes()).unwrap(),
                    )
                })
                .collect();
            laps.lap(6);
            replies += mails.len();
            entry.at = given.now;
            entry.counter.clone_from(&lookup.counter);
            entry.fingerprint = lookup.fingerprint;
            writing.apply(&decision, &entry, &mails, &house.policy.desk.states).await.unwrap();
            laps.lap(7);
        }
        laps.since = Instant::now();
        writing.commit().await.unwrap();
        laps.lap(8);
    }
    let all: Duration = laps.spent.iter().sum();
    println!("   {count} mails, {replies} replies, microseconds a mail:");
    for (name, time) in STEPS.iter().zip(laps.spent) {
        println!("   {name:<32} {:>7.0}", time.as_secs_f64() * 1e6 / count as f64);
    }
    println!("   {:<32} {:>7.0}", "together, one after the other", all.as_secs_f64() * 1e6 / count as f64);
    store.close().await;
    pipeline(raw, house).await;
}

/// The same through the pipeline, by hundreds, as mailboxes bring them.
async fn pipeline(raw: Vec<Arc<[u8]>>, house: House) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path(), &StoreOptions::default()).await.unwrap();
    let pipeline = Pipeline::new(store, house, Clock::System);
    let begun = Instant::now();
    for batch in raw.chunks(100) {
        let letters =
            batch.iter().map(|raw| Letter::of(Arc::clone(raw), "soporte", Origin::Deliver(None))).collect();
        for outcome in pipeline.take(letters).await.unwrap() {
            outcome.unwrap();
        }
    }
    let each = begun.elapsed().as_secs_f64() * 1e6 / raw.len() as f64;
    println!("   {:<32} {each:>7.0}", "the same through the pipeline");
    pipeline.store.close().await;
}

/// An agent's mail with ten commands about a ticket that is there: what deciding costs on top of parsing.
fn commands(house: &House) {
    const COMMANDS: [&str; 10] = [
        "#cola Soporte Técnico",
        "#prioridad alta",
        "#estado abierto",
        "#tomar",
        "#propietario lrojas",
        "#servicio Equipos::Impresoras",
        "#tipo request",
        "#título Impresora del piso 4",
        "#etiqueta +piso4",
        "#campo.sala 204",
    ];
    let desk = &house.policy.desk;
    let open =
        NewTicket { state: "new".into(), state_type: StateType::New, ..seed::new_ticket(1, &desk.numbering) };
    let raw = format!(
        "From: csalas@minem.example\r\nTo: soporte@minem.example\r\nSubject: Re: [Ticket#{}] Avería\r\n\
         Message-ID: <c@minem.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\
         {}\r\n\r\nYa lo vemos.\r\n",
        open.number,
        COMMANDS.join("\r\n")
    );
    let raw: Arc<[u8]> = raw.into_bytes().into();
    let given = Given { now: Clock::System.now(), seed: [7; 32], told: false };
    let id = TicketId(1);
    let context = Context {
        by_number: BTreeMap::from([(open.number.clone(), id)]),
        tickets: BTreeMap::from([(id, Ticket::begun(id, open))]),
        ..Context::default()
    };
    let mut times = Vec::new();
    for _ in 0..300 {
        let letter = Letter::of(Arc::clone(&raw), "soporte", Origin::Deliver(None));
        let (event, _) = read(letter, Proof::Supposed(2), house);
        let begun = Instant::now();
        black_box(decide::lookup(&event, &house.policy, given.now));
        let decision = decide::decide(&event, &context, &house.policy, &given);
        times.push(begun.elapsed().as_secs_f64() * 1e6);
        let said = &decision.trace.commands;
        assert_eq!(decision.reason, Reason::AgentMail, "{said:?}");
        assert_eq!(said.iter().filter(|command| command.done).count(), COMMANDS.len(), "{said:?}");
    }
    let (median, low, high) = spread(&times);
    println!(
        "   an agent's mail with ten commands: {median:.0} us ({low:.0} to {high:.0}) on top of parsing"
    );
    figure("ten commands decided", &format!("{:.3} ms", median / 1000.0), "under 1 ms");
}

//! Where the time of a mail goes, one step after the other on one thread, and what an agent's commands cost.

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use taquilla::cli::open::house_of;
use taquilla::clock::{Clock, random_seed};
use taquilla::config::load::load;
use taquilla::decide::{self, Given, Proof};
use taquilla::ingest::classify::classify;
use taquilla::ingest::evidence::evidence;
use taquilla::ingest::parse::parse;
use taquilla::outbound::compose::compose;
use taquilla::pipeline::{House, Letter, Pipeline, read};
use taquilla::store::keys;
use taquilla::store::{Origin, OutboxRow, Store, StoreOptions};

use super::rules::{self, Ports};
use super::{mails, setting};

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
            let given = Given { now: Clock::System.now(), seed: random_seed().unwrap() };
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

/// An agent's mail with ten commands: what deciding costs on top of parsing.
fn commands(house: &House) {
    let text = "cola: Soporte Técnico\nprioridad: alta\nestado: abierto\nresponsable: lrojas\npropietario: mgomez\n\
                servicio: Equipos::Impresoras\ntipo: incident\netiqueta: piso4\nestimación: 30m\nnota: interna\n";
    let raw = format!(
        "From: mgomez@minem.example\r\nTo: soporte@minem.example\r\nSubject: Nueva\r\nMessage-ID: <c@minem.example>\r\n\
         Authentication-Results: mx.minem.example; auth=pass smtp.auth=mgomez@minem.example\r\n\r\n{}\r\nHola.\r\n",
        text.replace('\n', "\r\n")
    );
    let raw: Arc<[u8]> = raw.into_bytes().into();
    let given = Given { now: Clock::System.now(), seed: [7; 32] };
    let mut times = Vec::new();
    let mut seen = 0;
    for _ in 0..300 {
        let letter = Letter::of(Arc::clone(&raw), "soporte", Origin::Deliver(None));
        let (event, _) = read(letter, Proof::None, house);
        let begun = Instant::now();
        let lookup = decide::lookup(&event, &house.policy, given.now);
        black_box(lookup);
        let decision = decide::decide(&event, &decide::Context::default(), &house.policy, &given);
        times.push(begun.elapsed().as_secs_f64() * 1e6);
        seen = decision.trace.commands.len();
    }
    let (median, low, high) = super::spread(&times);
    println!(
        "   an agent's mail with {seen} commands, on top of parsing: {median:.0} us ({low:.0} to {high:.0})"
    );
}

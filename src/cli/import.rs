//! `taquilla import`: mails of long ago, out of files.
//!
//! Files are gone through twice: for the size of all, then mail by mail. Mails are put in the order of their dates by windows,
//! so that memory does not grow with what is brought; threads come out right in any order. A group of mails is one
//! transaction, and nothing but the journal says what was taken, so a program that is killed is started again.

mod progress;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;
use serde_json::json;

use self::progress::Progress;
use super::args::ImportArgs;
use super::output::{say, tell};
use super::{CliError, Exit, open, since};
use crate::config::nearest::nearest;
use crate::decide::{History, Reason, Unfit, time_of_history};
use crate::desk::{Desk, StateType};
use crate::ingest::import::{Content, Kind, Mbox, Spot, Trouble, Walk};
use crate::mail::Digest;
use crate::pipeline::{Letter, Outcome, Pipeline, PipelineError, Reading};
use crate::store::{Disposition, Origin};

/// Mails that are put in order together.
const WINDOW: usize = 50_000;
/// Mails of one transaction: a daemon beside it waits for no more than these.
const BATCH: usize = 200;
/// Octets of one transaction, if there is more than one mail in it.
const BATCH_BYTES: u64 = 8 * 1024 * 1024;
/// How often a group is tried again when other programs keep the database.
const ATTEMPTS: u32 = 5;
/// Troubles that are told one by one.
const TOLD: u64 = 50;

/// Brings what lies below the paths.
pub(super) async fn run(config: Option<&Path>, args: &ImportArgs) -> Result<Exit, CliError> {
    let loaded = open::files(config)?;
    let pipeline = open::pipeline(&loaded).await?;
    let now = pipeline.clock.now();
    let history = history(args, &pipeline.house().policy.desk, now)?;
    let (files, octets) = sizes(args.paths.clone()).await;
    let mut importing = Importing {
        limit: pipeline.house().policy.desk.limits.mail_bytes,
        pipeline,
        history,
        now,
        counts: Counts::default(),
        progress: Progress::new(files, octets),
        began: Instant::now(),
    };
    let ended = importing.all(args.paths.clone()).await;
    importing.progress.end();
    importing.pipeline.store.close().await;
    importing.tell(args.json)?;
    ended?;
    Ok(if importing.counts.troubles == 0 { Exit::Done } else { Exit::NotWell })
}

/// What the options say, checked against the desk.
fn history(args: &ImportArgs, desk: &Desk, now: Timestamp) -> Result<History, CliError> {
    if let Some(queue) = args.queue.as_ref().filter(|queue| desk.queue(queue).is_none()) {
        let names = || desk.queues.iter().map(|queue| queue.name.as_str());
        return Err(unknown("queue", queue, nearest(queue, names()), names()));
    }
    let older = since::since(args.older.as_deref(), now, &desk.time_zone)?.unwrap_or(Timestamp::MAX);
    let state = match &args.state {
        None => None,
        Some(wanted) => {
            let fit = |kind| matches!(kind, StateType::New | StateType::Open | StateType::Closed);
            let fitting = || desk.states.iter().filter(|state| fit(state.kind));
            let found = fitting()
                .find(|state| state.name == *wanted || state.spanish == *wanted)
                .or_else(|| fitting().find(|state| state.kind.word() == wanted));
            let names = || fitting().map(|state| state.name.as_str());
            let found = found.ok_or_else(|| unknown("state", wanted, nearest(wanted, names()), names()))?;
            Some((found.name.clone(), older))
        }
    };
    Ok(History { queue: args.queue.clone(), without_rules: args.no_rules, state })
}

fn unknown<'a>(
    what: &str,
    wanted: &str,
    near: Option<&str>,
    names: impl Iterator<Item = &'a str>,
) -> CliError {
    let help = match near {
        Some(near) => format!("did you mean \"{near}\"?"),
        None => format!("there are: {}", names.collect::<Vec<_>>().join(", ")),
    };
    CliError::Usage(format!("mails of long ago cannot have the {what} \"{wanted}\"; {help}"))
}

/// Number and octets of all files, for the progress alone.
async fn sizes(paths: Vec<PathBuf>) -> (u64, u64) {
    let sum = move || {
        let files = Walk::new(paths).filter_map(Result::ok);
        files.fold((0_u64, 0_u64), |(files, octets), file| (files + 1, octets + file.size))
    };
    tokio::task::spawn_blocking(sum).await.unwrap_or_default()
}

#[derive(Debug, Default)]
struct Counts {
    mails: u64,
    tickets: u64,
    articles: u64,
    known: u64,
    quarantined: u64,
    without_ticket: u64,
    troubles: u64,
    other_files: u64,
}

struct Importing {
    pipeline: Pipeline,
    history: History,
    limit: u64,
    now: Timestamp,
    counts: Counts,
    progress: Progress,
    began: Instant,
}

/// A mail of a window.
struct Dated {
    spot: Spot,
    when: Timestamp,
    received: Option<Timestamp>,
    octets: u64,
}

/// A mail of a group, read.
struct Ready {
    letter: Letter,
    path: Arc<Path>,
}

/// Goes through all mails; kept over the windows.
struct Source {
    walk: Walk,
    mbox: Option<Mbox>,
}

impl Importing {
    async fn all(&mut self, paths: Vec<PathBuf>) -> Result<(), CliError> {
        let mut source = Source { walk: Walk::new(paths), mbox: None };
        loop {
            let now = self.now;
            let next = tokio::task::spawn_blocking(move || {
                let window = window(&mut source, now);
                (source, window)
            });
            let (mails, troubles, ended);
            (source, (mails, troubles, ended)) =
                next.await.map_err(|error| CliError::Failed(error.to_string()))?;
            for trouble in troubles {
                self.trouble(&trouble.path, &trouble.error.to_string());
            }
            self.counts.other_files = source.walk.others;
            if mails.is_empty() && ended {
                return Ok(());
            }
            let mut mails = mails.into_iter().peekable();
            while mails.peek().is_some() {
                let (mut batch, mut octets) = (Vec::with_capacity(BATCH), 0);
                while let Some(mail) = mails.next_if(|mail| {
                    batch.is_empty() || (batch.len() < BATCH && octets + mail.octets <= BATCH_BYTES)
                }) {
                    octets += mail.octets.min(self.limit);
                    batch.push(mail);
                }
                self.batch(batch).await?;
            }
        }
    }

    /// One group of mails, in one transaction.
    async fn batch(&mut self, mails: Vec<Dated>) -> Result<(), CliError> {
        let (count, octets) = (mails.len() as u64, mails.iter().map(|mail| mail.octets).sum::<u64>());
        let (limit, history) = (self.limit, self.history.clone());
        let read = tokio::task::spawn_blocking(move || read(mails, limit, &history)).await;
        let (digests, mut ready, troubles) = read.map_err(|error| CliError::Failed(error.to_string()))?;
        for trouble in troubles {
            self.trouble(&trouble.path, &trouble.error.to_string());
        }
        self.counts.mails += ready.len() as u64;
        let taken = self.pipeline.store.taken(&digests).await?;
        let mut known = digests.iter().map(|digest| taken.contains(digest)).collect::<Vec<_>>().into_iter();
        ready.retain(|_| known.next() != Some(true));
        self.counts.known += digests.len().saturating_sub(ready.len()) as u64;
        let (letters, paths): (Vec<_>, Vec<_>) =
            ready.into_iter().map(|ready| (ready.letter, ready.path)).unzip();
        if !letters.is_empty() {
            for (path, outcome) in paths.iter().zip(self.take(letters).await?) {
                match outcome {
                    Ok(outcome) => self.count(&outcome),
                    Err(error) => self.trouble(path, &error.to_string()),
                }
            }
        }
        self.progress.step(count, octets);
        Ok(())
    }

    /// Other programs may hold the pen for a while.
    async fn take(&self, letters: Vec<Letter>) -> Result<Vec<Result<Outcome, PipelineError>>, CliError> {
        for _ in 1..ATTEMPTS {
            match self.pipeline.take(letters.clone()).await {
                Err(PipelineError::Store(error)) if error.disposition() == Disposition::Transient => {
                    tracing::warn!(%error, "the group is tried again");
                }
                other => return Ok(other?),
            }
        }
        Ok(self.pipeline.take(letters).await?)
    }

    fn count(&mut self, outcome: &Outcome) {
        let counts = &mut self.counts;
        counts.tickets += outcome.applied.tickets.len() as u64;
        let reason = outcome.decision.reason;
        if reason == Reason::DuplicateOf {
            counts.known += 1;
        } else if reason == Reason::Quarantined {
            counts.quarantined += 1;
        } else if outcome.decision.ticket.is_some() {
            counts.articles += 1;
        } else {
            counts.without_ticket += 1;
        }
    }

    fn trouble(&mut self, path: &Path, why: &str) {
        self.counts.troubles += 1;
        if self.counts.troubles <= TOLD {
            self.progress.tell(&format!("{}: {why}", path.display()));
        } else if self.counts.troubles == TOLD + 1 {
            self.progress.tell("more of the same are counted, not told");
        }
    }

    fn tell(&self, as_json: bool) -> Result<(), CliError> {
        let counts = &self.counts;
        let seconds = self.began.elapsed().as_secs_f64();
        if as_json {
            let object = json!({
                "mails": counts.mails, "tickets": counts.tickets, "articles": counts.articles,
                "known": counts.known, "quarantined": counts.quarantined, "without_ticket": counts.without_ticket,
                "unreadable": counts.troubles, "other_files": counts.other_files, "seconds": seconds,
            });
            say(&object.to_string())?;
            return Ok(());
        }
        say(&format!(
            "{} mails in {seconds:.0} s: {} articles, {} tickets opened; {} were there already",
            counts.mails, counts.articles, counts.tickets, counts.known
        ))?;
        let rest = [
            (counts.quarantined, "went to the quarantine"),
            (
                counts.without_ticket,
                "concern no ticket (automatic replies, the desk's own mails) and stand in the journal",
            ),
            (counts.other_files, "files in the folders are no mails"),
        ];
        for (number, what) in rest.into_iter().filter(|(number, _)| *number > 0) {
            say(&format!("{number} {what}"))?;
        }
        if counts.troubles > 0 {
            tell(&format!("taquilla: {} could not be read; all others were", counts.troubles));
        }
        Ok(())
    }
}

/// The next mails, in the order of their dates; and whether there are no more.
fn window(source: &mut Source, now: Timestamp) -> (Vec<Dated>, Vec<Trouble>, bool) {
    let (mut mails, mut troubles) = (Vec::new(), Vec::new());
    let mut ended = false;
    while mails.len() < WINDOW && (troubles.len() as u64) < TOLD {
        let found = match &mut source.mbox {
            Some(mbox) => match mbox.next() {
                None => {
                    source.mbox = None;
                    continue;
                }
                Some(Ok(spot)) => Ok(spot),
                Some(Err(error)) => {
                    source.mbox = None;
                    Err(Trouble { path: PathBuf::from("an mbox"), error })
                }
            },
            None => match source.walk.next() {
                None => {
                    ended = true;
                    break;
                }
                Some(Ok(file)) if file.kind == Kind::Mbox => match Mbox::open(&file.path) {
                    Ok(mbox) => {
                        source.mbox = Some(mbox);
                        continue;
                    }
                    Err(error) => Err(Trouble { path: file.path, error }),
                },
                Some(Ok(file)) => Ok(Spot { path: file.path.into(), range: None, received: file.received }),
                Some(Err(trouble)) => Err(trouble),
            },
        };
        let dated = found.and_then(|spot| {
            let (date, received) =
                spot.dates().map_err(|error| Trouble { path: spot.path.to_path_buf(), error })?;
            let octets = spot.octets();
            Ok(Dated { spot, when: time_of_history(date, received, now), received, octets })
        });
        match dated {
            Ok(mail) => mails.push(mail),
            Err(trouble) => troubles.push(trouble),
        }
    }
    mails.sort_by_key(|mail| mail.when);
    (mails, troubles, ended)
}

/// Reads the mails of a group.
fn read(mails: Vec<Dated>, limit: u64, history: &History) -> (Vec<Digest>, Vec<Ready>, Vec<Trouble>) {
    let (mut digests, mut ready, mut troubles) = (Vec::new(), Vec::new(), Vec::new());
    for mail in mails {
        let (raw, size) = match mail.spot.read(limit) {
            Ok(Content::Whole(raw)) => (raw, None),
            Ok(Content::Header { raw, size }) => (raw, Some(size)),
            Err(error) => {
                troubles.push(Trouble { path: mail.spot.path.to_path_buf(), error });
                continue;
            }
        };
        digests.push(Digest::of(&raw));
        let mut letter = Letter {
            queue: history.queue.clone(),
            received: mail.received,
            silent: true,
            history: history.clone(),
            ..Letter::of(raw.into(), "import", Origin::Import)
        };
        if let Some(size) = size {
            letter =
                Letter { size, unfit: Some(Unfit::TooLarge { size }), reading: Reading::Header, ..letter };
        }
        ready.push(Ready { letter, path: mail.spot.path });
    }
    (digests, ready, troubles)
}

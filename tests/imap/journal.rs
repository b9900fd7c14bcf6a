//! A journal in memory, and someone who waits for it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use taquilla::ingest::intake::{
    AfterTaking, Arrived, Condition, Content, Intake, IntakeError, Known, LeftAlone, Place, Position, Taken,
};
use tokio::sync::Notify;

#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) place: Place,
    pub(crate) uid: u32,
    pub(crate) content: Content,
    pub(crate) size: u64,
    pub(crate) backlog: bool,
    pub(crate) acked: bool,
    received: Option<jiff::Timestamp>,
}

#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) rows: Vec<Row>,
    pub(crate) conditions: Vec<(String, Condition)>,
    pub(crate) cursors: BTreeMap<Place, (u32, Option<LeftAlone>)>,
    /// What is answered for mails that contain this text.
    pub(crate) rules: Vec<(&'static str, AfterTaking)>,
    /// Largest batch, in mails.
    pub(crate) largest: usize,
}

#[derive(Debug, Default)]
pub(crate) struct Journal {
    state: Mutex<State>,
    changed: Notify,
    /// Time that each batch takes.
    slowness: Duration,
}

impl Journal {
    /// One that takes its time over each batch.
    pub(crate) fn slow(slowness: Duration) -> Self {
        Self { slowness, ..Self::default() }
    }

    pub(crate) fn with<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        look(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Waits until it is so.
    pub(crate) async fn until(&self, what: &str, so: impl Fn(&State) -> bool) {
        let wait = async {
            loop {
                let changed = self.changed.notified();
                if self.with(|state| so(state)) {
                    return;
                }
                changed.await;
            }
        };
        if tokio::time::timeout(Duration::from_secs(30), wait).await.is_err() {
            panic!("{what} did not come; {:#?}", self.with(|state| format!("{state:?}")));
        }
    }

    /// Waits for so many rows, all acknowledged.
    pub(crate) async fn until_acked(&self, rows: usize) {
        self.until(&format!("{rows} acknowledged rows"), |state| {
            state.rows.len() == rows && state.rows.iter().all(|row| row.acked)
        })
        .await;
    }

    pub(crate) fn rows(&self) -> Vec<Row> {
        self.with(|state| state.rows.clone())
    }

    pub(crate) fn conditions(&self) -> Vec<Condition> {
        self.with(|state| state.conditions.iter().map(|(_, condition)| condition.clone()).collect())
    }

    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let result = self.with(change);
        self.changed.notify_waiters();
        result
    }
}

impl State {
    fn take(&mut self, arrived: Arrived) -> Taken {
        let Arrived { source, received, size, backlog, content } = arrived;
        let text = String::from_utf8_lossy(content.bytes()).into_owned();
        let rule = self.rules.iter().find(|(words, _)| text.contains(words));
        let after = match &content {
            Content::Unfetchable { .. } => AfterTaking::Keep,
            Content::Whole(_) | Content::HeaderOnly(_) => {
                rule.map_or(AfterTaking::Default, |(_, after)| after.clone())
            }
        };
        let uid = source.uid;
        let there = self.rows.iter().any(|row| row.place == source.place && row.uid == uid);
        if !there {
            let place = source.place;
            self.rows.push(Row { place, uid, content, size, backlog, acked: false, received });
        }
        Taken::Yes { uid, after }
    }
}

impl Intake for Journal {
    async fn position(&self, mailbox: &str, folder: &str, uidvalidity: u32) -> Result<Position, IntakeError> {
        Ok(self.with(|state| {
            let ours = |place: &&Place| place.mailbox == mailbox && place.folder == folder;
            let known = state.cursors.keys().filter(ours).filter(|place| place.uidvalidity == uidvalidity);
            if let Some(place) = known.max_by_key(|place| place.epoch) {
                let (cursor, left_alone) = state.cursors[place];
                let owed = state.rows.iter().filter(|row| row.place == *place && !row.acked);
                let owed = owed.map(|row| row.uid).collect();
                return Position::Known { epoch: place.epoch, cursor, owed, left_alone };
            }
            match state.cursors.keys().find(ours) {
                Some(_) => Position::Renumbered { leave_before: None },
                None => Position::FirstStart,
            }
        }))
    }

    async fn adopt(&self, place: &Place, left_alone: Option<LeftAlone>) -> Result<(), IntakeError> {
        self.change(|state| state.cursors.entry(place.clone()).or_default().1 = left_alone);
        Ok(())
    }

    async fn known(&self, place: &Place, uids: &[u32]) -> Result<Vec<Known>, IntakeError> {
        Ok(self.with(|state| {
            let rows = state.rows.iter().filter(|row| row.place == *place && uids.contains(&row.uid));
            rows.map(|row| Known { uid: row.uid, after: AfterTaking::Default, received: row.received })
                .collect()
        }))
    }

    async fn take(&self, batch: Vec<Arrived>) -> Result<Vec<Taken>, IntakeError> {
        tokio::time::sleep(self.slowness).await;
        Ok(self.change(|state| {
            state.largest = state.largest.max(batch.len());
            batch.into_iter().map(|arrived| state.take(arrived)).collect()
        }))
    }

    async fn acked(&self, place: &Place, uids: &[u32], cursor: u32) -> Result<(), IntakeError> {
        self.change(|state| {
            for row in state.rows.iter_mut().filter(|row| row.place == *place && uids.contains(&row.uid)) {
                row.acked = true;
            }
            state.cursors.entry(place.clone()).or_default().0 = cursor;
        });
        Ok(())
    }

    async fn report(&self, mailbox: &str, condition: Condition) {
        self.change(|state| state.conditions.push((mailbox.to_owned(), condition)));
    }
}

/// A mailbox that is being watched until this is dropped or stopped.
pub(crate) struct Watched {
    stop: tokio::sync::watch::Sender<bool>,
    task: tokio::task::JoinHandle<Result<(), String>>,
}

impl Watched {
    pub(crate) fn start(
        settings: taquilla::config::mailbox::MailboxSettings,
        journal: &Arc<Journal>,
        manner: taquilla::ingest::mailbox::Manner,
    ) -> Self {
        let (stop, stopped) = tokio::sync::watch::channel(false);
        let journal = Arc::clone(journal);
        let task =
            tokio::spawn(taquilla::ingest::mailbox::watch(Arc::new(settings), journal, manner, stopped));
        Self { stop, task }
    }

    /// Stops it and waits for its end.
    pub(crate) async fn stop(self) -> Result<(), String> {
        self.stop.send(true).unwrap();
        tokio::time::timeout(Duration::from_secs(10), self.task).await.expect("it stops within 10 s").unwrap()
    }

    /// Waits for an end by itself.
    pub(crate) async fn end(self) -> Result<(), String> {
        tokio::time::timeout(Duration::from_secs(30), self.task).await.expect("it ends").unwrap()
    }
}

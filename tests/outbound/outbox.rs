//! An outbox in memory that keeps what it was told.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use taquilla::clock::Clock;
use taquilla::config::smtp::{InDoubt, SmtpSettings};
use taquilla::desk::EnvelopeSender;
use taquilla::mail::MessageId;
use taquilla::outbound::outbox::{Condition, Outbox, OutboxError};
use taquilla::outbound::worker::{Drained, Worker};
use taquilla::store::DueMail;
use tokio::sync::{Notify, watch};

pub(crate) struct Row {
    pub(crate) mail: DueMail,
    pub(crate) content: Vec<u8>,
    pub(crate) state: &'static str,
    pub(crate) next: Timestamp,
    /// Everything that was noted, in order.
    pub(crate) notes: Vec<String>,
}

#[derive(Default)]
pub(crate) struct Memory {
    rows: Mutex<BTreeMap<i64, Row>>,
    pub(crate) reports: Mutex<Vec<Condition>>,
    /// What `data_sent` answers.
    refuse_notes: bool,
    woken: Notify,
}

pub(crate) fn now() -> Timestamp {
    Clock::System.now()
}

impl Memory {
    /// One that cannot note that content leaves.
    pub(crate) fn full() -> Self {
        Self { refuse_notes: true, ..Self::default() }
    }

    pub(crate) fn rows(&self) -> MutexGuard<'_, BTreeMap<i64, Row>> {
        self.rows.lock().unwrap()
    }

    /// Puts a mail in, decided on `age` ago.
    pub(crate) fn put(&self, recipient: &str, content: &[u8], age: SignedDuration) -> i64 {
        let mut rows = self.rows();
        let id = i64::try_from(rows.len()).unwrap() + 1;
        let mail = DueMail {
            id,
            message_id: MessageId::new(&format!("{id}@minem.example")).unwrap(),
            sender: EnvelopeSender::Null,
            recipient: recipient.to_owned(),
            ticket: None,
            automatic: true,
            created: now() - age,
            attempts: 0,
            bytes: u64::try_from(content.len()).unwrap(),
        };
        rows.insert(
            id,
            Row { mail, content: content.to_vec(), state: "pending", next: now(), notes: Vec::new() },
        );
        self.woken.notify_one();
        id
    }

    pub(crate) fn put_one(&self) -> i64 {
        self.put("ana@minem.example", b"Subject: x\r\n\r\nhola\r\n", SignedDuration::ZERO)
    }

    fn note(&self, id: i64, state: &'static str, words: &str) -> Result<(), OutboxError> {
        let mut rows = self.rows();
        let row = rows.get_mut(&id).unwrap();
        row.state = state;
        row.notes.push(words.to_owned());
        Ok(())
    }

    pub(crate) fn state(&self, id: i64) -> &'static str {
        self.rows()[&id].state
    }

    pub(crate) fn notes(&self, id: i64) -> Vec<String> {
        self.rows()[&id].notes.clone()
    }
}

impl Outbox for Memory {
    async fn left_over(&self, _: InDoubt) -> Result<(), OutboxError> {
        Ok(())
    }

    async fn release(&self, _: Duration) -> Result<(), OutboxError> {
        Ok(())
    }

    async fn due(&self, limit: u32) -> Result<Vec<DueMail>, OutboxError> {
        let now = now();
        let due = |row: &&Row| row.state == "pending" && row.next <= now;
        Ok(self.rows().values().filter(due).take(limit as usize).map(|row| row.mail.clone()).collect())
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, OutboxError> {
        Ok(self.rows().values().filter(|row| row.state == "pending").map(|row| row.next).min())
    }

    async fn sending(&self, ids: &[i64]) -> Result<Vec<i64>, OutboxError> {
        for id in ids {
            self.rows().get_mut(id).unwrap().state = "sending";
        }
        Ok(ids.to_vec())
    }

    async fn content(&self, id: i64) -> Result<Vec<u8>, OutboxError> {
        Ok(self.rows()[&id].content.clone())
    }

    async fn data_sent(&self, id: i64) -> Result<(), OutboxError> {
        if self.refuse_notes {
            return Err(OutboxError("disk full".into()));
        }
        assert_eq!(self.state(id), "sending");
        self.note(id, "data-sent", "data-sent")
    }

    async fn accepted(&self, mail: &DueMail, answer: &str) -> Result<(), OutboxError> {
        self.note(mail.id, "accepted", answer)
    }

    async fn retry(&self, mail: &DueMail, next: Timestamp, why: &str) -> Result<(), OutboxError> {
        let mut rows = self.rows();
        let row = rows.get_mut(&mail.id).unwrap();
        (row.state, row.next) = ("pending", next);
        row.mail.attempts += 1;
        row.notes.push(why.to_owned());
        Ok(())
    }

    async fn unsent(&self, ids: &[i64]) -> Result<(), OutboxError> {
        for id in ids {
            self.rows().get_mut(id).unwrap().state = "pending";
        }
        Ok(())
    }

    async fn in_doubt(
        &self,
        mail: &DueMail,
        policy: InDoubt,
        next: Timestamp,
        why: &str,
    ) -> Result<(), OutboxError> {
        assert_eq!(self.state(mail.id), "data-sent");
        self.note(mail.id, if policy == InDoubt::Hold { "held" } else { "pending" }, "in doubt")?;
        let mut rows = self.rows();
        let row = rows.get_mut(&mail.id).unwrap();
        row.next = next;
        row.notes.push(why.to_owned());
        Ok(())
    }

    async fn give_up(&self, mail: &DueMail, why: &str, _in_doubt: bool) -> Result<(), OutboxError> {
        self.note(mail.id, "failed", why)
    }

    async fn woken(&self) {
        self.woken.notified().await;
    }

    async fn report(&self, condition: Condition) {
        self.reports.lock().unwrap().push(condition);
    }
}

/// Settings for a server on loopback, without TLS.
pub(crate) fn settings(port: u16) -> SmtpSettings {
    SmtpSettings {
        timeout: Duration::from_secs(10),
        data_timeout: Duration::from_secs(10),
        ..SmtpSettings::new("127.0.0.1", port, taquilla::config::mailbox::Tls::None)
    }
}

/// Sends what is due, as `run --once` does.
pub(crate) async fn drain(settings: SmtpSettings, outbox: &Arc<Memory>) -> Drained {
    let (_stop, stopping) = watch::channel(false);
    Worker::new(settings, Arc::clone(outbox), 1).drain(stopping).await
}

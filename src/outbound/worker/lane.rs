//! One connection's task: takes a mail, sends it, tells the outbox how it ended.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Mutex, mpsc, watch};
use tokio::time::Instant;

use super::Shared;
use crate::outbound::outbox::{Outbox, OutboxError};
use crate::outbound::schedule::{self, Refusal, Step};
use crate::outbound::smtp::{Outgoing, SendError, Session, SessionError};
use crate::store::DueMail;

/// How long a connection is kept without a mail. Servers count idle connections too.
const IDLE: Duration = Duration::from_secs(5);
/// Attempts to note what the server said when the daemon stops, and the first pause between them.
const NOTES: u32 = 5;
const NOTE_AGAIN: Duration = Duration::from_millis(500);
/// The longest of those pauses, as a multiple of the first.
const LONGEST_PAUSE: u32 = 60;

/// Rest of a connection's task while the server grants other tasks a connection and this one none.
const STAND_DOWN: Duration = Duration::from_secs(30);

pub(super) struct Lane<O> {
    shared: Arc<Shared<O>>,
    /// It ends when nothing is due, and does not wait for better times.
    once: bool,
    /// The server grants it no connection beside the others.
    surplus: bool,
    mails: Arc<Mutex<mpsc::Receiver<DueMail>>>,
    stopping: watch::Receiver<bool>,
    session: Option<Session>,
    count: Count,
}

/// What a lane has done.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Count {
    /// Mails that it took.
    pub(super) taken: u64,
    /// Those of them that the server took over.
    pub(super) accepted: u64,
}

impl<O: Outbox> Lane<O> {
    pub(super) fn new(
        shared: Arc<Shared<O>>,
        mails: Arc<Mutex<mpsc::Receiver<DueMail>>>,
        stopping: watch::Receiver<bool>,
        once: bool,
    ) -> Self {
        Self { shared, once, surplus: false, mails, stopping, session: None, count: Count::default() }
    }

    /// Sends until there is nothing more to come.
    pub(super) async fn run(mut self) -> Count {
        while let Some(mail) = self.next().await {
            if *self.stopping.borrow() {
                self.shared.give_back(&[mail.id]).await;
            } else {
                self.count.taken += 1;
                let accepted = self.count.accepted;
                self.one(&mail).await;
                if self.count.accepted == accepted {
                    self.shared.put_back.notify_one();
                }
            }
            if std::mem::take(&mut self.surplus) {
                if self.once {
                    break;
                }
                super::rest(STAND_DOWN, &mut self.stopping).await;
            }
        }
        self.hang_up().await;
        self.count
    }

    async fn next(&mut self) -> Option<DueMail> {
        let mails = Arc::clone(&self.mails);
        let next = async || mails.lock().await.recv().await;
        if self.session.is_some() {
            match tokio::time::timeout(IDLE, next()).await {
                Ok(mail) => return mail,
                Err(_) => self.hang_up().await,
            }
        }
        next().await
    }

    async fn hang_up(&mut self) {
        if let Some(session) = self.session.take() {
            self.shared.gate.disconnected();
            session.quit().await;
        }
    }

    async fn one(&mut self, mail: &DueMail) {
        let content = match self.shared.outbox.content(mail.id).await {
            Ok(content) => content,
            Err(error) => {
                tracing::error!(mail = mail.id, %error, "the mail cannot be read, it is tried again");
                let next = self.next_attempt(mail).unwrap_or_else(|| self.now());
                return self
                    .noted(mail, || self.shared.outbox.retry(mail, next, "its content cannot be read"))
                    .await;
            }
        };
        let reused = self.session.is_some();
        let mut sent = self.attempt(mail, &content).await;
        // A connection kept from the mail before may have ended in the meantime: that is not this mail's failure.
        if reused && sent.as_ref().is_some_and(|sent| sent.as_ref().is_err_and(was_stale)) {
            sent = self.attempt(mail, &content).await;
        }
        match sent {
            Some(Ok(answer)) => {
                self.count.accepted += 1;
                self.noted(mail, || self.shared.outbox.accepted(mail, &answer)).await;
                if let Some(condition) = self.shared.gate.passed() {
                    self.shared.outbox.report(condition).await;
                }
            }
            Some(Err(error)) => self.failed(mail, error).await,
            None => {}
        }
    }

    /// Sends once; `None` where there is no connection, which is dealt with here.
    async fn attempt(&mut self, mail: &DueMail, content: &[u8]) -> Option<Result<String, SendError>> {
        let mut session = match self.session.take() {
            Some(session) => session,
            None => match self.open(mail).await? {
                Ok(session) => session,
                Err(error) => {
                    self.unconnected(mail, &error.to_string(), error.about_us()).await;
                    return None;
                }
            },
        };
        let outgoing = Outgoing { sender: &mail.sender, recipient: &mail.recipient, content };
        let sent = session.send(outgoing, self.shared.outbox.data_sent(mail.id)).await;
        if sent.as_ref().is_err_and(|error| error.broken) {
            self.shared.gate.disconnected();
        } else {
            self.session = Some(session);
        }
        Some(sent)
    }

    /// Connects, unless the end comes first: a server that says nothing keeps nobody from it, and the mail is put back.
    async fn open(&mut self, mail: &DueMail) -> Option<Result<Session, SessionError>> {
        let shared = Arc::clone(&self.shared);
        let gate = &shared.gate;
        let opened = async {
            // The first connection is opened alone: only when there is one does a refusal mean that there are enough.
            let _alone = if gate.has_connection() { None } else { Some(gate.alone().await) };
            if gate.is_closed() {
                return None;
            }
            let opened = Session::open(&shared.settings).await;
            if opened.is_ok() {
                gate.connected();
            }
            Some(opened)
        };
        let opened = tokio::select! {
            opened = opened => opened,
            () = super::stopped(&mut self.stopping) => None,
        };
        if opened.is_none() {
            self.shared.give_back(&[mail.id]).await;
        }
        opened
    }

    /// There is no connection: every mail waits, none of them is at fault.
    async fn unconnected(&mut self, mail: &DueMail, why: &str, about_us: bool) {
        if self.shared.gate.has_connection() {
            tracing::info!(why, "the SMTP server grants no further connection; the others go on");
            self.surplus = true;
            return self.shared.give_back(&[mail.id]).await;
        }
        let (pause, condition) = self.shared.gate.failed(Instant::now(), why, about_us);
        tracing::warn!(
            why,
            seconds = pause.as_secs(),
            "no connection to the SMTP server; again after a pause"
        );
        if let Some(condition) = condition {
            self.shared.outbox.report(condition).await;
        }
        if self.next_attempt(mail).is_none() {
            return self.give_up(mail, why, false).await;
        }
        let next = self.now().checked_add(pause).unwrap_or(Timestamp::MAX);
        self.noted(mail, || self.shared.outbox.retry(mail, next, why)).await;
    }

    async fn failed(&self, mail: &DueMail, error: SendError) {
        let next = self.next_attempt(mail);
        // What the server said stands in the journal line, which leaves out what nobody may read.
        tracing::info!(mail = mail.id, step = ?error.step, "a mail was not taken over");
        if error.refusal == Refusal::AboutUs
            && let Some(condition) = self.shared.gate.refused(&error.words)
        {
            self.shared.outbox.report(condition).await;
        }
        match next {
            Some(next) if error.in_doubt => {
                let policy = self.shared.settings.in_doubt;
                self.noted(mail, || self.shared.outbox.in_doubt(mail, policy, next, &error.words)).await;
            }
            Some(next) if error.refusal != Refusal::Permanent => {
                self.noted(mail, || self.shared.outbox.retry(mail, next, &error.words)).await;
            }
            Some(_) | None => self.give_up(mail, &error.words, error.in_doubt).await,
        }
    }

    async fn give_up(&self, mail: &DueMail, why: &str, in_doubt: bool) {
        self.noted(mail, || self.shared.outbox.give_up(mail, why, in_doubt)).await;
    }

    /// Notes what happened, until it is noted: what is not noted would stay where it is, and be sent again after the next
    /// start. Only the end of the daemon ends it early.
    async fn noted<F>(&self, mail: &DueMail, note: impl Fn() -> F)
    where
        F: Future<Output = Result<(), OutboxError>>,
    {
        let mut stopping = self.stopping.clone();
        for attempt in 1_u32.. {
            match note().await {
                Ok(()) => return,
                Err(error) => {
                    tracing::error!(mail = mail.id, attempt, %error, "what became of a mail cannot be noted; tried again")
                }
            }
            let pause = NOTE_AGAIN * attempt.min(LONGEST_PAUSE);
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = super::stopped(&mut stopping), if attempt >= NOTES => return,
            }
        }
    }

    fn now(&self) -> Timestamp {
        self.shared.clock.now()
    }

    fn next_attempt(&self, mail: &DueMail) -> Option<Timestamp> {
        let give_up_after =
            SignedDuration::try_from(self.shared.settings.give_up_after).unwrap_or(SignedDuration::MAX);
        let chance = self.shared.seed ^ mail.id.unsigned_abs().wrapping_mul(0x9e37_79b9_7f4a_7c15);
        schedule::next_attempt(
            mail.attempts.saturating_add(1),
            mail.created,
            self.now(),
            give_up_after,
            chance,
        )
    }
}

/// The server had hung up before it saw anything of the mail.
fn was_stale(error: &SendError) -> bool {
    error.broken && !error.in_doubt && error.step == Step::Sender
}

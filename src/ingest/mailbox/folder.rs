//! One folder, from one connection to the next.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, timeout};

use super::told::Told;
use super::work::Work;
use super::{Manner, Trouble, Until, stopping};
use crate::config::mailbox::MailboxSettings;
use crate::ingest::backoff::Backoff;
use crate::ingest::imap::{Disposition, ImapError, Session, Woken};
use crate::ingest::intake::{Condition, Intake};
use crate::ingest::protocol::{Input, Machine, Settings};
use crate::tls::TlsError;

/// Time to bring to an end what is in hand when the daemon stops.
pub(super) const WINDING_DOWN: Duration = Duration::from_secs(8);
/// Waits after failures.
const FIRST_WAIT: Duration = Duration::from_secs(2);
const LONGEST_WAIT: Duration = Duration::from_secs(300);
/// A session that lasted so long was a good one, and the waits begin anew.
const GOOD_SESSION: Duration = Duration::from_secs(60);
/// After so long without success the administrator is told.
const STALLED: Duration = Duration::from_secs(300);
/// How often `--once` tries.
const ATTEMPTS_ONCE: u32 = 3;
const DAY: i64 = 24 * 60 * 60;

/// A watched folder.
pub(super) struct Folder<I> {
    name: String,
    settings: Arc<MailboxSettings>,
    intake: Arc<I>,
    told: Arc<Told>,
    manner: Manner,
    machine: Machine,
    backoff: Backoff,
    /// Since when nothing works.
    failing: Option<Instant>,
    failures: u32,
    /// What could not be taken, or not be told to the server, when everything else was.
    left: Option<String>,
}

impl<I: Intake> Folder<I> {
    pub(super) fn new(
        name: &str,
        settings: Arc<MailboxSettings>,
        intake: Arc<I>,
        told: Arc<Told>,
        manner: Manner,
    ) -> Self {
        let machine = Machine::new(Settings {
            backlog: manner.backlog,
            max_mail_bytes: settings.max_mail_bytes,
            piece_bytes: settings.piece_bytes,
            ..Settings::new(name, settings.after.clone())
        });
        let backoff = Backoff::new(FIRST_WAIT, LONGEST_WAIT, manner.seed);
        Self {
            name: name.into(),
            settings,
            intake,
            told,
            manner,
            machine,
            backoff,
            failing: None,
            failures: 0,
            left: None,
        }
    }

    /// Session after session.
    pub(super) async fn run(mut self, mut stop: watch::Receiver<bool>) -> Result<(), String> {
        loop {
            let began = Instant::now();
            let ended = self.session(&mut stop).await;
            let trouble = match ended {
                Ok(()) => return self.left.map_or(Ok(()), Err),
                Err(_) if stopping(&stop) => return Ok(()),
                Err(trouble) => trouble,
            };
            self.machine.disconnected(&trouble.to_string());
            if began.elapsed() >= GOOD_SESSION && self.failing.is_none() {
                self.backoff.reset();
            }
            self.tell(&trouble).await;
            self.failures = self.failures.saturating_add(1);
            let hopeless = disposition(&trouble) == Disposition::Permanent || self.failures >= ATTEMPTS_ONCE;
            if self.manner.until == Until::CaughtUp && hopeless {
                return Err(trouble.to_string());
            }
            let wait = self.backoff.wait();
            tracing::warn!(
                mailbox = self.settings.name,
                folder = self.name,
                "{trouble}; next attempt in {} s",
                wait.as_secs()
            );
            if timeout(wait, stop.wait_for(|stop| *stop)).await.is_ok() {
                return Ok(());
            }
        }
    }

    /// From the connection to its end: `Ok` if there is nothing more to do.
    async fn session(&mut self, stop: &mut watch::Receiver<bool>) -> Result<(), Trouble> {
        let mut session = tokio::select! {
            connected = Session::connect(&self.settings) => Box::new(connected?),
            _ = stop.wait_for(|stop| *stop) => return Ok(()),
        };
        let opened = session.open(&self.name).await?;
        let week_ago = self.manner.clock.now().as_second().saturating_sub(DAY.saturating_mul(7));
        self.machine.input(Input::Opened {
            uidvalidity: opened.uidvalidity,
            uidnext: opened.uidnext,
            exists: opened.exists,
            read_only: opened.read_only,
            old_before: jiff::Timestamp::from_second(week_ago).unwrap_or(jiff::Timestamp::UNIX_EPOCH),
        });
        let mut looked = Instant::now();
        loop {
            let (settings, intake) = (Arc::clone(&self.settings), Arc::clone(&self.intake));
            let mut work = Work::new(&settings.name, &self.name, intake.as_ref(), &mut self.machine);
            session = work.until_rest(session, stop).await?;
            if stopping(stop) {
                session.leave().await;
                return Ok(());
            }
            self.well().await;
            if self.manner.until == Until::CaughtUp {
                session.leave().await;
                let left = self.machine.deferred();
                if left > 0 {
                    self.left = Some(format!("{left} mails of {} were left; the log says why", self.name));
                }
                return Ok(());
            }
            let full = self.wait(&mut session, stop, looked).await?;
            if stopping(stop) {
                session.leave().await;
                return Ok(());
            }
            if full {
                looked = Instant::now();
            }
            self.machine.input(Input::Wake { full });
        }
    }

    /// Waits for a reason to look again; true if the look is to be a full one.
    async fn wait(
        &self,
        session: &mut Session,
        stop: &mut watch::Receiver<bool>,
        looked: Instant,
    ) -> Result<bool, Trouble> {
        if session.take_news() {
            return Ok(false);
        }
        // What failed is tried again after the time of a poll, whether the server can idle or not.
        let renewal = if self.machine.deferred() > 0 {
            self.settings.poll.min(self.settings.idle_renewal)
        } else {
            self.settings.idle_renewal
        };
        let left = renewal.saturating_sub(looked.elapsed());
        if session.can_idle() {
            match session.idle(left, stop).await {
                Ok(Woken::News) => {
                    session.take_news();
                }
                Ok(Woken::Time | Woken::Stop) => {}
                Err(ImapError::Refused { answer, .. }) => {
                    tracing::info!(
                        mailbox = self.settings.name,
                        folder = self.name,
                        "the server refuses IDLE ({answer}); polling"
                    );
                    return Ok(false);
                }
                Err(error) => return Err(error.into()),
            }
        } else {
            // Stopped or not, what comes next asks.
            drop(timeout(self.settings.poll.min(left), stop.wait_for(|stop| *stop)).await);
            session.poll().await?;
            session.take_news();
        }
        Ok(looked.elapsed() >= renewal)
    }

    async fn well(&mut self) {
        self.failing = None;
        self.failures = 0;
        self.told.ends(self.intake.as_ref(), &self.settings.name, &self.name).await;
    }

    /// Tells the administrator, at once if waiting will not help, else when it has lasted.
    async fn tell(&mut self, trouble: &Trouble) {
        let since = *self.failing.get_or_insert_with(Instant::now);
        let condition = match condition(trouble) {
            Some(condition) => condition,
            None if since.elapsed() >= STALLED => Condition::Stalled(trouble.to_string()),
            None => return,
        };
        self.told.begins(self.intake.as_ref(), &self.settings.name, &self.name, condition).await;
    }
}

fn disposition(trouble: &Trouble) -> Disposition {
    match trouble {
        Trouble::Imap(error) => error.disposition(),
        Trouble::Journal(_) => Disposition::Transient,
    }
}

/// What is to be told at once.
fn condition(trouble: &Trouble) -> Option<Condition> {
    let Trouble::Imap(error) = trouble else { return None };
    match error {
        ImapError::LoginRefused(answer) => Some(Condition::LoginRefused(answer.clone())),
        ImapError::Secret(error) => Some(Condition::NoSecret(error.to_string())),
        ImapError::Tls(TlsError::Handshake { .. }) => None,
        ImapError::Tls(error) => Some(Condition::CertificateRefused(error.to_string())),
        ImapError::FolderMissing { folder, answer } => {
            Some(Condition::FolderMissing { folder: folder.clone(), answer: answer.clone() })
        }
        ImapError::PlainRefused(_) | ImapError::Unable(_) => Some(Condition::Stalled(error.to_string())),
        ImapError::Unreachable { .. }
        | ImapError::Refused { .. }
        | ImapError::Silent(_)
        | ImapError::Closed(_)
        | ImapError::Broken(_) => None,
    }
}

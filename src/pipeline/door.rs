//! The mailboxes' door to the journal, opened by the pipeline and the store.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

use super::letter::Reading;
use super::{Letter, Outcome, Pipeline, PipelineError, alarm};
use crate::crash::{self, Point};
use crate::decide::{After, History, Unfit};
use crate::ingest::intake::{
    AfterTaking, Arrived, Condition, Content, Intake, IntakeError, Known, LeftAlone, Place, Position, Source,
    Taken,
};
use crate::store::{Attempts, Origin, UNFIT_AFTER};

impl Intake for Pipeline {
    async fn position(&self, mailbox: &str, folder: &str, uidvalidity: u32) -> Result<Position, IntakeError> {
        self.store.position(mailbox, folder, uidvalidity).await.map_err(refused)
    }

    async fn adopt(&self, place: &Place, left_alone: Option<LeftAlone>) -> Result<(), IntakeError> {
        self.store.adopt(place, left_alone, self.clock.now()).await.map_err(refused)
    }

    async fn known(&self, place: &Place, uids: &[u32]) -> Result<Vec<Known>, IntakeError> {
        self.store.known(place, uids).await.map_err(refused)
    }

    async fn take(&self, batch: Vec<Arrived>) -> Result<Vec<Taken>, IntakeError> {
        let Some(first) = batch.first() else { return Ok(Vec::new()) };
        let place = first.source.place.clone();
        let uids: Vec<u32> = batch.iter().map(|mail| mail.source.uid).collect();
        let mut taken: Vec<Taken> = Vec::with_capacity(batch.len());
        let known = self.store.known(&place, &uids).await.map_err(refused)?;
        taken.extend(known.into_iter().map(|known| Taken::Yes { uid: known.uid, after: known.after }));
        let is_new = |uid: u32| {
            !taken.iter().any(|done| matches!(done, Taken::Yes { uid: known, .. } if *known == uid))
        };
        let new: Vec<Arrived> = batch.into_iter().filter(|mail| is_new(mail.source.uid)).collect();
        let uids: Vec<u32> = new.iter().map(|mail| mail.source.uid).collect();
        self.settle().await?;
        let tried = self.store.attempts(&place, &uids).await.map_err(refused)?;
        // A mail with which the program went down is taken alone, so that it takes no other one along.
        let (suspects, others): (Vec<Arrived>, Vec<Arrived>) = new
            .into_iter()
            .partition(|mail| tried.get(&mail.source.uid).is_some_and(|tried| tried.crashes > 0));
        if !others.is_empty() {
            taken.extend(self.take_counted(&place, others, &tried).await?);
        }
        for suspect in suspects {
            taken.extend(self.take_counted(&place, vec![suspect], &tried).await?);
        }
        Ok(taken)
    }

    async fn acked(&self, place: &Place, uids: &[u32], cursor: u32) -> Result<(), IntakeError> {
        self.store.acked(place, uids, cursor).await.map_err(refused)?;
        if !uids.is_empty() {
            crash::reach(Point::Acked);
        }
        Ok(())
    }

    async fn report(&self, mailbox: &str, condition: Condition) {
        crate::journal::condition(mailbox, &condition);
        if matches!(condition, Condition::Recovered) {
            return;
        }
        let alarm = alarm::of_mailbox(self.language(), mailbox, &condition);
        if let Err(error) = self.request(alarm).await {
            tracing::error!(%error, mailbox, "the administrator could not be told");
        }
    }
}

impl Pipeline {
    /// Takes one mail of a folder as the folder's own task would; `false` if it could not be taken this time.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn intake(&self, mail: Arrived) -> Result<bool, IntakeError> {
        let taken = Intake::take(self, vec![mail]).await?;
        Ok(taken.iter().any(|taken| matches!(taken, Taken::Yes { .. })))
    }
}

fn refused(error: crate::store::StoreError) -> IntakeError {
    tracing::error!(%error, "the store does not answer");
    IntakeError(error.to_string())
}

impl Pipeline {
    /// The attempt is counted, durably, before a mail is looked at: one that kills the program does so three times and
    /// no more.
    async fn take_counted(
        &self,
        place: &Place,
        mails: Vec<Arrived>,
        tried: &BTreeMap<u32, Attempts>,
    ) -> Result<Vec<Taken>, IntakeError> {
        let uids: Vec<u32> = mails.iter().map(|mail| mail.source.uid).collect();
        crash::reach(Point::Fetched);
        self.store.begin_attempts(place, &uids, self.clock.now()).await.map_err(refused)?;
        crash::reach(Point::AttemptsCounted);
        let letters = mails.into_iter().map(|mail| self.letter(mail, tried)).collect();
        let outcomes = match Pipeline::take(self, letters).await {
            Ok(outcomes) => outcomes,
            Err(error) => {
                tracing::error!(%error, mailbox = %place.mailbox, "a batch could not be taken");
                if !matches!(error, PipelineError::Panicked) {
                    for uid in uids {
                        self.ended(Source { place: place.clone(), uid }, error.to_string());
                    }
                    // On a full disk this fails as well: then it is done before the next attempt.
                    self.settle().await.ok();
                }
                return Err(IntakeError(error.to_string()));
            }
        };
        let mut taken = Vec::with_capacity(uids.len());
        for (uid, outcome) in uids.iter().zip(outcomes) {
            taken.push(self.answer(place, *uid, outcome).await);
        }
        Ok(taken)
    }

    /// An attempt that an error ended was no crash: it must not bring its mail into the quarantine.
    fn ended(&self, source: Source, error: String) {
        self.ended.lock().unwrap_or_else(PoisonError::into_inner).push((source, error));
    }

    /// Writes down the attempts that ended by an error. What cannot be written now is kept, and nothing is begun
    /// before it is.
    async fn settle(&self) -> Result<(), IntakeError> {
        let ended = std::mem::take(&mut *self.ended.lock().unwrap_or_else(PoisonError::into_inner));
        let mut trouble = None;
        for (source, error) in ended {
            if let Err(refusal) = self.store.failed(&source, &error, self.clock.now()).await {
                trouble = Some(refused(refusal));
                self.ended(source, error);
            }
        }
        trouble.map_or(Ok(()), Err)
    }

    fn letter(&self, mail: Arrived, tried: &BTreeMap<u32, Attempts>) -> Letter {
        let mailbox = mail.source.place.mailbox.clone();
        let before = tried.get(&mail.source.uid);
        let crashes = before.map_or(0, |before| before.crashes);
        let crashed = (crashes >= UNFIT_AFTER).then_some(Unfit::Crashed(crashes));
        let (raw, unfit) = match mail.content {
            Content::Whole(raw) => (raw, crashed),
            Content::HeaderOnly(header) => {
                let too_large = Unfit::TooLarge { size: mail.size };
                (header, Some(crashed.unwrap_or(too_large)))
            }
            Content::Unfetchable { header, reason } => (header, Some(Unfit::Unfetchable(reason))),
        };
        Letter {
            queue: self.house().queue_of(&mailbox),
            mailbox,
            raw: Arc::clone(&raw),
            size: mail.size,
            received: mail.received,
            attempt: before.map_or(0, |before| before.crashes + before.failures) + 1,
            silent: mail.backlog,
            history: History::default(),
            let_in: false,
            unfit,
            reading: match crashes.checked_sub(UNFIT_AFTER) {
                None => Reading::Whole,
                Some(0) => Reading::Header,
                Some(1..) => Reading::Nothing,
            },
            origin: Origin::Mailbox(mail.source),
        }
    }

    async fn answer(&self, place: &Place, uid: u32, outcome: Result<Outcome, PipelineError>) -> Taken {
        match outcome {
            Ok(outcome) => Taken::Yes {
                uid,
                after: match outcome.decision.after {
                    After::Default => AfterTaking::Default,
                    After::MoveTo(folder) => AfterTaking::MoveTo(folder),
                    After::Keep => AfterTaking::Keep,
                },
            },
            Err(error) => {
                tracing::error!(%error, mailbox = %place.mailbox, folder = %place.folder, uid, "a mail was not taken");
                // A panic stays counted as a crash: the third one sends the mail to the quarantine.
                if !matches!(error, PipelineError::Panicked) {
                    self.ended(Source { place: place.clone(), uid }, error.to_string());
                    self.settle().await.ok();
                }
                Taken::Failed { uid }
            }
        }
    }
}

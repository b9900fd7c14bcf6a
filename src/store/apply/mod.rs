//! Writes a decision as it stands: the tickets that it creates, its journal row, then its effects in their order,
//! then the mails that were rendered for it. Decides nothing.

mod article;
mod attribute;
mod content;
mod create;
mod erase;
mod history;
mod mails;
mod past;
mod row;

use sqlx::SqliteConnection;

pub(super) use create::move_counter;

use super::files::Files;
use super::values::ms;
use super::{Applied, Entry, OutboxRow, StoreError};
use crate::decide::{Decision, Effect};
use crate::desk::{State, TicketId, TicketRef, TimerKind};
use history::{History, Line};

/// What the parts of one decision share.
struct Applying<'a> {
    conn: &'a mut SqliteConnection,
    entry: &'a Entry,
    states: &'a [State],
    applied: Applied,
    history: History,
}

pub(super) async fn decision(
    conn: &mut SqliteConnection,
    files: &Files,
    decision: &Decision,
    entry: &Entry,
    mails: &[OutboxRow],
    states: &[State],
) -> Result<Applied, StoreError> {
    content::keep(conn, files, content::of(decision, entry)).await?;
    let mut applying =
        Applying { conn, entry, states, applied: Applied::default(), history: History::default() };
    // The journal row names a ticket and everything else names the journal row.
    for effect in &decision.effects {
        if let Effect::Create { ticket, counter, .. } = effect {
            applying.create(ticket, *counter).await?;
        }
    }
    applying.journal(decision).await?;
    let mut created = 0;
    for effect in &decision.effects {
        applying.effect(effect, &mut created).await?;
    }
    applying.mails(mails).await?;
    let Applying { conn, entry, applied, history, .. } = applying;
    history.write(conn, applied.journal, entry.at).await?;
    Ok(applied)
}

impl Applying<'_> {
    /// The row id of a ticket that an effect names.
    fn ticket(&self, ticket: TicketRef) -> Result<TicketId, StoreError> {
        self.applied
            .ticket(ticket)
            .ok_or_else(|| StoreError::Unwritable(format!("{ticket:?} is created by no effect")))
    }

    async fn effect(&mut self, effect: &Effect, created: &mut usize) -> Result<(), StoreError> {
        match effect {
            Effect::Create { cause, .. } => {
                let id = self.ticket(TicketRef::New(*created))?;
                *created += 1;
                self.history.add(Line::fact(id, &crate::decide::Fact::Created, cause));
                Ok(())
            }
            Effect::Article { ticket, article, cause } => {
                let id = self.ticket(*ticket)?;
                self.article(id, article).await?;
                let (sender, visible) = (article.sender, article.visible);
                self.history.add(Line::fact(id, &crate::decide::Fact::Article { sender, visible }, cause));
                Ok(())
            }
            Effect::Set { ticket, change, cause } => {
                let id = self.ticket(*ticket)?;
                self.set(id, change).await?;
                self.history.add(Line::change(id, change, cause));
                Ok(())
            }
            Effect::Note { ticket, fact, cause } => {
                let id = self.ticket(*ticket)?;
                self.history.add(Line::fact(id, fact, cause));
                Ok(())
            }
            Effect::Link { from, to, kind } => {
                let sql = "INSERT INTO links (from_ticket, to_ticket, kind, at) VALUES ($1, $2, $3, $4) \
                           ON CONFLICT DO NOTHING";
                let (from, to) = (self.ticket(*from)?, self.ticket(*to)?);
                let link = sqlx::query(sql).bind(from.0).bind(to.0).bind(kind.word()).bind(ms(self.entry.at));
                link.execute(&mut *self.conn).await?;
                Ok(())
            }
            Effect::Past { .. } => self.past(effect).await,
            Effect::Timer { ticket, kind, due } => {
                let sql = "INSERT INTO timers (ticket, kind, due) VALUES ($1, $2, $3) \
                           ON CONFLICT (ticket, kind) WHERE fired IS NULL AND held IS NULL \
                           DO UPDATE SET due = excluded.due";
                let timer = sqlx::query(sql).bind(self.ticket(*ticket)?.0).bind(kind.word()).bind(ms(*due));
                timer.execute(&mut *self.conn).await?;
                Ok(())
            }
            Effect::CancelTimer { ticket, kind } => {
                let sql =
                    "DELETE FROM timers WHERE ticket = $1 AND kind = $2 AND fired IS NULL AND held IS NULL";
                let timers = sqlx::query(sql).bind(self.ticket(*ticket)?.0).bind(kind.word());
                timers.execute(&mut *self.conn).await?;
                Ok(())
            }
            // Rendered by then: among the mails that the caller hands over.
            Effect::Notify(_) => Ok(()),
            Effect::Hold { .. }
            | Effect::Release { .. }
            | Effect::AskSurvey { .. }
            | Effect::WithdrawSurvey { .. }
            | Effect::AnswerSurvey { .. }
            | Effect::Erase { .. }
            | Effect::Quarantine { .. }
            | Effect::Park { .. } => self.rare(effect).await,
        }
    }

    /// The effects that few mails have.
    async fn rare(&mut self, effect: &Effect) -> Result<(), StoreError> {
        let at = ms(self.entry.at);
        match effect {
            Effect::Hold { login, code, ticket, subject, expires } => {
                let ticket = ticket.map(|ticket| self.ticket(ticket)).transpose()?.map(|id| id.0);
                let raw = self.raw_of_journal().await?;
                let sql = "INSERT INTO held (code, login, journal, raw, ticket, subject, created, expires) \
                           VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id";
                let held =
                    sqlx::query_scalar(sql).bind(code.to_string()).bind(login).bind(self.applied.journal);
                let held = held.bind(raw).bind(ticket).bind(subject).bind(at).bind(ms(*expires));
                let held: i64 = held.fetch_one(&mut *self.conn).await?;
                let sql = "INSERT INTO timers (ticket, kind, held, due) VALUES ($1, $2, $3, $4)";
                let timer = sqlx::query(sql).bind(ticket).bind(TimerKind::HeldExpired.word());
                timer.bind(held).bind(ms(*expires)).execute(&mut *self.conn).await?;
                self.applied.held.push(held);
            }
            Effect::Release { held, confirmed } => {
                let outcome = if *confirmed { "confirmed" } else { "expired" };
                let sql = "UPDATE held SET outcome = $2, ended = $3 WHERE id = $1 AND outcome IS NULL";
                sqlx::query(sql).bind(held).bind(outcome).bind(at).execute(&mut *self.conn).await?;
                let sql = "DELETE FROM timers WHERE held = $1 AND fired IS NULL";
                sqlx::query(sql).bind(held).execute(&mut *self.conn).await?;
                if !confirmed {
                    // The journal keeps the mail; whoever looks for it there must see that nothing came of it.
                    let sql =
                        "UPDATE journal SET reason = $2 WHERE id = (SELECT journal FROM held WHERE id = $1)";
                    let reason = crate::decide::Reason::NotConfirmed.word();
                    sqlx::query(sql).bind(held).bind(reason).execute(&mut *self.conn).await?;
                }
            }
            Effect::AskSurvey { ticket, customer } => {
                let sql = "INSERT INTO surveys (ticket, customer, asked) VALUES ($1, $2, $3)";
                let survey = sqlx::query(sql).bind(self.ticket(*ticket)?.0).bind(customer).bind(at);
                survey.execute(&mut *self.conn).await?;
            }
            Effect::WithdrawSurvey { ticket, survey } => {
                let ticket = self.ticket(*ticket)?;
                self.withdraw_survey(ticket, *survey).await?;
            }
            Effect::AnswerSurvey { survey, score, comment } => {
                let sql = "UPDATE surveys SET score = $2, comment = $3, answered = $4 WHERE id = $1 AND score IS NULL";
                let answer = sqlx::query(sql).bind(survey).bind(i64::from(*score)).bind(comment).bind(at);
                answer.execute(&mut *self.conn).await?;
            }
            Effect::Erase { address, named_in, husk, cause } => {
                let husk = self.states.iter().find(|state| Some(&state.name) == husk.as_ref());
                self.erase(address, named_in, husk, cause).await?;
            }
            Effect::Quarantine { ticket, why } => {
                let sql = "INSERT INTO quarantine (journal, ticket, raw, why, at) \
                           SELECT id, $2, raw, $3, $4 FROM journal WHERE id = $1";
                let row = sqlx::query(sql).bind(self.applied.journal).bind(self.ticket(*ticket)?.0);
                row.bind(why).bind(at).execute(&mut *self.conn).await?;
            }
            Effect::Park { sender, due, why } => {
                // What had its turn and is over a limit again keeps its row, and its place in the list.
                let sql = "INSERT INTO parked (journal, sender, why, at, due) VALUES ($1, $2, $3, $4, $5) \
                           ON CONFLICT (journal) DO UPDATE SET why = excluded.why, due = excluded.due, \
                           outcome = NULL, ended = NULL";
                let row = sqlx::query(sql).bind(self.applied.journal).bind(sender).bind(why);
                row.bind(at).bind(ms(*due)).execute(&mut *self.conn).await?;
            }
            Effect::Create { .. }
            | Effect::Article { .. }
            | Effect::Set { .. }
            | Effect::Note { .. }
            | Effect::Past { .. }
            | Effect::Link { .. }
            | Effect::Timer { .. }
            | Effect::CancelTimer { .. }
            | Effect::Notify(_) => {}
        }
        Ok(())
    }

    /// The raw mail that the journal row names: what is held without one could never be decided anew.
    async fn raw_of_journal(&mut self) -> Result<String, StoreError> {
        if let Some((digest, _)) = &self.entry.raw {
            return Ok(digest.to_string());
        }
        let raw: Option<String> = sqlx::query_scalar("SELECT raw FROM journal WHERE id = $1")
            .bind(self.applied.journal)
            .fetch_one(&mut *self.conn)
            .await?;
        raw.ok_or_else(|| StoreError::Unwritable("only a mail can wait for confirmation".to_owned()))
    }
}

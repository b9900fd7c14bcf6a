//! Writes decisions as they stand: the tickets that they create, their journal rows, then their effects in their order,
//! then the mails that were rendered for them. Decides nothing.

mod article;
mod attribute;
mod content;
mod create;
mod erase;
mod history;
mod mails;
mod past;
mod row;
mod take_back;

use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

pub(super) use create::move_counter;

use super::files::Files;
use super::values::ms;
use super::{Applied, Decided, Entry, StoreError};
use crate::decide::{Effect, Fact};
use crate::desk::{SenderKind, State, TicketId, TicketRef, TimerKind};
use history::History;
use mails::Names;

/// One decision in the middle of a group.
struct Applying<'a> {
    conn: &'a mut SqliteConnection,
    entry: &'a Entry,
    states: &'a [State],
    applied: &'a mut Applied,
}

/// What is gathered over a group of decisions, each in its order, and written at once.
#[derive(Default)]
struct Rows<'a> {
    articles: Vec<article::Row<'a>>,
    mails: Vec<mails::Row<'a>>,
    names: Names,
    history: History,
}

/// Writes a group. What a statement costs is its way to the database's thread rather than its rows, so whatever most
/// decisions have is written for all of them together, table by table. What changes rows that are there is done one by
/// one, in the order of the effects; no two decisions of a group may be about one ticket.
pub(super) async fn decisions(
    conn: &mut SqliteConnection,
    files: &Files,
    decided: &[Decided<'_>],
    states: &[State],
) -> Result<Vec<Applied>, StoreError> {
    content::keep(conn, files, content::of(decided)).await?;
    // The journal row names a ticket and everything else names the journal row.
    let mut applied = create::tickets(conn, decided).await?;
    row::journal(conn, decided, &mut applied).await?;
    let mut rows = Rows::default();
    for (Decided { decision, entry, mails }, applied) in decided.iter().zip(&mut applied) {
        let mut applying = Applying { conn: &mut *conn, entry, states, applied: &mut *applied };
        let mut created = 0;
        for effect in &decision.effects {
            applying.effect(effect, &mut created, &mut rows).await?;
        }
        for mail in *mails {
            let ticket = mail.ticket.map(|at| ticket(applied, at)).transpose()?;
            rows.mails.push(mails::Row { ticket, journal: applied.journal, at: entry.at, mail });
            if let Some(ticket) = ticket {
                rows.names.outgoing(mail, ticket);
            }
        }
    }
    article::write(conn, &rows.articles).await?;
    let mut outbox = mails::write(conn, &rows.mails).await?.into_iter();
    for (one, applied) in decided.iter().zip(&mut applied) {
        applied.outbox.extend(outbox.by_ref().take(one.mails.len()));
    }
    rows.names.write(conn).await?;
    rows.history.write(conn).await?;
    Ok(applied)
}

/// Runs an INSERT; the ids of its rows in their order.
async fn inserted(
    conn: &mut SqliteConnection,
    mut insert: QueryBuilder<Sqlite>,
) -> Result<Vec<i64>, StoreError> {
    let mut ids: Vec<i64> = insert.push(" RETURNING id").build_query_scalar().fetch_all(conn).await?;
    // RETURNING promises no order; ids rise in the order of the rows.
    ids.sort_unstable();
    Ok(ids)
}

/// The row id of a ticket that a decision speaks of.
fn ticket(applied: &Applied, ticket: TicketRef) -> Result<TicketId, StoreError> {
    applied
        .ticket(ticket)
        .ok_or_else(|| StoreError::Unwritable(format!("{ticket:?} is created by no effect")))
}

impl Applying<'_> {
    fn ticket(&self, at: TicketRef) -> Result<TicketId, StoreError> {
        ticket(self.applied, at)
    }

    async fn effect<'e>(
        &mut self,
        effect: &'e Effect,
        created: &mut usize,
        rows: &mut Rows<'e>,
    ) -> Result<(), StoreError> {
        let event = history::Event { journal: self.applied.journal, at: self.entry.at };
        match effect {
            Effect::Create { cause, .. } => {
                let id = self.ticket(TicketRef::New(*created))?;
                *created += 1;
                rows.history.fact(event, id, &Fact::Created, cause);
                Ok(())
            }
            Effect::Article { ticket, article, cause } => {
                let id = self.ticket(*ticket)?;
                rows.articles.push(article::Row { ticket: id, journal: event.journal, article });
                let (sender, visible) = (article.sender, article.visible);
                if let Some(message_id) = &article.message_id {
                    // The customer never saw the agent's own mail: what was sent for it is in the thread instead.
                    rows.names.article(message_id, id, visible && sender != SenderKind::Agent);
                }
                rows.history.fact(event, id, &Fact::Article { sender, visible }, cause);
                Ok(())
            }
            Effect::Set { ticket, change, cause } => {
                let id = self.ticket(*ticket)?;
                self.set(id, change).await?;
                rows.history.change(event, id, change, cause);
                Ok(())
            }
            Effect::Note { ticket, fact, cause } => {
                let id = self.ticket(*ticket)?;
                rows.history.fact(event, id, fact, cause);
                Ok(())
            }
            Effect::Past { ticket, message_ids, .. } => {
                let id = self.ticket(*ticket)?;
                // The customer may never have had them: not in the thread that our mails refer to.
                message_ids.iter().for_each(|message_id| rows.names.article(message_id, id, false));
                self.past(effect).await
            }
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
            | Effect::Quarantine { .. }
            | Effect::Park { .. } => self.rare(effect).await,
            Effect::Erase { address, named_in, husk, cause } => {
                let husk = self.states.iter().find(|state| Some(&state.name) == husk.as_ref());
                self.erase(address, named_in, husk, cause, &mut rows.history).await
            }
            Effect::Undoable { .. }
            | Effect::Undo { .. }
            | Effect::DropMail { .. }
            | Effect::Withdraw { .. } => self.take_back(effect).await,
        }
    }

    /// The effects that few mails have.
    async fn rare(&mut self, effect: &Effect) -> Result<(), StoreError> {
        let at = ms(self.entry.at);
        match effect {
            Effect::Hold { .. } => self.hold(effect).await?,
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
            | Effect::Erase { .. }
            | Effect::Past { .. }
            | Effect::Timer { .. }
            | Effect::CancelTimer { .. }
            | Effect::Undoable { .. }
            | Effect::Undo { .. }
            | Effect::DropMail { .. }
            | Effect::Withdraw { .. }
            | Effect::Notify(_) => {}
        }
        Ok(())
    }

    /// A mail that waits for its sender, and the timer that ends the wait.
    async fn hold(&mut self, effect: &Effect) -> Result<(), StoreError> {
        let Effect::Hold { login, code, ticket, subject, expires } = effect else { return Ok(()) };
        let ticket = ticket.map(|ticket| self.ticket(ticket)).transpose()?.map(|id| id.0);
        let raw = self.raw_of_journal().await?;
        let sql = "INSERT INTO held (code, login, journal, raw, ticket, subject, created, expires) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id";
        let held = sqlx::query_scalar(sql).bind(code.to_string()).bind(login).bind(self.applied.journal);
        let held = held.bind(raw).bind(ticket).bind(subject).bind(ms(self.entry.at)).bind(ms(*expires));
        let held: i64 = held.fetch_one(&mut *self.conn).await?;
        let sql = "INSERT INTO timers (ticket, kind, held, due) VALUES ($1, $2, $3, $4)";
        let timer = sqlx::query(sql).bind(ticket).bind(TimerKind::HeldExpired.word());
        timer.bind(held).bind(ms(*expires)).execute(&mut *self.conn).await?;
        self.applied.held.push(held);
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

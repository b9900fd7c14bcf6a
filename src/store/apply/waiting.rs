//! What waits: timers, mails that their sender has to confirm, mails in quarantine, mails that were parked.

use jiff::Timestamp;

use super::Applying;
use crate::decide::{Effect, HeldFor, Reason};
use crate::desk::{TicketId, TimerKind};
use crate::store::StoreError;
use crate::store::values::ms;

impl Applying<'_> {
    /// A timer, in place of an unfired one of its kind.
    pub(super) async fn set_timer(
        &mut self,
        ticket: TicketId,
        kind: TimerKind,
        due: Timestamp,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO timers (ticket, kind, due) VALUES ($1, $2, $3) \
                   ON CONFLICT (ticket, kind) WHERE fired IS NULL AND held IS NULL \
                   DO UPDATE SET due = excluded.due";
        let timer = sqlx::query(sql).bind(ticket.0).bind(kind.word()).bind(ms(due));
        timer.execute(&mut *self.conn).await?;
        Ok(())
    }

    /// No unfired timer of a kind any more.
    pub(super) async fn cancel_timer(&mut self, ticket: TicketId, kind: TimerKind) -> Result<(), StoreError> {
        let sql = "DELETE FROM timers WHERE ticket = $1 AND kind = $2 AND fired IS NULL AND held IS NULL";
        sqlx::query(sql).bind(ticket.0).bind(kind.word()).execute(&mut *self.conn).await?;
        Ok(())
    }

    /// A mail that waits for its sender, and the timer that ends the wait.
    pub(super) async fn hold(&mut self, effect: &Effect) -> Result<(), StoreError> {
        let Effect::Hold { login, code, ticket, held_for, vouched, targets, subject, expires } = effect
        else {
            return Ok(());
        };
        let ticket = ticket.map(|ticket| self.ticket(ticket)).transpose()?.map(|id| id.0);
        let raw = self.raw_of_journal().await?;
        let sql = "INSERT INTO held (code, login, journal, raw, ticket, subject, created, expires, targets, held_for, holder, vouched) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id";
        let holder = if let HeldFor::Lock { holder } = held_for { Some(holder) } else { None };
        let held = sqlx::query_scalar(sql).bind(code.to_string()).bind(login).bind(self.applied.journal);
        let held = held.bind(raw).bind(ticket).bind(subject).bind(ms(self.entry.at)).bind(ms(*expires));
        let held = held.bind(targets.map(|targets| targets.to_string())).bind(held_for.word()).bind(holder);
        let held = held.bind(vouched);
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

    /// The wait of a mail is over.
    pub(super) async fn release(&mut self, held: i64, confirmed: bool) -> Result<(), StoreError> {
        let outcome = if confirmed { "confirmed" } else { "expired" };
        let sql = "UPDATE held SET outcome = $2, ended = $3 WHERE id = $1 AND outcome IS NULL";
        let ended = sqlx::query(sql).bind(held).bind(outcome).bind(ms(self.entry.at));
        ended.execute(&mut *self.conn).await?;
        let sql = "DELETE FROM timers WHERE held = $1 AND fired IS NULL";
        sqlx::query(sql).bind(held).execute(&mut *self.conn).await?;
        if !confirmed {
            // The journal keeps the mail; whoever looks for it there must see that nothing came of it.
            let sql = "UPDATE journal SET reason = $2 WHERE id = (SELECT journal FROM held WHERE id = $1)";
            let reason = Reason::NotConfirmed.word();
            sqlx::query(sql).bind(held).bind(reason).execute(&mut *self.conn).await?;
        }
        Ok(())
    }

    /// The mail of this event could not be processed, and a ticket shows it.
    pub(super) async fn quarantine(&mut self, ticket: TicketId, why: &str) -> Result<(), StoreError> {
        let sql = "INSERT INTO quarantine (journal, ticket, raw, why, at) \
                   SELECT id, $2, raw, $3, $4 FROM journal WHERE id = $1";
        let row = sqlx::query(sql).bind(self.applied.journal).bind(ticket.0);
        row.bind(why).bind(ms(self.entry.at)).execute(&mut *self.conn).await?;
        Ok(())
    }

    /// The mail of this event has its turn later.
    pub(super) async fn park(&mut self, sender: &str, due: Timestamp, why: &str) -> Result<(), StoreError> {
        // What had its turn and is over a limit again keeps its row, and its place in the list.
        let sql = "INSERT INTO parked (journal, sender, why, at, due) VALUES ($1, $2, $3, $4, $5) \
                   ON CONFLICT (journal) DO UPDATE SET why = excluded.why, due = excluded.due, \
                   outcome = NULL, ended = NULL";
        let row = sqlx::query(sql).bind(self.applied.journal).bind(sender).bind(why);
        row.bind(ms(self.entry.at)).bind(ms(due)).execute(&mut *self.conn).await?;
        Ok(())
    }
}

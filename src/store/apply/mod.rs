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
mod survey;
mod take_back;
mod waiting;

use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

pub(super) use create::move_counter;

use super::files::Files;
use super::{Applied, Decided, Entry, StoreError};
use crate::decide::{Effect, Fact};
use crate::desk::{SenderKind, State, TicketId, TicketRef};
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
            Effect::Timer { ticket, kind, due } => self.set_timer(self.ticket(*ticket)?, *kind, *due).await,
            Effect::CancelTimer { ticket, kind } => self.cancel_timer(self.ticket(*ticket)?, *kind).await,
            // Rendered by then: among the mails that the caller hands over.
            Effect::Notify(_) => Ok(()),
            Effect::Hold { .. } => self.hold(effect).await,
            Effect::Release { held, confirmed } => self.release(*held, *confirmed).await,
            Effect::AskSurvey { ticket, customer } => self.ask_survey(self.ticket(*ticket)?, customer).await,
            Effect::WithdrawSurvey { ticket, survey } => {
                self.withdraw_survey(self.ticket(*ticket)?, *survey).await
            }
            Effect::AnswerSurvey { survey, score, comment } => {
                self.answer_survey(*survey, *score, comment).await
            }
            Effect::Quarantine { ticket, why } => self.quarantine(self.ticket(*ticket)?, why).await,
            Effect::Park { sender, due, why } => self.park(sender, *due, why).await,
            Effect::Erase { address, named_in, husk, cause } => {
                let husk = self.states.iter().find(|state| Some(&state.name) == husk.as_ref());
                self.erase(address, named_in, husk, cause, &mut rows.history).await
            }
            Effect::Undoable { login, code, expires } => self.undoable(login, code, *expires).await,
            Effect::Undo { undo } => self.undo(*undo).await,
            Effect::DropMail { mail } => self.drop_mail(*mail).await,
            Effect::Withdraw { ticket, article } => self.withdraw(self.ticket(*ticket)?, *article).await,
        }
    }
}

//! Journal rows: the last word about each event.

use sqlx::{QueryBuilder, SqliteConnection};

use super::inserted;
use crate::mail::{Class, MessageId};
use crate::store::values::{after_words, ms, portions};
use crate::store::{Applied, Decided, Origin, StoreError};

/// Writes the journal rows of all decisions; each [`Applied`] names its own.
pub(super) async fn journal(
    conn: &mut SqliteConnection,
    decided: &[Decided<'_>],
    applied: &mut [Applied],
) -> Result<(), StoreError> {
    let mut first = Vec::with_capacity(decided.len());
    for (at, (one, applied)) in decided.iter().zip(&mut *applied).enumerate() {
        let ticket = one.decision.ticket.map(|ticket| super::ticket(applied, ticket)).transpose()?;
        let ticket = ticket.map(|id| id.0);
        match &one.entry.origin {
            Origin::Again(row) => {
                again(conn, *row, one, ticket).await?;
                applied.journal = *row;
            }
            Origin::Mailbox(_) | Origin::Deliver(_) | Origin::Import | Origin::Timer | Origin::Request => {
                first.push((at, one, ticket));
            }
        }
    }
    for some in portions(&first) {
        for ((at, ..), id) in some.iter().zip(rows(conn, some).await?) {
            if let Some(applied) = applied.get_mut(*at) {
                applied.journal = id;
            }
        }
    }
    Ok(())
}

/// New rows; their ids in the order of the events.
async fn rows(
    conn: &mut SqliteConnection,
    events: &[(usize, &Decided<'_>, Option<i64>)],
) -> Result<Vec<i64>, StoreError> {
    let mut insert = QueryBuilder::new(
        "INSERT INTO journal (origin, mailbox, folder, uidvalidity, epoch, uid, message_id, fingerprint, received, raw, \
         size, class, author, subject, evidence, attempt, at, reason, ticket, duplicate_of, after, after_folder, acked, signed, dkim) ",
    );
    insert.push_values(events, |mut row, (_, Decided { decision, entry, .. }, ticket)| {
        let (origin, mailbox, source) = match &entry.origin {
            Origin::Mailbox(source) => ("mailbox", Some(source.place.mailbox.as_str()), Some(source)),
            Origin::Deliver(mailbox) => ("deliver", mailbox.as_deref(), None),
            Origin::Import => ("import", None, None),
            Origin::Timer => ("timer", None, None),
            Origin::Request | Origin::Again(_) => ("request", None, None),
        };
        let (after, folder) = after_words(&decision.after);
        row.push_bind(origin).push_bind(mailbox);
        row.push_bind(source.map(|source| source.place.folder.as_str()));
        row.push_bind(source.map(|source| i64::from(source.place.uidvalidity)));
        row.push_bind(source.map(|source| i64::from(source.place.epoch)));
        row.push_bind(source.map(|source| i64::from(source.uid)));
        row.push_bind(entry.message_id.as_ref().map(MessageId::as_str));
        row.push_bind(entry.fingerprint.map(|fingerprint| fingerprint.to_string()));
        row.push_bind(entry.received.map(ms));
        row.push_bind(entry.raw.as_ref().map(|(digest, _)| digest.to_string()));
        row.push_bind(i64::try_from(entry.size).unwrap_or(i64::MAX));
        row.push_bind(entry.class.map(Class::word));
        row.push_bind(entry.author.as_ref().map(|author| author.address.as_str()));
        row.push_bind(&entry.subject).push_bind(&entry.evidence).push_bind(i64::from(entry.attempt));
        row.push_bind(ms(entry.journalled.unwrap_or(entry.at)))
            .push_bind(decision.reason.word())
            .push_bind(*ticket);
        row.push_bind(entry.duplicate_of).push_bind(after).push_bind(folder).push_bind(source.is_none());
        row.push_bind(entry.signed.map(|signed| signed.to_string())).push_bind(&entry.dkim);
    });
    inserted(conn, insert).await
}

/// The mail keeps its one row. What was done with it on the server was done; a mail in quarantine leaves it
/// (and is listed anew if the decision says so).
async fn again(
    conn: &mut SqliteConnection,
    row: i64,
    Decided { decision, entry, .. }: &Decided<'_>,
    ticket: Option<i64>,
) -> Result<(), StoreError> {
    let sql = "UPDATE journal SET reason = $2, ticket = $3, at = $4, evidence = $5, \
               class = coalesce($6, class), message_id = coalesce(message_id, $7), \
               fingerprint = coalesce(fingerprint, $8), subject = coalesce(subject, $9), \
               author = coalesce(author, $10), signed = coalesce(signed, $11), dkim = coalesce(dkim, $12) WHERE id = $1";
    let updated = sqlx::query(sql)
        .bind(row)
        .bind(decision.reason.word())
        .bind(ticket)
        .bind(ms(entry.journalled.unwrap_or(entry.at)))
        .bind(&entry.evidence)
        .bind(entry.class.map(Class::word))
        .bind(entry.message_id.as_ref().map(|id| id.as_str().to_owned()))
        .bind(entry.fingerprint.map(|fingerprint| fingerprint.to_string()))
        .bind(&entry.subject)
        .bind(entry.author.as_ref().map(|author| author.address.clone()))
        .bind(entry.signed.map(|signed| signed.to_string()))
        .bind(&entry.dkim)
        .execute(&mut *conn)
        .await?;
    if updated.rows_affected() != 1 {
        return Err(StoreError::Missing(format!("journal row {row}")));
    }
    let sql = "UPDATE quarantine SET outcome = 'retried', ended = $2 WHERE journal = $1 AND outcome IS NULL";
    sqlx::query(sql).bind(row).bind(ms(entry.at)).execute(&mut *conn).await?;
    let sql = "UPDATE parked SET outcome = 'released', ended = $2 WHERE journal = $1 AND outcome IS NULL";
    sqlx::query(sql).bind(row).bind(ms(entry.at)).execute(&mut *conn).await?;
    Ok(())
}

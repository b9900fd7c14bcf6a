//! Articles with their files.

use std::sync::Arc;

use sqlx::{QueryBuilder, SqliteConnection};

use super::inserted;
use crate::desk::{NewArticle, TicketId};
use crate::mail::{Attachment, MessageId};
use crate::store::StoreError;
use crate::store::values::{list, ms, portions};

/// One article, and whose it is.
pub(super) struct Row<'a> {
    pub(super) ticket: TicketId,
    pub(super) journal: i64,
    pub(super) article: &'a NewArticle,
}

pub(super) async fn write(conn: &mut SqliteConnection, articles: &[Row<'_>]) -> Result<(), StoreError> {
    let mut files = Vec::new();
    for some in portions(articles) {
        for (row, id) in some.iter().zip(rows(conn, some).await?) {
            files
                .extend((0_i64..).zip(&row.article.attachments).map(|(position, file)| (id, position, file)));
        }
    }
    for some in portions(&files) {
        attachments(conn, some).await?;
    }
    Ok(())
}

/// The rows themselves; their ids in the order of the articles.
async fn rows(conn: &mut SqliteConnection, articles: &[Row<'_>]) -> Result<Vec<i64>, StoreError> {
    let mut insert = QueryBuilder::new(
        "INSERT INTO articles (ticket, journal, channel, sender, visible, from_address, from_name, recipients, copies, \
         subject, text, message_id, raw, at) ",
    );
    insert.push_values(articles, |mut row, Row { ticket, journal, article }| {
        let from = article.from.as_ref();
        row.push_bind(ticket.0).push_bind(*journal).push_bind(article.channel.word());
        row.push_bind(article.sender.word()).push_bind(article.visible);
        row.push_bind(from.map(|from| from.address.as_str()));
        row.push_bind(from.and_then(|from| from.name.as_deref()));
        row.push_bind(list(&article.to)).push_bind(list(&article.cc)).push_bind(&article.subject);
        row.push_bind(Arc::clone(&article.text));
        row.push_bind(article.message_id.as_ref().map(MessageId::as_str));
        row.push_bind(article.raw.map(|raw| raw.to_string())).push_bind(ms(article.at));
    });
    inserted(conn, insert).await
}

async fn attachments(
    conn: &mut SqliteConnection,
    files: &[(i64, i64, &Attachment)],
) -> Result<(), StoreError> {
    let mut insert = QueryBuilder::new(
        "INSERT INTO attachments (article, position, name, content_type, content_id, inline, digest) ",
    );
    insert.push_values(files, |mut row, (article, position, file)| {
        row.push_bind(*article).push_bind(*position).push_bind(&file.name).push_bind(&file.content_type);
        row.push_bind(&file.content_id).push_bind(file.inline).push_bind(file.digest.to_string());
    });
    insert.build().execute(conn).await?;
    Ok(())
}

//! Raw mails and attachments, kept once whatever names them.

use std::collections::BTreeMap;
use std::sync::Arc;

use sqlx::{QueryBuilder, SqliteConnection};

use crate::decide::Effect;
use crate::mail::Digest;
use crate::store::files::{FILE_FROM, Files};
use crate::store::values::{SMALL, portions};
use crate::store::{Decided, StoreError};

/// All that decisions bring along, each once. An attachment without content (read back from the database for another
/// article) is there already.
pub(super) fn of(decided: &[Decided<'_>]) -> BTreeMap<Digest, Arc<[u8]>> {
    let mut contents = BTreeMap::new();
    for Decided { decision, entry, .. } in decided {
        if let Some((digest, raw)) = &entry.raw {
            contents.insert(*digest, Arc::clone(raw));
        }
        for effect in &decision.effects {
            if let Effect::Article { article, .. } = effect {
                let whole =
                    |digest: &Digest, content: &[u8]| !content.is_empty() || *digest == Digest::of(b"");
                let files = article.attachments.iter().filter(|file| whole(&file.digest, &file.content));
                contents.extend(files.map(|file| (file.digest, Arc::clone(&file.content))));
            }
        }
    }
    contents
}

/// Writes what is large as files, durable when this returns, and names everything in the database.
pub(super) async fn keep(
    conn: &mut SqliteConnection,
    files: &Files,
    contents: BTreeMap<Digest, Arc<[u8]>>,
) -> Result<(), StoreError> {
    let large: Vec<_> = contents
        .iter()
        .filter(|(_, content)| content.len() >= FILE_FROM)
        .map(|(digest, content)| (*digest, Arc::clone(content)))
        .collect();
    if !large.is_empty() {
        let files = files.clone();
        let work = move || files.keep(&large);
        tokio::task::spawn_blocking(work).await.map_err(|error| StoreError::Disk(error.to_string()))??;
    }
    let (small, large): (Vec<_>, Vec<_>) =
        contents.into_iter().partition(|(_, content)| content.len() < SMALL || content.len() >= FILE_FROM);
    for some in portions(&small).chain(large.chunks(1)) {
        let mut insert = QueryBuilder::new("INSERT INTO blobs (digest, bytes, content) ");
        insert.push_values(some, |mut row, (digest, content)| {
            let inline = (content.len() < FILE_FROM).then(|| content.to_vec());
            row.push_bind(digest.to_string()).push_bind(i64::try_from(content.len()).unwrap_or(i64::MAX));
            row.push_bind(inline);
        });
        insert.push(" ON CONFLICT (digest) DO NOTHING").build().execute(&mut *conn).await?;
    }
    Ok(())
}

//! What the administrator was told and is not over: each trouble is told once, however many folders have it.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use crate::ingest::intake::{Condition, Intake};

/// The lasting conditions of one mailbox, by folder.
#[derive(Debug, Default)]
pub(super) struct Told {
    lasting: Mutex<BTreeMap<String, Condition>>,
}

impl Told {
    /// A folder is in this condition; told if nobody was in it, or in another one.
    pub(super) async fn begins<I: Intake>(
        &self,
        intake: &I,
        mailbox: &str,
        folder: &str,
        condition: Condition,
    ) {
        let news = {
            let mut lasting = self.lasting.lock().unwrap_or_else(PoisonError::into_inner);
            let news = !lasting.values().any(|other| same(other, &condition));
            lasting.insert(folder.to_owned(), condition.clone());
            news
        };
        if news {
            intake.report(mailbox, condition).await;
        }
    }

    /// A folder is well again.
    pub(super) async fn ends<I: Intake>(&self, intake: &I, mailbox: &str, folder: &str) {
        let over = {
            let mut lasting = self.lasting.lock().unwrap_or_else(PoisonError::into_inner);
            let ended = lasting.remove(folder);
            ended.is_some_and(|ended| !lasting.values().any(|other| same(other, &ended)))
        };
        if over {
            intake.report(mailbox, Condition::Recovered).await;
        }
    }
}

/// The same trouble, perhaps in other words.
fn same(one: &Condition, other: &Condition) -> bool {
    match (one, other) {
        (Condition::FolderMissing { folder, .. }, Condition::FolderMissing { folder: other, .. }) => {
            folder == other
        }
        _ => std::mem::discriminant(one) == std::mem::discriminant(other),
    }
}

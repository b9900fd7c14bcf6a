//! How values stand in columns: times as milliseconds, words for enums, lists as JSON.

use jiff::Timestamp;
use serde::Serialize;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use super::StoreError;
use crate::decide::After;
use crate::desk::{TicketId, TicketNumber};
use crate::mail::{Address, Digest, MessageId};

/// Milliseconds since 1970.
pub(super) fn ms(time: Timestamp) -> i64 {
    time.as_millisecond()
}

/// Back from [`ms`].
pub(super) fn time(ms: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(ms).map_err(|_| StoreError::Unreadable(format!("the time {ms}")))
}

/// A list for `IN (SELECT value FROM json_each($1))`: one statement for any number of values, so that it is
/// prepared once. One of the two idioms that PostgreSQL writes otherwise (`json_array_elements_text`).
pub(super) fn list<T: Serialize>(values: impl IntoIterator<Item = T>) -> String {
    let values: Vec<T> = values.into_iter().collect();
    serde_json::to_string(&values).unwrap_or_else(|_| "[]".to_owned())
}

/// Most rows of one INSERT: of the widest table they stay below the 32,766 values that a statement takes.
const ROWS: usize = 64;

/// Contents of fewer octets are written together; of larger ones, one at a time is copied.
pub(super) const SMALL: usize = 32 * 1024;

/// Cuts rows for INSERTs of several rows. A portion has 64, 32, 16 .. or 1 of them, so that any number of rows comes
/// down to seven texts, each prepared once.
pub(super) fn portions<T>(rows: &[T]) -> impl Iterator<Item = &[T]> {
    let mut rest = rows;
    std::iter::from_fn(move || {
        let count = rest.len().min(ROWS);
        let (portion, left) = rest.split_at_checked(1 << count.checked_ilog2()?)?;
        rest = left;
        Some(portion)
    })
}

/// `default`, `move` with a folder, `keep`.
pub(super) fn after_words(after: &After) -> (&'static str, Option<&str>) {
    match after {
        After::Default => ("default", None),
        After::MoveTo(folder) => ("move", Some(folder)),
        After::Keep => ("keep", None),
    }
}

/// Back from [`after_words`].
pub(super) fn after(word: &str, folder: Option<String>) -> Result<After, StoreError> {
    match (word, folder) {
        ("default", None) => Ok(After::Default),
        ("move", Some(folder)) => Ok(After::MoveTo(folder)),
        ("keep", None) => Ok(After::Keep),
        _ => Err(StoreError::Unreadable(format!("journal.after \"{word}\""))),
    }
}

/// A row, read by column names.
pub(super) struct Columns<'a>(pub(super) &'a SqliteRow);

impl Columns<'_> {
    pub(super) fn int(&self, column: &str) -> Result<i64, StoreError> {
        Ok(self.0.try_get(column)?)
    }

    pub(super) fn maybe_int(&self, column: &str) -> Result<Option<i64>, StoreError> {
        Ok(self.0.try_get(column)?)
    }

    /// A column that holds a number of a smaller kind.
    pub(super) fn number<T: TryFrom<i64>>(&self, column: &str) -> Result<T, StoreError> {
        let value = self.int(column)?;
        T::try_from(value).map_err(|_| StoreError::Unreadable(format!("{column} {value}")))
    }

    pub(super) fn flag(&self, column: &str) -> Result<bool, StoreError> {
        Ok(self.int(column)? != 0)
    }

    pub(super) fn text(&self, column: &str) -> Result<String, StoreError> {
        Ok(self.0.try_get(column)?)
    }

    pub(super) fn maybe_text(&self, column: &str) -> Result<Option<String>, StoreError> {
        Ok(self.0.try_get(column)?)
    }

    pub(super) fn time(&self, column: &str) -> Result<Timestamp, StoreError> {
        time(self.int(column)?)
    }

    pub(super) fn maybe_time(&self, column: &str) -> Result<Option<Timestamp>, StoreError> {
        self.maybe_int(column)?.map(time).transpose()
    }

    pub(super) fn ticket(&self, column: &str) -> Result<Option<TicketId>, StoreError> {
        Ok(self.maybe_int(column)?.map(TicketId))
    }

    /// A word that stands for a value.
    pub(super) fn word<T>(&self, column: &str, read: impl Fn(&str) -> Option<T>) -> Result<T, StoreError> {
        let text = self.text(column)?;
        read(&text).ok_or_else(|| StoreError::Unreadable(format!("{column} \"{text}\"")))
    }

    /// As [`word`](Self::word), where the column may be empty.
    pub(super) fn maybe_word<T>(
        &self,
        column: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, StoreError> {
        let Some(text) = self.maybe_text(column)? else { return Ok(None) };
        read(&text).map(Some).ok_or_else(|| StoreError::Unreadable(format!("{column} \"{text}\"")))
    }

    pub(super) fn digest(&self, column: &str) -> Result<Option<Digest>, StoreError> {
        self.maybe_word(column, Digest::from_hex)
    }

    pub(super) fn message_id(&self, column: &str) -> Result<Option<MessageId>, StoreError> {
        self.maybe_word(column, MessageId::new)
    }

    pub(super) fn ticket_number(&self, column: &str) -> Result<TicketNumber, StoreError> {
        self.word(column, TicketNumber::new)
    }

    /// A column of JSON.
    pub(super) fn json<T: serde::de::DeserializeOwned>(&self, column: &str) -> Result<T, StoreError> {
        let text = self.text(column)?;
        serde_json::from_str(&text).map_err(|error| StoreError::Unreadable(format!("{column}: {error}")))
    }

    /// Two columns that make an address.
    pub(super) fn address(&self, address: &str, name: &str) -> Result<Option<Address>, StoreError> {
        let name = self.maybe_text(name)?;
        Ok(self.maybe_text(address)?.map(|address| Address { name, address }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn portions_are_powers_of_two_and_leave_nothing_out() {
        for count in [0, 1, 2, 3, 63, 64, 65, 100, 1000] {
            let rows: Vec<usize> = (0..count).collect();
            let portions: Vec<&[usize]> = portions(&rows).collect();
            assert!(portions.iter().all(|portion| portion.len().is_power_of_two() && portion.len() <= ROWS));
            assert_eq!(portions.concat(), rows);
        }
    }
}

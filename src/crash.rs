//! Deliberate crashes, for the tests of the real program: at each step after which the machine may lose its power.
//!
//! `TAQUILLA_CRASH=committed` aborts the process at that point, `TAQUILLA_CRASH=committed:3` when it is reached for
//! the third time. Nothing is flushed, closed or rolled back. A release build has none of this.

/// Where the program can be made to crash: on the way of a mail in, and of a mail out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Point {
    /// A batch was fetched, and the attempts at it are not counted yet.
    Fetched,
    /// The attempts are counted.
    AttemptsCounted,
    /// All mails of the batch are decided and written, not committed.
    Decided,
    /// The batch is durable.
    Committed,
    /// The next thing is to tell the server: move, flag, delete.
    Moving,
    /// The server has done so.
    Moved,
    /// That is written down.
    Acked,
    /// Due mails are read and not marked yet.
    Due,
    /// They are marked as being sent.
    Taken,
    /// The server said 354; that is not written down yet.
    DataAllowed,
    /// It is written down, and nothing of the content has left.
    DataSent,
    /// The server has the mail; that is not written down yet.
    ContentSent,
    /// It is written down.
    Accepted,
}

impl Point {
    /// All of them, in the order in which a mail meets them.
    pub const ALL: [Self; 13] = [
        Self::Fetched,
        Self::AttemptsCounted,
        Self::Decided,
        Self::Committed,
        Self::Moving,
        Self::Moved,
        Self::Acked,
        Self::Due,
        Self::Taken,
        Self::DataAllowed,
        Self::DataSent,
        Self::ContentSent,
        Self::Accepted,
    ];

    /// Its name in `TAQUILLA_CRASH`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fetched => "fetched",
            Self::AttemptsCounted => "attempts-counted",
            Self::Decided => "decided",
            Self::Committed => "committed",
            Self::Moving => "moving",
            Self::Moved => "moved",
            Self::Acked => "acked",
            Self::Due => "due",
            Self::Taken => "taken",
            Self::DataAllowed => "data-allowed",
            Self::DataSent => "data-sent",
            Self::ContentSent => "content-sent",
            Self::Accepted => "accepted",
        }
    }
}

/// The program is at this point. It goes on, unless it was told to crash here.
#[cfg(not(debug_assertions))]
pub fn reach(_point: Point) {}

/// The program is at this point. It goes on, unless it was told to crash here.
#[cfg(debug_assertions)]
pub fn reach(point: Point) {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU32, Ordering};

    static WANTED: OnceLock<Option<(String, u32)>> = OnceLock::new();
    static REACHED: AtomicU32 = AtomicU32::new(0);

    let wanted = WANTED.get_or_init(|| {
        let words = std::env::var("TAQUILLA_CRASH").ok()?;
        let (name, nth) = words.split_once(':').unwrap_or((&words, "1"));
        Some((name.to_owned(), nth.parse().unwrap_or(1)))
    });
    if let Some((name, nth)) = wanted
        && name == point.name()
        && REACHED.fetch_add(1, Ordering::SeqCst).saturating_add(1) == *nth
    {
        tracing::error!(point = name, "crashing, as TAQUILLA_CRASH says");
        std::process::abort();
    }
}

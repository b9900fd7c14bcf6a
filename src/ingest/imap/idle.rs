//! Waiting for news (RFC 2177), with an end whatever the server says: its "still here" every two minutes must not keep
//! us from ever looking.

use std::time::Duration;

use async_imap::imap_proto::Response;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::line::Heard;
use super::{ImapError, Session};

/// Time for the server to end IDLE after DONE.
const DONE: Duration = Duration::from_secs(15);

/// Why the waiting ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Woken {
    /// There is new mail, or was.
    News,
    /// The time is over.
    Time,
    /// The daemon stops.
    Stop,
}

impl Session {
    /// True if the server can be asked to speak up by itself.
    pub fn can_idle(&self) -> bool {
        self.can("IDLE") && !self.idle_refused
    }

    /// Waits for new mail, for at most `limit`, or until `stop` is true.
    ///
    /// # Errors
    /// [`ImapError::Refused`] if the server does not idle after all; it is not asked again in this session.
    pub async fn idle(
        &mut self,
        limit: Duration,
        stop: &mut watch::Receiver<bool>,
    ) -> Result<Woken, ImapError> {
        let end = Instant::now().checked_add(limit);
        let tag = self.line.send("IDLE").await?;
        match self.line.hear_continue(&tag).await {
            Ok(_) => {}
            Err(ImapError::Refused { answer, try_create }) => {
                self.idle_refused = true;
                return Err(ImapError::Refused { answer, try_create });
            }
            Err(error) => return Err(error),
        }
        // From here silence is normal. What came between IDLE and `+` is in `news` already.
        self.line.wire().set_patience(None);
        let woken = self.listen(&tag, end, stop).await;
        let patience = self.line.patience;
        self.line.wire().set_patience(Some(patience));
        let woken = woken?;
        self.line.write("DONE\r\n".into()).await?;
        let soon = Instant::now().checked_add(DONE.min(patience)).unwrap_or_else(Instant::now);
        self.line.hear(&tag, soon, &mut |_| ()).await?;
        Ok(if self.line.news && woken == Woken::Time { Woken::News } else { woken })
    }

    async fn listen(
        &mut self,
        tag: &str,
        end: Option<Instant>,
        stop: &mut watch::Receiver<bool>,
    ) -> Result<Woken, ImapError> {
        let far = Instant::now().checked_add(Duration::from_secs(29 * 60)).unwrap_or_else(Instant::now);
        let end = end.map_or(far, |end| end.min(far));
        let mut each = |_: &Response<'_>| ();
        loop {
            if self.line.news {
                return Ok(Woken::News);
            }
            if *stop.borrow() {
                return Ok(Woken::Stop);
            }
            tokio::select! {
                heard = self.line.next(tag, far, &mut each) => match heard? {
                    Heard::Untagged | Heard::Continue(_) => {}
                    Heard::End(_) => return Err(ImapError::Broken("an end of IDLE that we did not ask for".into())),
                },
                () = sleep_until(end) => return Ok(Woken::Time),
                changed = stop.changed() => if changed.is_err() { return Ok(Woken::Stop) },
            }
        }
    }
}

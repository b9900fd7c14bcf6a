//! One command, one answer.
//!
//! The crate's own commands end alike whether the server obeyed, refused, or hung up half way; so only its framing and
//! its parser are used, and every command goes through here: refusals, BYE, a close, silence and broken answers are
//! told apart. Commands are written by us as well, so that no password passes through the crate's log.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use async_imap::Client;
use async_imap::imap_proto::{Capability, MailboxDatum, Response, ResponseCode, Status};
use futures_util::FutureExt as _;
use tokio::io::AsyncWriteExt as _;
use tokio::time::{Instant, timeout, timeout_at};

use super::ImapError;
use super::guard::Guard;
use super::wire::Wire;

/// A connection, from the greeting on.
pub(super) struct Line {
    client: Client<Wire>,
    commands: u32,
    /// Longest silence, and the time for one command beyond what its transfer takes.
    pub(super) patience: Duration,
    /// The server said that there is more in the folder than there was.
    pub(super) news: bool,
    /// UIDVALIDITY of the open folder.
    pub(super) uidvalidity: Option<u32>,
}

/// Who is shown untagged responses.
pub(super) type Each<'a> = &'a mut (dyn FnMut(&Response<'_>) + Send);

/// What ended a command well.
#[derive(Debug)]
pub(super) struct Answer {
    /// The folder is open for reading only.
    pub(super) read_only: bool,
}

/// Slowest transfer that is waited for, octets a second.
const SLOW: u64 = 8 * 1024;

impl Line {
    pub(super) fn new(wire: Wire, patience: Duration) -> Self {
        Self { client: Client::new(wire), commands: 0, patience, news: false, uidvalidity: None }
    }

    /// Gives the connection back for the TLS handshake; what was read ahead of it is dropped.
    pub(super) fn into_wire(self) -> Wire {
        self.client.into_inner()
    }

    pub(super) fn wire(&mut self) -> &mut Wire {
        self.client.get_mut()
    }

    /// Sends a command and hears it to its end; each untagged response is shown to `each`.
    ///
    /// # Errors
    /// [`ImapError::Refused`] leaves the connection usable; after any other error it has to be dropped.
    pub(super) async fn exec(&mut self, command: &str, each: Each<'_>) -> Result<Answer, ImapError> {
        self.exec_large(command, 0, Guard::SMALL, each).await
    }

    /// As [`Self::exec`], for answers with `total` octets of literals in all and `single` in one response.
    pub(super) async fn exec_large(
        &mut self,
        command: &str,
        total: u64,
        single: u64,
        each: Each<'_>,
    ) -> Result<Answer, ImapError> {
        self.wire().allow(single);
        let tag = self.send(command).await?;
        let answer = self.hear(&tag, self.deadline(total), each).await;
        self.wire().allow(0);
        answer
    }

    /// Sends a command, and gives its tag.
    pub(super) async fn send(&mut self, command: &str) -> Result<String, ImapError> {
        self.commands = self.commands.wrapping_add(1);
        let tag = format!("T{}", self.commands);
        self.write(format!("{tag} {command}\r\n")).await?;
        Ok(tag)
    }

    /// Sends a line that is no command.
    pub(super) async fn write(&mut self, line: String) -> Result<(), ImapError> {
        let patience = self.patience;
        let wire = self.wire();
        let write = async {
            wire.write_all(line.as_bytes()).await?;
            wire.flush().await
        };
        match timeout(patience, write).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(ImapError::Closed(format!("connection lost while writing: {error}"))),
            Err(_) => Err(ImapError::Silent(patience)),
        }
    }

    /// When a command with an answer of so many octets is given up.
    pub(super) fn deadline(&self, octets: u64) -> Instant {
        let transfer = Duration::from_secs(octets.checked_div(SLOW).unwrap_or(0));
        let now = Instant::now();
        now.checked_add(self.patience.saturating_add(transfer)).unwrap_or(now)
    }

    /// Hears the answer to a command up to its tagged end.
    pub(super) async fn hear(
        &mut self,
        tag: &str,
        deadline: Instant,
        each: Each<'_>,
    ) -> Result<Answer, ImapError> {
        loop {
            match self.next(tag, deadline, &mut *each).await? {
                Heard::End(answer) => return Ok(answer),
                // A continuation that nobody asked for means that we and the server have lost each other.
                Heard::Continue(_) => return Err(ImapError::Broken("a continuation out of turn".into())),
                Heard::Untagged => {}
            }
        }
    }

    /// Hears the answer up to a continuation request.
    pub(super) async fn hear_continue(&mut self, tag: &str) -> Result<(), ImapError> {
        match self.hear_end_or_continue(tag).await? {
            Some(_) => Ok(()),
            None => Err(ImapError::Broken("an end where more was expected".into())),
        }
    }

    /// Hears the answer up to its end (`None`), or to a continuation request and its text.
    pub(super) async fn hear_end_or_continue(&mut self, tag: &str) -> Result<Option<String>, ImapError> {
        let deadline = self.deadline(0);
        loop {
            match self.next(tag, deadline, &mut |_| ()).await? {
                Heard::Continue(text) => return Ok(Some(text)),
                Heard::End(_) => return Ok(None),
                Heard::Untagged => {}
            }
        }
    }

    /// Hears the greeting, and says whether the server takes us for logged in already.
    pub(super) async fn greeting(&mut self) -> Result<bool, ImapError> {
        let mut preauth = None;
        let deadline = self.deadline(0);
        while preauth.is_none() {
            let mut each = |response: &Response<'_>| {
                if let Response::Data { status, .. } = response {
                    preauth = Some(*status == Status::PreAuth);
                }
            };
            if !matches!(self.next("", deadline, &mut each).await?, Heard::Untagged) {
                return Err(ImapError::Broken("no greeting".into()));
            }
        }
        Ok(preauth.unwrap_or(false))
    }

    /// Asks what the server can do.
    pub(super) async fn capabilities(&mut self) -> Result<Vec<String>, ImapError> {
        let mut names = Vec::new();
        self.exec("CAPABILITY", &mut |response| {
            if let Response::Capabilities(list) = response {
                names = list.iter().map(name_of).collect();
            }
        })
        .await?;
        Ok(names)
    }

    /// The next response, whenever it comes. Safe to drop: nothing is lost.
    #[expect(clippy::wildcard_enum_match_arm, reason = "every other response is untagged")]
    pub(super) async fn next(
        &mut self,
        tag: &str,
        deadline: Instant,
        each: Each<'_>,
    ) -> Result<Heard, ImapError> {
        let patience = self.patience;
        // The crate's parser panics over some answers that RFC 3501 does not have, such as INTERNALDATE NIL.
        let read = AssertUnwindSafe(self.client.read_response()).catch_unwind();
        let read = timeout_at(deadline, read).await.map_err(|_| ImapError::Silent(patience))?;
        let data =
            match read.map_err(|_| ImapError::Broken("an answer that breaks the rules of IMAP".into()))? {
                Ok(Some(data)) => data,
                Ok(None) => return Err(ImapError::Closed("the server closed the connection".into())),
                Err(error) => return Err(self.failed(&error)),
            };
        match data.parsed() {
            Response::Done { tag: of, status, outcome } if of.0 == tag => {
                let text = outcome.information.as_deref().unwrap_or_default();
                match status {
                    Status::Ok => {
                        let read_only = matches!(outcome.code, Some(ResponseCode::ReadOnly));
                        Ok(Heard::End(Answer { read_only }))
                    }
                    Status::No | Status::Bad | Status::PreAuth | Status::Bye => Err(ImapError::Refused {
                        answer: printable(text),
                        try_create: matches!(outcome.code, Some(ResponseCode::TryCreate)),
                    }),
                }
            }
            Response::Done { .. } => Err(ImapError::Broken("an answer to no command of ours".into())),
            Response::Continue(outcome) => {
                Ok(Heard::Continue(outcome.information.as_deref().unwrap_or_default().to_owned()))
            }
            other => {
                self.note(other)?;
                each(other);
                Ok(Heard::Untagged)
            }
        }
    }

    /// What concerns the connection whatever the command (RFC 3501, section 7: at any time).
    fn note(&mut self, response: &Response<'_>) -> Result<(), ImapError> {
        if let Response::Data { status: Status::Bye, outcome } = response {
            let text = printable(outcome.information.as_deref().unwrap_or_default());
            return Err(ImapError::Closed(format!("the server ends the connection: {text}")));
        }
        if let Response::MailboxData(MailboxDatum::Exists(_)) = response {
            self.news = true;
        }
        if let Response::Data { outcome, .. } = response
            && let Some(ResponseCode::UidValidity(now)) = outcome.code
            && self.uidvalidity.is_some_and(|before| before != now)
        {
            return Err(ImapError::Broken("a new UIDVALIDITY for the open folder".into()));
        }
        Ok(())
    }

    /// The crate's words may hold the mail that it was reading, so they are not repeated.
    #[expect(clippy::wildcard_enum_match_arm, reason = "the other kinds speak for themselves")]
    fn failed(&self, error: &std::io::Error) -> ImapError {
        use std::io::ErrorKind;
        match error.kind() {
            ErrorKind::TimedOut => ImapError::Silent(self.patience),
            ErrorKind::InvalidData => ImapError::Broken(error.to_string()),
            ErrorKind::Other => ImapError::Broken("something that is not IMAP".into()),
            ErrorKind::UnexpectedEof => {
                ImapError::Closed("the server closed the connection within an answer".into())
            }
            kind => ImapError::Closed(format!("connection lost: {kind}")),
        }
    }
}

/// One response, as far as it concerns the course of a command.
pub(super) enum Heard {
    Untagged,
    Continue(String),
    End(Answer),
}

fn name_of(capability: &Capability<'_>) -> String {
    match capability {
        Capability::Imap4rev1 => "IMAP4REV1".into(),
        Capability::Auth(mechanism) => format!("AUTH={}", mechanism.to_ascii_uppercase()),
        Capability::Atom(name) => name.to_ascii_uppercase(),
    }
}

/// A server's words, fit for a log: one line, not long.
pub(super) fn printable(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { ' ' } else { character }).take(200).collect()
}

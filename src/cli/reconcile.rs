//! `taquilla reconcile`: what lies on the mail servers against the journal, both ways.
//!
//! Folders are opened for reading alone (EXAMINE) and listed by windows of UIDs; nothing is changed there. What was moved is
//! not looked for in its new folder, where people tidy up.

use std::path::Path;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::args::ReconcileArgs;
use super::list::{self, List};
use super::output::{say, tell};
use super::{CliError, Exit, open};
use crate::config::mailbox::MailboxSettings;
use crate::daemon::bell;
use crate::ingest::imap::{ImapError, Session};
use crate::ingest::intake::{Arrived, Content, Place, Position, Source};
use crate::ingest::protocol::{Extent, Listed, Want, Windows};
use crate::ingest::reconcile::{Finding, Folder, Placed};
use crate::pipeline::Pipeline;

const COLUMNS: &[&str] = &["finding", "mailbox", "folder", "uid", "received", "bytes", "ticket"];

/// Looks at every folder of every mailbox.
pub(super) async fn run(config: Option<&Path>, args: &ReconcileArgs) -> Result<Exit, CliError> {
    let loaded = open::files(config)?;
    let pipeline = open::pipeline(&loaded).await?;
    let mut look =
        Look { pipeline, list: List::new(args.json, COLUMNS), take: args.take, counts: Counts::default() };
    for mailbox in &loaded.settings.mailboxes {
        if let Err(why) = look.mailbox(mailbox).await? {
            look.counts.wrong += 1;
            tell(&format!("mailbox {}: not looked at: {why}", mailbox.name));
        }
    }
    let Counts { mails, wrong, left_alone, taken } = look.counts;
    if !args.json {
        say(&format!("{mails} mails looked at, {wrong} not well, {left_alone} left alone as old stock"))?;
    }
    if args.take {
        tell(&format!("taquilla: {taken} mails were taken; the daemon tells the server of them"));
        bell::ring(look.pipeline.store.dir());
    }
    look.pipeline.store.close().await;
    Ok(if wrong == 0 { Exit::Done } else { Exit::NotWell })
}

#[derive(Debug, Default)]
struct Counts {
    mails: u64,
    wrong: u64,
    left_alone: u64,
    taken: u64,
}

struct Look {
    pipeline: Pipeline,
    list: List,
    take: bool,
    counts: Counts,
}

impl Look {
    /// The outer error ends the program, the inner one the look at this mailbox.
    async fn mailbox(&mut self, mailbox: &MailboxSettings) -> Result<Result<(), ImapError>, CliError> {
        let mut session = match Session::connect(mailbox).await {
            Ok(session) => session,
            Err(error) => return Ok(Err(error)),
        };
        for folder in &mailbox.folders {
            match self.folder(&mut session, mailbox, folder).await? {
                Ok(()) => {}
                Err(error @ ImapError::FolderMissing { .. }) => {
                    self.counts.wrong += 1;
                    tell(&format!("mailbox {}: {error}", mailbox.name));
                }
                Err(error) => return Ok(Err(error)),
            }
        }
        session.leave().await;
        Ok(Ok(()))
    }

    async fn folder(
        &mut self,
        session: &mut Session,
        mailbox: &MailboxSettings,
        folder: &str,
    ) -> Result<Result<(), ImapError>, CliError> {
        let opened = match session.examine(folder).await {
            Ok(opened) => opened,
            Err(error) => return Ok(Err(error)),
        };
        let store = &self.pipeline.store;
        let (epoch, cursor, left_alone, adopted) =
            match store.position(&mailbox.name, folder, opened.uidvalidity).await? {
                Position::Known { epoch, cursor, left_alone, .. } => (epoch, cursor, left_alone, true),
                Position::FirstStart => {
                    tell(&format!("mailbox {}, folder {folder}: never read by a daemon", mailbox.name));
                    (0, 0, None, false)
                }
                Position::Renumbered { .. } => {
                    let words = "the server numbers its mails anew; known ones are found by what they say";
                    tell(&format!("mailbox {}, folder {folder}: {words}", mailbox.name));
                    (0, 0, None, false)
                }
            };
        let place = Place {
            mailbox: mailbox.name.clone(),
            folder: folder.to_owned(),
            uidvalidity: opened.uidvalidity,
            epoch,
        };
        let now = self.pipeline.clock.now();
        let compared = Folder { cursor, left_alone, after: mailbox.after.clone(), now };
        let top = opened.uidnext.map(|next| next.saturating_sub(1));
        let mut windows = Windows::new(1, top);
        while let Some(span) = windows.span() {
            // The journal first: what a running daemon moves away in between is then no mail that should have gone.
            let placed = self.pipeline.store.placed(&place, span.bounds()).await?;
            let listed = match session.list(&span).await {
                Ok(listed) => listed,
                Err(error) => return Ok(Err(error)),
            };
            windows.listed(listed.len());
            let found = compared.compare(&listed, &placed);
            self.counts.mails += listed.len() as u64;
            let mut missing = Vec::new();
            let mut rows = Vec::new();
            for (uid, finding) in found {
                let mail = listed.iter().find(|mail| mail.uid == uid);
                let row = placed.iter().find(|row| row.uid == uid);
                if finding == Finding::LeftAlone {
                    self.counts.left_alone += 1;
                }
                missing.extend(mail.filter(|_| finding.is_missing() && finding != Finding::AnotherMail));
                self.counts.wrong += u64::from(finding.is_wrong());
                rows.push(fields(&place, uid, finding, mail, row));
            }
            self.list.rows(rows)?;
            if self.take
                && adopted
                && let Err(error) = self.bring(session, mailbox, &place, &missing).await?
            {
                return Ok(Err(error));
            }
        }
        Ok(Ok(()))
    }

    /// Gives mails without a row to the door by which all mails come; what the daemon takes at the same time is taken once.
    async fn bring(
        &mut self,
        session: &mut Session,
        mailbox: &MailboxSettings,
        place: &Place,
        missing: &[&Listed],
    ) -> Result<Result<(), ImapError>, CliError> {
        for mail in missing {
            let extent = if mail.size > mailbox.max_mail_bytes {
                Extent::HeaderOnly
            } else if mail.size > u64::from(mailbox.piece_bytes) {
                Extent::Pieces
            } else {
                Extent::Whole
            };
            let want =
                Want { uid: mail.uid, size: mail.size, received: mail.received, extent, backlog: false };
            let fetched = match session.fetch(&[want]).await {
                Ok(fetched) => fetched,
                Err(error) => return Ok(Err(error)),
            };
            let Some(octets) = fetched.mails.get(&mail.uid).map(Arc::clone) else {
                tell(&format!("UID {} of {} was not given by the server", mail.uid, place.folder));
                continue;
            };
            let content = if extent == Extent::HeaderOnly {
                Content::HeaderOnly(octets)
            } else {
                Content::Whole(octets)
            };
            let source = Source { place: place.clone(), uid: mail.uid };
            let arrived =
                Arrived { source, received: mail.received, size: mail.size, backlog: false, content };
            let taken =
                self.pipeline.intake(arrived).await.map_err(|error| CliError::Later(error.to_string()))?;
            if taken {
                self.counts.taken += 1;
            } else {
                tell(&format!("UID {} of {} was not taken; see the log", mail.uid, place.folder));
            }
        }
        Ok(Ok(()))
    }
}

fn fields(
    place: &Place,
    uid: u32,
    finding: Finding,
    mail: Option<&Listed>,
    row: Option<&Placed>,
) -> Map<String, Value> {
    let received = mail.and_then(|mail| mail.received).or(row.and_then(|row| row.received));
    list::row([
        ("finding", json!(finding.word())),
        ("wrong", json!(finding.is_wrong())),
        ("mailbox", json!(place.mailbox)),
        ("folder", json!(place.folder)),
        ("uidvalidity", json!(place.uidvalidity)),
        ("uid", json!(uid)),
        ("received", json!(received.map(|received| received.to_string()))),
        ("bytes", json!(mail.map(|mail| mail.size))),
        ("ticket", json!(row.and_then(|row| row.ticket.clone()))),
    ])
}

//! `taquilla check --probe`: logs in to both servers, sends one mail to itself, and says in plain words what it found.
//!
//! It takes no ticket and writes nothing into the data folder; the mails that it sends it deletes again.

use std::time::Duration;

use jiff::Timestamp;

use super::output::say;
use super::{CliError, open};
use crate::clock::{Clock, random_seed};
use crate::config::load::Loaded;
use crate::config::mailbox::MailboxSettings;
use crate::config::smtp::SmtpSettings;
use crate::desk::EnvelopeSender;
use crate::ingest::imap::Session;
use crate::ingest::parse::{ParseLimits, headers};
use crate::ingest::protocol::{Ack, Extent, Span, Want};
use crate::mail::Header;
use crate::mail::LOOP_HEADER;
use crate::outbound::smtp;

/// How long the mail to ourselves may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a server may take for an answer while somebody sits and waits; the daemon has more patience.
const ANSWER: Duration = Duration::from_secs(20);
/// Between two looks into the folder.
const LOOK: Duration = Duration::from_millis(500);
/// Octets of a mail that is looked at.
const LARGEST: u64 = 256 * 1024;

/// Tries everything; whether all is well.
///
/// # Errors
/// The result cannot be printed.
pub(super) async fn probe(loaded: &Loaded) -> Result<bool, CliError> {
    let mut well = true;
    for mailbox in &loaded.settings.mailboxes {
        let command_timeout = mailbox.command_timeout.min(ANSWER);
        well &= mailbox_answers(&MailboxSettings { command_timeout, ..mailbox.clone() }).await?;
    }
    let Some(smtp) = &loaded.settings.smtp else {
        say("[smtp] is not there: mails are decided on, kept, and not sent")?;
        return Ok(false);
    };
    say(&format!("SMTP {} port {}", smtp.host, smtp.port))?;
    let patient = SmtpSettings { timeout: smtp.timeout.min(ANSWER), ..smtp.clone() };
    let mut session = match smtp::Session::open(&patient).await {
        Ok(session) => session,
        Err(error) => {
            say(&format!("  not well: {error}"))?;
            return Ok(false);
        }
    };
    say(match smtp.user {
        Some(_) => "  logged in",
        None => "  connected; no login is asked for",
    })?;
    // A running daemon would take the mail before it can be looked at; without a data folder there is none.
    let lock = loaded.settings.data.dir.exists().then(|| open::lock(loaded)).transpose();
    match (loaded.settings.mailboxes.first(), lock) {
        (None, _) => say("  there is no mailbox to send a mail to")?,
        (Some(_), Err(error)) => say(&format!("  no mail was sent to ourselves: {error}"))?,
        (Some(mailbox), Ok(_held)) => well &= round_trip(loaded, mailbox, &mut session).await?,
    }
    session.quit().await;
    Ok(well)
}

async fn mailbox_answers(mailbox: &MailboxSettings) -> Result<bool, CliError> {
    say(&format!("Mailbox {}: IMAP {} port {}", mailbox.name, mailbox.host, mailbox.port))?;
    let mut session = match Session::connect(mailbox).await {
        Ok(session) => session,
        Err(error) => {
            say(&format!("  not well: {error}"))?;
            return Ok(false);
        }
    };
    say(&format!("  logged in as {}", mailbox.user))?;
    say(&if session.can_idle() {
        "  IDLE: the server tells of new mail at once".to_owned()
    } else {
        format!("  no IDLE: the server is asked for new mail every {} s", mailbox.poll.as_secs())
    })?;
    say(if session.can("MOVE") {
        "  MOVE: taken mails are moved in one step"
    } else {
        "  no MOVE: taken mails are copied and then deleted"
    })?;
    let mut well = true;
    for folder in &mailbox.folders {
        match session.open(folder).await {
            Ok(opened) => {
                let hand = if opened.read_only { ", READ ONLY: taken mails stay there" } else { "" };
                say(&format!("  folder {folder}: {} mails{hand}", opened.exists))?;
            }
            Err(error) => {
                well = false;
                say(&format!("  folder {folder}: not well: {error}"))?;
            }
        }
    }
    session.leave().await;
    Ok(well)
}

/// Sends two mails to the mailbox, one of them to a plus-address, and reads what the border made of them.
async fn round_trip(
    loaded: &Loaded,
    mailbox: &MailboxSettings,
    session: &mut smtp::Session,
) -> Result<bool, CliError> {
    let folder = mailbox.folders.first().map_or("INBOX", String::as_str);
    let mut inbox = match watch(mailbox, folder).await {
        Ok(inbox) => inbox,
        Err(error) => {
            say(&format!("  no mail was sent to ourselves: {error}"))?;
            return Ok(false);
        }
    };
    let address = loaded.settings.desk.address.address.clone();
    let mark = data_encoding::HEXLOWER.encode(random_seed().unwrap_or_default().get(..8).unwrap_or_default());
    let plus = address.split_once('@').map(|(local, domain)| format!("{local}+taquilla@{domain}"));
    let mut sent = vec![(address.clone(), format!("probe.{mark}@taquilla.invalid"))];
    sent.extend(plus.map(|plus| (plus, format!("probe.plus.{mark}@taquilla.invalid"))));
    for (nth, (to, id)) in sent.iter().enumerate() {
        let content = letter(&address, to, id, Clock::System.now());
        let sender = EnvelopeSender::Address(address.clone());
        let mail = smtp::Outgoing { sender: &sender, recipient: to, content: content.as_bytes() };
        match session.send(mail, async { Ok::<(), std::convert::Infallible>(()) }).await {
            Ok(answer) => say(&format!("  a mail to {to} was accepted: {answer}"))?,
            Err(error) => {
                say(&format!("  a mail to {to} was refused: {}", error.words))?;
                if nth == 0 {
                    return Ok(false);
                }
            }
        }
    }
    let ids: Vec<&str> = sent.iter().map(|(_, id)| id.as_str()).collect();
    let arrived = inbox.wait_for(&ids).await;
    inbox.session.leave().await;
    judge(loaded, &arrived, &ids)
}

fn letter(from: &str, to: &str, id: &str, now: Timestamp) -> String {
    let date = jiff::fmt::rfc2822::to_string(&now.to_zoned(jiff::tz::TimeZone::UTC)).unwrap_or_default();
    format!(
        "From: <{from}>\r\nTo: <{to}>\r\nSubject: Taquilla: a mail to ourselves\r\nDate: {date}\r\n\
         Message-ID: <{id}>\r\nAuto-Submitted: auto-generated\r\n{LOOP_HEADER}: probe\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=us-ascii\r\n\r\nSent by `taquilla check --probe`; it may be deleted.\r\n"
    )
}

struct Inbox {
    session: Session,
    first: u32,
}

async fn watch(mailbox: &MailboxSettings, folder: &str) -> Result<Inbox, String> {
    let mut session = Session::connect(mailbox).await.map_err(|error| error.to_string())?;
    let opened = session.open(folder).await.map_err(|error| error.to_string())?;
    let first = opened.uidnext.ok_or("the server does not tell UIDNEXT")?;
    Ok(Inbox { session, first })
}

impl Inbox {
    /// The header fields of the mails with these ids, as far as they come in time; they are deleted again.
    async fn wait_for(&mut self, ids: &[&str]) -> Vec<(String, Vec<Header>)> {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        let mut found: Vec<(String, Vec<Header>)> = Vec::new();
        while found.len() < ids.len() && tokio::time::Instant::now() < deadline {
            match self.look(ids).await {
                Ok(new) => found.extend(new),
                Err(error) => {
                    tracing::warn!(%error, "the folder could not be read");
                    break;
                }
            }
            // The second mail, to the plus-address, may never come: it is given a few more looks.
            if found.iter().any(|(id, _)| Some(&id.as_str()) == ids.first()) && found.len() < ids.len() {
                tokio::time::sleep(LOOK * 4).await;
                found.extend(self.look(ids).await.unwrap_or_default());
                break;
            }
            tokio::time::sleep(LOOK).await;
        }
        found
    }

    async fn look(
        &mut self,
        ids: &[&str],
    ) -> Result<Vec<(String, Vec<Header>)>, crate::ingest::imap::ImapError> {
        self.session.poll().await?;
        let listed = self.session.list(&Span::Range(self.first, None)).await?;
        let wants: Vec<Want> = listed
            .iter()
            .filter(|mail| mail.uid >= self.first && mail.size <= LARGEST && !mail.deleted)
            .map(|mail| Want {
                uid: mail.uid,
                size: mail.size,
                received: mail.received,
                extent: Extent::Whole,
                backlog: false,
            })
            .collect();
        if wants.is_empty() {
            return Ok(Vec::new());
        }
        let fetched = self.session.fetch(&wants).await?;
        let mut found = Vec::new();
        for (uid, raw) in fetched.mails {
            let fields = headers(&raw, &ParseLimits::default());
            let of = |name: &str| fields.iter().find(|field| field.name.eq_ignore_ascii_case(name));
            let id = of("Message-ID").map(|field| field.value.trim_matches(['<', '>', ' ']).to_owned());
            if let Some(id) = id.filter(|id| ids.contains(&id.as_str())) {
                self.session.ack(&[uid], &Ack::Delete).await?;
                found.push((id, fields));
            }
        }
        Ok(found)
    }
}

/// What the mails that came back tell, and what to do about it.
fn judge(loaded: &Loaded, arrived: &[(String, Vec<Header>)], ids: &[&str]) -> Result<bool, CliError> {
    let of = |nth: usize| ids.get(nth).and_then(|id| arrived.iter().find(|(found, _)| found == id));
    let Some((_, fields)) = of(0) else {
        say(&format!("  not well: the mail did not come back within {} s", PATIENCE.as_secs()))?;
        return Ok(false);
    };
    say("  the mail came back")?;
    say(match (of(1), loaded.settings.trust.plus) {
        (Some(_), true) => "  plus-addresses work",
        (Some(_), false) => "  plus-addresses work: [trust] reply_token = \"plus\" may be used",
        (None, true) => {
            "  not well: plus-addresses do not work here; take reply_token = \"plus\" out of [trust]"
        }
        (None, false) => "  plus-addresses do not work here; replies are known by their Message-ID",
    })?;
    let border = loaded.settings.trust.border.as_deref();
    let said: Vec<&str> = fields
        .iter()
        .filter(|field| field.name.eq_ignore_ascii_case("Authentication-Results"))
        .map(|field| field.value.as_str())
        .collect();
    let ids: Vec<&str> = said.iter().filter_map(|value| value.split([';', ' ']).next()).collect();
    let submission = said.iter().any(|value| value.contains("auth=pass"));
    match (border, ids.as_slice()) {
        (None, []) => say(
            "  the border writes no Authentication-Results: agents' answers in threads work by token, the rest by confirmation",
        )?,
        (None, seen) => say(&format!(
            "  the border writes Authentication-Results as {}: if it removes forged ones from outside mail, [trust] \
             border = \"{}\" saves agents the confirmations",
            seen.join(", "),
            seen.first().copied().unwrap_or_default()
        ))?,
        (Some(border), seen) if seen.iter().any(|id| id.eq_ignore_ascii_case(border)) => say(&format!(
            "  the border {border} writes Authentication-Results{}",
            if submission { ", and vouches for logins (auth=pass)" } else { "" }
        ))?,
        (Some(border), seen) => {
            let seen = if seen.is_empty() { "none".to_owned() } else { seen.join(", ") };
            say(&format!(
                "  not well: [trust] border is {border}, the mail carries Authentication-Results of: {seen}"
            ))?;
            return Ok(false);
        }
    }
    Ok(loaded.settings.trust.plus <= of(1).is_some())
}

//! `[[mailbox]]` into [`MailboxSettings`].

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use super::account::{Account, Reliance, UsualPorts};
use super::diagnostic::Place;
use super::fields::Fields;
use super::keys::MAILBOX;
use super::mailbox::{AfterCommit, MailboxSettings};
use super::table::{Document, Table, Value};

const PORTS: UsualPorts = UsualPorts { implicit: 993, starttls: 143, none: 143 };

/// A mailbox, and where its queue is named: which queues there are is known later.
#[derive(Debug)]
pub(super) struct ReadMailbox {
    pub(super) settings: MailboxSettings,
    pub(super) queue_place: Option<Place>,
}

/// Reads all mailboxes.
pub(super) fn read(
    document: &Document<'_>,
    root: &Table<'_>,
    base: &Path,
    max_mail_bytes: u64,
    reliances: &mut Vec<Reliance>,
) -> Vec<ReadMailbox> {
    let mut mailboxes: Vec<ReadMailbox> = Vec::new();
    for table in root.tables(MAILBOX.name) {
        let fields = Fields::read(&MAILBOX, document, Some(table), &BTreeMap::new());
        let Some(mut settings) = one(&fields, base, reliances) else { continue };
        settings.max_mail_bytes = max_mail_bytes;
        let others = mailboxes.iter().map(|other| &other.settings);
        refuse_twice(&fields, &settings, others);
        let queue_place = fields.value("queue").map(|value| value.place("unknown queue"));
        mailboxes.push(ReadMailbox { settings, queue_place });
    }
    mailboxes
}

fn one(fields: &Fields<'_>, base: &Path, reliances: &mut Vec<Reliance>) -> Option<MailboxSettings> {
    let called = fields.text("name").or(fields.text("user")).unwrap_or_default().to_owned();
    let account = Account::read(fields, base, &format!("mailbox {called}"), &PORTS, reliances);
    let after = after(fields);
    let folders = folders(fields);
    check_loop(fields, &folders, &after);
    let Account { host, port, tls, ca_file, user, secret } = account?;
    let user = user?;
    let Some(secret) = secret else {
        super::account::secret_missing(fields, "secrets/imap");
        return None;
    };
    let time = |key| fields.duration(key).and_then(|time| Duration::try_from(time).ok());
    let usual = MailboxSettings::new(&called, &host, port, &user, secret);
    Some(MailboxSettings {
        tls,
        ca_file,
        folders,
        after,
        queue: fields.text("queue").map(str::to_owned),
        poll: time("poll").unwrap_or(usual.poll),
        idle_renewal: time("idle_renewal").unwrap_or(usual.idle_renewal),
        command_timeout: time("command_timeout").unwrap_or(usual.command_timeout),
        piece_bytes: fields
            .int("piece")
            .and_then(|octets| u32::try_from(octets).ok())
            .unwrap_or(usual.piece_bytes),
        ..usual
    })
}

fn folders(fields: &Fields<'_>) -> Vec<String> {
    let mut folders: Vec<String> = Vec::new();
    for item in fields.items("folders") {
        if folders.iter().any(|known| same_folder(known, item.text())) {
            let title = format!("folder \"{}\" is named twice", item.text());
            fields.add(fields.mistake(&item.spot, title, "second one"));
        } else {
            // RFC 3501 section 5.1: this one name is the same in any case, and the journal knows it by one.
            let inbox = item.text().eq_ignore_ascii_case("INBOX");
            folders.push(if inbox { "INBOX".to_owned() } else { item.text().to_owned() });
        }
    }
    if folders.is_empty() {
        fields.add(
            fields.about("folders", "no folder is watched", "").help("leave it out for INBOX".to_owned()),
        );
    }
    folders
}

/// `INBOX` alone has no case (RFC 3501 section 5.1).
fn same_folder(one: &str, other: &str) -> bool {
    one == other || (one.eq_ignore_ascii_case("INBOX") && other.eq_ignore_ascii_case("INBOX"))
}

/// What is moved into a folder that is watched would come again for ever.
fn check_loop(fields: &Fields<'_>, folders: &[String], after: &AfterCommit) {
    let AfterCommit::Move(target) = after else { return };
    if folders.iter().any(|folder| same_folder(folder, target)) {
        let title = format!("mails would be moved to \"{target}\", which is watched itself");
        fields.add(fields.about("after", title, "").help("name another folder".to_owned()));
    }
}

/// `"keep"`, `"delete"`, `{ move = "FOLDER" }`, `{ flag = "KEYWORD" }`.
fn after(fields: &Fields<'_>) -> AfterCommit {
    let usual = AfterCommit::Move("Processed".to_owned());
    let Some(value) = fields.value("after") else { return usual };
    let forms = "one of: { move = \"Processed\" }, { flag = \"Processed\" }, \"keep\", \"delete\"";
    if let Some(word) = value.raw().as_str() {
        return match word {
            "keep" => AfterCommit::Keep,
            "delete" => AfterCommit::Delete,
            _ => {
                let title = format!("`mailbox.after` cannot be \"{word}\"");
                value.wrong(title, "unknown word", Some(forms.to_owned()));
                usual
            }
        };
    }
    if !value.raw().is_table() {
        value.expected(forms);
        return usual;
    }
    let Some(table) = value.table() else { return usual };
    let (folder, keyword) = (table.get("move"), table.get("flag"));
    table.finish();
    match (folder, keyword) {
        (Some(folder), None) => folder.filled().map_or(usual, |name| AfterCommit::Move(name.to_owned())),
        (None, Some(flag)) => keyword_of(&flag).map_or(usual, AfterCommit::Flag),
        (None, None) | (Some(_), Some(_)) => {
            value.wrong(format!("`mailbox.after` must be {forms}"), "", None);
            usual
        }
    }
}

/// A keyword is an atom (RFC 3501 section 9, flag-keyword).
fn keyword_of(value: &Value<'_>) -> Option<String> {
    let text = value.filled()?;
    let atom = |c: char| c.is_ascii_graphic() && !"(){%*\"\\]".contains(c);
    if text.chars().all(atom) {
        return Some(text.to_owned());
    }
    let help = "letters and digits without blanks or accents will do".to_owned();
    value.wrong(format!("\"{text}\" cannot be a keyword of IMAP"), "", Some(help));
    None
}

/// Two mailboxes of one name, or one folder watched twice.
fn refuse_twice<'s>(
    fields: &Fields<'_>,
    settings: &MailboxSettings,
    others: impl Iterator<Item = &'s MailboxSettings>,
) {
    for other in others {
        if other.name == settings.name {
            let key = if fields.value("name").is_some() { "name" } else { "user" };
            let title = format!("there are two mailboxes \"{}\"", settings.name);
            fields
                .add(fields.about(key, title, "second one").help("give each a `name` of its own".to_owned()));
            return;
        }
        let same = other.host == settings.host && other.port == settings.port && other.user == settings.user;
        let shared = settings
            .folders
            .iter()
            .find(|folder| same && other.folders.iter().any(|known| same_folder(known, folder)));
        if let Some(folder) = shared {
            let title = format!(
                "folder \"{folder}\" of {} is watched by mailbox \"{}\" already",
                other.user, other.name
            );
            fields.add(fields.about("user", title, ""));
        }
    }
}

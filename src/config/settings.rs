//! `taquilla.toml` into checked types.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::tz::TimeZone;

use super::account::{Account, Reliance, UsualPorts};
use super::diagnostic::{Diagnostic, Severity, Source};
use super::fields::Fields;
use super::keys::{DATA, DESK, LIMITS, SETTINGS, SMTP, TICKET, TRUST, WEB};
use super::layers::Layers;
use super::mailbox::MailboxSettings;
use super::mailboxes::{self, ReadMailbox};
use super::table::{Document, Table};
use crate::desk::{Limits, NumberKind, Numbering, Trust};
use crate::mail::{Address, Language};

/// The desk as far as `taquilla.toml` knows it.
#[derive(Debug, Clone)]
pub struct DeskSettings {
    /// Its name.
    pub name: String,
    /// Gets alarms.
    pub administrator: Option<Address>,
    /// Our own domains, lower case.
    pub domains: Vec<String>,
    /// What users write to, with the desk's name.
    pub address: Address,
    /// Other addresses that are the desk too, lower case.
    pub aliases: Vec<String>,
    /// Language of texts where nothing else says.
    pub language: Language,
    /// The zone in which days begin.
    pub time_zone: TimeZone,
}

/// Where data lie; the database is SQLite, a file in the folder.
#[derive(Debug, Clone)]
pub struct DataSettings {
    /// The folder.
    pub dir: PathBuf,
}

/// The page of surveys.
#[derive(Debug, Clone)]
pub struct WebSettings {
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// The same place as customers see it.
    pub url: Option<String>,
}

/// All of `taquilla.toml`.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The desk.
    pub desk: DeskSettings,
    /// Ticket numbers.
    pub numbering: Numbering,
    /// Data.
    pub data: DataSettings,
    /// Mailboxes, in the order of the file; may be empty, for a desk that mails are delivered to.
    pub mailboxes: Vec<MailboxSettings>,
    /// The server that takes our mails; without one they stay in the outbox.
    pub smtp: Option<Account>,
    /// Whom to believe.
    pub trust: Trust,
    /// Limits that decisions keep.
    pub limits: Limits,
    /// Mails larger than this are not taken. Octets.
    pub max_mail_bytes: u64,
    /// The page of surveys, where there is one.
    pub web: Option<WebSettings>,
    /// What these settings rely on outside themselves.
    pub reliances: Vec<Reliance>,
}

/// Settings as read, with what can be checked only beside the desk file.
pub(super) struct ReadSettings {
    pub(super) settings: Settings,
    pub(super) mailboxes: Vec<ReadMailbox>,
    pub(super) warnings: Vec<Diagnostic>,
}

/// Reads settings; `base` is the folder that relative paths are relative to.
pub(super) fn read(
    source: &Arc<Source>,
    base: &Path,
    environment: &[(String, String)],
) -> Result<ReadSettings, Vec<Diagnostic>> {
    let document = Document::parse(source)?;
    let layers = Layers::new(&SETTINGS, &source.text, environment)?;
    let mut reliances = Vec::new();
    let found = sections(&document, &layers, base, &mut reliances);
    let mistakes = document.into_mistakes();
    let bad = mistakes.iter().any(|mistake| mistake.severity == Severity::Error);
    match found {
        Some((mut settings, mailboxes)) if !bad => {
            settings.mailboxes = mailboxes.iter().map(|mailbox| mailbox.settings.clone()).collect();
            settings.reliances = reliances;
            Ok(ReadSettings { settings, mailboxes, warnings: mistakes })
        }
        _ => Err(mistakes),
    }
}

fn sections(
    document: &Document<'_>,
    layers: &Layers,
    base: &Path,
    reliances: &mut Vec<Reliance>,
) -> Option<(Settings, Vec<ReadMailbox>)> {
    let root = document.root();
    let open = |section| Fields::read(section, document, table_of(&root, section), &layers.of(section.name));
    let limits = open(&LIMITS);
    let max_mail_bytes = limits.int("mail_size").and_then(|octets| u64::try_from(octets).ok());
    let max_mail_bytes = max_mail_bytes.unwrap_or(MailboxSettings::MAX_MAIL_BYTES);
    let mailboxes = mailboxes::read(document, &root, base, max_mail_bytes, reliances);
    let desk = desk(&open(&DESK), &mailboxes);
    let numbering = numbering(&open(&TICKET));
    let data = data(&open(&DATA), base);
    let trust = trust(&open(&TRUST));
    let web = web(&open(&WEB));
    let smtp = smtp(&open(&SMTP), base, reliances);
    root.finish();
    let settings = Settings {
        desk: desk?,
        numbering,
        data,
        mailboxes: Vec::new(),
        smtp,
        trust,
        limits: desk_limits(&limits),
        max_mail_bytes,
        web,
        reliances: Vec::new(),
    };
    Some((settings, mailboxes))
}

/// The table of a section, where the file has it.
fn table_of<'a>(root: &Table<'a>, section: &super::key::Section) -> Option<Table<'a>> {
    root.table(section.name)
}

fn desk(fields: &Fields<'_>, mailboxes: &[ReadMailbox]) -> Option<DeskSettings> {
    let name = fields.text("name").unwrap_or_default().to_owned();
    // A login that is an address is what most desks are written to.
    let login =
        mailboxes.first().map(|mailbox| mailbox.settings.user.clone()).filter(|user| user.contains('@'));
    let aliases: Vec<String> = fields.texts("aliases").iter().map(|address| address.to_lowercase()).collect();
    let administrator = fields.text("administrator").map(Address::bare);
    let language = fields.language("language").unwrap_or(Language::En);
    let time_zone = fields.time_zone("timezone").unwrap_or(TimeZone::UTC);
    let mut domains = fields.texts("domains");
    let Some(address) = fields.text("address").map(str::to_owned).or(login) else {
        if !fields.is_given("address") {
            fields.missing("address", "\"soporte@minem.example\"");
        }
        return None;
    };
    let address = Address::named(&name, address);
    if domains.is_empty() {
        domains.push(address.domain());
    }
    match &administrator {
        Some(alarmed) if alarmed.key() == address.key() || aliases.contains(&alarmed.key()) => {
            let title = "the administrator's address is the desk itself: alarms would come back as tickets";
            fields.add(fields.about("administrator", title, ""));
        }
        Some(_) => {}
        None if !fields.is_given("administrator") && fields.is_said() => {
            let warning =
                fields.at_header("nobody gets alarms: `administrator` is missing in [desk]").warning();
            fields.add(warning.help("for example: administrator = \"admin@minem.example\"".to_owned()));
        }
        None => {}
    }
    Some(DeskSettings { name, administrator, domains, address, aliases, language, time_zone })
}

fn numbering(fields: &Fields<'_>) -> Numbering {
    let hook = fields.text("hook").unwrap_or_default().to_owned();
    let divider = fields.text("divider").unwrap_or_default().to_owned();
    for (key, text) in [("hook", &hook), ("divider", &divider)] {
        if text.chars().any(|c| c.is_control() || c == '[' || c == ']') {
            let title = format!("`ticket.{key}` must be on one line and without brackets");
            fields.add(fields.about(key, title, ""));
        }
    }
    if format!("{hook}{divider}").ends_with(|c: char| c.is_ascii_digit()) {
        let title = "what stands before a number must not end with a digit";
        fields.add(fields.about("hook", title, ""));
    }
    Numbering {
        kind: match fields.text("number") {
            Some("date") => NumberKind::Date,
            Some("increment") => NumberKind::Increment,
            Some("random") => NumberKind::Random,
            _ => NumberKind::DateChecksum,
        },
        system_id: fields.int("system_id").and_then(|id| u32::try_from(id).ok()).unwrap_or(10),
        hook,
        divider,
        in_front: fields.text("side") != Some("right"),
    }
}

fn data(fields: &Fields<'_>, base: &Path) -> DataSettings {
    match fields.text("database") {
        Some("sqlite") | None => {}
        Some(other) if other.starts_with("postgres://") || other.starts_with("postgresql://") => {
            let mistake = fields.about("database", "PostgreSQL is not supported yet", "");
            fields
                .add(mistake.help("use \"sqlite\": it serves a desk of any size on one machine".to_owned()));
        }
        Some(other) => {
            let title = format!("`data.database` cannot be \"{other}\"");
            fields.add(fields.about("database", title, "").help("use \"sqlite\"".to_owned()));
        }
    }
    DataSettings { dir: base.join(fields.text("dir").unwrap_or("data")) }
}

/// Ports of RFC 8314 section 3.3, RFC 6409 section 3.1, RFC 5321.
const SMTP_PORTS: UsualPorts = UsualPorts { implicit: 465, starttls: 587, none: 25 };

fn smtp(fields: &Fields<'_>, base: &Path, reliances: &mut Vec<Reliance>) -> Option<Account> {
    let account = Account::read(fields, base, "smtp", &SMTP_PORTS, reliances)?;
    match (&account.user, &account.secret) {
        (Some(_), None) => super::account::secret_missing(fields, "secrets/smtp"),
        (None, Some(_)) => {
            let mistake = fields.at_header("[smtp] has a password and no `user`");
            fields
                .add(mistake.help("without `user` there is no login, and no password is needed".to_owned()));
        }
        (Some(_), Some(_)) | (None, None) => {}
    }
    Some(account)
}

/// Verbs that may have another level, and the level that they are shipped with.
const VERB_LEVELS: &[(&str, u8)] = &[
    ("close", 2),
    ("reopen", 2),
    ("open", 2),
    ("pend", 2),
    ("assign", 2),
    ("take", 2),
    ("owner", 2),
    ("queue", 2),
    ("escalate", 2),
    ("derive", 2),
    ("state", 2),
    ("priority", 2),
    ("type", 2),
    ("service", 2),
    ("sla", 2),
    ("title", 2),
    ("field", 2),
    ("tag", 2),
    ("lock", 2),
    ("unlock", 2),
    ("note", 2),
    ("public", 2),
    ("merge", 3),
    ("link", 2),
    ("split", 2),
    ("customer", 3),
    ("cc", 2),
    ("watch", 2),
    ("unwatch", 2),
    ("time", 2),
    ("estimate", 2),
    ("new", 2),
    ("template", 2),
    ("macro", 2),
    ("for", 3),
    ("list", 2),
    ("show", 2),
    ("history", 2),
    ("report", 2),
    ("help", 2),
    ("undo", 2),
];

fn trust(fields: &Fields<'_>) -> Trust {
    let internal_header = fields.text("internal_header").filter(|text| !text.is_empty()).and_then(|text| {
        let header =
            text.split_once(':').map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()));
        let good = |(name, value): &(String, String)| {
            !name.is_empty() && !value.is_empty() && name.chars().all(|c| c.is_ascii_graphic())
        };
        let header = header.filter(good);
        if header.is_none() {
            let mistake =
                fields.about("internal_header", "`trust.internal_header` must be a name and a value", "");
            fields
                .add(mistake.help("for example: \"X-MS-Exchange-Organization-AuthAs: Internal\"".to_owned()));
        }
        header
    });
    let border = fields.text("border").map(str::to_owned);
    let strict = fields.bool("strict");
    if strict && border.is_none() && internal_header.is_none() {
        let title = "`strict` asks for the word of a border, and no `border` or `internal_header` is named";
        let warning = fields.about("strict", title, "").warning();
        fields.add(warning.help("every mail of an agent will have to be confirmed".to_owned()));
    }
    Trust {
        border,
        submission: fields.bool("submission"),
        internal_header,
        plus: fields.text("reply_token") == Some("plus"),
        strict,
        levels: levels(fields),
    }
}

/// `levels = { close = 3 }`.
fn levels(fields: &Fields<'_>) -> BTreeMap<String, u8> {
    let mut levels = BTreeMap::new();
    let Some(table) = fields.value("levels").and_then(super::table::Value::table) else { return levels };
    let verbs: Vec<&str> = VERB_LEVELS.iter().map(|(verb, _)| *verb).collect();
    for (verb, value) in table.entries() {
        let Some((_, shipped)) = VERB_LEVELS.iter().find(|(known, _)| *known == verb) else {
            let help = super::table::suggestion(verb, &verbs);
            value.wrong(format!("there is no verb \"{verb}\""), "", help);
            continue;
        };
        let Some(level) = value.integer(1..=3).and_then(|level| u8::try_from(level).ok()) else { continue };
        if level < *shipped {
            let title = format!(
                "#{verb} is done on less proof than it is shipped with ({level} instead of {shipped})"
            );
            let help = "anybody who writes an agent's address into From may be enough: for a trial only";
            value.add(value.mistake(title, "").warning().help(help.to_owned()));
        }
        levels.insert(verb.to_owned(), level);
    }
    levels
}

fn desk_limits(fields: &Fields<'_>) -> Limits {
    let usual = Limits::default();
    let number = |key| fields.int(key).and_then(|number| usize::try_from(number).ok());
    Limits {
        commands: number("commands").unwrap_or(usual.commands),
        rule_text_bytes: number("rule_text").unwrap_or(usual.rule_text_bytes),
        notices_per_recipient: fields
            .int("notices_per_recipient")
            .and_then(|number| u32::try_from(number).ok())
            .unwrap_or(usual.notices_per_recipient),
    }
}

fn web(fields: &Fields<'_>) -> Option<WebSettings> {
    let url = fields.text("url").map(|url| url.trim_end_matches('/').to_owned());
    if url.as_ref().is_some_and(|url| !url.starts_with("https://") && !url.starts_with("http://")) {
        fields.add(fields.about("url", "`web.url` must begin with https:// or http://", ""));
    }
    let listen = fields.text("listen")?;
    let parsed = listen.parse::<SocketAddr>().ok();
    if parsed.is_none() {
        let mistake =
            fields.about("listen", format!("`web.listen` is no address and port: \"{listen}\""), "");
        fields.add(mistake.help("for example: \"127.0.0.1:8080\"".to_owned()));
    }
    parsed.map(|listen| WebSettings { listen, url })
}

//! `taquilla.toml` into checked types.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::tz::TimeZone;

use super::account::Reliance;
use super::diagnostic::{Diagnostic, Severity, Source};
use super::fields::Fields;
use super::keys::{DATA, DESK, LIMITS, SETTINGS, SMTP, TICKET, TRUST, WEB};
use super::layers::Layers;
use super::mailbox::MailboxSettings;
use super::mailboxes::{self, ReadMailbox};
use super::smtp::SmtpSettings;
use super::smtp_section;
use super::table::{Document, Table};
use super::trust;
use crate::desk::{Limits, NumberKind, Numbering, OtherNumbers, Trust};
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

/// How much of a mail is read; what is beyond stays in the stored mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MailLimits {
    /// MIME parts in one another.
    pub levels: usize,
    /// MIME parts in all.
    pub parts: usize,
    /// Octets of a header.
    pub header_bytes: usize,
    /// Addresses of one field.
    pub addresses: usize,
    /// Octets of decoded text.
    pub text_bytes: usize,
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
    pub smtp: Option<SmtpSettings>,
    /// Whom to believe.
    pub trust: Trust,
    /// The DNS server that is asked for DKIM keys; those of the operating system where absent.
    pub resolver: Option<SocketAddr>,
    /// Limits that decisions keep.
    pub limits: Limits,
    /// Mails larger than this are not taken. Octets.
    pub max_mail_bytes: u64,
    /// How much of a mail is read.
    pub mail: MailLimits,
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
    let trust_fields = open(&TRUST);
    let (trust, resolver) = (trust::read(&trust_fields), trust::resolver(&trust_fields));
    let web = web(&open(&WEB));
    let smtp = smtp_section::read(&open(&SMTP), base, reliances);
    root.finish();
    let settings = Settings {
        desk: desk?,
        numbering,
        data,
        mailboxes: Vec::new(),
        smtp,
        trust,
        resolver,
        limits: desk_limits(&limits),
        max_mail_bytes,
        mail: mail_limits(&limits),
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
    let mut others = OtherNumbers::default();
    for item in fields.items("other_numbers") {
        if let Err(wrong) = others.add(item.text()) {
            let title = format!("\"{}\" is no pattern of numbers", item.text());
            fields.add(fields.mistake(&item.spot, title, "").help(wrong));
        }
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
        others,
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

fn desk_limits(fields: &Fields<'_>) -> Limits {
    let usual = Limits::default();
    let number = |key| fields.int(key).and_then(|number| usize::try_from(number).ok());
    let few = |key| fields.int(key).and_then(|number| u32::try_from(number).ok());
    Limits {
        commands: number("commands").unwrap_or(usual.commands),
        rule_text_bytes: number("rule_text").unwrap_or(usual.rule_text_bytes),
        rule_work_bytes: number("rule_work").unwrap_or(usual.rule_work_bytes),
        notices_per_recipient: few("notices_per_recipient").unwrap_or(usual.notices_per_recipient),
        notices_per_domain: few("notices_per_domain").unwrap_or(usual.notices_per_domain),
        notices_per_own_recipient: few("notices_per_own_recipient")
            .unwrap_or(usual.notices_per_own_recipient),
        tickets_per_sender: few("tickets_per_sender").unwrap_or(usual.tickets_per_sender),
        articles_per_ticket: few("articles_per_ticket").unwrap_or(usual.articles_per_ticket),
        bulk_unless_said: few("bulk_unless_said").unwrap_or(usual.bulk_unless_said),
        bulk: few("bulk").unwrap_or(usual.bulk),
        mail_bytes: fields
            .int("mail_size")
            .and_then(|octets| u64::try_from(octets).ok())
            .unwrap_or(usual.mail_bytes),
    }
}

fn mail_limits(fields: &Fields<'_>) -> MailLimits {
    // Every key has a default, so that zero never stands.
    let number = |key| fields.int(key).and_then(|number| usize::try_from(number).ok()).unwrap_or_default();
    MailLimits {
        levels: number("mime_levels"),
        parts: number("mime_parts"),
        header_bytes: number("header_size"),
        addresses: number("addresses"),
        text_bytes: number("text_size"),
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

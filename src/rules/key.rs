//! The keys of `when`: the one table that the reader of rule files and `docs/rules.md` go by.

use super::comparison::Unit;
use super::pattern::Plain;

/// What a condition asks about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    /// A text of the mail, searched once for all rules.
    Text(TextKey),
    Attachment,
    AttachmentType,
    AttachmentSize,
    Size,
    Date,
    Priority,
    Age,
    Hours,
    /// A short value that is known beside the mail's text.
    Short(ShortKey),
}

/// Texts of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum TextKey {
    From,
    To,
    Cc,
    Recipient,
    Subject,
    New,
    Whole,
    Header,
    AttachmentName,
}

/// Short values: what was found out about the mail, what the ticket and the customers file say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ShortKey {
    Mailbox,
    Language,
    Class,
    Sender,
    Authentication,
    Event,
    Queue,
    State,
    StateType,
    Type,
    Service,
    Owner,
    Responsible,
    Tag,
    Sla,
    Level,
    Field,
    Customer,
    Column,
}

/// What may stand behind a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Values {
    /// Patterns; a plain one compares so.
    Text(Plain),
    /// Names of the desk or fixed words.
    Names,
    /// Comparisons.
    Amount(Unit),
    /// Inside or outside the hours of a calendar.
    Hours,
    /// `true` or `false` alone.
    Presence,
}

impl Values {
    /// The kind as the documentation calls it.
    fn kind(self) -> &'static str {
        match self {
            Self::Text(Plain::Words) => "words",
            Self::Text(Plain::Header) => "words or comparison",
            Self::Text(Plain::Address) => "address",
            Self::Text(Plain::Whole) => "whole",
            Self::Names => "name",
            Self::Amount(_) => "comparison",
            Self::Hours => "hours",
            Self::Presence => "yes or no",
        }
    }
}

/// One row.
#[derive(Debug)]
pub(super) struct Row {
    /// As written in `when`; a part in capitals stands for a name of the administrator's own.
    pub(super) name: &'static str,
    pub(super) key: Key,
    pub(super) values: Values,
    /// May be absent, so that `true` and `false` ask whether it is there.
    pub(super) optional: bool,
    about: &'static str,
    example: &'static str,
}

impl Row {
    /// An example, without `when.`.
    pub(super) fn example(&self) -> &'static str {
        self.example
    }
}

const fn row(
    name: &'static str,
    key: Key,
    values: Values,
    optional: bool,
    about: &'static str,
    example: &'static str,
) -> Row {
    Row { name, key, values, optional, about, example }
}

const WORDS: Values = Values::Text(Plain::Words);
const ADDRESS: Values = Values::Text(Plain::Address);
const WHOLE: Values = Values::Text(Plain::Whole);

/// All rows, in the order of the documentation.
pub(super) const ROWS: [Row; 36] = [
    row("from", Key::Text(TextKey::From), ADDRESS, true, "the author", r#"from = "*@monitor.minem.example""#),
    row("to", Key::Text(TextKey::To), ADDRESS, true, "anyone in To", r#"to = "soporte@minem.example""#),
    row("cc", Key::Text(TextKey::Cc), ADDRESS, true, "anyone in Cc", "cc = true"),
    row(
        "recipient",
        Key::Text(TextKey::Recipient),
        ADDRESS,
        true,
        "anyone in To or Cc",
        r#"recipient = "@minem.example""#,
    ),
    row(
        "subject",
        Key::Text(TextKey::Subject),
        WORDS,
        true,
        "the subject, prefixes and all",
        r#"subject = ["impresora", "tóner"]"#,
    ),
    row(
        "text",
        Key::Text(TextKey::New),
        WORDS,
        true,
        "what the sender wrote now: no quotes, no signature",
        r#"text = "no hay internet""#,
    ),
    row(
        "whole_text",
        Key::Text(TextKey::Whole),
        WORDS,
        true,
        "all of the text, quotes, signature and forwarded mail too",
        r#"whole_text = "RUC""#,
    ),
    row(
        "header.NAME",
        Key::Text(TextKey::Header),
        Values::Text(Plain::Header),
        true,
        "any header field, each of that name",
        r#"header.x-spam-score = ">= 5""#,
    ),
    row(
        "attachment",
        Key::Attachment,
        Values::Presence,
        true,
        "whether there are attachments",
        "attachment = true",
    ),
    row(
        "attachment.name",
        Key::Text(TextKey::AttachmentName),
        WORDS,
        false,
        "file name; name, type and size are asked of one and the same attachment",
        r#"attachment.name = ["*.exe", "*.js"]"#,
    ),
    row(
        "attachment.type",
        Key::AttachmentType,
        WHOLE,
        false,
        "its content type",
        r#"attachment.type = "image/*""#,
    ),
    row(
        "attachment.size",
        Key::AttachmentSize,
        Values::Amount(Unit::Octets),
        false,
        "its size, decoded",
        r#"attachment.size = "> 5 MB""#,
    ),
    row(
        "size",
        Key::Size,
        Values::Amount(Unit::Octets),
        false,
        "size of the whole mail",
        r#"size = "> 10 MB""#,
    ),
    row("date", Key::Date, Values::Amount(Unit::Time), true, "the mail's Date", r#"date = "older 7d""#),
    row(
        "mailbox",
        Key::Short(ShortKey::Mailbox),
        WHOLE,
        false,
        "name of the mailbox in taquilla.toml",
        r#"mailbox = "soporte""#,
    ),
    row(
        "language",
        Key::Short(ShortKey::Language),
        Values::Names,
        true,
        "language of the text: en, es",
        r#"language = "es""#,
    ),
    row(
        "class",
        Key::Short(ShortKey::Class),
        Values::Names,
        false,
        "what kind of mail: person, automatic, auto-reply, bounce, list, own, complaint, survey-answer",
        r#"class = "automatic""#,
    ),
    row(
        "sender",
        Key::Short(ShortKey::Sender),
        Values::Names,
        false,
        "customer, agent, system, supplier",
        r#"sender = "customer""#,
    ),
    row(
        "authentication",
        Key::Short(ShortKey::Authentication),
        Values::Names,
        false,
        "what the trusted border says of the sender: pass, fail, none",
        r#"authentication = "fail""#,
    ),
    row(
        "event",
        Key::Short(ShortKey::Event),
        Values::Names,
        false,
        "new, follow-up",
        r#"event = ["new", "follow-up"]"#,
    ),
    row(
        "queue",
        Key::Short(ShortKey::Queue),
        Values::Names,
        false,
        "queue of the ticket",
        r#"queue = "Redes""#,
    ),
    row(
        "state",
        Key::Short(ShortKey::State),
        Values::Names,
        false,
        "state of the ticket",
        r#"state = "open""#,
    ),
    row(
        "state_type",
        Key::Short(ShortKey::StateType),
        Values::Names,
        false,
        "type of that state: new, open, pending-reminder, pending-auto, closed",
        r#"state_type = "closed""#,
    ),
    row(
        "priority",
        Key::Priority,
        Values::Amount(Unit::Priority),
        false,
        "priority of the ticket, 1 to 5 or its word",
        r#"priority = ">= high""#,
    ),
    row(
        "type",
        Key::Short(ShortKey::Type),
        Values::Names,
        false,
        "type of the ticket",
        r#"type = "incident""#,
    ),
    row(
        "service",
        Key::Short(ShortKey::Service),
        Values::Names,
        true,
        "service of the ticket; a grouping level means all below it",
        r#"service = "Equipos""#,
    ),
    row(
        "owner",
        Key::Short(ShortKey::Owner),
        Values::Names,
        true,
        "owner of the ticket, a login",
        r#"owner = "jperez""#,
    ),
    row(
        "responsible",
        Key::Short(ShortKey::Responsible),
        Values::Names,
        true,
        "who attends the ticket, a login",
        "responsible = false",
    ),
    row("sla", Key::Short(ShortKey::Sla), Values::Names, true, "SLA of the ticket", r#"sla = "8 horas""#),
    row(
        "level",
        Key::Short(ShortKey::Level),
        WHOLE,
        false,
        "level that attends the ticket: 0, 1, 2, or a supplier's name",
        "level = 2",
    ),
    row("tag", Key::Short(ShortKey::Tag), WHOLE, true, "any tag of the ticket", r#"tag = "vip""#),
    row(
        "age",
        Key::Age,
        Values::Amount(Unit::Time),
        false,
        "since when the ticket is open",
        r#"age = "older 2d""#,
    ),
    row(
        "hours",
        Key::Hours,
        Values::Hours,
        false,
        "working hours of a calendar of desk.toml, when the mail is decided upon",
        r#"hours = "outside oficina""#,
    ),
    row(
        "field.NAME",
        Key::Short(ShortKey::Field),
        WHOLE,
        true,
        "a free field of the ticket",
        r#"field.floor = ">= 3""#,
    ),
    row(
        "customer",
        Key::Short(ShortKey::Customer),
        Values::Presence,
        true,
        "whether the customers file knows the sender",
        "customer = false",
    ),
    row(
        "customer.COLUMN",
        Key::Short(ShortKey::Column),
        WHOLE,
        true,
        "a column of the customers file: name, department, language, services or any of your own",
        r#"customer.department = "Logística""#,
    ),
];

/// The row of a key.
pub(super) fn row_of(key: Key) -> Option<&'static Row> {
    ROWS.iter().find(|row| row.key == key)
}

/// The table of conditions in `docs/rules.md`.
pub fn conditions_table() -> String {
    let mut table = String::from("| key | asks about | compares | example |\n| --- | --- | --- | --- |\n");
    for row in &ROWS {
        let there = if row.optional && row.values != Values::Presence { ", or `true` / `false`" } else { "" };
        table.push_str(&format!(
            "| `{}` | {} | {}{there} | `when.{}` |\n",
            row.name,
            row.about,
            row.values.kind(),
            row.example
        ));
    }
    table
}

//! The keys of `then`: the one table that the reader of rule files and `docs/rules.md` go by.

/// What an action does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ActionKey {
    Queue,
    Type,
    Service,
    Sla,
    Priority,
    State,
    Pending,
    Level,
    Owner,
    Responsible,
    Lock,
    Title,
    Tag,
    Field,
    Watcher,
    Note,
    Link,
    Notify,
    SuppressReply,
    Reject,
    Discard,
    Quarantine,
    Move,
}

/// What may stand behind a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// One text; a whole number counts as its digits.
    Text,
    /// One text or a list.
    Texts,
    /// `true` or `false`.
    Boolean,
    /// `true` alone.
    Switch,
    /// A text or `true`.
    TextOrSwitch,
    /// Texts or tables `{ to, template }`.
    Recipients,
}

/// One row.
#[derive(Debug)]
pub(super) struct ActionRow {
    /// As written in `then`; a part in capitals stands for a name of the administrator's own.
    pub(super) name: &'static str,
    pub(super) key: ActionKey,
    pub(super) form: Form,
    about: &'static str,
    example: &'static str,
}

const fn row(
    name: &'static str,
    key: ActionKey,
    form: Form,
    about: &'static str,
    example: &'static str,
) -> ActionRow {
    ActionRow { name, key, form, about, example }
}

/// All rows, in the order of the documentation.
pub(super) const ACTION_ROWS: [ActionRow; 23] = [
    row("queue", ActionKey::Queue, Form::Text, "moves the ticket into this queue", r#"queue = "Redes""#),
    row("type", ActionKey::Type, Form::Text, "sets the type", r#"type = "incident""#),
    row("service", ActionKey::Service, Form::Text, "sets the service", r#"service = "Equipos::Impresoras""#),
    row("sla", ActionKey::Sla, Form::Text, "sets the SLA", r#"sla = "8 horas""#),
    row(
        "priority",
        ActionKey::Priority,
        Form::Text,
        "sets the priority, or moves it by steps",
        r#"priority = "+1""#,
    ),
    row("state", ActionKey::State, Form::Text, "sets the state", r#"state = "open""#),
    row(
        "pending",
        ActionKey::Pending,
        Form::Text,
        "makes the ticket wait: so long, or until a date; with a `state`, that one, else `pending reminder`",
        r#"pending = "2d""#,
    ),
    row("level", ActionKey::Level, Form::Text, "sets the level: 0, 1, 2", "level = 2"),
    row("owner", ActionKey::Owner, Form::Text, "sets the owner, a login", r#"owner = "jperez""#),
    row(
        "responsible",
        ActionKey::Responsible,
        Form::Text,
        "sets who attends, a login",
        r#"responsible = "mgomez""#,
    ),
    row("lock", ActionKey::Lock, Form::Boolean, "locks or unlocks", "lock = true"),
    row("title", ActionKey::Title, Form::Text, "sets the title", r#"title = "{{host}}: {{what}}""#),
    row("tags", ActionKey::Tag, Form::Texts, "adds tags", r#"tags = ["vip", "sede-sur"]"#),
    row("field.NAME", ActionKey::Field, Form::Text, "sets a free field", r#"field.host = "{{host}}""#),
    row(
        "watchers",
        ActionKey::Watcher,
        Form::Texts,
        "adds agents who are told of everything",
        r#"watchers = "csalas""#,
    ),
    row(
        "note",
        ActionKey::Note,
        Form::Text,
        "adds an internal note",
        r#"note = "Piso {{floor}}: llamar antes""#,
    ),
    row("link", ActionKey::Link, Form::Text, "links to the ticket of this number", r#"link = "{{number}}""#),
    row(
        "notify",
        ActionKey::Notify,
        Form::Recipients,
        "tells somebody: a login, `role:NAME`, `queue`, `owner`, `responsible`, `watchers`, `administrator`, an address; a template may be named",
        r#"notify = { to = "role:redes", template = "rule-notice" }"#,
    ),
    row(
        "suppress_reply",
        ActionKey::SuppressReply,
        Form::Switch,
        "sends no automatic reply to this mail",
        "suppress_reply = true",
    ),
    row(
        "reject",
        ActionKey::Reject,
        Form::TextOrSwitch,
        "opens no ticket and answers with this template (`true`: `rejected`)",
        r#"reject = "rejected""#,
    ),
    row(
        "discard",
        ActionKey::Discard,
        Form::Switch,
        "opens no ticket and says nothing; the journal keeps the mail",
        "discard = true",
    ),
    row(
        "quarantine",
        ActionKey::Quarantine,
        Form::Switch,
        "puts the mail into the quarantine",
        "quarantine = true",
    ),
    row(
        "move",
        ActionKey::Move,
        Form::Text,
        "moves the mail to this folder of its mailbox",
        r#"move = "Alarmas""#,
    ),
];

/// The table of actions in `docs/rules.md`.
pub fn actions_table() -> String {
    let mut table = String::from("| key | does | example |\n| --- | --- | --- |\n");
    for row in &ACTION_ROWS {
        table.push_str(&format!("| `{}` | {} | `then.{}` |\n", row.name, row.about, row.example));
    }
    table
}

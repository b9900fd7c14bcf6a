//! The files that `init` writes.

use toml::Value;

use super::answers::{Answers, Secret, Server};
use crate::mail::Language;

/// Mode of files for everybody.
const OPEN: u32 = 0o644;
/// Mode of files for nobody else.
pub(super) const SECRET: u32 = 0o600;

/// Everything that may be written, to be looked for before.
pub(super) const NAMES: [&str; 7] = [
    "taquilla.toml",
    "desk.toml",
    "notifications.toml",
    "rules/10-example.toml",
    "secrets/imap",
    "secrets/smtp",
    ".gitignore",
];

/// Names, texts and modes.
pub(super) fn all(answers: &Answers) -> Vec<(&'static str, String, u32)> {
    let mut files = vec![
        ("taquilla.toml", settings(answers), OPEN),
        ("desk.toml", desk(answers), OPEN),
        ("notifications.toml", NOTIFICATIONS.to_owned(), OPEN),
        ("rules/10-example.toml", RULES.to_owned(), OPEN),
        (".gitignore", "secrets/\ndata/\n".to_owned(), OPEN),
    ];
    let password = match &answers.secret {
        Secret::Stored(password) => Some(format!("{password}\n")),
        Secret::Missing => Some(String::new()),
        Secret::File(_) | Secret::Command(_) => None,
    };
    if let Some(password) = password {
        files.push(("secrets/imap", password.clone(), SECRET));
        if answers.smtp_login {
            files.push(("secrets/smtp", password, SECRET));
        }
    }
    files
}

/// A TOML string.
fn quoted(text: &str) -> String {
    Value::String(text.to_owned()).to_string()
}

fn list(words: &[String]) -> String {
    Value::Array(words.iter().cloned().map(Value::String).collect()).to_string()
}

fn settings(answers: &Answers) -> String {
    let administrator = match &answers.administrator {
        Some(address) => format!("administrator = {}", quoted(address)),
        None => "# administrator = \"admin@example.org\"".to_owned(),
    };
    let login = if answers.smtp_login {
        format!("user = {}\n{}", quoted(&answers.user), secret(answers, "secrets/smtp"))
    } else {
        "# no user: this server wants no login".to_owned()
    };
    format!(
        "\
# Settings of the daemon. Every key is explained in docs/configuration.md; `taquilla check` reads this file.
# Relative paths are relative to this file.

[desk]
name = {name}
# What users write to and replies come from.
address = {address}
# Our own domains.
domains = {domains}
# Gets alarms: a mailbox that stalls, a refused rule set. Not an address of the desk itself.
{administrator}
language = {language}
timezone = {time_zone}

[ticket]
# Numbers such as 2013121610000137: date, system id, counter of the day, check digit.
number = \"date-checksum\"
system_id = 10
# Subjects carry [Ticket#2013121610000137]. Coming from another desk? Keep its hook.
hook = \"Ticket#\"

[data]
# Database, mails, locks. Back it up.
dir = \"data\"
database = \"sqlite\"

[[mailbox]]
name = {mailbox}
{imap}
user = {user}
{imap_secret}
folders = [\"INBOX\"]
# What becomes of a mail on the server once it is stored: moved, {{ flag = \"Processed\" }}, \"keep\" or \"delete\".
after = {{ move = \"Processed\" }}

[smtp]
{smtp}
{login}

[trust]
# The name under which your own mail server writes Authentication-Results. With it, agents' new mails count at once;
# without it they are confirmed. Only if that server removes such fields from outside mail!
# border = {border}
# Microsoft 365: a header that the border removes from outside mail.
# internal_header = \"X-MS-Exchange-Organization-AuthAs: Internal\"
",
        name = quoted(&answers.name),
        address = quoted(&answers.address),
        domains = list(&answers.domains),
        language = quoted(answers.language.code()),
        time_zone = quoted(&answers.time_zone),
        mailbox = quoted(answers.address.split('@').next().unwrap_or("desk")),
        imap = server(&answers.imap),
        user = quoted(&answers.user),
        imap_secret = secret(answers, "secrets/imap"),
        smtp = server(&answers.smtp),
        border = quoted(&format!("mx.{}", answers.domains.first().map_or("example.org", String::as_str))),
    )
}

fn server(server: &Server) -> String {
    format!("host = {}\nport = {}\ntls = {}", quoted(&server.host), server.port, quoted(&server.tls))
}

fn secret(answers: &Answers, file: &str) -> String {
    match &answers.secret {
        Secret::Stored(_) | Secret::Missing => format!("password_file = {}", quoted(file)),
        Secret::File(path) => format!("password_file = {}", quoted(&path.display().to_string())),
        Secret::Command(words) => format!("oauth2 = {{ token_command = {} }}", list(words)),
    }
}

fn desk(answers: &Answers) -> String {
    let (signature, second) = match answers.language {
        Language::En => ("{{agent}}\n{{queue}}", "Hardware"),
        Language::Es => ("{{agent}}\n{{queue}}", "Soporte Técnico"),
    };
    let domain = answers.domains.first().map_or("example.org", String::as_str);
    format!(
        "\
# The desk as its people see it. Every key is explained in docs/configuration.md.

# The first one is what a new ticket has.
types = [\"incident\", \"request\"]

# A queue is a circuit of work. Tickets go to the first one unless a mailbox or a rule says otherwise.
[[queue]]
name = {name}
# Closes every mail to a customer.
signature = '''
{signature}'''
# A customer's mail to a closed ticket reopens it within this time, later it opens a new one, linked.
reopen_within = \"14d\"

# [[queue]]
# name = {second}
# members = [\"mgomez\"]      # logins; without this line: all agents
# owner = \"mgomez\"          # the supervisor of its tickets

# Agents work from their own mail programs. Without any, tickets come in and nobody is told.
# [[agent]]
# login = \"mgomez\"
# name = \"María Gómez\"
# address = \"mgomez@{domain}\"
# level = 0                  # 0 help desk, 1, 2

# [[service]]
# name = \"Equipos::Impresoras\"
# queue = {second}
",
        name = quoted(&answers.name),
        second = quoted(second),
    )
}

const RULES: &str = "\
# Rules run on every new ticket, in the order of the files and of the rules; later ones overwrite earlier ones.
# Try them: taquilla explain MAIL.eml

[[rule]]
name = \"Urgent words raise the priority\"
when.subject = [\"urgent\", \"urgente\"]      # any of these words; case and accents do not matter
then.priority = \"high\"

# [[rule]]
# name = \"Printers go to hardware\"
# when.subject = [\"printer\", \"impresora\", \"tóner\"]
# when.sender = \"customer\"
# then.queue = \"Hardware\"
# then.service = \"Equipos::Impresoras\"
";

const NOTIFICATIONS: &str = "\
# Which event sends which mail to whom. Without this file the shipped ones hold; an entry with the name of a shipped
# one replaces it. Names, events and recipients: docs/configuration.md.

# [[notification]]
# name = \"closed\"              # shipped: tells the customer that the ticket is closed
# enabled = false

# [[notification]]
# name = \"bosses see urgent tickets\"
# event = \"ticket-created\"
# to = [\"owner\", \"boss@example.org\"]
# template = \"new-ticket-agent\"
# priority = \"high\"
";

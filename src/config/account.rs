//! A login on a mail server, as `[[mailbox]]` and `[smtp]` both have it: where, how protected, who, with what secret.

use std::path::{Path, PathBuf};

use secrecy::SecretString;

use super::diagnostic::{Diagnostic, Place};
use super::fields::Fields;
use super::mailbox::Tls;
use super::secret::SecretSource;

/// Something outside the settings that they rely on, looked at by `check` and at the start of `run`.
#[derive(Debug, Clone)]
pub struct Reliance {
    /// What for: `mailbox soporte`.
    pub whose: String,
    /// Where the settings say it.
    pub place: Option<Place>,
    /// What it is.
    pub on: ReliesOn,
}

/// What settings may rely on.
#[derive(Debug, Clone)]
pub enum ReliesOn {
    /// A secret.
    Secret(SecretSource),
    /// A file that must be readable.
    File(PathBuf),
}

/// An account, checked.
#[derive(Debug, Clone)]
pub struct Account {
    /// Host name or address; the certificate must be for it.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// Protection of the connection.
    pub tls: Tls,
    /// A PEM file with further trust anchors.
    pub ca_file: Option<PathBuf>,
    /// Login name; without one there is no login.
    pub user: Option<String>,
    /// Password or token.
    pub secret: Option<SecretSource>,
}

/// Ports where none is given.
pub(super) struct UsualPorts {
    pub(super) implicit: u16,
    pub(super) starttls: u16,
    pub(super) none: u16,
}

impl Account {
    /// Reads the account of a table; `whose` names it. Nothing where its host is missing or wrong.
    pub(super) fn read(
        fields: &Fields<'_>,
        base: &Path,
        whose: &str,
        usual: &UsualPorts,
        reliances: &mut Vec<Reliance>,
    ) -> Option<Self> {
        let tls = match fields.text("tls") {
            Some("starttls") => Tls::StartTls,
            Some("none") => Tls::None,
            _ => Tls::Implicit,
        };
        let given_port = fields.int("port").and_then(|port| u16::try_from(port).ok());
        let port = given_port.unwrap_or(match tls {
            Tls::Implicit => usual.implicit,
            Tls::StartTls => usual.starttls,
            Tls::None => usual.none,
        });
        check_port(fields, tls, given_port);
        let ca_file = fields.text("ca_file").map(|file| base.join(file));
        if let Some(file) = &ca_file {
            let place = fields.value("ca_file").map(|value| value.place(""));
            reliances.push(Reliance { whose: whose.to_owned(), place, on: ReliesOn::File(file.clone()) });
        }
        let user = fields.text("user").map(str::to_owned);
        let secret = secret(fields, base, whose, reliances);
        let host = fields.text("host")?.to_owned();
        if tls == Tls::None && !is_loopback(&host) {
            let mistake = fields.about(
                "tls",
                format!("`tls = \"none\"` is for the loopback interface only, and {host} is not on it"),
                "",
            );
            fields.add(mistake.help("use \"implicit\" or \"starttls\"".to_owned()));
        }
        Some(Self { host, port, tls, ca_file, user, secret })
    }
}

/// Ports that speak the other kind of TLS: the connection would hang until a time-out.
fn check_port(fields: &Fields<'_>, tls: Tls, port: Option<u16>) {
    let other = match (tls, port) {
        (Tls::Implicit, Some(143 | 587 | 25)) => "starttls",
        (Tls::StartTls, Some(993 | 465)) => "implicit",
        (Tls::Implicit | Tls::StartTls | Tls::None, _) => return,
    };
    let title = format!("port {} usually speaks `tls = \"{other}\"`", port.unwrap_or_default());
    fields.add(fields.about("port", title, "").warning());
}

/// `localhost` and the addresses of the loopback interface.
pub(super) fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// The one secret of a table.
fn secret(
    fields: &Fields<'_>,
    base: &Path,
    whose: &str,
    reliances: &mut Vec<Reliance>,
) -> Option<SecretSource> {
    let mut found: Vec<(&str, SecretSource)> = Vec::new();
    if let Some(file) = fields.text("password_file") {
        found.push(("password_file", SecretSource::File(base.join(file))));
    }
    if let Some(name) = fields.text("password_env") {
        found.push(("password_env", SecretSource::Env(name.to_owned())));
    }
    if let Some(password) = fields.text("password") {
        // Told without its line, which would show the password to whoever looks over a shoulder or into a log.
        let line =
            fields.value("password").map_or_else(String::new, |value| format!(", line {}", value.line()));
        let mistake = Diagnostic::general(format!("{whose}: a password stands in the settings file{line}"));
        let help = "put it into a file that only the daemon can read, and name that with `password_file`";
        fields.add(mistake.warning().help(help.to_owned()));
        found.push(("password", SecretSource::Password(SecretString::from(password.to_owned()))));
    }
    if let Some(command) = token_command(fields) {
        found.push(("oauth2", SecretSource::Command(command)));
    }
    let mut found = found.into_iter();
    let (key, source) = found.next()?;
    if let Some((second, _)) = found.next() {
        let title = format!("{whose} has both `{key}` and `{second}`");
        fields.add(fields.about(second, title, "").help("keep one of them".to_owned()));
    }
    let place = fields.value(key).map(|value| value.place(""));
    reliances.push(Reliance { whose: whose.to_owned(), place, on: ReliesOn::Secret(source.clone()) });
    Some(source)
}

/// Complains of an account with a user and without a secret, unless one was given and was wrong.
pub(super) fn secret_missing(fields: &Fields<'_>, example: &str) {
    if !["password_file", "password_env", "password", "oauth2"].iter().any(|key| fields.is_given(key)) {
        fields.missing("password_file", &format!("\"{example}\""));
    }
}

/// `oauth2 = { token_command = ["program", "argument"] }`.
fn token_command(fields: &Fields<'_>) -> Option<Vec<String>> {
    let table = fields.value("oauth2")?.table()?;
    let command = table.require("token_command").map(|value| {
        let words: Vec<String> = value.strings().into_iter().map(str::to_owned).collect();
        if words.first().is_none_or(String::is_empty) {
            value.wrong("`token_command` must name a program", "", None);
        }
        words
    });
    table.finish();
    command.filter(|words| !words.is_empty())
}

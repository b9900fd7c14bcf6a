//! `[smtp]` into [`SmtpSettings`].

use std::path::Path;
use std::time::Duration;

use super::account::{Account, Reliance, UsualPorts, secret_missing};
use super::fields::Fields;
use super::smtp::{InDoubt, SenderPolicy, SmtpSettings};

/// Ports of RFC 8314 section 3.3, RFC 6409 section 3.1, RFC 5321.
const SMTP_PORTS: UsualPorts = UsualPorts { implicit: 465, starttls: 587, none: 25 };

/// Reads the section; nothing where there is none.
pub(super) fn read(fields: &Fields<'_>, base: &Path, reliances: &mut Vec<Reliance>) -> Option<SmtpSettings> {
    let envelope_sender = match fields.text("envelope_sender") {
        Some(address) if address.contains('@') => SenderPolicy::Address(address.to_owned()),
        Some("auto") | None => SenderPolicy::Auto,
        Some(other) => {
            let title = format!("`smtp.envelope_sender` cannot be \"{other}\"");
            fields.add(fields.about("envelope_sender", title, "").help("\"auto\", or an address".to_owned()));
            SenderPolicy::Auto
        }
    };
    let in_doubt = if fields.text("in_doubt") == Some("hold") { InDoubt::Hold } else { InDoubt::Retry };
    let time = |key| fields.duration(key).and_then(|time| Duration::try_from(time).ok());
    let rate = fields.int("rate").and_then(|rate| u32::try_from(rate).ok());
    let connections = fields.int("connections").and_then(|number| usize::try_from(number).ok());
    let (timeout, data_timeout) = (time("timeout"), time("data_timeout"));
    let give_up_after = time("give_up_after");
    let account = Account::read(fields, base, "smtp", &SMTP_PORTS, reliances)?;
    match (&account.user, &account.secret) {
        (Some(_), None) => secret_missing(fields, "secrets/smtp"),
        (None, Some(_)) => {
            let mistake = fields.at_header("[smtp] has a password and no `user`");
            fields
                .add(mistake.help("without `user` there is no login, and no password is needed".to_owned()));
        }
        (Some(_), Some(_)) | (None, None) => {}
    }
    let usual = SmtpSettings::new(&account.host, account.port, account.tls);
    Some(SmtpSettings {
        ca_file: account.ca_file,
        user: account.user,
        secret: account.secret,
        envelope_sender,
        timeout: timeout.unwrap_or(usual.timeout),
        data_timeout: data_timeout.unwrap_or(usual.data_timeout),
        connections: connections.unwrap_or(usual.connections),
        rate,
        in_doubt,
        give_up_after: give_up_after.unwrap_or(usual.give_up_after),
        ..usual
    })
}

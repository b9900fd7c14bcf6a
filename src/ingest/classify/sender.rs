//! Who a sender is by name: a mail system, a program that takes no replies, or somebody.
//!
//! Tables only. A name says who speaks, never what is said: a bounce needs more than a daemon's name.

use crate::mail::Address;

/// The kind of address a mail came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ingest) enum SenderKind {
    /// A mail system that calls itself one: `MAILER-DAEMON`.
    Daemon,
    /// A mail system, or the person who looks after it: `postmaster`, "System Administrator".
    Postmaster,
    /// A program that wants no answer: `no-reply`.
    NoReply,
    /// A program by its name: `nagios`, `cron`, `scanner`.
    Program,
    /// The machinery of a mailing list: `owner-x`, `x-request`, `x-bounces` (RFC 3834 section 2).
    ListOwner,
    /// Anybody.
    Somebody,
}

/// Local parts of mail systems.
const DAEMONS: &[&str] = &[
    "mailer-daemon",
    "mailerdaemon",
    "mailer_daemon",
    "mailer.daemon",
    "mail-daemon",
    "maildaemon",
    "mdaemon",
    "mail-deamon",
    "mailer-deamon",
    "mmdf",
    "uucp",
    "smtpd",
    "bounce-notification",
    "delivery-status",
];

/// Local parts that a mail system and its keeper share.
const POSTMASTERS: &[&str] =
    &["postmaster", "post.master", "post-master", "mailmaster", "mail-master", "mailadmin", "mailer", "mta"];

/// Display names of mail systems, folded; contained in the name.
const DAEMON_NAMES: &[&str] = &[
    "mail delivery sub",
    "mail delivery sys",
    "mail delivery service",
    "mail deliver system",
    "mailer-daemon",
    "mailer daemon",
    "mail daemon",
    "internet mail delivery",
    "mail router",
    "mail transport",
    "interscan",
    "ndr administrator",
    "bounce notification",
    "delivery status",
    "mail delivery",
    "mailzustell",
    "mail transfer agent",
    "email delivery",
    "e-mail delivery",
    "returned mail",
];

/// Display names that a mail system and its keeper share, folded; the whole name.
const POSTMASTER_NAMES: &[&str] = &[
    "postmaster",
    "mail administrator",
    "system administrator",
    "systemadministrator",
    "microsoft outlook",
    "microsoft exchange",
    "administrador del sistema",
    "administrador de sistema",
    "administrador do sistema",
    "administrateur systeme",
    "amministratore di sistema",
    "systeembeheerder",
    "systembetreuer",
    "systemadministrator",
    "системный администратор",
    "システム管理者",
    "시스템 관리자",
    "系统管理员",
    "系統管理員",
    "mail system",
    "mail server",
    "mailserver",
    "smtp server",
];

/// Beginnings of local parts that want no answer, once `-`, `_` and `.` are taken out.
const NO_REPLY: &[&str] = &[
    "noreply",
    "noreplay",
    "donotreply",
    "dontreply",
    "notreply",
    "nonreply",
    "noresponse",
    "unattended",
    "noresponder",
    "noresponda",
    "norespondas",
    "noresponde",
    "noreponse",
    "nepasrepondre",
    "pasdereponse",
    "nichtantworten",
    "keineantwort",
    "bittenichtantworten",
    "naoresponda",
    "naoresponder",
    "norisponda",
    "nonrispondere",
    "nietantwoorden",
    "geenantwoord",
    "svaraej",
    "svarikke",
    "ikkesvar",
    "eivastata",
    "nieodpowiadaj",
    "neodpovidat",
    "neodgovarjaj",
    "nevalaszolj",
    "otvet.ne",
    "cevaplamayiniz",
    "yanitlamayin",
];

/// Endings of local parts that want no answer, once `-`, `_` and `.` are taken out.
const NO_REPLY_ENDS: &[&str] = &["noreply", "donotreply", "noresponder", "nepasrepondre", "nichtantworten"];

/// Words of a local part that only programs have; compared with each piece between `-`, `_`, `.` and `+`.
const PROGRAMS: &[&str] = &[
    "nagios",
    "icinga",
    "icinga2",
    "zabbix",
    "prometheus",
    "alertmanager",
    "grafana",
    "centreon",
    "checkmk",
    "prtg",
    "munin",
    "monit",
    "cacti",
    "sensu",
    "observium",
    "librenms",
    "solarwinds",
    "opsgenie",
    "pagerduty",
    "uptime",
    "monitoring",
    "monitor",
    "alert",
    "alerts",
    "alarm",
    "alarms",
    "alarma",
    "alarmas",
    "alerta",
    "alertas",
    "notification",
    "notifications",
    "notificaciones",
    "notificacion",
    "notifier",
    "benachrichtigung",
    "cron",
    "crond",
    "anacron",
    "logwatch",
    "logcheck",
    "fail2ban",
    "root",
    "daemon",
    "nobody",
    "www-data",
    "apache",
    "wordpress",
    "jenkins",
    "gitlab",
    "bugzilla",
    "redmine",
    "sonarqube",
    "backup",
    "backups",
    "veeam",
    "bacula",
    "scanner",
    "scanners",
    "escaner",
    "scan2mail",
    "scantomail",
    "scan",
    "copier",
    "kopierer",
    "printer",
    "impresora",
    "mfp",
    "multifuncional",
    "fax",
    "faxserver",
    "ups",
    "newsletter",
    "newsletters",
    "mailing",
    "quarantine",
    "autoresponder",
    "autoreply",
    "auto-reply",
    "autorespond",
    "automailer",
    "automated",
    "robot",
    "bot",
];

/// The kind of sender that an address and its display name tell of.
pub(in crate::ingest) fn kind(address: &Address) -> SenderKind {
    let local = address.local().trim().to_lowercase();
    let name = super::fold::fold(address.name.as_deref().unwrap_or_default(), 200);
    let name = name.trim_matches(|c: char| !c.is_alphanumeric());
    if DAEMONS.contains(&local.as_str()) || is_exchange_system(&local) {
        return SenderKind::Daemon;
    }
    if DAEMON_NAMES.iter().any(|known| name.contains(known)) {
        return SenderKind::Daemon;
    }
    if POSTMASTERS.contains(&local.as_str()) || POSTMASTER_NAMES.contains(&name) {
        return SenderKind::Postmaster;
    }
    by_habit(&local)
}

/// Exchange sends its own mail as `MicrosoftExchange` and 32 hexadecimal digits.
fn is_exchange_system(local: &str) -> bool {
    local
        .strip_prefix("microsoftexchange")
        .is_some_and(|digits| digits.len() >= 16 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Programs and lists by the form of their local part.
fn by_habit(local: &str) -> SenderKind {
    let bare: String = local.chars().filter(|c| !matches!(c, '-' | '_' | '.')).collect();
    if NO_REPLY.iter().any(|known| bare.starts_with(known))
        || NO_REPLY_ENDS.iter().any(|known| bare.ends_with(known))
    {
        return SenderKind::NoReply;
    }
    let list = local.starts_with("owner-")
        || ["-request", "-owner", "-bounces", "-bounce", "-admin-bounces"]
            .iter()
            .any(|end| local.ends_with(end));
    if list {
        return SenderKind::ListOwner;
    }
    let programs = local.split(['-', '_', '.', '+']).any(|piece| PROGRAMS.contains(&piece));
    if programs || PROGRAMS.contains(&local) { SenderKind::Program } else { SenderKind::Somebody }
}

#[cfg(test)]
mod tests {
    use super::{SenderKind, kind};
    use crate::mail::Address;

    #[test]
    fn names_tell_programs_from_people() {
        let cases = [
            ("", "MAILER-DAEMON@x.example", SenderKind::Daemon),
            ("Mail Delivery Subsystem", "poster@x.example", SenderKind::Daemon),
            ("", "MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@x.example", SenderKind::Daemon),
            ("", "Postmaster@x.example", SenderKind::Postmaster),
            ("System Administrator", "it@x.example", SenderKind::Postmaster),
            ("Shop", "no-reply@shop.example", SenderKind::NoReply),
            ("", "ne_pas_repondre@x.example", SenderKind::NoReply),
            ("", "orders-noreply@x.example", SenderKind::NoReply),
            ("", "nagios@mon.example", SenderKind::Program),
            ("", "it-alerts@x.example", SenderKind::Program),
            ("", "users-request@x.example", SenderKind::ListOwner),
            ("Ana Root", "ana@x.example", SenderKind::Somebody),
            ("", "rootsandshoots@x.example", SenderKind::Somebody),
            ("", "j.scanlon@x.example", SenderKind::Somebody),
        ];
        for (name, address, wanted) in cases {
            assert_eq!(kind(&Address::named(name, address)), wanted, "{name} <{address}>");
        }
    }
}

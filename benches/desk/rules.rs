//! A hundred rules of all kinds, and the files of the desk that has them.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// What the settings file says beside the desk.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Ports {
    /// IMAP, on loopback.
    pub(crate) imap: Option<u16>,
    /// SMTP, on loopback.
    pub(crate) smtp: Option<u16>,
    /// Mails are moved once they are taken.
    pub(crate) moving: bool,
    /// The queue's members are told of each ticket, too.
    pub(crate) notices: bool,
}

/// Writes the files of a desk into a folder; the settings file.
pub(crate) fn desk(folder: &Path, data: &Path, ports: Ports) -> PathBuf {
    fs::create_dir_all(folder.join("rules")).unwrap();
    let ministry = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/ministry");
    for name in ["desk.toml", "customers.csv"] {
        fs::copy(ministry.join(name), folder.join(name)).unwrap();
    }
    let quiet = "[[notification]]\nname = \"new ticket\"\nenabled = false\n";
    fs::write(folder.join("notifications.toml"), if ports.notices { "" } else { quiet }).unwrap();
    fs::write(folder.join("rules/10-bench.toml"), rules()).unwrap();
    let mut settings = format!(
        "[desk]\nname = \"Mesa de Ayuda\"\nadministrator = \"admin@minem.example\"\ndomains = [\"minem.example\"]\n\
         address = \"soporte@minem.example\"\nlanguage = \"es\"\ntimezone = \"America/Lima\"\n\n\
         [ticket]\nnumber = \"date-checksum\"\nsystem_id = 10\nhook = \"Ticket#\"\n\n[data]\ndir = \"{}\"\n",
        data.display()
    );
    // Thousands of mails at once are a flood, and what a flood becomes is not what is measured here.
    settings.push_str(
        "\n[limits]\ntickets_per_sender = 100000\narticles_per_ticket = 100000\nnotices_per_recipient = 100000\n\
         notices_per_domain = 1000000\nnotices_per_own_recipient = 1000000\n",
    );
    if let Some(port) = ports.imap {
        let after = if ports.moving { "{ move = \"Procesados\" }" } else { "\"keep\"" };
        write!(
            settings,
            "\n[[mailbox]]\nname = \"soporte\"\nhost = \"127.0.0.1\"\nport = {port}\ntls = \"none\"\nuser = \"soporte\"\n\
             password = \"secreto\"\nafter = {after}\nqueue = \"Mesa de Ayuda\"\n"
        )
        .unwrap();
    }
    if let Some(port) = ports.smtp {
        write!(settings, "\n[smtp]\nhost = \"127.0.0.1\"\nport = {port}\ntls = \"none\"\nconnections = 4\n")
            .unwrap();
    }
    let file = folder.join("taquilla.toml");
    fs::write(&file, settings).unwrap();
    file
}

/// Subjects, senders, words of the text, expressions, headers: twenty of each; one in a few mails meets some.
fn rules() -> String {
    let mut file = String::new();
    for n in 0..100 {
        let when = match n % 5 {
            0 => format!("when.subject = \"impresora {n}\""),
            1 => format!("when.from = \"*@clients{n}.example\""),
            2 => format!("when.text = [\"expediente {n}\", \"contraseña {n}\"]"),
            3 => format!("when.subject = '/\\b(?<equipo>equipo|servidor)[ -]?{n}\\b/'"),
            _ => format!("when.header.x-system = \"system-{n}\""),
        };
        let then = match n % 3 {
            0 => format!("then.tags = \"t{n}\""),
            1 => "then.priority = \"high\"".to_owned(),
            _ => format!("then.field.origin = \"{n}\""),
        };
        writeln!(file, "[[rule]]\nname = \"rule {n}\"\n{when}\n{then}\n").unwrap();
    }
    file
}

//! What the administrator is told of mailboxes, of outgoing mails, of limits and of files, in the desk's language. What a
//! server or a file says is told as it stands.

use std::fmt::Write as _;

use super::Pipeline;
use crate::decide::Request;
use crate::ingest::intake::Condition as OfMailbox;
use crate::mail::Language;
use crate::outbound::outbox::Condition as OfOutbox;
use crate::store::HeldBack;

impl Pipeline {
    /// The language of the administrator's mails.
    pub(super) fn language(&self) -> Language {
        self.house().policy.desk.language
    }

    /// What to tell of files that are not taken: their mistakes, as a compiler shows them.
    pub(crate) fn refused_files(&self, mistakes: String) -> Request {
        let subject = match self.language() {
            Language::En => "The new files of the desk are refused, the old ones stay",
            Language::Es => "Los archivos nuevos de la mesa tienen errores: siguen valiendo los anteriores",
        };
        Request::Alarm { subject: subject.to_owned(), text: mistakes }
    }
}

pub(super) fn of_mailbox(language: Language, mailbox: &str, condition: &OfMailbox) -> Request {
    let (subject, text) = match language {
        Language::En => (format!("Mailbox {mailbox}"), condition.to_string()),
        Language::Es => (format!("Buzón {mailbox}"), spanish_of_mailbox(condition)),
    };
    Request::Alarm { subject, text }
}

fn spanish_of_mailbox(condition: &OfMailbox) -> String {
    match condition {
        OfMailbox::LoginRefused(answer) => format!("el servidor rechaza la entrada al buzón: {answer}"),
        OfMailbox::NoSecret(reason) => format!("no se puede leer la contraseña o el token: {reason}"),
        OfMailbox::CertificateRefused(reason) => {
            format!("el certificado del servidor no es de confianza: {reason}")
        }
        OfMailbox::Stalled(reason) => format!("no se puede tomar ningún correo: {reason}"),
        OfMailbox::Recovered => "los correos se toman otra vez".to_owned(),
        OfMailbox::FolderMissing { folder, answer } => {
            format!("no se puede abrir la carpeta {folder}: {answer}; créela o quítela de `folders`")
        }
        OfMailbox::ReadOnly { folder } => {
            format!("la carpeta {folder} es de solo lectura: sus correos se toman y quedan donde están")
        }
        OfMailbox::AckRefused { folder, answer } => {
            format!("los correos tomados de {folder} siguen allí: {answer}")
        }
        OfMailbox::BacklogLeftAlone { folder, mails } => format!(
            "{mails} correos de {folder} tienen más de 7 días y no se tocaron; `taquilla run --backlog` hace tickets de ellos \
             sin enviar correos"
        ),
        OfMailbox::Renumbered { folder } => format!(
            "el servidor numera de nuevo los correos de {folder} (UIDVALIDITY); cada uno se revisa otra vez"
        ),
        OfMailbox::Rewound { folder } => format!(
            "en {folder} el servidor usa números antiguos para otros correos, como tras restaurar una copia; cada uno se \
             revisa otra vez"
        ),
        OfMailbox::Unfetchable { folder, uid, reason } => {
            format!("el correo {uid} de {folder} no se puede traer y está en cuarentena: {reason}")
        }
    }
}

pub(super) fn of_outbox(language: Language, condition: &OfOutbox) -> Request {
    let (subject, text) = match (language, condition) {
        (Language::En, _) => ("Outgoing mail", condition.to_string()),
        (Language::Es, OfOutbox::Refused(why)) => (
            "Correo saliente",
            format!(
                "el servidor SMTP o sus ajustes no dejan salir los correos: {why}. Se conservan y se intenta de nuevo; \
                 corrija los ajustes ([smtp] en taquilla.toml)"
            ),
        ),
        (Language::Es, OfOutbox::Stalled(why)) => (
            "Correo saliente",
            format!("no puede salir ningún correo: {why}. Los correos se conservan y se intenta de nuevo"),
        ),
        (Language::Es, OfOutbox::Recovered) => ("Correo saliente", "los correos salen otra vez".to_owned()),
    };
    Request::Alarm { subject: subject.to_owned(), text }
}

/// The sentences around the two lists.
struct OfLimits {
    subject: &'static str,
    nobody: &'static str,
    parked: &'static str,
    let_in: &'static str,
    held: &'static str,
    let_out: &'static str,
}

const ENGLISH: OfLimits = OfLimits {
    subject: "Limits of the desk",
    nobody: "nobody",
    parked: "Mails that are parked because their sender floods the desk, the most first:",
    let_in: "They become tickets one after another, as [limits] tickets_per_sender and articles_per_ticket allow. \
             `taquilla parked list` shows them, `taquilla parked retry` lets them in at once, `taquilla parked drop` takes \
             them off.",
    held: "Automatic mails that are held because their recipient got too many, the most first:",
    let_out: "They leave as [limits] notices_per_recipient and notices_per_domain allow. `taquilla outbox list` shows them, \
              `taquilla outbox retry` sends them at once, `taquilla outbox drop` drops them. Look whether a program \
              answers the desk.",
};

const SPANISH: OfLimits = OfLimits {
    subject: "Límites de la mesa",
    nobody: "nadie",
    parked: "Correos en espera porque su remitente inunda la mesa, primero los que más:",
    let_in: "Se vuelven tickets uno tras otro, como permiten tickets_per_sender y articles_per_ticket en [limits]. \
             `taquilla parked list` los muestra, `taquilla parked retry` los deja entrar ya, `taquilla parked drop` los \
             descarta.",
    held: "Correos automáticos retenidos porque su destinatario recibió demasiados, primero los que más:",
    let_out: "Salen como permiten notices_per_recipient y notices_per_domain en [limits]. `taquilla outbox list` los \
              muestra, `taquilla outbox retry` los envía ya, `taquilla outbox drop` los descarta. Vea si un programa le \
              contesta a la mesa.",
};

pub(super) fn of_limits(language: Language, held: &HeldBack) -> Request {
    let says = match language {
        Language::En => ENGLISH,
        Language::Es => SPANISH,
    };
    let mut text = String::new();
    let mut list = |title: &str, rows: &[(String, u64)], what_to_do: &str| {
        if rows.is_empty() {
            return;
        }
        let lines: String = rows.iter().fold(String::new(), |mut lines, (who, count)| {
            let who = if who.is_empty() { says.nobody } else { who };
            // Writing to a string does not fail.
            let _infallible = writeln!(lines, "  {count:>6}  {who}");
            lines
        });
        let _infallible = write!(text, "{title}\n{lines}{what_to_do}\n\n");
    };
    list(says.parked, &held.parked, says.let_in);
    list(says.held, &held.mails, says.let_out);
    Request::Alarm { subject: says.subject.to_owned(), text: text.trim_end().to_owned() }
}

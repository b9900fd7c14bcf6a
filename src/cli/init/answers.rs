//! What `init` has to know: from options, from whoever sits at the terminal, from defaults.

use std::io::{BufRead as _, Write as _};
use std::path::PathBuf;

use jiff::tz::TimeZone;

use crate::cli::CliError;
use crate::cli::args::InitArgs;
use crate::cli::output::tell;
use crate::config::check::desk_address;
use crate::mail::Language;

/// How the desk logs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Secret {
    /// This password goes into `secrets/`.
    Stored(String),
    /// A file that is there already.
    File(PathBuf),
    /// A program that prints a token.
    Command(Vec<String>),
    /// Nobody said; an empty file waits for it.
    Missing,
}

/// A server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Server {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) tls: String,
}

/// Everything that the files are written from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answers {
    pub(super) name: String,
    pub(super) user: String,
    pub(super) address: String,
    pub(super) administrator: Option<String>,
    pub(super) domains: Vec<String>,
    pub(super) imap: Server,
    pub(super) smtp: Server,
    pub(super) smtp_login: bool,
    pub(super) secret: Secret,
    pub(super) language: Language,
    pub(super) time_zone: String,
}

/// Whoever can be asked.
pub(super) struct Asker {
    /// Somebody sits at a terminal.
    pub(super) talks: bool,
}

impl Asker {
    /// The option, else the answer, else the default.
    fn ask(&self, option: Option<&String>, question: &str, default: &str) -> Result<String, CliError> {
        if let Some(given) = option {
            return Ok(given.trim().to_owned());
        }
        if !self.talks {
            return Ok(default.to_owned());
        }
        let shown = if default.is_empty() { String::new() } else { format!(" [{default}]") };
        let mut terminal = std::io::stderr().lock();
        write!(terminal, "{question}{shown}: ")?;
        terminal.flush()?;
        let mut line = String::new();
        if std::io::stdin().lock().read_line(&mut line)? == 0 {
            return Err(CliError::Usage("no answer: the input ended".to_owned()));
        }
        let answer = line.trim();
        Ok(if answer.is_empty() { default.to_owned() } else { answer.to_owned() })
    }
}

impl Asker {
    /// The same for an address, asked again of a person who mistyped it. May be empty where that is the default.
    fn ask_address(
        &self,
        option: Option<&String>,
        question: &str,
        default: &str,
    ) -> Result<String, CliError> {
        loop {
            let given = self.ask(option, question, default)?;
            match desk_address(&given) {
                Err(wrong) if !given.is_empty() && option.is_none() && self.talks => {
                    tell(&format!("This {wrong}."));
                }
                Err(wrong) if !given.is_empty() => {
                    return Err(CliError::Usage(format!("\"{question}\": this {wrong}")));
                }
                Ok(()) | Err(_) => return Ok(given),
            }
        }
    }
}

impl Answers {
    /// Asks for what the options leave open; `piped` is the password of standard input.
    pub(super) fn gather(args: &InitArgs, piped: Option<String>, asker: &Asker) -> Result<Self, CliError> {
        let language =
            asker.ask(args.language.as_ref(), "Language of the desk, en or es", usual_language())?;
        let language = Language::from_code(&language)
            .ok_or_else(|| CliError::Usage(format!("\"{language}\" is no language of ours: en or es")))?;
        let usual_name = match language {
            Language::En => "Help Desk",
            Language::Es => "Mesa de Ayuda",
        };
        let name = asker.ask(args.name.as_ref(), "Name of the desk", usual_name)?;
        let (user, address) = who(args, asker)?;
        let domain = address.rsplit_once('@').map(|(_, domain)| domain.to_lowercase()).unwrap_or_default();
        let administrator = asker.ask_address(
            args.administrator.as_ref(),
            "Who gets alarms (an address outside the desk)",
            "",
        )?;
        let imap = Server::ask(
            (args.imap_host.as_ref(), args.imap_port, args.imap_tls.as_ref()),
            asker,
            ("IMAP server", &format!("imap.{domain}")),
            "implicit",
            &[("implicit", 993), ("starttls", 143), ("none", 143)],
        )?;
        let smtp = Server::ask(
            (args.smtp_host.as_ref(), args.smtp_port, args.smtp_tls.as_ref()),
            asker,
            ("SMTP server", &format!("smtp.{domain}")),
            "starttls",
            &[("starttls", 587), ("implicit", 465), ("none", 25)],
        )?;
        let time_zone = TimeZone::system().iana_name().unwrap_or("UTC").to_owned();
        let time_zone = asker.ask(args.timezone.as_ref(), "Time zone", &time_zone)?;
        let domains = if args.domain.is_empty() { vec![domain] } else { args.domain.clone() };
        Ok(Self {
            name,
            user,
            address,
            administrator: Some(administrator).filter(|address| !address.is_empty()),
            domains,
            imap,
            smtp,
            smtp_login: !args.smtp_no_login,
            secret: secret(args, piped)?,
            language,
            time_zone,
        })
    }
}

/// Login and address: one is usually the other.
fn who(args: &InitArgs, asker: &Asker) -> Result<(String, String), CliError> {
    let usual = args.address.clone().unwrap_or_default();
    let user = asker.ask(args.user.as_ref(), "Login on the mail server", &usual)?;
    let usual = if user.contains('@') { user.as_str() } else { "" };
    let address = asker.ask_address(args.address.as_ref(), "Address that users write to", usual)?;
    let user = if user.is_empty() { address.clone() } else { user };
    if address.is_empty() {
        return Err(CliError::Usage(
            "the desk needs an address; for example: taquilla init --user soporte@minem.example".to_owned(),
        ));
    }
    Ok((user, address))
}

impl Server {
    /// `usual` is the protection where nobody says, `ports` the port of each.
    fn ask(
        (host, port, tls): (Option<&String>, Option<u16>, Option<&String>),
        asker: &Asker,
        (question, guess): (&str, &str),
        usual: &str,
        ports: &[(&str, u16)],
    ) -> Result<Self, CliError> {
        let host = asker.ask(host, question, guess)?;
        // A port says which protection is meant, as far as it is a usual one.
        let by_port = ports.iter().find(|(_, number)| Some(*number) == port).map(|(tls, _)| *tls);
        let tls = tls.map_or_else(|| by_port.unwrap_or(usual).to_owned(), Clone::clone);
        let by_tls = ports.iter().find(|(word, _)| *word == tls).map_or(0, |(_, number)| *number);
        Ok(Self { host, port: port.unwrap_or(by_tls), tls })
    }
}

fn secret(args: &InitArgs, piped: Option<String>) -> Result<Secret, CliError> {
    if let Some(password) = piped {
        return Ok(Secret::Stored(password));
    }
    if let Some(file) = &args.password_file {
        // The settings may be read from another folder than this one.
        return Ok(Secret::File(std::path::absolute(file)?));
    }
    let Some(command) = &args.token_command else { return Ok(Secret::Missing) };
    let words: Vec<String> = command.split_whitespace().map(str::to_owned).collect();
    if words.is_empty() {
        return Err(CliError::Usage("--token-command names no program".to_owned()));
    }
    Ok(Secret::Command(words))
}

/// As the terminal's own texts are.
fn usual_language() -> &'static str {
    let variables = ["LC_ALL", "LC_MESSAGES", "LANG"];
    let set = variables.iter().filter_map(|name| std::env::var(name).ok()).find(|value| !value.is_empty());
    set.and_then(|value| Language::from_code(&value)).unwrap_or(Language::En).code()
}

//! All text files of a desk, read at once and checked against each other.
//!
//! Rules are found with them; they are understood once there is a desk to check their names against.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::account::Reliance;
use super::customers::Customers;
use super::desk_file::{self, DeskParts};
use super::diagnostic::{Diagnostic, Severity, Source};
use super::macros;
use super::notifications;
use super::settings::{self, ReadSettings, Settings};
use super::table::suggestion;
use crate::desk::token::Keys;
use crate::desk::{CannedAnswer, Desk, Macro, Notification};
use crate::outbound::answer_files;
use crate::outbound::template::{self, Templates};
use crate::outbound::template_files;
use crate::rules::RuleSet;

/// Where settings are sought if nobody says where they are.
pub const USUAL: [&str; 2] = ["taquilla.toml", "/etc/taquilla/taquilla.toml"];

/// The file of queues, agents and services, beside the settings.
pub const DESK_FILE: &str = "desk.toml";

/// Octets that a text file may have; a larger one is not read.
const LARGEST: u64 = 64 * 1024 * 1024;

/// A rule file, not yet understood.
#[derive(Debug, Clone)]
pub struct RuleFile {
    /// Its name within the folder of rules: `10-hardware.toml`.
    pub name: String,
    /// All of it, under the name that mistakes are shown with.
    pub source: Arc<Source>,
}

/// A desk as its files say it.
#[derive(Debug)]
pub struct Loaded {
    /// The settings file.
    pub path: PathBuf,
    /// What it says.
    pub settings: Settings,
    /// Rule files in the order of their names.
    pub rules: Vec<RuleFile>,
    /// Templates: the shipped ones, and those in files in their place or beside them.
    pub templates: Templates,
    /// Files and folders whose change asks for reading again; some may not exist.
    pub watched: Vec<PathBuf>,
    /// What can be used and is probably not meant.
    pub warnings: Vec<Diagnostic>,
    parts: DeskParts,
    customers: Customers,
    notifications: Vec<Notification>,
    answers: Vec<CannedAnswer>,
    macros: Vec<Macro>,
}

impl Loaded {
    /// The desk, with the keys and the name of its data folder.
    pub fn desk(&self, keys: Keys, instance: impl Into<String>) -> Desk {
        let (settings, parts) = (&self.settings, self.parts.clone());
        Desk {
            name: settings.desk.name.clone(),
            administrator: settings.desk.administrator.clone(),
            domains: settings.desk.domains.clone(),
            own_addresses: parts.own_addresses.into_keys().collect(),
            address: settings.desk.address.clone(),
            language: settings.desk.language,
            time_zone: settings.desk.time_zone.clone(),
            numbering: settings.numbering.clone(),
            instance: instance.into(),
            queues: parts.queues,
            default_queue: parts.default_queue,
            agents: parts.agents,
            roles: parts.roles,
            suppliers: parts.suppliers,
            services: parts.services,
            calendars: parts.calendars,
            slas: parts.slas,
            answers: self.answers.clone(),
            macros: self.macros.clone(),
            mailboxes: settings.mailboxes.iter().map(|mailbox| mailbox.name.clone()).collect(),
            types: parts.types,
            states: parts.states,
            default_priority: parts.default_priority,
            customers: self.customers.by_address.clone(),
            customer_columns: self.customers.columns.clone(),
            trust: settings.trust.clone(),
            notifications: self.notifications.clone(),
            survey: parts.survey,
            limits: settings.limits.clone(),
            keys,
        }
    }

    /// The rules, understood; `desk` is [`Self::desk`].
    ///
    /// # Errors
    /// All mistakes in the rule files.
    pub fn rule_set(&self, desk: &Desk) -> Result<RuleSet, Vec<Diagnostic>> {
        let files: Vec<(String, String)> =
            self.rules.iter().map(|rule| (rule.name.clone(), rule.source.text.clone())).collect();
        let templates: Vec<&str> = self.templates.names().collect();
        RuleSet::read(&files, desk, &templates)
            .map_err(|mistakes| mistakes.into_iter().map(|mistake| self.with_path(mistake)).collect())
    }

    /// Rules are known by their names within their folder; a person who has to mend one wants the whole path.
    fn with_path(&self, mut mistake: Diagnostic) -> Diagnostic {
        for place in mistake.place.iter_mut().chain(&mut mistake.related) {
            if let Some(rule) = self.rules.iter().find(|rule| rule.name == place.source.name) {
                place.source = Arc::clone(&rule.source);
            }
        }
        mistake
    }

    /// Whether nobody can attend what comes in.
    pub fn has_no_agents(&self) -> bool {
        self.parts.agents.is_empty()
    }

    /// One line on what there is: `taquilla.toml: 1 mailbox, 4 queues, 4 agents, ...`.
    pub fn described(&self) -> String {
        let counts = [
            (self.settings.mailboxes.len(), "mailbox", "mailboxes"),
            (self.parts.queues.len(), "queue", "queues"),
            (self.parts.agents.len(), "agent", "agents"),
            (self.parts.services.len(), "service", "services"),
            (self.customers.by_address.len(), "customer", "customers"),
            (self.rules.len(), "rule file", "rule files"),
        ];
        let shown =
            counts.map(|(count, one, many)| format!("{count} {}", if count == 1 { one } else { many }));
        format!("{}: {}.", self.path.display(), shown.join(", "))
    }

    /// What the settings rely on outside themselves.
    pub fn reliances(&self) -> &[Reliance] {
        &self.settings.reliances
    }
}

/// The settings file: the one named, else the first of [`USUAL`] that exists.
///
/// # Errors
/// There is none.
pub fn find(path: Option<&Path>) -> Result<PathBuf, Box<Diagnostic>> {
    if let Some(path) = path {
        return Ok(path.to_owned());
    }
    USUAL.iter().map(PathBuf::from).find(|path| path.exists()).ok_or_else(|| {
        let nowhere = Diagnostic::general(format!("there is no {}", USUAL.join(" and no ")));
        Box::new(nowhere.help("`taquilla init` writes one; --config FILE names one elsewhere".to_owned()))
    })
}

/// Reads a desk with the environment of the process.
///
/// # Errors
/// All mistakes in its files, warnings among them.
pub fn load(path: Option<&Path>) -> Result<Loaded, Vec<Diagnostic>> {
    load_with(path, &environment())
}

fn environment() -> Vec<(String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

/// Reads a desk as it would be with this text in its desk file.
///
/// # Errors
/// All mistakes in its files, warnings among them.
pub fn load_instead(path: &Path, desk_file: &str) -> Result<Loaded, Vec<Diagnostic>> {
    load_files(Some(path), &environment(), Some(desk_file))
}

/// Reads a desk with this environment.
///
/// # Errors
/// All mistakes in its files, warnings among them.
pub fn load_with(path: Option<&Path>, environment: &[(String, String)]) -> Result<Loaded, Vec<Diagnostic>> {
    load_files(path, environment, None)
}

fn load_files(
    path: Option<&Path>,
    environment: &[(String, String)],
    instead: Option<&str>,
) -> Result<Loaded, Vec<Diagnostic>> {
    let path = find(path).map_err(|mistake| vec![*mistake])?;
    let base = path.parent().map(Path::to_owned).unwrap_or_default();
    let source = read_file(&path).map_err(|mistake| vec![*mistake])?;
    let ReadSettings { settings, mailboxes, warnings } = settings::read(&source, &base, environment)?;

    let mut mistakes = warnings;
    let mut folder = Folder { base: &base, mistakes: Vec::new(), watched: vec![path.clone()] };
    let desk_source = match instead {
        Some(text) => {
            folder.watched.push(base.join(DESK_FILE));
            Some(Source::new(shown_path(&base.join(DESK_FILE)), text))
        }
        None => folder.optional(DESK_FILE),
    };
    let desk_source = desk_source.unwrap_or_else(|| Source::new(DESK_FILE, ""));
    let (parts, found) = desk_file::read(&desk_source, &settings);
    let desk_is_good = found.iter().all(|mistake| mistake.severity == Severity::Warning);
    mistakes.extend(found);

    // In a desk file with mistakes names are missing; what only refers to them would be blamed for it.
    let mut customers = Customers::default();
    let mut all_notifications = Notification::shipped();
    let templates = folder.templates();
    let answers = folder.answers();
    let macros_source = folder.optional("macros.toml");
    let mut macros = Vec::new();
    let (toml, csv, notifications_source) = (
        folder.optional("customers.toml"),
        folder.optional("customers.csv"),
        folder.optional("notifications.toml"),
    );
    // So are templates where one of them has a mistake.
    if desk_is_good && templates.is_some() {
        if let Some(source) = toml {
            mistakes.extend(customers.read_toml(&source, &parts.services));
        }
        if let Some(source) = csv {
            mistakes.extend(customers.read_csv(&source, &parts.services));
        }
        if let Some(source) = notifications_source {
            let names: Vec<&str> = templates.iter().flat_map(Templates::names).collect();
            let (read, found) = notifications::read(&source, &parts, &names);
            all_notifications = read;
            mistakes.extend(found);
        }
        if let (Some(source), Some(answers)) = (macros_source, &answers) {
            let names = macros::Names { settings: &settings, parts: &parts, answers };
            let (read, found) = macros::read(&source, &names);
            macros = read;
            mistakes.extend(found);
        }
        mistakes.extend(unknown_queues(&mailboxes, &parts));
    }
    mistakes.extend(administrator_is_desk(&settings, &parts));
    let rules = folder.rules();
    mistakes.append(&mut folder.mistakes);
    let bad = mistakes.iter().any(|mistake| mistake.severity == Severity::Error);
    let (Some(templates), false) = (templates, bad) else { return Err(mistakes) };
    let watched = folder.watched;
    Ok(Loaded {
        settings,
        rules,
        templates,
        watched,
        warnings: mistakes,
        parts,
        customers,
        notifications: all_notifications,
        answers: answers.unwrap_or_default(),
        macros,
        path,
    })
}

/// A mistake in a template, shown as those of the other files are.
fn template_mistake(mistake: &template::Mistake) -> Diagnostic {
    let name = mistake.path.strip_prefix("./").unwrap_or(&mistake.path).display().to_string();
    let text = std::fs::read_to_string(&mistake.path).unwrap_or_default();
    if mistake.line == 0 {
        return Diagnostic::general(format!("{name}: {}", mistake.text));
    }
    let lines = text.split_inclusive('\n').take(mistake.line.saturating_sub(1));
    let start: usize = lines.map(str::len).sum();
    let line = text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
    let within = mistake.column.saturating_sub(1);
    let column = line.char_indices().nth(within).map_or(line.len(), |(at, _)| at);
    let end = if mistake.column == 0 { line.len() } else { column };
    Diagnostic::error(&Source::new(name, text), start + column..start + end, &mistake.text, "")
}

fn unknown_queues(mailboxes: &[super::mailboxes::ReadMailbox], parts: &DeskParts) -> Vec<Diagnostic> {
    let names: Vec<&str> = parts.queues.iter().map(|queue| queue.name.as_str()).collect();
    let unknown = |mailbox: &super::mailboxes::ReadMailbox| {
        let queue = mailbox.settings.queue.as_deref().filter(|queue| !names.contains(queue))?;
        let mut mistake = Diagnostic::general(format!("there is no queue \"{queue}\""));
        mistake.place = mailbox.queue_place.clone();
        Some(mistake.help(suggestion(queue, &names)))
    };
    mailboxes.iter().filter_map(unknown).collect()
}

/// Alarms to ourselves would come back as tickets, and alarm again.
fn administrator_is_desk(settings: &Settings, parts: &DeskParts) -> Option<Diagnostic> {
    let administrator = settings.desk.administrator.as_ref()?;
    let whose = parts.own_addresses.get(&administrator.key())?;
    let title =
        format!("alarms would come back as tickets: the administrator {} is {whose}", administrator.address);
    Some(Diagnostic::general(title).help("name an address outside the desk".to_owned()))
}

/// A path as a person would write it.
fn shown_path(path: &Path) -> String {
    path.strip_prefix("./").unwrap_or(path).display().to_string()
}

/// A text file, whole.
///
/// # Errors
/// It cannot be read, is too large, or is not UTF-8.
pub fn read_file(path: &Path) -> Result<Arc<Source>, Box<Diagnostic>> {
    let name = shown_path(path);
    let unreadable =
        |error: std::io::Error| Box::new(Diagnostic::general(format!("{name} cannot be read: {error}")));
    let file = std::fs::File::open(path).map_err(unreadable)?;
    let mut octets = Vec::new();
    // One octet more than is allowed, so that a file that grows meanwhile does no harm.
    file.take(LARGEST + 1).read_to_end(&mut octets).map_err(unreadable)?;
    if octets.len() as u64 > LARGEST {
        let title = format!("{name} is larger than {} MB", LARGEST >> 20);
        return Err(Box::new(Diagnostic::general(title)));
    }
    String::from_utf8(octets)
        .map(|text| Source::new(&name, text))
        .map_err(|error| Box::new(not_utf8(&name, &error)))
}

/// Shows the line up to the first octet that is none of UTF-8.
fn not_utf8(name: &str, error: &std::string::FromUtf8Error) -> Diagnostic {
    let at = error.utf8_error().valid_up_to();
    let source = Source::new(name, String::from_utf8_lossy(error.as_bytes()));
    Diagnostic::error(&source, at..at + 1, "this file is not UTF-8", "first octet that is not")
        .help("save it as UTF-8: editors and spreadsheets ask for the encoding when they save".to_owned())
}

/// The folder that the settings file stands in.
struct Folder<'a> {
    base: &'a Path,
    mistakes: Vec<Diagnostic>,
    watched: Vec<PathBuf>,
}

impl Folder<'_> {
    /// A file that may be absent.
    fn optional(&mut self, name: &str) -> Option<Arc<Source>> {
        let path = self.base.join(name);
        self.watched.push(path.clone());
        if !path.exists() {
            return None;
        }
        self.read(&path)
    }

    fn read(&mut self, path: &Path) -> Option<Arc<Source>> {
        read_file(path).map_err(|mistake| self.mistakes.push(*mistake)).ok()
    }

    /// Names of what stands in a folder, sorted, without hidden files and what editors leave behind.
    fn names(&mut self, folder: &Path) -> Vec<String> {
        let entries = match std::fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Vec::new(),
            Err(error) => {
                let title = format!("folder {} cannot be read: {error}", folder.display());
                self.mistakes.push(Diagnostic::general(title));
                return Vec::new();
            }
        };
        let mut names: Vec<String> =
            entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
        names.retain(|name| !name.starts_with(['.', '#']) && !name.ends_with('~'));
        names.sort();
        names
    }

    fn rules(&mut self) -> Vec<RuleFile> {
        let folder = self.base.join("rules");
        self.watched.push(folder.clone());
        let mut rules = Vec::new();
        for name in self.names(&folder) {
            let path = folder.join(&name);
            // Fixtures of rules' own tests may stand in folders beside them.
            if path.is_dir() {
                continue;
            }
            if !name.ends_with(".toml") {
                let title = format!("{} is not read: rule files end with .toml", path.display());
                self.mistakes.push(Diagnostic::general(title).warning());
            } else if let Some(source) = self.read(&path) {
                rules.push(RuleFile { name, source });
            }
        }
        rules
    }

    fn answers(&mut self) -> Option<Vec<CannedAnswer>> {
        let folder = self.base.join("answers");
        self.watched.push(folder.clone());
        let found = answer_files::load(&folder);
        found.map_err(|mistakes| self.mistakes.extend(mistakes.iter().map(template_mistake))).ok()
    }

    fn templates(&mut self) -> Option<Templates> {
        let folder = self.base.join("templates");
        self.watched.push(folder.clone());
        let found = template_files::load(&folder);
        found.map_err(|mistakes| self.mistakes.extend(mistakes.iter().map(template_mistake))).ok()
    }
}

#[cfg(test)]
mod tests;

//! The names of a desk that rules may use, and the making of an action out of a text.
//!
//! The same function serves the reader of a file, to whom an unknown name is a mistake, and the filling in
//! of named groups, where it leaves the action out.

use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use super::action_key::ActionKey;
use super::comparison::{date, duration};
use super::words::fold;
use super::{Action, Steps};
use crate::config::table::suggestion;
use crate::desk::{Calendar, Column, Desk, Priority, Recipient};
use crate::mail::Address;

/// What rules may name.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    pub(super) queues: Vec<String>,
    pub(super) types: Vec<String>,
    pub(super) services: Vec<String>,
    /// With the word of their type.
    states: Vec<(String, &'static str)>,
    pub(super) slas: Vec<String>,
    pub(super) calendars: Vec<Calendar>,
    pub(super) logins: Vec<String>,
    /// Columns of the customers file by their words; none where there is no such file.
    pub(super) columns: Vec<String>,
    /// Mailboxes, and what is written in the place of one where a mail came otherwise; none where nothing is known.
    pub(super) mailboxes: Vec<String>,
    /// 0, 1, 2 and the suppliers.
    pub(super) levels: Vec<String>,
    roles: Vec<String>,
    templates: Vec<String>,
    domains: Vec<String>,
}

/// Why a text makes no action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refused {
    pub(super) title: String,
    pub(super) help: Option<String>,
}

/// Who wrote the text of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// The administrator: names stand there exactly, any address may be told.
    File,
    /// A mail, by a named group: case and accents do not matter, and only our own domains are told, or
    /// strangers could make the desk write to anybody.
    Mail,
}

fn refused<T>(title: impl Into<String>, help: &str) -> Result<T, Refused> {
    Err(Refused { title: title.into(), help: Some(help.to_owned()) })
}

impl Names {
    pub(super) fn of(desk: &Desk, templates: &[&str]) -> Self {
        Self {
            queues: desk.queues.iter().map(|queue| queue.name.clone()).collect(),
            types: desk.types.clone(),
            services: desk.services.iter().map(|service| service.name.clone()).collect(),
            states: desk.states.iter().map(|state| (state.name.clone(), state.kind.word())).collect(),
            slas: desk.slas.iter().map(|sla| sla.name.clone()).collect(),
            calendars: desk.calendars.clone(),
            columns: columns(desk),
            mailboxes: mailboxes(desk),
            levels: (["0", "1", "2"].into_iter().map(str::to_owned))
                .chain(desk.suppliers.iter().map(|supplier| supplier.name.clone()))
                .collect(),
            logins: desk.agents.iter().map(|agent| agent.login.clone()).collect(),
            roles: desk.roles.iter().map(|role| role.name.clone()).collect(),
            templates: templates.iter().map(|name| (*name).to_owned()).collect(),
            domains: desk.domains.clone(),
        }
    }

    pub(super) fn states(&self) -> Vec<String> {
        self.states.iter().map(|(name, _)| name.clone()).collect()
    }

    /// The word of a state's type.
    pub(super) fn state_type(&self, name: &str) -> Option<&'static str> {
        self.states.iter().find(|(known, _)| known == name).map(|(_, kind)| *kind)
    }

    /// Services and the levels that group them, which are services too.
    pub(super) fn service_levels(&self) -> Vec<String> {
        let mut levels = Vec::new();
        for service in &self.services {
            let ends = service.match_indices("::").map(|(at, _)| at).chain([service.len()]);
            for level in ends.filter_map(|end| service.get(..end)) {
                if !levels.iter().any(|known| known == level) {
                    levels.push(level.to_owned());
                }
            }
        }
        levels
    }

    /// Makes an action of a text.
    pub(super) fn action(
        &self,
        key: ActionKey,
        name: &str,
        text: &str,
        origin: Origin,
        (now, zone): (Timestamp, &TimeZone),
    ) -> Result<Action, Refused> {
        let text = text.trim();
        if text.is_empty() {
            return refused("an empty value", "leave the key out");
        }
        let known = |what: &str, names: &[String]| one_of(what, text, names, origin);
        Ok(match key {
            ActionKey::Queue => Action::Queue(known("queue", &self.queues)?),
            ActionKey::Type => Action::Type(known("type", &self.types)?),
            ActionKey::Service => Action::Service(known("service", &self.service_levels())?),
            ActionKey::State => Action::State(known("state", &self.states())?),
            ActionKey::Owner => Action::Owner(known("agent", &self.logins)?),
            ActionKey::Responsible => Action::Responsible(known("agent", &self.logins)?),
            ActionKey::Watcher => Action::Watcher(known("agent", &self.logins)?),
            ActionKey::Reject => Action::Reject(known("template", &self.templates)?),
            ActionKey::Sla => Action::Sla(known("SLA", &self.slas)?),
            ActionKey::Title => Action::Title(text.to_owned()),
            ActionKey::Tag => Action::Tag(tag(text)?),
            ActionKey::Field => Action::Field(name.to_owned(), text.to_owned()),
            ActionKey::Note => Action::Note(text.to_owned()),
            ActionKey::Move => Action::MoveMail(text.to_owned()),
            ActionKey::Priority => Action::Priority(priority(text)?),
            ActionKey::Pending => Action::PendUntil(self.later(text, now, zone)?),
            ActionKey::Level => match text {
                "0" | "1" | "2" => Action::Level(text.to_owned()),
                _ => return refused(format!("there is no level \"{text}\""), "levels are 0, 1 and 2"),
            },
            ActionKey::Link => match text.strip_prefix('#').unwrap_or(text) {
                number if number.chars().all(|c| c.is_ascii_digit()) => Action::Link(number.to_owned()),
                _ => {
                    return refused(
                        format!("\"{text}\" is no ticket number"),
                        "a ticket number is all digits",
                    );
                }
            },
            ActionKey::Notify => {
                let template = (!name.is_empty()).then(|| name.to_owned());
                Action::Notify { whom: self.recipient(text, origin)?, template }
            }
            ActionKey::Lock => match text {
                "true" => Action::Lock(true),
                "false" => Action::Lock(false),
                _ => return refused("`lock` must be true or false", "write lock = true"),
            },
            ActionKey::SuppressReply => Action::SuppressReply,
            ActionKey::Discard => Action::Discard,
            ActionKey::Quarantine => Action::Quarantine,
        })
    }

    /// Checks the name of a template.
    pub(super) fn template(&self, text: &str) -> Result<String, Refused> {
        one_of("template", text, &self.templates, Origin::File)
    }

    /// `4h inside oficina`: so much working time from now; or what needs no calendar.
    fn later(&self, text: &str, now: Timestamp, zone: &TimeZone) -> Result<Timestamp, Refused> {
        let Some((amount, name)) = text.split_once(" inside ") else { return later(text, now, zone) };
        let names: Vec<String> = self.calendars.iter().map(|calendar| calendar.name.clone()).collect();
        let name = one_of("calendar", name.trim(), &names, Origin::File)?;
        let calendar = self.calendars.iter().find(|calendar| calendar.name == name);
        let days = amount.trim_end_matches(|c: char| !c.is_ascii_digit()).len();
        let unit = amount.get(days..).unwrap_or_default().trim();
        let time = duration(amount).filter(|_| unit.starts_with(['m', 'h']));
        let until = calendar.zip(time).and_then(|(calendar, time)| calendar.add(now, time.as_mins()));
        until.ok_or_else(|| Refused {
            title: format!("\"{amount}\" is no working time"),
            help: Some("write hours or minutes: \"4h inside CALENDAR\"".to_owned()),
        })
    }

    fn recipient(&self, text: &str, origin: Origin) -> Result<Recipient, Refused> {
        if let Some((_, part)) = Recipient::PARTS.into_iter().find(|(word, _)| *word == text) {
            return Ok(part);
        }
        if let Some(role) = text.strip_prefix("role:") {
            return Ok(Recipient::Role(one_of("role", role.trim(), &self.roles, origin)?));
        }
        if let Some((local, domain)) = text.rsplit_once('@') {
            if local.is_empty() || domain.is_empty() || text.contains(char::is_whitespace) {
                return refused(format!("\"{text}\" is no address"), "write name@domain");
            }
            let domain = domain.to_lowercase();
            if origin == Origin::Mail && !self.domains.contains(&domain) {
                return refused(
                    format!("{text} was named by the mail and is none of our own addresses"),
                    "write the address into the rule",
                );
            }
            return Ok(Recipient::Address(Address::bare(text)));
        }
        let parts = Recipient::PARTS.iter().map(|(word, _)| (*word).to_owned());
        let names: Vec<String> = parts.chain(self.logins.iter().cloned()).collect();
        one_of("recipient", text, &names, origin).map(Recipient::Agent)
    }
}

fn one_of(what: &str, text: &str, names: &[String], origin: Origin) -> Result<String, Refused> {
    let wanted = fold(text);
    let found = names
        .iter()
        .find(|name| *name == text)
        .or_else(|| names.iter().find(|name| origin == Origin::Mail && fold(name) == wanted));
    found.cloned().ok_or_else(|| {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        Refused { title: format!("there is no {what} \"{text}\""), help: suggestion(text, &names) }
    })
}

fn tag(text: &str) -> Result<String, Refused> {
    let clean: String = text.split_whitespace().collect::<Vec<_>>().join("-");
    if clean.starts_with('-') || clean.starts_with('+') {
        return refused(
            format!("a tag cannot begin with + or -: \"{clean}\""),
            "tags are only added by rules",
        );
    }
    Ok(clean)
}

fn priority(text: &str) -> Result<Steps, Refused> {
    if text.starts_with(['+', '-']) {
        return match text.parse::<i8>() {
            Ok(steps) if (-4..=4).contains(&steps) && steps != 0 => Ok(Steps::By(steps)),
            _ => refused(format!("\"{text}\" is no step"), "steps go from -4 to +4"),
        };
    }
    match Priority::from_words(text) {
        Some(priority) => Ok(Steps::To(priority)),
        None => refused(
            format!("there is no priority \"{text}\""),
            "write 1 to 5, very low, low, normal, high, very high, or a step such as \"+1\"",
        ),
    }
}

fn columns(desk: &Desk) -> Vec<String> {
    if desk.customers.is_empty() && desk.customer_columns.is_empty() {
        return Vec::new();
    }
    let usual = Column::USUAL.into_iter().map(str::to_owned);
    usual.chain(desk.customer_columns.iter().cloned()).collect()
}

fn mailboxes(desk: &Desk) -> Vec<String> {
    let otherwise = ["deliver", "import"].map(str::to_owned);
    let own = desk.mailboxes.iter().cloned();
    if desk.mailboxes.is_empty() { Vec::new() } else { own.chain(otherwise).collect() }
}

/// `2d`, `3h` from now (days by the clock on the wall), or a date.
fn later(text: &str, now: Timestamp, zone: &TimeZone) -> Result<Timestamp, Refused> {
    let wrong = || Refused {
        title: format!("\"{text}\" is no time to wait for"),
        help: Some(
            "write \"2d\", \"3h\", \"2026-12-01\", \"2026-12-01 09:00\", or \"4h inside CALENDAR\""
                .to_owned(),
        ),
    };
    let Some(duration) = duration(text) else { return date(text, zone).ok_or_else(wrong) };
    let minutes = duration.as_mins();
    let span = if minutes % (24 * 60) == 0 {
        Span::new().days(minutes / (24 * 60))
    } else {
        Span::new().minutes(minutes)
    };
    let zoned = now.to_zoned(zone.clone()).checked_add(span).map_err(|_| wrong())?;
    Ok(zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        Names {
            queues: vec!["Soporte Técnico".to_owned()],
            services: vec!["Equipos::PC".to_owned(), "Equipos::Impresoras".to_owned()],
            logins: vec!["mgomez".to_owned()],
            roles: vec!["stats".to_owned()],
            domains: vec!["minem.example".to_owned()],
            ..Names::default()
        }
    }

    fn make(key: ActionKey, text: &str, origin: Origin) -> Result<Action, String> {
        let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        names().action(key, "", text, origin, (now, &TimeZone::UTC)).map_err(|refused| refused.title)
    }

    #[test]
    fn names_out_of_mails_are_found_whatever_their_case() {
        let queue = Ok(Action::Queue("Soporte Técnico".to_owned()));
        assert_eq!(make(ActionKey::Queue, "soporte TECNICO", Origin::Mail), queue);
        assert_eq!(make(ActionKey::Queue, "Soporte Técnico", Origin::File), queue);
        assert!(make(ActionKey::Queue, "soporte TECNICO", Origin::File).is_err());
    }

    #[test]
    fn a_mail_cannot_make_the_desk_write_to_strangers() {
        assert!(make(ActionKey::Notify, "x@evil.example", Origin::File).is_ok());
        assert!(make(ActionKey::Notify, "x@evil.example", Origin::Mail).is_err());
        assert!(make(ActionKey::Notify, "x@MINEM.example", Origin::Mail).is_ok());
    }

    #[test]
    fn recipients_are_parts_roles_agents_and_addresses() {
        for (text, whom) in [
            ("queue", Some(Recipient::Members)),
            ("role:stats", Some(Recipient::Role("stats".to_owned()))),
            ("mgomez", Some(Recipient::Agent("mgomez".to_owned()))),
            ("a@b", Some(Recipient::Address(Address::bare("a@b")))),
            ("role:nobody", None),
            ("a@", None),
            ("somebody", None),
        ] {
            let made = make(ActionKey::Notify, text, Origin::File).ok();
            let wanted = whom.map(|whom| Action::Notify { whom, template: None });
            assert_eq!(made, wanted, "{text}");
        }
    }

    #[test]
    fn priorities_and_steps() {
        let at = |value| Priority::new(value).unwrap();
        for (text, steps) in [
            ("4", Some(Steps::To(at(4)))),
            ("muy alto", Some(Steps::To(at(5)))),
            ("+1", Some(Steps::By(1))),
            ("-2", Some(Steps::By(-2))),
            ("+9", None),
            ("+0", None),
            ("urgent", None),
        ] {
            let made = make(ActionKey::Priority, text, Origin::File).ok();
            assert_eq!(made, steps.map(Action::Priority), "{text}");
        }
    }

    #[test]
    fn times_to_wait_for() {
        for (text, until) in [
            ("2d", Some("2026-11-25T12:00:00Z")),
            ("90m", Some("2026-11-23T13:30:00Z")),
            ("2026-12-01", Some("2026-12-01T00:00:00Z")),
            ("2026-12-01 09:00", Some("2026-12-01T09:00:00Z")),
            ("soon", None),
        ] {
            let made = make(ActionKey::Pending, text, Origin::File).ok();
            assert_eq!(made, until.map(|until| Action::PendUntil(until.parse().unwrap())), "{text}");
        }
    }

    #[test]
    fn groups_of_services_are_services() {
        assert_eq!(names().service_levels(), ["Equipos", "Equipos::PC", "Equipos::Impresoras"]);
    }
}

//! What the daemon says about itself, on standard error.
//!
//! Under systemd standard error is the journal: lines then carry the priority that journald reads
//! (sd-daemon(3)) and no time, since the journal has its own. Elsewhere lines carry the time.
//! Bodies and secrets are never logged, by anybody: libraries, which would say them below `info` (whole lines of the mail
//! protocols, whole mails while they are rendered), are not heard there, whatever is asked for.

use std::fmt;
use std::io::IsTerminal as _;

use tracing::{Event, Level, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::format::{FormatEvent, FormatFields, Writer};
use tracing_subscriber::fmt::{FmtContext, FormattedFields};
use tracing_subscriber::registry::LookupSpan;

/// The variable that changes what is logged: `TAQUILLA_LOG=debug`, `TAQUILLA_LOG=taquilla::ingest=trace`.
pub const VARIABLE: &str = "TAQUILLA_LOG";

/// What begins the targets of our own lines.
const OWN: &str = "taquilla";

/// How lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Time, level, words: for people and files.
    Plain,
    /// Priority in the form of sd-daemon(3), words: for journald.
    Journald,
    /// One JSON object a line: for log collectors (`TAQUILLA_LOG_FORM=json`).
    Json,
}

impl Form {
    /// What suits the place where standard error goes.
    pub fn of_environment() -> Self {
        match std::env::var("TAQUILLA_LOG_FORM").as_deref() {
            Ok("json") => Self::Json,
            Ok("plain") => Self::Plain,
            Ok("journald") => Self::Journald,
            // systemd.exec(5): set where standard output or error is the journal.
            _ if std::env::var_os("JOURNAL_STREAM").is_some() && !std::io::stderr().is_terminal() => {
                Self::Journald
            }
            _ => Self::Plain,
        }
    }
}

/// Starts logging for the whole program; `usual` is the level where [`VARIABLE`] says nothing.
///
/// A second call changes nothing.
pub fn start(form: Form, usual: Level) {
    let wanted = std::env::var(VARIABLE).unwrap_or_default();
    let (filter, complaint) = filter(&wanted, usual);
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = match form {
        Form::Plain => builder.with_target(false).with_ansi(std::io::stderr().is_terminal()).try_init(),
        Form::Journald => builder.with_ansi(false).event_format(Prioritised).try_init(),
        Form::Json => builder.json().try_init(),
    };
    if let (Ok(()), Some(complaint)) = (started, complaint) {
        tracing::warn!("{VARIABLE}: {complaint}");
    }
}

/// The filter for what the variable says, and what is wrong with it.
fn filter(wanted: &str, usual: Level) -> (EnvFilter, Option<String>) {
    let mut directives = vec![usual.to_string()];
    let mut complaint = None;
    for part in wanted.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        match EnvFilter::try_new(part) {
            Ok(_) if is_own(part) || is_quiet(part) => directives.push(part.to_owned()),
            // A loud level alone is about this program.
            Ok(_) if part.parse::<LevelFilter>().is_ok() => directives.push(format!("{OWN}={part}")),
            Ok(_) => {
                complaint = Some(format!("`{part}` is not followed: libraries are heard up to info only"))
            }
            Err(error) => complaint = Some(format!("`{part}`: {error}; the usual level is used")),
        }
    }
    // The last one of a target counts.
    (EnvFilter::new(directives.join(",")), complaint)
}

/// `taquilla=debug`, `taquilla::ingest=trace`.
fn is_own(directive: &str) -> bool {
    directive.strip_prefix(OWN).is_some_and(|rest| rest.is_empty() || rest.starts_with(['=', ':']))
}

/// `warn`, `rustls=error`: at most what is heard of everybody.
fn is_quiet(directive: &str) -> bool {
    let level = directive.rsplit_once('=').map_or(directive, |(_, level)| level);
    level.parse::<LevelFilter>().is_ok_and(|level| level <= LevelFilter::INFO)
}

/// `<4>words`: journald takes the priority off and keeps it as a field of its own.
struct Prioritised;

impl<S, N> FormatEvent<S, N> for Prioritised
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut out: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let priority = match *event.metadata().level() {
            Level::ERROR => 3,
            Level::WARN => 4,
            Level::INFO => 6,
            Level::DEBUG | Level::TRACE => 7,
        };
        write!(out, "<{priority}>")?;
        for span in context.event_scope().into_iter().flat_map(tracing_subscriber::registry::Scope::from_root)
        {
            let extensions = span.extensions();
            match extensions.get::<FormattedFields<N>>().filter(|fields| !fields.is_empty()) {
                Some(fields) => write!(out, "{}{{{fields}}}: ", span.name())?,
                None => write!(out, "{}: ", span.name())?,
            }
        }
        context.format_fields(out.by_ref(), event)?;
        writeln!(out)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl std::io::Write for Lines {
        fn write(&mut self, octets: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(octets);
            Ok(octets.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn logged(wanted: &str) -> String {
        let lines = Lines::default();
        let sink = lines.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_env_filter(filter(wanted, Level::INFO).0)
            .with_ansi(false)
            .event_format(Prioritised)
            .with_writer(move || sink.clone())
            .finish();
        tracing::subscriber::with_default(subscriber, || {
            let _entered = tracing::info_span!("mailbox", name = "soporte").entered();
            tracing::warn!(folder = "INBOX", "stalled");
            tracing::debug!("details");
            tracing::debug!(target: "async_imap::imap_stream", "LOGIN user hunter2");
            tracing::debug!(target: "handlebars::render", "hunter2");
            tracing::info!(target: "rustls", "shaken");
        });
        String::from_utf8(lines.0.lock().unwrap().clone()).unwrap()
    }

    #[test]
    fn journald_gets_priorities_and_libraries_stay_quiet() {
        let stalled = "<4>mailbox{name=\"soporte\"}: stalled folder=\"INBOX\"\n";
        let shaken = "<6>mailbox{name=\"soporte\"}: shaken\n";
        assert_eq!(logged(""), format!("{stalled}{shaken}"));
        assert_eq!(logged("rustls=error"), stalled);
        assert_eq!(logged("warn"), "<4>stalled folder=\"INBOX\"\n");
        let all = logged("trace,async_imap::imap_stream=trace,handlebars=debug");
        assert!(all.contains("<7>mailbox{name=\"soporte\"}: details\n"), "{all}");
        assert!(!all.contains("hunter2"), "{all}");
    }

    #[test]
    fn a_bad_filter_is_said() {
        assert!(filter("taquilla=loud", Level::INFO).1.is_some());
        assert!(filter("handlebars=trace", Level::INFO).1.unwrap().contains("up to info only"));
        for well in ["taquilla=debug", "taquilla::ingest=trace", "trace", "sqlx=off", ""] {
            assert_eq!(filter(well, Level::INFO).1, None, "{well}");
        }
    }
}

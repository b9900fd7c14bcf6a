//! `taquilla check`: reads all files of the desk as `run` does and says what is wrong with them.

use std::path::Path;

use super::args::CheckArgs;
use super::output::{colours_on_stdout, say};
use super::{CliError, Exit, open, probe, rule_tests};
use crate::config::diagnostic::{Diagnostic, Severity, render_all};
use crate::config::load::{Loaded, load};
use crate::config::rely;
use crate::desk::token::Keys;
use crate::store::keys::Identity;

/// Does it.
///
/// # Errors
/// The result cannot be printed.
pub async fn run(config: Option<&Path>, args: &CheckArgs) -> Result<Exit, CliError> {
    let (mistakes, loaded) = match load(config) {
        Ok(mut loaded) => (examine(&mut loaded).await, Some(loaded)),
        Err(mistakes) => (mistakes, None),
    };
    let errors = mistakes.iter().filter(|mistake| mistake.severity == Severity::Error).count();
    if args.json {
        for mistake in &mistakes {
            say(&json(mistake))?;
        }
    } else {
        if !mistakes.is_empty() {
            say(&render_all(&mistakes, colours_on_stdout()))?;
        }
        say(&summary(loaded.as_ref(), errors, mistakes.len() - errors))?;
    }
    let well = match &loaded {
        Some(loaded) if args.probe && errors == 0 => probe::probe(loaded).await?,
        Some(_) | None => true,
    };
    Ok(if errors == 0 && well { Exit::Done } else { Exit::NotWell })
}

/// What is wrong with a desk whose files could be read: what reading warned of, what the settings rely on, rules, and
/// the tests beside them. No server is asked and nothing is written.
pub async fn examine(loaded: &mut Loaded) -> Vec<Diagnostic> {
    let mut mistakes = std::mem::take(&mut loaded.warnings);
    mistakes.extend(rely::inspect(loaded.reliances()).await);
    // No rule depends on the keys of the data folder, which may not exist yet.
    let identity = Identity { keys: Keys::new(vec![(0, [0; 32])]), instance: "check".to_owned() };
    match open::house_of(loaded, &identity) {
        Ok(house) => mistakes.extend(rule_tests::run(loaded, &house)),
        Err(CliError::Mistakes(found)) => mistakes.extend(found),
        Err(other) => mistakes.push(Diagnostic::general(other.to_string())),
    }
    mistakes
}

/// One line for a program.
fn json(mistake: &Diagnostic) -> String {
    let place = mistake.place.as_ref();
    let position = place.map(crate::config::diagnostic::Place::position);
    let severity = match mistake.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    serde_json::json!({
        "severity": severity,
        "title": mistake.title,
        "file": place.map(|place| place.source.name.as_str()),
        "line": position.map(|(line, _)| line),
        "column": position.map(|(_, column)| column),
        "help": mistake.help,
    })
    .to_string()
}

/// The last lines for a person.
fn summary(loaded: Option<&Loaded>, errors: usize, warnings: usize) -> String {
    let mut lines = Vec::new();
    if let Some(loaded) = loaded {
        lines.push(loaded.described());
        if loaded.has_no_agents() {
            lines.push(
                "There are no agents: mails become tickets, and nobody is told of them or can answer. \
                 `taquilla agent add` adds one."
                    .to_owned(),
            );
        }
        let trust = &loaded.settings.trust;
        if trust.border.is_none() && trust.internal_header.is_none() && !trust.dkim {
            lines.push(
                "No [trust] is configured: agents work by the tokens of the desk's mails, and new mails of theirs have \
                 to be confirmed. Naming the border that writes Authentication-Results, or checking DKIM signatures, does \
                 better; see docs/trust.md."
                    .to_owned(),
            );
        }
    }
    lines.push(match (errors, warnings) {
        (0, 0) => "Nothing is wrong.".to_owned(),
        (0, warnings) => format!("Nothing is wrong; {}.", counted(warnings, "warning")),
        (errors, 0) => format!("{}.", counted(errors, "mistake")),
        (errors, warnings) => format!("{}, {}.", counted(errors, "mistake"), counted(warnings, "warning")),
    });
    lines.join("\n")
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

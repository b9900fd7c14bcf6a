//! What asks for tickets: lists, one ticket whole, reports, and the tickets that the lines below are about.

use super::Arguments;
use crate::commands::command::{Command, Mistake, Targets};
use crate::commands::words;
use crate::desk::TicketNumber;
use crate::desk::typed::folded;

/// Tickets that a mail may ask for at most, whatever the desk allows.
const MOST: u32 = 100_000;

impl Arguments<'_> {
    /// `#list`, `#list mine`, `#list queue:soporte state:open`.
    pub(super) fn list(&self) -> Command {
        Command::List(self.typed.to_owned())
    }

    /// The number of `#show` and `#history`; without one the ticket of the mail is meant.
    pub(super) fn one_or_own(&self) -> Result<Option<TicketNumber>, Mistake> {
        if self.typed.is_empty() { Ok(None) } else { self.one_number("who").map(Some) }
    }

    /// `#report survey`, `#report survey 30d`.
    pub(super) fn report(&self) -> Result<Command, Mistake> {
        let typed = self.needed()?;
        let (name, since) = typed.split_once(' ').unwrap_or((typed.as_str(), ""));
        let since = since.trim();
        Ok(Command::Report { name: name.to_owned(), since: (!since.is_empty()).then(|| since.to_owned()) })
    }

    /// `#limit 200`.
    pub(super) fn limit(&self) -> Result<Command, Mistake> {
        let typed = self.needed()?;
        match typed.parse() {
            Ok(most @ 1..=MOST) => Ok(Command::Limit(most)),
            Ok(_) | Err(_) => Err(self.mistake(|say| &say.unknown_value, &[("value", &typed)])),
        }
    }

    /// `#for N N`, `#for queue:soporte older:5d`: numbers where every word begins like one.
    pub(super) fn targets(&self) -> Result<Command, Mistake> {
        let typed = self.needed()?;
        let mut words = typed.split([' ', ',', ';']).filter(|word| !word.is_empty());
        let like_number = |word: &str| {
            word.contains('#')
                || word.trim_start_matches(['[', '(']).starts_with(|c: char| c.is_ascii_digit())
                || words::filler("list", &[&folded(word)]).is_some()
        };
        if words.all(like_number) {
            return Ok(Command::For(Targets::Numbers(self.numbers()?)));
        }
        Ok(Command::For(Targets::Query(self.typed.to_owned())))
    }
}

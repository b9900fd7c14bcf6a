//! Macros: a block with their lines in the place of their names, before anything else looks at it.

use jiff::Zoned;

use crate::commands::{self, Block, Command, Line};
use crate::desk::{Desk, Macro};
use crate::mail::Language;

/// The lines of a macro count as lines of the mail: what they need in rights and proof is asked line by line.
pub(super) fn with_macros(mut block: Block, desk: &Desk, now: &Zoned, language: Language) -> Block {
    if !block.lines.iter().any(|line| named(line, desk).is_some()) {
        return block;
    }
    let mut lines = Vec::new();
    for line in std::mem::take(&mut block.lines) {
        let Some(found) = named(&line, desk) else {
            lines.push(line);
            continue;
        };
        for command in &found.commands {
            let read = commands::read(command, now, language, 1).lines.into_iter().next();
            lines.extend(
                read.map(|one| Line { written: format!("{}: {}", line.written, one.written), ..one }),
            );
        }
    }
    let limit = desk.limits.commands;
    if lines.len() > limit {
        lines.truncate(limit);
        let read = Err(commands::too_many(limit, language));
        lines.push(Line { written: "#macro".to_owned(), read });
    }
    block.lines = lines;
    block
}

fn named<'d>(line: &Line, desk: &'d Desk) -> Option<&'d Macro> {
    if let Ok(Command::Macro(name)) = &line.read { desk.named_macro(name) } else { None }
}

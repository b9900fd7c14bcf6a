//! The leading block of a mail: which lines are commands, what they say, where the text begins.
//!
//! A command stands at column 0, in the new text, above everything else. Whoever calls gives the new text
//! only: quotes, signatures and forwarded mails never come here.

use jiff::Zoned;

use super::arguments::{Arguments, not_a_verb};
use super::command::{Block, Command, Line, Mistake};
use super::verb::Verb;
use super::words::{self, say};
use crate::desk::typed::{clean, folded};
use crate::mail::Language;

/// Letters of a line that receipts show.
const SHOWN: usize = 200;
/// Letters of a command line; longer ones are refused.
const LONGEST_LINE: usize = 500;
/// Lines into which a mail program may have broken one.
const MOST_PIECES: usize = 8;
/// What stands around bold words in the text part.
const EMPHASIS: [char; 2] = ['*', '_'];
/// Stray lines that are listed; the author needs to see that there are some.
const MOST_STRAY: usize = 25;

/// Reads the commands at the head of `new_text` and the text behind them.
///
/// `now` is in the desk's zone; `language` is that of whoever reads the mistakes; at most `limit` commands
/// are read, the next one is a mistake.
pub fn read(new_text: &str, now: &Zoned, language: Language, limit: usize) -> Block {
    let mut block = Block::default();
    let mut rest = new_text;
    let mut ended = false;
    while let Some((line, behind)) = next_line(rest) {
        match Written::of(line) {
            Written::Blank => {}
            Written::Text => break,
            Written::End => {
                rest = behind;
                ended = true;
                break;
            }
            Written::Command(_) if block.lines.len() > limit => {}
            Written::Command(_) if block.lines.len() == limit => {
                block.lines.push(Line { written: shown(line), read: Err(too_many(limit, language)) });
            }
            Written::Command(found) => {
                let read = found.command(now, language).and_then(|c| contradicts(c, &block.lines, language));
                block.lines.push(Line { written: shown(line), read });
            }
        }
        rest = behind;
    }
    if !ended {
        block.stray = stray(rest);
    }
    block.rest = trimmed(rest);
    block
}

/// A mail holds more commands than it may.
pub fn too_many(limit: usize, language: Language) -> Mistake {
    Mistake(say(&words::of(language).say.too_many, &[("limit", &limit.to_string())]))
}

/// Whether the text and the HTML part of one mail give the same commands in the same order. Case, accents
/// and invisible characters do not matter, nor the targets of links, which only one of the parts shows; text
/// behind the commands is not compared.
pub fn same_commands(text: &str, html_text: &str) -> bool {
    let lines = |text: &str| {
        let mut found = Vec::new();
        let mut rest = text;
        while let Some((line, behind)) = next_line(rest) {
            match Written::of(line) {
                Written::Blank => {}
                Written::Text => break,
                Written::End => {
                    found.push("#end".to_owned());
                    break;
                }
                Written::Command(_) => found.push(folded(&without_links(line))),
            }
            rest = behind;
        }
        found
    };
    let (of_text, of_html) = (lines(text), lines(html_text));
    // An #end without commands above it commands nothing.
    let none = |found: &[String]| found.iter().all(|line| line == "#end");
    of_text == of_html || (none(&of_text) && none(&of_html))
}

/// The text part with its commands as the HTML part shows them, where it differs: mail programs break long lines in the
/// text part alone, and put stars around what is bold. `None` where there is nothing to mend, or more is different.
pub fn mended(text: &str, html_text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let (mut rest, mut html, mut changed) = (text, html_text, false);
    while let Some((shown, below)) = next_line(html) {
        html = below;
        match Written::of(shown) {
            Written::Blank => continue,
            Written::Text | Written::End => break,
            Written::Command(_) => {}
        }
        let (mut line, mut behind) = next_line(rest)?;
        while clean(line).trim().is_empty() {
            (line, behind) = next_line(behind)?;
        }
        let (whole, after) = same_line(line, behind, shown)?;
        changed |= whole != line;
        out.push_str(&whole);
        out.push('\n');
        rest = after;
    }
    out.push_str(rest);
    changed.then_some(out)
}

/// The line of the text part that says the same as one of the HTML part, over as many lines as it was broken into, and
/// what stands below.
fn same_line<'t>(line: &str, behind: &'t str, shown: &str) -> Option<(String, &'t str)> {
    let wanted = folded(&without_links(shown));
    let (mut whole, mut rest) = (line.to_owned(), behind);
    for _ in 0..MOST_PIECES {
        for plain in [whole.as_str(), whole.trim().trim_matches(EMPHASIS)] {
            if folded(&without_links(plain)) == wanted {
                return Some((plain.to_owned(), rest));
            }
        }
        let begun = folded(whole.trim_start_matches(EMPHASIS));
        let (next, behind) = next_line(rest).filter(|(next, _)| !clean(next).trim().is_empty())?;
        if !wanted.starts_with(begun.as_str()) {
            return None;
        }
        whole = format!("{} {}", whole.trim_end(), next.trim());
        rest = behind;
    }
    None
}

/// What one line is.
enum Written {
    Blank,
    Text,
    End,
    Command(Found),
}

/// A line that begins with `#` and a letter.
struct Found {
    /// The verb as typed, folded, without what stands behind its dot.
    verb: String,
    meaning: Option<(Verb, usize)>,
    /// The whole line behind `#`, clean.
    line: String,
    too_long: bool,
}

impl Written {
    fn of(line: &str) -> Self {
        // Only the head of a line decides what it is; a mail may be one line of megabytes.
        let head: String = line.chars().take(LONGEST_LINE + 1).collect();
        let too_long = head.chars().count() > LONGEST_LINE;
        let line = clean(&head);
        if line.trim().is_empty() && !too_long {
            return Self::Blank;
        }
        let Some(line) = line.strip_prefix('#').filter(|rest| rest.starts_with(char::is_alphabetic)) else {
            return Self::Text;
        };
        let plain = folded(line).replace(':', " ");
        let plain: Vec<&str> = plain.split_whitespace().take(4).collect();
        let first = plain.first().copied().unwrap_or_default();
        let verb =
            first.split('.').next().unwrap_or_default().trim_end_matches(['=', ',', ';', '!']).to_owned();
        let phrase: Vec<&str> = std::iter::once(verb.as_str()).chain(plain.iter().skip(1).copied()).collect();
        let meaning = words::verb(&phrase);
        if matches!(meaning, Some((Verb::End, _))) && plain.len() == 1 {
            return Self::End;
        }
        Self::Command(Found { verb, meaning, line: line.to_owned(), too_long })
    }
}

impl Found {
    fn command(&self, now: &Zoned, language: Language) -> Result<Command, Mistake> {
        let Some((verb, used)) = self.meaning else {
            return Err(not_a_verb(&self.verb, language));
        };
        if self.too_long {
            return Err(Mistake(words::of(language).say.too_long.clone()));
        }
        let line = without_links(&self.line);
        let mut rest = line.as_str();
        let mut head = "";
        for _ in 0..used {
            (head, rest) = first_word(rest);
        }
        let typed = rest.trim().trim_start_matches([':', '=']).trim_start();
        let typed = if typed.ends_with("..") { typed } else { typed.strip_suffix('.').unwrap_or(typed) };
        let name = head.split_once('.').map(|(_, name)| name).filter(|name| !name.is_empty());
        let wrong_dot = name.is_some() && verb != Verb::Field;
        if wrong_dot {
            return Err(not_a_verb(&folded(head), language));
        }
        Arguments { verb, typed: typed.trim_end(), name, now, language }.command()
    }
}

/// The first word and what stands behind it; a colon ends the word too (`#priority:high`).
fn first_word(text: &str) -> (&str, &str) {
    let text = text.trim_start();
    text.split_once([' ', ':', '=']).unwrap_or((text, ""))
}

/// Both `#note` and `#public`: whoever wrote that has to say which.
fn contradicts(command: Command, before: &[Line], language: Language) -> Result<Command, Mistake> {
    let said = |other: Command| before.iter().any(|line| line.read.as_ref() == Ok(&other));
    let against = (command == Command::Note && said(Command::Public))
        || (command == Command::Public && said(Command::Note));
    if against { Err(Mistake(words::of(language).say.note_and_public.clone())) } else { Ok(command) }
}

/// Lines of text that begin with a known verb, also indented, quoted by a bullet, or with a blank after `#`.
fn stray(text: &str) -> Vec<String> {
    let looks_like_one = |line: &&str| {
        let head = clean(&line.chars().take(SHOWN).collect::<String>());
        let head = head.trim_start_matches([' ', '*', '-', '•', '·', '_']);
        let numbered = head.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start_matches(['.', ')']);
        let head = numbered.trim_start();
        let Some(words) = head.strip_prefix('#') else { return false };
        let plain = folded(words).replace(['.', ':', '='], " ");
        words::verb(&plain.split_whitespace().take(4).collect::<Vec<_>>()).is_some()
    };
    text.lines().filter(looks_like_one).take(MOST_STRAY).map(shown).collect()
}

/// A line without the targets of links that a mail program wrote behind their text, as
/// `gomez@minem.example<mailto:gomez@minem.example>` or `a.example <https://a.example>`. An address alone, or
/// behind a name and a blank, is what the author wrote.
fn without_links(line: &str) -> String {
    let head: String = line.chars().take(LONGEST_LINE + 1).collect();
    let mut out = String::with_capacity(head.len());
    let mut rest = head.as_str();
    while let Some((before, behind)) = rest.split_once('<') {
        out.push_str(before);
        let attached = out.ends_with(|c: char| !c.is_whitespace());
        let spaced = out.split_whitespace().count() > 1;
        let of_mail = behind.starts_with("mailto:");
        let of_page = behind.starts_with("http://") || behind.starts_with("https://");
        let written_by_program = (attached && (of_mail || of_page)) || (spaced && of_page);
        match behind.split_once('>').filter(|_| written_by_program) {
            Some((_, after)) => rest = after,
            None => {
                out.push('<');
                rest = behind;
            }
        }
    }
    out + rest
}

fn next_line(text: &str) -> Option<(&str, &str)> {
    if text.is_empty() { None } else { Some(text.split_once('\n').unwrap_or((text, ""))) }
}

fn shown(line: &str) -> String {
    let head: String = line.chars().take(SHOWN + 50).collect();
    clean(&head).trim().chars().take(SHOWN).collect()
}

/// Without blank lines at both ends; the indentation of the first line stays.
fn trimmed(text: &str) -> String {
    let mut rest = text;
    while let Some((line, behind)) = next_line(rest) {
        if !clean(line).trim().is_empty() {
            break;
        }
        rest = behind;
    }
    rest.trim_end().to_owned()
}

//! Mistakes in text files, shown as a compiler shows them: file, line, column, the line itself, a caret. Pure.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

/// A text file as it was read, under the name by which its administrator knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The name that a mistake is shown with, such as `rules/10-hardware.toml`.
    pub name: String,
    /// All of it.
    pub text: String,
}

impl Source {
    /// A file, shared by the mistakes in it.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Arc<Self> {
        Arc::new(Self { name: name.into(), text: text.into() })
    }

    /// Line and column of an octet, both counted from 1, the column in characters.
    pub fn position(&self, offset: usize) -> (usize, usize) {
        let before = self.text.get(..self.boundary(offset)).unwrap_or(&self.text);
        let line = before.matches('\n').count() + 1;
        let last = before.rsplit('\n').next().unwrap_or_default();
        (line, last.chars().count() + 1)
    }

    /// The end of the last whole character at or before an octet.
    fn boundary(&self, offset: usize) -> usize {
        let within = offset.min(self.text.len());
        (0..=within).rev().find(|&index| self.text.is_char_boundary(index)).unwrap_or(0)
    }

    /// The line that an octet stands in, without its end, and where that line begins.
    fn line_around(&self, offset: usize) -> (usize, &str) {
        let offset = self.boundary(offset);
        let start =
            self.text.get(..offset).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1);
        let line = self.text.get(start..).unwrap_or_default().split('\n').next().unwrap_or_default();
        (start, line.trim_end_matches('\r'))
    }
}

/// A place in a file, with what is to be said about it there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Which file.
    pub source: Arc<Source>,
    /// Octets of its text. What runs over several lines is shown as far as the first one goes.
    pub span: Range<usize>,
    /// Stands beside the caret; may be empty.
    pub label: String,
}

impl Place {
    /// Line and column, counted from 1.
    pub fn position(&self) -> (usize, usize) {
        self.source.position(self.span.start)
    }

    fn snippet(&self, kind: AnnotationKind) -> Snippet<'_, annotate_snippets::Annotation<'_>> {
        let (start, line) = self.source.line_around(self.span.start);
        let from = self.source.boundary(self.span.start).saturating_sub(start).min(line.len());
        let to = self.source.boundary(self.span.end).saturating_sub(start).clamp(from, line.len());
        let mut annotation = kind.span(from..to);
        if !self.label.is_empty() {
            annotation = annotation.label(&self.label);
        }
        Snippet::source(line).path(&self.source.name).line_start(self.position().0).annotation(annotation)
    }
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The file cannot be used.
    Error,
    /// It can, but probably does not say what was meant.
    Warning,
}

/// Words of a file in a sentence of ours: a line end in a name is shown as `\n`, so that a sentence stays one line, and
/// nothing reaches a terminal or a log but what can be read.
fn plain(sentence: String) -> String {
    if !sentence.contains(char::is_control) {
        return sentence;
    }
    let shown = |c: char| if c.is_control() { c.escape_default().to_string() } else { c.to_string() };
    sentence.chars().map(shown).collect()
}

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad.
    pub severity: Severity,
    /// What is wrong, in one line.
    pub title: String,
    /// Where; absent where it concerns no place, such as a file that is missing.
    pub place: Option<Place>,
    /// Other places that belong to it: where the name was given first.
    pub related: Vec<Place>,
    /// What to do, a sentence each.
    pub help: Vec<String>,
}

impl Diagnostic {
    /// An error at a place; `label` stands beside the caret and may be empty.
    pub fn error(
        source: &Arc<Source>,
        span: Range<usize>,
        title: impl Into<String>,
        label: impl Into<String>,
    ) -> Self {
        let place = Place { source: Arc::clone(source), span, label: plain(label.into()) };
        Self {
            severity: Severity::Error,
            title: plain(title.into()),
            place: Some(place),
            related: Vec::new(),
            help: Vec::new(),
        }
    }

    /// An error that concerns no line of a file.
    pub fn general(title: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            title: plain(title.into()),
            place: None,
            related: Vec::new(),
            help: Vec::new(),
        }
    }

    /// The same as a warning.
    pub fn warning(mut self) -> Self {
        self.severity = Severity::Warning;
        self
    }

    /// Adds a sentence on what to do; `None` adds nothing.
    pub fn help(mut self, sentence: impl Into<Option<String>>) -> Self {
        self.help.extend(sentence.into().map(plain));
        self
    }

    /// Adds a place that belongs to it.
    pub fn related(mut self, place: Place) -> Self {
        self.related.push(place);
        self
    }

    /// As a compiler shows it, without a final newline. Colours only where `colours` says so: where the
    /// reader is a terminal.
    pub fn render(&self, colours: bool) -> String {
        let level = match self.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let mut group = Group::with_title(level.primary_title(&self.title));
        if let Some(place) = &self.place {
            group = group.element(place.snippet(AnnotationKind::Primary));
        }
        for place in &self.related {
            group = group.element(place.snippet(AnnotationKind::Context));
        }
        for sentence in &self.help {
            group = group.element(Level::HELP.message(sentence));
        }
        let renderer = if colours { Renderer::styled() } else { Renderer::plain() };
        renderer.render(&[group])
    }

    /// One line for a log, which shows nothing of the file's content: `file:line:column: title; help`.
    pub fn one_line(&self) -> String {
        let mut line = String::new();
        if let Some(place) = &self.place {
            let (row, column) = place.position();
            line = format!("{}:{row}:{column}: ", place.source.name);
        }
        line.push_str(&self.title);
        for sentence in &self.help {
            line.push_str("; ");
            line.push_str(sentence);
        }
        line
    }
}

/// [`Diagnostic::render`] without colours.
impl fmt::Display for Diagnostic {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.render(false))
    }
}

/// Several, with an empty line between them and a final newline.
pub fn render_all(mistakes: &[Diagnostic], colours: bool) -> String {
    mistakes.iter().map(|mistake| mistake.render(colours) + "\n").collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_one_line_whatever_a_name_holds() {
        let source = Source::new("rules/10.toml", "a = 'b'");
        let mistake =
            Diagnostic::error(&source, 0..1, "no queue \"a\nb\u{1b}[2J\"", "c\r").help("x\ny".to_owned());
        assert_eq!(mistake.one_line(), "rules/10.toml:1:1: no queue \"a\\nb\\u{1b}[2J\"; x\\ny");
        assert!(mistake.place.is_some_and(|place| place.label == "c\\r"));
    }
}

//! Values of actions with named groups in them: `{{host}} is down`.

use std::ops::Range;

/// A text cut at its groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Template {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    /// Name of a group, and where it stands in the text, braces included.
    Group(String, Range<usize>),
}

impl Template {
    /// Cuts a text.
    ///
    /// # Errors
    /// Where `{{` stands without `}}`.
    pub(super) fn read(text: &str) -> Result<Self, Range<usize>> {
        let mut parts = Vec::new();
        let mut rest = text;
        let mut at = 0;
        while let Some((before, behind)) = rest.split_once("{{") {
            let open = at + before.len();
            let Some((name, after)) = behind.split_once("}}") else { return Err(open..open + 2) };
            let end = open + name.len() + 4;
            if !before.is_empty() {
                parts.push(Part::Text(before.to_owned()));
            }
            parts.push(Part::Group(name.trim().to_owned(), open..end));
            rest = after;
            at = end;
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        Ok(Self { parts })
    }

    /// Its groups with their places.
    pub(super) fn groups(&self) -> impl Iterator<Item = (&str, Range<usize>)> {
        self.parts.iter().filter_map(|part| match part {
            Part::Text(_) => None,
            Part::Group(name, at) => Some((name.as_str(), at.clone())),
        })
    }

    /// The text with its groups filled in, blanks at both ends cut off.
    pub(super) fn fill(&self, group: impl Fn(&str) -> String) -> String {
        let mut out = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Group(name, _) => out.push_str(&group(name)),
            }
        }
        out.trim().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_filled_in() {
        let template = Template::read("{{host}} ñ {{ what }}: {{host}} } {").unwrap();
        let places: Vec<_> = template.groups().map(|(name, at)| (name.to_owned(), at)).collect();
        assert_eq!(
            places,
            [("host".to_owned(), 0..8), ("what".to_owned(), 12..22), ("host".to_owned(), 24..32)]
        );
        assert_eq!(template.fill(|name| name.to_uppercase()), "HOST ñ WHAT: HOST } {");
        assert_eq!(Template::read("a {{b}").unwrap_err(), 2..4);
        assert_eq!(Template::read("").unwrap().fill(|_| String::new()), "");
    }
}

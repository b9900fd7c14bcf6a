//! The new text of a reply, apart from quote, signature and forwarded mail.

use super::html;

/// How our own cut line begins: everything from it on is our notice, quoted. The line ends in ` -##`.
pub const CUT_LINE_MARK: &str = "##- ";

/// A text taken apart.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Cut {
    /// What the sender wrote now.
    pub new_text: String,
    /// The quoted rest.
    pub quoted_text: String,
}

/// Takes a plain text apart.
pub fn of_text(text: &str) -> Cut {
    let lines: Vec<&str> = text.lines().collect();
    let tail = lines.iter().rposition(|line| !line.starts_with('>') && !line.trim().is_empty());
    let kept = tail.map_or(lines.len(), |at| at + 1);
    let part = |lines: &[&str]| lines.join("\n").trim().to_owned();
    Cut {
        new_text: part(lines.get(..kept).unwrap_or_default()),
        quoted_text: part(lines.get(kept..).unwrap_or_default()),
    }
}

/// Takes an HTML text apart.
pub fn of_html(source: &str) -> Cut {
    of_text(&html::to_text(source))
}

//! HTML mail: its text, and a form of it that is safe to show.
//!
//! Everything here reads a stream of tags in one pass, whatever the markup claims to nest; nothing builds
//! a tree of hostile size. That is why no converter crate is used: they build the tree first, wrap lines, and
//! lose the classes by which mail programs mark quotes.

mod clean;
mod entities;
mod render;
mod tokens;

pub use clean::{escaped, sanitise};
pub(crate) use render::{Mark, lines};

/// The text of an HTML part: blocks on lines of their own, quotes marked with `>`.
pub fn to_text(html: &str) -> String {
    let mut out = String::new();
    let mut blank = true;
    for line in lines(html) {
        let text = line.text.trim_end();
        if text.trim_start().is_empty() && line.depth == 0 {
            if !blank {
                out.push('\n');
            }
            blank = true;
            continue;
        }
        blank = false;
        out.push_str(&line.prefix());
        out.push_str(text);
        out.push('\n');
    }
    out.truncate(out.trim_end().len());
    out
}

/// The charset that a `<meta>` element declares near the start (HTML 13.2.3.2 reads 1024 octets).
pub fn declared_charset(octets: &[u8]) -> Option<String> {
    let start = String::from_utf8_lossy(octets.get(..1024).unwrap_or(octets)).to_ascii_lowercase();
    let (_, after) = start.split_once("charset=")?;
    let label: String = after
        .trim_start_matches(['"', '\'', ' '])
        .chars()
        .take_while(|sign| sign.is_ascii_alphanumeric() || "-_:.".contains(*sign))
        .collect();
    (!label.is_empty()).then_some(label)
}

/// Whether a text part only says that there is an HTML part ("your program cannot show HTML").
pub fn is_stub(plain: &str, html: &str) -> bool {
    const PHRASES: [&str; 6] =
        ["html", "does not support", "no soporta", "no admite", "view this email", "ver este correo"];
    let letters = |text: &str| text.chars().filter(|sign| sign.is_alphanumeric()).count();
    let said = letters(plain);
    let lower = if said < 400 { plain.to_lowercase() } else { return false };
    let suspect = said == 0 || PHRASES.iter().any(|phrase| lower.contains(phrase));
    let squeezed = |text: &str| text.chars().filter(|sign| sign.is_alphanumeric()).collect::<String>();
    suspect && {
        let shown = to_text(html);
        letters(&shown) > 2 * said || letters(&shown) > 0 && !squeezed(&shown).contains(&squeezed(plain))
    }
}

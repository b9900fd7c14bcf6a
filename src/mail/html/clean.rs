//! HTML made safe to show: the sanitiser gets a well-formed, bounded form of what came.
//!
//! Tree building is quadratic on hostile nesting and on formatting elements that are never closed, so that
//! every element is closed here in its order, and neither depth nor number of elements is the sender's choice.

use std::collections::BTreeSet;

use super::entities;
use super::tokens::{Token, attributes, tokens};

/// Deeper elements lose their tags and keep their text.
const MAX_DEPTH: usize = 100;
/// Elements beyond this many lose their tags and keep their text.
const MAX_ELEMENTS: usize = 20_000;
/// Octets of HTML that are kept.
const MAX_OCTETS: usize = 2_000_000;
/// Octets of one attribute value that are kept.
const MAX_VALUE: usize = 4_000;

/// Octets of text without a tag.
const MAX_STRETCH: usize = 16_384;

/// Elements without content.
const VOID: [&str; 9] = ["area", "br", "col", "hr", "img", "input", "link", "meta", "wbr"];

/// Safe HTML: no script, no style sheet, no form, no remote code; images inside the mail (`cid:`) stay.
pub fn sanitise(html: &str) -> String {
    #[expect(clippy::disallowed_types, reason = "the sanitiser asks for one; its order decides nothing")]
    let schemes: std::collections::HashSet<&str> =
        ["http", "https", "mailto", "tel", "cid"].into_iter().collect();
    ammonia::Builder::default().url_schemes(schemes).clean(&balanced(html)).to_string()
}

/// The same document with every element closed, at most [`MAX_DEPTH`] deep.
fn balanced(html: &str) -> String {
    let mut out = String::with_capacity(html.len().min(MAX_OCTETS));
    let mut open: Vec<String> = Vec::new();
    let mut elements = 0;
    for token in tokens(html) {
        if out.len() > MAX_OCTETS {
            break;
        }
        match token {
            Token::Text(text) => write_text(&entities::decode(text), &mut out),
            Token::Open(name, source) => {
                if !is_plain_name(&name) || elements >= MAX_ELEMENTS {
                    continue;
                }
                close_implied(&name, &mut open, &mut out);
                let is_void = VOID.contains(&name.as_ref());
                if !is_void && open.len() >= MAX_DEPTH {
                    continue;
                }
                elements += 1;
                write_open(&name, source, &mut out);
                if !is_void {
                    open.push(name.into_owned());
                }
            }
            Token::Close(name) => {
                if let Some(at) = open.iter().rposition(|element| *element == name) {
                    close_to(at, &mut open, &mut out);
                }
            }
        }
    }
    close_to(0, &mut open, &mut out);
    out
}

/// Text; a very long stretch is parted by `<wbr>`, because the tree copies a text for each reference in it.
fn write_text(text: &str, out: &mut String) {
    let mut rest = text;
    while rest.len() > MAX_STRETCH {
        let mut end = MAX_STRETCH;
        while !rest.is_char_boundary(end) {
            end -= 1;
        }
        let (stretch, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        escape(stretch, out);
        out.push_str("<wbr>");
        rest = after;
    }
    escape(rest, out);
}

/// `p` and its like end where the next one starts (HTML 13.1.2.4).
fn close_implied(name: &str, open: &mut Vec<String>, out: &mut String) {
    let (closed, within): (&[&str], &[&str]) = match name {
        "li" => (&["li"], &["ul", "ol"]),
        "dt" | "dd" => (&["dt", "dd"], &["dl"]),
        "td" | "th" => (&["td", "th"], &["tr", "table"]),
        "tr" => (&["tr"], &["table", "tbody", "thead", "tfoot"]),
        "p" | "div" | "table" | "ul" | "ol" | "blockquote" | "pre" | "hr" => {
            (&["p"], &["td", "th", "li", "div", "blockquote"])
        }
        _ => return,
    };
    for (at, element) in open.iter().enumerate().rev() {
        if closed.contains(&element.as_str()) {
            close_to(at, open, out);
            return;
        }
        if within.contains(&element.as_str()) {
            return;
        }
    }
}

/// Writes the end tags of everything opened at or above `depth`.
fn close_to(depth: usize, open: &mut Vec<String>, out: &mut String) {
    while open.len() > depth {
        if let Some(name) = open.pop() {
            out.push_str("</");
            out.push_str(&name);
            out.push('>');
        }
    }
}

/// A start tag with its attributes, each name once.
fn write_open(name: &str, source: &str, out: &mut String) {
    out.push('<');
    out.push_str(name);
    let mut seen = BTreeSet::new();
    for (name, value) in attributes(source) {
        if !is_plain_name(&name) || value.len() > MAX_VALUE || !seen.insert(name.clone()) {
            continue;
        }
        out.push(' ');
        out.push_str(&name);
        out.push_str("=\"");
        escape(&value, out);
        out.push('"');
    }
    out.push('>');
}

/// Names of ASCII letters, digits and hyphens; `o:p` and worse are dropped.
fn is_plain_name(name: &str) -> bool {
    name.len() <= 40 && name.bytes().all(|octet| octet.is_ascii_alphanumeric() || octet == b'-')
}

/// Text as it stands between tags and in a quoted attribute.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    escape(text, &mut out);
    out
}

fn escape(text: &str, out: &mut String) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dangerous_markup_goes() {
        for (html, wanted) in [
            ("<p onclick=\"x()\">hi<script>alert(1)</script></p>", "<p>hi</p>"),
            ("<a href=\"javascript:x\">l</a>", "<a rel=\"noopener noreferrer\">l</a>"),
            ("<img src=\"cid:a@b\" onerror=x>", "<img src=\"cid:a@b\">"),
            ("<p>one<p>two", "<p>one</p><p>two</p>"),
            ("<b>bold<div>x</b>y</div>", "<b>bold<div>x</div></b>y"),
            ("a &lt;script&gt; b", "a &lt;script&gt; b"),
            ("<form action=x><input name=q></form>ok", "ok"),
            ("<ul><li>a<li>b</ul>", "<ul><li>a</li><li>b</li></ul>"),
        ] {
            assert_eq!(sanitise(html), wanted, "{html}");
        }
    }

    #[test]
    fn nesting_is_bounded() {
        let deep = balanced(&"<div>".repeat(10_000));
        assert_eq!(deep.matches("<div>").count(), MAX_DEPTH);
        let many = balanced(&"<b></b>".repeat(50_000));
        assert_eq!(many.matches("<b>").count(), MAX_ELEMENTS);
    }
}

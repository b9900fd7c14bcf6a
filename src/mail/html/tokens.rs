//! HTML cut into tags and text, in one pass and without copies.
//!
//! Follows the tokenizer of the HTML standard (13.2.5) where mail needs it: quotes in tags, comments, raw
//! text elements. Where the standard would swallow the rest of the mail, a tag ends at its first `>`.

use std::borrow::Cow;

use super::entities;

/// No more attributes of one tag are read; comparing them must not cost more than the tag is long.
const MAX_ATTRIBUTES: usize = 64;

/// A tag or a stretch of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    /// A start tag: its name in lower case, and the source of its attributes.
    Open(Cow<'a, str>, &'a str),
    /// An end tag.
    Close(Cow<'a, str>),
    /// Text as it stands in the source, entities and all.
    Text(&'a str),
}

/// The tokens of a source.
pub(crate) struct Tokens<'a> {
    rest: &'a str,
    /// Element whose content is raw text, to be skipped up to its end tag.
    raw: Option<&'static str>,
    /// What was looked for in vain lies ahead nowhere, and is not looked for again.
    no_end: bool,
    no_double: bool,
    no_single: bool,
    no_comment_end: bool,
}

/// Elements whose content nobody reads.
const SKIPPED: [&str; 9] =
    ["script", "style", "title", "iframe", "noembed", "noframes", "template", "xmp", "svg"];

/// The tokens of `html`; comments, declarations and the content of scripts and styles are left out.
pub(crate) fn tokens(html: &str) -> Tokens<'_> {
    Tokens { rest: html, raw: None, no_end: false, no_double: false, no_single: false, no_comment_end: false }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            if let Some(name) = self.raw.take() {
                self.skip_raw(name);
            }
            if self.rest.is_empty() {
                return None;
            }
            let Some(markup) = self.rest.strip_prefix('<') else {
                let end = self.rest.find('<').unwrap_or(self.rest.len());
                return Some(Token::Text(self.cut(end)));
            };
            match markup.bytes().next() {
                Some(b'!' | b'?') => {
                    self.skip_comment(markup);
                    if self.rest.len() > markup.len() {
                        return Some(Token::Text(self.cut(1)));
                    }
                }
                Some(b'/') if markup.as_bytes().get(1).is_some_and(u8::is_ascii_alphabetic) => {
                    return Some(self.tag(true));
                }
                Some(first) if first.is_ascii_alphabetic() => return Some(self.tag(false)),
                // A sign that starts no tag is text, up to the next one.
                _ => {
                    let end = markup.find('<').map_or(self.rest.len(), |at| at + 1);
                    return Some(Token::Text(self.cut(end)));
                }
            }
        }
    }
}

impl<'a> Tokens<'a> {
    /// Takes `length` octets off the source.
    fn cut(&mut self, length: usize) -> &'a str {
        let (head, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, ""));
        self.rest = rest;
        head
    }

    /// A tag, `rest` standing at its `<`.
    fn tag(&mut self, close: bool) -> Token<'a> {
        let Some(end) = self.tag_end() else {
            return Token::Text(self.cut(1));
        };
        let source = self.cut(end + 1);
        let inner = source.trim_start_matches(['<', '/']).strip_suffix('>').unwrap_or_default();
        let name_end = inner.find(|sign: char| sign.is_whitespace() || sign == '/').unwrap_or(inner.len());
        let (name, attributes) = inner.split_at_checked(name_end).unwrap_or((inner, ""));
        let name = if name.bytes().any(|octet| octet.is_ascii_uppercase()) {
            Cow::Owned(name.to_ascii_lowercase())
        } else {
            Cow::Borrowed(name)
        };
        if close {
            return Token::Close(name);
        }
        self.raw = SKIPPED.into_iter().find(|skipped| *skipped == name);
        Token::Open(name, attributes)
    }

    /// Offset of the `>` that ends the tag at the start of `rest`.
    fn tag_end(&mut self) -> Option<usize> {
        if self.no_end {
            return None;
        }
        let bytes = self.rest.as_bytes();
        let mut at = 1;
        let mut value_may_start = false;
        while let Some(&octet) = bytes.get(at) {
            match octet {
                b'>' => return Some(at),
                b'"' | b'\'' if value_may_start => {
                    let lost = if octet == b'"' { &mut self.no_double } else { &mut self.no_single };
                    let close = bytes.get(at + 1..).filter(|_| !*lost);
                    match close.and_then(|ahead| ahead.iter().position(|&other| other == octet)) {
                        Some(length) => at += length + 1,
                        None => *lost = true,
                    }
                    value_may_start = false;
                }
                b'=' => value_may_start = true,
                octet if octet.is_ascii_whitespace() => {}
                _ => value_may_start = false,
            }
            at += 1;
        }
        self.no_end = true;
        None
    }

    /// Skips `<!-- ... -->`, `<!...>` and `<?...>`; leaves `rest` alone where there is no end.
    fn skip_comment(&mut self, markup: &'a str) {
        if let Some(body) = markup.strip_prefix("!--").filter(|_| !self.no_comment_end) {
            match body.find("-->") {
                Some(at) => {
                    self.rest = body.get(at + 3..).unwrap_or_default();
                    return;
                }
                None => self.no_comment_end = true,
            }
        }
        if self.no_end {
            return;
        }
        match markup.find('>') {
            Some(at) => self.rest = markup.get(at + 1..).unwrap_or_default(),
            None => self.no_end = true,
        }
    }

    /// Skips raw text up to its end tag, or to the end.
    fn skip_raw(&mut self, name: &str) {
        let mut search = self.rest;
        while let Some(at) = search.find("</") {
            let after = search.get(at + 2..).unwrap_or_default();
            if after.get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name)) {
                self.rest = search.get(at..).unwrap_or_default();
                return;
            }
            search = after;
        }
        self.rest = "";
    }
}

/// The attributes of a tag: names in lower case, values decoded.
pub(crate) fn attributes(source: &str) -> Vec<(String, String)> {
    let mut out = Vec::new();
    let mut rest = source;
    while out.len() < MAX_ATTRIBUTES {
        rest = rest.trim_start_matches(|sign: char| sign.is_whitespace() || sign == '/');
        if rest.is_empty() {
            break;
        }
        let ends_name = |sign: char| sign.is_whitespace() || sign == '=' || sign == '/';
        // A `=` in front belongs to the name (HTML 13.2.5.32).
        let first = rest.chars().next().map_or(1, char::len_utf8);
        let end = rest.get(first..).and_then(|tail| tail.find(ends_name)).map_or(rest.len(), |at| at + first);
        let (name, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        let after = after.trim_start();
        let Some(value) = after.strip_prefix('=') else {
            out.push((name.to_ascii_lowercase(), String::new()));
            rest = after;
            continue;
        };
        let (value, after) = attribute_value(value.trim_start());
        out.push((name.to_ascii_lowercase(), entities::decode(value).into_owned()));
        rest = after;
    }
    out
}

/// A value, quoted or bare, and what follows it.
fn attribute_value(source: &str) -> (&str, &str) {
    for quote in ['"', '\''] {
        if let Some(inner) = source.strip_prefix(quote) {
            return inner.split_once(quote).unwrap_or((inner, ""));
        }
    }
    let end = source.find(char::is_whitespace).unwrap_or(source.len());
    source.split_at_checked(end).unwrap_or((source, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tokens in a short notation.
    fn shown(html: &str) -> String {
        let parts: Vec<String> = tokens(html)
            .map(|token| match token {
                Token::Open(name, source) => {
                    let pairs: Vec<String> = attributes(source)
                        .into_iter()
                        .map(|(name, value)| format!("{name}={value}"))
                        .collect();
                    format!("<{name}{}{}>", if pairs.is_empty() { "" } else { " " }, pairs.join(" "))
                }
                Token::Close(name) => format!("</{name}>"),
                Token::Text(text) => format!("[{text}]"),
            })
            .collect();
        parts.concat()
    }

    #[test]
    fn cuts_tags() {
        for (html, wanted) in [
            ("a<B>b</B>", "[a]<b>[b]</b>"),
            ("<a href='x>y' id=z>t</a>", "<a href=x>y id=z>[t]</a>"),
            ("<p class=\"a &amp; b\">", "<p class=a & b>"),
            ("a < b <c", "[a ][< b ][<][c]"),
            ("<!-- <b> --><i>", "<i>"),
            ("<!--[if mso]>x<![endif]-->y", "[y]"),
            ("<![if !mso]>x<![endif]>", "[x]"),
            ("<style>p > a {}</style>x", "<style></style>[x]"),
            ("<script>if (a</b) '</p>'</SCRIPT>x", "<script></script>[x]"),
            ("<!DOCTYPE html><br/>", "<br>"),
            ("<p title=\"never closed>x", "<p title=never closed>[x]"),
            ("it's <b title=it's>x</b>", "[it's ]<b title=it's>[x]</b>"),
        ] {
            assert_eq!(shown(html), wanted, "{html}");
        }
    }
}

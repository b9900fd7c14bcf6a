//! Address lists (RFC 5322 section 3.4), read as mailers write them.
//!
//! Not the crate's reader: the structure must be found before encoded words are undone (a comma or an
//! address inside a name is text), and characters cut in two between encoded words must be joined.

use super::fields::strip_controls;
use super::words;
use crate::mail::Address;

/// A lexical piece of an address list.
enum Piece {
    /// Atoms, or a quoted string, with the blanks between them as one blank.
    Word(String),
    Comment(String),
    Angle(String),
    Comma,
    Colon,
    Semicolon,
}

/// A mailbox while it is being read.
#[derive(Default)]
struct Open {
    words: Vec<String>,
    comments: Vec<String>,
    angle: Option<String>,
}

/// The mailboxes of an unfolded value, at most `limit`; the flag says that there were more.
pub(super) fn read(value: &str, limit: usize) -> (Vec<Address>, bool) {
    let mut out = Vec::new();
    let mut open = Open::default();
    for piece in lex(value).into_iter().chain([Piece::Comma]) {
        match piece {
            Piece::Word(word) => {
                // Two mailboxes without a comma between them.
                if open.angle.is_some() {
                    out.extend(std::mem::take(&mut open).close(out.is_empty()));
                }
                open.words.push(word);
            }
            Piece::Comment(comment) => open.comments.push(comment),
            Piece::Angle(angle) => {
                if open.angle.is_some() {
                    out.extend(std::mem::take(&mut open).close(out.is_empty()));
                }
                open.angle = Some(angle);
            }
            // The name of a group, which is no name of anybody.
            Piece::Colon => open = Open::default(),
            Piece::Comma | Piece::Semicolon => {
                if open.is_name_only() && matches!(piece, Piece::Comma) {
                    // `Doe, John <john@..>` without quotes: the name goes on behind the comma.
                    if let Some(last) = open.words.last_mut() {
                        last.push(',');
                    }
                    continue;
                }
                out.extend(std::mem::take(&mut open).close(out.is_empty()));
            }
        }
        if out.len() > limit {
            out.truncate(limit);
            return (out, true);
        }
    }
    out.extend(open.close(out.is_empty()));
    let over = out.len() > limit;
    out.truncate(limit);
    (out, over)
}

/// Whether an unfolded value names a group (RFC 5322 section 3.4), which is no author that anybody could be.
pub(super) fn has_group(value: &str) -> bool {
    lex(value).iter().any(|piece| matches!(piece, Piece::Colon))
}

impl Open {
    /// Words, but nothing that could be an address.
    fn is_name_only(&self) -> bool {
        self.angle.is_none() && !self.words.is_empty() && !self.words.iter().any(|word| word.contains('@'))
    }

    /// The mailbox, if it has an address. A local name such as `MAILER-DAEMON` is one where it stands alone.
    fn close(mut self, first: bool) -> Option<Address> {
        let address = match self.angle.take() {
            Some(angle) => angle,
            None => {
                let at = self.words.iter().position(|word| word.contains('@'));
                match at {
                    // `ana(a comment)@example.org`, `ana @example.org` (RFC 5322 section 4.4).
                    Some(at) if at > 0 && self.words.get(at).is_some_and(|word| word.starts_with('@')) => {
                        let domain = self.words.remove(at);
                        self.words.remove(at - 1) + &domain
                    }
                    Some(at) => self.words.remove(at),
                    None if first && self.words.len() == 1 => self.words.remove(0),
                    None => return None,
                }
            }
        };
        let address = clean_address(&address);
        if address.is_empty() {
            return None;
        }
        let name = if self.words.is_empty() { self.comments.join(" ") } else { self.words.join(" ") };
        let (name, _) = strip_controls(&words::decode(&name));
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        Some(Address::named(name, address))
    }
}

/// An address without blanks, source route (RFC 5322 section 4.4), `mailto:` and trailing marks.
fn clean_address(text: &str) -> String {
    let decoded = if text.contains("=?") { words::decode(text) } else { text.to_owned() };
    let inner = decoded.rsplit_once('<').and_then(|(_, inner)| inner.split_once('>'));
    let bare = inner.map_or(decoded.as_str(), |(inner, _)| inner);
    let bare = bare.trim().trim_matches(['<', '>', ',', ';']);
    let bare = if bare.starts_with('@') { bare.rsplit(':').next().unwrap_or(bare) } else { bare };
    let bare = match bare.get(..7) {
        Some(scheme) if scheme.eq_ignore_ascii_case("mailto:") => bare.get(7..).unwrap_or_default(),
        _ => bare,
    };
    if bare.starts_with('"') {
        return strip_controls(bare.trim()).0;
    }
    bare.chars().filter(|character| !character.is_whitespace() && !character.is_control()).collect()
}

/// Cuts a value into pieces.
fn lex(value: &str) -> Vec<Piece> {
    let mut out = Vec::new();
    let mut rest = value.trim_start();
    // An opening sign without its closing one is read as nothing, and never searched for twice.
    let (mut quotes, mut comments, mut angles) = (true, true, true);
    while let Some(first) = rest.chars().next() {
        let after = rest.get(first.len_utf8()..).unwrap_or_default();
        rest = match first {
            '"' if quotes => match until(after, '"', None) {
                Some((text, after)) => quoted(&text, after, &mut out),
                None => {
                    quotes = false;
                    after
                }
            },
            '(' if comments => match until(after, ')', Some('(')) {
                Some((text, after)) => {
                    out.push(Piece::Comment(text));
                    after
                }
                None => {
                    comments = false;
                    after
                }
            },
            '<' if angles => match after.split_once('>') {
                Some((text, after)) => {
                    out.push(Piece::Angle(text.to_owned()));
                    after
                }
                None => {
                    angles = false;
                    after
                }
            },
            // Outlook's `Ana Paz [mailto:ana@example.org]`.
            '[' if is_mailto(after) => {
                let (text, after) = after.split_once(']').unwrap_or((after, ""));
                out.push(Piece::Angle(text.to_owned()));
                after
            }
            ',' | ':' | ';' => {
                out.push(match first {
                    ',' => Piece::Comma,
                    ':' => Piece::Colon,
                    _ => Piece::Semicolon,
                });
                after
            }
            '"' | '(' | ')' | '<' | '>' => after,
            _ => atom(rest, &mut out),
        }
        .trim_start();
    }
    out
}

/// Whether a bracket opens an address.
fn is_mailto(text: &str) -> bool {
    text.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("mailto:"))
}

/// A quoted string; in front of an `@` it is a local part.
fn quoted<'a>(text: &str, after: &'a str, out: &mut Vec<Piece>) -> &'a str {
    if after.starts_with('@') {
        let end =
            after.find(|sign: char| sign.is_whitespace() || ",;<>(\"".contains(sign)).unwrap_or(after.len());
        let (domain, rest) = after.split_at(end);
        out.push(Piece::Word(format!("\"{text}\"{domain}")));
        return rest;
    }
    // A quoted address is a name when an angle address follows, so that its `@` must not count.
    out.push(if text.contains('@') && after.contains('<') {
        Piece::Comment(text.to_owned())
    } else {
        Piece::Word(text.to_owned())
    });
    after
}

/// An atom, up to a blank or a special sign; encoded words are atoms whatever they contain.
fn atom<'a>(rest: &'a str, out: &mut Vec<Piece>) -> &'a str {
    let special = |sign: char| sign.is_whitespace() || ",;:<>()\"".contains(sign);
    let mut end = rest.find(special).unwrap_or(rest.len());
    if rest.starts_with("=?") {
        let bounds = rest.char_indices().map(|(at, _)| at).chain([rest.len()]);
        let limit = bounds.take_while(|&at| at < 1_000).last().unwrap_or(0);
        let body = rest.get(2..limit.max(2)).unwrap_or_default();
        let close = body.match_indices('?').nth(1).and_then(|(at, _)| {
            body.get(at + 1..).and_then(|data| data.find("?=")).map(|found| 2 + at + 1 + found + 2)
        });
        end = close.unwrap_or(end);
    }
    let end = end.max(rest.chars().next().map_or(1, char::len_utf8));
    let (word, rest) = rest.split_at_checked(end).unwrap_or((rest, ""));
    out.push(Piece::Word(word.to_owned()));
    rest
}

/// Text up to a closing sign, backslashes undone, nested opening signs counted.
fn until(text: &str, close: char, nest: Option<char>) -> Option<(String, &str)> {
    let mut out = String::new();
    let (mut escaped, mut depth) = (false, 0_usize);
    for (at, character) in text.char_indices() {
        match character {
            _ if escaped => {
                out.push(character);
                escaped = false;
            }
            '\\' => escaped = true,
            _ if character == close && depth == 0 => {
                return Some((out, text.get(at + close.len_utf8()..)?));
            }
            _ => {
                if Some(character) == nest {
                    depth += 1;
                } else if character == close {
                    depth -= 1;
                }
                out.push(character);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn reads_what_mailers_write() {
        for (value, wanted) in [
            ("ana@example.org", "ana@example.org"),
            ("<ana@example.org>", "ana@example.org"),
            ("Ana Paz <ana@example.org>", "Ana Paz <ana@example.org>"),
            ("\"Paz, Ana\" <ana@example.org>", "Paz, Ana <ana@example.org>"),
            ("Paz, Ana <ana@example.org>", "Paz, Ana <ana@example.org>"),
            ("ana@example.org (Ana Paz)", "Ana Paz <ana@example.org>"),
            ("=?utf-8?Q?Ana_Pe=C3=B1a?= <ana@example.org>", "Ana Peña <ana@example.org>"),
            ("=?utf-8?Q?Pe=C3=B1a,_Ana?= <ana@example.org>", "Peña, Ana <ana@example.org>"),
            ("\"=?utf-8?Q?Pe=C3=B1a?=\" <ana@example.org>", "Peña <ana@example.org>"),
            ("=?utf-8?B?w5E=?= =?utf-8?B?w5E=?= x <a@example.org>", "ÑÑ x <a@example.org>"),
            ("=?utf-8?Q?boss=40example.com=2C?= <a@example.org>", "boss@example.com, <a@example.org>"),
            ("\"boss@example.com\" <a@example.org>", "boss@example.com <a@example.org>"),
            ("\"O\\\"Hara\" <a@example.org>", "O\"Hara <a@example.org>"),
            ("\"john doe\"@example.org", "\"john doe\"@example.org"),
            ("MAILER-DAEMON", "MAILER-DAEMON"),
            ("Ana Paz [mailto:ana@example.org]", "Ana Paz <ana@example.org>"),
            ("Mail Delivery <MAILER-DAEMON>", "Mail Delivery <MAILER-DAEMON>"),
            ("<@relay.example:ana@example.org>", "ana@example.org"),
            ("Ana <ana@example.org", "Ana <ana@example.org>"),
            ("\"Ana <ana@example.org>", "Ana <ana@example.org>"),
            ("Ana < ana@example.org >", "Ana <ana@example.org>"),
            ("=?utf-8?Q?Ana_=3Cana=40example.org=3E?=", "ana@example.org"),
            ("ana(a comment)@example.org", "a comment <ana@example.org>"),
            ("Ana Paz ana@example.org", "Ana Paz <ana@example.org>"),
            ("Ana <mailto:ana@example.org>", "Ana <ana@example.org>"),
            ("a@example.org, B <b@example.org>", "a@example.org|B <b@example.org>"),
            ("a@example.org; b@example.org", "a@example.org|b@example.org"),
            ("A <a@example.org> B <b@example.org>", "A <a@example.org>|B <b@example.org>"),
            ("Team: a@example.org, b@example.org;", "a@example.org|b@example.org"),
            ("undisclosed-recipients:;", ""),
            ("", ""),
            ("Peña <ana@example.org>", "Peña <ana@example.org>"),
        ] {
            let (list, _) = read(value, 1_000);
            let shown: Vec<String> = list.iter().map(ToString::to_string).collect();
            assert_eq!(shown.join("|"), wanted, "{value}");
        }
    }

    #[test]
    fn stops_at_the_limit_and_stays_linear() {
        let many = "a@example.org,".repeat(5_000);
        let (list, over) = read(&many, 1_000);
        assert_eq!((list.len(), over), (1_000, true));
        for hostile in ["(", "<", "\"", "\"a\"@", "=?", ",", "(\\"] {
            read(&hostile.repeat(200_000), 1_000);
        }
    }
}

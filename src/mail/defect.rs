//! What is wrong with a mail that was read all the same.

use std::fmt;

/// A fault of form. A mail with defects is still a mail: parsing never fails.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Defect {
    /// No octet at all.
    Empty,
    /// No header field could be read; everything is body.
    NoHeader,
    /// The MIME crate gave up (or panicked); headers and text were cut out by hand.
    Unparseable,
    /// No `From`, or one without an address.
    NoFrom,
    /// Several `From` fields, or several authors, as RFC 5322 section 3.6.2 allows where a `Sender` is named.
    SeveralFrom,
    /// `From` names a group (RFC 6854).
    GroupFrom,
    /// A header that may stand once stands more often (RFC 5322 section 3.6): its name.
    Repeated(String),
    /// No `Date`, or one that is no date.
    NoDate,
    /// A charset nobody knows: its label.
    UnknownCharset(String),
    /// A multipart without its closing boundary.
    Unterminated,
    /// More than a limit allows, so that something was left unread: which limit.
    OverLimit(&'static str),
    /// NUL or other control characters were removed from a header or the text.
    ControlCharacters,
    /// Eight-bit octets in a header, outside RFC 6532's UTF-8.
    RawHeader,
}

/// The phrase that `explain`, `show` and the fixtures' outcomes use.
impl fmt::Display for Defect {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => out.write_str("empty mail"),
            Self::NoHeader => out.write_str("no header"),
            Self::Unparseable => out.write_str("structure could not be read"),
            Self::NoFrom => out.write_str("no From address"),
            Self::SeveralFrom => out.write_str("several From addresses"),
            Self::GroupFrom => out.write_str("From names a group"),
            Self::Repeated(name) => write!(out, "{name} stands more than once"),
            Self::NoDate => out.write_str("no valid Date"),
            Self::UnknownCharset(label) => write!(out, "unknown charset {label}"),
            Self::Unterminated => out.write_str("multipart without an end"),
            Self::OverLimit(limit) => write!(out, "over the limit {limit}"),
            Self::ControlCharacters => out.write_str("control characters removed"),
            Self::RawHeader => out.write_str("header with raw eight-bit octets"),
        }
    }
}

//! What a signed mail has to look like before anybody looks at its signature. Pure.
//!
//! A signature covers fields by their names, counted from below (RFC 6376 section 5.4.2): whoever adds a second Subject, or a
//! line that one program takes for the end of the header and another does not, shows the desk another mail than the
//! one that was signed (section 8.15). So there is one of each, in a header that has one reading.

use std::collections::BTreeSet;

use crate::mail::{Defect, Mail};

/// Fields that may stand once.
const ONCE: [&str; 9] = [
    "From",
    "To",
    "Cc",
    "Subject",
    "Date",
    "Content-Type",
    "Content-Transfer-Encoding",
    "In-Reply-To",
    "References",
];

/// Whether every program reads the same mail out of these octets.
///
/// # Errors
/// Why not, in words.
pub(super) fn one_reading(mail: &Mail) -> Result<(), String> {
    for name in ONCE {
        if mail.header(name).count() > 1 {
            return Err(format!("{name} stands more than once"));
        }
    }
    for name in ["From", "Subject", "Date"] {
        if mail.header(name).next().is_none() {
            return Err(format!("there is no {name}"));
        }
    }
    let doubt = mail.defects.iter().find(|defect| {
        matches!(
            defect,
            Defect::SeveralFrom
                | Defect::GroupFrom
                | Defect::OverLimit(_)
                | Defect::Unparseable
                | Defect::ControlCharacters
        )
    });
    match doubt {
        Some(defect) => Err(defect.to_string()),
        None if !strict(&mail.raw) => Err("the header can be read in two ways".to_owned()),
        None => Ok(()),
    }
}

/// Whether the header section is one by RFC 5322 section 2.2: fields, their folded lines, and an empty line.
fn strict(raw: &[u8]) -> bool {
    for (at, line) in raw.split(|octet| *octet == b'\n').enumerate() {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            return at > 0;
        }
        let folded = at > 0 && (line.starts_with(b" ") || line.starts_with(b"\t"));
        let good = !line.contains(&b'\r') && !line.contains(&0);
        if !(good && if folded { !line.trim_ascii().is_empty() } else { is_field(line) }) {
            return false;
        }
    }
    false
}

/// A line that begins a field of an ordinary name.
fn is_field(line: &[u8]) -> bool {
    let Some(colon) = line.iter().position(|octet| *octet == b':') else { return false };
    let name = line.get(..colon).unwrap_or_default();
    !name.is_empty() && name.iter().all(|octet| octet.is_ascii_alphanumeric() || b"-_.".contains(octet))
}

/// Whether the domain of a signature speaks for the domain of an author: it is the same, or stands above it. One
/// below does not: a part of a house may be in other hands.
pub(super) fn vouches_for(signer: &str, author: &str) -> bool {
    let signer = signer.trim_end_matches('.').to_ascii_lowercase();
    let above = || {
        let rest = author.strip_suffix(signer.as_str())?;
        rest.ends_with('.').then_some(())
    };
    signer.contains('.') && (signer == author || above().is_some())
}

/// The names under which the keys of the signatures of an author's domain stand in the DNS.
///
/// # Errors
/// There are none, or too many signatures, in words.
pub(super) fn key_names(
    mail: &Mail,
    author: &str,
    most: usize,
    tried: usize,
) -> Result<BTreeSet<String>, String> {
    let fields: Vec<&str> = mail.header("DKIM-Signature").collect();
    match fields.len() {
        0 => return Err("there is no DKIM signature".to_owned()),
        count if count > most => return Err(format!("there are {count} DKIM signatures")),
        _ => {}
    }
    let name = |field: &&str| {
        let (domain, selector) = (tag(field, "d")?, tag(field, "s")?);
        let name = format!("{selector}._domainkey.{domain}.").to_ascii_lowercase();
        let plain = name.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"-_.".contains(&octet));
        (vouches_for(&domain, author) && plain && name.len() < 254).then_some(name)
    };
    let names: BTreeSet<String> = fields.iter().filter_map(name).take(tried).collect();
    if names.is_empty() { Err(format!("no DKIM signature is that of {author}")) } else { Ok(names) }
}

/// The value of a tag (RFC 6376 section 3.2), without blanks.
pub(super) fn tag(list: &str, name: &str) -> Option<String> {
    list.split(';').find_map(|pair| {
        let (known, value) = pair.split_once('=')?;
        (known.trim() == name).then(|| value.split_whitespace().collect())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_with_one_reading() {
        let good = "From: a@x.example\r\nTo: b@x.example\r\nSubject: a\r\n b\r\nDate: x\r\n\r\n#close\r\n";
        assert!(strict(good.as_bytes()));
        assert!(strict(good.replace("\r\n", "\n").as_bytes()));
        for (from, to) in [
            ("Date: x", "#close\r\nDate: x"),
            ("Date: x", "#close\r\nDate"),
            ("Date: x", "Date : x"),
            ("Date: x", "Da te: x"),
            ("Date: x", "name=x: y"),
            ("Date: x", "Date: x\r\n \r\n x"),
            ("Date: x", "Date: x\rTo: y"),
            ("Date: x", "Date: x\0"),
            ("From:", " From:"),
            ("From:", "\r\nFrom:"),
            ("From:", "From a@x.example Mon\r\nFrom:"),
            ("From:", "\u{feff}From:"),
            ("\r\n\r\n#close\r\n", ""),
        ] {
            let bad = good.replacen(from, to, 1);
            assert_ne!(bad, good);
            assert!(!strict(bad.as_bytes()), "{bad:?}");
        }
        assert!(!strict(b""));
    }

    #[test]
    fn the_domain_itself_or_one_above() {
        for (signer, author, expected) in [
            ("minem.example", "minem.example", true),
            ("MINEM.example", "minem.example", true),
            ("minem.example", "mail.minem.example", true),
            ("mail.minem.example", "minem.example", false),
            ("example", "minem.example", false),
            ("evilminem.example", "minem.example", false),
            ("minem.example", "evilminem.example", false),
            ("evil.example", "minem.example", false),
            ("", "minem.example", false),
            (".", "minem.example", false),
        ] {
            assert_eq!(vouches_for(signer, author), expected, "{signer} {author}");
        }
    }
}

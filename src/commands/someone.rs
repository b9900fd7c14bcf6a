//! People who need not be agents, as they are typed: by an address, with or without a name, or by a part of a name.

use super::arguments::bare_address;
use super::command::Someone;
use crate::desk::typed::unquoted;
use crate::mail::Address;

/// People of one line; nobody needs more, and an answer goes to all of them.
const MOST: usize = 50;
/// Letters of an address (RFC 5321 section 4.5.3.1) or a name.
const LONGEST: usize = 254;

/// One person; `None` for what is neither an address nor a name.
pub(super) fn one(typed: &str) -> Option<Someone> {
    let typed = unquoted(typed.trim_matches([' ', ',', ';']));
    if typed.is_empty() || typed.chars().count() > LONGEST {
        return None;
    }
    if !typed.contains('@') {
        return typed.chars().any(char::is_alphabetic).then(|| Someone::Named(typed.to_owned()));
    }
    let address = bare_address(typed);
    let name = typed.split_once('<').map_or("", |(name, _)| unquoted(name));
    is_address(address).then(|| Someone::Address(Address::named(name, address)))
}

/// `local@domain` that can stand in an envelope without quoting. What a customer's domain is, its DNS says.
fn is_address(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && !"<>()[]\\,;:\"@".contains(c);
    let label =
        |label: &str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || "-_".contains(c));
    (1..=64).contains(&local.len()) && local.chars().all(plain) && domain.split('.').all(label)
}

/// People who come and people who go: `+a@x -b@y`, divided by commas, semicolons, signs, or blanks between addresses.
/// Without a sign they come.
///
/// # Errors
/// The word that is nobody.
pub(super) fn several(typed: &str) -> Result<(Vec<Someone>, Vec<Someone>), String> {
    let (mut add, mut remove) = (Vec::new(), Vec::new());
    for (adds, name) in pieces(typed) {
        let found = one(&name).filter(|_| add.len() + remove.len() < MOST).ok_or_else(|| name.clone())?;
        let these = if adds { &mut add } else { &mut remove };
        if !these.contains(&found) {
            these.push(found);
        }
    }
    Ok((add, remove))
}

/// Each person with whether it comes.
fn pieces(typed: &str) -> Vec<(bool, String)> {
    let mut pieces: Vec<(bool, String)> = Vec::new();
    for part in typed.split([',', ';']) {
        let mut open = false;
        for word in part.split_whitespace() {
            let sign = match word.chars().next() {
                Some('+') => Some(true),
                Some('-' | '\u{2010}'..='\u{2015}' | '\u{2212}') => Some(false),
                Some(_) | None => None,
            };
            let bare = match sign {
                Some(_) => word.get(word.chars().next().map_or(0, char::len_utf8)..).unwrap_or_default(),
                None => word,
            };
            // An address ends whoever stands before it; a name goes on, and `Name <address>` with it.
            let ended = pieces.last().is_none_or(|(_, name)| name.contains('@'));
            match pieces.last_mut().filter(|_| open && sign.is_none() && !ended) {
                Some((_, name)) => {
                    if !name.is_empty() {
                        name.push(' ');
                    }
                    name.push_str(bare);
                }
                None => pieces.push((sign.unwrap_or(true), bare.to_owned())),
            }
            open = true;
        }
    }
    pieces.retain(|(_, name)| !name.is_empty());
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(people: &[Someone]) -> Vec<String> {
        let shown = |one: &Someone| match one {
            Someone::Address(address) => address.to_string(),
            Someone::Named(name) => format!("?{name}"),
        };
        people.iter().map(shown).collect()
    }

    #[test]
    fn one_person() {
        for (typed, expected) in [
            ("ana@minem.example", "ana@minem.example"),
            ("<ana@minem.example>", "ana@minem.example"),
            ("Ana Quispe <ana@minem.example>", "Ana Quispe <ana@minem.example>"),
            ("\"Quispe, Ana\" <ana@minem.example>", "Quispe, Ana <ana@minem.example>"),
            ("mailto:ana@minem.example", "ana@minem.example"),
            ("Ana", "?Ana"),
            ("«Ana Quispe»", "?Ana Quispe"),
        ] {
            assert_eq!(shown(&[one(typed).unwrap()]), [expected], "{typed}");
        }
        for typed in
            ["", "ana@", "@minem.example", "a b@c", "ana@minem..example", "ana@x@", "12", "<>", "a,b@c"]
        {
            assert_eq!(one(typed), None, "{typed}");
        }
        assert_eq!(one(&"a".repeat(100_000)), None);
    }

    #[test]
    fn who_comes_and_who_goes() {
        for (typed, comes, goes) in [
            ("+a@x.example -b@x.example", &["a@x.example"][..], &["b@x.example"][..]),
            ("a@x.example b@x.example", &["a@x.example", "b@x.example"], &[]),
            ("a@x.example, Ana Quispe; –b@x.example", &["a@x.example", "?Ana Quispe"], &["b@x.example"]),
            ("Ana Quispe <a@x.example> + Luis", &["Ana Quispe <a@x.example>", "?Luis"], &[]),
            ("+ a@x.example - b@x.example", &["a@x.example"], &["b@x.example"]),
            ("+Ana Quispe -Luis Rojas", &["?Ana Quispe"], &["?Luis Rojas"]),
            ("a@x.example a@x.example", &["a@x.example"], &[]),
            ("Ana-María", &["?Ana-María"], &[]),
        ] {
            let (add, remove) = several(typed).unwrap();
            assert_eq!((shown(&add), shown(&remove)), (owned(comes), owned(goes)), "{typed}");
        }
        assert_eq!(several("+a@x.example +a@"), Err("a@".to_owned()));
        assert!(several(&(0..60).map(|n| format!("a{n}@x.example ")).collect::<String>()).is_err());
        assert_eq!(several("+ -").unwrap(), (Vec::new(), Vec::new()));
    }

    fn owned(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }
}

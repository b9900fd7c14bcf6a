//! Addresses in fields and in lines of text.

/// What ends an address in running text.
const ENDS: &[char] = &[
    '<', '>', '(', ')', '[', ']', '"', '\'', ',', ';', ':', '|', '`', '“', '”', '„', '«', '»', '（', '）',
    '「', '」', '。', '、',
];

/// The address of a recipient field: `rfc822; a@b`, `utf-8; \x{e4}@b`, a source route, brackets or not.
pub(super) fn of_field(value: &str) -> Option<String> {
    let bare = value.split_once(';').map_or(value, |(_, address)| address).trim();
    if bare.contains("\\x{") {
        return clean(&unescape(bare));
    }
    // A source route of RFC 821 ends with a colon before the address itself.
    let bare = match bare.strip_prefix('@').and_then(|route| route.split_once(':')) {
        Some((_, address)) => address,
        None => bare,
    };
    let inner =
        bare.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map_or(bare, |(inner, _)| inner);
    // A domain that was never one (`a@#b.example`) is what the report is about.
    let odd = || (inner.contains('@') && !inner.contains(char::is_whitespace)).then(|| inner.to_owned());
    clean(inner).or_else(|| in_text(value).into_iter().next()).or_else(odd)
}

/// The addresses of a line of text, in their order. Chinese and Japanese put no blank before them. Those of message ids and headers look the same: the caller knows.
pub(super) fn in_text(line: &str) -> Vec<String> {
    line.split(|c: char| c.is_whitespace() || ENDS.contains(&c) || c >= '\u{2e80}')
        .filter(|word| word.contains('@'))
        .take(50)
        .filter_map(clean)
        .filter(|address| address.rsplit_once('@').is_some_and(|(_, domain)| domain.contains('.')))
        .collect()
}

/// A text without the addresses in it, whose words would be taken for the text's: `<no-spam@..> unknown`.
pub(super) fn without(text: &str) -> String {
    let bare = |word: &str| !word.contains('@');
    text.lines()
        .flat_map(|line| line.split_whitespace().filter(|word| bare(word)).chain(["\n"]))
        .flat_map(|word| [word, " "])
        .collect()
}

/// `local@domain` without decoration; `None` where it is none.
fn clean(text: &str) -> Option<String> {
    let bare =
        text.trim().trim_matches(['<', '>', '"', '\'', ' ']).trim_end_matches(['.', '…', '!', '?', '-', '=']);
    // `dda:SMTP=a@b.example` is how X.400 carries an address of ours.
    let bare = ["mailto:", "SMTP=", "smtp="].iter().find_map(|name| bare.strip_prefix(name)).unwrap_or(bare);
    let (local, domain) = bare.rsplit_once('@')?;
    let local_fits = !local.is_empty()
        && local.len() <= 256
        && !local.contains(char::is_whitespace)
        && !local.starts_with('@');
    let domain_fits = domain.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '.' | '_'))
        && !domain.is_empty()
        && domain.len() <= 255
        && !domain.starts_with(['.', '-']);
    (local_fits && domain_fits).then(|| bare.replace('"', ""))
}

/// `\x{hex}` of RFC 6533 section 3 as the characters they stand for.
fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\\x{") {
        plain.push_str(before);
        let Some((hex, tail)) = after.split_once('}') else {
            rest = after;
            break;
        };
        plain.extend(u32::from_str_radix(hex, 16).ok().and_then(char::from_u32));
        rest = tail;
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::{in_text, of_field};

    #[test]
    fn fields_of_every_dialect() {
        let cases = [
            ("rfc822; a@b.example", "a@b.example"),
            ("RFC822;<a@b.example>", "a@b.example"),
            ("<a@b.example>", "a@b.example"),
            ("rfc822;@relay.example:a@server", "a@server"),
            ("utf-8; j\\x{f6}rg@b.example", "jörg@b.example"),
            ("x400; c=PE;a= ;p=org;dda:SMTP=a@b.example;", "a@b.example"),
            ("rfc822; a@#b.example", "a@#b.example"),
            ("X-Notes; Ana/Org (a@b.example) gone", "a@b.example"),
        ];
        for (field, wanted) in cases {
            assert_eq!(of_field(field).as_deref(), Some(wanted), "{field}");
        }
        assert_eq!(of_field("rfc822; nobody"), None);
    }

    #[test]
    fn lines_of_text() {
        assert_eq!(
            in_text("<a@b.example>: host mx[192.0.2.1] said c@d.example."),
            ["a@b.example", "c@d.example"]
        );
        assert_eq!(in_text("@ a@ @b x@y"), Vec::<String>::new());
        assert_eq!(in_text("Empfänger „ä@b.example“ ist weg"), ["ä@b.example"]);
    }
}

//! How folders and sets of mails are written on the wire.

use data_encoding::{Encoding, Specification};

/// Modified base64 (RFC 3501, section 5.1.3): `,` in place of `/`, no padding.
fn base64() -> Option<Encoding> {
    let mut specification = Specification::new();
    specification.symbols.push_str("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,");
    specification.encoding().ok()
}

/// A folder name in modified UTF-7, in quotes.
pub(super) fn quoted_folder(name: &str) -> String {
    quoted(&modified_utf7(name))
}

/// In quotes (RFC 3501, section 4.3). The text must have no control characters.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn modified_utf7(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut run = String::new();
    for character in name.chars() {
        if matches!(character, ' '..='~') {
            shift(&mut run, &mut out);
            out.push(character);
            if character == '&' {
                out.push('-');
            }
        } else {
            run.push(character);
        }
    }
    shift(&mut run, &mut out);
    out
}

fn shift(run: &mut String, out: &mut String) {
    if run.is_empty() {
        return;
    }
    let octets: Vec<u8> = run.encode_utf16().flat_map(u16::to_be_bytes).collect();
    out.push('&');
    out.push_str(&base64().map(|base64| base64.encode(&octets)).unwrap_or_default());
    out.push('-');
    run.clear();
}

/// A set of UIDs (RFC 3501, section 9, `sequence-set`), in texts of at most about 900 octets: servers need to take
/// commands of 1,000 only (RFC 2683, section 3.2.1.5). The UIDs must rise.
pub(super) fn sets(uids: &[u32]) -> Vec<String> {
    let mut sets = Vec::new();
    let mut set = String::new();
    let mut uids = uids.iter().copied().peekable();
    while let Some(first) = uids.next() {
        let mut last = first;
        while let Some(next) = uids.next_if(|next| last.checked_add(1) == Some(*next)) {
            last = next;
        }
        let part = if first == last { first.to_string() } else { format!("{first}:{last}") };
        if !set.is_empty() && set.len().saturating_add(part.len()) > 900 {
            sets.push(std::mem::take(&mut set));
        }
        if !set.is_empty() {
            set.push(',');
        }
        set.push_str(&part);
    }
    if !set.is_empty() {
        sets.push(set);
    }
    sets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folder_names() {
        for (name, wire) in [
            ("INBOX", "INBOX"),
            ("Año & más", "A&APE-o &- m&AOE-s"),
            ("~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"), // The RFC's own example.
            ("😀", "&2D3eAA-"),
            ("a\r\nb", "a&AA0ACg-b"),
        ] {
            assert_eq!(modified_utf7(name), wire);
        }
        assert_eq!(quoted_folder("a\"b\\c"), r#""a\"b\\c""#);
    }

    #[test]
    fn uid_sets() {
        assert_eq!(sets(&[]), Vec::<String>::new());
        assert_eq!(sets(&[1, 2, 3, 7, 9, 10]), ["1:3,7,9:10"]);
        assert_eq!(sets(&[u32::MAX - 1, u32::MAX]), [format!("{}:{}", u32::MAX - 1, u32::MAX)]);
        let sparse: Vec<u32> = (0..500).map(|n| 4_000_000_000 + 2 * n).collect();
        let sets = sets(&sparse);
        assert!(sets.iter().all(|set| set.len() <= 920));
        assert_eq!(sets.iter().map(|set| set.split(',').count()).sum::<usize>(), 500);
    }
}

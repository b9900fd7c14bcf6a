//! Character references of HTML (13.2.5.72), the names of HTML 4 section 24 and a few of HTML 5.

use std::borrow::Cow;

/// U+00A0 to U+00FF in their order (HTML 4 section 24.2.1).
const LATIN: &str = "nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg \
    plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute \
    Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve \
    Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc \
    atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute \
    ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml";

/// U+0391 to U+03C9 in their order, `-` where nothing has a name.
const GREEK: &str = "Alpha Beta Gamma Delta Epsilon Zeta Eta Theta Iota Kappa Lambda Mu Nu Xi Omicron Pi Rho \
    - Sigma Tau Upsilon Phi Chi Psi Omega - - - - - - - alpha beta gamma delta epsilon zeta eta theta iota \
    kappa lambda mu nu xi omicron pi rho sigmaf sigma tau upsilon phi chi psi omega";

/// Everything else that mail uses.
const OTHERS: [(&str, char); 70] = [
    ("quot", '"'),
    ("QUOT", '"'),
    ("amp", '&'),
    ("AMP", '&'),
    ("lt", '<'),
    ("LT", '<'),
    ("gt", '>'),
    ("GT", '>'),
    ("apos", '\''),
    ("OElig", 'Œ'),
    ("oelig", 'œ'),
    ("Scaron", 'Š'),
    ("scaron", 'š'),
    ("Yuml", 'Ÿ'),
    ("fnof", 'ƒ'),
    ("circ", 'ˆ'),
    ("tilde", '˜'),
    ("ensp", '\u{2002}'),
    ("emsp", '\u{2003}'),
    ("thinsp", '\u{2009}'),
    ("zwnj", '\u{200c}'),
    ("zwj", '\u{200d}'),
    ("lrm", '\u{200e}'),
    ("rlm", '\u{200f}'),
    ("ndash", '–'),
    ("mdash", '—'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("sbquo", '‚'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("bdquo", '„'),
    ("dagger", '†'),
    ("Dagger", '‡'),
    ("bull", '•'),
    ("hellip", '…'),
    ("permil", '‰'),
    ("prime", '′'),
    ("Prime", '″'),
    ("lsaquo", '‹'),
    ("rsaquo", '›'),
    ("oline", '‾'),
    ("frasl", '⁄'),
    ("euro", '€'),
    ("image", 'ℑ'),
    ("trade", '™'),
    ("larr", '←'),
    ("uarr", '↑'),
    ("rarr", '→'),
    ("darr", '↓'),
    ("harr", '↔'),
    ("rArr", '⇒'),
    ("minus", '−'),
    ("radic", '√'),
    ("infin", '∞'),
    ("asymp", '≈'),
    ("ne", '≠'),
    ("le", '≤'),
    ("ge", '≥'),
    ("loz", '◊'),
    ("spades", '♠'),
    ("clubs", '♣'),
    ("hearts", '♥'),
    ("diams", '♦'),
    ("check", '✓'),
    ("lpar", '('),
    ("rpar", ')'),
    ("colon", ':'),
    ("num", '#'),
    ("commat", '@'),
];

/// Windows-1252 for 0x80 to 0x9F, as numeric references mean it (HTML 13.2.5.80).
const WINDOWS: &str = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}Ž\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}žŸ";

/// Longest reference looked at.
const MAX_NAME: usize = 10;

/// Undoes the character references of a stretch of text.
pub(crate) fn decode(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut pieces = text.split('&');
    out.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        match reference(piece) {
            Some((character, length)) => {
                out.push(character);
                out.push_str(piece.get(length..).unwrap_or_default());
            }
            None => {
                out.push('&');
                out.push_str(piece);
            }
        }
    }
    Cow::Owned(out)
}

/// The character that a reference names, and its length behind the `&`.
fn reference(text: &str) -> Option<(char, usize)> {
    if let Some(number) = text.strip_prefix('#') {
        return numeric(number).map(|(character, length)| (character, length + 1));
    }
    let end = text.bytes().take(MAX_NAME + 1).take_while(u8::is_ascii_alphanumeric).count();
    let name = text.get(..end).filter(|name| !name.is_empty() && name.len() <= MAX_NAME)?;
    if text.as_bytes().get(end) == Some(&b';') {
        return named(name).map(|character| (character, end + 1));
    }
    // Without a semicolon only the oldest names count, and never in front of a letter or `=`.
    let old = matches!(name, "nbsp" | "amp" | "lt" | "gt" | "quot" | "copy" | "reg");
    let bound = text.as_bytes().get(end) != Some(&b'=');
    (old && bound).then(|| named(name)).flatten().map(|character| (character, end))
}

/// `123;` or `x7b;`
fn numeric(text: &str) -> Option<(char, usize)> {
    let (digits, radix, skipped) = match text.strip_prefix(['x', 'X']) {
        Some(digits) => (digits, 16, 1),
        None => (text, 10, 0),
    };
    let length = digits.chars().take_while(|sign| sign.is_digit(radix)).count();
    let value = u32::from_str_radix(digits.get(..length.min(8))?, radix).ok()?;
    let character = match value {
        0x80..=0x9f => WINDOWS.chars().nth(usize::try_from(value - 0x80).ok()?)?,
        0 => '\u{fffd}',
        other => char::from_u32(other).unwrap_or('\u{fffd}'),
    };
    // A text has none, however it was written: what is shown in a terminal must not steer it.
    let character = match character {
        '\u{b}'..='\r' => ' ',
        control if control.is_control() && !matches!(control, '\t' | '\n') => '\u{fffd}',
        plain => plain,
    };
    let semicolon = usize::from(digits.as_bytes().get(length) == Some(&b';'));
    Some((character, skipped + length + semicolon))
}

/// A named character.
fn named(name: &str) -> Option<char> {
    let place = |names: &str, first: u32| {
        let at = names.split_ascii_whitespace().position(|known| known == name && known != "-")?;
        char::from_u32(first + u32::try_from(at).ok()?)
    };
    OTHERS
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, character)| *character)
        .or_else(|| place(LATIN, 0xa0))
        .or_else(|| place(GREEK, 0x391))
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn names_and_numbers() {
        for (source, wanted) in [
            ("a &amp; b", "a & b"),
            ("caf&eacute; &Ntilde;", "café Ñ"),
            ("&#233;&#xE9;&#x1F600;", "éé😀"),
            ("&#150;&#8217;", "–’"),
            ("&yuml;&szlig;&omega;&Omega;&sigma;", "ÿßωΩσ"),
            ("&nbsp;", "\u{a0}"),
            ("a&b &unknown; &", "a&b &unknown; &"),
            ("?x=1&copy=2", "?x=1&copy=2"),
            ("&#0;&#xD800;&#99999999999;", "\u{fffd}\u{fffd}\u{fffd}"),
            ("&#1x&#27;[2J&#x7f;&#129;", "\u{fffd}x\u{fffd}[2J\u{fffd}\u{fffd}"),
            ("a&#13;&#12;b&#9;c&#10;", "a  b\tc\n"),
            ("&euro;&hellip;&ldquo;", "€…“"),
        ] {
            assert_eq!(decode(source), wanted, "{source}");
        }
    }
}

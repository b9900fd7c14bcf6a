//! Short answers that mean something by themselves: a customer's word, a confirmation.

use super::command::CustomerWord;
use super::words;
use crate::desk::typed::folded;

/// Letters of a one-time code: 128 bits in base32.
const CODE_LENGTH: usize = 26;
/// Codes that are looked for in one text.
const MOST_CODES: usize = 20;
/// Letters of a line that can be one of these answers.
const LONGEST_ANSWER: usize = 80;

/// The customer's own word that stands alone on a line, in any language.
///
/// Everything else that begins with `#` is text, and so are two different words: a person reads them.
pub fn customer_words(new_text: &str) -> Option<CustomerWord> {
    let mut found = None;
    for line in new_text.lines().filter(|line| short(line)) {
        let plain = folded(line);
        // At column 0: an indented line is often a quote.
        let Some(word) = plain.strip_prefix('#').filter(|_| !line.starts_with([' ', '\t', '\u{A0}'])) else {
            continue;
        };
        let Some(said) = customer_word(word) else { continue };
        if found.is_some_and(|before| before != said) {
            return None;
        }
        found = Some(said);
    }
    found
}

fn customer_word(word: &str) -> Option<CustomerWord> {
    let known = |key: &str| {
        words::all().filter_map(|own| own.customer.get(key)).flatten().any(|known| folded(known) == word)
    };
    [
        ("close", CustomerWord::Close),
        ("reopen", CustomerWord::Reopen),
        ("stop", CustomerWord::Stop),
        ("resume", CustomerWord::Resume),
    ]
    .into_iter()
    .find(|(key, _)| known(key))
    .map(|(_, said)| said)
}

/// Whether the first line with anything on it says yes, in any language, and nothing else.
pub fn confirms(new_text: &str) -> bool {
    // Blank lines above the answer are skipped; a line of megabytes is no answer.
    let first = new_text.lines().find(|line| !short(line) || !folded(line).is_empty());
    first.filter(|line| short(line)).is_some_and(|line| {
        let plain = folded(line);
        let word = plain.trim_end_matches([',', '.']);
        plain.len() - word.len() <= 1
            && words::all().flat_map(|own| &own.yes.words).any(|yes| folded(yes) == word)
    })
}

/// Whether the first line with anything on it begins with "no", which is the word in all languages so far.
pub fn denies(new_text: &str) -> bool {
    let first = new_text.lines().find(|line| !short(line) || !folded(line).is_empty());
    first.filter(|line| short(line)).is_some_and(|line| {
        let plain = folded(line);
        plain.split(|c: char| !c.is_alphanumeric()).next() == Some("no")
    })
}

/// What may be a one-time code in a subject, a header field or a text: runs of exactly 26 letters of base32,
/// in either case, given back in lower case; at most twenty.
pub fn codes(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|run| {
            run.len() == CODE_LENGTH
                && run.bytes().all(|o| o.is_ascii_alphabetic() || (b'2'..=b'7').contains(&o))
        })
        .map(str::to_ascii_lowercase)
        .take(MOST_CODES)
}

fn short(line: &str) -> bool {
    line.chars().take(LONGEST_ANSWER + 1).count() <= LONGEST_ANSWER
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_is_no() {
        for text in ["no", "No.", "\n\nNO\n", "No, ese correo no lo envié yo."] {
            assert!(denies(text) && !confirms(text), "{text:?}");
        }
        for text in ["", "sí", "Nota", "nobody", "sí\nno", "¿no?"] {
            assert!(!denies(text), "{text:?}");
        }
    }

    #[test]
    fn customers_have_few_words() {
        use CustomerWord::{Close, Reopen, Resume, Stop};
        let cases = [
            ("#close", Some(Close)),
            ("#cerrar", Some(Close)),
            ("#CERRAR.", Some(Close)),
            ("Ya funciona, gracias.\n#cerrar\nSaludos", Some(Close)),
            ("\u{200B}#close\u{A0}", Some(Close)),
            ("#reopen", Some(Reopen)),
            ("#reabrir", Some(Reopen)),
            ("#stop", Some(Stop)),
            ("#parar\n#stop", Some(Stop)),
            ("#Reanudar", Some(Resume)),
            ("#resume", Some(Resume)),
            ("#close\n#reopen", None),
            ("#close please", None),
            ("Please #close", None),
            (" #close", None),
            ("> #close", None),
            ("- #close", None),
            ("##close", None),
            ("# close", None),
            ("#closed", None),
            ("#cierre", None),
            ("#note", None),
            ("#lock", None),
            ("close", None),
            ("#clóse", Some(Close)),
            ("#", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(customer_words(text), expected, "{text:?}");
        }
    }

    #[test]
    fn yes_and_nothing_else_confirms() {
        for text in [
            "yes",
            "Yes",
            "YES.",
            "yes,",
            "si",
            "Sí",
            "SÍ.",
            "sí,",
            "\n\n  si  \nMaría",
            "\u{200B}yes\r\n> quoted",
            "si\u{301}",
            "\u{FEFF}ｙｅｓ",
        ] {
            assert!(confirms(text), "{text:?}");
        }
        for text in [
            "",
            "\n",
            "no",
            "yes please",
            "yes!",
            "yes..",
            "yes.,",
            "Hola\nsi",
            "> yes",
            "#yes",
            "y",
            "sip",
            "I am out of office. yes",
            "¿sí?",
            "si no",
            "- yes",
            "\"yes\"",
        ] {
            assert!(!confirms(text), "{text:?}");
        }
        assert!(!confirms(&format!("{}yes", " ".repeat(5_000_000))));
    }

    #[test]
    fn codes_have_26_letters() {
        let code = "ABCDEFGHIJKLMNOPQRSTUVWX27";
        let found = |text: &str| codes(text).collect::<Vec<_>>();
        assert_eq!(found(&format!("Re: confirm [{code}]")), [code.to_lowercase()]);
        assert_eq!(found(&format!("<{}.{code}@x>", code.to_lowercase())).len(), 2);
        assert_eq!(found(&format!("{code}a")), Vec::<String>::new());
        assert_eq!(found("abcdefghijklmnopqrstuvwx1"), Vec::<String>::new());
        assert_eq!(found("abcdefghijklmnopqrstuvwx18"), Vec::<String>::new());
        assert_eq!(found("ábcdefghijklmnopqrstuvwxyz"), Vec::<String>::new());
        assert_eq!(found(&format!("{code} ").repeat(100_000)).len(), 20);
    }
}

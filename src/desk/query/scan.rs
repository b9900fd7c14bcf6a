//! A query taken apart: words, keys, values, signs. What they mean stands in `terms`.

/// One word of a query, with what hangs on it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Word {
    /// A hyphen stands before it.
    pub(super) negated: bool,
    /// What stands before its colon, as typed.
    pub(super) key: Option<String>,
    /// The values, or the one word itself; never empty.
    pub(super) values: Vec<String>,
    /// All of it stands in quotes: text, whatever it says.
    pub(super) quoted: bool,
}

/// Takes a line apart. Quotes hold blanks, commas and colons; a key may have a blank behind its colon, as telephones
/// write it, and so may a comma.
pub(super) fn words(line: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut rest = line.trim_start();
    while !rest.is_empty() {
        let (word, behind) = word(rest);
        rest = behind.trim_start();
        let goes_on = words
            .last()
            .is_some_and(|last| last.key.is_some() && last.values.last().is_none_or(String::is_empty));
        match words.last_mut().filter(|_| goes_on && word.key.is_none() && !word.negated) {
            Some(last) => {
                last.values.pop();
                for value in word.values {
                    match word.quoted {
                        true => last.values.push(value),
                        false => last.values.extend(value.split(',').map(str::to_owned)),
                    }
                }
            }
            None => words.push(word),
        }
    }
    for word in &mut words {
        word.values.retain(|value| !value.trim().is_empty());
    }
    words.retain(|word| word.key.is_some() || !word.values.is_empty());
    words
}

/// The first word of a line that begins with no blank, and what stands behind it.
fn word(line: &str) -> (Word, &str) {
    let mut word = Word::default();
    let mut line = line;
    if let Some(behind) = line.strip_prefix(is_dash).filter(|behind| !behind.starts_with(' ')) {
        (word.negated, line) = (true, behind);
    }
    word.quoted = line.starts_with(['"', '«', '\'']);
    let (mut value, mut open) = (String::new(), None);
    let mut letters = line.char_indices();
    while let Some((at, c)) = letters.next() {
        let behind = line.get(at + c.len_utf8()..).unwrap_or_default();
        match (open, c) {
            (Some(end), c) if c == end => open = None,
            (Some(_), c) => value.push(c),
            (None, '"') => open = Some('"'),
            (None, '«') => open = Some('»'),
            // Within a word it is an apostrophe.
            (None, '\'') if value.is_empty() => open = Some('\''),
            (None, ' ') => {
                word.values.push(value);
                return (word, behind);
            }
            (None, ',') if word.key.is_some() => word.values.push(std::mem::take(&mut value)),
            // `Equipos::Impresoras` is a name, `10:30` a time.
            (None, ':') if word.key.is_none() && is_key(&value) && !behind.starts_with(':') => {
                word.key = Some(std::mem::take(&mut value));
            }
            (None, ':') if word.key.is_none() && behind.starts_with(':') => {
                value.push_str("::");
                letters.next();
            }
            (None, c) => value.push(c),
        }
    }
    word.values.push(value);
    (word, "")
}

fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

/// Letters, and a field's name behind a dot.
fn is_key(text: &str) -> bool {
    text.starts_with(char::is_alphabetic)
        && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_taken_apart() {
        let told = |line: &str| {
            let shown = words(line).into_iter().map(|word| {
                let sign = if word.negated { "-" } else { "" };
                let key = word.key.map(|key| format!("{key}=")).unwrap_or_default();
                format!("{sign}{key}{}", word.values.join("|"))
            });
            shown.collect::<Vec<_>>().join(" ")
        };
        let cases = [
            ("queue:a state:b word", "queue=a state=b word"),
            ("queue:\"Mesa de Ayuda\",Redes", "queue=Mesa de Ayuda|Redes"),
            ("cola: soporte estado: abierto", "cola=soporte estado=abierto"),
            ("cola: soporte, redes x", "cola=soporte|redes x"),
            ("cola:«Mesa de Ayuda»", "cola=Mesa de Ayuda"),
            ("cola:'Mesa de Ayuda' O'Higgins", "cola=Mesa de Ayuda O'Higgins"),
            ("-queue:a –word", "-queue=a -word"),
            ("\"queue:a\"", "queue:a"),
            ("\"dos palabras\" una", "dos palabras una"),
            ("service:Equipos::Impresoras", "service=Equipos::Impresoras"),
            ("Equipos::Impresoras", "Equipos::Impresoras"),
            ("10:30", "10:30"),
            ("field.sala:204", "field.sala=204"),
            ("queue:", "queue="),
            ("queue: state:b", "queue= state=b"),
            ("queue:\"a", "queue=a"),
            (" - , \"\"", "- ,"),
            ("", ""),
        ];
        for (line, expected) in cases {
            assert_eq!(told(line), expected, "{line:?}");
        }
    }
}

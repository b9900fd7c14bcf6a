//! "Did you mean" for names in files: the name that somebody probably wanted to write. Pure. More lenient than
//! `desk::spelling`, since nothing is ever done with a name of a file that is only near.

use crate::desk::fold;
use crate::desk::spelling::distance;

/// Words longer than this are not compared: a mistake in the file must not cost quadratic time.
const LONGEST: usize = 80;

/// The candidate nearest to a mistyped word: few letters apart, or the only one that contains it.
///
/// Case and accents do not count as differences, nor whether words are parted by blanks, `-` or `_`.
pub fn nearest<'a, S: AsRef<str> + ?Sized + 'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a S>,
) -> Option<&'a str> {
    let wanted = key(word);
    if wanted.is_empty() || wanted.len() > LONGEST {
        return None;
    }
    let mut best: Option<(usize, &str)> = None;
    let mut containing = Vec::new();
    for candidate in candidates {
        let candidate = candidate.as_ref();
        let known = key(candidate);
        if known.len() > LONGEST {
            continue;
        }
        let apart = distance(&wanted, &known);
        let allowed = (wanted.len().max(known.len()) / 3).max(1);
        if apart <= allowed && apart < wanted.len() && best.is_none_or(|(least, _)| apart < least) {
            best = Some((apart, candidate));
        }
        if wanted.len() >= 3 && contains(&known, &wanted) {
            containing.push(candidate);
        }
    }
    match (best, containing.as_slice()) {
        (Some((_, candidate)), _) => Some(candidate),
        (None, [only]) => Some(only),
        (None, _) => None,
    }
}

/// The sentence for a help line: `did you mean "queue"?`.
pub fn did_you_mean<'a, S: AsRef<str> + ?Sized + 'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a S>,
) -> Option<String> {
    nearest(word, candidates).map(|candidate| format!("did you mean \"{candidate}\"?"))
}

fn key(word: &str) -> Vec<char> {
    fold(word).chars().map(|letter| if matches!(letter, '-' | '_') { ' ' } else { letter }).collect()
}

fn contains(known: &[char], wanted: &[char]) -> bool {
    known.windows(wanted.len()).any(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_was_meant() {
        let names =
            ["queue", "type", "service", "priority", "suppress_reply", "Soporte Técnico", "Equipos::PC"];
        for (typed, meant) in [
            ("queu", Some("queue")),
            ("qeuue", Some("queue")),
            ("QUEUE", Some("queue")),
            ("prioridad", Some("priority")),
            ("priorty", Some("priority")),
            ("suppress-reply", Some("suppress_reply")),
            ("soporte tecnico", Some("Soporte Técnico")),
            ("Soporte", Some("Soporte Técnico")),
            ("Equipos", Some("Equipos::PC")),
            ("tpye", Some("type")),
            ("x", None),
            ("", None),
            ("zzzzzz", None),
            ("supprimer", None),
        ] {
            assert_eq!(nearest(typed, &names), meant, "{typed}");
        }
    }

    #[test]
    fn long_words_are_not_compared() {
        assert_eq!(nearest(&"a".repeat(10_000), ["a"; 3].as_slice().iter()), None);
    }
}

//! A customer's mail that answers a survey: one score, and whatever else there is as the comment.

use super::score::{alone, score};
use crate::desk::token;

/// Lines with something on them among which a score is looked for: a greeting may stand above it.
const LINES: usize = 3;
/// Letters of a comment.
const LONGEST_COMMENT: usize = 4_000;

/// What a customer answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// 1 (very bad) to 5 (very good).
    pub score: u8,
    /// The rest, without token lines; at most 4,000 letters; empty where there is none.
    pub comment: String,
}

/// Reads the score out of the new text of a reply, else out of its subject; `None` where none is meant.
///
/// The first line may go on behind the score (`4, thanks`); in the second and third it stands alone.
pub fn read_answer(new_text: &str, subject: &str) -> Option<Answer> {
    let written = || new_text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    if is_list(written().map(|(_, line)| line)) {
        return None;
    }
    if let Some((place, found)) = written().next().and_then(|(place, line)| Some((place, score(line)?))) {
        return Some(Answer { score: found.score, comment: comment(new_text, Some(place), &found.behind) });
    }
    // Asterisks further down are a dividing line.
    let below = written().take(LINES).skip(1).filter(|(_, line)| !line.contains('*'));
    for (place, line) in below {
        if let Some(score) = alone(line) {
            return Some(Answer { score, comment: comment(new_text, Some(place), "") });
        }
    }
    let score = alone(without_prefixes(subject))?;
    Some(Answer { score, comment: comment(new_text, None, "") })
}

/// `1. this` and `2. that`: not a score of one.
fn is_list<'a>(lines: impl Iterator<Item = &'a str>) -> bool {
    let numbered = |line: &str, number: char| {
        line.trim()
            .strip_prefix(number)
            .is_some_and(|rest| rest.starts_with(['.', ')', '-', ' ']) && rest.len() > 1)
    };
    let mut lines = lines.take(20);
    lines.next().is_some_and(|line| numbered(line, '1')) && lines.any(|line| numbered(line, '2'))
}

/// All lines but the one with the score and those with tokens.
fn comment(text: &str, score_line: Option<usize>, behind: &str) -> String {
    let private = |line: &str| line.contains("[ref:") || token::candidates(line).next().is_some();
    let mut kept = Vec::new();
    for (place, line) in text.lines().enumerate() {
        let line = if score_line == Some(place) { behind } else { line };
        if private(line) || (score_line == Some(place) && behind.is_empty()) {
            continue;
        }
        kept.push(line.trim_end());
    }
    kept.join("\n").trim().chars().take(LONGEST_COMMENT).collect::<String>().trim_end().to_owned()
}

/// A subject without `Re:`, `RV:`, ...: whatever stands before the last colon, if it is short.
fn without_prefixes(subject: &str) -> &str {
    let mut rest = subject.trim();
    while let Some((prefix, behind)) = rest.split_once(':')
        && prefix.chars().count() <= 4
        && prefix.chars().all(char::is_alphabetic)
    {
        rest = behind.trim_start();
    }
    rest
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SUBJECT: &str = "Re: [Ticket#2013121610000137] Encuesta";

    #[test]
    fn whole_answers() {
        let token = "abcdefghijklmnopqrstuvwxyz234567abcdefghijklmnop";
        let cases = [
            ("4", SUBJECT, Some((4, ""))),
            ("\n\n4\n\nTodo bien.\nGracias\n", SUBJECT, Some((4, "Todo bien.\nGracias"))),
            ("5, muchas gracias\nAna", SUBJECT, Some((5, "muchas gracias\nAna"))),
            ("Hola,\n5\nMuy amables", SUBJECT, Some((5, "Hola,\nMuy amables"))),
            ("Hola:\n\nNota: 3\n", SUBJECT, Some((3, "Hola:"))),
            ("Pésimo: nadie vino", SUBJECT, Some((1, "nadie vino"))),
            ("★★★★☆\nbien", SUBJECT, Some((4, "bien"))),
            ("4\n\n[ref:x]\n", SUBJECT, Some((4, ""))),
            ("", "5", Some((5, ""))),
            ("Muy amables todos", "Re: 5", Some((5, "Muy amables todos"))),
            ("gracias", "RV: Re: Excelente", Some((5, "gracias"))),
            ("", SUBJECT, None),
            ("Gracias", SUBJECT, None),
            ("6", SUBJECT, None),
            ("0", SUBJECT, None),
            ("10", SUBJECT, None),
            ("Sigue sin funcionar", SUBJECT, None),
            ("Mi anexo es\n5551234", SUBJECT, None),
            ("Llámeme al\n4 5 6", SUBJECT, None),
            ("Nos vemos el\n4/5/2026", SUBJECT, None),
            ("1. No enciende\n2. No imprime", SUBJECT, None),
            ("1) No enciende\n\n2) No imprime", SUBJECT, None),
            ("Hola\nno funciona\n***\nAna", SUBJECT, None),
            ("a\nb\nc\n4", SUBJECT, None),
            ("Hola\n4, todo bien", SUBJECT, None),
            ("", "Re: 4 equipos sin red", None),
            ("", "Re: [Ticket#4] 4", None),
        ];
        for (text, subject, expected) in cases {
            let expected =
                expected.map(|(score, comment): (u8, &str)| Answer { score, comment: comment.to_owned() });
            assert_eq!(read_answer(text, subject), expected, "{text:?} {subject:?}");
        }
        let by_button = format!("2\r\n\r\n[ref:{token}]\r\n");
        assert_eq!(read_answer(&by_button, SUBJECT), Some(Answer { score: 2, comment: String::new() }));
        let bare = format!("2\nHola\n{token}");
        assert_eq!(read_answer(&bare, SUBJECT), Some(Answer { score: 2, comment: "Hola".to_owned() }));
    }

    #[test]
    fn what_the_guide_for_users_proposes_is_understood() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/guia-del-usuario.md");
        let guide = std::fs::read_to_string(path).unwrap();
        let (_, rest) = guide.split_once("## La encuesta").unwrap();
        let words: Vec<&str> = rest.split("\n## ").next().unwrap().split('`').skip(1).step_by(2).collect();
        assert!(words.len() >= 10, "{words:?}");
        for word in words {
            assert!(read_answer(word, "").is_some(), "{word}");
        }
    }

    #[test]
    fn comments_are_bounded() {
        let text = |letters: usize| format!("4\n{}", "x".repeat(letters));
        for (letters, kept) in [(4_000, 4_000), (4_001, 4_000), (3_000_000, 4_000)] {
            assert_eq!(read_answer(&text(letters), "").unwrap().comment.chars().count(), kept);
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,120}", subject in "\\PC{0,60}") {
            if let Some(answer) = read_answer(&text, &subject) {
                prop_assert!((1..=5).contains(&answer.score));
            }
        }

        #[test]
        fn never_panics_near_scores(line in "(nota|muy|[0-9]|de|5|[/ .:,★*☆-]|estrellas|bueno|👍|é){0,6}", more in "[\\n 0-9a-z]{0,20}") {
            if let Some(answer) = read_answer(&format!("{line}{more}"), &line) {
                prop_assert!((1..=5).contains(&answer.score));
            }
        }
    }
}

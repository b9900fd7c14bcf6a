//! "Did you mean": the known word nearest to a misspelt one.

/// Words longer than this are nobody's typing error.
const LONGEST: usize = 40;

/// The known word nearest to `word`: at most two letters wrong, one in words of three or four
/// letters, none in shorter ones.
///
/// Letters that changed places count as one error. Of several equally near, the first one known. Both sides
/// are compared as they stand, so fold them first.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let letters: Vec<char> = word.chars().take(LONGEST + 1).collect();
    if letters.is_empty() || letters.len() > LONGEST {
        return None;
    }
    let mut best: Option<(usize, &str)> = None;
    for candidate in known {
        let candidate_letters: Vec<char> = candidate.chars().take(LONGEST + 3).collect();
        if letters.len().abs_diff(candidate_letters.len()) > 2 {
            continue;
        }
        let allowed = match letters.len().min(candidate_letters.len()) {
            0..=2 => 0,
            3..=4 => 1,
            _ => 2,
        };
        let errors = distance(&letters, &candidate_letters);
        if errors <= allowed && best.is_none_or(|(least, _)| errors < least) {
            best = Some((errors, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Insertions, deletions, replacements and swaps of neighbours that lead from one word to the other (optimal string
/// alignment). The time is the product of both lengths: whoever calls limits them.
pub(crate) fn distance(word: &[char], other: &[char]) -> usize {
    let at = |cells: &[usize], index: usize| cells.get(index).copied().unwrap_or(usize::MAX / 2);
    // Three rows of the matrix are enough: a swap looks two rows back.
    let mut two_back: Vec<usize> = Vec::new();
    let mut back: Vec<usize> = (0..=other.len()).collect();
    let mut before: Option<char> = None;
    for (row, &letter) in word.iter().enumerate() {
        let mut now = vec![row + 1];
        let mut left = row + 1;
        let mut other_before: Option<char> = None;
        for (column, &wanted) in other.iter().enumerate() {
            let mut cost = (at(&back, column) + usize::from(letter != wanted))
                .min(at(&back, column + 1) + 1)
                .min(left + 1);
            if before == Some(wanted) && other_before == Some(letter) && letter != wanted {
                cost = cost.min(at(&two_back, column - 1) + 1);
            }
            now.push(cost);
            left = cost;
            other_before = Some(wanted);
        }
        two_back = std::mem::replace(&mut back, now);
        before = Some(letter);
    }
    at(&back, other.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_near_and_leaves_the_far() {
        let known = ["close", "queue", "cola", "note", "unlock", "lock", "priority"];
        let cases = [
            ("clsoe", Some("close")),
            ("close", Some("close")),
            ("colse", Some("close")),
            ("qeueu", Some("queue")),
            ("prioriti", Some("priority")),
            ("priorty", Some("priority")),
            ("unlok", Some("unlock")),
            ("noet", Some("note")),
            ("clo", None),
            ("nnn", None),
            ("xe", None),
            ("hello", None),
            ("", None),
        ];
        for (typed, expected) in cases {
            assert_eq!(nearest(typed, known), expected, "{typed}");
        }
        assert_eq!(nearest(&"a".repeat(1_000_000), known), None);
    }

    #[test]
    fn counts_errors() {
        let letters = |text: &str| text.chars().collect::<Vec<_>>();
        let count = |a: &str, b: &str| distance(&letters(a), &letters(b));
        assert_eq!(count("abc", "abc"), 0);
        assert_eq!(count("abc", "acb"), 1);
        assert_eq!(count("abcd", "badc"), 2);
        assert_eq!(count("", "ab"), 2);
        assert_eq!(count("año", "ano"), 1);
        assert_eq!(count("kitten", "sitting"), 3);
    }
}

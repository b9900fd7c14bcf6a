//! A subject without what mail programs and gateways put in front of it.
//!
//! Does not look for ticket numbers: those are evidence, not ornament.

/// Prefixes of replies, without their colon, in lower case.
const REPLY: [&str; 35] = [
    "re",
    "ré",
    "aw",
    "antw",
    "antwort",
    "sv",
    "vs",
    "r",
    "rif",
    "res",
    "resp",
    "odp",
    "απ",
    "σχετ",
    "ynt",
    "yan",
    "vá",
    "va",
    "bls",
    "atb",
    "на",
    "ha",
    "отв",
    "ответ",
    "השב",
    "תשובה",
    "رد",
    "回复",
    "回覆",
    "答复",
    "答覆",
    "回信",
    "返信",
    "답장",
    "svar",
];

/// Prefixes of forwarded mails.
const FORWARD: [&str; 29] = [
    "fw",
    "fwd",
    "wg",
    "doorst",
    "vb",
    "vl",
    "tr",
    "rv",
    "enc",
    "i",
    "pd",
    "πρθ",
    "i̇lt",
    "ilt",
    "továbbítás",
    "tovabbitas",
    "trs",
    "转发",
    "轉寄",
    "轉發",
    "転送",
    "전달",
    "пересл",
    "weitergeleitet",
    "reenv",
    "renv",
    "rnv",
    "הועבר",
    "إعادة توجيه",
];

/// Tags that gateways add, in lower case.
const TAGS: [&str; 22] = [
    "[external]",
    "[ext]",
    "[spam]",
    "[suspected spam]",
    "[bulk]",
    "[extern]",
    "[externe]",
    "[externo]",
    "[esterno]",
    "[external email]",
    "[external sender]",
    "[caution]",
    "[secure]",
    "[sec]",
    "[newsletter]",
    "***spam***",
    "*****spam*****",
    "***suspected spam***",
    "{spam?}",
    "(external)",
    "external:",
    "[correo externo]",
];

/// Longest prefix looked at, in characters.
const MAX_PREFIX: usize = 24;

/// Whether a subject says that it answers or forwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prefix {
    /// `Re:` and its like.
    Reply,
    /// `Fwd:` and its like. `VS:`, which is either, counts as a reply.
    Forward,
}

/// The subject without prefixes and gateway tags, blanks folded. May be empty.
pub fn bare(subject: &str) -> String {
    let mut rest = subject.trim();
    loop {
        let next = without_tag(rest).or_else(|| prefix(rest).map(|(_, rest)| rest));
        match next {
            Some(next) => rest = next.trim_start(),
            None => return rest.split_whitespace().collect::<Vec<_>>().join(" "),
        }
    }
}

/// The outermost prefix, behind gateway tags.
pub fn outer_prefix(subject: &str) -> Option<Prefix> {
    let mut rest = subject.trim();
    while let Some(next) = without_tag(rest) {
        rest = next.trim_start();
    }
    prefix(rest).map(|(prefix, _)| prefix)
}

/// A gateway tag cut off the front.
fn without_tag(subject: &str) -> Option<&str> {
    TAGS.iter().find_map(|tag| {
        let head = subject.get(..tag.len())?;
        head.eq_ignore_ascii_case(tag).then(|| subject.get(tag.len()..)).flatten()
    })
}

/// A prefix cut off the front: a known word, an optional count (`[2]`, `(2)`, `^2`), a colon of any width.
fn prefix(subject: &str) -> Option<(Prefix, &str)> {
    let at = subject
        .char_indices()
        .take(MAX_PREFIX)
        .find(|(_, sign)| matches!(sign, ':' | '：'))
        .map(|(at, _)| at)?;
    let (word, rest) = subject.split_at_checked(at)?;
    let rest = rest.strip_prefix([':', '：'])?;
    let word = without_count(word.trim()).to_lowercase();
    if REPLY.contains(&word.as_str()) {
        return Some((Prefix::Reply, rest));
    }
    FORWARD.contains(&word.as_str()).then_some((Prefix::Forward, rest))
}

/// `Re[2]`, `Re (2)`, `Re^2`, `Re2` without the count.
fn without_count(word: &str) -> &str {
    let open = word.strip_suffix([']', ')']).unwrap_or(word);
    let bare = open.trim_end_matches(|sign: char| sign.is_ascii_digit());
    if bare.len() == word.len() {
        return word;
    }
    bare.trim_end_matches(['[', '(', '^', '*']).trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_of_all_languages() {
        for (subject, wanted) in [
            ("Printer", "Printer"),
            ("Re: Printer", "Printer"),
            ("RE: re: Fwd: Printer", "Printer"),
            ("Re[2]: Printer", "Printer"),
            ("Re (3): Printer", "Printer"),
            ("Re^2: Printer", "Printer"),
            ("RE :Printer", "Printer"),
            ("AW: WG: Drucker", "Drucker"),
            ("RV: Impresora", "Impresora"),
            ("Rif: I: Stampante", "Stampante"),
            ("RES: ENC: Impressora", "Impressora"),
            ("TR: RÉ : Imprimante", "Imprimante"),
            ("Antw: Doorst: Printer", "Printer"),
            ("SV: VB: VS: Skrivare", "Skrivare"),
            ("Odp: PD: Drukarka", "Drukarka"),
            ("ΑΠ: ΠΡΘ: Εκτυπωτής", "Εκτυπωτής"),
            ("YNT: İLT: Yazıcı", "Yazıcı"),
            ("回复：打印机", "打印机"),
            ("转发: 打印机", "打印机"),
            ("返信: プリンター", "プリンター"),
            ("[EXTERNAL] Re: [External] Printer", "Printer"),
            ("***SPAM*** Re: Printer", "Printer"),
            ("Re: [Hook#100] Printer", "[Hook#100] Printer"),
            ("Error: disk full", "Error: disk full"),
            ("Regarding: x", "Regarding: x"),
            ("Re:", ""),
            ("  a   b ", "a b"),
            ("", ""),
        ] {
            assert_eq!(bare(subject), wanted, "{subject}");
        }
    }

    #[test]
    fn the_outermost_prefix_counts() {
        for (subject, wanted) in [
            ("Re: Fwd: x", Some(Prefix::Reply)),
            ("[EXT] FW: Re: x", Some(Prefix::Forward)),
            ("RV: x", Some(Prefix::Forward)),
            ("x", None),
        ] {
            assert_eq!(outer_prefix(subject), wanted, "{subject}");
        }
    }

    #[test]
    fn hostile_subjects_take_linear_time() {
        assert_eq!(bare(&"Re: ".repeat(200_000)), "");
        assert_eq!(bare(&"[EXT]".repeat(200_000)), "");
    }
}

//! What tells who the sender of a mail is: each piece as a value, said in the language of whoever reads it.
//!
//! In English it stands in `explain` and in the journal, which are the administrator's; a receipt says it in the agent's
//! language. The sentences are those of `sentences/`, one file a language.

use std::fmt;

use super::sentences;
use crate::mail::{Class, Defect, Language};

/// One piece of evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Evidence {
    /// There is no address in From.
    NoFrom,
    /// From is nobody's who works here.
    NoAgent,
    /// From is an agent's, and a program wrote the mail.
    Program {
        /// The agent.
        login: String,
        /// What the mail is.
        class: Class,
    },
    /// The mail waited and was confirmed from the registered address of this agent.
    Confirmed(String),
    /// `explain --from-agent`.
    Supposed(u8),
    /// From can be read in two ways.
    DoubtfulFrom(Defect),
    /// The border, or a check of ours, says that the mail is not from there.
    CheckFailed,
    /// Authenticated submission.
    Submission,
    /// DMARC (RFC 9989).
    Dmarc,
    /// The header that the border removes from outside mail.
    InternalHeader,
    /// The agent carries a token that was issued to him for the ticket.
    Token {
        /// The agent.
        login: String,
        /// Number of the ticket.
        number: String,
    },
    /// A signature that holds (RFC 6376).
    Signed {
        /// Who signed.
        domain: String,
        /// With which key.
        selector: String,
    },
    /// A signature that holds and proves nothing here.
    SignedInVain {
        /// Who signed.
        domain: String,
        /// With which key.
        selector: String,
        /// Why it proves nothing.
        why: InVain,
    },
    /// No signature holds; why, in the words of the check.
    Unsigned(String),
    /// A strict desk wants more.
    NeedsBoth,
    /// From is an agent's, and that is all.
    Unproved,
    /// The supplier carries its token.
    SupplierToken(String),
    /// From is the supplier's.
    SupplierAddress(String),
    /// A filter marked the mail.
    Spam,
    /// A header field that stands there.
    Header {
        /// Its name.
        name: String,
        /// What it says.
        value: String,
    },
    /// A result in a header field of the border (RFC 8601).
    Border {
        /// Its name.
        border: String,
        /// `dmarc=pass`
        result: String,
        /// For which address or domain, where the result is good.
        of: Option<String>,
    },
}

/// Why a signature that holds proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InVain {
    /// It is not for this desk.
    NotForTheDesk,
    /// It is of another time.
    OfAnotherTime,
    /// Whoever got such a mail can send it again.
    SeenBefore,
}

impl Evidence {
    /// Said in a language.
    pub fn text(&self, language: Language) -> String {
        match language {
            Language::En => sentences::english::evidence(self),
            Language::Es => sentences::spanish::evidence(self),
        }
    }
}

/// In English.
impl fmt::Display for Evidence {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text(Language::En))
    }
}

/// Each piece in a language.
pub(super) fn texts(evidence: &[Evidence], language: Language) -> Vec<String> {
    evidence.iter().map(|piece| piece.text(language)).collect()
}

/// All pieces in one line.
pub(super) fn line(evidence: &[Evidence], language: Language) -> String {
    texts(evidence, language).join("; ")
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// One of each.
    pub(in crate::decide) fn all() -> Vec<Evidence> {
        let x = || "XYZ".to_owned();
        vec![
            Evidence::NoFrom,
            Evidence::NoAgent,
            Evidence::Program { login: x(), class: Class::AutoReply },
            Evidence::Confirmed(x()),
            Evidence::Supposed(2),
            Evidence::DoubtfulFrom(Defect::SeveralFrom),
            Evidence::DoubtfulFrom(Defect::GroupFrom),
            Evidence::DoubtfulFrom(Defect::Repeated(x())),
            Evidence::CheckFailed,
            Evidence::Submission,
            Evidence::Dmarc,
            Evidence::InternalHeader,
            Evidence::Token { login: x(), number: "2013121610000137".to_owned() },
            Evidence::Signed { domain: x(), selector: "s1".to_owned() },
            Evidence::SignedInVain { domain: x(), selector: x(), why: InVain::NotForTheDesk },
            Evidence::SignedInVain { domain: x(), selector: x(), why: InVain::OfAnotherTime },
            Evidence::SignedInVain { domain: x(), selector: x(), why: InVain::SeenBefore },
            Evidence::Unsigned("there is no DKIM signature".to_owned()),
            Evidence::NeedsBoth,
            Evidence::Unproved,
            Evidence::SupplierToken(x()),
            Evidence::SupplierAddress(x()),
            Evidence::Spam,
            Evidence::Border { border: x(), result: "dmarc=fail".to_owned(), of: None },
            Evidence::Border { border: x(), result: "auth=pass".to_owned(), of: Some(x()) },
        ]
    }

    #[test]
    fn every_piece_is_said_in_both_languages() {
        // Words that no Spanish sentence has.
        const ENGLISH: [&str; 14] =
            ["the", "from", "is", "of", "for", "says", "by", "to", "this", "and", "not", "was", "no", "its"];
        for piece in all() {
            let (english, spanish) = (piece.text(Language::En), piece.text(Language::Es));
            assert_eq!(english, piece.to_string());
            assert_ne!(english, spanish);
            assert_eq!(english.contains("XYZ"), spanish.contains("XYZ"), "{english}: {spanish}");
            let words = || spanish.split(|letter: char| !letter.is_alphabetic());
            let left: Vec<&str> = words().filter(|word| *word != "no" && ENGLISH.contains(word)).collect();
            assert!(left.is_empty(), "{spanish}: {left:?}");
        }
        let header = Evidence::Header { name: "X-Inside".to_owned(), value: "yes".to_owned() };
        assert_eq!(header.text(Language::Es), "X-Inside: yes");
    }
}

//! The five priorities.

use crate::mail::Language;

/// 1 very low to 5 very high.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Priority(u8);

impl Priority {
    /// 3, what a ticket has unless something says otherwise.
    pub const NORMAL: Self = Self(3);

    /// 1 to 5; `None` for any other number.
    pub fn new(value: u8) -> Option<Self> {
        (1..=5).contains(&value).then_some(Self(value))
    }

    /// 1 to 5.
    pub fn value(self) -> u8 {
        self.0
    }

    /// This one moved by some steps, kept within 1 to 5.
    pub fn moved(self, steps: i8) -> Self {
        Self(self.0.saturating_add_signed(steps).clamp(1, 5))
    }

    /// The level that attends it: 2 for high and very high, else 1.
    pub fn level(self) -> u8 {
        if self.0 >= 4 { 2 } else { 1 }
    }

    /// `3 normal`, `4 alto`: number and word, as OTRS shows it.
    pub fn label(self, language: Language) -> String {
        format!("{} {}", self.0, self.word(language))
    }

    /// `very low` .. `very high`, `muy bajo` .. `muy alto`.
    pub fn word(self, language: Language) -> &'static str {
        match (language, self.0) {
            (Language::En, 1) => "very low",
            (Language::En, 2) => "low",
            (Language::En, 4) => "high",
            (Language::En, 5) => "very high",
            (Language::Es, 1) => "muy bajo",
            (Language::Es, 2) => "bajo",
            (Language::Es, 4) => "alto",
            (Language::Es, 5) => "muy alto",
            (Language::En | Language::Es, _) => "normal",
        }
    }

    /// Reads a number, an English or Spanish word (either gender), or both (`4 high`); case does not matter.
    pub fn from_words(text: &str) -> Option<Self> {
        let folded = text.trim().to_lowercase();
        let (number, words) = match folded.split_once(' ') {
            Some((first, rest)) if first.parse::<u8>().is_ok() => (first.parse().ok(), rest.trim()),
            _ => match folded.parse::<u8>() {
                Ok(number) => return Self::new(number),
                Err(_) => (None, folded.as_str()),
            },
        };
        let by_word = match words {
            "very low" | "muy bajo" | "muy baja" => Self(1),
            "low" | "bajo" | "baja" => Self(2),
            "normal" | "medium" | "medio" | "media" => Self(3),
            "high" | "alto" | "alta" => Self(4),
            "very high" | "muy alto" | "muy alta" => Self(5),
            _ => return None,
        };
        number.is_none_or(|number: u8| number == by_word.0).then_some(by_word)
    }
}

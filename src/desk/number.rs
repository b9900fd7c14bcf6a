//! Ticket numbers: the four kinds of OTRS, and how a subject carries one.

use std::fmt;

use jiff::civil::Date;

use super::OtherNumbers;
use super::other_numbers;

/// Numbers of one subject that are looked at: people write one, a hostile mail a hundred thousand.
const MOST_NUMBERS: usize = 10;

/// A ticket's number: decimal digits, unique for ever.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct TicketNumber(String);

impl TicketNumber {
    /// Takes a number as stored or typed: digits only, at most 20 of them.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        let digits = !text.is_empty() && text.len() <= 20 && text.bytes().all(|octet| octet.is_ascii_digit());
        digits.then(|| Self(text.to_owned()))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TicketNumber {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// How numbers are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NumberKind {
    /// Date, system id, counter of the day, check digit.
    DateChecksum,
    /// Date, system id, counter of the day.
    Date,
    /// System id, counter.
    Increment,
    /// System id, ten random digits.
    Random,
}

/// The last counter value that was given away under a key; read with the context, moved by the commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counter {
    /// `2013-12-16` for kinds that count by day, else `all`.
    pub key: String,
    /// The last value used; 0 where none was.
    pub used: u64,
}

/// The numbering of a desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Numbering {
    /// Which kind.
    pub kind: NumberKind,
    /// Tells several desks apart; 10 unless set.
    pub system_id: u32,
    /// What stands before a number in a subject: `Ticket#`.
    pub hook: String,
    /// What stands between hook and number: nothing unless set.
    pub divider: String,
    /// `[Ticket#N] Title` rather than `Title [Ticket#N]`.
    pub in_front: bool,
    /// What numbers of other desks look like.
    pub others: OtherNumbers,
}

impl Default for Numbering {
    fn default() -> Self {
        Self {
            kind: NumberKind::DateChecksum,
            system_id: 10,
            hook: "Ticket#".to_owned(),
            divider: String::new(),
            in_front: true,
            others: OtherNumbers::default(),
        }
    }
}

impl Numbering {
    /// The key of the counter for a ticket opened on this day of the desk.
    pub fn counter_key(&self, day: Date) -> String {
        match self.kind {
            NumberKind::DateChecksum | NumberKind::Date => day.to_string(),
            NumberKind::Increment | NumberKind::Random => "all".to_owned(),
        }
    }

    /// The number for a counter value; `random` is used by [`NumberKind::Random`] alone.
    pub fn number(&self, day: Date, counter: u64, random: u64) -> TicketNumber {
        let date = format!("{:04}{:02}{:02}", day.year(), day.month(), day.day());
        let system = self.system_id;
        TicketNumber(match self.kind {
            NumberKind::DateChecksum => {
                let digits = format!("{date}{system}{counter:05}");
                let check = check_digit(&digits);
                format!("{digits}{check}")
            }
            NumberKind::Date => format!("{date}{system}{counter:05}"),
            NumberKind::Increment => format!("{system}{counter:05}"),
            NumberKind::Random => format!("{system}{:010}", random % 10_000_000_000),
        })
    }

    /// Whether a typed number can be one of ours: a wrong check digit is a typing error.
    pub fn plausible(&self, number: &TicketNumber) -> bool {
        if self.kind != NumberKind::DateChecksum {
            return true;
        }
        let (digits, last) = number.0.split_at(number.0.len().saturating_sub(1));
        digits.len() >= 13 && last == check_digit(digits).to_string()
    }

    /// `[Ticket#2013121610000137] Pc sin internet`.
    pub fn subject(&self, number: &TicketNumber, title: &str) -> String {
        let tag = format!("[{}{}{number}]", self.hook, self.divider);
        if self.in_front { format!("{tag} {title}") } else { format!("{title} {tag}") }
    }

    /// The first numbers that a subject carries behind the hook, in their order, plausible or not.
    pub fn in_subject(&self, subject: &str) -> Vec<TicketNumber> {
        let lowered = subject.to_lowercase();
        let mark = format!("{}{}", self.hook, self.divider).to_lowercase();
        if mark.is_empty() {
            return Vec::new();
        }
        lowered
            .split(mark.as_str())
            .skip(1)
            .filter_map(|rest| {
                let digits: String =
                    rest.trim_start().chars().take_while(char::is_ascii_digit).take(21).collect();
                TicketNumber::new(&digits)
            })
            .take(MOST_NUMBERS)
            .collect()
    }

    /// Numbers of other desks that a subject carries, by the patterns of the settings.
    pub fn others_in_subject(&self, subject: &str) -> Vec<String> {
        self.others.in_subject(subject)
    }

    /// Numbers behind our own hook, as an older desk with the same hook may have given them: whatever their check digit.
    pub fn older_in_subject(&self, subject: &str) -> Vec<String> {
        let numbers = self.in_subject(subject).into_iter();
        numbers.map(|number| other_numbers::name(&format!("{}{}{number}", self.hook, self.divider))).collect()
    }

    /// A subject without our tags, wherever they stand, the first ten of them.
    pub fn without_tags(&self, subject: &str) -> String {
        let mark = format!("[{}{}", self.hook, self.divider).to_lowercase();
        let mut kept = String::with_capacity(subject.len());
        let mut rest = subject;
        for _ in 0..MOST_NUMBERS {
            let Some((before, after)) = split_fold(rest, &mark) else { break };
            let Some((_, behind)) = after.split_once(']').filter(|(inside, _)| is_number(inside)) else {
                break;
            };
            kept.push_str(before.trim_end());
            kept.push(' ');
            rest = behind.trim_start();
        }
        kept.push_str(rest);
        kept.trim().to_owned()
    }
}

fn is_number(text: &str) -> bool {
    text.trim().bytes().all(|octet| octet.is_ascii_digit())
}

/// Splits at the first place where `mark` (lower case) stands in any case.
fn split_fold<'a>(text: &'a str, mark: &str) -> Option<(&'a str, &'a str)> {
    text.char_indices().find_map(|(at, _)| {
        let (before, here) = text.split_at_checked(at)?;
        let mut wanted = mark.chars();
        let mut letters = here.char_indices();
        let end = loop {
            let Some(first) = wanted.next() else { break letters.next().map_or(here.len(), |(end, _)| end) };
            let mut folded = letters.next()?.1.to_lowercase();
            if folded.next() != Some(first) || !folded.all(|letter| wanted.next() == Some(letter)) {
                return None;
            }
        };
        Some((before, here.split_at_checked(end)?.1))
    })
}

/// The digits weighted 1, 2, 1, 2, ... from the left, summed; 10 minus that modulo 10, and 10 becomes 1.
fn check_digit(digits: &str) -> u32 {
    let sum: u32 = digits
        .chars()
        .filter_map(|c| c.to_digit(10))
        .zip([1, 2].into_iter().cycle())
        .map(|(d, w)| d * w)
        .sum();
    match 10 - sum % 10 {
        10 => 1,
        digit => digit,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_number_of_a_real_desk() {
        let numbering = Numbering::default();
        let number = numbering.number(date(2013, 12, 16), 13, 0);
        assert_eq!(number.as_str(), "2013121610000137");
        assert!(numbering.plausible(&number));
        assert!(!numbering.plausible(&TicketNumber::new("2013121610000138").unwrap()));
        assert!(!numbering.plausible(&TicketNumber::new("7").unwrap()));
    }

    #[test]
    fn other_kinds() {
        let of =
            |kind| Numbering { kind, ..Numbering::default() }.number(date(2024, 2, 29), 7, 42).to_string();
        assert_eq!(of(NumberKind::Date), "202402291000007");
        assert_eq!(of(NumberKind::Increment), "1000007");
        assert_eq!(of(NumberKind::Random), "100000000042");
    }

    #[test]
    fn subjects() {
        let numbering = Numbering::default();
        let number = TicketNumber::new("2013121610000137").unwrap();
        let tagged = numbering.subject(&number, "Pc sin internet");
        assert_eq!(tagged, "[Ticket#2013121610000137] Pc sin internet");
        assert_eq!(numbering.in_subject(&format!("RE: {tagged}")), std::slice::from_ref(&number));
        assert_eq!(numbering.in_subject("RV: [ticket# 2013121610000137]"), [number]);
        assert!(numbering.in_subject("Ticket 2013121610000137").is_empty());
        assert_eq!(numbering.without_tags(&format!("{tagged} [TICKET#1] x")), "Pc sin internet x");
        assert_eq!(numbering.without_tags("İ [Ticket#1"), "İ [Ticket#1");
        assert_eq!(numbering.without_tags("a [Ticket#1] b [Ticket#x] c"), "a b [Ticket#x] c");
    }

    #[test]
    fn a_subject_of_tags_costs_little() {
        let numbering = Numbering::default();
        let hostile = "[Ticket#1] ".repeat(100_000);
        assert_eq!(numbering.in_subject(&hostile).len(), MOST_NUMBERS);
        assert!(numbering.without_tags(&hostile).len() < hostile.len());
    }
}

//! The fields of a delivery status (RFC 3464 section 2): one parse function, for parts and for plain text.
//!
//! Lenient: blocks in any order, fields of one recipient spread over several blocks by converters, comments in
//! parentheses, status codes with words behind them. Blocks without a field of a recipient are passed over.

use crate::mail::BounceAction;

use super::address;
use super::status;

/// Lines that are read of one report.
const LINES: usize = 2_000;
/// Recipients that are kept of one report.
const RECIPIENTS: usize = 100;

/// The fields of one recipient (RFC 3464 section 2.3).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Recipient {
    final_recipient: Option<String>,
    original_recipient: Option<String>,
    actual_recipient: Option<String>,
    action: Option<String>,
    /// `d.d.d`.
    pub(super) status: Option<String>,
    /// Without its type (`smtp;`).
    pub(super) diagnostic: Option<String>,
}

impl Recipient {
    /// The action field; where it is missing, what the class of the status says.
    pub(super) fn action(&self) -> Option<BounceAction> {
        let word = self.action.as_deref().unwrap_or_default().to_ascii_lowercase();
        let word = word.trim_matches(|c: char| !c.is_ascii_alphabetic());
        let known = [
            ("fail", BounceAction::Failed),
            ("delayed", BounceAction::Delayed),
            ("delivered", BounceAction::Delivered),
            ("relayed", BounceAction::Relayed),
            ("expanded", BounceAction::Expanded),
        ];
        let by_word = known.into_iter().find(|(start, _)| word.starts_with(start)).map(|(_, action)| action);
        by_word.or_else(|| match self.status.as_deref()?.chars().next()? {
            '2' => Some(BounceAction::Delivered),
            '4' => Some(BounceAction::Delayed),
            _ => Some(BounceAction::Failed),
        })
    }

    /// The address that could not be reached: the final recipient, unless only another field has an address.
    pub(super) fn address(&self) -> Option<String> {
        let all = [&self.final_recipient, &self.original_recipient, &self.actual_recipient];
        let full = all
            .iter()
            .filter_map(|field| address::of_field(field.as_deref()?))
            .find(|found| found.contains('.'));
        full.or_else(|| all.iter().find_map(|field| address::of_field(field.as_deref()?)))
    }

    fn is_empty(&self) -> bool {
        self.final_recipient.is_none()
            && self.original_recipient.is_none()
            && self.action.is_none()
            && self.status.is_none()
            && self.diagnostic.is_none()
    }

    /// A second block belongs to the same recipient where it only adds.
    fn adds_to(&self, before: &Self) -> bool {
        before.final_recipient.is_none() != self.final_recipient.is_none()
            && !(before.action.is_some() && self.action.is_some())
            && !(before.status.is_some() && self.status.is_some())
    }

    fn set(&mut self, name: &str, value: &str) {
        let value = value.trim();
        if value.is_empty() {
            return;
        }
        let slot = match name {
            "final-recipient" => &mut self.final_recipient,
            "original-recipient" => &mut self.original_recipient,
            "x-actual-recipient" => &mut self.actual_recipient,
            "action" => &mut self.action,
            "status" => {
                let code = status::leading_code(value);
                self.status = self.status.take().or(code);
                return;
            }
            "diagnostic-code" => {
                let text =
                    value.split_once(';').filter(|(kind, _)| is_type(kind)).map_or(value, |(_, text)| text);
                if !text.trim().is_empty() && self.diagnostic.is_none() {
                    self.diagnostic = Some(text.trim().to_owned());
                }
                return;
            }
            _ => return,
        };
        if slot.is_none() {
            *slot = Some(value.to_owned());
        }
    }
}

/// A diagnostic type: one word, not the beginning of the text itself.
fn is_type(kind: &str) -> bool {
    let kind = kind.trim();
    kind.len() <= 20
        && kind.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !kind.bytes().all(|byte| byte.is_ascii_digit())
}

/// The recipients that a status part, or a text with its fields in it, tells of.
pub(super) fn recipients(text: &str) -> Vec<Recipient> {
    let mut found: Vec<Recipient> = Vec::new();
    for block in blocks(text) {
        let mut one = Recipient::default();
        for (name, value) in &block {
            one.set(name, value);
        }
        if one.is_empty() || found.len() >= RECIPIENTS {
            continue;
        }
        match found.last_mut().filter(|before| one.adds_to(before)) {
            Some(before) => {
                for (name, value) in &block {
                    before.set(name, value);
                }
            }
            None => found.push(one),
        }
    }
    found.retain(|one| {
        one.action.is_some()
            || one.final_recipient.is_some()
            || one.status.is_some() && one.diagnostic.is_some()
    });
    found
}

/// Blocks of unfolded fields, names in lower case.
fn blocks(text: &str) -> Vec<Vec<(String, String)>> {
    let mut blocks: Vec<Vec<(String, String)>> = vec![Vec::new()];
    for line in text.lines().take(LINES) {
        let line = line.trim_end();
        if line.is_empty() {
            blocks.push(Vec::new());
            continue;
        }
        let Some(block) = blocks.last_mut() else { break };
        let folded = line.starts_with([' ', '\t']);
        if let Some((_, value)) = block.last_mut().filter(|(_, value)| folded && value.len() < 4_000) {
            value.push(' ');
            value.push_str(line.trim_start());
            continue;
        }
        let Some((name, value)) = line.trim_start().split_once(':') else { continue };
        let name = name.trim_end().to_ascii_lowercase();
        if name.len() <= 40 && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            block.push((name, value.trim().to_owned()));
        }
    }
    blocks
}

//! A rule set: what was read, in its order, and the asking of it.

use std::sync::Arc;

use jiff::tz::TimeZone;

use super::action_key::ActionKey;
use super::file::Rule;
use super::key::ShortKey;
use super::names::{Names, Origin};
use super::read_then::Planned;
use super::rule_test::RuleTest;
use super::seen::{Asking, Field};
use super::trace::{Line, RuleTrace, words};
use super::words::Vocabulary;
use super::{Action, Facts};
use crate::desk::{RuleRef, TicketNumber};
use crate::mail::Digest;

/// What the rules say of one mail.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Evaluated {
    /// What is to be done, in order, with the rule that wants it. Of two that set the same thing the later
    /// one holds.
    pub actions: Vec<(Arc<RuleRef>, Action)>,
    /// Each rule that was tried; where nobody asked to be told, those that hold.
    pub traces: Vec<RuleTrace>,
    /// The first rule that was not asked, because those before it searched as much as one mail may cost.
    pub left_out: Option<Arc<RuleRef>>,
}

/// All rule files of a desk, read and compiled.
#[derive(Debug, Clone)]
pub struct RuleSet {
    pub(super) digest: Digest,
    pub(super) rules: Vec<Rule>,
    pub(super) tests: Vec<RuleTest>,
    /// The fields of mails that rules ask about.
    pub(super) fields: Vec<Field>,
    /// What else they ask about by one word: a key, and the name of a free field or a column.
    pub(super) shorts: Vec<(ShortKey, String)>,
    pub(super) vocabulary: Vocabulary,
    pub(super) names: Names,
    pub(super) time_zone: TimeZone,
}

impl RuleSet {
    /// A set without rules.
    pub fn none() -> Self {
        Self {
            digest: Digest::of(b""),
            rules: Vec::new(),
            tests: Vec::new(),
            fields: Vec::new(),
            shorts: Vec::new(),
            vocabulary: Vocabulary::default(),
            names: Names::default(),
            time_zone: TimeZone::UTC,
        }
    }

    /// The digest of all files, names and texts.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// How many rules there are.
    pub fn len(&self) -> usize {
        self.rules.len()
    }

    /// Whether there is no rule.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// Numbers of tickets to which rules link, as they stand in the files.
    pub fn linked_numbers(&self) -> impl Iterator<Item = TicketNumber> {
        let links =
            self.rules.iter().flat_map(|rule| &rule.planned).filter(|plan| plan.key == ActionKey::Link);
        links.filter_map(|plan| TicketNumber::new(plan.text.fill(|_| String::new()).trim_start_matches('#')))
    }

    /// Whether a rule links to a number that a mail names.
    pub fn links_by_mail(&self) -> bool {
        let of_mail = |plan: &Planned| plan.key == ActionKey::Link && plan.origin == Origin::Mail;
        self.rules.iter().any(|rule| rule.planned.iter().any(of_mail))
    }

    /// The tests that stand in the files, in their order.
    pub fn tests(&self) -> &[RuleTest] {
        &self.tests
    }

    /// Asks every rule about a mail, in order, until one that holds says `stop`. A rule sees what the rules
    /// before it set.
    pub fn evaluate(&self, facts: &Facts<'_>) -> Evaluated {
        let asking = Asking::new(self, facts);
        let mut evaluated = Evaluated::default();
        for rule in &self.rules {
            if asking.is_exhausted() {
                evaluated.left_out = Some(Arc::clone(&rule.reference));
                break;
            }
            let mut conditions = Vec::new();
            let matched = holds(rule, &asking, &mut conditions);
            if !matched && !facts.told {
                continue;
            }
            let actions = if matched { act(rule, &asking, &mut evaluated.actions) } else { Vec::new() };
            let rule_reference = Arc::clone(&rule.reference);
            evaluated.traces.push(RuleTrace { rule: rule_reference, matched, conditions, actions });
            if matched && rule.stop {
                break;
            }
        }
        evaluated
    }
}

/// Whether all conditions of a rule hold, with the trace up to the first that does not.
fn holds(rule: &Rule, asking: &Asking<'_>, trace: &mut Vec<String>) -> bool {
    asking.forget_groups(0);
    for condition in &rule.conditions {
        let mut line = Line::new(asking.facts.told);
        let holds = condition.holds(asking, &mut line);
        if !holds || !condition.is_implied() {
            trace.extend(line.into_text());
        }
        if !holds {
            return false;
        }
    }
    true
}

/// Fills in the actions of a rule that holds; its lines of trace.
fn act(rule: &Rule, asking: &Asking<'_>, actions: &mut Vec<(Arc<RuleRef>, Action)>) -> Vec<String> {
    let set = asking.set;
    let mut trace = Vec::new();
    for planned in &rule.planned {
        let text = planned.text.fill(|group| asking.group(group));
        let when = (asking.facts.now, &set.time_zone);
        match set.names.action(planned.key, &planned.name, &text, planned.origin, when) {
            Ok(action) => {
                trace.push(words(&action));
                asking.remember(&action);
                actions.push((Arc::clone(&rule.reference), action));
            }
            Err(refused) => trace.push(format!("left out: {}", refused.title)),
        }
    }
    if rule.stop {
        trace.push("stop".to_owned());
    }
    trace
}

//! Rule files, pure: read, checked and compiled once, then asked for every mail.
//!
//! Rules say what is wanted; `decide` does it, after the same checks as for anybody else.

mod action;
mod action_key;
mod comparison;
mod condition;
mod expression;
mod facts;
mod file;
mod key;
mod literals;
mod names;
mod pattern;
mod read_then;
mod read_when;
mod rule_test;
mod seen;
mod set;
mod template;
mod trace;
mod words;

pub use action::{Action, Steps};
pub use action_key::actions_table;
pub use facts::{Facts, RuleEvent};
pub use key::conditions_table;
pub use rule_test::{Expectation, RuleTest, Supposed};
pub use set::{Evaluated, RuleSet};
pub use trace::RuleTrace;

#[cfg(test)]
mod tests;

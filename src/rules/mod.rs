//! Rule files, pure: read, checked and compiled once, then asked for every mail.
//!
//! Rules say what is wanted; `decide` does it, after the same checks as for anybody else.

mod action;
mod facts;
mod set;

pub use action::{Action, Steps};
pub use facts::{Facts, RuleEvent};
pub use set::{Evaluated, RuleSet};

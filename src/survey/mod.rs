//! Surveys: when to ask, how answers are read. Pure.
//!
//! Which mail answers a survey is not decided here: its token says so (`decide`).

mod answer;
mod ask;
mod score;

pub use answer::{Answer, read_answer};
pub use ask::should_ask;

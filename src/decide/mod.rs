//! All the branching of the program, pure: `decide(event, context, policy, given) -> Decision`.
//!
//! Whoever asks for something (a mail, a timer, a person at the command line) asks here; what comes out is
//! a list of effects that `store::commit` writes as it stands. Nothing here reads or writes anything.

mod context;
mod decision;
mod event;

pub use context::{Context, Given, HeldMail, Lookup, SentCount, Surveyed};
pub use decision::{
    After, CommandTrace, ConfirmationCode, Decision, Effect, Fact, MatchKind, MatchTrace, Reason, RuleTrace,
    SenderTrace, Trace,
};
pub use event::{Event, Incoming, Proof, Request, Verdicts};

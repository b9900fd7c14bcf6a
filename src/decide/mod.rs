//! All the branching of the program, pure: `decide(event, context, policy, given) -> Decision`.
//!
//! Whoever asks for something (a mail, a timer, a person at the command line) asks here; what comes out is
//! a list of effects that `store::apply` writes as it stands. Nothing here reads or writes anything.

mod addressees;
mod agent_mail;
mod asked;
mod attend;
mod canned;
mod caps;
mod confirmation;
mod context;
mod customer_mail;
mod customer_word;
mod decision;
mod draft;
mod effect;
mod event;
mod evidence;
mod execute;
mod fact;
mod flood;
mod history;
mod identify;
mod lookup;
mod macros;
mod mail;
mod matching;
mod no_mail;
mod notify;
mod obey_rules;
mod on_behalf;
mod outcome;
mod program_mail;
mod quarantine;
mod reason;
mod receipt;
mod request;
mod sentences;
mod signature;
mod steps;
mod supplier;
mod supplier_mail;
mod survey_mail;
mod text;
mod timer;
mod trace;
mod undo;
mod view;
mod write;

pub use asked::{
    ARTICLE_LETTERS, Asked, AskedSurveys, AskedTickets, FoundLines, FoundSurveys, FoundTickets, Seen, Thread,
};
pub use context::{
    Context, Doings, Given, HeldFor, HeldMail, HeldOutcome, Kin, KnownArticle, LeftMail, Lookup, Surveyed,
    Told, UndoKey,
};
pub use decision::{After, Decision};
pub use effect::{ConfirmationCode, Effect};
pub use event::{Event, History, Incoming, Proof, Request, Signed, Unfit, Verdicts};
pub use evidence::{Evidence, InVain};
pub use fact::Fact;
pub use history::{dated, time_of_history};
pub use lookup::lookup;
pub use no_mail::NoMail;
pub use reason::Reason;
pub use trace::{CommandTrace, MatchKind, MatchTrace, SenderTrace, Trace};

use crate::desk::Desk;
use crate::rules::RuleSet;

/// What the desk's files say, checked: all that a decision depends on beside the event and the past.
#[derive(Debug, Clone)]
pub struct Policy {
    /// The desk.
    pub desk: Desk,
    /// Its rules.
    pub rules: RuleSet,
}

/// The one function through which everything happens to a ticket.
pub fn decide(event: &Event, context: &Context, policy: &Policy, given: &Given) -> Decision {
    match event {
        Event::Mail(incoming) => mail::decide_mail(incoming, context, policy, given),
        Event::Timer(due) => timer::decide_timer(due, context, policy, given),
        Event::Request(request) => request::decide_request(request, context, policy, given),
    }
}

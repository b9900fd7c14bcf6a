//! The domain, pure: what a desk is made of (its files, checked) and what a ticket is made of.
//!
//! A [`Desk`] is read once and never changes under a decision; everything that does change is a
//! [`Ticket`], an article, a timer, and changes only by a `Decision` of `crate::decide`.

mod agent;
mod article;
mod calendar;
mod canned;
mod change;
mod customer;
mod notice;
mod notification;
mod number;
mod other_numbers;
mod permission;
mod priority;
pub mod query;
mod queue;
mod report;
mod settings;
mod shown;
mod sla;
pub mod spelling;
mod state;
mod supplier;
mod ticket;
mod timer;
pub mod token;
pub mod typed;
mod verb_levels;

pub use agent::{Agent, Found, Right, Role};
pub use article::{Article, Channel, NewArticle, SenderKind};
pub use calendar::{Calendar, Holiday, Hours};
pub use canned::{CannedAnswer, Macro, nearest_name};
pub use change::{Actor, Attribute, Cause, Change, RuleRef};
pub use customer::{Column, Customer};
pub use notice::{Allowance, EnvelopeSender, Notice, NoticeKind};
pub use notification::{Notification, Occasion, Recipient};
pub use number::{Counter, NumberKind, Numbering, TicketNumber};
pub use other_numbers::OtherNumbers;
pub use permission::{Readable, Refusal, held_by, may};
pub use priority::Priority;
pub use queue::{FollowUpPolicy, Later, Queue, Service};
pub use report::{Report, ReportWords};
pub use settings::{Desk, Limits, SurveySettings, Trust, fold, last_part, meant};
pub use shown::{HistoryLine, LinkedTicket, ShownArticle, SupplierLine, SurveyLine, TicketLine};
pub use sla::{Course, Due, Promise, Sla};
pub use state::{State, StateType};
pub use supplier::{Supplier, TicketSupplier};
pub use ticket::{
    LinkKind, MARKS, NewTicket, Relation, SOURCE_FIELD, STOPPED_FIELD, Ticket, TicketId, TicketRef,
    UNPROVED_FIELD, is_mark,
};
pub use timer::{Timer, TimerKind};
pub use verb_levels::VERB_LEVELS;

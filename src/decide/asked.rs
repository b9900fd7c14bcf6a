//! What agents ask to see, or mean without naming it: lists by a query, tickets whole, reports. Named by `lookup`, read
//! with everything else, composed by `view`.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::lookup::Carried;
use super::{Context, Incoming, Proof, agent_mail, identify, signature};
use crate::commands::{Block, Command, Targets};
use crate::desk::query::{Asker, Query, moment};
use crate::desk::{
    Agent, Desk, HistoryLine, LinkedTicket, Readable, Report, ShownArticle, SurveyLine, TicketId, TicketLine,
    TicketNumber,
};
use crate::mail::Digest;

/// Lists, tickets and reports, each kind for itself, that one mail may ask for: each costs a reading of the store.
pub(super) const MOST_ASKED: usize = 5;
/// Tickets of a list that a mail shows.
const LISTED: u32 = 40;
/// Surveys that a report by mail shows.
const SURVEYS: u32 = 60;
/// Articles and lines of history that a mail shows of one ticket.
const ENTRIES: u32 = 100;
/// Letters of one article that are read.
pub const ARTICLE_LETTERS: u32 = 20_000;

/// See the file's head.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Asked {
    /// Lists to be shown, by the words of their query.
    pub lists: BTreeMap<String, AskedTickets>,
    /// Tickets to be changed, by the words of the query.
    pub targets: BTreeMap<String, AskedTickets>,
    /// Tickets to be read whole, by number.
    pub whole: BTreeSet<TicketNumber>,
    /// The ticket that the mail is about is to be read whole.
    pub own: bool,
    /// Articles, and lines of history, that are read of a whole ticket.
    pub entries: u32,
    /// Surveys.
    pub surveys: Option<AskedSurveys>,
}

/// The tickets of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedTickets {
    /// Which ones.
    pub query: Query,
    /// What the asker may read.
    pub reader: Readable,
    /// So many of them; all are counted.
    pub most: u32,
}

/// Surveys since a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedSurveys {
    /// Sent then or later.
    pub since: Option<Timestamp>,
    /// About tickets that the asker may read.
    pub reader: Readable,
    /// So many of the last ones; all are counted.
    pub most: u32,
}

/// The answer to [`Asked`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Seen {
    /// By the words of the query.
    pub lists: BTreeMap<String, FoundLines>,
    /// By the words of the query; the tickets are among those of the context, unless there are too many.
    pub targets: BTreeMap<String, FoundTickets>,
    /// Whole tickets.
    pub threads: BTreeMap<TicketId, Thread>,
    /// Surveys.
    pub surveys: Option<FoundSurveys>,
}

/// Tickets to be shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FoundLines {
    /// How many there are.
    pub count: u64,
    /// The first of them.
    pub lines: Vec<TicketLine>,
}

/// Tickets to be changed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FoundTickets {
    /// How many there are.
    pub count: u64,
    /// How many there may be.
    pub most: u32,
    /// All of them; none where there are more than were asked for.
    pub tickets: Vec<TicketId>,
}

/// What hangs on a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Thread {
    /// The first article and the last ones, in order; texts cut at [`ARTICLE_LETTERS`] and one more.
    pub articles: Vec<ShownArticle>,
    /// How many there are.
    pub article_count: u64,
    /// The last lines of history, in order.
    pub history: Vec<HistoryLine>,
    /// How many there are.
    pub history_count: u64,
    /// Tickets that belong to it.
    pub links: Vec<LinkedTicket>,
}

/// Surveys of a report.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FoundSurveys {
    /// The last ones, newest first.
    pub lines: Vec<SurveyLine>,
    /// How many were sent.
    pub sent: u64,
    /// How many of each score came back.
    pub by_score: BTreeMap<u8, u64>,
}

impl Asked {
    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What a block asks for. Queries that cannot be read ask for nothing: executing them says why.
    pub(super) fn of(block: &Block, agent: &Agent, desk: &Desk, now: Timestamp) -> Self {
        let mut asked = Self::default();
        let reader = Readable::by(desk, agent);
        let limit = limit(block, desk);
        let tickets = |query: Query, most: u32| AskedTickets { query, reader: reader.clone(), most };
        for command in block.lines.iter().filter_map(|line| line.read.as_ref().ok()) {
            if let Command::List(text) = command
                && asked.lists.len() < MOST_ASKED
            {
                let query = query(text, agent, desk, now).ok();
                asked.lists.extend(query.map(|query| (text.clone(), tickets(query, LISTED))));
            } else if let Command::For(Targets::Query(text)) = command
                && asked.targets.len() < MOST_ASKED
            {
                let query = query(text, agent, desk, now).ok();
                asked.targets.extend(query.map(|query| (text.clone(), tickets(query, limit))));
            } else if let Command::Show(number) | Command::History(number) = command {
                asked.entries = ENTRIES;
                asked.own |= number.is_none();
                if asked.whole.len() < MOST_ASKED {
                    asked.whole.extend(number.clone());
                }
            } else if let Command::Report { name, since } = command
                && Report::named(name) == Some(Report::Survey)
            {
                let since = since.as_ref().map(|since| moment(since, &asker(agent, desk, now)));
                let (wrong, reader) = (since == Some(None), reader.clone());
                let surveys = AskedSurveys { since: since.flatten(), reader, most: SURVEYS };
                asked.surveys = (!wrong).then_some(surveys);
            }
        }
        asked
    }
}

/// Who asks in a mail.
pub(super) fn asker<'a>(agent: &'a Agent, desk: &'a Desk, now: Timestamp) -> Asker<'a> {
    Asker { desk, agent: Some(agent), now, language: agent.language.unwrap_or(desk.language) }
}

/// The query of `#list` and `#for`.
///
/// # Errors
/// What is wrong with it, in the agent's language.
pub(super) fn query(text: &str, agent: &Agent, desk: &Desk, now: Timestamp) -> Result<Query, String> {
    Query::read(text, &asker(agent, desk, now)).map(Query::open_unless_said)
}

/// How many tickets a query of this mail may mean: what it says itself, within what the desk allows.
pub(super) fn limit(block: &Block, desk: &Desk) -> u32 {
    let mut said = block
        .lines
        .iter()
        .filter_map(|line| if let Ok(Command::Limit(most)) = line.read { Some(most) } else { None });
    said.next_back().unwrap_or(desk.limits.bulk_unless_said).min(desk.limits.bulk)
}

/// Names a set of tickets that queries found; none where there was no query.
pub(super) fn digest(tickets: &BTreeSet<TicketId>) -> Option<Digest> {
    let ids: Vec<String> = tickets.iter().map(|id| id.0.to_string()).collect();
    (!ids.is_empty()).then(|| Digest::of(ids.join(" ").as_bytes()))
}

/// Whether a mail may turn out to be proved well enough for what it asks to see. Reading costs, and whoever merely
/// writes an agent's name into From gets nothing read.
pub(super) fn believable(
    incoming: &Incoming,
    carried: &[Carried],
    agent: &Agent,
    block: &Block,
    desk: &Desk,
    now: Timestamp,
) -> bool {
    let issued = |carried: &Carried| agent.addresses.iter().any(|address| carried.claim.issued_to(address));
    // Whether a signature was seen before is not known yet.
    let signed = || signature::evidence(incoming, &Context::default(), desk, now).is_ok();
    incoming.proof != Proof::None
        || agent_mail::needed_level(block, desk) < 2
        || identify::border_evidence(incoming).is_some()
        || carried.iter().any(issued)
        || signed()
}

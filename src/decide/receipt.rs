//! What an agent gets back for commands: every line with its result, who it was taken to be, and on what evidence.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::draft::Draft;
use super::execute::Child;
use super::mail::Case;
use super::notify::others;
use super::text::unheaded;
use super::{Effect, evidence};
use crate::commands::{self, LineResult, Mistake, ReceiptLine};
use crate::desk::{Agent, Allowance, Notice, NoticeKind, TicketRef, token};
use crate::mail::Language;
use crate::outbound::data;

/// What becomes of an agent's answer to a mail about his own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answers {
    /// It stays inside.
    Inside,
    /// It goes to the customer, as the mail would have that is corrected with it: `addressees::of_correction`.
    Customer,
}

/// What a receipt tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    /// What was done; where one line is wrong, nothing was, unless the mail says `#partial`.
    Whole,
    /// What was done, beside lines that could not be.
    Partial,
    /// What would have been done.
    Dry,
    /// Nothing, as its author wants it: a no to what the desk asked.
    Declined,
    /// Why a mail is no answer to what the desk asked. There are no lines in it to be corrected.
    Question,
}

/// What a receipt says beside the lines of the draft's trace.
#[derive(Debug)]
pub(super) struct Receipt<'c> {
    /// The ticket that it is about.
    pub(super) at: Option<TicketRef>,
    pub(super) manner: Manner,
    /// What became of the text of the mail, in words.
    pub(super) text_went: Option<String>,
    /// The token by which it can be taken back, and until when.
    pub(super) undo: Option<(String, Timestamp)>,
    /// Open tickets below one that was closed.
    pub(super) children: &'c [Child],
    /// What becomes of an answer to it.
    pub(super) answer: Answers,
}

impl Receipt<'_> {
    /// One after which there is nothing to take back.
    pub(super) fn plain(at: Option<TicketRef>, manner: Manner) -> Self {
        Self { at, manner, text_went: None, undo: None, children: &[], answer: Answers::Inside }
    }
}

/// The receipt of the commands in the draft's trace, to the registered address.
pub(super) fn send_receipt(
    draft: &mut Draft<'_>,
    case: &Case<'_>,
    agent: &Agent,
    language: Language,
    receipt: Receipt<'_>,
) {
    let Receipt { at, manner, text_went, undo, children, answer } = receipt;
    let mut lines: Vec<ReceiptLine> = draft
        .trace
        .commands
        .iter()
        .map(|line| {
            let result = line.result.clone();
            let result =
                if line.done { LineResult::Done(result) } else { LineResult::Wrong(Mistake(result)) };
            ReceiptLine { written: line.line.clone(), ticket: line.ticket.clone(), result }
        })
        .collect();
    if manner == Manner::Whole {
        commands::all_or_nothing(&mut lines);
    }
    shorten(&mut lines);
    let grounds = evidence::texts(&case.sender.trace.evidence, language);
    let mut fill = commands::receipt(&lines, &agent.name, &grounds, language);
    if matches!(manner, Manner::Dry | Manner::Declined | Manner::Question) {
        fill.insert("done".to_owned(), json!(false));
    }
    fill.insert("partly".to_owned(), json!(manner == Manner::Partial));
    fill.insert("declined".to_owned(), json!(manner == Manner::Declined));
    fill.insert("about_question".to_owned(), json!(manner == Manner::Question));
    fill.insert("dry".to_owned(), json!(manner == Manner::Dry));
    fill.insert("text_went".to_owned(), json!(text_went));
    fill.insert("mail_subject".to_owned(), json!(unheaded(&case.incoming.mail.subject, draft.desk)));
    let mut offers = Vec::new();
    if let Some((code, until)) = undo {
        let command = commands::word("undo", language);
        offers.push(offer(Offer::Undo, language, &format!("#{command} {code}")));
        fill.insert("undo".to_owned(), json!(code));
        fill.insert("undo_until".to_owned(), json!(data::date(draft.desk, language, until)));
    }
    if !children.is_empty() {
        let numbers: Vec<&str> = children.iter().map(|child| child.number.as_str()).collect();
        let (these, close) = (commands::word("for", language), commands::word("close", language));
        let command = format!("#{these} {}\r\n#{close}", numbers.join(" "));
        offers.push(offer(Offer::CloseChildren, language, &command));
        let rows =
            children.iter().map(|child| json!({ "number": child.number.as_str(), "title": child.title }));
        fill.insert("children".to_owned(), rows.collect());
    }
    fill.insert("offers".to_owned(), Value::Array(offers));
    notice_to_agent(draft, case, agent, at, answer, "receipt", fill);
}

/// Lines that a receipt shows.
const MOST_LINES: usize = 80;

/// Of very many lines those that are wrong, as far as they fit, and the first of the others; and how many more there are.
fn shorten(lines: &mut Vec<ReceiptLine>) {
    let Some(more) = lines.len().checked_sub(MOST_LINES).filter(|more| *more > 0) else { return };
    let wrong = |line: &ReceiptLine| matches!(line.result, LineResult::Wrong(_));
    let mut well =
        MOST_LINES.saturating_sub(lines.iter().filter(|line| wrong(line)).count().min(MOST_LINES / 2));
    let mut ill = MOST_LINES - well;
    lines.retain(|line| {
        let left = if wrong(line) { &mut ill } else { &mut well };
        let stays = *left > 0;
        *left = left.saturating_sub(1);
        stays
    });
    let result = LineResult::Done(String::new());
    lines.push(ReceiptLine { written: format!("\u{2026} (+{more})"), ticket: None, result });
}

/// What a receipt offers as a button.
#[derive(Debug, Clone, Copy)]
enum Offer {
    Undo,
    CloseChildren,
}

fn offer(what: Offer, language: Language, command: &str) -> Value {
    let label = match (what, language) {
        (Offer::Undo, Language::En) => "Undo",
        (Offer::Undo, Language::Es) => "Deshacer",
        (Offer::CloseChildren, Language::En) => "Close these too",
        (Offer::CloseChildren, Language::Es) => "Cerrar también estos",
    };
    json!({ "label": label, "command": command })
}

/// The list of commands.
pub(super) fn send_help(draft: &mut Draft<'_>, case: &Case<'_>, agent: &Agent, language: Language) {
    let rows: Vec<Value> =
        commands::help(language).map(|(form, does)| json!({ "form": form, "does": does })).collect();
    let mut fill = Map::new();
    fill.insert("commands".to_owned(), json!(rows));
    notice_to_agent(draft, case, agent, None, Answers::Inside, "help", fill);
}

/// A notice to an agent's registered address about his own mail.
pub(super) fn notice_to_agent(
    draft: &mut Draft<'_>,
    case: &Case<'_>,
    agent: &Agent,
    at: Option<TicketRef>,
    answer: Answers,
    template: &str,
    extra: Map<String, Value>,
) {
    let desk = draft.desk;
    let language = agent.language.unwrap_or(desk.language);
    let ticket = at.and_then(|at| draft.ticket(at)).cloned();
    let mut fill =
        ticket.as_ref().map(|t| data::of_ticket(desk, t, language, draft.now())).unwrap_or_default();
    fill.extend(extra);
    let token = match answer {
        Answers::Inside => token::Use::Internal,
        Answers::Customer => {
            let known = ticket.as_ref().and_then(|ticket| Some((ticket, ticket.now.customer.as_ref()?)));
            let copies = known.map(|(ticket, customer)| others(ticket, customer, desk)).unwrap_or_default();
            fill.insert("copies".to_owned(), copies.iter().map(|copy| json!(copy.called())).collect());
            token::Use::Thread
        }
    };
    let queue = ticket.as_ref().map(|ticket| ticket.now.queue.as_str()).unwrap_or_default();
    let answers = case.incoming.mail.message_id.clone();
    draft.effects.push(Effect::Notify(Box::new(Notice {
        ticket: at.filter(|_| ticket.is_some()),
        number: ticket.as_ref().map(|ticket| ticket.now.number.clone()),
        template: template.to_owned(),
        language,
        from: desk.queue_address(queue),
        to: agent.address(),
        cc: Vec::new(),
        data: fill,
        kind: NoticeKind::AutoReply,
        in_reply_to: answers.clone(),
        references: answers.into_iter().collect(),
        token: ticket.as_ref().map(|_| token),
        not_before: None,
        attachments: Vec::new(),
        allowance: Allowance::Uncounted,
    })));
}

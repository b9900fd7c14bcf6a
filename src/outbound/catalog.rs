//! The catalogue of templates: which mail each one is, for whom, and the variables that it may name.
//!
//! The program, the strict-mode tests, `taquilla check` and the documents all read this one table. A variable that
//! is not in it is a mistake in a template; one that is in it and has no value for a mail is empty there.

/// Who reads a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Audience {
    /// Who asks, and other participants.
    Customer,
    /// A firm outside the house.
    Supplier,
    /// Who works at the desk.
    Agent,
    /// Who runs it.
    Administrator,
}

/// What becomes of a reply to a mail, as its first lines tell an agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplyGoes {
    /// To the customer, unless it begins with `#note`.
    ToCustomer,
    /// To the supplier, unless it begins with `#note` or `#public`.
    ToSupplier,
    /// It stays internal, unless it begins with `#public`.
    Internal,
    /// The mail does not say.
    Unsaid,
}

/// The `mailto:` links of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Buttons {
    /// None.
    None,
    /// Close, take, pend one day.
    Work,
    /// One to five.
    Scores,
    /// Yes, with the code of the mail.
    Confirm,
    /// What the mail offers, and what each entry of its list `rows` offers, with a token for that ticket.
    Rows,
    /// Those of [`Buttons::Work`], then what the mail itself offers: a list `offers` of `label` and `command`.
    Offers,
}

/// What a variable holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One line.
    Line,
    /// Lines of text, LF between them.
    Text,
    /// True or false.
    Flag,
    /// An object with `name` and `address`.
    Person,
    /// A list of lines.
    Lines,
    /// A list of objects with these fields.
    List(&'static [&'static str]),
    /// The same, each with a list `buttons` of its own, as [`COMMON`] has it.
    Rows(&'static [&'static str]),
    /// The same, each with a `text` of several lines.
    Blocks(&'static [&'static str]),
}

/// One variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variable {
    /// Its name in a template.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether it may be empty.
    pub optional: bool,
    /// What it means.
    pub meaning: &'static str,
}

/// One template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TemplateSpec {
    /// Its name: of the files, of `Notice::template`, of `then.notify`.
    pub name: &'static str,
    /// For whom.
    pub audience: Audience,
    /// When it is sent.
    pub when: &'static str,
    /// Whether it is always about a ticket; if not, the variables of the ticket may all be empty.
    pub about_ticket: bool,
    /// What becomes of a reply.
    pub reply: ReplyGoes,
    /// Its links.
    pub buttons: Buttons,
    /// Its own variables, beside [`COMMON`] and [`TICKET`].
    pub variables: &'static [Variable],
}

const fn always(name: &'static str, kind: Kind, meaning: &'static str) -> Variable {
    Variable { name, kind, optional: false, meaning }
}

const fn maybe(name: &'static str, kind: Kind, meaning: &'static str) -> Variable {
    Variable { name, kind, optional: true, meaning }
}

/// What every template may name; `outbound::compose` fills these in.
pub const COMMON: &[Variable] = &[
    always("desk", Kind::Line, "Name of the desk."),
    always("subject", Kind::Line, "What the subject template says; not for subject templates."),
    maybe("signature", Kind::Text, "The queue's signature, for mails to customers."),
    maybe("ref", Kind::Line, "The reply token in its brackets, where the mail carries one."),
    maybe("cut_line", Kind::Line, "The line that divides a reply from what it answers."),
    maybe(
        "reply",
        Kind::Line,
        "What becomes of a reply: `customer`, `supplier` or `internal`; for `#if (eq reply ..)`.",
    ),
    maybe(
        "buttons",
        Kind::List(&["label", "href", "command"]),
        "Links that open a mail with a command filled in; none where the mail carries no token.",
    ),
];

/// What every template about a ticket may name; `outbound::data::ticket_data` fills these in.
pub const TICKET: &[Variable] = &[
    always("number", Kind::Line, "Number of the ticket."),
    always("title", Kind::Line, "Title of the ticket."),
    always("queue", Kind::Line, "Its queue."),
    always("state", Kind::Line, "Its state, in the language of the mail."),
    always("priority", Kind::Line, "Its priority, number and word: `4 high`."),
    always("type", Kind::Line, "Its type."),
    always("level", Kind::Line, "The level that attends it: 0, 1, 2 or a supplier's name."),
    maybe("supplier", Kind::Line, "The supplier with whom it is, or who wrote."),
    always("lock", Kind::Line, "Locked or unlocked, in words."),
    maybe("service", Kind::Line, "Its service."),
    maybe("customer", Kind::Person, "Who asks; `customer.name` is the address where there is no name."),
    maybe(
        "customer_fields",
        Kind::List(&["name", "value"]),
        "What the customers file says of them: `department` and the columns of your own, those with something in them. \
         `{{#each customer_fields}}{{#if (eq name \"anexo\")}}{{value}}{{/if}}{{/each}}` shows one.",
    ),
    maybe("owner", Kind::Line, "Name of the supervisor answerable for it."),
    maybe("responsible", Kind::Line, "Name of the agent who attends it."),
    maybe("waits_until", Kind::Line, "Until when it is pending, in the desk's time zone."),
    always("created", Kind::Line, "When it was opened, in the desk's time zone."),
    always("age", Kind::Line, "How long ago that was: `39 m`, `2 d 3 h`."),
    maybe("copies", Kind::Lines, "Names of all others to whom an answer to the customer goes; for agents."),
    maybe(
        "agent",
        Kind::Line,
        "Name of the agent who did what the mail tells of; absent for rules and customers.",
    ),
    maybe("text", Kind::Text, "The text that the mail carries: the new article, the reason, the answer."),
    maybe("attachments", Kind::Lines, "Names of the files that came with it."),
];

const REQUEST: Variable = maybe("request", Kind::Text, "What the customer wrote first.");
const BY: Variable =
    always("by", Kind::Line, "Who did it: an agent's or customer's name, a rule, the program.");
const TITLE: Variable = always("title", Kind::Line, "Title of the ticket, of which nothing else is said.");
const WHY: Variable = always("why", Kind::Line, "The reason, in words.");
const CODE: Variable = always("code", Kind::Line, "The one-time code that a confirmation has to carry.");
const MINUTES: Variable = always("minutes", Kind::Line, "For how many minutes the code is good.");
const EXPIRES: Variable = always("expires", Kind::Line, "Until when it is good.");
const TEXT_WENT: Variable = maybe("text_went", Kind::Line, "What becomes of the text of the mail, in words.");
const OMITTED: Variable = maybe(
    "omitted",
    Kind::Line,
    "How many letters `text` lacks at its end, where it was too long to be shown.",
);
const MAIL_SUBJECT: Variable = always("mail_subject", Kind::Line, "Subject of the mail that it is about.");

const fn to_customer(
    name: &'static str,
    when: &'static str,
    buttons: Buttons,
    variables: &'static [Variable],
) -> TemplateSpec {
    let (audience, reply) = (Audience::Customer, ReplyGoes::Unsaid);
    TemplateSpec { name, audience, when, about_ticket: true, reply, buttons, variables }
}

/// What a supplier gets says nothing of the ticket: its data hold number and title alone.
const fn to_supplier(name: &'static str, when: &'static str, variables: &'static [Variable]) -> TemplateSpec {
    let (audience, reply, buttons) = (Audience::Supplier, ReplyGoes::Unsaid, Buttons::None);
    TemplateSpec { name, audience, when, about_ticket: false, reply, buttons, variables }
}

const fn to_agent(
    name: &'static str,
    when: &'static str,
    reply: ReplyGoes,
    variables: &'static [Variable],
) -> TemplateSpec {
    let (audience, buttons) = (Audience::Agent, Buttons::Work);
    TemplateSpec { name, audience, when, about_ticket: true, reply, buttons, variables }
}

const fn about_mail(
    name: &'static str,
    audience: Audience,
    when: &'static str,
    buttons: Buttons,
    variables: &'static [Variable],
) -> TemplateSpec {
    TemplateSpec { name, audience, when, about_ticket: false, reply: ReplyGoes::Unsaid, buttons, variables }
}

/// All templates that the program ships.
pub const TEMPLATES: &[TemplateSpec] = &[
    to_customer(
        "ticket-created",
        "A customer's mail, or an agent on a customer's behalf, opened a ticket: the automatic reply.",
        Buttons::None,
        &[],
    ),
    to_agent(
        "new-ticket-agent",
        "A ticket was opened in a queue: to the members of the queue. `text` is what the customer wrote.",
        ReplyGoes::ToCustomer,
        &[
            maybe("registered_by", Kind::Line, "The agent who opened it for the customer."),
            maybe("note", Kind::Text, "What that agent notes beside a mail of the customer's."),
        ],
    ),
    to_agent(
        "customer-follow-up",
        "The customer or another participant wrote again: to the agents of the ticket.",
        ReplyGoes::ToCustomer,
        &[
            maybe("from", Kind::Person, "Who wrote; a broken mail may name nobody."),
            maybe("before", Kind::Line, "State of the ticket before this mail, where the mail changed it."),
        ],
    ),
    to_customer(
        "agent-answer",
        "An agent wrote to the customer: the agent's words and the queue's signature, nothing else.",
        Buttons::None,
        &[always("text", Kind::Text, "The agent's words.")],
    ),
    to_agent(
        "assigned",
        "A ticket was assigned: to the new responsible. `text` is the reason, where one was written.",
        ReplyGoes::Internal,
        &[BY, maybe("before", Kind::Line, "Who was responsible before."), REQUEST],
    ),
    to_agent(
        "owner-changed",
        "The owner of a ticket changed: to the new owner.",
        ReplyGoes::Internal,
        &[BY, maybe("before", Kind::Line, "Who was the owner before."), REQUEST],
    ),
    to_agent(
        "queue-changed",
        "A ticket was moved: to the members of its new queue.",
        ReplyGoes::Internal,
        &[BY, maybe("before", Kind::Line, "The queue it came from."), REQUEST],
    ),
    to_agent(
        "level-changed",
        "A ticket was handed to a level: to the agents of that level in its queue.",
        ReplyGoes::Internal,
        &[BY, maybe("before", Kind::Line, "The level it came from."), REQUEST],
    ),
    to_supplier(
        "supplier-request",
        "An agent wrote to a supplier: the agent's words and the queue's signature, nothing else of the ticket but number and \
         title.",
        &[TITLE, always("text", Kind::Text, "The agent's words.")],
    ),
    to_supplier(
        "supplier-reminder",
        "A supplier has not answered within the time that the desk file says.",
        &[TITLE, always("since", Kind::Line, "Since when the ticket is with it.")],
    ),
    to_agent(
        "supplier-wrote",
        "A supplier wrote: to the agents of the ticket. An answer goes to the supplier, where the ticket is with one alone.",
        ReplyGoes::ToSupplier,
        &[
            maybe("from", Kind::Person, "Who wrote; a broken mail may name nobody."),
            always("supplier", Kind::Line, "The supplier's name."),
        ],
    ),
    to_agent(
        "supplier-silent",
        "A supplier has not answered and was reminded: to whoever attends the ticket.",
        ReplyGoes::Internal,
        &[
            always("supplier", Kind::Line, "The supplier's name."),
            always("since", Kind::Line, "Since when the ticket is with it."),
        ],
    ),
    to_agent(
        "ticket-changed",
        "Priority or state changed, or the ticket became part of another one; for notifications of the house.",
        ReplyGoes::Internal,
        &[BY, maybe("changes", Kind::Lines, "What changed, before and after.")],
    ),
    to_agent(
        "note-added",
        "An internal note was written, or a text for a supplier.",
        ReplyGoes::Internal,
        &[BY, maybe("to_supplier", Kind::Line, "The supplier that gets the text.")],
    ),
    to_customer(
        "closed",
        "A ticket was closed: to the customer. `text` is the closing text, where one was written.",
        Buttons::None,
        &[],
    ),
    to_customer(
        "merged",
        "A ticket became part of another one: to the customer.",
        Buttons::None,
        &[always("into", Kind::Line, "Number of the ticket that goes on.")],
    ),
    to_agent(
        "closed-agent",
        "A ticket was closed by someone else: to its owner, responsible and watchers.",
        ReplyGoes::Internal,
        &[BY],
    ),
    to_agent(
        "reopened",
        "A closed ticket was opened again: to its agents. `text` is what was written.",
        ReplyGoes::ToCustomer,
        &[BY, maybe("before", Kind::Line, "State of the ticket before.")],
    ),
    to_agent(
        "pending-reminder",
        "The date until which a ticket was pending has come: to its responsible.",
        ReplyGoes::Internal,
        &[always("pending_until", Kind::Line, "That date.")],
    ),
    to_agent(
        "pending-closed",
        "A pending ticket closed by itself: to its responsible; the customer gets `closed`.",
        ReplyGoes::Internal,
        &[always("pending_until", Kind::Line, "The date that it waited for.")],
    ),
    about_mail(
        "receipt",
        Audience::Agent,
        "An agent's mail carried commands: what became of each.",
        Buttons::Offers,
        &[
            always("done", Kind::Flag, "Everything was done; if false, nothing was, but for `partly`."),
            maybe("partly", Kind::Flag, "What could be done was, and some lines could not be (`#partial`)."),
            maybe("dry", Kind::Flag, "Nothing was changed: this is what would be done (`#dry`)."),
            maybe(
                "declined",
                Kind::Flag,
                "Nothing was done, for the agent said no to what the desk had asked.",
            ),
            maybe("about_question", Kind::Flag, "It says why a mail is no answer to what the desk asked."),
            always(
                "lines",
                Kind::List(&["heading", "line", "done", "idle", "result"]),
                "The commands: number of the ticket where one of several begins, the line as written, whether it could \
                 be done, whether it is right and was not done because others are wrong, before and after or what is wrong.",
            ),
            maybe("evidence", Kind::Lines, "How the sender was identified."),
            maybe("mail_subject", Kind::Line, "Subject of the agent's mail."),
            TEXT_WENT,
            maybe("undo", Kind::Line, "The token by which it can be taken back with `#undo`."),
            maybe("undo_until", Kind::Line, "Until when."),
            maybe("children", Kind::List(&["number", "title"]), "Open tickets below one that was closed."),
        ],
    ),
    about_mail(
        "confirmation",
        Audience::Agent,
        "A mail in an agent's name is not proved enough: to the agent's registered address.",
        Buttons::Confirm,
        &[
            CODE,
            MAIL_SUBJECT,
            always("actions", Kind::Lines, "What is about to happen, one line each."),
            MINUTES,
            EXPIRES,
            maybe("why", Kind::Line, "Why the desk asks."),
            TEXT_WENT,
            OMITTED,
        ],
    ),
    about_mail(
        "confirmation-expired",
        Audience::Agent,
        "A mail that waited for confirmation was not confirmed in time; nothing was done.",
        Buttons::None,
        &[MAIL_SUBJECT],
    ),
    about_mail(
        "held-for-author",
        Audience::Agent,
        "An agent's answer carries parts of a notice or what looks like commands: it was not sent. A yes sends it.",
        Buttons::Confirm,
        &[CODE, MAIL_SUBJECT, WHY, MINUTES, EXPIRES, TEXT_WENT, OMITTED],
    ),
    to_customer(
        "survey",
        "A ticket was closed some time ago: asks the customer for one digit, 1 to 5.",
        Buttons::Scores,
        &[],
    ),
    to_agent(
        "survey-bad",
        "A customer answered the survey with 1 or 2: to whoever attended the ticket. `text` is the comment.",
        ReplyGoes::Internal,
        &[BY, always("score", Kind::Line, "The digit that was understood.")],
    ),
    to_customer(
        "stopped",
        "The customer, or somebody who gets copies, said `#stop` or `#resume`.",
        Buttons::None,
        &[
            maybe("resumed", Kind::Flag, "`#resume`: the notices come again."),
            maybe("copy", Kind::Flag, "To somebody who is not the customer."),
        ],
    ),
    about_mail(
        "rejected",
        Audience::Customer,
        "A mail was refused: by a rule, or as a follow-up to a ticket closed long ago by the queue's policy.",
        Buttons::None,
        &[
            MAIL_SUBJECT,
            maybe("closed", Kind::Line, "When the ticket that it names was closed."),
            maybe("why", Kind::Line, "The reason, in words, where a rule gives one."),
        ],
    ),
    about_mail(
        "quarantine",
        Audience::Administrator,
        "A mail could not be processed and is kept in the quarantine.",
        Buttons::None,
        &[MAIL_SUBJECT, WHY, maybe("from", Kind::Person, "Who sent it.")],
    ),
    about_mail(
        "given-up",
        Audience::Agent,
        "An outgoing mail could not be delivered: to the responsible, or to the administrator.",
        Buttons::None,
        &[
            always("recipient", Kind::Line, "For whom it was."),
            WHY,
            maybe("mail_subject", Kind::Line, "Its subject."),
        ],
    ),
    about_mail(
        "alarm",
        Audience::Administrator,
        "Something needs the administrator: a mailbox that stalls, a refused rule set.",
        Buttons::None,
        &[
            always("alarm", Kind::Line, "One line."),
            always("text", Kind::Text, "What is wrong and what to do."),
        ],
    ),
    about_mail(
        "rule-notice",
        Audience::Agent,
        "A rule's `then.notify` without a template of its own.",
        Buttons::Work,
        &[always("rule", Kind::Line, "Name of the rule.")],
    ),
    about_mail(
        "help",
        Audience::Agent,
        "`#help`: the list of commands.",
        Buttons::None,
        &[always(
            "commands",
            Kind::List(&["form", "does"]),
            "Every command: how it is written, what it does.",
        )],
    ),
    about_mail(
        "list",
        Audience::Agent,
        "`#list`: the tickets of a query.",
        Buttons::Rows,
        &[
            maybe("query", Kind::Line, "The query, as written; none: all that are not closed."),
            always("count", Kind::Line, "How many tickets there are."),
            always(
                "rows",
                Kind::Rows(&[
                    "heading",
                    "number",
                    "title",
                    "state",
                    "priority",
                    "urgent",
                    "queue",
                    "customer",
                    "responsible",
                    "locked",
                    "created",
                    "age",
                    "pending_until",
                ]),
                "The first of them: `heading` where another kind of state begins, `urgent` for priorities above normal.",
            ),
            maybe("more", Kind::Line, "How many more there are."),
            maybe("evidence", Kind::Lines, "How the sender was identified."),
        ],
    ),
    to_agent(
        "show",
        "`#show`: a ticket whole, to read or print.",
        ReplyGoes::Internal,
        &[
            maybe("details", Kind::List(&["name", "value"]), "What the table of the ticket does not say."),
            maybe(
                "articles",
                Kind::Blocks(&["nth", "who", "kind", "visible", "date", "subject", "text", "cut", "files"]),
                "The first article and the last ones; `cut` where a text goes on.",
            ),
            maybe("left_out", Kind::Line, "How many articles behind the first one are not shown."),
            maybe("story", Kind::List(&["date", "what", "who"]), "The last lines of history."),
            maybe("earlier", Kind::Line, "How many lines of history came before these."),
            maybe("evidence", Kind::Lines, "How the sender was identified."),
        ],
    ),
    to_agent(
        "history",
        "`#history`: what happened to a ticket.",
        ReplyGoes::Internal,
        &[
            maybe("story", Kind::List(&["date", "what", "who"]), "Lines of history, oldest first."),
            maybe("earlier", Kind::Line, "How many lines came before these."),
            maybe("evidence", Kind::Lines, "How the sender was identified."),
        ],
    ),
    about_mail(
        "report",
        Audience::Agent,
        "`#report`: figures.",
        Buttons::None,
        &[
            always("name", Kind::Line, "Name of the report."),
            always("tells", Kind::Line, "What it tells."),
            always("obtained", Kind::Line, "How that is obtained."),
            always("columns", Kind::Line, "Its columns."),
            always("totals_are", Kind::Line, "Its totals."),
            maybe("since", Kind::Line, "From when on, as written."),
            always("totals", Kind::List(&["name", "value"]), "The totals."),
            always(
                "rows",
                Kind::List(&[
                    "number",
                    "title",
                    "queue",
                    "responsible",
                    "customer",
                    "date",
                    "score",
                    "comment",
                ]),
                "The last rows, newest first.",
            ),
            maybe("more", Kind::Line, "How many rows came before these."),
            maybe("evidence", Kind::Lines, "How the sender was identified."),
        ],
    ),
    about_mail(
        "too-large",
        Audience::Customer,
        "A mail was larger than the desk takes: to its sender, once.",
        Buttons::None,
        &[
            MAIL_SUBJECT,
            always("size", Kind::Line, "Its size: `52 MB`."),
            always("limit", Kind::Line, "What the desk takes: `40 MB`."),
        ],
    ),
];

/// The template of this name, where it is one of ours.
pub fn find(name: &str) -> Option<&'static TemplateSpec> {
    TEMPLATES.iter().find(|spec| spec.name == name)
}

/// Variables that a template may name, own ones first. A name that is not ours is an administrator's own template,
/// which may name what `rule-notice` may.
pub fn variables(template: &str) -> impl Iterator<Item = &'static Variable> {
    let own =
        find(template).or_else(|| find("rule-notice")).map_or(&[] as &[Variable], |spec| spec.variables);
    own.iter().chain(TICKET).chain(COMMON)
}

/// The variables of a shipped template that its data lack; empty for good data and for templates not ours.
pub fn missing(template: &str, data: &serde_json::Map<String, serde_json::Value>) -> Vec<&'static str> {
    let Some(spec) = find(template) else { return Vec::new() };
    let ticket = if spec.about_ticket { TICKET } else { &[] };
    spec.variables
        .iter()
        .chain(ticket)
        .filter(|variable| {
            !variable.optional && data.get(variable.name).is_none_or(serde_json::Value::is_null)
        })
        .map(|variable| variable.name)
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_name_stands_twice() {
        let names: BTreeSet<&str> = TEMPLATES.iter().map(|spec| spec.name).collect();
        assert_eq!(names.len(), TEMPLATES.len());
        for spec in TEMPLATES {
            let own: BTreeSet<&str> = spec.variables.iter().map(|variable| variable.name).collect();
            assert_eq!(own.len(), spec.variables.len(), "{}", spec.name);
            assert!(COMMON.iter().all(|variable| !own.contains(variable.name)), "{}", spec.name);
        }
    }

    #[test]
    fn what_is_missing_is_named() {
        let data = serde_json::json!({ "mail_subject": "x", "why": null });
        let Some(data) = data.as_object() else { panic!("an object") };
        assert_eq!(missing("quarantine", data), ["why"]);
        assert!(missing("agent-answer", data).contains(&"title"));
        assert_eq!(missing("of-the-house", data), [""; 0]);
    }
}

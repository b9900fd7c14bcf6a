//! `taquilla show NUMBER`: one ticket whole, with articles, history, timers and links.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::args::ShowArgs;
use super::list::{self, plain};
use super::output::say;
use super::show_page::PageOf;
use super::{CliError, Exit, open, tickets};
use crate::clock::Clock;
use crate::desk::{Course, Desk, Due, NewArticle, SupplierLine, Ticket, TicketNumber};
use crate::outbound::data;
use crate::store::{HistoryLine, LinkedTicket, ShownArticle, Store, SurveyLine};

/// Prints the ticket.
pub(super) async fn run(config: Option<&Path>, args: &ShowArgs) -> Result<Exit, CliError> {
    let (store, desk) = open::look(config).await?;
    let number = args.number.trim().trim_start_matches(['#', '[']).trim_end_matches(']');
    let number = TicketNumber::new(number.strip_prefix(&desk.numbering.hook).unwrap_or(number));
    let ticket = match &number {
        Some(number) => store.ticket(number).await?,
        None => None,
    };
    let ticket = ticket.ok_or_else(|| CliError::Failed(format!("there is no ticket {}", args.number)))?;
    let whole = Whole::read(&store, &ticket).await?;
    if let Some(file) = &args.html {
        std::fs::write(file, whole.page(&ticket, &desk, &store).await?)
            .map_err(|error| CliError::Failed(format!("{}: {error}", file.display())))?;
    } else if args.json {
        say(&whole.json(&ticket, &desk).to_string())?;
    } else {
        for line in whole.text(&ticket, &desk) {
            say(&line)?;
        }
    }
    Ok(Exit::Done)
}

struct Whole {
    articles: Vec<ShownArticle>,
    history: Vec<HistoryLine>,
    timers: Vec<crate::desk::Timer>,
    links: Vec<LinkedTicket>,
    surveys: Vec<SurveyLine>,
    suppliers: Vec<SupplierLine>,
    other_numbers: Vec<String>,
    now: jiff::Timestamp,
}

impl Whole {
    async fn read(store: &Store, ticket: &Ticket) -> Result<Self, CliError> {
        let (mut articles, mut history) = (Vec::new(), Vec::new());
        let read = async |page| store.articles(ticket.id, page).await;
        let take = |some| {
            articles.extend::<Vec<_>>(some);
            Ok(())
        };
        list::pages(read, |shown| shown.article.id, take).await?;
        let read = async |page| store.history(ticket.id, page).await;
        let take = |some| {
            history.extend::<Vec<_>>(some);
            Ok(())
        };
        list::pages(read, |line| line.id, take).await?;
        Ok(Self {
            articles,
            history,
            timers: store.timers_of(ticket.id).await?,
            links: store.links_of(ticket.id).await?,
            surveys: store.surveys(Some(ticket.id), None, list::first()).await?,
            suppliers: store.suppliers_of(ticket.id).await?,
            other_numbers: store.other_numbers_of(ticket.id).await?,
            now: Clock::System.now(),
        })
    }

    /// What the SLA of the ticket still promises.
    fn due(&self, ticket: &Ticket, desk: &Desk) -> Vec<Due> {
        let Some(sla) = ticket.sla.as_deref().and_then(|name| desk.sla(name)) else { return Vec::new() };
        let course = Course::of(ticket, self.articles.iter().map(|shown| &shown.article.content));
        sla.due(&course, desk.calendar_of(Some(sla), &ticket.now.queue))
    }

    fn json(&self, ticket: &Ticket, desk: &Desk) -> Value {
        let mut object = fields(ticket, self.now);
        let due = self.due(ticket, desk);
        let due = due.iter().map(|due| {
            json!({ "promise": due.promise.word(), "warning": due.warning.map(|at| at.to_string()),
                    "due": due.at.to_string() })
        });
        object.insert("sla_due".to_owned(), due.collect());
        object.insert("articles".to_owned(), self.articles.iter().map(article).collect());
        object.insert("history".to_owned(), self.history.iter().map(history).collect());
        let timers = self
            .timers
            .iter()
            .map(|timer| json!({ "kind": timer.kind.word(), "due": timer.due.to_string() }));
        object.insert("timers".to_owned(), timers.collect());
        let links = self.links.iter().map(|link| {
            json!({ "number": link.number.as_str(), "title": link.title, "state": link.state, "relation": link.relation })
        });
        object.insert("links".to_owned(), links.collect());
        let surveys = self.surveys.iter().map(|survey| {
            json!({ "customer": survey.customer, "asked": survey.asked.to_string(), "score": survey.score,
                    "comment": survey.comment, "answered": survey.answered.map(|at| at.to_string()) })
        });
        object.insert("surveys".to_owned(), surveys.collect());
        let suppliers = self.suppliers.iter().map(|supplier| {
            json!({ "name": supplier.address.called(), "address": supplier.address.address,
                    "since": supplier.since.to_string() })
        });
        object.insert("suppliers".to_owned(), suppliers.collect());
        object.insert("other_numbers".to_owned(), json!(self.other_numbers));
        Value::Object(object)
    }

    async fn page(&self, ticket: &Ticket, desk: &Desk, store: &Store) -> Result<String, CliError> {
        let mut page = PageOf::new(desk, store, &format!("{}  {}", ticket.now.number, ticket.now.title));
        page.attributes(&self.attributes(ticket));
        for shown in &self.articles {
            page.article(shown).await?;
        }
        page.lines("History", &self.history_text(desk));
        page.lines("Timers, links, surveys", &self.around(desk));
        Ok(page.end())
    }

    /// Those that have a value, beside number and title.
    fn attributes(&self, ticket: &Ticket) -> Vec<(String, String)> {
        let mut attributes = Vec::new();
        for (name, value) in fields(ticket, self.now).iter().skip(2) {
            let value = match value {
                Value::Null => continue,
                Value::Number(minutes) if WORK.contains(&name.as_str()) => {
                    data::work(minutes.as_i64().unwrap_or_default())
                }
                Value::String(text) => plain(text),
                Value::Array(items) if items.is_empty() => continue,
                Value::Object(items) if items.is_empty() => continue,
                Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
            };
            attributes.push((name.clone(), value));
        }
        attributes
    }

    fn text(&self, ticket: &Ticket, desk: &Desk) -> Vec<String> {
        let date = |at| data::date(desk, desk.language, at);
        let mut lines = vec![format!("{}  {}", ticket.now.number, plain(&ticket.now.title))];
        let attributes = self.attributes(ticket);
        lines.extend(attributes.iter().map(|(name, value)| format!("  {name:<14}{value}")));
        lines.extend(self.due(ticket, desk).iter().map(|due| {
            let pressing = if self.now >= due.at {
                ", which is over"
            } else if due.warning.is_some_and(|warning| self.now >= warning) {
                ", which is pressing"
            } else {
                ""
            };
            format!("  {:<15}until {}{pressing}", due.promise.word(), date(due.at))
        }));
        for shown in &self.articles {
            lines.push(String::new());
            lines.extend(article_text(&shown.article.content, &date(shown.article.content.at)));
        }
        lines.push("\nHistory".to_owned());
        lines.extend(self.history_text(desk).iter().map(|line| format!("  {line}")));
        lines.extend(self.around(desk).iter().map(|line| format!("\n{line}")));
        lines
    }

    fn history_text(&self, desk: &Desk) -> Vec<String> {
        let line = |line: &HistoryLine| {
            let grounds =
                if line.cause.detail.is_empty() { String::new() } else { format!(", {}", line.cause.detail) };
            let at = data::date(desk, desk.language, line.at);
            plain(&format!("{at}  {}  ({}{grounds})", line.text, line.cause.actor))
        };
        self.history.iter().map(line).collect()
    }

    /// Timers, links, surveys.
    fn around(&self, desk: &Desk) -> Vec<String> {
        let date = |at| data::date(desk, desk.language, at);
        let timer =
            |timer: &crate::desk::Timer| format!("Timer {} at {}", timer.kind.word(), date(timer.due));
        let mut lines: Vec<String> = self.timers.iter().map(timer).collect();
        for link in &self.links {
            lines.push(plain(&format!(
                "Link ({}) {}  {}  {}",
                link.relation, link.number, link.state, link.title
            )));
        }
        for supplier in &self.suppliers {
            let (who, since) = (&supplier.address, date(supplier.since));
            lines.push(plain(&format!("\nSupplier {who} since {since}")));
        }
        if !self.other_numbers.is_empty() {
            lines.push(plain(&format!("\nOther numbers: {}", self.other_numbers.join(", "))));
        }
        for survey in &self.surveys {
            let score =
                survey.score.map_or_else(|| "not answered".to_owned(), |score| format!("{score} of 5"));
            let comment = survey.comment.as_deref().filter(|comment| !comment.is_empty());
            let comment = comment.map(|comment| format!(": {comment}")).unwrap_or_default();
            lines.push(plain(&format!(
                "Survey to {} {}: {score}{comment}",
                survey.customer,
                date(survey.asked)
            )));
        }
        lines
    }
}

/// Fields that are minutes of work.
const WORK: [&str; 2] = ["estimate", "time"];

/// What `tickets` shows of it, and what only one ticket has room for.
fn fields(ticket: &Ticket, now: jiff::Timestamp) -> Map<String, Value> {
    let all = &ticket.now;
    list::row([
        ("number", json!(all.number.as_str())),
        ("title", json!(all.title)),
        ("queue", json!(all.queue)),
        ("type", json!(all.kind)),
        ("service", json!(all.service)),
        ("sla", json!(ticket.sla)),
        ("state", json!(all.state)),
        ("state_type", json!(all.state_type.word())),
        ("pending_until", json!(ticket.pending_until.map(|until| until.to_string()))),
        ("priority", json!(all.priority.value())),
        ("level", json!(all.level)),
        ("owner", json!(all.owner)),
        ("responsible", json!(all.responsible)),
        ("lock", json!(tickets::lock(all.locked))),
        ("customer", json!(all.customer.as_ref().map(|customer| customer.address.clone()))),
        ("customer_name", json!(all.customer.as_ref().and_then(|customer| customer.name.clone()))),
        ("participants", json!(all.participants.iter().map(|one| one.address.clone()).collect::<Vec<_>>())),
        ("watchers", json!(ticket.watchers)),
        ("tags", json!(all.tags)),
        ("fields", json!(all.fields)),
        ("estimate", json!(ticket.estimate)),
        ("time", json!(ticket.booked)),
        ("language", json!(all.language.code())),
        ("created", json!(all.created.to_string())),
        ("age", json!(data::age(now.duration_since(all.created)))),
    ])
}

fn article(shown: &ShownArticle) -> Value {
    let content = &shown.article.content;
    let files = content.attachments.iter().zip(&shown.attachment_bytes).map(|(file, bytes)| {
        json!({ "name": file.name, "type": file.content_type, "bytes": bytes, "sha256": file.digest.to_string() })
    });
    json!({
        "message_id": content.message_id.as_ref().map(|id| id.as_str()),
        "channel": content.channel.word(),
        "sender": content.sender.word(),
        "visible": content.visible,
        "from": content.from.as_ref().map(ToString::to_string),
        "to": content.to.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "cc": content.cc.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "subject": content.subject,
        "text": content.text,
        "attachments": files.collect::<Vec<_>>(),
        "created": content.at.to_string(),
    })
}

fn history(line: &HistoryLine) -> Value {
    json!({
        "at": line.at.to_string(),
        "kind": line.kind,
        "attribute": line.attribute,
        "before": line.before,
        "after": line.after,
        "text": line.text,
        "by": line.cause.actor.to_string(),
        "detail": line.cause.detail,
    })
}

fn article_text(content: &NewArticle, date: &str) -> Vec<String> {
    let eyes = if content.visible { "visible to the customer" } else { "internal" };
    let from = content.from.as_ref().map(|from| format!(" from {from}")).unwrap_or_default();
    let mut lines = vec![plain(&format!(
        "--- {date}  {} of {}{from}, {eyes}: {}",
        content.channel.word(),
        content.sender.word(),
        content.subject
    ))];
    lines.extend(plain(&content.text).lines().map(|line| format!("    {line}").trim_end().to_owned()));
    for file in &content.attachments {
        lines.push(plain(&format!("    [{} {}]", file.name, file.content_type)));
    }
    lines
}

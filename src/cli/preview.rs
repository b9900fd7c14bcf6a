//! `taquilla preview TEMPLATE`: a mail as a template makes it; nothing is sent, and it carries no token.

use std::path::Path;

use super::args::PreviewArgs;
use super::list::plain;
use super::output::say;
use super::{CliError, Exit, open};
use crate::clock::Clock;
use crate::desk::TicketNumber;
use crate::desk::spelling::nearest;
use crate::mail::{Address, Language};
use crate::outbound::{compose, preview};

/// Prints the mail.
pub(super) async fn run(config: Option<&Path>, args: &PreviewArgs) -> Result<Exit, CliError> {
    let (house, store) = open::to_explain(config).await?;
    let desk = &house.policy.desk;
    if !house.templates.has(&args.template) {
        let near = nearest(&args.template, house.templates.names());
        let hint = near.map(|near| format!("; did you mean {near}?")).unwrap_or_default();
        let names: Vec<&str> = house.templates.names().collect();
        return Err(CliError::Usage(format!(
            "there is no template {}{hint} They are: {}",
            args.template,
            names.join(", ")
        )));
    }
    let ticket = match (args.ticket.as_deref().and_then(TicketNumber::new), &store) {
        (Some(number), Some(store)) => store.ticket(&number).await?,
        (Some(_), None) | (None, _) => None,
    };
    if let (Some(number), None) = (&args.ticket, &ticket) {
        return Err(CliError::Failed(format!("there is no ticket {number}")));
    }
    let to = match (&args.to, &ticket) {
        (Some(to), _) => Address::bare(to.as_str()),
        (None, Some(ticket)) => ticket.now.customer.clone().unwrap_or_else(|| desk.address.clone()),
        (None, None) => Address::named("Ana Torres", "ana.torres@example.org"),
    };
    let language = args.language.as_deref().and_then(Language::from_code);
    let language = language.or(ticket.as_ref().map(|ticket| ticket.now.language)).unwrap_or(desk.language);
    let now = Clock::System.now();
    let notice = preview::notice(desk, &args.template, ticket.as_ref(), &to, language, now);
    let composed = compose::compose(&notice, desk, &house.templates, now, [0; 32])
        .map_err(|error| CliError::Failed(error.to_string()))?;
    let mail =
        crate::ingest::parse::parse(composed.content.into(), &crate::ingest::parse::ParseLimits::default());
    for line in [
        format!("From: {}", notice.from),
        format!("To: {}", notice.to),
        format!("Subject: {}", composed.subject),
        String::new(),
        mail.body.text.to_string(),
    ] {
        say(&plain(&line))?;
    }
    Ok(Exit::Done)
}

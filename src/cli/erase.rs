//! `taquilla erase`: everything that the data folder holds of one person goes.

use std::io::{IsTerminal as _, Write as _};
use std::path::Path;

use serde_json::json;

use super::args::EraseArgs;
use super::output::{say, tell};
use super::{CliError, Exit, open};
use crate::daemon::bell;
use crate::store::Erased;

/// Says what there is, asks, erases, clears away.
pub(super) async fn run(config: Option<&Path>, args: &EraseArgs) -> Result<Exit, CliError> {
    let loaded = open::files(config)?;
    let address = args.address.trim().trim_matches(['<', '>']);
    if address.rsplit_once('@').is_none_or(|(local, domain)| local.is_empty() || domain.is_empty()) {
        return Err(CliError::Usage(format!(
            "\"{address}\" is no address; write for example ana@minem.example"
        )));
    }
    let pipeline = open::pipeline(&loaded).await?;
    let house = pipeline.house();
    if house.policy.desk.is_own(address) || house.policy.desk.agent_by_address(address).is_some() {
        return Err(CliError::Usage(format!(
            "{address} is the desk's own or an agent's address; erase is for customers"
        )));
    }
    let named_in = pipeline.store.raws_naming(address).await?;
    let found = pipeline.would_erase(address, &named_in).await?;
    if args.dry_run || found == Erased::default() {
        // Nothing stands in the rows; an erasure that was broken off may have left files and free pages.
        if !args.dry_run {
            pipeline.store.clear_erased().await?;
        }
        print(&found, args.json, if args.dry_run { "would be erased" } else { "erased" })?;
        return Ok(Exit::Done);
    }
    if !args.yes {
        if !std::io::stdin().is_terminal() {
            return Err(CliError::Usage(
                "what is erased is gone for good; say --yes where nobody can be asked".to_owned(),
            ));
        }
        print(&found, false, "will be erased")?;
        if !confirmed(address)? {
            tell("nothing was erased");
            return Ok(Exit::NotWell);
        }
    }
    let erased = pipeline.erase(address, named_in).await?;
    print(&erased, args.json, "erased")?;
    let cleared = pipeline.store.clear_erased().await;
    bell::ring(pipeline.store.dir());
    pipeline.store.close().await;
    if let Err(error) = cleared {
        return Err(CliError::Later(format!(
            "the rows are erased, but the database could not be written anew: {error}; run the same command again"
        )));
    }
    tell(
        "taquilla: mails on the mail server, backups, the log and the files of the desk (customers.csv, rules) are not touched",
    );
    Ok(Exit::Done)
}

fn confirmed(address: &str) -> Result<bool, CliError> {
    let mut errors = std::io::stderr();
    write!(errors, "Erase all of {address} for good? Write the address to confirm: ")?;
    errors.flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(answer.trim().eq_ignore_ascii_case(address))
}

fn print(erased: &Erased, as_json: bool, verb: &str) -> Result<(), CliError> {
    let rows = [
        ("tickets", erased.tickets, "tickets become husks: number, queue, times"),
        ("other_tickets", erased.other_tickets, "tickets of others lose the person"),
        ("articles", erased.articles, "articles"),
        ("attachments", erased.attachments, "attachments"),
        ("other_articles", erased.other_articles, "articles of others that name the person are rewritten"),
        ("other_raws", erased.other_raws, "raw mails of others that name the person"),
        ("mails", erased.mails, "mails in the journal: subject, author, Message-ID, raw octets"),
        ("outgoing", erased.outgoing, "outgoing mails"),
        ("quarantined", erased.quarantined, "mails in quarantine"),
        ("held", erased.held, "mails that waited for confirmation"),
        ("surveys", erased.surveys, "surveys: who was asked, and the comment"),
        ("contents", erased.contents, "contents (raw mails, attachments) that nobody else has"),
    ];
    if as_json {
        let object: serde_json::Map<_, _> =
            rows.iter().map(|(name, number, _)| ((*name).to_owned(), json!(number))).collect();
        say(&serde_json::Value::Object(object).to_string())?;
        return Ok(());
    }
    for (_, number, what) in rows.iter().filter(|(_, number, _)| *number > 0) {
        say(&format!("{number} {what}"))?;
    }
    say(&format!("{} rows in all {verb}", rows.iter().map(|(_, number, _)| number).sum::<u64>()))?;
    Ok(())
}

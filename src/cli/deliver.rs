//! `taquilla deliver < mail.eml`: one mail from an MTA's pipe or a delivery agent.
//!
//! Works beside `run`, which sends what the mail causes. Exit codes are those of sysexits.h, by which Postfix and Exim
//! know whether to keep the mail: 0 taken, 75 (EX_TEMPFAIL) try again later, 64 (EX_USAGE) wrong usage.

use std::path::Path;
use std::process::ExitCode;

use super::open::{self, CliError};
use crate::pipeline::Letter;
use crate::store::Origin;

/// Takes one mail from standard input.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  taquilla deliver --mailbox soporte < mail.eml\n\n\
                        In Postfix's master.cf:\n  taquilla unix - n n - 4 pipe\n    \
                        flags=Rq user=taquilla argv=/usr/bin/taquilla deliver --mailbox soporte\n\n\
                        The mails that it causes leave with the next `taquilla run`.")]
pub struct Args {
    /// The mailbox of the settings that the mail counts as come by.
    #[arg(long, value_name = "NAME")]
    mailbox: Option<String>,
}

/// Takes the mail. Whatever goes wrong is temporary to the MTA: it keeps the mail and tries again.
pub async fn run(args: Args, config: Option<&Path>) -> Result<ExitCode, CliError> {
    match deliver(args, config).await {
        Err(error @ CliError::Refused(_)) => Err(error),
        Err(error) => {
            tracing::error!("{error}");
            Ok(ExitCode::from(super::TRY_AGAIN))
        }
        done @ Ok(_) => done,
    }
}

async fn deliver(args: Args, config: Option<&Path>) -> Result<ExitCode, CliError> {
    let loaded = open::files(config)?;
    let known = |name: &String| loaded.settings.mailboxes.iter().any(|mailbox| mailbox.name == *name);
    if let Some(name) = args.mailbox.as_ref().filter(|name| !known(name)) {
        let names: Vec<&str> = loaded.settings.mailboxes.iter().map(|mailbox| mailbox.name.as_str()).collect();
        return Err(CliError::Refused(format!("there is no mailbox \"{name}\"; there are: {}", names.join(", "))));
    }
    let raw = open::read_mail(Path::new("-"))?;
    let pipeline = open::pipeline(&loaded).await?;
    let mailbox = args.mailbox.clone().unwrap_or_else(|| "deliver".to_owned());
    let letter = Letter {
        queue: pipeline.house().queue_of(&mailbox),
        received: Some(pipeline.clock.now()),
        ..Letter::of(raw.into(), &mailbox, Origin::Deliver(args.mailbox))
    };
    let outcomes = pipeline.take(vec![letter]).await?;
    pipeline.store.close().await;
    match outcomes.into_iter().next() {
        Some(Ok(_)) => Ok(ExitCode::SUCCESS),
        Some(Err(error)) => Err(error.into()),
        None => Err(CliError::Refused("the mail was not taken".to_owned())),
    }
}

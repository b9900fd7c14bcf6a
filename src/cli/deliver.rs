//! `taquilla deliver < mail.eml`: one mail from an MTA's pipe or a delivery agent.
//!
//! Works beside `run`, which sends what the mail causes. Exit codes are those of sysexits.h, by which Postfix and Exim
//! know whether to keep the mail: 0 taken, 75 (EX_TEMPFAIL) try again later, 2 wrong usage.

use std::path::Path;

use super::args::DeliverArgs;
use super::{CliError, Exit, open};
use crate::config::diagnostic::render_all;
use crate::daemon::bell;
use crate::pipeline::Letter;
use crate::store::Origin;

/// Takes the mail. Whatever goes wrong is temporary to the MTA: it keeps the mail and tries again.
pub(super) async fn run(config: Option<&Path>, args: &DeliverArgs) -> Result<Exit, CliError> {
    deliver(config, args).await.map_err(|error| match error {
        usage @ CliError::Usage(_) => usage,
        CliError::Mistakes(mistakes) => CliError::Later(render_all(&mistakes, false)),
        CliError::Failed(sentence) | CliError::Later(sentence) => CliError::Later(sentence),
    })
}

async fn deliver(config: Option<&Path>, args: &DeliverArgs) -> Result<Exit, CliError> {
    let loaded = open::files(config)?;
    let known = |name: &String| loaded.settings.mailboxes.iter().any(|mailbox| mailbox.name == *name);
    if let Some(name) = args.mailbox.as_ref().filter(|name| !known(name)) {
        let names: Vec<&str> =
            loaded.settings.mailboxes.iter().map(|mailbox| mailbox.name.as_str()).collect();
        return Err(CliError::Usage(format!(
            "there is no mailbox \"{name}\"; there are: {}",
            names.join(", ")
        )));
    }
    let raw = open::read_mail(Path::new("-"))?;
    let pipeline = open::pipeline(&loaded).await?;
    let mailbox = args.mailbox.clone().unwrap_or_else(|| "deliver".to_owned());
    let letter = Letter {
        queue: pipeline.house().queue_of(&mailbox),
        received: Some(pipeline.clock.now()),
        ..Letter::of(raw, &mailbox, Origin::Deliver(args.mailbox.clone()))
    };
    let outcomes = pipeline.take(vec![letter]).await?;
    bell::ring(pipeline.store.dir());
    pipeline.store.close().await;
    match outcomes.into_iter().next() {
        Some(Ok(_)) => Ok(Exit::Done),
        Some(Err(error)) => Err(error.into()),
        None => Err(CliError::Later("the mail was not taken".to_owned())),
    }
}

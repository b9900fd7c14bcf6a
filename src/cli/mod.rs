//! One file a subcommand; thin: read arguments, call the pipeline or the store, print.
//!
//! Results go to standard output, everything else to standard error.

pub mod args;
pub mod check;
mod deliver;
mod entries;
pub mod entry_words;
mod erase;
mod explain;
mod import;
pub mod init;
mod journal;
mod kept;
mod list;
pub mod open;
mod outbox;
pub mod output;
mod preview;
mod probe;
mod reconcile;
mod replace_file;
mod report;
mod rule_tests;
mod run;
mod show;
mod show_page;
mod since;
mod status;
mod tickets;

use std::process::ExitCode;

use clap::Parser as _;

use self::args::{Cli, Command};
use tracing::Level;

use crate::config::diagnostic::{Diagnostic, Severity, render_all};
use crate::log;
use crate::store::Shelf;

/// How a command ends when nothing failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 0: done.
    Done,
    /// 1: the thing asked about is not well.
    NotWell,
}

/// Why a command ends early.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// 1: files of the desk have mistakes.
    #[error("{}", render_all(.0, false))]
    Mistakes(Vec<Diagnostic>),
    /// 1: something else is not well; a sentence.
    #[error("{0}")]
    Failed(String),
    /// 2: wrong usage that the arguments alone did not show; a sentence.
    #[error("{0}")]
    Usage(String),
    /// 75 (`EX_TEMPFAIL` of sysexits.h): the same may work later; a sentence.
    #[error("{0}")]
    Later(String),
}

impl CliError {
    /// The exit code.
    pub fn code(&self) -> u8 {
        match self {
            Self::Mistakes(_) | Self::Failed(_) => 1,
            Self::Usage(_) => 2,
            Self::Later(_) => 75,
        }
    }
}

impl From<std::io::Error> for CliError {
    fn from(error: std::io::Error) -> Self {
        Self::Failed(error.to_string())
    }
}

/// The program: reads its arguments, does what they say, and gives the exit code.
pub fn main() -> ExitCode {
    // Usage errors are told by clap, with exit code 2.
    let cli = Cli::parse();
    // The daemon tells what it does; a command at the terminal speaks up only when something is wrong.
    let usual = if matches!(cli.command, Command::Run(_)) { Level::INFO } else { Level::WARN };
    log::start(log::Form::of_environment(), usual);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return ended(Err(CliError::Later(format!("no threads to work with: {error}")))),
    };
    ended(runtime.block_on(dispatch(cli)))
}

async fn dispatch(cli: Cli) -> Result<Exit, CliError> {
    let config = cli.config.as_deref();
    match cli.command {
        Command::Init(args) => init::run(&args).await,
        Command::Check(args) => check::run(config, &args).await,
        Command::Run(args) => run::run(config, &args).await,
        Command::Deliver(args) => deliver::run(config, &args).await,
        Command::Import(args) => import::run(config, &args).await,
        Command::Explain(args) => explain::run(config, &args).await,
        Command::Tickets(args) => tickets::run(config, &args).await,
        Command::Show(args) => show::run(config, &args).await,
        Command::Journal(args) => journal::run(config, &args).await,
        Command::Outbox(args) => outbox::run(config, &args).await,
        Command::Quarantine(args) => kept::run(config, Shelf::Quarantine, &args.action).await,
        Command::Parked(args) => kept::run(config, Shelf::Parked, &args.action).await,
        Command::Audit(args) => outbox::audit(config, &args).await,
        Command::Status(args) => status::run(config, &args).await,
        Command::Preview(args) => preview::run(config, &args).await,
        Command::Reconcile(args) => reconcile::run(config, &args).await,
        Command::Report(args) => report::run(config, &args).await,
        Command::Erase(args) => erase::run(config, &args).await,
        Command::Agent(args) => entries::run(config, &args),
        Command::Queue(args) => entries::run(config, &args),
        Command::Service(args) => entries::run(config, &args),
        Command::Role(args) => entries::run(config, &args),
        Command::Supplier(args) => entries::run(config, &args),
    }
}

fn ended(result: Result<Exit, CliError>) -> ExitCode {
    match result {
        Ok(Exit::Done) => ExitCode::SUCCESS,
        Ok(Exit::NotWell) => ExitCode::from(1),
        Err(error) => {
            match &error {
                CliError::Mistakes(mistakes) => {
                    output::tell(render_all(mistakes, output::colours_on_stderr()).trim_end());
                    let errors = mistakes.iter().filter(|one| one.severity == Severity::Error).count();
                    output::tell(&format!("\ntaquilla: {errors} mistake(s) in the files of the desk"));
                }
                CliError::Failed(sentence) | CliError::Usage(sentence) | CliError::Later(sentence) => {
                    output::tell(&format!("taquilla: {sentence}"));
                }
            }
            ExitCode::from(error.code())
        }
    }
}

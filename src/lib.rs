//! Taquilla: the service desk that lives in e-mail. The program is thin; everything is in this library.
//!
//! ```text
//! src/
//!   main.rs        arguments and exit code
//!   lib.rs         this map
//!   pipeline.rs    THE page: one mail through all steps
//!   pipeline/      letter (raw octets to event), ahead (a batch is read while it is written), batch and group (mails taken
//!                  together), house (all files of the desk), render,
//!                  explain, door (of the mailboxes), limits (what was parked or held, on its way out), alarm (to the administrator)
//!   clock.rs       the only place that asks for the time and for chance
//!   crash.rs       deliberate crashes for the tests of the program; none in a release build
//!   journal.rs     the operator's mail log: one line for each mail event
//!   log.rs         what the daemon says about itself, without secrets and bodies
//!   tls.rs         whom to trust towards mail servers
//!   mail/          vocabulary of a mail: addresses, class, defects, new text of a reply, HTML. Pure
//!   ingest/        parse (only user of the MIME crate), classify, bounce, evidence, dkim; protocol (fetch, commit, acknowledge as
//!                  a machine without I/O), imap (only user of the IMAP crate), mailbox (one task for each folder), intake, import
//!                  (mails in files, one at a time)
//!   desk/          the domain: ticket, article, number, state, queue, calendar, permission, query, token, notice. Pure
//!   rules/         rule files: read, checked, compiled, asked, traced. Pure
//!   commands/      the language of agents' mails: words, verbs, times, receipts. Pure
//!   survey/        when to ask, how answers are read. Pure
//!   decide/        all the branching of the program: who wrote, which ticket, what follows, who is told. Pure
//!   outbound/      catalog, data, template, compose, scrub, schedule (pure); smtp (only user of the SMTP transport), worker
//!   store/         everything that is SQL: open, prefetch, apply, writing, timers, outbox, reading, clear
//!   config/        text files of a desk to checked values; every key with its documentation beside it
//!   timers.rs      wakes at the next due row and feeds it to the pipeline
//!   daemon.rs      `taquilla run`: mailboxes, timers and outbox over one pipeline
//!   daemon/        reload of the files, signals, the bell by which other commands wake it
//!   cli/           one file for each subcommand
//! ```
//!
//! `ARCHITECTURE.md` says what holds everywhere and where to change what. Read [`pipeline`] first.

pub mod cli;
pub mod clock;
pub mod commands;
pub mod config;
pub mod crash;
pub mod daemon;
pub mod decide;
pub mod desk;
pub mod ingest;
pub mod journal;
pub mod log;
pub mod mail;
pub mod outbound;
pub mod pipeline;
pub mod rules;
pub mod store;
pub mod survey;
pub mod timers;
pub mod tls;

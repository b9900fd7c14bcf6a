//! `taquilla report NAME`: figures as text, JSON or CSV.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::args::ReportArgs;
use super::list::{self, List};
use super::output::{say, tell};
use super::since::since;
use super::{CliError, Exit, open};
use crate::clock::Clock;
use crate::desk::Report;
use crate::mail::Language;
use crate::store::SurveyLine;

const COLUMNS: &[&str] = &["ticket", "asked", "customer", "queue", "responsible", "score", "comment"];

/// Prints a report, or the list of reports.
pub(super) async fn run(config: Option<&Path>, args: &ReportArgs) -> Result<Exit, CliError> {
    match args.name.as_deref() {
        None => {
            for report in Report::ALL {
                let words = report.words(Language::En);
                say(&format!("{:<10}{}", words.name, words.tells))?;
                for (what, text) in
                    [("Obtained", words.obtained), ("Columns", words.columns), ("Totals", words.totals)]
                {
                    say(&format!("          {what}: {text}"))?;
                }
            }
            Ok(Exit::Done)
        }
        Some(name) => match Report::named(name) {
            Some(Report::Survey) if args.html.is_none() => survey(config, args).await,
            Some(Report::Survey) => {
                Err(CliError::Usage("this report has no page yet; use --json or --csv".to_owned()))
            }
            None => {
                let names = Report::names(Language::En).join(", ");
                Err(CliError::Usage(format!("there is no report {name}; there are: {names}")))
            }
        },
    }
}

/// Columns: ticket, when it was sent, customer, queue, who attended, score, comment. Totals: sent, answered, a line for
/// each score, the mean of the answered ones.
async fn survey(config: Option<&Path>, args: &ReportArgs) -> Result<Exit, CliError> {
    let (store, desk) = open::look(config).await?;
    let from = since(args.since.as_deref(), Clock::System.now(), &desk.time_zone)?;
    let mut list = List::new(&args.form, COLUMNS);
    let mut totals = Totals::default();
    let take = |lines: Vec<SurveyLine>| {
        lines.iter().for_each(|line| totals.count(line));
        list.rows(lines.iter().map(fields).collect())
    };
    list::pages(async |page| store.surveys(None, from, page).await, |line| line.id, take).await?;
    if !args.form.json && !args.form.csv {
        totals.tell();
    }
    Ok(Exit::Done)
}

#[derive(Default)]
struct Totals {
    sent: u32,
    by_score: std::collections::BTreeMap<u8, u32>,
}

impl Totals {
    fn count(&mut self, line: &SurveyLine) {
        self.sent += 1;
        if let Some(score) = line.score {
            *self.by_score.entry(score).or_default() += 1;
        }
    }

    fn tell(&self) {
        let answered: u32 = self.by_score.values().sum();
        tell(&format!("\nsent {}, answered {answered}", self.sent));
        for (score, count) in &self.by_score {
            tell(&format!("  {score} of 5: {count}"));
        }
        if answered > 0 {
            let sum: u32 = self.by_score.iter().map(|(score, count)| u32::from(*score) * count).sum();
            tell(&format!("  mean {:.2}", f64::from(sum) / f64::from(answered)));
        }
    }
}

fn fields(line: &SurveyLine) -> Map<String, Value> {
    list::row([
        ("ticket", json!(line.ticket.as_str())),
        ("title", json!(line.title)),
        ("queue", json!(line.queue)),
        ("responsible", json!(line.responsible)),
        ("customer", json!(line.customer)),
        ("asked", json!(line.asked.to_string())),
        ("score", json!(line.score)),
        ("comment", json!(line.comment)),
        ("answered", json!(line.answered.map(|at| at.to_string()))),
    ])
}

//! `#report`: figures, with what each report says of itself.

use serde_json::{Map, Value, json};

use super::{Reader, more};
use crate::decide::FoundSurveys;
use crate::decide::draft::Draft;
use crate::desk::{Report, Right, SurveyLine, may};
use crate::mail::Language;
use crate::outbound::data;

pub(super) fn data(
    draft: &Draft<'_>,
    reader: &Reader<'_>,
    report: Report,
    since: Option<&str>,
) -> Map<String, Value> {
    let words = report.words(reader.language);
    let mut data = Map::new();
    for (name, text) in [
        ("name", words.name),
        ("tells", words.tells),
        ("obtained", words.obtained),
        ("columns", words.columns),
        ("totals_are", words.totals),
    ] {
        data.insert(name.to_owned(), json!(text));
    }
    data.insert("since".to_owned(), json!(since));
    match report {
        Report::Survey => surveys(&mut data, draft, reader),
    }
    data
}

fn surveys(data: &mut Map<String, Value>, draft: &Draft<'_>, reader: &Reader<'_>) {
    let (desk, language) = (draft.desk, reader.language);
    let found = draft.context.seen.surveys.clone().unwrap_or_default();
    let reads = |line: &&SurveyLine| may(desk, reader.agent, Right::Read, &line.queue).is_ok();
    let row = |line: &SurveyLine| {
        json!({
            "number": line.ticket.as_str(),
            "title": line.title,
            "queue": line.queue,
            "responsible": line.responsible.as_deref().map(|login| data::agent_label(desk, login)),
            "customer": line.customer,
            "date": data::date(desk, language, line.asked),
            "score": line.score.map(|score| format!("{score} / 5")),
            "comment": line.comment.as_deref().filter(|comment| !comment.trim().is_empty()),
        })
    };
    let rows: Vec<Value> = found.lines.iter().filter(reads).map(row).collect();
    data.insert("more".to_owned(), more(found.sent, rows.len()));
    data.insert("rows".to_owned(), Value::Array(rows));
    data.insert("totals".to_owned(), totals(&found, language));
}

fn totals(found: &FoundSurveys, language: Language) -> Value {
    let answered: u64 = found.by_score.values().sum();
    let sum: u64 = found.by_score.iter().map(|(score, count)| u64::from(*score) * count).sum();
    let (sent, came_back, mean) = match language {
        Language::En => ("Sent", "Answered", "Mean"),
        Language::Es => ("Enviadas", "Contestadas", "Promedio"),
    };
    let mut rows =
        vec![(sent.to_owned(), found.sent.to_string()), (came_back.to_owned(), answered.to_string())];
    rows.extend(
        found.by_score.iter().rev().map(|(score, count)| (format!("{score} / 5"), count.to_string())),
    );
    // Two decimals without a floating point: hundredths, rounded.
    if let Some(hundredths) = (sum * 100 + answered / 2).checked_div(answered) {
        rows.push((mean.to_owned(), format!("{}.{:02}", hundredths / 100, hundredths % 100)));
    }
    rows.into_iter().map(|(name, value)| json!({ "name": name, "value": value })).collect()
}

//! Reads rule files.

use std::sync::Arc;

use super::condition::Condition;
use super::names::Names;
use super::read_then::{Planned, Then};
use super::read_when::{FieldParts, Gathered, When};
use super::rule_test::{RuleTest, Tests};
use super::set::RuleSet;
use crate::config::diagnostic::{Diagnostic, Source};
use crate::config::table::{Document, Table, refuse_duplicates};
use crate::desk::{Desk, RuleRef};
use crate::mail::Digest;

/// One rule, compiled.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    pub(super) reference: Arc<RuleRef>,
    pub(super) conditions: Vec<Condition>,
    pub(super) planned: Vec<Planned>,
    /// No rule after this one is asked once it holds.
    pub(super) stop: bool,
}

impl RuleSet {
    /// Reads and compiles all rule files, in the order given: names are shown with mistakes and traces.
    /// `templates` are the names of mail templates that rules may use.
    ///
    /// # Errors
    /// All mistakes of all files.
    pub fn read(
        files: &[(String, String)],
        desk: &Desk,
        templates: &[&str],
    ) -> Result<Self, Vec<Diagnostic>> {
        let digest = digest(files);
        let mut mistakes = Vec::new();
        let mut rules = Vec::new();
        let mut tests = Vec::new();
        let mut gathered = Gathered::new(desk, Names::of(desk, templates));
        for (name, text) in files {
            let source = Source::new(name, text.as_str());
            match Document::parse(&source) {
                Ok(document) => {
                    read_file(&document, &digest, &mut gathered, &mut rules, &mut tests);
                    mistakes.extend(document.into_mistakes());
                }
                Err(errors) => mistakes.extend(errors),
            }
        }
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        Ok(Self {
            digest,
            rules,
            tests,
            fields: gathered.fields.into_iter().map(FieldParts::compiled).collect(),
            shorts: gathered.shorts,
            vocabulary: gathered.vocabulary,
            names: gathered.names,
            time_zone: desk.time_zone.clone(),
        })
    }
}

/// The digest of the whole set: names and texts, each with its length, so that no two sets run together.
fn digest(files: &[(String, String)]) -> Digest {
    let mut octets = Vec::new();
    for text in files.iter().flat_map(|(name, text)| [name, text]) {
        octets.extend_from_slice(format!("{}:", text.len()).as_bytes());
        octets.extend_from_slice(text.as_bytes());
    }
    Digest::of(&octets)
}

fn read_file(
    document: &Document<'_>,
    digest: &Digest,
    gathered: &mut Gathered<'_>,
    rules: &mut Vec<Rule>,
    tests: &mut Vec<RuleTest>,
) {
    let root = document.root();
    let mut names = Vec::new();
    for table in root.tables("rule") {
        names.extend(table.get("name"));
        read_rule(&table, digest, gathered, rules, tests);
        table.finish();
    }
    refuse_duplicates("rule", names);
    root.finish();
}

fn read_rule(
    table: &Table<'_>,
    digest: &Digest,
    gathered: &mut Gathered<'_>,
    rules: &mut Vec<Rule>,
    tests: &mut Vec<RuleTest>,
) {
    let name = table.require("name").and_then(|value| value.filled()).unwrap_or_default();
    let reference = RuleRef {
        name: name.trim().to_owned(),
        file: Arc::clone(table.source()).name.clone(),
        line: table.line(),
        set: digest.to_string().chars().take(12).collect(),
    };
    let when = table.get("when").and_then(|value| value.table());
    let mut reader = When::new(gathered);
    let conditions = reader.read(when.as_ref());
    let groups = std::mem::take(&mut reader.groups);
    let zone = gathered.zone();
    let mut stop = table.boolean("stop").unwrap_or_default();
    let mut then = Then { names: &gathered.names, zone, groups: &groups, planned: Vec::new() };
    let actions = table.get("then");
    if let Some(actions) = actions.as_ref().and_then(|value| value.table()) {
        stop |= then.read(&actions);
    }
    if actions.is_none() && !stop {
        let help = Some("give it a `then.queue = ...`, or `stop = true`".to_owned());
        table.wrong("this rule does nothing", "", help);
    }
    let planned = then.planned;
    let reading = Tests { rule: &reference, names: &gathered.names, zone };
    for test in table.tables("test") {
        tests.extend(reading.read(&test));
        test.finish();
    }
    rules.push(Rule { reference: Arc::new(reference), conditions, planned, stop });
}

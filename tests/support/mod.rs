//! What several tests share.
#![expect(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly; each one uses its part of this folder, and has it as a module of its own"
)]

pub mod desk;
pub mod dns;
pub mod golden;
pub mod hostile;
pub mod link;

use std::path::{Path, PathBuf};

use taquilla::decide::Decision;
use taquilla::outbound::catalog;
use taquilla::pipeline::House;
use taquilla::rules::RuleSet;

/// One file of rules for a desk.
pub fn rules(text: &str, house: &House) -> RuleSet {
    let files = [("10-test.toml".to_owned(), text.to_owned())];
    RuleSet::read(&files, &house.policy.desk, &["rule-notice", "rejected"]).unwrap()
}

/// What the notices of a decision lack of the variables that their templates need.
pub fn lacking(decision: &Decision) -> Vec<String> {
    let of_notice = |notice: &taquilla::desk::Notice| {
        let missing = catalog::missing(&notice.template, &notice.data);
        (!missing.is_empty()).then(|| format!("{} lacks {missing:?}", notice.template))
    };
    decision.notices().filter_map(of_notice).collect()
}

/// All files with an ending below a folder, sorted.
pub fn files(root: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Compares a text with the file that holds what is expected; with `TAQUILLA_REWRITE` set, writes the file.
pub fn compare(expected: &Path, got: &str) -> Option<String> {
    if std::env::var_os("TAQUILLA_REWRITE").is_some() {
        std::fs::write(expected, got).unwrap();
        return None;
    }
    match std::fs::read_to_string(expected) {
        Ok(want) if want == got => None,
        Ok(want) => Some(diff(&want, got)),
        Err(error) => Some(format!("{}: {error}", expected.display())),
    }
}

/// The lines that differ, in order.
pub fn diff(want: &str, got: &str) -> String {
    let (want, got): (Vec<&str>, Vec<&str>) = (want.lines().collect(), got.lines().collect());
    let gone = want.iter().filter(|line| !got.contains(line)).map(|line| format!("  - {line}"));
    let come = got.iter().filter(|line| !want.contains(line)).map(|line| format!("  + {line}"));
    let lines: Vec<String> = gone.chain(come).collect();
    if lines.is_empty() { "the same lines in another order".to_owned() } else { lines.join("\n") }
}

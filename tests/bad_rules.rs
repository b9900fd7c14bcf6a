//! Mistakes in rule files, each with the exact words that its administrator gets.
//!
//! `TAQUILLA_REWRITE=1` writes the expected texts anew; read the difference before committing it.

use std::fs;
use std::path::Path;

use taquilla::config::diagnostic::render_all;
use taquilla::rules::RuleSet;

#[path = "support/ministry.rs"]
mod ministry;
use ministry::{TEMPLATES, ministry};

#[test]
fn each_mistake_is_shown_as_expected() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad_rules");
    let rewrite = std::env::var_os("TAQUILLA_REWRITE").is_some();
    let desk = ministry();
    let mut cases: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    assert!(cases.len() >= 25, "only {} cases", cases.len());
    let mut differing = Vec::new();
    for case in cases {
        let name = case.file_name().unwrap().to_string_lossy().into_owned();
        let text = fs::read_to_string(case.join("rule.toml")).unwrap();
        let files = [("rules/10-rule.toml".to_owned(), text)];
        let shown = match RuleSet::read(&files, &desk, &TEMPLATES) {
            Err(mistakes) => render_all(&mistakes, false),
            Ok(_) => panic!("{name} has no mistake"),
        };
        let expected = case.join("expected.txt");
        if rewrite {
            fs::write(&expected, &shown).unwrap();
        } else if fs::read_to_string(&expected).unwrap_or_default() != shown {
            differing.push(format!("{name}:\n{shown}"));
        }
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

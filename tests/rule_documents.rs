//! `docs/rules.md` says what the program reads, and the example rules are right.
//!
//! `TAQUILLA_REWRITE=1` writes the tables of the document anew.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may")]

use std::fs;
use std::path::{Path, PathBuf};

use taquilla::config::diagnostic::render_all;
use taquilla::rules::{RuleSet, actions_table, conditions_table};

#[path = "support/ministry.rs"]
mod ministry;
use ministry::{TEMPLATES, ministry};

fn at(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn read(files: &[(String, String)]) -> RuleSet {
    RuleSet::read(files, &ministry(), &TEMPLATES)
        .unwrap_or_else(|mistakes| panic!("{}", render_all(&mistakes, false)))
}

/// The document with a table between its two marks.
fn with_table(document: &str, name: &str, table: &str) -> String {
    let (open, close) = (format!("<!-- {name} -->\n"), format!("<!-- end of {name} -->"));
    let (before, rest) = document.split_once(&open).unwrap();
    let (_, after) = rest.split_once(&close).unwrap();
    format!("{before}{open}{table}{close}{after}")
}

#[test]
fn the_tables_are_those_of_the_program() {
    let path = at("docs/rules.md");
    let document = fs::read_to_string(&path).unwrap();
    let wanted = with_table(&document, "conditions", &conditions_table());
    let wanted = with_table(&wanted, "actions", &actions_table());
    if std::env::var_os("TAQUILLA_REWRITE").is_some() {
        fs::write(&path, wanted).unwrap();
    } else {
        assert!(document == wanted, "docs/rules.md is behind; run this test with TAQUILLA_REWRITE=1");
    }
}

#[test]
fn every_example_of_the_document_is_a_rule() {
    let document = fs::read_to_string(at("docs/rules.md")).unwrap();
    let blocks: Vec<(String, String)> = document
        .split("```toml\n")
        .skip(1)
        .enumerate()
        .map(|(index, rest)| (format!("example {index}"), rest.split("```").next().unwrap().to_owned()))
        .collect();
    assert!(blocks.len() >= 3);
    assert!(read(&blocks).len() >= 4);
}

#[test]
fn every_example_of_the_tables_is_read() {
    let mut file = String::new();
    for (table, rest) in [
        (conditions_table(), "then.lock = true"),
        (actions_table(), r"when.subject = '/(?<host>a)(?<what>b)(?<floor>c)(?<number>d)/'"),
    ] {
        for row in table.lines().skip(2) {
            let example = row.rsplit('`').nth(1).unwrap();
            file.push_str(&format!("[[rule]]\nname = '''{row}'''\n{example}\n{rest}\n"));
        }
    }
    read(&[("examples of the tables".to_owned(), file)]);
}

#[test]
fn the_example_rules_are_right() {
    let folder = at("examples/ministry/rules");
    let mut files: Vec<(String, String)> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, fs::read_to_string(&path).unwrap())
        })
        .collect();
    files.sort();
    let set = read(&files);
    assert!(set.len() >= 15);
    for test in set.tests() {
        assert!(folder.join(&test.mail).is_file(), "{} of {} is missing", test.mail, test.rule.name);
    }
}

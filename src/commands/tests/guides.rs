//! The guides for agents say what the program reads: tables are written from the words themselves, and what
//! stands in examples works. `TAQUILLA_REWRITE=1` rewrites the tables.

use std::fs;
use std::path::PathBuf;

use super::monday;
use crate::commands::when::when;
use crate::commands::{help_table, read};
use crate::mail::Language;

const GUIDES: [(&str, Language); 2] =
    [("docs/agents.md", Language::En), ("docs/guia-del-agente.md", Language::Es)];

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// What stands between `<!-- NAME -->` and `<!-- /NAME -->`.
fn section<'a>(text: &'a str, name: &str) -> &'a str {
    let (_, rest) = text.split_once(&format!("<!-- {name} -->\n")).unwrap_or_else(|| panic!("no {name}"));
    rest.split_once(&format!("<!-- /{name} -->")).unwrap_or_else(|| panic!("no end of {name}")).0
}

#[test]
fn tables_of_commands_are_those_of_the_program() {
    for (name, language) in GUIDES {
        let mut text = fs::read_to_string(path(name)).unwrap();
        let (part, table) = ("commands", help_table(language));
        let stands = section(&text, part).to_owned();
        if std::env::var_os("TAQUILLA_REWRITE").is_some() {
            let begin = format!("<!-- {part} -->\n");
            text = text.replacen(&format!("{begin}{stands}"), &format!("{begin}{table}"), 1);
            fs::write(path(name), &text).unwrap();
        } else {
            assert_eq!(stands, table, "{name}: run this test with TAQUILLA_REWRITE=1");
        }
    }
}

#[test]
fn examples_work() {
    for (name, language) in GUIDES {
        let text = fs::read_to_string(path(name)).unwrap();
        let mut examples = 0;
        for block in text.split("```text\n").skip(1).map(|rest| rest.split("```").next().unwrap()) {
            let read = read(block, &monday(), language, 25);
            assert!(!read.lines.is_empty(), "{name}: {block}");
            for line in read.lines {
                assert!(line.read.is_ok(), "{name}: {}: {:?}", line.written, line.read);
                examples += 1;
            }
        }
        assert!(examples >= 8, "{name}");
        let rows = section(&text, "times").lines().skip(2);
        let times: Vec<&str> =
            rows.flat_map(|row| row.split('|').nth(1).unwrap().split('`').skip(1).step_by(2)).collect();
        assert!(times.len() >= 15, "{name}: {times:?}");
        for time in times {
            assert!(when(time, &monday(), language).is_ok(), "{name}: {time}");
        }
    }
}

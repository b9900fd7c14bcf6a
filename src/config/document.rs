//! `docs/configuration.md`, written from the tables that files are checked with.

use std::fmt::Write as _;

use super::check::{shown_size, shown_time};
use super::desk_keys::{CUSTOMERS_FILE, DESK_FILE, MACROS_FILE, NOTIFICATIONS_FILE};
use super::key::{FileSpec, Key, Kind, Presence, Section};
use super::keys::SETTINGS;
use super::layers::variable;

/// All files in the order of the document.
pub const FILES: [FileSpec; 5] = [SETTINGS, DESK_FILE, CUSTOMERS_FILE, NOTIFICATIONS_FILE, MACROS_FILE];

/// The whole document, Markdown.
pub fn document() -> String {
    let mut out = String::from(HEAD);
    for file in &FILES {
        push(&mut out, format_args!("\n## `{}`\n\n{}\n", file.name, file.about));
        for section in file.sections {
            section_into(&mut out, file, section);
        }
    }
    out.push_str(TAIL);
    out
}

const HEAD: &str = "\
<!-- Written by `taquilla`'s own tables; a test keeps it so. Do not edit: see src/config/keys.rs. -->
# Configuration

A desk is a folder of text files. Only `taquilla.toml` must exist; it is sought in the current folder, then in
`/etc/taquilla`, or is named with `--config FILE`. The other files stand beside it. A key that is not listed here is
a mistake, and so is a name that nothing else has: `taquilla check` shows file, line and column of each, and what was
probably meant. A running daemon reads its files again when they change or at SIGHUP; where there is a mistake it goes
on with what it had, and tells log and administrator.

Paths are relative to the folder of `taquilla.toml`. Times are written `\"90s\"`, `\"2m\"`, `\"12h\"`, `\"14d\"`; sizes
`\"64 KB\"`, `\"40 MB\"`. Where a list is asked for, one value alone will do.

Each setting of `taquilla.toml` outside `[[mailbox]]` can be given by the environment as well, which then has the last
word: `TAQUILLA__DESK__NAME`, `TAQUILLA__DATA__DIR`. A list is divided by commas there.
";

const TAIL: &str = "
## Folders

- `rules/`: rule files, `*.toml`, read in the order of their names.
- `templates/email/en/`, `templates/email/es/`: templates `NAME.subject.hbs`, `NAME.text.hbs`, `NAME.html.hbs`
  in place of shipped ones or beside them.
- `answers/en/`, `answers/es/`: canned answers `NAME.txt`, which agents call with `#template NAME`. They may name what
  templates about a ticket may: `{{customer.name}}`, `{{number}}`, `{{title}}`, `{{agent}}`. The agent's own text stands
  where `{{text}}` does, else below. The customer's language is chosen, where the answer is written in it.
- `secrets/`: a good place for the files that `password_file` names; for nobody else to read.
- `data/`: database, mails and locks, unless `data.dir` says otherwise. Back it up.

## Environment

- `TAQUILLA_LOG`: what is logged, such as `debug` or `taquilla::ingest=trace`. `info` if it is not set. Libraries are
  never heard below `info`: there some of them show whole mails.
- `TAQUILLA_LOG_FORM`: `plain`, `journald` or `json`. If it is not set: what suits the place where standard error goes.
";

fn section_into(out: &mut String, file: &FileSpec, section: &Section) {
    let title =
        if section.name.is_empty() { "On top".to_owned() } else { format!("`{}`", section.written()) };
    push(out, format_args!("\n### {title}\n\n{}\n", section.about));
    out.push_str("\n| key | value | default | meaning |\n| --- | --- | --- | --- |\n");
    for key in section.keys {
        let default = match key.presence {
            Presence::Required => "must be given".to_owned(),
            Presence::Optional => "none".to_owned(),
            Presence::Default(literal) => format!("`{literal}`"),
        };
        let meaning = key.meaning.trim();
        push(out, format_args!("| `{}` | {} | {default} | {meaning} |\n", key.name, shown(key.kind)));
    }
    if let Some(open) = section.open {
        push(out, format_args!("| any other | text | none | {open} |\n"));
    }
    example_into(out, section);
    if file.name == SETTINGS.name && !section.many {
        let first = section.keys.first().map_or("", |key| key.name);
        push(out, format_args!("\nIn the environment: `{}` and so on.\n", variable(section.name, first)));
    }
}

/// Every key once, but for those that exclude each other.
fn example_into(out: &mut String, section: &Section) {
    out.push_str("\n```toml\n");
    if !section.name.is_empty() {
        push(out, format_args!("{}\n", section.written()));
    }
    let excluded = |key: &&Key| !matches!(key.name, "password_env" | "password" | "oauth2" | "next");
    for key in section.keys.iter().filter(excluded) {
        push(out, format_args!("{} = {}\n", key.name, key.example));
    }
    out.push_str("```\n");
}

/// What a value must be, in words.
fn shown(kind: Kind) -> String {
    match kind {
        Kind::Text => "text".to_owned(),
        Kind::Name => "text, one line".to_owned(),
        Kind::Word(words) => words.iter().map(|word| format!("`\"{word}\"`")).collect::<Vec<_>>().join(", "),
        Kind::Bool => "`true`, `false`".to_owned(),
        Kind::Int(low, high) => format!("number, {low} to {high}"),
        Kind::Duration(low, high) => format!("time, {} to {}", shown_time(low), shown_time(high)),
        Kind::Size(low, high) => format!("size, {} to {}", shown_size(low), shown_size(high)),
        Kind::Address => "address".to_owned(),
        Kind::Domain => "domain".to_owned(),
        Kind::Host => "host name or address".to_owned(),
        Kind::Language => "`\"en\"`, `\"es\"`".to_owned(),
        Kind::TimeZone => "time zone".to_owned(),
        Kind::Path => "path".to_owned(),
        Kind::List(kind) => format!("list of: {}", shown(*kind)),
        Kind::Table => "table".to_owned(),
        Kind::Forms => "see example".to_owned(),
    }
}

fn push(out: &mut String, words: std::fmt::Arguments<'_>) {
    // Writing into a string cannot fail.
    let _infallible = out.write_fmt(words);
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;
    use crate::config::diagnostic::render_all;
    use crate::config::fields::record;
    use crate::config::load::load_with;

    /// `TAQUILLA_REWRITE=1 cargo test` writes the document anew.
    #[test]
    fn the_document_is_what_the_tables_say() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/configuration.md");
        let wanted = document();
        if std::env::var_os("TAQUILLA_REWRITE").is_some() {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, &wanted).unwrap();
        }
        assert_eq!(std::fs::read_to_string(&path).unwrap(), wanted, "TAQUILLA_REWRITE=1 writes it anew");
    }

    #[test]
    fn every_documented_key_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        write(
            "taquilla.toml",
            "[desk]\naddress = \"a@b.example\"\n\
             [[mailbox]]\nhost = \"h\"\nuser = \"u\"\npassword_env = \"P\"\n\
             [smtp]\nhost = \"h\"\n",
        );
        write(
            "desk.toml",
            "[[queue]]\nname = \"Q\"\n[[agent]]\nlogin = \"a\"\nname = \"A\"\naddress = \"x@b.example\"\n\
             [[role]]\nname = \"r\"\nrights = \"all\"\n\
             [[supplier]]\nname = \"V\"\naddress = \"v@c.example\"\n[[service]]\nname = \"S\"\n\
             [[calendar]]\nname = \"c\"\nweekdays = \"08:00-17:00\"\n\
             [[sla]]\nname = \"l\"\nsolution = 60\n\
             [[state]]\nname = \"s\"\ntype = \"pending-auto\"\nnext = \"closed successful\"\n",
        );
        write("customers.toml", "[[customer]]\naddress = \"c@b.example\"\n");
        write("notifications.toml", "[[notification]]\nname = \"closed\"\n");
        write("macros.toml", "[[macro]]\nname = \"m\"\ncommands = [\"#take\"]\n");
        record::take();
        let loaded = load_with(Some(&folder.path().join("taquilla.toml")), &[]);
        loaded.map_err(|mistakes| render_all(&mistakes, false)).unwrap();
        let asked = record::take();
        let documented: BTreeSet<(&'static str, String)> = FILES
            .iter()
            .flat_map(|file| file.sections)
            .flat_map(|section| section.keys.iter().map(|key| (section.name, key.name.to_owned())))
            .collect();
        let unread: Vec<_> = documented.difference(&asked).collect();
        assert!(unread.is_empty(), "documented and not read: {unread:?}");
    }

    #[test]
    fn examples_of_the_document_are_good_toml() {
        let document = document();
        let examples: Vec<&str> =
            document.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
        assert!(examples.len() > 15);
        for example in examples {
            assert!(toml::from_str::<toml::Table>(example).is_ok(), "{example}");
        }
    }
}

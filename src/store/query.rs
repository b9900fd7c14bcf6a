//! Queries as SQL: every value is bound, only the shape of the condition is text.
//!
//! Texts are compared with GLOB, whose classes of letters hold every case and accent of a letter: SQLite knows neither
//! outside ASCII. PostgreSQL writes the same as a regular expression.

use sqlx::{QueryBuilder, Sqlite};

use super::values::{list, ms};
use crate::desk::Readable;
use crate::desk::query::{Condition, CustomerWanted, Pattern, Query, StateWanted, Term};

/// Adds the conditions of a query about the table `tickets t`, each behind an AND; `reader`: only what this one may
/// read.
pub(super) fn conditions(sql: &mut QueryBuilder<Sqlite>, query: &Query, reader: Option<&Readable>) {
    if let Some(reader) = reader {
        readable(sql, reader);
    }
    for Term { negated, condition } in &query.terms {
        sql.push(" AND (");
        condition_of(sql, condition);
        // What is unknown is not so; said of a condition that stands by itself it would keep SQLite from its indexes.
        sql.push(if *negated { ") IS NOT TRUE" } else { ")" });
    }
}

/// Adds that the ticket `t` is one that somebody may read.
pub(super) fn readable(sql: &mut QueryBuilder<Sqlite>, reader: &Readable) {
    sql.push(" AND (");
    one_of(sql, "t.queue", &reader.queues);
    if reader.others {
        sql.push(" OR NOT ");
        one_of(sql, "t.queue", &reader.known);
    }
    sql.push(")");
}

fn condition_of(sql: &mut QueryBuilder<Sqlite>, condition: &Condition) {
    match condition {
        Condition::Queue(names) => one_of(sql, "t.queue", names),
        Condition::State(states) => {
            let (mut names, mut kinds) = (Vec::new(), Vec::new());
            for state in states {
                match state {
                    StateWanted::Named(name) => names.push(name.as_str()),
                    StateWanted::Kind(kind) => kinds.push(kind.word()),
                }
            }
            one_of(sql, "t.state_type", &kinds);
            if !names.is_empty() {
                sql.push(" OR ");
                one_of(sql, "t.state", &names);
            }
        }
        Condition::AnyState => {
            sql.push("1 = 1");
        }
        Condition::Owner(logins) => one_or_none(sql, "t.owner", logins),
        Condition::Responsible(logins) => one_or_none(sql, "t.responsible", logins),
        Condition::Customer(wanted) => any(sql, wanted, customer),
        Condition::Priority(some) => {
            one_of(sql, "t.priority", &some.iter().map(|priority| priority.value()).collect::<Vec<_>>());
        }
        Condition::Type(names) => one_of(sql, "t.type", names),
        Condition::Service(names) => any(sql, names, service),
        Condition::Tag(tags) => any(sql, tags, tag),
        Condition::Field { name, values } => any(sql, values, |sql, value| field(sql, name, value.as_ref())),
        Condition::Level(levels) => any(sql, levels, |sql, level| match Pattern::new(level) {
            Some(pattern) => like(sql, "t.level", glob(pattern.as_str())),
            None => {
                sql.push("1 = 0");
            }
        }),
        Condition::Number(digits) => {
            any(sql, digits, |sql, digits| like(sql, "t.number", format!("*{digits}")))
        }
        Condition::Locked(some) => any(sql, some, |sql, locked| {
            sql.push("t.locked = ").push_bind(i64::from(*locked));
        }),
        Condition::Older(at) => {
            sql.push("t.created < ").push_bind(ms(*at));
        }
        Condition::Newer(at) => {
            sql.push("t.created >= ").push_bind(ms(*at));
        }
        Condition::Title(patterns) => {
            any(sql, patterns, |sql, pattern| like(sql, "t.title", within(pattern)));
        }
        Condition::Words(pattern) => {
            let columns = ["t.title", "t.number", "t.customer_name", "t.customer_address"];
            any(sql, &columns, |sql, column| like(sql, column, within(pattern)));
        }
    }
}

fn any<T>(sql: &mut QueryBuilder<Sqlite>, values: &[T], mut each: impl FnMut(&mut QueryBuilder<Sqlite>, &T)) {
    for (nth, value) in values.iter().enumerate() {
        sql.push(if nth == 0 { "(" } else { " OR (" });
        each(sql, value);
        sql.push(")");
    }
    if values.is_empty() {
        sql.push("1 = 0");
    }
}

/// One of these: a single bound value however many they are.
fn one_of<T: serde::Serialize>(sql: &mut QueryBuilder<Sqlite>, column: &'static str, values: &[T]) {
    sql.push(column).push(" IN (SELECT value FROM json_each(").push_bind(list(values)).push("))");
}

fn one_or_none(sql: &mut QueryBuilder<Sqlite>, column: &'static str, values: &[Option<String>]) {
    one_of(sql, column, &values.iter().flatten().collect::<Vec<_>>());
    if values.contains(&None) {
        sql.push(" OR ").push(column).push(" IS NULL");
    }
}

fn like(sql: &mut QueryBuilder<Sqlite>, column: &'static str, pattern: String) {
    sql.push(column).push(" GLOB ").push_bind(pattern);
}

fn customer(sql: &mut QueryBuilder<Sqlite>, wanted: &CustomerWanted) {
    match wanted {
        CustomerWanted::None => {
            sql.push("t.customer_key IS NULL");
        }
        CustomerWanted::Address(key) => {
            sql.push("t.customer_key = ").push_bind(key.clone());
        }
        CustomerWanted::Part(pattern) => {
            any(sql, &["t.customer_name", "t.customer_address"], |sql, column| {
                like(sql, column, within(pattern))
            });
        }
    }
}

fn service(sql: &mut QueryBuilder<Sqlite>, name: &Option<String>) {
    match name {
        None => sql.push("t.service IS NULL"),
        Some(name) => {
            sql.push("t.service = ").push_bind(name.clone());
            sql.push(" OR substr(t.service, 1, length(").push_bind(format!("{name}::")).push(")) = ");
            sql.push_bind(format!("{name}::"))
        }
    };
}

fn tag(sql: &mut QueryBuilder<Sqlite>, tag: &Option<String>) {
    sql.push(match tag {
        Some(_) => "EXISTS (SELECT 1 FROM ticket_tags g WHERE g.ticket = t.id AND g.tag = ",
        None => "NOT EXISTS (SELECT 1 FROM ticket_tags g WHERE g.ticket = t.id",
    });
    if let Some(tag) = tag {
        sql.push_bind(tag.clone());
    }
    sql.push(")");
}

fn field(sql: &mut QueryBuilder<Sqlite>, name: &str, value: Option<&Pattern>) {
    sql.push(if value.is_some() { "EXISTS (" } else { "NOT EXISTS (" });
    sql.push("SELECT 1 FROM ticket_fields f WHERE f.ticket = t.id AND f.name = ").push_bind(name.to_owned());
    if let Some(value) = value {
        sql.push(" AND f.value GLOB ").push_bind(glob(value.as_str()));
    }
    sql.push(")");
}

fn within(pattern: &Pattern) -> String {
    format!("*{}*", glob(pattern.as_str()))
}

/// A folded text as a GLOB pattern that every case and accent of its letters fits.
fn glob(folded: &str) -> String {
    let mut out = String::with_capacity(folded.len() * 8);
    for c in folded.chars() {
        match c {
            '*' => out.push('*'),
            '?' => out.push_str("[?]"),
            '[' => out.push_str("[[]"),
            c => match LETTERS.iter().find(|all| all.starts_with(c)) {
                Some(all) => out.extend(["[", all, "]"]),
                None if c.is_lowercase() => {
                    out.push('[');
                    out.push(c);
                    out.extend(c.to_uppercase());
                    out.push(']');
                }
                None => out.push(c),
            },
        }
    }
    out
}

/// Every letter of Latin-1 and Latin Extended-A that folds to the first one of its row.
const LETTERS: &[&str] = &[
    "aAáàâäãåāăąÁÀÂÄÃÅĀĂĄª",
    "cCçćĉċčÇĆĈĊČ",
    "dDďĎ",
    "eEéèêëēĕėęěÉÈÊËĒĔĖĘĚ",
    "gGĝğġģĜĞĠĢ",
    "hHĥĤ",
    "iIíìîïĩīĭįİÍÌÎÏĨĪĬĮ",
    "jJĵĴ",
    "kKķĶ",
    "lLĺļľĹĻĽ",
    "nNñńņňÑŃŅŇ",
    "oOóòôöõōŏőÓÒÔÖÕŌŎŐº",
    "rRŕŗřŔŖŘ",
    "sSśŝşšŚŜŞŠ",
    "tTţťŢŤ",
    "uUúùûüũūŭůűųÚÙÛÜŨŪŬŮŰŲ",
    "wWŵŴ",
    "yYýÿŷÝŶŸ",
    "zZźżžŹŻŽ",
];

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::desk::query::Asker;
    use crate::desk::token::Keys;
    use crate::desk::{Desk, fold};
    use crate::mail::Language;
    use crate::store::values::Columns;
    use crate::store::{Store, StoreOptions};

    #[test]
    fn letters_fold_to_the_first_of_their_row() {
        for row in LETTERS {
            let first = row.chars().next().unwrap();
            for c in row.chars() {
                assert_eq!(fold(&c.to_string()), first.to_string(), "{c}");
            }
        }
    }

    #[tokio::test]
    async fn what_is_open_and_whose_it_is_is_found_by_an_index() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), &StoreOptions::default()).await.unwrap();
        let desk = Desk::empty(Keys::new(Vec::new()));
        let asker = Asker { desk: &desk, agent: None, now: Timestamp::UNIX_EPOCH, language: Language::En };
        for (text, index) in [
            ("", "tickets_by_state"),
            ("responsible:none printer -tag:x", "tickets_by_state"),
            ("state:pending", "tickets_by_state"),
            ("state:any customer:ana@minem.example", "tickets_by_customer"),
        ] {
            let query = Query::read(text, &asker).unwrap().open_unless_said();
            let mut sql = QueryBuilder::new("EXPLAIN QUERY PLAN SELECT t.* FROM tickets t WHERE 1 = 1");
            let reader = Readable { queues: Vec::new(), known: Vec::new(), others: true };
            conditions(&mut sql, &query, Some(&reader));
            let plan = sql.build().fetch_all(&store.writer).await.unwrap();
            let steps: Vec<String> = plan.iter().map(|row| Columns(row).text("detail").unwrap()).collect();
            assert!(steps.iter().any(|step| step.contains(index)), "{text}: {steps:?}");
        }
        store.close().await;
    }

    #[test]
    fn what_glob_would_read_is_text() {
        assert_eq!(glob("a[b]?*1"), "[aAáàâäãåāăąÁÀÂÄÃÅĀĂĄª][[][bB]][?]*1");
    }
}

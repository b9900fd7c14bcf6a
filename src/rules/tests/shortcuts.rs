//! Asking about many rules at once says what asking each by itself says.

use proptest::prelude::*;
use regex::Regex;

use super::desk::{World, rules, try_rules};
use crate::rules::literals::{Literals, Pieces};
use crate::rules::words::fold;
use crate::rules::{Evaluated, RuleSet, expression::Expression};

/// Pieces of expressions; few letters, so that many of them stand in the texts.
fn expression() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        4 => "[abñs7 ]{1,4}",
        1 => Just("Ñandú".to_owned()),
        1 => Just("ſ".to_owned()),
        1 => Just(r"\b".to_owned()),
        1 => Just(r"\d".to_owned()),
        1 => Just(r"\w+".to_owned()),
        1 => Just(r"\s".to_owned()),
        1 => Just(".".to_owned()),
        1 => Just("[aá]".to_owned()),
        1 => Just("[^a]".to_owned()),
        1 => Just(r"[\w.-]".to_owned()),
        1 => Just("^".to_owned()),
        1 => Just("$".to_owned()),
        1 => Just(r"\[".to_owned()),
        1 => Just("(?-i:A)".to_owned()),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            3 => prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| parts.concat()),
            2 => prop::collection::vec(inner.clone(), 2..4).prop_map(|parts| format!("(?:{})", parts.join("|"))),
            1 => inner.clone().prop_map(|one| format!("(?<g>{})", one.replace("(?<g>", "(?:"))),
            1 => inner.clone().prop_map(|one| format!("(?:{one})?")),
            1 => inner.clone().prop_map(|one| format!("(?:{one})*")),
            1 => inner.prop_map(|one| format!("(?:{one}){{2}}")),
        ]
    })
    .prop_map(|expression| once(&expression))
}

/// A group has its name once.
fn once(expression: &str) -> String {
    match expression.split_once("(?<g>") {
        Some((before, after)) => format!("{before}(?<g>{}", after.replace("(?<g>", "(?:")),
        None => expression.to_owned(),
    }
}

fn text() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        6 => "[abñs7A]{1,5}",
        1 => Just("ÑANDÚ".to_owned()),
        1 => Just("nandu".to_owned()),
        1 => Just("[ab] ".to_owned()),
        1 => Just("n\u{303}".to_owned()),
        1 => Just("\u{a0}".to_owned()),
        1 => Just("Sſ\u{200b}".to_owned()),
        1 => Just("\n".to_owned()),
        1 => "\\PC{1,3}",
    ];
    prop::collection::vec(word, 0..14).prop_map(|words| words.join(" "))
}

/// One line of `when`.
fn condition() -> impl Strategy<Value = String> {
    let key = prop_oneof![
        3 => Just("text"), 2 => Just("subject"), 1 => Just("from"), 1 => Just("header.x-some"),
        1 => Just("attachment.name"), 1 => Just("field.x"), 1 => Just("customer.floor"), 1 => Just("not.text"),
    ];
    let value = prop_oneof![
        4 => expression().prop_map(|expression| format!("/{expression}/")),
        2 => "[abñ7]{1,3}( [abñ7]{1,2}){0,2}",
        2 => "\\*?[abñ7 ]{1,3}\\*[abñ]{0,2}\\*?",
        1 => "(>=|<) [0-9]",
        1 => Just("older 1d".to_owned()),
        1 => Just("@ab.example".to_owned()),
    ];
    prop_oneof![
        10 => (key, value).prop_map(|(key, value)| format!("when.{key} = '{value}'\n")),
        1 => Just("when.tag = 't'\n".to_owned()),
        1 => Just("when.queue = 'Redes'\n".to_owned()),
        1 => Just("when.priority = '>= high'\n".to_owned()),
        1 => Just("when.hours = 'inside oficina'\n".to_owned()),
        1 => Just("when.age = 'older 1d'\n".to_owned()),
    ]
}

fn action() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        Just("then.field.x = 'a{{g}}'\n"),
        Just("then.tags = 't'\n"),
        Just("then.queue = 'Redes'\n"),
        Just("then.priority = '+1'\n"),
        Just("then.title = 'x'\n"),
    ]
}

/// A rule that can be read, or else none.
fn rule() -> impl Strategy<Value = String> {
    (prop::collection::vec(condition(), 1..3), action()).prop_map(|(conditions, action)| {
        let named = conditions.iter().any(|line| line.contains("(?<g>") && !line.starts_with("when.not"));
        let action = if named { action.to_owned() } else { action.replace("{{g}}", "") };
        let first = conditions.concat();
        let twice = conditions.len() == 2
            && conditions.first().map(|line| line.split(" = ").next())
                == conditions.last().map(|line| line.split(" = ").next());
        let lines = if twice { conditions.first().cloned().unwrap_or_default() } else { first };
        format!("{lines}{action}")
    })
}

fn file(bodies: &[String]) -> String {
    let one = |(nth, body): (usize, &String)| format!("[[rule]]\nname = \"r{nth}\"\n{body}\n");
    bodies.iter().enumerate().map(one).collect()
}

/// The same rules without anything that asks about many at once.
fn plain(set: &RuleSet) -> RuleSet {
    let mut plain = set.clone();
    for field in &mut plain.fields {
        (field.literals, field.wide) = (None, None);
    }
    plain
}

fn matched(evaluated: &Evaluated) -> Vec<&str> {
    evaluated.traces.iter().filter(|one| one.matched).map(|one| one.rule.name.as_str()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn many_rules_say_what_each_by_itself_says(
        bodies in prop::collection::vec(rule(), 8..40), text in text(), subject in text(), header in text()
    ) {
        let readable = |body: &String| try_rules(&file(std::slice::from_ref(body))).is_ok();
        let good: Vec<String> = bodies.into_iter().filter(readable).collect();
        let set = rules(&file(&good));
        let mut world = World::new();
        world.mail.body.new_text = text;
        world.mail.subject = subject;
        world.mail.headers.push(crate::mail::Header { name: "X-Some".to_owned(), value: header });
        let told = world.ask(&set);
        prop_assert_eq!(&told, &world.ask(&plain(&set)));
        world.told = false;
        let untold = world.ask(&set);
        prop_assert_eq!(&told.actions, &untold.actions);
        prop_assert_eq!(matched(&told), matched(&untold));
        prop_assert!(untold.traces.iter().all(|one| one.matched && one.conditions.is_empty()));
    }

    #[test]
    fn what_an_expression_finds_has_what_it_needs(expression in expression(), text in text()) {
        let exact = Regex::new(&format!("(?im){expression}")).unwrap();
        let Ok(read) = Expression::new(&expression) else { return Ok(()) };
        let found = exact.is_match(&text);
        prop_assert_eq!(read.exact().unwrap().is_match(&text), found);
        if found {
            prop_assert!(read.perhaps(&text), "{:?}", read.wide);
            let mut pieces = Pieces::default();
            pieces.add(&read.needed);
            if let Some(literals) = Literals::new(pieces) {
                prop_assert_eq!(literals.candidates(&fold(text.trim())), [true], "{:?}", read.needed);
            }
        }
    }
}

#[test]
fn expressions_need_what_stands_in_all_they_match() {
    for (expression, needed) in [
        (r"\bimpresora7\b", "impresora7"),
        (r"\[(?<host>[\w.-]+)-17\] (?<what>CRITICAL|DOWN)", "-17] critical/-17] down + ["),
        (r"\b(?:código|n[uú]mero)\s+[^\W\d]{3,}N9\d+\b", "codigo/numero + n9"),
        (r"impresoras?\s", "impresora"),
        (r"(?:a|bc)d", "ad/bcd"),
        (r"^\s*$", ""),
        (r"\w+@\w+", "@"),
        (r"a|\d+", ""),
        (r"(?:error|fallo \d+)x", "error/fallo"),
        (r" fin ", "fin"),
        (r"x{3}", ""),
        (r"(?:xy){3}", "xy"),
        (r"(?-i)CRITICAL", "critical"),
    ] {
        let read = Expression::new(expression).unwrap();
        let shown: Vec<String> = read.needed.iter().map(|one_of| one_of.join("/")).collect();
        assert_eq!(shown.join(" + "), needed, "{expression}");
    }
}

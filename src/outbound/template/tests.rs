//! Templates that are refused, and what the others become.

use std::collections::BTreeSet;
use std::path::Path;

use super::*;
use crate::outbound::catalog::TEMPLATES;

fn shipped() -> Templates {
    Templates::new(&[]).unwrap_or_else(|mistakes| panic!("{mistakes:#?}"))
}

fn file(name: &str, form: Form, text: &str) -> Source {
    let path = PathBuf::from(format!("templates/en/{name}.{}.hbs", form.word()));
    Source { path, language: Language::En, name: name.into(), form, text: text.into() }
}

fn mistakes(files: &[Source]) -> Vec<String> {
    Templates::new(files).unwrap_err().iter().map(Mistake::to_string).collect()
}

#[test]
fn no_file_is_forgotten() {
    let listed: BTreeSet<String> =
        shipped::sources().iter().map(|source| source.path.to_string_lossy().into_owned()).collect();
    let mut there = BTreeSet::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for folder in std::fs::read_dir(root.join("templates/email")).unwrap() {
        for entry in std::fs::read_dir(folder.unwrap().path()).unwrap() {
            let path = entry.unwrap().path();
            there.insert(path.strip_prefix(root).unwrap().to_string_lossy().into_owned());
        }
    }
    assert_eq!(listed, there);
    for spec in TEMPLATES {
        for (language, form) in Language::ALL.iter().flat_map(|code| Form::ALL.map(|form| (code, form))) {
            let name = format!("templates/email/{}/{}.{}.hbs", language.code(), spec.name, form.word());
            assert!(listed.contains(&name), "{name}");
        }
    }
    assert_eq!(listed.len(), TEMPLATES.len() * 6 + PARTS.len() * 4);
}

#[test]
fn everything_renders_with_any_data() {
    let templates = shipped();
    for (spec, language) in TEMPLATES.iter().flat_map(|spec| Language::ALL.map(|code| (spec, code))) {
        for fill in [Fill::Everything, Fill::Little, Fill::Nothing] {
            let data = sample(spec.name, fill, "palabra");
            let mail = templates.render(spec.name, language, &data).unwrap();
            assert_eq!(mail.warning, None);
            assert_ne!((mail.subject.as_str(), fill), ("", Fill::Little), "{}", spec.name);
            assert!(mail.text.trim().len() > 3 || fill == Fill::Nothing, "{}: {}", spec.name, mail.text);
            assert!(mail.html.contains("</html>"));
            assert!(!mail.text.contains("{{") && !mail.html.contains("{{"), "{}", spec.name);
            assert!(!mail.text.contains("[object]"), "{}: {}", spec.name, mail.text);
        }
    }
}

/// Every variable of a mail's own is shown by it, in both languages, in text and in HTML; but for what a subject says.
#[test]
fn no_variable_of_its_own_is_left_out() {
    let templates = shipped();
    for (spec, language) in TEMPLATES.iter().flat_map(|spec| Language::ALL.map(|code| (spec, code))) {
        // The subject of a receipt names the mail where it is about no ticket.
        let said = |name: &str| spec.name != "receipt" || name != "mail_subject";
        let own = spec.variables.iter().filter(|variable| variable.kind != catalog::Kind::Flag);
        for variable in own.filter(|variable| said(variable.name)) {
            let mut data = sample(spec.name, Fill::Everything, "x");
            data.extend([(variable.name.to_owned(), marked(variable.kind))]);
            let mail = templates.render(spec.name, language, &data).unwrap();
            for (form, text) in [("text", &mail.text), ("html", &mail.html)] {
                let shown = text.contains("MARK") || mail.subject.contains("MARK");
                assert!(shown, "{} {form} shows no {}", spec.name, variable.name);
            }
        }
    }
}

fn marked(kind: catalog::Kind) -> Value {
    let data = sample("receipt", Fill::Everything, "MARK");
    match kind {
        catalog::Kind::Line | catalog::Kind::Text | catalog::Kind::Flag => Value::from("MARK"),
        catalog::Kind::Person => data["customer"].clone(),
        catalog::Kind::Lines => data["evidence"].clone(),
        catalog::Kind::List(fields) | catalog::Kind::Rows(fields) | catalog::Kind::Blocks(fields) => {
            let mut entry: Map<String, Value> =
                fields.iter().map(|field| ((*field).to_owned(), Value::from("MARK"))).collect();
            entry.insert("buttons".to_owned(), Value::Array(Vec::new()));
            Value::from(vec![Value::Object(entry)])
        }
    }
}

#[test]
fn hostile_values_stay_values() {
    let templates = shipped();
    let hostile = [
        "x\r\nBcc: eva@evil.example\r\n\r\n<p>hello",
        "<script>alert(1)</script><img src=x onerror=alert(1)>",
        "\"><a href='https://evil.example'>x</a>",
        "{{desk}} {{{desk}}} {{> layout}} {{#each desk}}",
        "\u{202e}fdp.exe\u{0}\u{7}\u{2028}x",
    ];
    for (spec, language) in TEMPLATES.iter().flat_map(|spec| Language::ALL.map(|code| (spec, code))) {
        for word in hostile {
            let tame =
                templates.render(spec.name, language, &sample(spec.name, Fill::Everything, "x")).unwrap();
            let mail =
                templates.render(spec.name, language, &sample(spec.name, Fill::Everything, word)).unwrap();
            assert!(!mail.subject.contains(['\r', '\n', '\0']), "{}", spec.name);
            assert!(!mail.text.contains(['\r', '\0', '\u{7}']), "{}", spec.name);
            // As many tags as with a harmless word, but for the line ends of the texts.
            let tags = |html: &str| html.matches('<').count() - html.matches("<br>").count();
            assert_eq!(tags(&mail.html), tags(&tame.html), "{} {word:?}", spec.name);
            assert!(!mail.html.contains("<script") && !mail.html.contains("<img"));
            assert!(!mail.html.contains("\"><a"));
        }
    }
}

#[test]
fn ten_megabytes_are_cut() {
    let templates = shipped();
    let mut data = sample("receipt", Fill::Everything, &"<".repeat(10 << 20));
    let line = sample("receipt", Fill::Everything, &"<".repeat(5_000))["lines"][0].clone();
    data.insert("lines".into(), vec![line; 2_000].into());
    for name in ["receipt", "agent-answer"] {
        let mail = templates.render(name, Language::Es, &data).unwrap();
        assert!(mail.text.len() < LIMIT && mail.html.len() < LIMIT);
        assert!(mail.text.contains('…'));
    }
}

#[test]
fn texts_keep_their_lines() {
    let mut data = sample("agent-answer", Fill::Little, "x");
    data.insert("text".into(), "one\r\n  two & <three>\n\n\tfour".into());
    let mail = shipped().render("agent-answer", Language::En, &data).unwrap();
    assert!(mail.text.starts_with("one\n  two & <three>\n\n\tfour\n"), "{}", mail.text);
    let html = "one<br>\n&nbsp;&nbsp;two &amp; &lt;three&gt;<br>\n<br>\n&nbsp;&nbsp;&nbsp;&nbsp;four";
    assert!(mail.html.contains(html), "{}", mail.html);
}

#[test]
fn a_desk_has_its_own_words() {
    let own = [
        file("closed", Form::Text, "Bye {{title}}.\n"),
        file("house", Form::Subject, "{{rule}}"),
        file("house", Form::Text, "{{#if title}}{{title}}{{else}}none{{/if}}"),
        file("house", Form::Html, "<b>{{title}}</b>"),
    ];
    let templates = Templates::new(&own).unwrap();
    assert!(templates.has("house") && templates.has("survey") && !templates.has("layout"));
    let data = sample("closed", Fill::Little, "A & B");
    assert!(templates.render("closed", Language::En, &data).unwrap().text.starts_with("Bye A & B.\n"));
    let spanish = templates.render("closed", Language::Es, &data).unwrap();
    assert!(spanish.text.contains("ha sido cerrado"), "{}", spanish.text);
    // Written in English alone, so English for everyone.
    let house = templates.render("house", Language::Es, &Map::new()).unwrap();
    assert_eq!((house.text.as_str(), house.subject.as_str()), ("none\n", ""));
    assert_eq!(
        templates.render("nowhere", Language::Es, &data),
        Err(RenderError::Unknown("nowhere".to_owned()))
    );
}

#[test]
fn mistakes_have_a_place() {
    let of = |text: &str| mistakes(&[file("closed", Form::Text, text)]).join("\n");
    let cases = [
        ("a\n {{{title}}}", "templates/en/closed.text.hbs:2:", "switch escaping off"),
        ("{{&title}}", "templates/en/closed.text.hbs:1:", "switch escaping off"),
        ("{{titel}}", "closed.text.hbs:1:", "no variable \"titel\" in \"closed\"; did you mean \"title\"?"),
        ("\n\n{{#if titel}}x{{/if}}", "closed.text.hbs:3:", "did you mean \"title\"?"),
        ("{{#each attachments}}{{../titel}}{{/each}}", "closed.text.hbs:1:", "did you mean \"title\"?"),
        ("{{#each attachments}}{{@root.titel}}{{/each}}", "closed.text.hbs:1:", "did you mean \"title\"?"),
        ("{{#if title}}", "closed.text.hbs:", ""),
        ("{{#iff title}}x{{/iff}}", "closed.text.hbs:1:", "\"iff\" cannot be used here"),
        (
            "{{#unles title}}x{{/unles}}",
            "closed.text.hbs:1:",
            "cannot be used here; did you mean \"unless\"?",
        ),
        ("{{log title}}", "closed.text.hbs:1:", "\"log\" cannot be used here"),
        ("{{> closed}}", "closed.text.hbs:1:", "no piece \"closed\", only part-ticket, part-files"),
        ("{{> layout}}", "closed.text.hbs:1:", "no piece \"layout\""),
        ("{{#> part-ticket}}x{{/part-ticket}}", "closed.text.hbs:1:", "are known here"),
        ("{{#*inline \"a\"}}{{> a}}{{/inline}}", "closed.text.hbs:1:", "are known here"),
        ("{{body}}", "closed.text.hbs:1:", "no variable \"body\""),
        // Rendered with little: there need not be a customer.
        ("{{customer.name}}", "closed.text.hbs:", "Failed to access variable in strict mode"),
        ("{{#each attachments}}{{this.that}}{{/each}}", "closed.text.hbs:", "strict mode"),
    ];
    for (text, place, why) in cases {
        let said = of(text);
        assert!(said.contains(place) && said.contains(why), "{text}: {said}");
    }
    let deep = format!("{}{}", "{{#if title}}".repeat(9), "{{/if}}".repeat(9));
    assert!(of(&deep).contains("8 deep"), "{}", of(&deep));
    assert!(of(&"{{#if title}}".repeat(20_000 / 13)).contains("too deep"));
    assert!(of(&format!("{{{{#if {}title}}}}x{{{{/if}}}}", "(".repeat(5_000))).contains("too deep"));
    let loops = format!("{}{}", "{{#each attachments}}".repeat(3), "{{/each}}".repeat(3));
    assert!(of(&loops).contains("2 deep"));
    assert!(of(&"x".repeat(70_000)).contains("at most"));
}

#[test]
fn a_half_template_is_a_mistake() {
    let said = mistakes(&[file("house", Form::Text, "x")]).join("\n");
    assert!(said.contains("needs house.subject.hbs, house.text.hbs and house.html.hbs"), "{said}");
    let recursive = mistakes(&[file("part-ticket", Form::Text, "{{> part-files}}")]).join("\n");
    assert!(recursive.contains("a piece cannot call another one"), "{recursive}");
}

#[test]
fn a_failing_template_gives_way_to_the_shipped_one() {
    // Passes the trial renderings, where every list has two entries, and fails on an empty one.
    let own =
        file("receipt", Form::Text, "{{#if (eq (lookup lines 0) null)}}{{lookup lines 7}}{{/if}}{{desk}}");
    let templates = Templates::new(&[own]).unwrap();
    let mut data = sample("receipt", Fill::Everything, "x");
    assert!(!templates.render("receipt", Language::En, &data).unwrap().text.contains("take this back"));
    data.insert("lines".into(), Value::from(Vec::<Value>::new()));
    let mail = templates.render("receipt", Language::En, &data).unwrap();
    assert!(mail.text.contains("take this back"), "{}", mail.text);
    assert!(mail.warning.unwrap().contains("receipt.text.hbs"));
}

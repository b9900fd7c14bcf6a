//! Tables read key by key, and what is said of a wrong one.

use super::*;
use crate::config::diagnostic::render_all;

fn mistakes(text: &str, read: impl Fn(&Document<'_>)) -> String {
    let source = Source::new("desk.toml", text);
    match Document::parse(&source) {
        Err(mistakes) => render_all(&mistakes, false),
        Ok(document) => {
            read(&document);
            render_all(&document.into_mistakes(), false)
        }
    }
}

fn read_queues(document: &Document<'_>) {
    let root = document.root();
    let mut names = Vec::new();
    for queue in root.tables("queue") {
        names.extend(queue.require("name"));
        queue.integer("size", 1..=5);
        queue.strings("members");
        if let Some(state) = queue.get("state") {
            state.one_of("state", ["open", "closed successful"]);
        }
        queue.finish();
    }
    refuse_duplicates("queue", names);
    root.finish();
}

#[test]
fn shows_file_line_caret_and_what_was_meant() {
    let shown = mistakes("# queues\n[[queue]]\nname = \"Redes\"\nmemebers = [\"mgomez\"]\n", read_queues);
    assert_eq!(
        shown,
        "\
error: unknown key `memebers` in `queue`
 --> desk.toml:4:1
  |
4 | memebers = [\"mgomez\"]
  | ^^^^^^^^ not known here
  |
  = help: did you mean \"members\"?
"
    );
}

#[test]
fn shows_all_mistakes_in_the_order_of_the_lines() {
    let shown = mistakes(
        "colour = 1\n[[queue]]\nsize = 9\nstate = \"closed sucessful\"\n[[queue]]\nname = 3\nmembers = [\"a\", 2]\n",
        read_queues,
    );
    let places: Vec<&str> = shown.lines().filter(|line| line.contains("-->")).map(str::trim).collect();
    assert_eq!(
        places,
        [
            "--> desk.toml:1:1",
            "--> desk.toml:2:1",
            "--> desk.toml:3:8",
            "--> desk.toml:4:9",
            "--> desk.toml:7:17",
        ]
    );
    assert!(shown.contains("help: did you mean \"closed successful\"?"), "{shown}");
    assert!(shown.contains("`queue.size` must be a number from 1 to 5"), "{shown}");
}

#[test]
fn shows_both_places_of_a_name_given_twice() {
    let shown = mistakes("[[queue]]\nname = \"Redes\"\n\n[[queue]]\nname = \"redes\"\n", read_queues);
    assert!(shown.contains("there are two queues \"redes\""), "{shown}");
    assert!(shown.contains("5 | name = \"redes\""), "{shown}");
    assert!(shown.contains("2 | name = \"Redes\""), "{shown}");
}

#[test]
fn syntax_errors_have_places_too() {
    let shown = mistakes("name = Redes\n", |_| {});
    assert!(shown.contains("--> desk.toml:1:8"), "{shown}");
    let shown = mistakes("name = \"a\"\nname = \"b\"\n", |_| {});
    assert!(shown.contains("key `name` stands twice"), "{shown}");
    assert!(shown.contains("--> desk.toml:2:1"), "{shown}");
}

#[test]
fn finds_places_within_strings() {
    for (text, expected) in [
        ("a = 'ñ/x/'\n", "x"),
        ("a = \"ñ/x/\"\n", "x"),
        ("a = '''ñ/x/'''\n", "x"),
        ("a = \"\"\"\nñ/x/\"\"\"\n", "x"),
        ("a = \"\\u00f1/x/\"\n", "\"\\u00f1/x/\""),
    ] {
        let source = Source::new("f", text);
        let document = Document::parse(&source).unwrap();
        let span = document.root().get("a").unwrap().span_within(3..4);
        assert_eq!(source.text.get(span), Some(expected), "{text}");
    }
}

#[test]
fn a_line_for_the_log_shows_no_content() {
    let source = Source::new("taquilla.toml", "pasword = \"hunter2\"\n");
    let document = Document::parse(&source).unwrap();
    let root = document.root();
    root.get("password");
    root.finish();
    let lines: Vec<String> = document.into_mistakes().iter().map(Diagnostic::one_line).collect();
    assert_eq!(lines, ["taquilla.toml:1:1: unknown key `pasword`; did you mean \"password\"?"]);
}

#[test]
fn places_at_the_end_and_between_octets_are_shown_without_panic() {
    let source = Source::new("f", "añ\r\nb");
    for start in 0..9 {
        for end in 0..9 {
            let shown = Diagnostic::error(&source, start..end, "t", "l").render(false);
            assert!(shown.contains("--> f:"), "{shown}");
        }
    }
}

#[test]
fn consequences_of_a_syntax_error_are_not_shown() {
    let shown = mistakes("a.b = 1\na.b = 2\nx = 1 y = 2 z = 3\n", |_| {});
    let places: Vec<&str> = shown.lines().filter(|line| line.contains("-->")).map(str::trim).collect();
    assert_eq!(places, ["--> desk.toml:2:3", "--> desk.toml:3:5"], "{shown}");
}

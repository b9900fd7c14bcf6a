//! What people write into mails of ours stays what they wrote: no header field, no part, no element, no attribute, no
//! piece of a template comes of it, and no file name does harm where it is saved.

use mail_parser::PartType;
use regex::Regex;

use super::*;

/// Pieces out of which hostile words are put together.
const PIECES: &[&str] = &[
    "<script>alert(1)</script>",
    "</td></table>",
    "<img src=x onerror=alert(1)>",
    "\"",
    "'",
    "`",
    ">",
    "<",
    "<!--",
    "-->",
    "]]>",
    "&lt;b&gt;",
    "&#60;b&#62;",
    "\" onmouseover=\"x",
    "javascript:alert(1)",
    "data:text/html,<b>",
    "{{text}}",
    "{{{text}}}",
    "{{#each lines}}",
    "{{/each}}",
    "{{> signature}}",
    "{{!--",
    "\\{{text}}",
    "}}",
    "{{else}}",
    "\r\nBcc: eva@evil.example",
    "\nBcc: eva@evil.example",
    "\rBcc: eva@evil.example",
    "\r\n\r\n",
    "\r\n.\r\n",
    "\0",
    "\u{85}Bcc: x",
    "\u{2028}Bcc: x",
    "\u{2029}",
    "\u{b}",
    "\u{c}",
    "\u{202e}",
    "\u{feff}",
    "\u{e0001}",
    "=?utf-8?q?=0D=0ABcc:_eva@evil.example?=",
    "=?utf-8?b?DQpCY2M6IHg=?=",
    "=?",
    "?=",
    "=0D=0A",
    "--=_",
    "Content-Type: text/html",
    "mailto:x?bcc=eva@evil.example",
    "%0D%0ABcc:",
    "##- ",
    " -##",
    "[ref:",
    "-- ",
    "ñ",
    "日本",
    "a",
    " ",
    "word ",
];

fn hostile() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PIECES), 0..12).prop_map(|pieces| pieces.concat())
}

/// The same value with other words wherever words stand.
fn with_words(value: &Value, words: &str) -> Value {
    match value {
        Value::String(_) => Value::from(words),
        Value::Array(entries) => entries.iter().map(|entry| with_words(entry, words)).collect(),
        Value::Object(fields) => Value::Object(
            fields.iter().map(|(name, value)| (name.clone(), with_words(value, words))).collect(),
        ),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

fn saying(template: &str, words: &str) -> Notice {
    let mut notice = notice(template, Language::En);
    notice.data = notice.data.iter().map(|(name, value)| (name.clone(), with_words(value, words))).collect();
    notice
}

/// Every element of a page with the names of its attributes; those that a line end makes are left out.
fn elements(html: &str) -> Vec<String> {
    let tag = Regex::new(r#"<(/?[a-zA-Z!][a-zA-Z0-9]*)((?:[^>"]|"[^"]*")*)>"#).unwrap();
    let attribute = Regex::new(r#"([a-zA-Z-]+)="[^"]*""#).unwrap();
    let shown = |found: regex::Captures<'_>| {
        let names: Vec<&str> =
            attribute.captures_iter(&found[2]).map(|name| name.extract::<1>().1[0]).collect();
        format!("{} {}", found[1].to_lowercase(), names.join(" "))
    };
    tag.captures_iter(html).map(shown).filter(|element| element.trim() != "br").collect()
}

fn html(mail: &Composed) -> String {
    MessageParser::default().parse(&mail.content).unwrap().body_html(0).unwrap().into_owned()
}

/// Header fields of the parts, and how many parts there are.
fn parts(mail: &Composed) -> Vec<Vec<String>> {
    let parsed = MessageParser::default().parse(&mail.content).unwrap();
    let names = |part: &mail_parser::MessagePart<'_>| {
        part.headers.iter().map(|header| header.name.as_str().to_owned()).collect()
    };
    assert!(!parsed.parts.iter().any(|part| matches!(part.body, PartType::Message(_))));
    parsed.parts.iter().map(names).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn words_are_words_in_every_template(words in hostile(), which in 0..TEMPLATES.len()) {
        let template = TEMPLATES[which].name;
        let (plain, mail) = (made(&saying(template, "words")), made(&saying(template, &words)));
        prop_assert_eq!(header_names(&mail.content), header_names(&plain.content));
        prop_assert_eq!(parts(&mail), parts(&plain));
        let (page, before) = (html(&mail), elements(&html(&plain)));
        let after = elements(&page);
        // Words that are blank leave a row of the page out; they never add one.
        let mut left = before.iter();
        for element in &after {
            prop_assert!(left.any(|known| known == element), "{element} in {page}");
        }
        if !words.trim().is_empty() && !words.contains(['\r', '\n']) && words.contains('a') {
            prop_assert!(after.len() + 8 >= before.len(), "{page}");
        }
    }

    #[test]
    fn content_is_no_template(words in hostile(), which in 0..TEMPLATES.len()) {
        let mut notice = saying(TEMPLATES[which].name, "plain");
        notice.data.insert("text".into(), "CANARY".into());
        let count = |mail: &Composed| String::from_utf8_lossy(&mail.content).matches("CANARY").count();
        let before = count(&made(&notice));
        for (name, value) in notice.data.iter_mut().filter(|(name, _)| *name != "text") {
            let _ = name;
            *value = with_words(value, &format!("{words}{{{{text}}}}{{{{{{text}}}}}}"));
        }
        prop_assert!(count(&made(&notice)) <= before, "a word of a mail was read as a template");
    }

    #[test]
    fn names_of_people_stay_names(name in hostile(), template in 0..TEMPLATES.len()) {
        let mut notice = notice(TEMPLATES[template].name, Language::Es);
        let before = header_names(&made(&notice).content);
        notice.to.name = Some(name.clone());
        notice.cc = vec![Address::named(&name, "otra@x.example")];
        let mail = made(&notice);
        let after: Vec<String> = header_names(&mail.content).into_iter().filter(|field| field != "Cc").collect();
        prop_assert_eq!(after, before);
        let parsed = MessageParser::default().parse(&mail.content).unwrap();
        let to: Vec<_> = parsed.to().into_iter().flat_map(|to| to.iter()).collect();
        prop_assert_eq!(to.len(), 1);
        prop_assert_eq!(to[0].address(), Some(notice.to.address.as_str()));
        // A reader's program decodes the name once: no line end and no address may come of it.
        let shown = to[0].name().unwrap_or_default();
        prop_assert!(!shown.contains(|c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202e}')), "{shown:?}");
    }

    #[test]
    fn file_names_harm_nobody(
        path in "(\\.\\./|/|C:\\\\){0,4}",
        words in hostile(),
        ending in "(\\.(exe|pdf|txt|lnk))?|\\.{1,3}| {1,3}",
        reserved in "(CON|nul|Aux|com1|LPT9|x){1}",
        long in 0..3usize,
    ) {
        for name in [
            format!("{path}{words}{ending}"),
            format!("{path}{reserved}{ending}"),
            format!("{words}{}{ending}", "n".repeat(long * 10_000)),
        ] {
            let mut notice = notice("agent-answer", Language::Es);
            notice.attachments = vec![file(&name, "application/pdf", b"x")];
            let mail = made(&notice);
            let parsed = MessageParser::default().parse(&mail.content).unwrap();
            prop_assert_eq!(parsed.attachment_count(), 1);
            let shown = parsed.attachment(0).unwrap().attachment_name().unwrap_or_default().to_owned();
            prop_assert!(!shown.is_empty() && shown.chars().count() <= 150, "{shown:?}");
            prop_assert!(!shown.contains(['/', '\\', '"', ':', '*', '?', '<', '>', '|']), "{shown:?}");
            prop_assert!(!shown.contains(|c: char| c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')), "{shown:?}");
            prop_assert!(!shown.starts_with('.') && !shown.ends_with(['.', ' ']), "{shown:?}");
            let stem = shown.split('.').next().unwrap_or_default().to_uppercase();
            prop_assert!(!["CON", "NUL", "AUX", "PRN", "COM1", "LPT9"].contains(&stem.trim()), "{shown:?}");
        }
    }
}

#[test]
fn a_link_leads_where_the_template_says() {
    let mut notice = notice("customer-follow-up", Language::En);
    notice.data.insert("title".into(), "x&body=%23close\r\n\"><a href=\"https://evil.example\">".into());
    let page = html(&made(&notice)).replace("&#x3D;", "=").replace("&amp;", "&");
    let link = Regex::new(r#"href="([^"]*)""#).unwrap();
    let links: Vec<&str> = link.captures_iter(&page).map(|found| found.extract::<1>().1[0]).collect();
    assert_eq!(links.len(), 3, "{links:?}");
    for link in links {
        assert!(link.starts_with("mailto:soporte@minem.example?subject="), "{link}");
        assert_eq!(link.matches("body=").count(), 1, "{link}");
    }
}

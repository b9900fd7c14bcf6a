//! Mails of all shapes, and of none.

use super::*;

/// Reads a mail written with LF; CRLF must give the same.
fn mail(source: &str) -> Mail {
    let lf = parse(source.as_bytes().into(), &ParseLimits::default());
    let crlf = parse(source.replace('\n', "\r\n").as_bytes().into(), &ParseLimits::default());
    assert_eq!(lf.body, crlf.body, "{source}");
    assert_eq!(lf.headers, crlf.headers, "{source}");
    assert_eq!(lf.defects, crlf.defects, "{source}");
    lf
}

/// A header that has no defect, and the rest of a mail.
fn with_head(rest: &str) -> Mail {
    mail(&format!(
        "From: Ana <ana@example.org>\nDate: Mon, 6 May 2024 18:03:11 +0200\nMIME-Version: 1.0\n{rest}"
    ))
}

/// Names and types of the attachments.
fn attached(mail: &Mail) -> Vec<(&str, &str)> {
    mail.attachments.iter().map(|part| (part.name.as_str(), part.content_type.as_str())).collect()
}

#[test]
fn the_envelope() {
    let mail = mail(
        "Return-Path: <>\nReceived: from a\n by b; Mon, 6 May 2024 18:03:11 +0200\nFrom: \"Paz, Ana\" <Ana@Example.org>\n\
         To: help@example.org, =?utf-8?Q?Jos=C3=A9?= <jose@example.org>\nCc: Team: x@example.org;\n\
         Reply-To: other@example.org\nSubject: =?iso-8859-1?Q?Impresora_ca=EDda?=\n =?iso-8859-1?Q?_hoy?=\n\
         Message-ID: <one@example.org>\nIn-Reply-To: <zero@example.org>\n\
         References: <a@example.org>\n <b@example.org><zero@example.org>\nDate: Mon, 6 May 2024 18:03:11 +0200 (CEST)\n\nHola\n",
    );
    assert_eq!(mail.from, Some(Address::named("Paz, Ana", "Ana@Example.org")));
    assert_eq!(mail.to, [Address::bare("help@example.org"), Address::named("José", "jose@example.org")]);
    assert_eq!(mail.cc, [Address::bare("x@example.org")]);
    assert_eq!(mail.reply_to, [Address::bare("other@example.org")]);
    assert_eq!(mail.return_path.as_deref(), Some(""));
    assert_eq!(mail.subject, "Impresora caída hoy");
    assert_eq!(mail.message_id, MessageId::new("one@example.org"));
    assert_eq!(mail.in_reply_to, [MessageId::new("zero@example.org").unwrap()]);
    assert_eq!(mail.references.len(), 3);
    assert_eq!(mail.date.unwrap().to_string(), "2024-05-06T16:03:11Z");
    assert_eq!(mail.first_header("received"), Some("from a by b; Mon, 6 May 2024 18:03:11 +0200"));
    assert_eq!(&*mail.body.text, "Hola");
    assert_eq!(mail.defects, []);
}

#[test]
fn dates_as_mailers_write_them() {
    for (value, wanted) in [
        ("Mon, 6 May 2024 18:03:11 +0200", Some("2024-05-06T16:03:11Z")),
        ("6 May 2024 18:03 -0500", Some("2024-05-06T23:03:00Z")),
        ("Mon, 06 May 2024 18:03:11 GMT", Some("2024-05-06T18:03:11Z")),
        ("Mon, 6 May 2024 18:03:60 +0000", Some("2024-05-06T18:03:59Z")),
        ("Mon, 31 Feb 2024 18:03:11 +0000", None),
        ("yesterday", None),
        ("", None),
    ] {
        assert_eq!(date(value).map(|at| at.to_string()).as_deref(), wanted, "{value}");
    }
}

#[test]
fn the_text_part_of_an_alternative() {
    let both = with_head(
        "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain; charset=utf-8\n\nHola texto\n\
         --b\nContent-Type: text/html; charset=utf-8\n\n<p>Hola <b>html</b></p>\n--b--\n",
    );
    assert_eq!((both.body.source, &*both.body.text), (BodySource::Plain, "Hola texto"));
    assert_eq!(both.body.html_new_text.as_deref(), Some("Hola html"));
    let safe = safe_html(&both.raw, &ParseLimits::default()).map(|(html, _)| html);
    assert_eq!(safe.as_deref(), Some("<p>Hola <b>html</b></p>"));
    assert_eq!(both.defects, []);
    for stub in ["\n  \n", "This mail is in HTML format. Your program does not support it.\n"] {
        let html = with_head(&format!(
            "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\n{stub}--b\n\
             Content-Type: text/html\n\n<p>{}</p>\n--b--\n",
            "The real text of the mail stands here. ".repeat(5)
        ));
        assert_eq!(html.body.source, BodySource::Html, "{stub:?}");
        assert!(html.body.text.starts_with("The real text"), "{stub:?}");
    }
}

#[test]
fn markup_tells_where_the_text_ends() {
    let mail = with_head(
        "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\nNic nowego\n\n\
         Tiel diris Help je lundo\n\nMalnova teksto\n--b\nContent-Type: text/html\n\n<div>Nic nowego</div>\
         <div class=gmail_quote><div class=gmail_attr>Tiel diris Help je lundo</div><blockquote>Malnova teksto\
         </blockquote></div>\n--b--\n",
    );
    assert_eq!(mail.body.new_text, "Nic nowego");
    assert_eq!(mail.body.quoted_text, "Tiel diris Help je lundo\n\nMalnova teksto");
    assert_eq!(mail.body.source, BodySource::Plain);
}

#[test]
fn text_goes_on_behind_a_picture() {
    let mail = with_head(
        "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nLook at this:\n\n--b\n\
         Content-Type: image/png; name=a.png\nContent-Disposition: inline; filename=a.png\n\
         Content-Transfer-Encoding: base64\n\niVBORw0KGgo=\n--b\nContent-Type: text/plain\n\nWhat is it?\n\n\
         On 6 May 2024, Help <h@example.org> wrote:\n> Send a picture\n--b--\n",
    );
    assert_eq!(mail.body.new_text, "Look at this:\nWhat is it?");
    assert_eq!(attached(&mail), [("a.png", "image/png")]);
    assert!(mail.attachments[0].inline);
    assert_eq!(&mail.attachments[0].content[..4], b"\x89PNG");
}

#[test]
fn pictures_of_the_html_part() {
    let mail = with_head(
        "Content-Type: multipart/related; boundary=r\n\n--r\nContent-Type: multipart/alternative; boundary=a\n\n--a\n\
         Content-Type: text/plain\n\nHi\n--a\nContent-Type: text/html\n\n<p>Hi <img src=\"cid:p1@x\"></p>\n--a--\n--r\n\
         Content-Type: image/gif\nContent-ID: <p1@x>\nContent-Transfer-Encoding: base64\n\nR0lGODlh\n--r--\n",
    );
    assert_eq!(&*mail.body.text, "Hi");
    assert_eq!(attached(&mail), [("attachment-1.gif", "image/gif")]);
    assert_eq!(mail.attachments[0].content_id.as_deref(), Some("p1@x"));
    assert!(mail.attachments[0].inline);
    let (safe, files) = safe_html(&mail.raw, &ParseLimits::default()).unwrap();
    assert_eq!(files, mail.attachments);
    assert!(safe.contains("cid:p1@x"), "{safe}");
}

#[test]
fn attachments_and_their_names() {
    let mail = with_head(
        "Content-Type: multipart/mixed; boundary=\"b b\"\n\n--b b\n\nText\n--b b\nContent-Type: application/pdf\n\
         Content-Disposition: attachment;\n filename*0*=utf-8''informe%20a%C3;\n filename*1*=%B1o.pdf\n\
         Content-Transfer-Encoding: base64\n\nJVBERg==\n--b b\n\
         Content-Type: text/plain; name=\"=?utf-8?B?bG9nLnR4dA==?=\"\n\nlog line\n--b b\n\
         Content-Type: text/calendar\n\nBEGIN:VCALENDAR\n--b b\nContent-Type: message/rfc822\n\n\
         Subject: inner\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\nInner text\n--c--\n--b b--\nepilogue\n",
    );
    assert_eq!(&*mail.body.text, "Text");
    assert_eq!(
        attached(&mail),
        [
            ("informe año.pdf", "application/pdf"),
            ("log.txt", "text/plain"),
            ("attachment-3.ics", "text/calendar"),
            ("attachment-4.eml", "message/rfc822"),
        ]
    );
    let inner = headers(&mail.attachments[3].content, &ParseLimits::default());
    assert_eq!(inner[0], Header { name: "Subject".into(), value: "inner".into() });
    assert!(
        mail.attachments[3].content.ends_with(b"--c--")
            || mail.attachments[3].content.ends_with(b"--c--\r\n")
    );
}

#[test]
fn reports_keep_their_parts() {
    let mail = with_head(
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nNot delivered\n--b\n\
         Content-Type: message/delivery-status\n\nReporting-MTA: dns; a\n\nAction: failed\n--b\n\
         Content-Type: text/rfc822-headers\n\nMessage-ID: <x@y>\n--b--\n",
    );
    assert_eq!(&*mail.body.text, "Not delivered");
    let kinds: Vec<&str> = mail.attachments.iter().map(|part| part.content_type.as_str()).collect();
    assert_eq!(kinds, ["message/delivery-status", "text/rfc822-headers"]);
    assert!(mail.attachments[0].content.ends_with(b"Action: failed"));
}

#[test]
fn charsets_and_encodings() {
    for (head, body, wanted, defect) in [
        (
            "text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable",
            "ma=F1ana =\nhoy",
            "mañana hoy",
            None,
        ),
        ("text/plain; charset=utf-8\nContent-Transfer-Encoding: base64", "bWHDsWFuYQ==", "mañana", None),
        (
            "text/plain; charset=\"x-unheard-of\"",
            "mañana",
            "mañana",
            Some(Defect::UnknownCharset("x-unheard-of".into())),
        ),
        ("text/plain; format=flowed", "one \ntwo\n> quoted \n> more", "one two\n> quoted more", None),
        ("text/plain; format=flowed; delsp=yes", "一 \n二", "一二", None),
        ("text/html", "<meta charset=utf-8><p>ma&ntilde;ana &amp; hoy", "mañana & hoy", None),
        ("text/plain", "a\u{0}b\u{1b}c", "abc", Some(Defect::ControlCharacters)),
        ("nonsense", "text", "text", None),
    ] {
        let mail = with_head(&format!("Content-Type: {head}\n\n{body}\n"));
        assert_eq!(&*mail.body.text, wanted, "{head}");
        assert_eq!(mail.defects, defect.into_iter().collect::<Vec<_>>(), "{head}");
    }
}

#[test]
fn raw_octets_in_headers() {
    let raw =
        b"From: Jos\xe9 <jose@example.org>\nSubject: ma\xf1ana\nDate: Mon, 6 May 2024 18:03:11 +0200\n\nx";
    let mail = parse(raw.as_slice().into(), &ParseLimits::default());
    assert_eq!((mail.from.unwrap().name.as_deref(), mail.subject.as_str()), (Some("José"), "mañana"));
    assert_eq!(mail.defects, [Defect::RawHeader]);
    let utf8 = mail_with_subject("mañana 日本");
    assert_eq!((utf8.subject.as_str(), utf8.defects.as_slice()), ("mañana 日本", [].as_slice()));
    assert_eq!(mail_with_subject("a\u{7}b =?utf-8?Q?c=07=0Dd?=").subject, "ab cd");
}

/// A mail without defects but for its subject.
fn mail_with_subject(subject: &str) -> Mail {
    mail(&format!("From: a@example.org\nDate: Mon, 6 May 2024 18:03:11 +0200\nSubject: {subject}\n\nx"))
}

#[test]
fn broken_structure_keeps_what_is_there() {
    for (body, text, count, defects) in [
        // Cut off in the middle of a part.
        (
            "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nText\n--b\nContent-Type: image/png\nContent-Transfer-Encoding: base64\n\niVBO",
            "Text",
            1,
            vec![Defect::Unterminated],
        ),
        // The inner multipart is cut off, the outer goes on.
        (
            "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/alternative; boundary=bb\n\n--bb\n\nText\n--b\nContent-Type: image/png\n\nx\n--b--\n",
            "Text",
            1,
            vec![Defect::Unterminated],
        ),
        // A boundary that begins another one.
        (
            "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/alternative; boundary=b-1\n\n--b-1\n\nText\n--b-1--\n--b\nContent-Type: image/png\n\nx\n--b--\n",
            "Text",
            1,
            vec![],
        ),
        // The boundary parameter was lost.
        ("Content-Type: multipart/mixed\n\n--lost1\n\nText\n--lost1--\n", "Text", 0, vec![]),
        // A parameter lost its indentation.
        (
            "Content-Type: multipart/mixed;\n differences=x;\nboundary=\"b\"\n\n--b\n\nText\n--b--\n",
            "Text",
            0,
            vec![],
        ),
        // The parameter names a boundary that stands nowhere.
        (
            "Content-Type: multipart/mixed; boundary=gone\n\n--b\nContent-Type: text/plain\n\nText\n--b--\n",
            "Text",
            0,
            vec![],
        ),
        // A list put its foot below an encoded text.
        ("Content-Transfer-Encoding: base64\n\nVGV4dA==\n-- \nThe users list\n", "Text", 0, vec![]),
        // A file of the days before MIME.
        ("Content-Type: text/plain\n\nText\n\nbegin 644 note.txt\n%:&5L;&\\\n`\nend\n", "Text", 1, vec![]),
        // The semicolon was forgotten.
        ("Content-Type: text/plain charset=utf-8\n\nText\n", "Text", 0, vec![]),
        // No part at all.
        ("Content-Type: multipart/mixed; boundary=b\n\nText\n", "Text", 0, vec![Defect::Unterminated]),
        // No blank line between header and text.
        ("Subject: x\nText without a blank line\n", "Text without a blank line", 0, vec![]),
    ] {
        let mail = with_head(body);
        assert_eq!((&*mail.body.text, mail.attachments.len()), (text, count), "{body}");
        assert_eq!(mail.defects, defects, "{body}");
    }
}

#[test]
fn lines_may_end_in_cr_alone_and_fields_may_have_a_blank_before_the_colon() {
    let old: Arc<[u8]> = b"From: a@example.org\rSubject: x\r\rfirst\rsecond\r".as_slice().into();
    let read = parse(old, &ParseLimits::default());
    assert_eq!((read.subject.as_str(), &*read.body.text), ("x", "first\nsecond"));
    let spaced = mail("From : a@example.org\nSubject : x\n\nText");
    assert_eq!(spaced.from.unwrap().address, "a@example.org");
    assert_eq!(spaced.subject, "x");
}

#[test]
fn faults_of_form_are_noted() {
    let defects = |source: &str| mail(source).defects;
    let date = "Date: Mon, 6 May 2024 18:03:11 +0200\n";
    assert_eq!(defects(""), [Defect::Empty, Defect::NoFrom, Defect::NoDate]);
    assert_eq!(defects("just text\n"), [Defect::NoHeader, Defect::NoFrom, Defect::NoDate]);
    assert_eq!(defects(&format!("From: a@x.org\nFrom: b@x.org\n{date}\nx")), [Defect::SeveralFrom]);
    assert_eq!(defects(&format!("From: a@x.org, b@x.org\n{date}\nx")), [Defect::SeveralFrom]);
    // Allowed, and no less a question which of them gave the orders.
    assert_eq!(
        defects(&format!("From: a@x.org, b@x.org\nSender: a@x.org\n{date}\nx")),
        [Defect::SeveralFrom]
    );
    assert_eq!(defects(&format!("From: Desk: a@x.org;\n{date}\nx")), [Defect::GroupFrom]);
    assert_eq!(
        defects(&format!("From: a@x.org\nSubject: 1\nSubject: 2\n{date}\nx")),
        [Defect::Repeated("Subject".into())]
    );
    assert_eq!(&*mail("just text\n").body.text, "just text");
    assert_eq!(mail(&format!("From ana Mon May  6\nFrom: a@x.org\n{date}\nx")).defects, []);
}

#[test]
fn a_mail_that_cannot_be_read_is_cut_by_hand() {
    let raw: Arc<[u8]> =
        b"From: Ana <ana@example.org>\r\nSubject: x\r\nMessage-ID: <a@b>\r\n\r\nTe\0xt\r\n".as_slice().into();
    let mail = fallback(&raw, &ParseLimits::default());
    assert_eq!(mail.defects, [Defect::Unparseable]);
    assert_eq!(mail.from, Some(Address::named("Ana", "ana@example.org")));
    assert_eq!((mail.subject.as_str(), mail.body.new_text.as_str()), ("x", "Text"));
    assert_eq!(mail.message_id, MessageId::new("a@b"));
    assert_eq!(mail.raw, raw);
}

#[test]
fn limits_are_kept() {
    let limits = ParseLimits { levels: 3, parts: 5, header_octets: 300, addresses: 2, text_octets: 10 };
    let read = |source: String| parse(source.into_bytes().into(), &limits);
    let over = |mail: &Mail, limit| mail.defects.contains(&Defect::OverLimit(limit));
    let mut deep = String::from("From: a@x.org\n");
    for level in 0..10 {
        deep.push_str(&format!("Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n"));
    }
    deep.push_str("\nText\n");
    assert!(over(&read(deep), "levels"));
    let many = format!(
        "From: a@x.org\nContent-Type: multipart/mixed; boundary=b\n\n{}--b--\n",
        "--b\n\nx\n".repeat(20)
    );
    let many = read(many);
    assert!(over(&many, "parts") && many.body.text.starts_with('x'));
    assert!(over(&read(format!("From: a@x.org\nX: {}\n\nText\n", "x".repeat(400))), "header"));
    let listed = read("From: a@x.org\nTo: a@x.org, b@x.org, c@x.org\n\nx".into());
    assert!(over(&listed, "addresses") && listed.to.len() == 2);
    let long = read("From: a@x.org\n\n0123456789abc".into());
    assert!(over(&long, "text") && &*long.body.text == "0123456789");
    for encoding in ["base64", "quoted-printable", "8bit"] {
        let text = |text: &str| {
            let body = if encoding == "base64" {
                data_encoding::BASE64.encode(text.as_bytes())
            } else {
                text.to_owned()
            };
            read(format!("From: a@x.org\nContent-Transfer-Encoding: {encoding}\n\n{body}"))
        };
        let (fits, long) = (text("0123456789"), text("0123456789a"));
        assert!(!over(&fits, "text") && over(&long, "text"), "{encoding}");
        assert_eq!((&*fits.body.text, &*long.body.text), ("0123456789", "0123456789"));
    }
    // All of them at once, and nothing too much: 3 levels, 5 parts, 300 octets of header, 2 addresses, 10 of text.
    let head = "From: a@x.org\nTo: a@x.org, b@x.org\nContent-Type: multipart/mixed; boundary=a\nX: ";
    let head = format!("{head}{}\n", "x".repeat(299 - head.len()));
    let within = format!(
        "{head}\n--a\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n0123\n--b\n\n4567\n--b--\n--a\n\n8\n--a--\n"
    );
    let within = read(within);
    assert_eq!(
        within.defects.iter().filter(|defect| matches!(defect, Defect::OverLimit(_))).count(),
        0,
        "{:?}",
        within.defects
    );
    assert_eq!(within.to.len(), 2);
}

#[test]
fn hostile_mails_cost_what_they_are_long() {
    let mut nested = String::from("From: a@x.org\n");
    for level in 0..10_000 {
        nested.push_str(&format!("Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n"));
    }
    let forwards = "Content-Type: message/rfc822\n\n".repeat(100_000);
    for (name, source) in [
        ("levels", nested),
        ("parts", format!("Content-Type: multipart/mixed; boundary=b\n\n{}", "--b\n\nx\n".repeat(300_000))),
        ("same boundary", "Content-Type: multipart/mixed; boundary=b\n\n--b\n".repeat(50_000)),
        ("forwards", forwards),
        ("fields", "a:\n".repeat(500_000)),
        ("words", format!("Subject: {}\n\n", "=?utf-8?Q?a?= ".repeat(60_000))),
        ("folds", format!("Subject: x{}\n\n", "\n x".repeat(200_000))),
        ("addresses", format!("To: {}\n\n", "a@x.org, ".repeat(100_000))),
        ("parameters", format!("Content-Type: text/plain{}\n\nx", "; a*1=x; b".repeat(80_000))),
        ("tags", format!("Content-Type: text/html\n\n{}", "<div>".repeat(100_000))),
        ("fonts", format!("Content-Type: text/html\n\n{}", "<font a=1><p><b><i>".repeat(30_000))),
        ("tables", format!("Content-Type: text/html\n\n{}", "<table><tr><td>".repeat(40_000))),
        ("quotes", format!("Content-Type: text/html\n\n{}x", "<blockquote>".repeat(100_000))),
        ("attributes", format!("Content-Type: text/html\n\n<p {}>x", "a b c d e ".repeat(100_000))),
        ("entities", format!("Content-Type: text/html\n\n{}", "&a".repeat(500_000))),
        ("comments", format!("Content-Type: text/html\n\n{}", "<!--".repeat(200_000))),
    ] {
        let start = std::time::Instant::now();
        parse(source.into_bytes().into(), &ParseLimits::default());
        assert!(start.elapsed().as_secs() < 30, "{name} took {:?}", start.elapsed());
    }
}

proptest::proptest! {
    #[test]
    fn no_octets_make_it_panic(raw in proptest::collection::vec(proptest::num::u8::ANY, 0..600)) {
        let mail = parse(raw.into(), &ParseLimits::default());
        proptest::prop_assert!(!mail.defects.contains(&Defect::Unparseable));
    }

    #[test]
    fn no_mixture_makes_it_panic(source in "(From: |To: |Subject: |Content-Type: |multipart/mixed|text/html|; boundary=b|; charset=|; format=flowed|utf-16|iso-2022-jp|--b|--b--|\n|\r\n|\n\n|<p>|</p|<blockquote|&#x|=\\?utf-8\\?Q\\?|=\\?|\\?=|a@b.c|\"|\\(|<|>|,|;|\\*0\\*=|%C3|é|日|\u{0}| |\t){0,60}") {
        let mail = parse(source.as_bytes().into(), &ParseLimits::default());
        proptest::prop_assert!(!mail.defects.contains(&Defect::Unparseable));
        proptest::prop_assert_eq!(mail.body.text.trim().is_empty(), mail.body.new_text.is_empty());
    }
}

#[test]
fn a_file_in_a_text_has_no_part_in_the_limit_of_the_text() {
    let line = format!("M{}\r\n", "86)C".repeat(15));
    let raw =
        format!("Subject: uu\r\n\r\nSee file.\r\n\r\nbegin 644 a.bin\r\n{}`\r\nend\r\n", line.repeat(100));
    let limits = ParseLimits { text_octets: 200, ..ParseLimits::default() };
    let mail = super::parse(raw.as_bytes().into(), &limits);
    assert_eq!(mail.body.text.trim(), "See file.");
    assert!(!mail.defects.contains(&Defect::OverLimit("text")), "{:?}", mail.defects);
    let file = mail.attachments.first().unwrap();
    assert_eq!((file.name.as_str(), file.content.len()), ("a.bin", 4_500));
    assert!(file.content.starts_with(b"abcabc"));
}

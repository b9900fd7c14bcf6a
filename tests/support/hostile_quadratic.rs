//! Hostile mails that look for work that grows with the square of something: what is sought again from every place,
//! what is asked of every candidate, what nests in two ways.

use std::fmt::Write as _;

use super::{HTML, MB, Maker, TEXT, mail, multipart, numbered};

pub(super) const BODIES: &[Maker] = &[
    ("1,000,000 quote levels", || mail(TEXT, format!("{} x\r\n", "> ".repeat(1_000_000)))),
    ("150,000 lines, quoted once and deep by turns", || {
        mail(TEXT, format!("> a\r\n{} b\r\n", ">".repeat(50)).repeat(75_000))
    }),
    ("100,000 broken attributions without a quotation", || {
        mail(TEXT, "On Mon, 2 Mar 2026 at 09:00,\r\nAna Quispe <a@b.example>\r\nwrote:\r\n".repeat(100_000))
    }),
    ("1,000,000 lines that look like header fields", || mail(TEXT, "De: a\r\nPara: b\r\n".repeat(500_000))),
    ("100,000 underlined headers of Outlook", || {
        mail(TEXT, "________________________________\r\nDe: a\r\nEnviado: b\r\n".repeat(100_000))
    }),
    ("190,000 codes that are nearly tokens", || {
        mail(TEXT, numbered(190_000, |out, n| write!(out, "[ref:{:A<48}]\r\n", letters(n)).unwrap()))
    }),
    ("500,000 different ticket numbers", || {
        mail(TEXT, numbered(500_000, |out, n| write!(out, "#20260302{:07}\r\n", n * 13).unwrap()))
    }),
    ("10 MB of words without blanks", || mail(TEXT, "打印机不工作请帮忙".repeat(10 * MB / 27))),
    ("a word that never ends, for expressions", || {
        mail(TEXT, format!("{}!", "impresorimpresor".repeat(60_000)))
    }),
    ("1,000,000 lines of one digit of base64", || {
        mail(&format!("{TEXT}Content-Transfer-Encoding: base64\r\n"), "Q\r\n".repeat(1_000_000))
    }),
    ("100,000 commands that set tags", || {
        mail(TEXT, numbered(100_000, |out, n| write!(out, "#tag +t{n}\r\n").unwrap()))
    }),
    ("100,000 commands of an agent", || {
        let text = numbered(100_000, |out, n| write!(out, "#tag +t{n}\r\n").unwrap());
        let text = String::from_utf8(mail(TEXT, text)).unwrap();
        text.replacen("eve@evil.example", "agente@minem.example", 1).into_bytes()
    }),
];

/// Letters as tokens have them, another word for each number.
fn letters(number: usize) -> String {
    number.to_string().bytes().map(|digit| char::from(digit - b'0' + b'B')).collect()
}

pub(super) const HEADERS: &[Maker] = &[
    ("an encoded word in each of 20,000 addresses", || {
        let all =
            numbered(20_000, |out, n| write!(out, "=?utf-8?Q?=C3=A1?= <a{n}@evil.example>,\r\n ").unwrap());
        mail(&format!("{TEXT}To: {all}z@evil.example\r\n"), "Hello.\r\n")
    }),
    ("100,000 groups of addresses in one another", || {
        mail(
            &format!("{TEXT}Reply-To: {}x@evil.example{}\r\n", "g:".repeat(100_000), ";".repeat(100_000)),
            "Hello.\r\n",
        )
    }),
    ("a subject folded 250,000 times", || {
        mail(&format!("{TEXT}Subject: x{}\r\n", "\r\n y".repeat(250_000)), "Hello.\r\n")
    }),
    ("250,000 times Re: in the subject", || {
        mail(&format!("{TEXT}Subject: {}\r\n", "Re: ".repeat(250_000)), "Hello.\r\n")
    }),
    ("40,000 ticket numbers in the subject", || {
        let all = numbered(40_000, |out, n| write!(out, "[Ticket#20260302{:07}] ", n * 13).unwrap());
        mail(&format!("{TEXT}Subject: {all}\r\n"), "Hello.\r\n")
    }),
    ("10,000 references that are nearly tokens", || {
        let all = numbered(10_000, |out, n| write!(out, "<{:A<48}@minem.example>\r\n ", letters(n)).unwrap());
        mail(&format!("{TEXT}References: {all}<z@evil.example>\r\n"), "Hello.\r\n")
    }),
    ("80,000 parameters of a type", || {
        let all = numbered(80_000, |out, n| write!(out, ";\r\n p{n}=v").unwrap());
        mail(&format!("MIME-Version: 1.0\r\nContent-Type: text/plain{all}\r\n"), "Hello.\r\n")
    }),
    ("12,000 results of authentication", || {
        let one = "Authentication-Results: mx.minem.example; dmarc=pass header.from=evil.example\r\n";
        mail(&format!("{}{TEXT}", one.repeat(12_000)), "Hello.\r\n")
    }),
    ("a Received field of 1 MB of comments", || {
        mail(&format!("Received: from a {}by b; x\r\n{TEXT}", "(((c)))".repeat(140_000)), "Hello.\r\n")
    }),
    ("5,000 signatures of DKIM", || {
        let one = "DKIM-Signature: v=1; a=rsa-sha256; d=evil.example; s=x; h=from:to:subject:date; bh=YQ==; b=YQ==\r\n";
        mail(&format!("{}{TEXT}", one.repeat(5_000)), "Hello.\r\n")
    }),
    ("a file name of 900 KB of ways up", || {
        let part = format!(
            "--b\r\nContent-Disposition: attachment; filename=\"{}\"\r\n\r\nx\r\n",
            "../".repeat(300_000)
        );
        multipart("mixed", &part)
    }),
];

pub(super) const MARKUP: &[Maker] = &[
    ("HTML with 300 tables of 300 levels", || {
        let one = format!("{}x{}", "<table><tr><td>".repeat(300), "</td></tr></table>".repeat(300));
        mail(HTML, one.repeat(300))
    }),
    ("HTML with 50,000 quotations by class", || {
        mail(HTML, "<div class=\"gmail_quote\">x<div class=gmail_attr>On Mon Ana wrote:</div>".repeat(50_000))
    }),
    ("HTML with 100,000 quotations, opened and closed", || {
        mail(HTML, "<blockquote>a</blockquote>b<br>".repeat(100_000))
    }),
    ("HTML with an entity that never ends", || mail(HTML, format!("&{}", "a".repeat(5 * MB)))),
    ("HTML with 500,000 open entities", || mail(HTML, "&#x".repeat(500_000))),
    ("HTML with 200,000 rules of style for one line", || {
        let rules = numbered(200_000, |out, n| write!(out, ".c{n}{{display:none}}").unwrap());
        mail(HTML, format!("<style>{rules}</style><p class=c7>x</p>Hello."))
    }),
    ("HTML with a table of 500 by 2,000", || {
        mail(HTML, format!("<table>{}</table>", format!("<tr>{}</tr>", "<td>x".repeat(500)).repeat(2_000)))
    }),
];

pub(super) const PROGRAMS: &[Maker] = &[
    ("5,000 bounces in one another", || {
        let one = "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
                   --b\r\nContent-Type: message/delivery-status\r\n\r\nAction: failed\r\n\r\n\
                   --b\r\nContent-Type: message/rfc822\r\n\r\n";
        mail(&format!("Return-Path: <>\r\nMIME-Version: 1.0\r\n{one}"), one.repeat(5_000))
    }),
    ("an invitation with 200,000 lines", || {
        let lines = numbered(200_000, |out, n| write!(out, "ATTENDEE:mailto:a{n}@evil.example\r\n").unwrap());
        let part =
            format!("--b\r\nContent-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\n{lines}");
        multipart("mixed", &part)
    }),
    ("2,000 winmail.dat", || {
        let part = "--b\r\nContent-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\n\
                    eJ8+IgEAAgKQBgABAAAAAAAAAhCAAQACAAAAYQBhAAIPgAEABgAAAAEAeAB4AA==\r\n";
        multipart("mixed", &part.repeat(2_000))
    }),
    ("an out-of-office of 300,000 lines", || {
        mail(
            &format!("Subject: Fuera de la oficina\r\n{TEXT}"),
            "Estoy fuera de la oficina.\r\n".repeat(300_000),
        )
    }),
];

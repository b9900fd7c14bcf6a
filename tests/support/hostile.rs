//! Mails that somebody wrote to hurt the program: made here, because as files they would be a hundred megabytes.
//!
//! Each is of a size that the shipped settings admit, unless its size is the point.

use std::fmt::Write as _;

// By its path, for the bench takes this file by path too.
#[path = "hostile_quadratic.rs"]
mod quadratic;

/// A mail and what it is called in tables.
pub struct Hostile {
    pub name: &'static str,
    pub raw: Vec<u8>,
}

/// What a mail is called, and what makes it.
type Maker = (&'static str, fn() -> Vec<u8>);

const MAKERS: [&[Maker]; 9] = [
    MIME,
    HEADERS,
    BODIES,
    MARKUP,
    PROGRAMS,
    quadratic::HEADERS,
    quadratic::BODIES,
    quadratic::MARKUP,
    quadratic::PROGRAMS,
];

const TEXT: &str = "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n";
const HTML: &str = "MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n";
const MB: usize = 1024 * 1024;

/// One mail after another, made when its turn comes: together they would be too much.
pub fn all() -> impl Iterator<Item = Hostile> {
    MAKERS.into_iter().flatten().map(|(name, make)| Hostile { name, raw: make() })
}

/// The smaller ones, for builds without optimization.
pub fn small() -> impl Iterator<Item = Hostile> {
    let short = |(name, _): &&Maker| !["5 MB", "0 MB", "6 MB", "8 MB"].iter().any(|size| name.contains(size));
    let made = MAKERS.into_iter().flatten().filter(short).map(|(name, make)| Hostile { name, raw: make() });
    made.filter(|mail| mail.raw.len() < 3 * MB)
}

fn mail(header: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let head = format!(
        "From: Eve <eve@evil.example>\r\nTo: soporte@minem.example\r\n{}{}{header}\r\n",
        if header.contains("Subject:") { "" } else { "Subject: Please look at this\r\n" },
        if header.contains("Date:") { "" } else { "Date: Mon, 2 Mar 2026 09:00:00 -0500\r\n" },
    );
    [head.as_bytes(), body.as_ref()].concat()
}

fn numbered(count: usize, write: impl Fn(&mut String, usize)) -> String {
    let mut out = String::new();
    (0..count).for_each(|n| write(&mut out, n));
    out
}

fn base64_lines(octets: usize) -> String {
    let line = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAx\r\n";
    line.repeat(octets / line.len())
}

fn multipart(kind: &str, parts: &str) -> Vec<u8> {
    mail(
        &format!("MIME-Version: 1.0\r\nContent-Type: multipart/{kind}; boundary=\"b\"\r\n"),
        format!("{parts}--b--\r\n"),
    )
}

const MIME: &[Maker] = &[
    ("10,000 nested parts", || {
        let inner = numbered(10_000, |out, n| {
            write!(out, "--b{n}\r\nContent-Type: multipart/mixed; boundary=\"b{}\"\r\n\r\n", n + 1).unwrap();
        });
        mail("MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"b0\"\r\n", inner)
    }),
    ("100,000 parts", || {
        multipart("mixed", &numbered(100_000, |out, n| write!(out, "--b\r\n\r\npart {n}\r\n").unwrap()))
    }),
    ("10,000 attachments", || {
        let parts = numbered(10_000, |out, n| {
            write!(out, "--b\r\nContent-Type: image/png; name=\"{n}.png\"\r\nContent-Disposition: attachment\r\n\r\nx{n}\r\n")
                .unwrap();
        });
        multipart("mixed", &parts)
    }),
    ("2,000,000 lines that are nearly boundaries", || multipart("mixed", &"--b-\r\n".repeat(2_000_000))),
    ("no boundary", || {
        mail("MIME-Version: 1.0\r\nContent-Type: multipart/mixed\r\n", "--b\r\n\r\nWhere am I?\r\n")
    }),
    ("a boundary of 900 KB", || {
        let boundary = "b".repeat(900_000);
        mail(
            &format!("MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"{boundary}\"\r\n"),
            format!("--{boundary}\r\n\r\nHello.\r\n--{boundary}--\r\n"),
        )
    }),
    ("5,000 mails in one another", || {
        mail(
            "MIME-Version: 1.0\r\nContent-Type: message/rfc822\r\n",
            "From: a@evil.example\r\nSubject: inner\r\nContent-Type: message/rfc822\r\n\r\n".repeat(5_000),
        )
    }),
    ("an attachment of 60 MB", || {
        let part = format!(
            "--b\r\n\r\nSee the file.\r\n--b\r\nContent-Type: application/zip; name=big.zip\r\n\
             Content-Transfer-Encoding: base64\r\n\r\n{}",
            base64_lines(60 * MB)
        );
        multipart("mixed", &part)
    }),
    ("an attachment of 38 MB", || {
        let part = format!(
            "--b\r\n\r\nSee the file.\r\n--b\r\nContent-Type: application/zip; name=big.zip\r\n\
             Content-Transfer-Encoding: base64\r\n\r\n{}",
            base64_lines(38 * MB)
        );
        multipart("mixed", &part)
    }),
    ("an attachment of 38 MB in 8 bit", || {
        let part = format!(
            "--b\r\n\r\nSee the file.\r\n--b\r\nContent-Type: application/zip; name=big.zip\r\n\
             Content-Transfer-Encoding: 8bit\r\n\r\n{}",
            base64_lines(38 * MB)
        );
        multipart("mixed", &part)
    }),
    ("36 MB of base64 that is text", || {
        mail(&format!("{TEXT}Content-Transfer-Encoding: base64\r\n"), base64_lines(36 * MB))
    }),
];

const HEADERS: &[Maker] = &[
    ("a header line of 1 MB", || mail(&format!("{TEXT}X-Long: {}\r\n", "a".repeat(MB)), "Hello.\r\n")),
    ("a subject of 1 MB", || mail(&format!("{TEXT}Subject: {}\r\n", "word ".repeat(MB / 5)), "Hello.\r\n")),
    ("100,000 header fields", || {
        mail(
            &format!("{TEXT}{}", numbered(100_000, |out, n| write!(out, "X-{n}: y\r\n").unwrap())),
            "Hello.\r\n",
        )
    }),
    ("500,000 addresses", || {
        let addresses = numbered(500_000, |out, n| write!(out, "a{n}@evil.example, ").unwrap());
        mail(&format!("{TEXT}Cc: {addresses}z@evil.example\r\n"), "Hello.\r\n")
    }),
    ("45,000 addresses within 1 MB", || {
        let addresses = numbered(45_000, |out, n| write!(out, "a{n}@evil.example,\r\n ").unwrap());
        mail(&format!("{TEXT}Cc: {addresses}z@evil.example\r\n"), "Hello.\r\n")
    }),
    ("50,000 RFC 2231 continuations", || {
        let parts = numbered(50_000, |out, n| write!(out, ";\r\n filename*{n}*=a").unwrap());
        let part = format!("--b\r\nContent-Disposition: attachment{parts}\r\n\r\nx\r\n");
        multipart("mixed", &part)
    }),
    ("50,000 RFC 2231 continuations, last one first", || {
        let parts = numbered(50_000, |out, n| write!(out, ";\r\n filename*{}=a", 49_999 - n).unwrap());
        let part = format!("--b\r\nContent-Disposition: attachment{parts}\r\n\r\nx\r\n");
        multipart("mixed", &part)
    }),
    ("2 MB of encoded words", || {
        let words = "=?utf-8?B?w7HDscOx?= =?iso-8859-1?Q?=F1=F1?= ".repeat(2 * MB / 43);
        mail(&format!("{TEXT}Subject: {words}\r\n"), "Hello.\r\n")
    }),
    ("1 MB of encoded words that never end", || {
        mail(&format!("{TEXT}Subject: {}\r\n", "=?utf-8?B?".repeat(MB / 10)), "Hello.\r\n")
    }),
    ("1,000,000 references", || {
        let ids = numbered(1_000_000, |out, n| write!(out, "<{n}@evil.example>\r\n ").unwrap());
        mail(&format!("{TEXT}References: {ids}<z@evil.example>\r\n"), "Hello.\r\n")
    }),
    ("900 KB of open comments", || {
        mail(&format!("{TEXT}Reply-To: {}\r\n", "(".repeat(900_000)), "Hello.\r\n")
    }),
    ("400,000 quoted pairs", || {
        mail(&format!("{TEXT}Reply-To: \"{}\" <x@evil.example>\r\n", "\\\"".repeat(400_000)), "Hello.\r\n")
    }),
    ("the year 9999", || mail(&format!("{TEXT}Date: Fri, 31 Dec 9999 23:59:59 -2359\r\n"), "Hello.\r\n")),
    ("the year 99999999999", || {
        mail(&format!("{TEXT}Date: Fri, 31 Dec 99999999999 23:59:60 +9999\r\n"), "Hello.\r\n")
    }),
    ("NULs everywhere", || {
        mail(
            &format!("{TEXT}Subject: a\0b\0\r\nX-\0: \0\r\n"),
            ["Hel\0lo.\r\n".repeat(1000), "\0".repeat(MB)].concat(),
        )
    }),
    ("nothing but NULs", || vec![0; MB]),
    ("no octet at all", Vec::new),
    ("40,000 Received fields", || {
        mail(&format!("{}{TEXT}", "Received: from a by b; x\r\n".repeat(40_000)), "Hello.\r\n")
    }),
];

const BODIES: &[Maker] = &[
    ("10 MB on one line", || mail(TEXT, "a".repeat(10 * MB))),
    ("10 MB of words on one line", || mail(TEXT, "palabra ".repeat(10 * MB / 8))),
    ("10 MB of one-letter lines", || mail(TEXT, "a\r\n".repeat(10 * MB / 3))),
    ("10 MB of empty lines", || mail(TEXT, "\r\n".repeat(10 * MB / 2))),
    ("100,000 quote levels on one line", || mail(TEXT, format!("{} x\r\n", ">".repeat(100_000)))),
    ("2,000 lines, each quoted deeper", || {
        mail(TEXT, numbered(2_000, |out, n| write!(out, "{} x\r\n", "> ".repeat(n)).unwrap()))
    }),
    ("200,000 attributions", || {
        mail(TEXT, "On Mon, 2 Mar 2026 at 09:00, Ana <a@b.example> wrote:\r\n> x\r\ny\r\n".repeat(80_000))
    }),
    ("80,000 forwarded headers", || {
        mail(
            TEXT,
            "-----Original Message-----\r\nFrom: a@b.example\r\nSent: today\r\nTo: x\r\nSubject: y\r\n\r\n"
                .repeat(80_000),
        )
    }),
    ("500,000 signature marks", || mail(TEXT, "-- \r\nAna\r\n".repeat(500_000))),
    ("100,000 commands", || mail(TEXT, "#close\r\n".repeat(100_000))),
    ("10 MB of ticket numbers and codes", || {
        mail(TEXT, "abcdefghijklmnopqrstuvwxyz [Ticket#2026030210000019] ".repeat(10 * MB / 53))
    }),
    ("10 MB flowed", || {
        mail(
            "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8; format=flowed; delsp=yes\r\n",
            "word \r\n".repeat(10 * MB / 7),
        )
    }),
    ("10 MB of combining marks", || mail(TEXT, format!("a{}", "\u{301}".repeat(5 * MB)))),
    ("10 MB of ISO-2022-JP escapes", || {
        mail(
            "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=iso-2022-jp\r\n",
            "\x1b$B\x1b(B".repeat(10 * MB / 6),
        )
    }),
    ("10 MB of UTF-7", || {
        mail("MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-7\r\n", "+AOE-".repeat(10 * MB / 5))
    }),
    ("10 MB of invalid UTF-8", || mail(TEXT, vec![0xff; 10 * MB])),
    ("30 MB of soft line breaks", || {
        mail(&format!("{TEXT}Content-Transfer-Encoding: quoted-printable\r\n"), "=\r\n".repeat(10 * MB))
    }),
    ("38 MB of plain text", || {
        mail(TEXT, "Lorem ipsum dolor sit amet, no se imprime.\r\n".repeat(38 * MB / 44))
    }),
    ("100,000 uuencoded files", || mail(TEXT, "begin 644 a.txt\r\n#86)C\r\n`\r\nend\r\n".repeat(100_000))),
    ("30 MB uuencoded", || {
        let line = format!("M{}\r\n", "86)C".repeat(15));
        mail(TEXT, format!("begin 644 a.bin\r\n{}`\r\nend\r\n", line.repeat(30 * MB / line.len())))
    }),
    ("200,000 uuencoded files that never end", || mail(TEXT, "begin 644 a.txt\r\nM86)C\r\n".repeat(200_000))),
];

const MARKUP: &[Maker] = &[
    ("HTML with 100,000 nested tags", || mail(HTML, format!("{}Hello.", "<div>".repeat(100_000)))),
    ("HTML with 100,000 nested quotations", || {
        mail(HTML, format!("{}Hello.", "<blockquote>".repeat(100_000)))
    }),
    ("HTML with 100,000 nested tables", || {
        mail(HTML, format!("{}Hello.", "<table><tr><td>".repeat(100_000)))
    }),
    ("HTML with 100,000 nested formats", || mail(HTML, format!("{}Hello.", "<b><i><font>".repeat(100_000)))),
    ("HTML with 100,000 crossed formats", || {
        mail(HTML, format!("{}Hello.", "<a><p><b></a></p>".repeat(100_000)))
    }),
    ("HTML with 100,000 nested lists", || mail(HTML, format!("{}Hello.", "<ul><li>".repeat(100_000)))),
    ("HTML with 200,000 attributes", || {
        mail(HTML, format!("<p {}>Hello.</p>", numbered(200_000, |out, n| write!(out, "a{n}=b ").unwrap())))
    }),
    ("HTML with 1,000,000 open brackets", || mail(HTML, "<".repeat(1_000_000))),
    ("HTML with 300,000 open comments", || mail(HTML, "<!--".repeat(300_000))),
    ("HTML with 1,000,000 entities", || mail(HTML, "&amp;&#x1F600;&nosuch".repeat(400_000))),
    ("HTML with 5 MB of style", || {
        mail(HTML, format!("<style>{}</style>Hello.", "p{color:red}".repeat(5 * MB / 12)))
    }),
    ("HTML with 10 MB in one attribute", || {
        mail(HTML, format!("<a href=\"http://x/{}\">Hello.</a>", "y".repeat(9 * MB)))
    }),
    ("HTML with 50,000 attributions behind words", || {
        let one = "hola On Mon, 2 Mar 2026 at 09:00, Ana wrote:<br>&gt; x<br>";
        mail(HTML, one.repeat(50_000))
    }),
    ("HTML with 100,000 links", || {
        mail(HTML, "<a href=\"https://evil.example/x\">here</a> ".repeat(100_000))
    }),
    ("HTML with 10 MB of scripts", || mail(HTML, "<script>alert('</scrip')</script>".repeat(10 * MB / 33))),
    ("HTML that is a million spaces", || mail(HTML, format!("<pre>{}</pre>x", " ".repeat(5 * MB)))),
    ("HTML closed and never opened", || mail(HTML, "</p></br></div>".repeat(300_000))),
];

const PROGRAMS: &[Maker] = &[
    ("a TNEF file that says 4 GB", || {
        let head: &[u8] = &[0x78, 0x9f, 0x3e, 0x22, 1, 0, 1, 6, 0x90, 8, 0, 0xff, 0xff, 0xff, 0xff];
        tnef(&[head, &[0; 1000]].concat())
    }),
    ("a TNEF file with 300,000 attachments", || {
        let mut file = vec![0x78, 0x9f, 0x3e, 0x22, 1, 0];
        for _ in 0..300_000 {
            // attAttachRendData, attAttachTitle, attAttachData: level, id, length, data, checksum.
            file.extend([2, 2, 0x90, 6, 0, 1, 0, 0, 0, 0, 0, 0]);
            file.extend([2, 0x10, 0x80, 1, 0, 2, 0, 0, 0, b'a', 0, 0x61, 0]);
            file.extend([2, 0x0f, 0x80, 6, 0, 1, 0, 0, 0, b'x', 0x78, 0]);
        }
        tnef(&file)
    }),
    ("a bounce about 100,000 recipients", || {
        let recipients = numbered(100_000, |out, n| {
            write!(
                out,
                "Final-Recipient: rfc822; a{n}@evil.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
            )
            .unwrap();
        });
        mail(
            "Return-Path: <>\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n",
            format!(
                "--b\r\n\r\nUndelivered.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\n\
                 {recipients}--b--\r\n"
            ),
        )
    }),
    ("a bounce in 10 MB of free words", || {
        mail(
            &format!("Return-Path: <>\r\nSubject: Undelivered Mail Returned to Sender\r\n{TEXT}"),
            "<a@evil.example>: host mx.evil.example said: 550 5.1.1 user unknown\r\n".repeat(10 * MB / 70),
        )
    }),
    ("an out-of-office of 5 MB", || {
        mail(
            &format!("Auto-Submitted: auto-replied\r\nSubject: Out of office\r\n{TEXT}"),
            "I am away until Monday. ".repeat(5 * MB / 24),
        )
    }),
];

fn tnef(file: &[u8]) -> Vec<u8> {
    let mut encoded = data_encoding::BASE64.encode(file);
    let mut at = 76;
    if encoded.len() < MB {
        while at < encoded.len() {
            encoded.insert_str(at, "\r\n");
            at += 78;
        }
    }
    multipart(
        "mixed",
        &format!(
            "--b\r\n\r\nSee the file.\r\n--b\r\nContent-Type: application/ms-tnef; name=winmail.dat\r\n\
             Content-Transfer-Encoding: base64\r\n\r\n{encoded}\r\n"
        ),
    )
}

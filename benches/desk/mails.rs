//! Mails as a help desk gets them, made by a seed: the same seed makes the same mails.
//!
//! Of ten, four are plain text of two to five KB, four are text and HTML in quoted-printable of about 18 KB as Outlook
//! writes them, two carry a file of 40 to 90 KB in base64. One in ten answers an earlier one. Mean: about 27 KB.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use super::words::Chance;

/// The n-th mail of a seed, LF line ends.
pub(crate) fn mail(seed: u64, n: usize) -> Vec<u8> {
    let mut chance = Chance::new(seed.wrapping_mul(1_000_003).wrapping_add(n as u64));
    let mut mail = String::new();
    let sender = n % 2_500;
    let answers = (n % 10 == 9).then(|| n - 1 - chance.below(n.min(400)));
    write!(
        mail,
        "Return-Path: <user{sender}@clients{}.example>\nReceived: from mail.clients.example (mail.clients.example [192.0.2.{}])\n\
         \tby mx.minem.example (Postfix) with ESMTPS id {n:08X}\n\tfor <soporte@minem.example>; Fri, 27 Nov 2026 10:00:00 -0500 (PET)\n\
         From: =?utf-8?Q?Usuario_N=C3=BA=C3=B1ez_{sender}?= <user{sender}@clients{}.example>\n\
         To: Soporte <soporte@minem.example>\nDate: Fri, 27 Nov 2026 10:00:{:02} -0500\nMessage-ID: {}\n",
        sender % 40,
        n % 250 + 1,
        sender % 40,
        n % 60,
        id(seed, n)
    )
    .unwrap();
    if let Some(parent) = answers {
        write!(mail, "In-Reply-To: {0}\nReferences: {0}\n", id(seed, parent)).unwrap();
    }
    let re = if answers.is_some() { "RE: " } else { "" };
    write!(
        mail,
        "Subject: {re}=?utf-8?Q?Aver=C3=ADa_{n}_de_la_impresora_{}?=\nMIME-Version: 1.0\n",
        chance.below(500)
    )
    .unwrap();
    match n % 5 {
        0 | 1 => plain(&mut mail, &mut chance),
        2 | 3 => html(&mut mail, &mut chance, n),
        _ => attachment(&mut mail, &mut chance, n),
    }
    mail.into_bytes()
}

fn id(seed: u64, n: usize) -> String {
    format!("<{seed:x}.{n}.bench@mail.clients.example>")
}

fn plain(mail: &mut String, chance: &mut Chance) {
    let octets = 2_000 + chance.below(3_000);
    mail.push_str("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n");
    mail.push_str(&chance.words(octets));
    mail.push_str("\n-- \nMinisterio de Ejemplo\nAnexo 4411\n");
}

fn html(mail: &mut String, chance: &mut Chance, n: usize) {
    write!(mail, "Content-Type: multipart/alternative; boundary=\"=_b{n}\"\n\n").unwrap();
    alternative(mail, chance, n, 3_000 + n % 2_000);
}

fn alternative(mail: &mut String, chance: &mut Chance, n: usize, octets: usize) {
    let text = chance.words(octets);
    write!(
        mail,
        "--=_b{n}\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n{}\n\
         --=_b{n}\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n",
        quoted_printable(&text)
    )
    .unwrap();
    let mut page = String::from(
        "<html xmlns:o=\"urn:schemas-microsoft-com:office:office\"><head><style><!-- p.MsoNormal {margin:0cm; font-size:11.0pt; \
         font-family:\"Calibri\",sans-serif;} --></style></head><body lang=\"ES-PE\" link=\"#0563C1\"><div class=\"WordSection1\">\n",
    );
    for line in text.lines() {
        writeln!(
            page,
            "<p class=\"MsoNormal\"><span lang=\"ES\" style=\"font-size:10.0pt;color:black\">{line}<o:p></o:p></span></p>"
        )
        .unwrap();
    }
    page.push_str("</div></body></html>\n");
    writeln!(mail, "{}\n--=_b{n}--", quoted_printable(&page)).unwrap();
}

fn attachment(mail: &mut String, chance: &mut Chance, n: usize) {
    write!(mail, "Content-Type: multipart/mixed; boundary=\"=_m{n}\"\n\n--=_m{n}\n").unwrap();
    write!(mail, "Content-Type: multipart/alternative; boundary=\"=_b{n}\"\n\n").unwrap();
    alternative(mail, chance, n, 800);
    write!(
        mail,
        "--=_m{n}\nContent-Type: application/pdf; name=\"informe-{n}.pdf\"\nContent-Transfer-Encoding: base64\n\
         Content-Disposition: attachment; filename=\"informe-{n}.pdf\"\n\n"
    )
    .unwrap();
    let octets = 30_000 + chance.below(40_000);
    base64(mail, chance, octets);
    writeln!(mail, "--=_m{n}--").unwrap();
}

/// A mail with one attached file of so many octets.
pub(crate) fn large(octets: usize) -> Vec<u8> {
    let mut mail = String::from(
        "From: large@clients1.example\nTo: soporte@minem.example\nSubject: A large file\nMessage-ID: <large.bench@clients.example>\n\
         Date: Fri, 27 Nov 2026 10:00:00 -0500\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"=_l\"\n\n\
         --=_l\nContent-Type: text/plain; charset=utf-8\n\nAdjunto el archivo.\n--=_l\nContent-Type: application/zip; name=\"all.zip\"\n\
         Content-Transfer-Encoding: base64\nContent-Disposition: attachment; filename=\"all.zip\"\n\n",
    );
    base64(&mut mail, &mut Chance::new(7), octets);
    mail.push_str("--=_l--\n");
    mail.into_bytes()
}

fn base64(mail: &mut String, chance: &mut Chance, octets: usize) {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    mail.reserve(octets * 4 / 3 + octets / 50);
    for _ in 0..octets / 57 {
        for _ in 0..76 {
            mail.push(char::from(ALPHABET[chance.below(64)]));
        }
        mail.push('\n');
    }
}

fn quoted_printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 4);
    for line in text.lines() {
        let mut column = 0;
        for byte in line.bytes() {
            let coded = byte == b'=' || !(32..127).contains(&byte);
            if column > 71 {
                out.push_str("=\n");
                column = 0;
            }
            if coded {
                write!(out, "={byte:02X}").unwrap();
                column += 3;
            } else {
                out.push(char::from(byte));
                column += 1;
            }
        }
        out.push('\n');
    }
    out
}

/// Writes mails as files of a Maildir, names as an MTA gives them; the mean size.
pub(crate) fn maildir(folder: &Path, seed: u64, mails: std::ops::Range<usize>) -> usize {
    let mut octets = 0;
    let count = mails.len();
    for n in mails {
        let mail = mail(seed, n);
        let lines = mail.iter().filter(|byte| **byte == b'\n').count();
        let name =
            format!("17642000{:02}.M{n:06}P1.bench,S={},W={}", n / 100 % 100, mail.len(), mail.len() + lines);
        fs::write(folder.join(name), &mail).unwrap();
        octets += mail.len();
    }
    octets / count.max(1)
}

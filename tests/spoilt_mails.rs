//! The golden mails, spoilt: whatever a gateway or an attacker does to a mail of the real world, it is read.

#![expect(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

mod support;

use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use proptest::prelude::*;

use taquilla::ingest::classify::{OwnMarks, classify};
use taquilla::ingest::parse::{ParseLimits, parse};
use taquilla::mail::Mail;

/// All mails below `fixtures/mail`, in one order.
static MAILS: LazyLock<Vec<(PathBuf, Vec<u8>)>> = LazyLock::new(|| {
    let paths = support::files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/mail"), "eml");
    paths.into_iter().map(|path| (path.clone(), std::fs::read(path).unwrap())).collect()
});

fn read(octets: &[u8]) -> Mail {
    parse(Arc::from(octets), &ParseLimits::default())
}

/// What is sewn into a mail at some place.
const PATCHES: [&[u8]; 16] = [
    b"",
    b"\0",
    b"\r",
    b"\n\n",
    b"\xff\xfe",
    b"=?utf-8?Q?",
    b"=?utf-8?B?=?=",
    b"--",
    b"\n--=_alt--\n",
    b"\nContent-Type: multipart/mixed; boundary=x\n\n--x\n",
    b"\nContent-Transfer-Encoding: base64\n",
    b"; filename*0*=utf-8''%",
    b"<blockquote><div class=gmail_quote>",
    b"\n> On 1 May 2026 wrote:\n",
    b"\n##- x -##\n",
    b"\nbegin 644 x\n",
];

#[test]
fn line_ends_do_not_matter() {
    for (path, octets) in MAILS.iter() {
        let lines = |end: &str| {
            let text: Vec<&[u8]> = octets
                .split(|octet| *octet == b'\n')
                .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
                .collect();
            read(&text.join(end.as_bytes()))
        };
        let (unix, network) = (lines("\n"), lines("\r\n"));
        let shown = |mail: &Mail| {
            let names: Vec<String> = mail.attachments.iter().map(|part| part.name.clone()).collect();
            let class = classify(mail, &OwnMarks::default());
            (mail.subject.clone(), mail.body.new_text.clone(), mail.body.quoted_text.clone(), names, class)
        };
        assert_eq!(shown(&unix), shown(&network), "{}", path.display());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Pieces cut out, doubled, overwritten: no panic, the same class twice, and text leaves new text.
    #[test]
    fn spoilt_mails_are_read(
        which in any::<prop::sample::Index>(),
        cuts in proptest::collection::vec(
            (any::<prop::sample::Index>(), 0..80_usize, any::<prop::sample::Index>(), any::<bool>()),
            0..6,
        ),
    ) {
        let mut octets = which.get(&MAILS).1.clone();
        for (at, length, patch, doubled) in cuts {
            let at = at.index(octets.len().max(1)).min(octets.len());
            let end = (at + length).min(octets.len());
            let mut piece = patch.get(&PATCHES).to_vec();
            if doubled {
                piece.extend(octets.get(at..end).unwrap_or_default().repeat(2));
            }
            octets.splice(at..end, piece);
        }
        let mail = read(&octets);
        let visible = |text: &str| text.chars().any(|sign| !sign.is_whitespace());
        prop_assert_eq!(visible(&mail.body.text), visible(&mail.body.new_text));
        let own = OwnMarks::default();
        prop_assert_eq!(classify(&mail, &own), classify(&mail, &own));
    }
}

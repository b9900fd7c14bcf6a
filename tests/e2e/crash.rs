//! The program ended at every step and at any moment, and started again: nothing is lost, and nothing is double but
//! what `audit` lists.

use std::collections::BTreeMap;
use std::os::unix::process::ExitStatusExt as _;
use std::time::Duration;

use taquilla::crash::Point;

use crate::desk::{Desk, Login};
use crate::letter;
use crate::mail_host::DESK;
use crate::peers::dovecot::Dovecot;
use crate::peers::smtp_sink::Sink;

const SIGABRT: i32 = 6;
const ANA: &str = "aquispe@minem.example";

/// Runs the program once, to be aborted at the n-th time that it reaches a point.
fn crash(desk: &Desk, point: Point, nth: u32) {
    let wanted = format!("{}:{nth}", point.name());
    let output = desk.command(&["run", "--once"]).env("TAQUILLA_CRASH", &wanted).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.signal(), Some(SIGABRT), "{wanted}: {said}");
    assert!(said.contains("crashing, as TAQUILLA_CRASH says"), "{said}");
}

/// A mail as the server got it.
struct Copy {
    envelope: String,
    content: String,
}

/// How often the server took each mail over, and what it got, by Message-ID.
fn copies(sink: &Sink) -> BTreeMap<String, Vec<Copy>> {
    let mut copies: BTreeMap<String, Vec<Copy>> = BTreeMap::new();
    for mail in sink.mails() {
        // smtp-sink notes the envelope first. Without a content the transaction ended before it.
        let Some((envelope, content)) = mail.split_once(" (UTC)\n") else { continue };
        let Some(id) = content.lines().find_map(|line| line.strip_prefix("Message-ID: ")) else { continue };
        let id = id.trim().trim_matches(['<', '>']).to_owned();
        copies
            .entry(id)
            .or_default()
            .push(Copy { envelope: envelope.to_owned(), content: content.to_owned() });
    }
    copies
}

/// The Message-IDs of a listing.
fn ids(desk: &Desk, listing: &[&str]) -> Vec<String> {
    let rows = desk.list(listing);
    let id =
        |row: &serde_json::Value| row["message_id"].as_str().unwrap().trim_matches(['<', '>']).to_owned();
    rows.iter().map(id).collect()
}

fn audit(desk: &Desk) -> Vec<String> {
    ids(desk, &["audit", "--json"])
}

#[test]
fn at_each_step_of_a_mail_in() {
    let Some(mut dovecot) = Dovecot::start(Default::default()) else { return };
    let Some(sink) = Sink::start(&[]) else { return };
    let mut done = 0;
    for point in Point::ALL.into_iter().take_while(|point| *point != Point::Due) {
        let desk =
            Desk::new(&[("soporte", crate::running::mailbox(&dovecot, "soporte"))], &Login::plain(sink.port));
        for number in 0..3 {
            let mail = letter::write(ANA, DESK, &format!("{} {number}", point.name()), "Hola.");
            dovecot.deliver("soporte", "INBOX", mail.as_bytes());
        }
        crash(&desk, point, 1);
        desk.run_once();
        done += 3;
        let journal = desk.list(&["journal", "--json"]);
        let reasons: Vec<&str> = journal.iter().map(|row| row["reason"].as_str().unwrap()).collect();
        assert_eq!(reasons, ["new-ticket"; 3], "{point:?}");
        assert!(journal.iter().all(|row| row["acknowledged"] == true), "{point:?}: {journal:?}");
        assert_eq!(desk.list(&["tickets", "--json"]).len(), 3, "{point:?}");
        assert!(dovecot.files("soporte", "INBOX").is_empty(), "{point:?}");
        assert_eq!(dovecot.files("soporte", "Procesados").len(), done, "{point:?}: none lost, none copied");
        let words = format!("{} ", point.name());
        let answers = sink
            .mails()
            .into_iter()
            .filter(|mail| mail.contains("Auto-Submitted: auto-replied") && mail.contains(&words));
        assert_eq!(answers.count(), 3, "{point:?}");
        assert!(audit(&desk).is_empty(), "{point:?}");
    }
    assert!(copies(&sink).values().all(|copies| copies.len() == 1));
}

#[test]
fn at_each_step_of_a_mail_out() {
    let Some(sink) = Sink::start(&[]) else { return };
    for point in Point::ALL.into_iter().skip_while(|point| *point != Point::Due) {
        let desk = Desk::new(&[], &Login::plain(sink.port));
        desk.add("connections = 1\n");
        for number in 0..2 {
            let mail = letter::write(ANA, DESK, &format!("{} {number}", point.name()), "Hola.");
            assert!(desk.deliver(&mail).status.success());
        }
        let decided = ids(&desk, &["outbox", "list", "--json"]);
        assert!(decided.len() >= 4, "{decided:?}");
        // The second mail of the connection, where it is about single mails.
        crash(&desk, point, if matches!(point, Point::Due | Point::Taken) { 1 } else { 2 });
        desk.run_once();
        assert!(desk.list(&["outbox", "list", "--json"]).is_empty(), "{point:?}");
        let copies = copies(&sink);
        let count = |id: &String| copies.get(id).map_or(0, Vec::len);
        let (once, more): (Vec<&String>, Vec<&String>) = decided.iter().partition(|id| count(id) == 1);
        let doubtful = audit(&desk);
        let expected =
            if point == Point::ContentSent { (1, 1) } else { (0, usize::from(point == Point::DataSent)) };
        assert_eq!((more.len(), doubtful.len()), expected, "{point:?}");
        assert_eq!(once.len() + more.len(), decided.len(), "{point:?}: none is missing");
        for id in more {
            assert_eq!(id, &doubtful[0], "the second copy is the one that is listed");
            let two = &copies[id];
            assert_eq!((two.len(), &two[0].content), (2, &two[1].content), "the same to the last octet");
        }
    }
}

#[test]
fn a_mail_that_always_crashes_goes_to_the_quarantine() {
    let Some(mut dovecot) = Dovecot::start(Default::default()) else { return };
    let Some(sink) = Sink::start(&[]) else { return };
    let desk =
        Desk::new(&[("soporte", crate::running::mailbox(&dovecot, "soporte"))], &Login::plain(sink.port));
    dovecot.deliver("soporte", "INBOX", letter::write(ANA, DESK, "Malo", "Hola.").as_bytes());
    crash(&desk, Point::Decided, 1);
    crash(&desk, Point::Decided, 1);
    dovecot.deliver("soporte", "INBOX", letter::write(ANA, DESK, "Bueno", "Hola.").as_bytes());
    crash(&desk, Point::Decided, 2);
    desk.run_once();
    let kept = desk.list(&["quarantine", "list", "--json"]);
    assert_eq!((kept.len(), desk.list(&["tickets", "--json"]).len()), (1, 2), "{kept:?}");
    assert!(kept[0]["why"].as_str().unwrap().contains("went down with it 3 times"), "{kept:?}");
    assert!(dovecot.files("soporte", "INBOX").is_empty(), "the mailbox goes on");
    // The fault is mended: the mail is decided as any other.
    desk.done(&["quarantine", "retry"]);
    assert!(desk.list(&["quarantine", "list", "--json"]).is_empty());
}

/// Chance with a seed (SplitMix64), the same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        (z ^ (z >> 31)) % limit
    }
}

#[test]
fn killed_at_any_moment_while_mails_flow() {
    const MAILS: usize = 60;
    const ROUNDS: u32 = 15;
    let Some(mut dovecot) = Dovecot::start(Default::default()) else { return };
    let Some(sink) = Sink::start(&[]) else { return };
    let desk =
        Desk::new(&[("soporte", crate::running::mailbox(&dovecot, "soporte"))], &Login::plain(sink.port));
    let mut chance = Chance(20_131_216);
    let mut number = 0;
    for _ in 0..ROUNDS {
        let mut command = desk.command(&["run"]);
        let mut daemon = desk.start(&mut command);
        for _ in 0..MAILS / ROUNDS as usize {
            let mail =
                letter::write(&format!("p{number}@minem.example"), DESK, &format!("Caso {number}"), "Hola.");
            dovecot.deliver("soporte", "INBOX", mail.as_bytes());
            number += 1;
        }
        if chance.below(4) > 0 {
            daemon.says("ready");
        }
        // Not a wait for anything: the moment is the test.
        std::thread::sleep(Duration::from_millis(chance.below(180)));
        daemon.kill();
    }
    desk.run_once();
    assert_eq!(number, MAILS);
    assert!(dovecot.files("soporte", "INBOX").is_empty());
    assert_eq!(dovecot.files("soporte", "Procesados").len(), MAILS);
    let titles: Vec<String> = desk
        .list(&["tickets", "--json"])
        .iter()
        .map(|ticket| ticket["title"].as_str().unwrap().to_owned())
        .collect();
    let mut expected: Vec<String> = (0..MAILS).map(|number| format!("Caso {number}")).collect();
    let mut sorted = titles.clone();
    expected.sort();
    sorted.sort();
    assert_eq!(sorted, expected, "each mail is one ticket");
    assert_eq!(desk.list(&["journal", "--json"]).len(), MAILS, "and one row");
    let left = desk.list(&["outbox", "list", "--json"]);
    assert!(left.is_empty(), "{left:?}");

    // Every mail that was decided on was taken over, and twice only where that is listed. One that was in hand at three
    // of the kills counts as poison: on a busy machine that happens, and then it is in the quarantine for all to see.
    let (copies, doubtful) = (copies(&sink), audit(&desk));
    let quarantined: Vec<String> = desk
        .list(&["quarantine", "list", "--json"])
        .iter()
        .map(|row| row["subject"].as_str().unwrap().to_owned())
        .collect();
    assert!(quarantined.len() < MAILS / 4, "{quarantined:?}");
    for number in (0..MAILS).filter(|number| !quarantined.contains(&format!("Caso {number}"))) {
        let to = format!("p{number}@minem.example");
        let own = copies.values().filter(|copies| copies[0].envelope.contains(&format!("<{to}>")));
        assert_eq!(own.count(), 1, "the automatic reply to {to}, under one Message-ID");
    }
    for (id, copies) in &copies {
        assert!(copies.len() == 1 || doubtful.contains(id), "{id}: {} copies, not listed", copies.len());
    }
    eprintln!("{} mails out, {} in doubt", copies.len(), doubtful.len());
}

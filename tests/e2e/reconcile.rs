//! `taquilla reconcile`, against Dovecot: what was never journalled, what should have gone, what is gone.

use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::desk::{Desk, Login};
use crate::letter;
use crate::mail_host::DESK;
use crate::peers::dovecot::Dovecot;
use crate::running::mailbox;

const ANA: &str = "aquispe@minem.example";

fn deliver(dovecot: &mut Dovecot, subject: &str) {
    dovecot.deliver("soporte", "INBOX", letter::write(ANA, DESK, subject, subject).as_bytes());
}

/// Exit code, and finding and UID of each row.
fn reconciled(desk: &Desk, arguments: &[&str]) -> (i32, Vec<String>) {
    let output = desk.say(&[&["reconcile", "--json"], arguments].concat());
    let rows = String::from_utf8(output.stdout).unwrap();
    let row = |line: &str| {
        let row: Value = serde_json::from_str(line).unwrap();
        format!("{} {}", row["finding"].as_str().unwrap(), row["uid"])
    };
    (output.status.code().unwrap(), rows.lines().map(row).collect())
}

/// Forgets a mail: as if an older database had been put back.
fn forget(desk: &Desk, sql: &str) {
    let database = desk.file("data/taquilla.db");
    let script =
        "import sqlite3, sys; db = sqlite3.connect(sys.argv[1]); db.executescript(sys.argv[2]); db.commit()";
    let done = Command::new("python3").args(["-c", script]).arg(&database).arg(sql).status().unwrap();
    assert!(done.success());
}

const FORGET: &str = "DELETE FROM history; DELETE FROM outbox_content; DELETE FROM outbox; DELETE FROM attachments; \
                      DELETE FROM articles; UPDATE journal SET ticket = NULL; DELETE FROM message_ids; \
                      DELETE FROM ticket_participants; DELETE FROM ticket_fields; DELETE FROM tickets; ";

#[test]
fn both_ways() {
    let Some(mut dovecot) = Dovecot::start(Default::default()) else { return };
    let desk = Desk::new(&[("soporte", mailbox(&dovecot, "soporte"))], &Login::plain(9));
    desk.change("after = { move = \"Procesados\" }", "after = \"keep\"");
    for number in 1..=4 {
        deliver(&mut dovecot, &format!("Consulta {number}"));
    }
    // Never read; nothing is taken that no daemon has adopted.
    let (code, rows) = reconciled(&desk, &["--take"]);
    assert_eq!((code, rows.len()), (0, 4), "{rows:?}");
    assert_eq!(desk.list(&["tickets", "--json"]).len(), 0);
    let _unsent = desk.say(&["run", "--once"]);
    assert_eq!(reconciled(&desk, &[]), (0, vec![]));

    // A row that is lost, and a mail that somebody deleted.
    forget(&desk, &format!("{FORGET} DELETE FROM journal WHERE uid = 2;"));
    let gone = dovecot
        .files("soporte", "INBOX")
        .into_iter()
        .find(|file| fs::read_to_string(file).is_ok_and(|mail| mail.contains("Consulta 3")));
    fs::remove_file(gone.unwrap()).unwrap();
    deliver(&mut dovecot, "Consulta 5");
    let expected = vec!["never-journalled 2".to_owned(), "gone 3".to_owned(), "new 5".to_owned()];
    assert_eq!(reconciled(&desk, &[]), (1, expected.clone()));
    assert_eq!(desk.list(&["tickets", "--json"]).len(), 0, "looking takes nothing");
    assert_eq!(reconciled(&desk, &["--take"]), (1, expected));
    assert_eq!(desk.list(&["tickets", "--json"]).len(), 2);
    assert_eq!(reconciled(&desk, &[]).1, ["not-told-yet 2", "gone 3", "not-told-yet 5"]);
    let _unsent = desk.say(&["run", "--once"]);
    assert_eq!(reconciled(&desk, &[]), (1, vec!["gone 3".to_owned()]));
    assert_eq!(desk.list(&["tickets", "--json"]).len(), 2, "once");

    // What is acknowledged and should have been moved.
    desk.change("after = \"keep\"", "after = { move = \"Procesados\" }");
    let (code, rows) = reconciled(&desk, &[]);
    assert_eq!(code, 1);
    assert_eq!(rows, ["still-there 1", "still-there 2", "still-there 4", "still-there 5"]);
    let out = desk.say(&["reconcile"]);
    assert!(String::from_utf8_lossy(&out.stdout).contains("4 mails looked at, 4 not well, 0 left alone"));

    // A server that does not answer is told, and is not well.
    drop(dovecot);
    let output = desk.say(&["reconcile"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("mailbox soporte: not looked at"));
}

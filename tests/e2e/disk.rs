//! A data folder that cannot be written or read as it should.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::process::Signal;
use sqlx::{Connection as _, SqliteConnection};

use crate::desk::{Desk, Login};
use crate::letter;
use crate::mail_host::DESK;
use crate::peers::dovecot::{Dovecot, Options};
use crate::peers::free_port;
use crate::peers::smtp_sink::Sink;
use crate::running::mailbox;
use crate::until;

const ANA: &str = "aquispe@minem.example";

fn question(title: &str) -> String {
    letter::write(ANA, DESK, title, "Hola.")
}

/// A file system of a few megabytes; unmounted when dropped.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// Mounts one; `None` (a skip) where that is not allowed.
    fn mount(at: &Path, size: &str) -> Option<Self> {
        fs::create_dir(at).unwrap();
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size}"), "none"])
            .arg(at)
            .output();
        let mounted = mount.is_ok_and(|output| output.status.success());
        if !mounted {
            assert!(std::env::var("CI").as_deref() != Ok("true"), "a small file system cannot be mounted");
            eprintln!("SKIPPED: a small file system cannot be mounted (that needs root)");
        }
        mounted.then(|| Self(at.to_owned()))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _unmounted = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[test]
fn a_full_disk() {
    let Some(mut dovecot) = Dovecot::start(Options::default()) else { return };
    let Some(sink) = Sink::start(&[]) else { return };
    let desk = Desk::new(&[("soporte", mailbox(&dovecot, "soporte"))], &Login::plain(sink.port));
    let Some(disk) = SmallDisk::mount(&desk.file("small"), "8m") else { return };
    desk.add("[data]\ndir = \"small\"\n");
    let mut daemon = desk.run();
    dovecot.deliver("soporte", "INBOX", question("Con sitio").as_bytes());
    until("the first ticket", || (dovecot.files("soporte", "Procesados").len() == 1).then_some(()));

    // Something else fills the disk.
    let filler = disk.0.join("filler");
    let _full = fs::write(&filler, vec![0; 16 << 20]).unwrap_err();
    let mail = question("Sin sitio").replace("Hola.", &"Muchas palabras sin sitio.\n".repeat(20_000));
    dovecot.deliver("soporte", "INBOX", mail.as_bytes());
    daemon.says("no room is left");
    let refused = desk.deliver(&mail);
    assert_eq!(refused.status.code(), Some(75));
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains("free some space, nothing was lost"), "{said}");
    assert_eq!(dovecot.files("soporte", "INBOX").len(), 1, "the mail stays where it is");

    fs::remove_file(filler).unwrap();
    until("the second ticket", || dovecot.files("soporte", "INBOX").is_empty().then_some(()));
    daemon.stop();
    desk.run_once();
    assert_eq!(desk.list(&["tickets", "--json"]).len(), 2);
    assert!(desk.list(&["quarantine", "list", "--json"]).is_empty(), "a full disk is no fault of a mail");
    assert!(desk.list(&["outbox", "list", "--json"]).is_empty());
    let replies = sink.mails().iter().filter(|mail| mail.contains("Auto-Submitted: auto-replied")).count();
    assert_eq!(replies, 2);
}

#[tokio::test]
async fn another_program_holds_the_database() {
    let Some(mut dovecot) = Dovecot::start(Options::default()) else { return };
    let Some(sink) = Sink::start(&[]) else { return };
    let desk = Desk::new(&[("soporte", mailbox(&dovecot, "soporte"))], &Login::plain(sink.port));
    let mut daemon = desk.run();
    let url = format!("sqlite:{}", desk.file("data/taquilla.db").display());
    let mut other = SqliteConnection::connect(&url).await.unwrap();
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    dovecot.deliver("soporte", "INBOX", question("Una consulta").as_bytes());
    let refused = desk.deliver(&question("Otra consulta"));
    assert_eq!(refused.status.code(), Some(75));
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains("in use by another program; tried again later"), "{said}");
    daemon.says("in use by another program");
    sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
    until("the ticket", || dovecot.files("soporte", "INBOX").is_empty().then_some(()));
    daemon.stop();
    assert_eq!(desk.list(&["tickets", "--json"]).len(), 1);
}

#[test]
fn a_database_that_is_gone_or_is_none() {
    let Some(sink) = Sink::start(&[]) else { return };
    let desk = Desk::new(&[], &Login::plain(sink.port));
    assert!(desk.deliver(&question("Una consulta")).status.success());
    desk.run_once();
    let database = desk.file("data/taquilla.db");
    let kept = fs::read(&database).unwrap();

    // Something else in its place: refused, and left as it is.
    let garbage = "This is no database.\n".repeat(1000);
    fs::write(&database, &garbage).unwrap();
    for arguments in [&["run", "--once"][..], &["tickets"], &["status", "--json"]] {
        let output = desk.say(arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {said}");
        assert!(
            said.contains("is not a database of taquilla") && said.contains("restore it from a backup"),
            "{said}"
        );
    }
    assert_eq!(desk.deliver(&question("Otra")).status.code(), Some(75), "the mail server keeps the mail");
    assert_eq!(fs::read_to_string(&database).unwrap(), garbage);

    // Nothing in its place: a new one is begun, and that is said.
    fs::remove_file(&database).unwrap();
    let mut daemon = desk.run();
    daemon.says("there is no database in");
    daemon.stop();
    assert!(desk.list(&["tickets", "--json"]).is_empty());
    fs::remove_file(&database).unwrap();
    fs::write(&database, kept).unwrap();
    assert_eq!(desk.list(&["tickets", "--json"]).len(), 1, "the backup is as good as new");
}

#[test]
fn files_of_the_desk_that_cannot_be_read() {
    let desk = Desk::new(&[], &Login::plain(free_port()));
    let daemon = desk.run();
    let rule = desk.file("rules/50-ilegible.toml");
    for (broken, words) in [(true, "50-ilegible.toml"), (false, "UTF-8")] {
        if broken {
            symlink("/nowhere/at/all", &rule).unwrap();
        } else {
            fs::remove_file(&rule).unwrap();
            fs::write(&rule, b"[[rule]]\nname = \"\xff\xfe\"\n").unwrap();
        }
        // While it runs the old files stay, ...
        let seen = daemon.log().len();
        daemon.signal(Signal::HUP);
        until("a refusal", || {
            let new = daemon.log().split_off(seen);
            (new.contains("are refused, the old ones stay") && new.contains("50-ilegible.toml")).then_some(())
        });
        // ... and it does not start with them.
        let output = desk.say(&["run", "--once"]);
        assert_eq!(output.status.code(), Some(1));
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains("50-ilegible.toml") && said.contains(words), "{said}");
    }
    daemon.stop();
}

//! Against a real Dovecot.

use std::fs;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use taquilla::clock::Clock;
use taquilla::config::mailbox::{AfterCommit, MailboxSettings, Tls};
use taquilla::config::secret::SecretSource;
use taquilla::ingest::intake::{AfterTaking, Condition, Content};
use taquilla::ingest::mailbox::{Manner, Until};

use crate::journal::{Journal, Watched};
use crate::peers::dovecot::{Dovecot, Options};

fn manner(until: Until) -> Manner {
    Manner { until, backlog: false, clock: Clock::System, seed: 1 }
}

async fn once(settings: MailboxSettings, journal: &Arc<Journal>) -> Result<(), String> {
    Watched::start(settings, journal, manner(Until::CaughtUp)).end().await
}

fn mail(subject: &str) -> Vec<u8> {
    format!("From: ana@minem.example\r\nTo: soporte@minem.example\r\nSubject: {subject}\r\n\r\nHola.\r\n")
        .into_bytes()
}

fn subjects(journal: &Journal) -> Vec<String> {
    let subject = |content: &Content| {
        let text = String::from_utf8_lossy(content.bytes()).into_owned();
        text.lines().find_map(|line| line.strip_prefix("Subject: ").map(str::to_owned)).unwrap_or_default()
    };
    let mut subjects: Vec<String> = journal.rows().iter().map(|row| subject(&row.content)).collect();
    subjects.sort();
    subjects
}

fn days_ago(days: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(Clock::System.now().as_second() as u64)
        - Duration::from_secs(days * 86_400)
}

#[tokio::test]
async fn what_is_there_is_taken_and_moved() {
    let Some(mut dovecot) = Dovecot::start(Options::default()) else { return };
    for number in 0..250 {
        dovecot.deliver("soporte", "INBOX", &mail(&format!("{number:03}")));
    }
    let journal = Arc::new(Journal::default());
    once(dovecot.settings("soporte"), &journal).await.unwrap();
    let expected: Vec<String> = (0..250).map(|number| format!("{number:03}")).collect();
    assert_eq!(subjects(&journal), expected);
    assert!(journal.rows().iter().all(|row| row.acked && row.size == 75), "{:?}", journal.rows()[0]);
    assert_eq!(journal.with(|state| state.largest), 200);
    assert_eq!(dovecot.files("soporte", "INBOX").len(), 0);
    assert_eq!(dovecot.files("soporte", "Processed").len(), 250);
    // Octet for octet.
    let Content::Whole(octets) = &journal.rows()[7].content else { panic!() };
    assert_eq!(&octets[..], &mail("007")[..]);
    once(dovecot.settings("soporte"), &journal).await.unwrap();
    assert_eq!(journal.rows().len(), 250);
}

#[tokio::test]
async fn idle_wakes_and_stop_stops() {
    let Some(mut dovecot) = Dovecot::start(Options::default()) else { return };
    dovecot.maildir("soporte", "INBOX");
    let journal = Arc::new(Journal::default());
    let settings = MailboxSettings { poll: Duration::from_secs(600), ..dovecot.settings("soporte") };
    let watched = Watched::start(settings, &journal, manner(Until::Stopped));
    journal.until("the adoption", |state| state.cursors.len() == 1).await;
    for number in 1..4 {
        tokio::time::sleep(Duration::from_millis(300)).await;
        dovecot.deliver("soporte", "INBOX", &mail("now"));
        let began = std::time::Instant::now();
        journal.until_acked(number).await;
        // Dovecot itself waits 500 ms before it tells.
        assert!(began.elapsed() < Duration::from_secs(5));
    }
    let began = std::time::Instant::now();
    watched.stop().await.unwrap();
    assert!(began.elapsed() < Duration::from_secs(2));
    assert_eq!(journal.conditions(), []);
}

#[tokio::test]
async fn without_idle_and_move_it_polls_and_copies() {
    let extra = "protocol imap {\n imap_capability = IMAP4rev1 UIDPLUS LITERAL+\n}";
    let Some(mut dovecot) = Dovecot::start(Options { extra, ..Options::default() }) else { return };
    dovecot.deliver("soporte", "INBOX", &mail("before"));
    let journal = Arc::new(Journal::default());
    let watched = Watched::start(dovecot.settings("soporte"), &journal, manner(Until::Stopped));
    journal.until_acked(1).await;
    dovecot.deliver("soporte", "INBOX", &mail("after"));
    journal.until_acked(2).await;
    watched.stop().await.unwrap();
    assert_eq!(dovecot.files("soporte", "INBOX").len(), 0);
    assert_eq!(dovecot.files("soporte", "Processed").len(), 2);
}

#[tokio::test]
async fn without_uidplus_only_our_mails_are_marked() {
    let extra = "protocol imap {\n imap_capability = IMAP4rev1\n}";
    let Some(mut dovecot) = Dovecot::start(Options { extra, ..Options::default() }) else { return };
    dovecot.deliver("soporte", "INBOX", &mail("x"));
    let settings = MailboxSettings { after: AfterCommit::Delete, ..dovecot.settings("soporte") };
    let journal = Arc::new(Journal::default());
    once(settings.clone(), &journal).await.unwrap();
    // Marked, and not removed: EXPUNGE would remove what others have marked, too.
    let files = dovecot.files("soporte", "INBOX");
    assert_eq!(files.len(), 1);
    assert!(files[0].to_str().unwrap().contains(":2,T"), "{files:?}");
    once(settings, &journal).await.unwrap();
    assert_eq!(journal.rows().len(), 1);
}

#[tokio::test]
async fn mails_are_flagged_kept_and_deleted() {
    let Some(mut dovecot) = Dovecot::start(Options::default()) else { return };
    let usual = dovecot.settings("soporte");
    for (after, files, named) in [
        (AfterCommit::Flag("Taquilla".into()), 2, ":2,a"),
        (AfterCommit::Keep, 2, ""),
        (AfterCommit::Delete, 0, ""),
    ] {
        for file in dovecot.files("soporte", "INBOX") {
            fs::remove_file(file).unwrap();
        }
        dovecot.deliver("soporte", "INBOX", &mail("one"));
        dovecot.deliver("soporte", "INBOX", &mail("two"));
        let journal = Arc::new(Journal::default());
        let settings = MailboxSettings { after: after.clone(), ..usual.clone() };
        for _ in 0..2 {
            once(settings.clone(), &journal).await.unwrap();
            assert_eq!(subjects(&journal), ["one", "two"], "{after:?}");
            assert!(journal.rows().iter().all(|row| row.acked));
        }
        let there = dovecot.files("soporte", "INBOX");
        assert_eq!(there.len(), files, "{after:?}");
        assert!(there.iter().all(|file| file.to_str().unwrap().contains(named)), "{there:?}");
    }
}

#[tokio::test]
async fn a_rule_names_a_folder_that_is_not_there() {
    let Some(mut dovecot) = Dovecot::start(Options::default()) else { return };
    dovecot.deliver("soporte", "INBOX", &mail("factura"));
    dovecot.deliver("soporte", "INBOX", &mail("quedate"));
    dovecot.deliver("soporte", "INBOX", &mail("otra cosa"));
    let journal = Arc::new(Journal::default());
    journal.with(|state| {
        state.rules =
            vec![("factura", AfterTaking::MoveTo("Año & más".into())), ("quedate", AfterTaking::Keep)];
    });
    once(dovecot.settings("soporte"), &journal).await.unwrap();
    assert_eq!(dovecot.files("soporte", "A&APE-o &- m&AOE-s").len(), 1);
    assert_eq!(dovecot.files("soporte", "Processed").len(), 1);
    assert_eq!(dovecot.files("soporte", "INBOX").len(), 1);
}

#[tokio::test]
async fn a_large_mail_comes_in_pieces_and_a_larger_one_as_its_header() {
    let Some(mut dovecot) = Dovecot::start(Options::default()) else { return };
    let mut large = mail("large");
    while large.len() < 5 * 1024 * 1024 {
        large.extend_from_slice(b"0123456789 {99999999}\r\n");
    }
    // As long as four pieces, to the octet.
    let mut even = mail("even");
    even.resize(4 * 262_144 - 2, b'x');
    even.extend_from_slice(b"\r\n");
    let mut larger = large.clone();
    larger.extend_from_slice(&large);
    for one in [&large, &larger, &even] {
        dovecot.deliver("soporte", "INBOX", one);
    }
    let settings = MailboxSettings {
        max_mail_bytes: 6 * 1024 * 1024,
        piece_bytes: 262_144,
        ..dovecot.settings("soporte")
    };
    let journal = Arc::new(Journal::default());
    once(settings, &journal).await.unwrap();
    let mut rows = journal.rows();
    rows.sort_by_key(|row| row.uid);
    assert!(rows[0].content == Content::Whole(Arc::from(large)), "{:?}", rows[0]);
    let Content::HeaderOnly(header) = &rows[1].content else { panic!("{:?}", rows[1]) };
    assert!(header.ends_with(b"Subject: large\r\n\r\n"));
    assert_eq!(rows[1].size, larger.len() as u64);
    assert!(rows[2].content == Content::Whole(Arc::from(even)), "{:?}", rows[2]);
}

#[tokio::test]
async fn new_uidvalidity_with_the_same_uids() {
    let Some(mut dovecot) = Dovecot::start(Options::default()) else { return };
    let settings = MailboxSettings { after: AfterCommit::Keep, ..dovecot.settings("soporte") };
    dovecot.deliver("soporte", "INBOX", &mail("one"));
    dovecot.deliver("soporte", "INBOX", &mail("two"));
    let journal = Arc::new(Journal::default());
    once(settings.clone(), &journal).await.unwrap();
    // UIDVALIDITY is made of the seconds.
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    dovecot.forget_uids("soporte", "INBOX");
    fs::remove_file(&dovecot.files("soporte", "INBOX")[0]).unwrap();
    dovecot.deliver("soporte", "INBOX", &mail("three"));
    once(settings, &journal).await.unwrap();
    let rows = journal.rows();
    let validities: std::collections::BTreeSet<u32> = rows.iter().map(|row| row.place.uidvalidity).collect();
    assert_eq!(validities.len(), 2, "{rows:?}");
    // UID 1 was "one", is "two" now, and is looked at again.
    assert_eq!(rows.iter().filter(|row| row.uid == 1).count(), 2);
    assert_eq!(subjects(&journal), ["one", "three", "two", "two"]);
    assert_eq!(journal.conditions(), [Condition::Renumbered { folder: "INBOX".into() }]);
}

#[tokio::test]
async fn mails_that_vanish_while_they_are_fetched() {
    let Some(mut dovecot) = Dovecot::start(Options::default()) else { return };
    for number in 0..60 {
        let mut mail = mail(&format!("{number:02}"));
        mail.resize(300_000, b'x');
        dovecot.deliver("soporte", "INBOX", &mail);
    }
    // Each batch is slow, so that the files go between the listing and the fetch.
    let journal = Arc::new(Journal::slow(Duration::from_millis(300)));
    let watched = Watched::start(dovecot.settings("soporte"), &journal, manner(Until::CaughtUp));
    journal.until("the first batch", |state| !state.rows.is_empty()).await;
    for file in dovecot.files("soporte", "INBOX").iter().rev().take(10) {
        fs::remove_file(file).unwrap();
    }
    watched.end().await.unwrap();
    assert_eq!(subjects(&journal), (0..50).map(|number| format!("{number:02}")).collect::<Vec<_>>());
    assert!(journal.rows().iter().all(|row| row.acked));
}

#[tokio::test]
async fn the_server_is_killed_in_the_middle() {
    let Some(mut dovecot) = Dovecot::start(Options::default()) else { return };
    for number in 0..120 {
        let mut mail = mail(&format!("{number:03}"));
        mail.resize(200_000, b'x');
        dovecot.deliver("soporte", "INBOX", &mail);
    }
    let journal = Arc::new(Journal::slow(Duration::from_millis(50)));
    let watched = Watched::start(dovecot.settings("soporte"), &journal, manner(Until::Stopped));
    journal.until("the first batch", |state| !state.rows.is_empty()).await;
    dovecot.kill();
    assert!(journal.rows().len() < 120);
    dovecot.restart();
    journal.until_acked(120).await;
    watched.stop().await.unwrap();
    assert_eq!(subjects(&journal), (0..120).map(|number| format!("{number:03}")).collect::<Vec<_>>());
    assert_eq!(dovecot.files("soporte", "INBOX").len(), 0);
    assert_eq!(dovecot.files("soporte", "Processed").len(), 120);
}

#[tokio::test]
async fn a_read_only_folder_is_taken_from_and_said() {
    let Some(mut dovecot) = Dovecot::start(Options {
        extra: "mail_plugins = acl\nprotocol imap {\n mail_plugins = acl\n}\nplugin {\n acl = vfile\n}",
        ..Options::default()
    }) else {
        return;
    };
    dovecot.deliver("soporte", "INBOX", &mail("x"));
    let acl = dovecot.maildir("soporte", "INBOX").join("dovecot-acl");
    fs::write(&acl, "owner lr\n").unwrap();
    let journal = Arc::new(Journal::default());
    for _ in 0..2 {
        once(dovecot.settings("soporte"), &journal).await.unwrap();
        assert_eq!(subjects(&journal), ["x"], "{}", dovecot.log());
    }
    assert!(!journal.rows()[0].acked);
    assert!(journal.conditions().contains(&Condition::ReadOnly { folder: "INBOX".into() }));
    fs::remove_file(acl).unwrap();
    once(dovecot.settings("soporte"), &journal).await.unwrap();
    assert!(journal.rows()[0].acked);
    assert_eq!(dovecot.files("soporte", "INBOX").len(), 0);
}

#[tokio::test]
async fn what_is_wrong_is_said_in_words() {
    let Some(dovecot) = Dovecot::start(Options { names: &["mail.minem.example"], ..Options::default() })
    else {
        return;
    };
    let usual = dovecot.settings("soporte");
    let wrong_password = SecretSource::Password("wrong".into());
    let cases = [
        (
            MailboxSettings { secret: wrong_password.clone(), ..dovecot.plain_settings("soporte") },
            "Authentication failed",
        ),
        (usual.clone(), "for mail.minem.example, and not for localhost"),
        (MailboxSettings { ca_file: None, ..usual.clone() }, "authority that is not trusted"),
        (MailboxSettings { port: dovecot.imap, ..usual.clone() }, "is it the right port"),
        (
            MailboxSettings { tls: Tls::None, host: "192.0.2.1".into(), ..usual.clone() },
            "is not on this machine",
        ),
        (
            MailboxSettings { folders: vec!["Nada".into()], ..dovecot.plain_settings("soporte") },
            "the folder Nada",
        ),
        (MailboxSettings { secret: SecretSource::File("/nowhere".into()), ..usual }, "/nowhere"),
    ];
    for (settings, words) in cases {
        let journal = Arc::new(Journal::default());
        let failure = once(settings, &journal).await.unwrap_err();
        assert!(failure.contains(words), "{failure}");
        assert!(!failure.contains("wrong"), "{failure}");
    }
    // The daemon tells once, and goes on trying.
    let journal = Arc::new(Journal::default());
    let folders = vec!["INBOX".into(), "inbox".into()];
    let settings = MailboxSettings { secret: wrong_password, folders, ..dovecot.plain_settings("soporte") };
    let watched = Watched::start(settings, &journal, manner(Until::Stopped));
    journal.until("the alarm", |state| !state.conditions.is_empty()).await;
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    watched.stop().await.unwrap();
    assert!(matches!(journal.conditions()[..], [Condition::LoginRefused(_)]), "{:?}", journal.conditions());
}

#[tokio::test]
async fn starttls_is_used_and_required() {
    let Some(mut dovecot) =
        Dovecot::start(Options { extra: "disable_plaintext_auth = yes", ..Options::default() })
    else {
        return;
    };
    dovecot.deliver("soporte", "INBOX", &mail("x"));
    let settings = MailboxSettings { port: dovecot.imap, tls: Tls::StartTls, ..dovecot.settings("soporte") };
    let journal = Arc::new(Journal::default());
    once(settings, &journal).await.unwrap();
    assert_eq!(subjects(&journal), ["x"]);
    drop(dovecot);
    let Some(dovecot) = Dovecot::start(Options { extra: "ssl = no", ..Options::default() }) else { return };
    let settings = MailboxSettings { port: dovecot.imap, tls: Tls::StartTls, ..dovecot.settings("soporte") };
    let failure = once(settings, &journal).await.unwrap_err();
    assert!(failure.contains("refuses STARTTLS"), "{failure}");
}

#[tokio::test]
async fn first_start_on_a_full_mailbox() {
    let Some(mut dovecot) = Dovecot::start(Options::default()) else { return };
    for number in 0..60 {
        dovecot.deliver_at("soporte", "INBOX", &mail(&format!("old {number:02}")), days_ago(8));
    }
    for number in 0..5 {
        dovecot.deliver_at("soporte", "INBOX", &mail(&format!("new {number}")), days_ago(6));
    }
    let journal = Arc::new(Journal::default());
    let settings = dovecot.settings("soporte");
    for _ in 0..2 {
        once(settings.clone(), &journal).await.unwrap();
        assert_eq!(subjects(&journal), (0..5).map(|number| format!("new {number}")).collect::<Vec<_>>());
        assert_eq!(journal.conditions(), [Condition::BacklogLeftAlone { folder: "INBOX".into(), mails: 60 }]);
    }
    // An old mail that somebody puts into the folder later is meant for us.
    dovecot.deliver_at("soporte", "INBOX", &mail("put back"), days_ago(30));
    once(settings.clone(), &journal).await.unwrap();
    assert_eq!(journal.rows().len(), 6);
    let backlog = Manner { backlog: true, ..manner(Until::CaughtUp) };
    Watched::start(settings.clone(), &journal, backlog).end().await.unwrap();
    assert_eq!(journal.rows().len(), 66);
    assert_eq!(journal.rows().iter().filter(|row| row.backlog).count(), 60);
    assert_eq!(dovecot.files("soporte", "INBOX").len(), 0);
}

#[tokio::test]
async fn fifty_old_mails_are_not_a_full_mailbox() {
    let Some(mut dovecot) = Dovecot::start(Options::default()) else { return };
    for _ in 0..50 {
        dovecot.deliver_at("soporte", "INBOX", &mail("old"), days_ago(8));
    }
    dovecot.deliver("soporte", "INBOX", &mail("new"));
    let journal = Arc::new(Journal::default());
    once(dovecot.settings("soporte"), &journal).await.unwrap();
    assert_eq!(journal.rows().len(), 51);
    assert_eq!(journal.conditions(), []);
}

#[tokio::test]
async fn folders_and_mailboxes_do_not_wait_for_each_other() {
    let Some(mut dovecot) = Dovecot::start(Options::default()) else { return };
    dovecot.maildir("soporte", "INBOX");
    dovecot.deliver("soporte", "Anexos", &mail("in Anexos"));
    dovecot.deliver("soporte", "INBOX", &mail("in INBOX"));
    let folders = vec!["INBOX".into(), "Nada".into(), "Anexos".into()];
    let settings = MailboxSettings { folders, ..dovecot.settings("soporte") };
    let journal = Arc::new(Journal::default());
    let watched = Watched::start(settings, &journal, manner(Until::Stopped));
    journal.until_acked(2).await;
    dovecot.deliver("soporte", "Anexos", &mail("later"));
    journal.until_acked(3).await;
    assert_eq!(subjects(&journal), ["in Anexos", "in INBOX", "later"]);
    let folders: Vec<String> = journal.rows().iter().map(|row| row.place.folder.clone()).collect();
    assert!(folders.contains(&"INBOX".to_owned()), "{folders:?}");
    // The missing one is told of, and taken up when it is there.
    journal.until("the alarm", |state| !state.conditions.is_empty()).await;
    let told = journal.conditions();
    assert!(matches!(&told[..], [Condition::FolderMissing { folder, .. }] if folder == "Nada"), "{told:?}");
    dovecot.deliver("soporte", "Nada", &mail("in Nada"));
    journal.until_acked(4).await;
    journal.until("the end of it", |state| state.conditions.len() == 2).await;
    assert_eq!(journal.conditions()[1], Condition::Recovered);
    watched.stop().await.unwrap();
}

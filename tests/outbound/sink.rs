//! The worker against smtp-sink.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use taquilla::config::smtp::{InDoubt, SmtpSettings};
use taquilla::outbound::outbox::Condition;
use taquilla::outbound::worker::Worker;
use tokio::sync::watch;

use crate::outbox::{Memory, drain, now, settings};
use crate::peers::smtp_sink::Sink;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_mails_over_four_connections() {
    let Some(sink) = Sink::start(&[]) else { return };
    let outbox = Arc::new(Memory::default());
    for n in 0..1000 {
        let content =
            format!("Message-ID: <{n}@minem.example>\r\n\r\n.begins with a dot\r\n..\r\n.\r\nmail {n}.\r\n");
        outbox.put(&format!("ana{n}@minem.example"), content.as_bytes(), SignedDuration::ZERO);
    }
    let drained = drain(settings(sink.port), &outbox).await;
    assert_eq!((drained.accepted, drained.trouble), (1000, None));
    assert!(outbox.rows().values().all(|row| row.state == "accepted" && row.notes[0] == "data-sent"));
    let mails = sink.mails();
    assert_eq!(mails.len(), 1000);
    for n in [0, 7, 999] {
        let id = format!("<{n}@minem.example>");
        let own: Vec<&String> = mails.iter().filter(|mail| mail.contains(&id)).collect();
        assert_eq!(own.len(), 1, "once each");
        // smtp-sink writes the content down as it came, dots doubled or not depending on its version.
        assert!(own[0].contains(&format!("mail {n}.")) && own[0].contains("begins with a dot"), "{}", own[0]);
        assert!(own[0].contains(&format!("ana{n}@minem.example")), "{}", own[0]);
    }
}

#[tokio::test]
async fn not_now_is_tried_again_and_never_is_given_up() {
    for (options, state, said) in [
        (["-r", "RCPT"], "pending", "450"),
        (["-r", "."], "pending", "450"),
        (["-f", "RCPT"], "failed", "500"),
        (["-f", "."], "failed", "500"),
        (["-f", "DATA"], "failed", "500"),
        (["-Q", "RCPT"], "pending", "421"),
        (["-q", "RCPT"], "pending", "hung up"),
    ] {
        let Some(sink) = Sink::start(&options) else { return };
        let outbox = Arc::new(Memory::default());
        let ids = [outbox.put_one(), outbox.put_one()];
        let drained = drain(SmtpSettings { connections: 1, ..settings(sink.port) }, &outbox).await;
        assert_eq!((drained.accepted, drained.trouble), (0, None), "{options:?}");
        for id in ids {
            assert_eq!(outbox.state(id), state, "{options:?}");
            assert!(outbox.notes(id).last().unwrap().contains(said), "{options:?}: {:?}", outbox.notes(id));
            let wait = outbox.rows()[&id].next - now();
            assert!(state == "failed" || wait.get_seconds() > 40, "{wait}");
        }
        assert_eq!(outbox.reports.lock().unwrap().len(), 0);
    }
}

#[tokio::test]
async fn a_refused_sender_is_our_trouble() {
    let Some(sink) = Sink::start(&["-f", "MAIL"]) else { return };
    let outbox = Arc::new(Memory::default());
    let ids = [outbox.put_one(), outbox.put_one()];
    drain(settings(sink.port), &outbox).await;
    assert!(ids.iter().all(|id| outbox.state(*id) == "pending"));
    let reports = outbox.reports.lock().unwrap().clone();
    assert!(matches!(&reports[..], [Condition::Refused(why)] if why.starts_with("500 5.3.0")), "{reports:?}");
}

#[tokio::test]
async fn cut_after_the_final_dot_is_in_doubt() {
    for (policy, state) in [(InDoubt::Retry, "pending"), (InDoubt::Hold, "held")] {
        let Some(sink) = Sink::start(&["-q", "."]) else { return };
        let outbox = Arc::new(Memory::default());
        let id = outbox.put_one();
        drain(SmtpSettings { in_doubt: policy, ..settings(sink.port) }, &outbox).await;
        assert_eq!(outbox.state(id), state);
        let notes = outbox.notes(id);
        assert_eq!(notes[..2], ["data-sent", "in doubt"], "noted before the content left");
        assert!(notes[2].contains("the server hung up"), "{notes:?}");
    }
}

#[tokio::test]
async fn nothing_leaves_that_could_not_be_noted() {
    let Some(sink) = Sink::start(&[]) else { return };
    let outbox = Arc::new(Memory::full());
    let id = outbox.put_one();
    let drained = drain(settings(sink.port), &outbox).await;
    assert_eq!((drained.accepted, outbox.state(id)), (0, "pending"));
    assert!(outbox.notes(id)[0].contains("disk full"));
    assert!(!sink.mails().iter().any(|mail| mail.contains("hola")));
}

#[tokio::test]
async fn too_old_is_given_up_after_one_more_attempt() {
    let Some(sink) = Sink::start(&["-r", "RCPT"]) else { return };
    let outbox = Arc::new(Memory::default());
    let old = outbox.put("ana@minem.example", b"x\r\n", SignedDuration::from_hours(97));
    drain(settings(sink.port), &outbox).await;
    assert_eq!(outbox.state(old), "failed");
    assert!(outbox.notes(old)[0].contains("450"));
}

#[tokio::test]
async fn a_server_that_is_gone_and_comes_back() {
    let Some(sink) = Sink::start(&[]) else { return };
    let port = sink.port;
    let outbox = Arc::new(Memory::default());
    let (stop, stopping) = watch::channel(false);
    let worker = Worker::new(settings(port), Arc::clone(&outbox), 1);
    let running = tokio::spawn(worker.run(stopping));
    let sent = async |id: i64| {
        for _ in 0..600 {
            if outbox.state(id) == "accepted" {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("mail {id} is {}: {:?}", outbox.state(id), outbox.notes(id));
    };
    sent(outbox.put_one()).await;
    drop(sink);
    let while_gone = [outbox.put_one(), outbox.put_one(), outbox.put_one()];
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(while_gone.iter().all(|id| outbox.state(*id) == "pending"));
    let noted: Vec<String> = while_gone.iter().flat_map(|id| outbox.notes(*id)).collect();
    assert!(noted.iter().any(|note| note.contains("no connection to 127.0.0.1")), "{noted:?}");
    let Some(back) = Sink::start_at(&[], Some(port)) else { return };
    for id in while_gone {
        sent(id).await;
    }
    assert_eq!(back.mails().len(), 3);
    stop.send(true).unwrap();
    tokio::time::timeout(Duration::from_secs(5), running).await.unwrap().unwrap();
}

#[tokio::test]
async fn without_a_server_once_ends_and_says_why() {
    let outbox = Arc::new(Memory::default());
    let ids: Vec<i64> = (0..50).map(|_| outbox.put_one()).collect();
    let port = crate::peers::free_port();
    let drained = drain(settings(port), &outbox).await;
    assert!(drained.trouble.unwrap().contains("no connection to 127.0.0.1 port"));
    assert!(ids.iter().all(|id| outbox.state(*id) == "pending"), "all are put back");
}

#[tokio::test]
async fn a_server_that_grants_one_connection() {
    use std::io::{BufRead as _, BufReader, Write as _};
    use std::sync::atomic::{AtomicBool, Ordering};
    // Answers 421 to whoever comes while somebody is there, as Microsoft 365 does beyond three.
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let busy = Arc::new(AtomicBool::new(false));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, busy) = (stream.unwrap(), Arc::clone(&busy));
            stream.set_nodelay(true).unwrap();
            if busy.swap(true, Ordering::SeqCst) {
                let _refused = stream.write_all(b"421 4.3.2 too many connections\r\n");
                continue;
            }
            std::thread::spawn(move || {
                let _greeted = stream.write_all(b"220 test\r\n");
                let mut in_content = false;
                for line in BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok) {
                    let answer: &[u8] = match line.as_str() {
                        "DATA" => b"354 go\r\n",
                        "." => b"250 ok\r\n",
                        _ if in_content => continue,
                        _ => b"250 ok\r\n",
                    };
                    in_content = line == "DATA";
                    std::thread::sleep(Duration::from_millis(2));
                    if stream.write_all(answer).is_err() || line == "QUIT" {
                        break;
                    }
                }
                busy.store(false, Ordering::SeqCst);
            });
        }
    });
    let outbox = Arc::new(Memory::default());
    let ids: Vec<i64> = (0..60).map(|_| outbox.put_one()).collect();
    let drained = drain(settings(port), &outbox).await;
    assert_eq!((drained.accepted, drained.trouble), (60, None));
    assert!(ids.iter().all(|id| outbox.state(*id) == "accepted"));
}

/// A server that takes the connection and says nothing does not keep the program from its end; the mail stays.
#[tokio::test]
async fn a_mute_server_delays_no_end() {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let outbox = Arc::new(Memory::default());
    let id = outbox.put_one();
    let (stop, stopping) = watch::channel(false);
    let patient = SmtpSettings { timeout: Duration::from_secs(3600), ..settings(port) };
    let running = tokio::spawn(Worker::new(patient, Arc::clone(&outbox), 1).run(stopping));
    // It is connected: the greeting is what it waits for.
    let connected = tokio::task::spawn_blocking(move || listener.accept().unwrap()).await.unwrap();
    stop.send(true).unwrap();
    tokio::time::timeout(Duration::from_secs(60), running).await.expect("it ends").unwrap();
    assert_eq!((outbox.state(id), outbox.notes(id).len()), ("pending", 0), "no attempt is counted");
    drop(connected);
}

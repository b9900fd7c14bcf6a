//! From a server's notice of a new mail to the automatic reply accepted by a local SMTP server.
//!
//! The IMAP server here speaks up at once: Dovecot waits 500 ms (NOTIFY_DELAY_MSECS), which says nothing about us.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};

use super::rules::{self, Ports};
use super::{figure, mails, program, setting};

pub(crate) fn run() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(measure(setting("BENCH_NOTICES", 300)));
}

async fn measure(count: usize) {
    let imap = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let smtp = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let (data, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (imap_port, smtp_port) = (imap.local_addr().unwrap().port(), smtp.local_addr().unwrap().port());
    let ports = Ports { imap: Some(imap_port), smtp: Some(smtp_port), ..Ports::default() };
    let config = rules::desk(folder.path(), data.path(), ports);

    // The mails as they are in the folder: the number of them is announced as it grows.
    let (grow, there) = watch::channel(0_usize);
    let announced: Arc<Mutex<Vec<Instant>>> = Arc::default();
    let (accepted, mut arrived) = mpsc::unbounded_channel::<Instant>();
    let times = Arc::clone(&announced);
    tokio::spawn(async move {
        while let Ok((stream, _)) = imap.accept().await {
            tokio::spawn(imap_session(stream, there.clone(), Arc::clone(&times)));
        }
    });
    tokio::spawn(async move {
        while let Ok((stream, _)) = smtp.accept().await {
            tokio::spawn(smtp_session(stream, accepted.clone()));
        }
    });
    let (child, _) = tokio::task::spawn_blocking(move || program::daemon(&config)).await.unwrap();
    tokio::time::sleep(Duration::from_millis(500)).await;
    let mut latencies = Vec::new();
    for n in 1..=count {
        grow.send(n).unwrap();
        let end =
            tokio::time::timeout(Duration::from_secs(10), arrived.recv()).await.expect("a reply").unwrap();
        latencies.push((end - announced.lock().unwrap()[n - 1]).as_secs_f64() * 1000.0);
        // The next one comes after the connection has come to rest.
        tokio::time::sleep(Duration::from_millis(15)).await;
    }
    program::stop(child);
    latencies.sort_by(f64::total_cmp);
    let at = |part: f64| latencies[((latencies.len() - 1) as f64 * part) as usize];
    println!(
        "   {count} mails: p50 {:.1} ms, p90 {:.1} ms, p99 {:.1} ms, worst {:.1} ms",
        at(0.5),
        at(0.9),
        at(0.99),
        at(1.0)
    );
    figure("notice to reply accepted, p99", &format!("{:.1} ms", at(0.99)), "at most 20 ms");
}

/// What `watch` does, and no more: login, SELECT, FETCH by UID, STORE, IDLE.
async fn imap_session(
    stream: TcpStream,
    mut there: watch::Receiver<usize>,
    announced: Arc<Mutex<Vec<Instant>>>,
) {
    stream.set_nodelay(true).unwrap();
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let mut told = 0;
    write.write_all(b"* OK ready\r\n").await.unwrap();
    while let Ok(Some(line)) = lines.next_line().await {
        let (tag, command) = line.split_once(' ').unwrap_or((&line, ""));
        let now = *there.borrow_and_update();
        let answer = if command.starts_with("CAPABILITY") {
            "* CAPABILITY IMAP4rev1 IDLE MOVE UIDPLUS AUTH=PLAIN SASL-IR\r\n".to_owned()
        } else if command.starts_with("SELECT") {
            told = now;
            format!("* {now} EXISTS\r\n* OK [UIDVALIDITY 1] ok\r\n* OK [UIDNEXT {}] ok\r\n", now + 1)
        } else if let Some(rest) = command.strip_prefix("UID FETCH ") {
            fetched(rest, now)
        } else if command == "IDLE" {
            write.write_all(b"+ idling\r\n").await.unwrap();
            loop {
                tokio::select! {
                    _ = lines.next_line() => break,
                    changed = there.changed() => {
                        if changed.is_err() { return; }
                        told = *there.borrow_and_update();
                        announced.lock().unwrap().push(Instant::now());
                        write.write_all(format!("* {told} EXISTS\r\n").as_bytes()).await.unwrap();
                    }
                }
            }
            String::new()
        } else {
            String::new()
        };
        if now > told {
            // Between two IDLEs: told with the next answer, as servers do.
            told = now;
            announced.lock().unwrap().push(Instant::now());
            write.write_all(format!("* {now} EXISTS\r\n").as_bytes()).await.unwrap();
        }
        if write.write_all(format!("{answer}{tag} OK done\r\n").as_bytes()).await.is_err() {
            return;
        }
    }
}

fn fetched(rest: &str, there: usize) -> String {
    let (set, items) = rest.split_once(' ').unwrap_or((rest, ""));
    let mut answer = String::new();
    for range in set.split(',') {
        let (low, high) = range.split_once(':').unwrap_or((range, range));
        let low: usize = low.parse().unwrap_or(1);
        let high = high.parse().unwrap_or(there).min(there);
        for uid in low..=high {
            // Plain mails of other senders each: a reply for every one of them.
            let mail = String::from_utf8(mails::mail(9, uid * 5)).unwrap().replace('\n', "\r\n");
            if items.contains("RFC822.SIZE") {
                answer.push_str(&format!(
                    "* {uid} FETCH (UID {uid} RFC822.SIZE {} FLAGS () INTERNALDATE \"27-Nov-2026 10:00:00 -0500\")\r\n",
                    mail.len()
                ));
            } else {
                answer
                    .push_str(&format!("* {uid} FETCH (UID {uid} BODY[] {{{}}}\r\n{mail})\r\n", mail.len()));
            }
        }
    }
    answer
}

/// Takes everything.
async fn smtp_session(stream: TcpStream, accepted: mpsc::UnboundedSender<Instant>) {
    stream.set_nodelay(true).unwrap();
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let mut content = false;
    write.write_all(b"220 sink\r\n").await.unwrap();
    while let Ok(Some(line)) = lines.next_line().await {
        let answer: &[u8] = match (content, line.as_str()) {
            (true, ".") => {
                content = false;
                accepted.send(Instant::now()).unwrap();
                b"250 ok\r\n"
            }
            (true, _) => continue,
            (false, "DATA") => {
                content = true;
                b"354 go on\r\n"
            }
            (false, hello) if hello.starts_with("EHLO") => b"250-sink\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n",
            (false, _) => b"250 ok\r\n",
        };
        if write.write_all(answer).await.is_err() {
            return;
        }
    }
}

//! Against servers that break off, lie, or say nothing.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use taquilla::clock::Clock;
use taquilla::config::mailbox::{AfterCommit, MailboxSettings, Tls};
use taquilla::config::secret::SecretSource;
use taquilla::ingest::intake::{Condition, Content};
use taquilla::ingest::mailbox::{Manner, Until};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;
use tokio::net::tcp::OwnedWriteHalf;

use crate::journal::{Journal, Watched};

/// What the server does instead of what it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Malice {
    None,
    /// NO to FETCH, some mails given before it.
    NoToFetch,
    /// NO to every FETCH of UID 2, for ever.
    NeverGivesTwo,
    /// BYE in FETCH.
    ByeInFetch,
    /// Closes in FETCH, and says nothing.
    CloseInFetch,
    /// A literal shorter than announced, then the end of the connection.
    ShortLiteral,
    /// Announces 500 MB.
    HugeLiteral,
    /// A line that is not IMAP.
    Garbage,
    /// Gives all mails but UID 2, and OK.
    LeavesOneOut,
    /// An empty mail for UID 2, and OK.
    EmptyMail,
    /// Gives a mail that was not asked for.
    Unasked,
    /// NO to IDLE.
    NoToIdle,
    /// EXISTS between IDLE and `+`.
    EarlyExists,
    /// No answer to FETCH.
    Silence,
    /// An octet every 50 ms.
    Drip,
    /// A response code followed by half a character.
    HalfCharacter,
    /// Parentheses without end.
    Deep,
    /// Closes the connection whenever UID 2 is fetched.
    DiesOfTwo,
    /// BYE in place of a greeting.
    ByeAtOnce,
    /// PREAUTH.
    Preauth,
    /// Refuses the login with a second challenge, as with tokens.
    TokenRefused,
    /// Refuses MOVE.
    NoToMove,
}

impl Malice {
    /// Goes on for ever, or happens once.
    fn lasts(self) -> bool {
        use Malice::{ByeAtOnce, DiesOfTwo, NeverGivesTwo, NoToIdle, NoToMove, Preauth, TokenRefused};
        matches!(self, NeverGivesTwo | NoToIdle | DiesOfTwo | ByeAtOnce | Preauth | TokenRefused | NoToMove)
    }
}

#[derive(Debug)]
struct State {
    malice: Malice,
    mails: BTreeMap<u32, String>,
    commands: Vec<String>,
    connections: u32,
}

/// A scripted server with mails 1 to 3.
#[derive(Clone)]
struct Server {
    port: u16,
    state: Arc<Mutex<State>>,
}

impl Server {
    async fn start(malice: Malice) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let mails = (1..=3).map(|uid| (uid, format!("Subject: {uid}\r\n\r\nHola {uid}\r\n"))).collect();
        let state = State { malice, mails, commands: Vec::new(), connections: 0 };
        let server = Self { port: listener.local_addr().unwrap().port(), state: Arc::new(Mutex::new(state)) };
        let serving = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                serving.state.lock().unwrap().connections += 1;
                let serving = serving.clone();
                tokio::spawn(async move {
                    let (read, write) = stream.into_split();
                    // The connection may go at any moment; that is what is tested.
                    let _ended = serving.talk(BufReader::new(read), write).await;
                });
            }
        });
        server
    }

    fn settings(&self) -> MailboxSettings {
        MailboxSettings {
            tls: Tls::None,
            after: AfterCommit::Move("Processed".into()),
            poll: Duration::from_millis(100),
            command_timeout: Duration::from_millis(700),
            ..MailboxSettings::new("m", "127.0.0.1", self.port, "u", SecretSource::Password("p".into()))
        }
    }

    fn malice(&self) -> Malice {
        self.state.lock().unwrap().malice
    }

    /// The malice, if it is one of these; it is over with that unless it lasts.
    fn now(&self, kinds: &[Malice]) -> Option<Malice> {
        let mut state = self.state.lock().unwrap();
        let malice = state.malice;
        if !kinds.contains(&malice) {
            return None;
        }
        if !malice.lasts() {
            state.malice = Malice::None;
        }
        Some(malice)
    }

    fn commands(&self) -> Vec<String> {
        self.state.lock().unwrap().commands.clone()
    }

    async fn talk(
        &self,
        mut read: BufReader<tokio::net::tcp::OwnedReadHalf>,
        mut write: OwnedWriteHalf,
    ) -> std::io::Result<()> {
        let greeting = match self.now(&[Malice::ByeAtOnce, Malice::Preauth, Malice::HalfCharacter]) {
            Some(Malice::ByeAtOnce) => "* BYE too busy\r\n",
            Some(Malice::Preauth) => "* PREAUTH welcome\r\n",
            Some(_) => "* OK [ALERT]\u{e9}\r\n",
            None => "* OK ready\r\n",
        };
        write.write_all(greeting.as_bytes()).await?;
        let mut line = String::new();
        while read.read_line(&mut line).await? > 0 {
            let (tag, command) = line.trim_end().split_once(' ').unwrap_or((line.trim_end(), ""));
            self.state.lock().unwrap().commands.push(command.to_owned());
            if let Some(rest) = command.strip_prefix("UID FETCH ") {
                if !self.fetch(tag, rest, &mut write).await? {
                    return Ok(());
                }
            } else if command == "IDLE" {
                if self.now(&[Malice::NoToIdle]).is_some() {
                    write.write_all(format!("{tag} NO not now\r\n").as_bytes()).await?;
                } else {
                    if self.now(&[Malice::EarlyExists]).is_some() {
                        let mail = "Subject: 4\r\n\r\nHola 4\r\n".to_owned();
                        self.state.lock().unwrap().mails.insert(4, mail);
                        write.write_all(b"* 1 EXISTS\r\n").await?;
                    }
                    write.write_all(b"+ idling\r\n* OK Still here\r\n").await?;
                    let mut done = String::new();
                    read.read_line(&mut done).await?;
                    write.write_all(format!("{tag} OK done\r\n").as_bytes()).await?;
                }
            } else if command.starts_with("AUTHENTICATE XOAUTH2")
                && self.now(&[Malice::TokenRefused]).is_some()
            {
                // {"status":"400"}
                write.write_all(b"+ eyJzdGF0dXMiOiI0MDAifQ==\r\n").await?;
                let mut answer = String::new();
                read.read_line(&mut answer).await?;
                self.state.lock().unwrap().commands.push(answer.trim_end().to_owned());
                write.write_all(format!("{tag} NO AUTHENTICATE failed\r\n").as_bytes()).await?;
            } else {
                let answer = self.answer(command);
                write.write_all(answer.replace("TAG", tag).as_bytes()).await?;
            }
            line.clear();
        }
        Ok(())
    }

    fn answer(&self, command: &str) -> String {
        if command == "CAPABILITY" {
            let token = if self.malice() == Malice::TokenRefused { " AUTH=XOAUTH2" } else { "" };
            return format!(
                "* CAPABILITY IMAP4rev1 IDLE MOVE UIDPLUS SASL-IR AUTH=PLAIN{token}\r\nTAG OK\r\n"
            );
        }
        if command.starts_with("SELECT") {
            let state = self.state.lock().unwrap();
            let next = state.mails.keys().max().map_or(4, |uid| uid + 1).max(4);
            let exists = state.mails.len();
            return format!(
                "* {exists} EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT {next}] x\r\nTAG OK [READ-WRITE] x\r\n"
            );
        }
        if let Some(rest) = command.strip_prefix("UID MOVE ") {
            if self.now(&[Malice::NoToMove]).is_some() {
                return "TAG NO over quota\r\n".into();
            }
            let uids = uids(rest.split(' ').next().unwrap());
            self.state.lock().unwrap().mails.retain(|uid, _| !uids.contains(uid));
        }
        if command.starts_with("CREATE") && self.malice() == Malice::NoToMove {
            return "TAG NO exists\r\n".into();
        }
        "TAG OK done\r\n".into()
    }

    /// False: the connection is to be closed.
    async fn fetch(&self, tag: &str, rest: &str, write: &mut OwnedWriteHalf) -> std::io::Result<bool> {
        let mails = self.state.lock().unwrap().mails.clone();
        let asked = uids(rest.split(' ').next().unwrap());
        let asked: Vec<(u32, String)> = mails.into_iter().filter(|(uid, _)| asked.contains(uid)).collect();
        if !rest.contains("BODY") {
            for (uid, mail) in &asked {
                let line = format!(
                    "* {uid} FETCH (UID {uid} RFC822.SIZE {} FLAGS () INTERNALDATE \" 1-Jan-2026 00:00:00 +0000\")\r\n",
                    mail.len()
                );
                write.write_all(line.as_bytes()).await?;
            }
            write.write_all(format!("{tag} OK done\r\n").as_bytes()).await?;
            return Ok(true);
        }
        let section = if rest.contains("HEADER") { "[HEADER]<0>" } else { "[]" };
        let text = |uid: u32, mail: &str| {
            format!("* {uid} FETCH (UID {uid} BODY{section} {{{}}}\r\n{mail})\r\n", mail.len())
        };
        let two = asked.iter().any(|(uid, _)| *uid == 2);
        let malice = self.malice();
        if two && malice == Malice::DiesOfTwo {
            return Ok(false);
        }
        let misses_two = matches!(malice, Malice::NeverGivesTwo | Malice::LeavesOneOut);
        for (uid, mail) in &asked {
            match *uid {
                2 if misses_two => {}
                2 if malice == Malice::EmptyMail => write.write_all(text(2, "").as_bytes()).await?,
                2 if malice == Malice::Unasked => write.write_all(text(99, mail).as_bytes()).await?,
                2 if self.break_off(write).await? => return Ok(malice == Malice::Silence),
                2 if malice == Malice::NoToFetch => {
                    self.now(&[malice]);
                    write.write_all(format!("{tag} NO unreadable\r\n").as_bytes()).await?;
                    return Ok(true);
                }
                _ => write.write_all(text(*uid, mail).as_bytes()).await?,
            }
        }
        self.now(&[Malice::LeavesOneOut, Malice::EmptyMail, Malice::Unasked]);
        let end = if two && malice == Malice::NeverGivesTwo { "NO unreadable" } else { "OK done" };
        write.write_all(format!("{tag} {end}\r\n").as_bytes()).await?;
        Ok(true)
    }

    /// What ends a connection in the middle of FETCH; false if nothing.
    async fn break_off(&self, write: &mut OwnedWriteHalf) -> std::io::Result<bool> {
        use Malice::{ByeInFetch, CloseInFetch, Deep, Drip, Garbage, HugeLiteral, ShortLiteral, Silence};
        let kinds = [ByeInFetch, CloseInFetch, ShortLiteral, HugeLiteral, Garbage, Silence, Drip, Deep];
        let Some(malice) = self.now(&kinds) else { return Ok(false) };
        let deep = format!("* 2 FETCH (BODYSTRUCTURE {}", "(".repeat(100_000));
        let text = match malice {
            ByeInFetch => "* BYE going down\r\n",
            ShortLiteral => "* 2 FETCH (UID 2 BODY[] {20}\r\nSubj",
            HugeLiteral => "* 2 FETCH (UID 2 BODY[] {500000000}\r\nabc",
            Garbage => "* what is this?\r\n",
            Deep => &deep,
            _ => "",
        };
        write.write_all(text.as_bytes()).await?;
        if malice == Drip {
            for octet in b"* 2 FETCH (UID 2 BODY[] {22}\r\n".iter().cycle() {
                write.write_all(&[*octet]).await?;
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
        if matches!(malice, HugeLiteral | Garbage | Deep) {
            // The connection stays: it is on the client to end it.
            tokio::time::sleep(Duration::from_secs(5)).await;
        }
        Ok(true)
    }
}

/// `1:3,5` as numbers; `n:*` up to 100.
fn uids(set: &str) -> Vec<u32> {
    set.split(',')
        .flat_map(|part| {
            let (low, high) = part.split_once(':').unwrap_or((part, part));
            let low: u32 = low.parse().unwrap();
            low..=high.parse().unwrap_or(100)
        })
        .collect()
}

fn manner(until: Until) -> Manner {
    Manner { until, backlog: false, clock: Clock::System, seed: 1 }
}

/// Whatever the server does once, the next attempt has all mails, each once.
async fn overcome(malice: Malice) {
    let server = Server::start(malice).await;
    let journal = Arc::new(Journal::default());
    let began = Instant::now();
    let watched = Watched::start(server.settings(), &journal, manner(Until::Stopped));
    let mails = if malice == Malice::EarlyExists { 4 } else { 3 };
    journal.until_acked(mails).await;
    watched.stop().await.unwrap();
    assert!(began.elapsed() < Duration::from_secs(12), "{malice:?} took {:?}", began.elapsed());
    let mut rows = journal.rows();
    rows.sort_by_key(|row| row.uid);
    for (uid, row) in (1..).zip(&rows) {
        let text = format!("Subject: {uid}\r\n\r\nHola {uid}\r\n");
        assert_eq!(row.content, Content::Whole(Arc::from(text.as_bytes())), "{malice:?}");
    }
    assert_eq!(server.state.lock().unwrap().mails.len(), 0, "{malice:?}");
    assert_eq!(journal.conditions(), [], "{malice:?}");
}

macro_rules! overcome {
    ($($name:ident $malice:ident;)*) => {
        $(#[tokio::test] async fn $name() { overcome(Malice::$malice).await; })*
    };
}

overcome! {
    no_malice None;
    no_to_fetch NoToFetch;
    bye_in_fetch ByeInFetch;
    close_in_fetch CloseInFetch;
    short_literal ShortLiteral;
    garbage Garbage;
    a_mail_is_left_out LeavesOneOut;
    an_empty_mail EmptyMail;
    a_mail_that_was_not_asked_for Unasked;
    no_answer_at_all Silence;
    an_octet_at_a_time Drip;
    half_a_character HalfCharacter;
    parentheses_without_end Deep;
    exists_before_idling EarlyExists;
}

#[tokio::test]
async fn a_huge_literal_is_not_believed() {
    let before = resident_megabytes();
    overcome(Malice::HugeLiteral).await;
    assert!(resident_megabytes() < before + 100);
}

/// The most memory that this process ever had (VmHWM).
fn resident_megabytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.split_whitespace().next().unwrap().parse::<u64>().unwrap() / 1024
}

#[tokio::test]
async fn no_to_idle_means_polling() {
    let server = Server::start(Malice::NoToIdle).await;
    let journal = Arc::new(Journal::default());
    let watched = Watched::start(server.settings(), &journal, manner(Until::Stopped));
    journal.until_acked(3).await;
    server.state.lock().unwrap().mails.insert(4, "Subject: 4\r\n\r\n".into());
    journal.until_acked(4).await;
    watched.stop().await.unwrap();
    let idles = server.commands().iter().filter(|command| *command == "IDLE").count();
    assert_eq!(idles, 1, "{:?}", server.commands());
}

/// What is slipped in behind the answer to STARTTLS counts as said inside TLS, for a client that keeps it
/// (CVE-2011-0411): here, that no login is possible.
#[tokio::test]
async fn what_is_said_before_tls_is_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let files = crate::peers::certificate::make(folder.path(), &["localhost"]);
    let chain = vec![CertificateDer::from_pem_file(&files.certificate).unwrap()];
    let key = PrivateKeyDer::from_pem_file(&files.key).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.unwrap().with_no_client_auth().with_single_cert(chain, key).unwrap();
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"* OK ready\r\n").await.unwrap();
        let mut line = [0; 64];
        let length = stream.read(&mut line).await.unwrap();
        let tag = String::from_utf8_lossy(&line[..length]).split(' ').next().unwrap().to_owned();
        let injected = format!(
            "{tag} OK begin\r\n* CAPABILITY IMAP4rev1 LOGINDISABLED\r\nT1 OK done\r\nT2 NO refused\r\n"
        );
        stream.write_all(injected.as_bytes()).await.unwrap();
        let stream = tokio_rustls::TlsAcceptor::from(Arc::new(config)).accept(stream).await.unwrap();
        let mut stream = BufReader::new(stream);
        let mut said = Vec::new();
        let mut line = String::new();
        while stream.read_line(&mut line).await.unwrap_or(0) > 0 {
            let (tag, command) = line.trim_end().split_once(' ').unwrap();
            said.push(command.to_owned());
            let answer = match command {
                "CAPABILITY" => format!("* CAPABILITY IMAP4rev1\r\n{tag} OK\r\n"),
                command if command.starts_with("LOGIN") => format!("{tag} OK\r\n"),
                _ => format!("{tag} NO that is all\r\n"),
            };
            stream.write_all(answer.as_bytes()).await.unwrap();
            line.clear();
        }
        said
    });
    let settings = MailboxSettings {
        tls: Tls::StartTls,
        ca_file: Some(files.authority),
        ..MailboxSettings::new("m", "localhost", port, "u \"x\"", SecretSource::Password("p\\".into()))
    };
    let journal = Arc::new(Journal::default());
    let failure = Watched::start(settings, &journal, manner(Until::CaughtUp)).end().await.unwrap_err();
    assert!(failure.contains("that is all"), "{failure}");
    let said = server.await.unwrap();
    assert_eq!(said[..3], ["CAPABILITY", r#"LOGIN "u \"x\"" "p\\""#, "CAPABILITY"], "{said:?}");
}

/// One mail that cannot be had goes to quarantine, and keeps no other waiting.
async fn quarantined(malice: Malice, header: &[u8], reason: &str) {
    let server = Server::start(malice).await;
    let journal = Arc::new(Journal::default());
    let settings = MailboxSettings { idle_renewal: Duration::from_millis(100), ..server.settings() };
    let watched = Watched::start(settings, &journal, manner(Until::Stopped));
    journal.until("the two others", |state| state.rows.len() == 2).await;
    journal.until("the quarantine", |state| state.rows.len() == 3 && !state.conditions.is_empty()).await;
    watched.stop().await.unwrap();
    let row = journal.rows().into_iter().find(|row| row.uid == 2).unwrap();
    let Content::Unfetchable { header: got, reason: why } = &row.content else { panic!("{row:?}") };
    assert_eq!(&got[..], header);
    assert!(why.contains(reason), "{why}");
    // It stays where it is.
    assert_eq!(server.state.lock().unwrap().mails.keys().copied().collect::<Vec<_>>(), [2]);
    assert!(matches!(journal.conditions()[0], Condition::Unfetchable { uid: 2, .. }));
}

#[tokio::test]
async fn a_mail_that_is_never_given_goes_to_quarantine() {
    quarantined(Malice::NeverGivesTwo, b"", "unreadable").await;
}

#[tokio::test]
async fn a_mail_that_ends_every_connection_holds_up_no_other() {
    let server = Server::start(Malice::DiesOfTwo).await;
    let journal = Arc::new(Journal::default());
    let watched = Watched::start(server.settings(), &journal, manner(Until::Stopped));
    journal.until_acked(2).await;
    watched.stop().await.unwrap();
    assert_eq!(server.state.lock().unwrap().mails.keys().copied().collect::<Vec<_>>(), [2]);
    assert!(server.state.lock().unwrap().connections <= 4);
}

#[tokio::test]
async fn refusals_to_move_are_told_once_and_block_nothing() {
    let server = Server::start(Malice::NoToMove).await;
    let journal = Arc::new(Journal::default());
    let watched = Watched::start(server.settings(), &journal, manner(Until::Stopped));
    journal.until("the alarm", |state| state.rows.len() == 3 && !state.conditions.is_empty()).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    server.state.lock().unwrap().malice = Malice::None;
    journal.until_acked(3).await;
    watched.stop().await.unwrap();
    let conditions = journal.conditions();
    let [Condition::AckRefused { folder, answer }] = &conditions[..] else { panic!("{conditions:?}") };
    assert!(folder == "INBOX" && answer.contains("over quota") && answer.contains("Processed"), "{answer}");
}

#[tokio::test]
async fn what_a_server_says_at_the_door() {
    for (malice, words) in [
        (Malice::ByeAtOnce, "the server ends the connection: too busy"),
        (Malice::Preauth, "PREAUTH"),
        (Malice::TokenRefused, "login refused: AUTHENTICATE failed {\"status\":\"400\"}"),
    ] {
        let server = Server::start(malice).await;
        let secret = if malice == Malice::TokenRefused {
            SecretSource::Command(vec!["echo".into(), "token".into()])
        } else {
            SecretSource::Password("p".into())
        };
        let settings = MailboxSettings { secret, ..server.settings() };
        let journal = Arc::new(Journal::default());
        let failure = Watched::start(settings, &journal, manner(Until::CaughtUp)).end().await.unwrap_err();
        assert!(failure.contains(words), "{failure}");
        if malice == Malice::TokenRefused {
            // user=u^Aauth=Bearer token^A^A, then an empty answer to the challenge.
            let commands = server.commands();
            let sent = "AUTHENTICATE XOAUTH2 dXNlcj11AWF1dGg9QmVhcmVyIHRva2VuAQE=";
            let at = commands.iter().position(|command| command == sent).expect("XOAUTH2");
            assert_eq!(commands[at + 1], "", "{commands:?}");
        }
    }
}

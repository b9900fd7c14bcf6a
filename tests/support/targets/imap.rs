//! What a server may send, to a session that does all it ever does. The server says its octets at once and hangs up;
//! it is a socket of this machine, for that is the only door that a session has.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use taquilla::config::mailbox::{AfterCommit, MailboxSettings, Tls};
use taquilla::config::secret::SecretSource;
use taquilla::ingest::imap::{ImapError, Session};
use taquilla::ingest::protocol::{Ack, Extent, Span, Want};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// A session that ended in words is over sooner; only a hang takes so long.
const PATIENCE: Duration = Duration::from_secs(2);

static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap());

pub(super) fn run(octets: &[u8]) {
    // Whoever stops this program for a while makes it late; a hang hangs again.
    if is_late(octets) {
        assert!(!is_late(octets), "a hang");
    }
}

/// Talks to a server that says this, and whether it took too long.
fn is_late(octets: &[u8]) -> bool {
    let began = Instant::now();
    let silent = RUNTIME.block_on(async {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let serve = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            // The session may have had enough before the end.
            let _said = stream.write_all(octets).await;
            let _over = stream.shutdown().await;
            // Whoever closes first keeps the port for a while: let that be the session.
            let mut heard = [0; 4096];
            while let Ok(1..) = tokio::io::AsyncReadExt::read(&mut stream, &mut heard).await {}
        };
        let (ended, ()) = tokio::join!(session(port), serve);
        let Err(error) = ended else { return false };
        let words = error.to_string();
        assert!(!words.is_empty() && !words.contains('\n'), "{words:?}");
        assert!(words.len() < 2_000, "a server's words without end: {words}");
        matches!(error, ImapError::Silent(_))
    });
    silent || began.elapsed() >= PATIENCE * 2
}

async fn session(port: u16) -> Result<(), ImapError> {
    let settings = MailboxSettings {
        tls: Tls::None,
        after: AfterCommit::Flag("Processed".into()),
        command_timeout: PATIENCE,
        piece_bytes: 1024,
        max_mail_bytes: 100_000,
        ..MailboxSettings::new("m", "127.0.0.1", port, "u", SecretSource::Password("p".into()))
    };
    let mut session = Session::connect(&settings).await?;
    session.open("INBOX").await?;
    let listed = session.list(&Span::Range(1, None)).await?;
    let want = |uid: u32, extent: Extent| Want { uid, size: 300, received: None, extent, backlog: false };
    let whole: Vec<Want> = listed.iter().take(3).map(|one| want(one.uid, Extent::Whole)).collect();
    drop(session.fetch(&whole).await?);
    let fetched = session.fetch(&[want(1, Extent::Pieces)]).await?;
    assert!(fetched.mails.len() <= 1);
    drop(session.fetch(&[want(2, Extent::HeaderOnly)]).await?);
    for how in [Ack::Flag("Processed".into()), Ack::Move("Done".into()), Ack::Delete] {
        match session.ack(&[1, 2, 3], &how).await {
            Ok(()) | Err(ImapError::Refused { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    session.poll().await?;
    let (_keep, mut stop) = tokio::sync::watch::channel(false);
    if session.can_idle() {
        match session.idle(Duration::from_millis(1), &mut stop).await {
            Ok(_) | Err(ImapError::Refused { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    let _news = session.take_news();
    session.leave().await;
    Ok(())
}

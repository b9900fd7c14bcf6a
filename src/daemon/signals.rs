//! SIGTERM and SIGINT: the first one stops, a second one ends the program at once.

use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

/// Exit code of a program that a signal ended (128 + SIGTERM).
const KILLED: i32 = 143;
/// Beyond the grace, for closing the database.
const CLOSING: Duration = Duration::from_millis(700);

/// Sets `stop` at the first signal; ends the process at the second, or if it still runs some time after `grace`.
pub(super) fn stop_on_signal(stop: watch::Sender<bool>, grace: Duration) {
    let (Some(term), Some(int)) = (listen(SignalKind::terminate()), listen(SignalKind::interrupt())) else {
        return;
    };
    tokio::spawn(async move {
        let (mut term, mut int) = (term, int);
        either(&mut term, &mut int).await;
        tracing::info!("a signal came: what is in hand is finished; a second signal ends at once");
        stop.send_replace(true);
        tokio::select! {
            () = either(&mut term, &mut int) => {}
            () = tokio::time::sleep(grace + CLOSING) => {}
        }
        // Every state on disk is one that a crash may leave; the next start goes on from it.
        std::process::exit(KILLED);
    });
}

fn listen(kind: SignalKind) -> Option<Signal> {
    signal(kind).map_err(|error| tracing::error!(%error, "signals cannot be received")).ok()
}

async fn either(term: &mut Signal, int: &mut Signal) {
    tokio::select! {
        _ = term.recv() => {}
        _ = int.recv() => {}
    }
}

//! A batch is read while it is written: the reader is some mails ahead of the pen, on a thread of its own.

use std::sync::Arc;

use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::{House, Letter, PipelineError, letter, signatures};
use crate::decide::{Event, Proof};
use crate::store::{Entry, Store};

/// Mails that have been read, in the order of their letters.
pub(super) type Stretch = Vec<(Event, Entry)>;

/// So many mails are handed over together. Few enough that the pen begins early, enough that they are written together.
const STRETCH: usize = 32;
/// So many stretches wait for the pen at most; what they occupy is bounded by the batch.
const WAITING: usize = 4;

/// Begins to read. The channel ends with the letters, or behind the first trouble.
pub(super) fn read(
    letters: Vec<Letter>,
    house: Arc<House>,
    store: Store,
) -> (JoinHandle<()>, mpsc::Receiver<Result<Stretch, PipelineError>>) {
    let (hand, stretches) = mpsc::channel(WAITING);
    let (keeper, runtime) = (store.keeper(), Handle::current());
    let work = move || {
        let mut letters = letters.into_iter();
        loop {
            let mut stretch: Stretch = letters
                .by_ref()
                .take(STRETCH)
                .map(|letter| letter::read(letter, Proof::None, &house))
                .collect();
            if stretch.is_empty() {
                return;
            }
            // Keys of signatures may have to be waited for; so it is done here, ahead of the pen.
            if let Err(error) = runtime.block_on(signatures::check(&mut stretch, &house, &store)) {
                // Whoever waits for mails that are read hears it, if there is still somebody.
                drop(hand.blocking_send(Err(error.into())));
                return;
            }
            // Files are durable before the transaction that names them, and the disk is not waited for with the pen in hand.
            let kept = keeper.keep_large(&letter::contents(&stretch));
            let failed = kept.is_err();
            if hand.blocking_send(kept.map(|()| stretch).map_err(PipelineError::from)).is_err() || failed {
                return;
            }
        }
    };
    (tokio::task::spawn_blocking(work), stretches)
}

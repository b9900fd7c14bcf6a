//! Which mails are fetched together.

use std::collections::VecDeque;

use super::{Extent, Listed, Settings, Want};

/// How much of a listed mail is wanted, if nothing is held against it.
pub(super) fn want(listed: &Listed, backlog: bool, settings: &Settings) -> Want {
    let extent = if listed.size > settings.max_mail_bytes {
        Extent::HeaderOnly
    } else if listed.size > u64::from(settings.piece_bytes) {
        Extent::Pieces
    } else {
        Extent::Whole
    };
    Want { uid: listed.uid, size: listed.size, received: listed.received, extent, backlog }
}

/// Octets that a mail will occupy.
pub(super) fn weight(want: &Want) -> u64 {
    match want.extent {
        Extent::Whole | Extent::Pieces => want.size,
        // A header has its own limit, far below that of a mail.
        Extent::HeaderOnly | Extent::LastResort => 64 * 1024,
    }
}

/// Takes the next batch from the queue: mails of one extent, within the limits; what comes in pieces comes alone. Empty
/// if the first one does not fit into `room` octets.
pub(super) fn next(queue: &mut VecDeque<Want>, room: u64, settings: &Settings) -> Vec<Want> {
    let mut batch: Vec<Want> = Vec::new();
    let mut bytes = 0u64;
    while let Some(want) = queue.front() {
        let total = bytes.saturating_add(weight(want));
        if total > room || batch.len() >= settings.batch_mails {
            break;
        }
        if let Some(first) = batch.first()
            && (first.extent != want.extent || first.extent == Extent::Pieces || total > settings.batch_bytes)
        {
            break;
        }
        bytes = total;
        batch.extend(queue.pop_front());
    }
    batch
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_are_bounded_and_of_one_kind() {
        let settings = Settings {
            batch_mails: 3,
            batch_bytes: 100,
            piece_bytes: 80,
            max_mail_bytes: 200,
            ..Settings::new("INBOX", crate::config::mailbox::AfterCommit::Keep)
        };
        let sizes = [10, 10, 10, 10, 60, 50, 90, 200, 10, 201, 10];
        let mut queue: VecDeque<Want> = (1u32..)
            .zip(sizes)
            .map(|(uid, size)| {
                let listed = Listed { uid, size, received: None, deleted: false, flagged: false };
                want(&listed, false, &settings)
            })
            .collect();
        let mut batches = Vec::new();
        while !queue.is_empty() {
            batches
                .push(next(&mut queue, u64::MAX, &settings).iter().map(|want| want.uid).collect::<Vec<_>>());
        }
        assert_eq!(
            batches,
            [vec![1, 2, 3], vec![4, 5], vec![6], vec![7], vec![8], vec![9], vec![10], vec![11]]
        );
        let extent = |size| {
            let listed = Listed { uid: 1, size, received: None, deleted: false, flagged: false };
            want(&listed, false, &settings).extent
        };
        assert_eq!((extent(200), extent(201)), (Extent::Pieces, Extent::HeaderOnly));
    }

    #[test]
    fn nothing_is_taken_that_does_not_fit() {
        let settings = Settings::new("INBOX", crate::config::mailbox::AfterCommit::Keep);
        let large = Want { uid: 1, size: 10_000, received: None, extent: Extent::Whole, backlog: false };
        let mut queue = VecDeque::from([large]);
        assert_eq!(next(&mut queue, 9_999, &settings), []);
        assert_eq!(next(&mut queue, 10_000, &settings), [large]);
    }
}

//! What of a mail needs the network: the keys of its signatures. Before the pen is taken, and once for each mail, since what was
//! believed of it is not to change with the keys of a domain.

use futures_util::future::join_all;

use super::House;
use crate::decide::{Event, Incoming, Signed};
use crate::ingest::dkim;
use crate::mail::{Class, Digest};
use crate::store::{Entry, Store, StoreError};

/// Checks the signatures of a batch.
pub(super) async fn check(
    read: &mut [(Event, Entry)],
    house: &House,
    store: &Store,
) -> Result<(), StoreError> {
    let verdicts = join_all(read.iter().map(async |(event, _)| match event {
        Event::Mail(incoming) => verdict(incoming, house, Some(store), None).await,
        Event::Timer(_) | Event::Request(_) => Ok(None),
    }));
    let verdicts = verdicts.await.into_iter().collect::<Result<Vec<_>, _>>()?;
    for ((event, entry), verdict) in read.iter_mut().zip(verdicts) {
        if let Event::Mail(incoming) = event {
            entry.dkim = verdict.as_ref().map(Signed::to_text);
            incoming.verdicts.dkim = verdict;
        }
    }
    Ok(())
}

/// The verdict on one mail, if one is wanted: that of the day on which it came, else one of today. `fingerprint`: a mail
/// that is like one that came is that one.
pub(super) async fn verdict(
    incoming: &Incoming,
    house: &House,
    store: Option<&Store>,
    fingerprint: Option<Digest>,
) -> Result<Option<Signed>, StoreError> {
    if !wanted(incoming, house) {
        return Ok(None);
    }
    if let Some(store) = store
        && let Some(known) = store.dkim_of(incoming.mail.digest, fingerprint).await?
    {
        return Ok(Signed::from_text(&known));
    }
    let signed = match house.key_source() {
        Ok(keys) => dkim::check(&incoming.mail, keys).await,
        Err(why) => Signed::Not(why.clone()),
    };
    Ok(Some(signed))
}

/// Only an agent's order is worth the question, and only a person's.
fn wanted(incoming: &Incoming, house: &House) -> bool {
    let (desk, mail) = (&house.policy.desk, &incoming.mail);
    desk.trust.dkim
        && !incoming.silent
        && incoming.unfit.is_none()
        && incoming.classified.class == Class::Person
        && mail.from.as_ref().is_some_and(|from| desk.agent_by_address(&from.address).is_some())
        && mail.header("DKIM-Signature").next().is_some()
}

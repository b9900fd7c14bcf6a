//! Our own check of DKIM signatures (RFC 6376): whether the domain of the author's address vouches for the mail. The only
//! user of its library, and the only place that asks the DNS.
//!
//! Stricter than the RFC, since an order may follow: the signature is the author's own domain's, covers From, To,
//! Subject, Date (and Cc where there is one) and the whole body, and the mail can be read in one way only. Whatever falls
//! short is no proof, and no verdict against the mail either (RFC 6376 section 6.1): mail systems break signatures.

mod form;
mod record;

use std::borrow::Borrow;
use std::hash::Hash;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use mail_auth::common::crypto::Algorithm;
use mail_auth::common::parse::TxtRecordParser as _;
use mail_auth::common::verify::{DomainKey, VerifySignature as _};
use mail_auth::dkim::Signature;
use mail_auth::hickory_resolver::config::{NameServerConfig, ResolverConfig, ResolverOpts};
use mail_auth::hickory_resolver::proto::rr::{Name, RData};
use mail_auth::hickory_resolver::system_conf::read_system_conf;
use mail_auth::{AuthenticatedMessage, DkimResult, MessageAuthenticator, Parameters, ResolverCache, Txt};

use crate::decide::Signed;
use crate::mail::Mail;

/// How long the DNS may take for one mail; later is no answer.
const DEADLINE: Duration = Duration::from_secs(5);
/// Fields in which nobody looks for a signature of the author's domain: each costs a hash of the body.
const MOST_SIGNATURES: usize = 8;
/// Signatures of the domain that are tried.
const MOST_TRIED: usize = 3;

/// Where the keys of domains are found.
#[derive(Clone)]
pub struct Keys(MessageAuthenticator);

impl std::fmt::Debug for Keys {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Keys(DNS)")
    }
}

impl Keys {
    /// Keys by the DNS server named, else by those of the operating system.
    ///
    /// # Errors
    /// The operating system names none, in words.
    pub fn by(resolver: Option<SocketAddr>) -> Result<Self, String> {
        let (config, mut options) = match resolver {
            Some(server) => {
                let mut of_server = NameServerConfig::udp_and_tcp(server.ip());
                for connection in &mut of_server.connections {
                    connection.port = server.port();
                }
                (ResolverConfig::from_parts(None, Vec::new(), vec![of_server]), ResolverOpts::default())
            }
            None => read_system_conf().map_err(|error| error.to_string())?,
        };
        options.timeout = DEADLINE / 2;
        options.attempts = 1;
        MessageAuthenticator::new(config, options).map(Self).map_err(|error| error.to_string())
    }

    /// The record of a name.
    async fn record(&self, name: &str) -> Result<Vec<u8>, String> {
        let trouble = |error: &dyn std::fmt::Display| format!("the DNS has no answer for {name}: {error}");
        let fqdn = Name::from_str_relaxed(name).map_err(|error| trouble(&error))?;
        let found = self.0.resolver().txt_lookup(fqdn).await.map_err(|error| trouble(&error))?;
        let text =
            |data: &RData| if let RData::TXT(text) = data { Some(text.txt_data.concat()) } else { None };
        let mut records = found.answers().iter().filter_map(|record| text(&record.data));
        match (records.next(), records.next()) {
            (Some(record), None) => Ok(record),
            (None, _) => Err(format!("{name} has no key")),
            // RFC 6376 section 3.6.2.2 leaves open which of them is meant.
            (Some(_), Some(_)) => Err(format!("{name} has several keys")),
        }
    }
}

/// Checks a mail.
pub async fn check(mail: &Mail, keys: &Keys) -> Signed {
    match passed(mail, keys).await {
        Ok((domain, selector)) => Signed::Holds { domain, selector },
        Err(why) => Signed::Not(why),
    }
}

async fn passed(mail: &Mail, keys: &Keys) -> Result<(String, String), String> {
    form::one_reading(mail)?;
    let domain = mail.from.as_ref().map(crate::mail::Address::domain).unwrap_or_default();
    let names = form::key_names(mail, &domain, MOST_SIGNATURES, MOST_TRIED)?;
    let lookups = join_all(names.iter().map(|name| keys.record(name)));
    let records =
        tokio::time::timeout(DEADLINE, lookups).await.map_err(|_| "the DNS did not answer in time")?;
    let mut known = Known(Vec::new());
    let mut why = String::new();
    for (name, record) in names.iter().zip(records) {
        let key = record.and_then(|record| {
            record::usable(&record)?;
            DomainKey::parse(&record).map_err(|error| format!("the key of {name} cannot be used: {error}"))
        });
        match key {
            Ok(key) => known.0.push((name.to_lowercase().into_boxed_str(), Txt::DomainKey(Arc::new(key)))),
            Err(wrong) => why = wrong,
        }
    }
    if known.0.is_empty() {
        return Err(why);
    }
    let (raw, keys, has_cc) = (Arc::clone(&mail.raw), keys.clone(), mail.header("Cc").next().is_some());
    let runtime = tokio::runtime::Handle::current();
    // Bodies of many megabytes are hashed: not on a thread of the mailboxes.
    let work = move || runtime.block_on(verified(&raw, &domain, has_cc, &known, &keys));
    tokio::task::spawn_blocking(work).await.map_err(|_| "the signature cannot be read".to_owned())?
}

/// Domain and selector of the signature that holds.
async fn verified(
    raw: &[u8],
    domain: &str,
    has_cc: bool,
    known: &Known,
    keys: &Keys,
) -> Result<(String, String), String> {
    let mut message = AuthenticatedMessage::parse(raw).ok_or("the mail cannot be read")?;
    let mut why = "no signature of the domain can be read".to_owned();
    message.dkim_headers.retain_mut(|field| {
        let signature = &mut field.header;
        // No reports (RFC 6651) and no third parties (RFC 6541): both would ask for more names.
        signature.r = false;
        signature.atps = None;
        let kept = acceptable(signature, domain, has_cc, known);
        if let Err(wrong) = &kept {
            wrong.clone_into(&mut why);
        }
        kept.is_ok()
    });
    let checked = keys.0.verify_dkim(Parameters::new(&message).with_txt_cache(known)).await;
    for one in &checked {
        match (one.result(), one.signature()) {
            (DkimResult::Pass, Some(signature)) => {
                return Ok((signature.d.clone(), signature.s.clone()));
            }
            (
                DkimResult::Neutral(error)
                | DkimResult::Fail(error)
                | DkimResult::PermError(error)
                | DkimResult::TempError(error),
                Some(_),
            ) => why = error.to_string(),
            (DkimResult::Pass | DkimResult::None, _) | (_, None) => {}
        }
    }
    Err(why)
}

/// Whether a signature would be proof if it held.
fn acceptable(signature: &Signature, domain: &str, has_cc: bool, known: &Known) -> Result<(), String> {
    let covers = |name: &str| signature.h.iter().any(|field| field.eq_ignore_ascii_case(name));
    if !form::vouches_for(&signature.d, domain) {
        return Err(format!("the signature is that of {}", signature.d));
    }
    if known.get::<str>(&signature.domain_key().to_lowercase()).is_none() {
        return Err(format!("selector {} has no key", signature.s));
    }
    if signature.l != 0 {
        return Err("the signature covers a part of the text only (l=)".to_owned());
    }
    if signature.a == Algorithm::RsaSha1 {
        return Err("the signature is made with SHA-1 (RFC 8301)".to_owned());
    }
    for name in ["From", "To", "Subject", "Date"].into_iter().chain(has_cc.then_some("Cc")) {
        if !covers(name) {
            return Err(format!("the signature does not cover {name}"));
        }
    }
    Ok(())
}

/// The keys that were found, for a library that would ask for them. They are few.
struct Known(Vec<(Box<str>, Txt)>);

impl ResolverCache<Box<str>, Txt> for Known {
    /// What is not known is not asked for.
    fn get<Q>(&self, name: &Q) -> Option<Txt>
    where
        Box<str>: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let found = self.0.iter().find(|(known, _)| Borrow::<Q>::borrow(known) == name);
        found.map(|(_, key)| key.clone())
    }

    fn remove<Q>(&self, _: &Q) -> Option<Txt>
    where
        Box<str>: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        None
    }

    fn insert(&self, _: Box<str>, _: Txt, _: Instant) {}
}

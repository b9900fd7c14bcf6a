//! What most subcommands begin with: the files of the desk, its data folder, or both.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use super::CliError;
use crate::clock::Clock;
use crate::config::load::{self, Loaded};
use crate::decide::Policy;
use crate::desk::Desk;
use crate::desk::token::Keys;
use crate::ingest::parse::ParseLimits;
use crate::outbound::template::Templates;
use crate::pipeline::{House, Pipeline, PipelineError};
use crate::rules::RuleSet;
use crate::store::keys::{self, Identity, KeyError};
use crate::store::{Disposition, LockError, RunLock, Store, StoreError, StoreOptions};

/// Octets read from standard input at most: the largest mail that a setting can admit.
const LARGEST_MAIL: u64 = 1024 * 1024 * 1024;
/// Octets of one piece of what is read.
const PIECE: u64 = 256 * 1024;

impl From<StoreError> for CliError {
    fn from(error: StoreError) -> Self {
        match error.disposition() {
            Disposition::Transient => Self::Later(error.to_string()),
            Disposition::Permanent => Self::Failed(error.to_string()),
        }
    }
}

impl From<PipelineError> for CliError {
    fn from(error: PipelineError) -> Self {
        match error {
            PipelineError::Store(error) => error.into(),
            error @ (PipelineError::Chance(_)
            | PipelineError::NumberTaken { .. }
            | PipelineError::BatchEnded(_)
            | PipelineError::Settled
            | PipelineError::HeaderOnly
            | PipelineError::Panicked) => Self::Later(error.to_string()),
        }
    }
}

impl From<KeyError> for CliError {
    fn from(error: KeyError) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<LockError> for CliError {
    fn from(error: LockError) -> Self {
        Self::Failed(error.to_string())
    }
}

/// Reads the files of the desk.
///
/// # Errors
/// Every mistake, as a compiler shows them.
pub fn files(config: Option<&Path>) -> Result<Loaded, CliError> {
    load::load(config).map_err(CliError::Mistakes)
}

/// The desk, its rules and templates.
///
/// # Errors
/// Every mistake in its rules.
pub fn house_of(loaded: &Loaded, identity: &Identity) -> Result<House, CliError> {
    House::of(loaded, identity).map_err(CliError::Mistakes)
}

/// A pipeline over the data folder of a desk.
///
/// # Errors
/// [`CliError`].
pub async fn pipeline(loaded: &Loaded) -> Result<Pipeline, CliError> {
    let dir = &loaded.settings.data.dir;
    if dir.join("keys").exists() && !dir.join("taquilla.db").exists() {
        tracing::warn!(
            "there is no database in {}, though a desk was there before; a new one is begun. If the old one was moved \
             away by mistake, stop taquilla and put it back",
            dir.display()
        );
    }
    let store = Store::open(dir, &StoreOptions::default()).await?;
    let identity = keys::load_or_create(dir)?;
    Ok(Pipeline::new(store, house_of(loaded, &identity)?, Clock::System))
}

/// The store of a desk to look into, with the desk: nothing is made, changed or brought up to date.
///
/// # Errors
/// [`CliError`]; so too where nothing has been taken yet.
pub async fn look(config: Option<&Path>) -> Result<(Store, Desk), CliError> {
    let loaded = files(config)?;
    let dir = &loaded.settings.data.dir;
    if !dir.join("taquilla.db").exists() {
        let words = "there is no database yet in";
        return Err(CliError::Failed(format!(
            "{words} {}: the first `taquilla run` makes it",
            dir.display()
        )));
    }
    let identity = keys::load(dir)?.unwrap_or_else(no_identity);
    let store = Store::look(dir).await?;
    Ok((store, loaded.desk(identity.keys, identity.instance)))
}

/// The store of a desk alone, to change something in it, with the desk.
///
/// # Errors
/// [`CliError`].
pub async fn store(config: Option<&Path>) -> Result<(Store, Desk), CliError> {
    let loaded = files(config)?;
    let dir = &loaded.settings.data.dir;
    let store = Store::open(dir, &StoreOptions::default()).await?;
    let identity = keys::load_or_create(dir)?;
    Ok((store, loaded.desk(identity.keys, identity.instance)))
}

/// The lock of the one `run` of a data folder, which is made where there is none.
///
/// # Errors
/// Another one runs.
pub fn lock(loaded: &Loaded) -> Result<RunLock, CliError> {
    let dir = &loaded.settings.data.dir;
    Store::make_folder(dir)?;
    Ok(RunLock::take(dir)?)
}

/// Where there are no keys no token holds, as it would be in a new data folder.
fn no_identity() -> Identity {
    Identity { keys: Keys::new(Vec::new()), instance: "none".to_owned() }
}

/// What `explain` looks at: the desk of the configuration and its store, the empty default desk where there is no
/// configuration. Nothing is created or changed.
///
/// # Errors
/// A configuration with mistakes; a store that cannot be read.
pub async fn to_explain(config: Option<&Path>) -> Result<(House, Option<Store>), CliError> {
    if config.is_none() && load::find(None).is_err() {
        let desk = Desk::empty(Keys::new(Vec::new()));
        let policy = Policy { desk, rules: RuleSet::none() };
        let templates = Templates::shipped().clone();
        return Ok((House::new(policy, templates, ParseLimits::default(), BTreeMap::new()), None));
    }
    let loaded = files(config)?;
    let dir = &loaded.settings.data.dir;
    let identity = keys::load(dir)?.unwrap_or_else(no_identity);
    let store = if dir.join("taquilla.db").exists() { Some(Store::look(dir).await?) } else { None };
    Ok((house_of(&loaded, &identity)?, store))
}

/// The octets of a mail: a file, or standard input for `-`.
///
/// # Errors
/// The file cannot be read.
pub fn read_mail(path: &Path) -> Result<Arc<[u8]>, CliError> {
    if path.as_os_str() == "-" {
        let read = gather(&mut std::io::stdin().lock().take(LARGEST_MAIL));
        return read.map_err(|error| CliError::Later(format!("standard input: {error}")));
    }
    let read = std::fs::File::open(path).and_then(|mut file| gather(&mut file));
    read.map_err(|error| CliError::Failed(format!("{}: {error}", path.display())))
}

/// All of a stream in one place, without holding it twice on the way: a large mail may fill the memory that there is.
fn gather(from: &mut impl Read) -> std::io::Result<Arc<[u8]>> {
    let mut pieces = Vec::new();
    loop {
        let mut piece = Vec::new();
        if from.by_ref().take(PIECE).read_to_end(&mut piece)? == 0 {
            break;
        }
        pieces.push(piece);
    }
    let octets: usize = pieces.iter().map(Vec::len).sum();
    let mut rest = pieces.into_iter();
    let mut piece = Vec::new().into_iter();
    // A range knows its length, so that the octets are written where they stay; each piece goes once it is read.
    let next = |_| {
        loop {
            if let Some(octet) = piece.next() {
                return octet;
            }
            match rest.next() {
                Some(more) => piece = more.into_iter(),
                None => return 0,
            }
        }
    };
    Ok((0..octets).map(next).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_in_pieces_is_whole() {
        for length in [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE] {
            let octets: Vec<u8> = (0..length).map(|n| u8::try_from(n % 251).unwrap()).collect();
            assert!(*gather(&mut octets.as_slice()).unwrap() == *octets, "{length}");
        }
    }
}

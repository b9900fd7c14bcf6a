//! Whether what the settings rely on is there: secrets and certificate files. Looked at by `check` and by `run`.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use super::account::{Reliance, ReliesOn};
use super::diagnostic::Diagnostic;
use super::secret::SecretSource;

/// What is wrong with the things that the settings rely on. Secrets are read and not kept; programs that print
/// tokens are not run.
pub async fn inspect(reliances: &[Reliance]) -> Vec<Diagnostic> {
    let mut mistakes = Vec::new();
    for reliance in reliances {
        let found = match &reliance.on {
            ReliesOn::File(path) => file(path),
            ReliesOn::Secret(source) => secret(source).await,
        };
        if let Some(mut mistake) = found {
            mistake.title = format!("{}: {}", reliance.whose, mistake.title);
            mistake.place.clone_from(&reliance.place);
            mistakes.push(mistake);
        }
    }
    mistakes
}

fn file(path: &Path) -> Option<Diagnostic> {
    let error = std::fs::File::open(path).err()?;
    Some(Diagnostic::general(format!("{} cannot be read: {error}", path.display())))
}

async fn secret(source: &SecretSource) -> Option<Diagnostic> {
    if let SecretSource::Command(words) = source {
        let program = Path::new(words.first().map_or("", String::as_str));
        // A name without a folder is sought in PATH when it is run.
        return if program.is_absolute() { file(program) } else { None };
    }
    if let Err(error) = source.read().await {
        return Some(Diagnostic::general(error.to_string()));
    }
    let SecretSource::File(path) = source else { return None };
    let mode = std::fs::metadata(path).ok()?.permissions().mode();
    if mode & 0o077 == 0 {
        return None;
    }
    let title = format!("other users can read {} (mode {:o})", path.display(), mode & 0o777);
    Some(Diagnostic::general(title).warning().help(format!("chmod 600 {}", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn relies(on: ReliesOn) -> Reliance {
        Reliance { whose: "mailbox m".to_owned(), place: None, on }
    }

    #[tokio::test]
    async fn secrets_are_looked_at() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("imap");
        let found = |on: ReliesOn| async move {
            inspect(&[relies(on)]).await.iter().map(Diagnostic::one_line).collect::<Vec<_>>().join("\n")
        };
        let secret = || ReliesOn::Secret(SecretSource::File(path.clone()));
        assert!(found(secret()).await.contains("mailbox m: the password file"));
        std::fs::write(&path, "x\n").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        let line = found(secret()).await;
        assert!(line.contains("(mode 644); chmod 600"), "{line}");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(found(secret()).await, "");
        assert!(
            found(ReliesOn::File("/nowhere/ca.pem".into())).await.contains("/nowhere/ca.pem cannot be read")
        );
        let program = SecretSource::Command(vec!["/nowhere/token".to_owned()]);
        assert!(found(ReliesOn::Secret(program)).await.contains("/nowhere/token"));
        let unset = SecretSource::Env("TAQUILLA_NO_SUCH_VARIABLE".to_owned());
        assert!(found(ReliesOn::Secret(unset)).await.contains("is not set"));
    }
}

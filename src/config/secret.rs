//! Where a password or an access token comes from. It is read when it is needed, so that a changed file or a fresh
//! token serves at the next login; it is never kept, shown or logged.

use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;

/// Where a secret comes from.
#[derive(Debug, Clone)]
pub enum SecretSource {
    /// Written in the settings themselves.
    Password(SecretString),
    /// First line of a file.
    File(PathBuf),
    /// A variable of the environment.
    Env(String),
    /// First line that this program prints (program, then arguments; no shell): an OAuth 2 access token.
    Command(Vec<String>),
}

/// A secret, by the kind of login that it is for.
#[derive(Debug, Clone)]
pub enum Credential {
    /// For PLAIN and LOGIN.
    Password(SecretString),
    /// For XOAUTH2 and OAUTHBEARER (RFC 7628).
    Token(SecretString),
}

/// Why there is no secret. Says where it was sought, never what was found.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The file cannot be read.
    #[error("the password file {} cannot be read: {error}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why not.
        error: std::io::Error,
    },
    /// The variable is not set, or is not UTF-8.
    #[error("the environment variable {0}, which should hold the password, is not set")]
    Env(String),
    /// The source holds nothing.
    #[error("{0} holds no password: it is empty")]
    Empty(String),
    /// The token program cannot be run, failed or took too long.
    #[error("the token command {program} gives no token: {reason}")]
    Command {
        /// The program.
        program: String,
        /// What went wrong: exit status, or why it did not start.
        reason: String,
    },
}

impl SecretSource {
    /// Longest time that a token command may take.
    pub const COMMAND_LIMIT: Duration = Duration::from_secs(30);

    /// Reads the secret now.
    ///
    /// # Errors
    /// [`SecretError`], a sentence for whoever wrote the settings.
    pub async fn read(&self) -> Result<Credential, SecretError> {
        match self {
            Self::Password(secret) => Ok(Credential::Password(secret.clone())),
            Self::File(path) => {
                let text = tokio::fs::read_to_string(path)
                    .await
                    .map_err(|error| SecretError::File { path: path.clone(), error })?;
                first_line(text, || path.display().to_string()).map(Credential::Password)
            }
            Self::Env(name) => {
                let text = std::env::var(name).map_err(|_| SecretError::Env(name.clone()))?;
                first_line(text, || format!("the environment variable {name}")).map(Credential::Password)
            }
            Self::Command(argv) => token(argv).await.map(Credential::Token),
        }
    }
}

fn first_line(text: String, whence: impl FnOnce() -> String) -> Result<SecretString, SecretError> {
    match text.lines().next() {
        Some(line) if !line.is_empty() => Ok(SecretString::from(line.to_owned())),
        _ => Err(SecretError::Empty(whence())),
    }
}

async fn token(argv: &[String]) -> Result<SecretString, SecretError> {
    let (program, arguments) = match argv {
        [program, arguments @ ..] => (program.clone(), arguments),
        [] => return Err(SecretError::Command { program: "(none)".into(), reason: "it is empty".into() }),
    };
    let failed = |reason: String| SecretError::Command { program: program.clone(), reason };
    // What the program says on standard error goes to ours: it may be the only explanation there is.
    let child = tokio::process::Command::new(&program)
        .args(arguments)
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| failed(error.to_string()))?;
    let output = tokio::time::timeout(SecretSource::COMMAND_LIMIT, child.wait_with_output())
        .await
        .map_err(|_| failed("no answer within 30 seconds".into()))?
        .map_err(|error| failed(error.to_string()))?;
    if !output.status.success() {
        return Err(failed(output.status.to_string()));
    }
    let text = String::from_utf8(output.stdout).map_err(|_| failed("what it printed is not UTF-8".into()))?;
    first_line(text, || format!("what {program} printed"))
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    async fn read(source: SecretSource) -> Result<(bool, String), String> {
        match source.read().await {
            Ok(Credential::Password(secret)) => Ok((false, secret.expose_secret().to_owned())),
            Ok(Credential::Token(secret)) => Ok((true, secret.expose_secret().to_owned())),
            Err(error) => Err(error.to_string()),
        }
    }

    #[tokio::test]
    async fn each_source_gives_its_first_line() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "se cret \r\nsecond line\n").unwrap();
        let file_source = SecretSource::File(file.path().to_owned());
        assert_eq!(read(file_source).await, Ok((false, "se cret ".into())));
        let command = SecretSource::Command(vec!["printf".into(), "tok%s\\n".into(), "en".into()]);
        assert_eq!(read(command).await, Ok((true, "token".into())));
        assert_eq!(read(SecretSource::Password("x".into())).await, Ok((false, "x".into())));
    }

    #[tokio::test]
    async fn what_is_missing_is_named() {
        let cases = [
            (SecretSource::File("/nowhere/at/all".into()), "/nowhere/at/all"),
            (SecretSource::Env("TAQUILLA_NO_SUCH_VARIABLE".into()), "TAQUILLA_NO_SUCH_VARIABLE"),
            (SecretSource::Command(vec!["false".into()]), "the token command false"),
            (SecretSource::Command(vec!["true".into()]), "what true printed"),
            (SecretSource::Command(vec![]), "(none)"),
        ];
        for (source, named) in cases {
            let error = read(source).await.unwrap_err();
            assert!(error.contains(named), "{error}");
        }
    }

    #[test]
    fn no_secret_in_debug_output() {
        let source = SecretSource::Password("hunter2".into());
        assert!(!format!("{source:?} {:?}", Credential::Token("hunter2".into())).contains("hunter2"));
    }
}

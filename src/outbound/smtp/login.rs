//! Logging in: PLAIN (RFC 4616), LOGIN (never standardised, everywhere), XOAUTH2 (Google's and Microsoft's).

use data_encoding::BASE64;
use lettre::transport::smtp::authentication::Mechanism;
use lettre::transport::smtp::response::Response;
use secrecy::{ExposeSecret as _, SecretString};

use super::line::Line;
use super::{Session, SessionError, within};
use crate::config::secret::Credential;

/// Logs in with what there is. The library's own way takes the server's explanation of a refused token for a mistake
/// of ours and never shows it.
pub(super) async fn log_in(
    session: &mut Session,
    user: &str,
    secret: &Credential,
) -> Result<(), SessionError> {
    let offers = |mechanism| session.connection.server_info().supports_auth_mechanism(mechanism);
    match secret {
        Credential::Password(password) if offers(Mechanism::Plain) => {
            let answer = format!("\0{user}\0{}", password.expose_secret());
            let end = say(session, &format!("AUTH PLAIN {}", BASE64.encode(answer.as_bytes()))).await?;
            accepted(&end)
        }
        Credential::Password(password) if offers(Mechanism::Login) => login(session, user, password).await,
        Credential::Password(_) => Err(SessionError::NoMechanism("a password")),
        Credential::Token(token) if offers(Mechanism::Xoauth2) => {
            let answer = format!("user={user}\x01auth=Bearer {}\x01\x01", token.expose_secret());
            let mut end = say(session, &format!("AUTH XOAUTH2 {}", BASE64.encode(answer.as_bytes()))).await?;
            if end.has_code(334) {
                // A refusal comes as a challenge with the reason; an empty answer fetches the refusal itself.
                end = say(session, "").await?;
            }
            accepted(&end)
        }
        Credential::Token(_) => Err(SessionError::NoMechanism("a token (XOAUTH2)")),
    }
}

async fn login(session: &mut Session, user: &str, password: &SecretString) -> Result<(), SessionError> {
    let mut end = say(session, "AUTH LOGIN").await?;
    // The prompts ("Username:", "Password:") come in this order, whatever they say.
    for answer in [user, password.expose_secret()] {
        if !end.has_code(334) {
            break;
        }
        end = say(session, &BASE64.encode(answer.as_bytes())).await?;
    }
    accepted(&end)
}

async fn say(session: &mut Session, line: &str) -> Result<Response, SessionError> {
    let limit = session.timeout;
    within(limit, "login", session.connection.command(Line(line.to_owned()))).await
}

fn accepted(response: &Response) -> Result<(), SessionError> {
    if response.has_code(235) {
        return Ok(());
    }
    Err(SessionError::Broken { what: "login", why: super::words(response) })
}

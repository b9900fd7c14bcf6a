//! From nothing to a session: addresses, TLS, and proof of who we are.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use data_encoding::BASE64;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::line::{Line, printable};
use super::wire::Wire;
use super::{ImapError, names};
use crate::config::mailbox::{MailboxSettings, Tls};
use crate::config::secret::Credential;
use crate::tls;

/// Longest time for one address to answer, and for the TLS handshake.
const CONNECT: Duration = Duration::from_secs(20);

/// Connects and logs in; gives the capabilities after login, in capitals.
pub(super) async fn connect(settings: &MailboxSettings) -> Result<(Line, Vec<String>), ImapError> {
    // Asked for first: without it there is no reason to trouble the server.
    let credential = settings.secret.read().await?;
    let mut line = protect(settings).await?;
    let offered = line.capabilities().await?;
    authenticate(&mut line, settings, &credential, &offered).await?;
    let capabilities = line.capabilities().await?;
    Ok((line, capabilities))
}

/// A connection as well protected as the settings ask, greeting heard.
async fn protect(settings: &MailboxSettings) -> Result<Line, ImapError> {
    let stream = reach(settings).await?;
    let patience = settings.command_timeout;
    let mut line = match settings.tls {
        Tls::Implicit => Line::new(handshake(settings, stream).await?, patience),
        Tls::StartTls | Tls::None => Line::new(Wire::plain(stream, patience), patience),
    };
    if line.greeting().await? {
        // Whose session it would be we do not know, and STARTTLS is not possible any more (RFC 9051, section 11.1).
        return Err(ImapError::Unable(
            "the server takes the connection for logged in before we said who we are (PREAUTH)".into(),
        ));
    }
    match settings.tls {
        Tls::StartTls => start_tls(settings, line).await,
        Tls::Implicit | Tls::None => Ok(line),
    }
}

/// RFC 3501, section 6.2.1. Nothing that was said before counts afterwards.
async fn start_tls(settings: &MailboxSettings, mut line: Line) -> Result<Line, ImapError> {
    match line.exec("STARTTLS", &mut |_| ()).await {
        Ok(_) => {}
        Err(ImapError::Refused { answer, .. }) => {
            let host = &settings.host;
            return Err(ImapError::Unable(format!(
                "{host} refuses STARTTLS, and there is no login without: {answer}"
            )));
        }
        Err(error) => return Err(error),
    }
    let stream = line.into_wire().into_plain();
    let stream = stream.ok_or_else(|| ImapError::Broken("STARTTLS within TLS".into()))?;
    Ok(Line::new(handshake(settings, stream).await?, settings.command_timeout))
}

async fn handshake(settings: &MailboxSettings, stream: TcpStream) -> Result<Wire, ImapError> {
    let ca_file = settings.ca_file.clone();
    let config = tokio::task::spawn_blocking(move || tls::client_config(ca_file.as_deref()))
        .await
        .map_err(|error| ImapError::Unable(error.to_string()))??;
    let limit = CONNECT.min(settings.command_timeout);
    let stream = timeout(limit, tls::connect(Arc::clone(&config), &settings.host, stream))
        .await
        .map_err(|_| ImapError::Silent(limit))??;
    Ok(Wire::tls(stream, settings.command_timeout))
}

/// A TCP connection to the first address that answers.
async fn reach(settings: &MailboxSettings) -> Result<TcpStream, ImapError> {
    let (host, port) = (settings.host.as_str(), settings.port);
    let unreachable = |reason: String| ImapError::Unreachable { host: host.into(), port, reason };
    let limit = CONNECT.min(settings.command_timeout);
    let addresses: Vec<SocketAddr> = timeout(limit, tokio::net::lookup_host((host, port)))
        .await
        .map_err(|_| unreachable("no answer from the name servers".into()))?
        .map_err(|error| unreachable(error.to_string()))?
        .collect();
    if settings.tls == Tls::None && !addresses.iter().all(|address| address.ip().is_loopback()) {
        return Err(ImapError::PlainRefused(host.into()));
    }
    let mut reason = "it has no address".to_owned();
    for address in addresses {
        match timeout(limit, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                stream.set_nodelay(true).map_err(|error| unreachable(error.to_string()))?;
                return Ok(stream);
            }
            Ok(Err(error)) => reason = error.to_string(),
            Err(_) => reason = format!("no answer within {} seconds", limit.as_secs()),
        }
    }
    Err(unreachable(reason))
}

async fn authenticate(
    line: &mut Line,
    settings: &MailboxSettings,
    credential: &Credential,
    offered: &[String],
) -> Result<(), ImapError> {
    let offers = |name: &str| offered.iter().any(|one| one == name);
    let user = &settings.user;
    let (mechanism, response, on_failure) = match credential {
        // Microsoft has XOAUTH2 alone, Google both; RFC 7628 is the standard.
        Credential::Token(token) if offers("AUTH=XOAUTH2") || !offers("AUTH=OAUTHBEARER") => {
            ("XOAUTH2", xoauth2(user, token), "")
        }
        Credential::Token(token) => ("OAUTHBEARER", oauthbearer(settings, token), "\u{1}"),
        Credential::Password(password) if offers("AUTH=PLAIN") => {
            ("PLAIN", SecretString::from(format!("\0{user}\0{}", password.expose_secret())), "")
        }
        Credential::Password(_) if offers("LOGINDISABLED") => {
            return Err(ImapError::Unable(format!(
                "{} takes no password on this connection (LOGINDISABLED); set `tls`",
                settings.host
            )));
        }
        Credential::Password(password) => return login(line, user, password).await,
    };
    sasl(line, mechanism, &response, on_failure, offers("SASL-IR")).await
}

/// XOAUTH2, as Google and Microsoft describe it.
fn xoauth2(user: &str, token: &SecretString) -> SecretString {
    SecretString::from(format!("user={user}\u{1}auth=Bearer {}\u{1}\u{1}", token.expose_secret()))
}

/// RFC 7628, section 3.1. `=` and `,` in the name are written as RFC 5801, section 4, has it.
fn oauthbearer(settings: &MailboxSettings, token: &SecretString) -> SecretString {
    let user = settings.user.replace('=', "=3D").replace(',', "=2C");
    SecretString::from(format!(
        "n,a={user},\u{1}host={}\u{1}port={}\u{1}auth=Bearer {}\u{1}\u{1}",
        settings.host,
        settings.port,
        token.expose_secret()
    ))
}

/// AUTHENTICATE (RFC 3501, section 6.2.2), with the initial response in the command where that is known (RFC 4959).
async fn sasl(
    line: &mut Line,
    mechanism: &str,
    response: &SecretString,
    on_failure: &str,
    initial: bool,
) -> Result<(), ImapError> {
    let response = BASE64.encode(response.expose_secret().as_bytes());
    let tag = if initial {
        line.send(&format!("AUTHENTICATE {mechanism} {response}")).await?
    } else {
        let tag = line.send(&format!("AUTHENTICATE {mechanism}")).await?;
        line.hear_continue(&tag).await.map_err(refused)?;
        line.write(format!("{response}\r\n")).await?;
        tag
    };
    // With a token the reason of a failure comes as one more challenge, which wants an answer before the NO.
    match line.hear_end_or_continue(&tag).await.map_err(refused)? {
        None => Ok(()),
        Some(challenge) => {
            line.write(format!("{}\r\n", BASE64.encode(on_failure.as_bytes()))).await?;
            let reason = BASE64.decode(challenge.trim().as_bytes()).unwrap_or_default();
            match line.hear(&tag, line.deadline(0), &mut |_| ()).await {
                Ok(_) => Ok(()),
                Err(ImapError::Refused { answer, .. }) => {
                    let reason = printable(&String::from_utf8_lossy(&reason));
                    Err(ImapError::LoginRefused(format!("{answer} {reason}").trim().to_owned()))
                }
                Err(error) => Err(error),
            }
        }
    }
}

/// LOGIN (RFC 3501, section 6.2.3), for servers that have no PLAIN.
async fn login(line: &mut Line, user: &str, password: &SecretString) -> Result<(), ImapError> {
    let password = password.expose_secret();
    if [user, password].iter().any(|text| text.contains(['\r', '\n', '\0'])) {
        return Err(ImapError::LoginRefused("user or password contain a line end".into()));
    }
    let command = format!("LOGIN {} {}", names::quoted(user), names::quoted(password));
    line.exec(&command, &mut |_| ()).await.map(drop).map_err(refused)
}

fn refused(error: ImapError) -> ImapError {
    if let ImapError::Refused { answer, .. } = error { ImapError::LoginRefused(answer) } else { error }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::secret::SecretSource;

    #[test]
    fn tokens_on_the_wire() {
        let token = SecretString::from("vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==");
        // The example of Google's description, and that of RFC 7628, section 4.1.
        let response = xoauth2("someuser@example.com", &token);
        let expected =
            "user=someuser@example.com\x01auth=Bearer vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==\x01\x01";
        assert_eq!(response.expose_secret(), expected);
        let secret = SecretSource::Password("unused".into());
        let settings =
            MailboxSettings::new("m", "server.example.com", 143, "user@example.com", secret.clone());
        let expected = "n,a=user@example.com,\x01host=server.example.com\x01port=143\x01\
                        auth=Bearer vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==\x01\x01";
        assert_eq!(oauthbearer(&settings, &token).expose_secret(), expected);
        let settings = MailboxSettings::new("m", "h", 1, "a=b,c", secret);
        assert!(oauthbearer(&settings, &token).expose_secret().starts_with("n,a=a=3Db=2Cc,\x01"));
    }
}

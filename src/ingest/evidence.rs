//! What the border's headers say about who the sender is (RFC 8601). Reads the mail and the settings, nothing else.
//!
//! Believed is only what the trusted border wrote: fields with its authserv-id, above the first `Received` of its own,
//! since whatever stands below came with the mail. Where no border is trusted, nothing is believed.

use crate::decide::{Evidence, Verdicts};
use crate::desk::Trust;
use crate::mail::Mail;

/// Fields looked at; more than these are an attack.
const FIELDS: usize = 200;
/// Longest field that is read.
const LENGTH: usize = 8 * 1024;

/// Reads the verdicts of the trusted border.
pub fn evidence(mail: &Mail, trust: &Trust) -> Verdicts {
    let mut verdicts = Verdicts { spam: marked_as_spam(mail), ..Verdicts::default() };
    if verdicts.spam {
        verdicts.evidence.push(Evidence::Spam);
    }
    if let Some((name, value)) = &trust.internal_header
        && mail.header(name).any(|seen| seen.trim().eq_ignore_ascii_case(value))
    {
        verdicts.internal = true;
        verdicts.evidence.push(Evidence::Header { name: name.clone(), value: value.clone() });
    }
    let Some(border) = &trust.border else { return verdicts };
    let (from, domain) = mail.from.as_ref().map_or_else(Default::default, |from| (from.key(), from.domain()));
    for field in of_border(mail, border) {
        for result in results(field) {
            let said = |of: Option<&str>| Evidence::Border {
                border: border.clone(),
                result: format!("{}={}", result.method, result.result),
                of: of.map(str::to_owned),
            };
            match (result.method.as_str(), result.result.as_str()) {
                ("dmarc", "pass")
                    if !domain.is_empty() && result.property("header.from") == Some(domain.as_str()) =>
                {
                    verdicts.dmarc_pass = true;
                    verdicts.evidence.push(said(Some(&domain)));
                }
                ("auth", "pass") if trust.submission && vouches_for(&result, &from, &domain) => {
                    verdicts.submission = true;
                    verdicts.evidence.push(said(Some(&from)));
                }
                ("dmarc" | "auth", "fail") => {
                    verdicts.fail = true;
                    verdicts.evidence.push(said(None));
                }
                _ => {}
            }
        }
    }
    verdicts
}

/// The login of the submission is the address in From, or its local part where the border names users so.
fn vouches_for(result: &MethodResult, from: &str, domain: &str) -> bool {
    let Some(login) = result.property("smtp.auth") else { return false };
    !from.is_empty() && (login == from || (!login.contains('@') && format!("{login}@{domain}") == from))
}

fn marked_as_spam(mail: &Mail) -> bool {
    let says_yes = |name| mail.header(name).any(|value| value.trim().to_ascii_lowercase().starts_with("yes"));
    says_yes("X-Spam-Flag") || says_yes("X-Spam-Status")
}

/// The values of the fields that the border wrote, without its id.
fn of_border<'a>(mail: &'a Mail, border: &'a str) -> impl Iterator<Item = &'a str> {
    let by_border = |value: &str| {
        let mut words = value.split_whitespace();
        words.by_ref().any(|word| word.eq_ignore_ascii_case("by"));
        words.next().is_some_and(|host| host.trim_end_matches(';').eq_ignore_ascii_case(border))
    };
    let is_received = |name: &str| name.eq_ignore_ascii_case("Received");
    let headers = || mail.headers.iter().take(FIELDS);
    // A border whose authserv-id is no host name cannot be found among the hops; then only what stands above every
    // hop is its own.
    let own_hop = headers()
        .position(|field| is_received(&field.name) && by_border(&field.value))
        .or_else(|| headers().position(|field| is_received(&field.name)));
    headers()
        .take(own_hop.unwrap_or(usize::MAX))
        .filter(|field| {
            field.name.eq_ignore_ascii_case("Authentication-Results") && field.value.len() <= LENGTH
        })
        .filter_map(move |field| {
            let (id, rest) = field.value.split_once(';')?;
            // An optional version number may follow the id (section 2.2).
            let id = without_comments(id);
            id.split_whitespace().next()?.eq_ignore_ascii_case(border).then_some(rest)
        })
}

/// `method=result` with its properties, all in lower case.
struct MethodResult {
    method: String,
    result: String,
    properties: Vec<(String, String)>,
}

impl MethodResult {
    fn property(&self, name: &str) -> Option<&str> {
        self.properties.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

fn results(field: &str) -> Vec<MethodResult> {
    let field = without_comments(field);
    outside_quotes(&field, |letter| letter == ';')
        .into_iter()
        .filter_map(|part| {
            let words = outside_quotes(part, char::is_whitespace);
            let mut pairs = words.into_iter().filter_map(|word| word.split_once('=')).map(|(name, value)| {
                (name.to_ascii_lowercase(), value.trim_matches('"').to_ascii_lowercase())
            });
            let (method, result) = pairs.next()?;
            let method = method.split('/').next().unwrap_or_default().to_owned();
            Some(MethodResult { method, result, properties: pairs.collect() })
        })
        .collect()
}

/// Splits where no quoted string (RFC 5322 section 3.2.4) stands: a local part is written by whoever sends the mail,
/// and `"x; auth=pass smtp.auth=ana@minem.example "@evil.example` is one.
fn outside_quotes(text: &str, ends: impl Fn(char) -> bool) -> Vec<&str> {
    let (mut quoted, mut escaped) = (false, false);
    text.split(|letter: char| {
        let literal = escaped;
        escaped = quoted && letter == '\\' && !literal;
        if letter == '"' && !literal {
            quoted = !quoted;
        }
        !quoted && ends(letter)
    })
    .collect()
}

/// Takes out comments (RFC 5322 section 3.2.2), nested ones too; what stands in quotes is no comment.
fn without_comments(text: &str) -> String {
    let mut depth = 0_u32;
    let mut quoted = false;
    let mut kept = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if depth > 0 => {
                letters.next();
            }
            '\\' if quoted => {
                kept.push(letter);
                kept.extend(letters.next());
            }
            '"' if depth == 0 => {
                quoted = !quoted;
                kept.push(letter);
            }
            '(' if !quoted => depth += 1,
            ')' if !quoted && depth > 0 => depth -= 1,
            _ if depth == 0 => kept.push(letter),
            _ => {}
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::parse::{ParseLimits, parse};

    fn verdicts(headers: &str) -> Verdicts {
        let raw = format!("{headers}From: Ana <ana@minem.example>\r\nSubject: x\r\n\r\nx\r\n");
        let trust =
            Trust { border: Some("mx.minem.example".to_owned()), submission: true, ..Trust::default() };
        evidence(&parse(raw.into_bytes().into(), &ParseLimits::default()), &trust)
    }

    #[test]
    fn the_border_is_believed() {
        let auth = "Authentication-Results: mx.minem.example 1; auth=pass (plain; x) smtp.auth=ana@minem.example\r\n";
        assert!(verdicts(auth).submission);
        assert!(verdicts(&auth.replace("ana@minem.example", "ana")).submission);
        let dmarc = "Authentication-Results: mx.minem.example;\r\n dkim=pass header.d=x;\r\n dmarc=pass header.from=minem.example\r\n";
        assert!(verdicts(dmarc).dmarc_pass);
        let hop = "Received: from a by inner.minem.example; x\r\n";
        let own = "Received: from out by mx.minem.example; x\r\n";
        assert!(verdicts(&format!("{hop}{auth}{own}")).submission);
    }

    /// What a border writes of an envelope sender with such a local part.
    fn injected(local: &str) -> String {
        format!(
            "Authentication-Results: mx.minem.example; spf=pass smtp.mailfrom=\"{local}\"@evil.example; dkim=none\r\n"
        )
    }

    #[test]
    fn nobody_else_is() {
        let auth = "Authentication-Results: mx.minem.example; auth=pass smtp.auth=ana@minem.example\r\n";
        let own = "Received: from out by mx.minem.example; x\r\n";
        for forged in [
            auth.replace("mx.minem", "mx.evil"),
            auth.replace("=ana@", "=eva@"),
            auth.replace(" smtp.auth=ana@minem.example", ""),
            auth.replace("auth=pass", "auth=none (auth=pass)"),
            auth.replace("mx.minem.example;", "(mx.minem.example;"),
            format!("{own}{auth}"),
            format!("Received: from a by b; x\r\n{auth}"),
            "Authentication-Results: mx.minem.example; dmarc=pass header.from=evil.example\r\n".to_owned(),
            injected("x; auth=pass smtp.auth=ana@minem.example "),
            injected("x\\\"; auth=pass smtp.auth=ana@minem.example "),
            injected("(\\\"; auth=pass smtp.auth=ana@minem.example ;"),
            injected("; dmarc=pass header.from=minem.example "),
        ] {
            let got = verdicts(&forged);
            assert!(!got.submission && !got.dmarc_pass, "{forged}: {got:?}");
        }
        assert!(
            verdicts("Authentication-Results: mx.minem.example; dmarc=fail header.from=minem.example\r\n")
                .fail
        );
        let unset = Trust::default();
        let raw = format!("{auth}From: ana@minem.example\r\n\r\nx");
        assert_eq!(
            evidence(&parse(raw.into_bytes().into(), &ParseLimits::default()), &unset),
            Verdicts::default()
        );
    }
}

//! What the record of a key says beside the key (RFC 6376 section 3.6.1). Pure.

use super::form::tag;

/// Whether signatures by this key count.
///
/// # Errors
/// Why not, in words.
pub(super) fn usable(record: &[u8]) -> Result<(), String> {
    let text = String::from_utf8_lossy(record);
    let lists = |name: &str, wanted: &[&str]| {
        tag(&text, name).is_none_or(|list| {
            list.split(':').any(|word| wanted.contains(&word.to_ascii_lowercase().as_str()))
        })
    };
    if tag(&text, "t").is_some_and(|flags| flags.split(':').any(|flag| flag.eq_ignore_ascii_case("y"))) {
        return Err("the domain only tests its key (t=y)".to_owned());
    }
    if !lists("h", &["sha256"]) {
        return Err("the key is not for SHA-256".to_owned());
    }
    if !lists("s", &["*", "email"]) {
        return Err("the key is not for mail".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_record_allows() {
        for good in ["v=DKIM1; k=rsa; p=x", "p=x", "v=DKIM1; t=s; h=sha1:sha256; s=email; p=x", "s=*; p=x"] {
            assert_eq!(usable(good.as_bytes()), Ok(()), "{good}");
        }
        for bad in ["t=y; p=x", "t=s : y; p=x", "h=sha1; p=x", "s=tlsrpt; p=x"] {
            assert!(usable(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}

//! A button of a mail, as a mail program opens it.

/// What a `mailto:` link fills in (RFC 6068).
pub(crate) struct Filled {
    pub(crate) to: String,
    pub(crate) subject: String,
    pub(crate) body: String,
}

/// The link that a mail shows under these words.
pub(crate) fn pressed(html: &str, words: &str) -> Filled {
    let shown = format!(">{words}</a>");
    let before = html.split(&shown).next().filter(|before| before.len() < html.len());
    let before = before.unwrap_or_else(|| panic!("no button \"{words}\": {html}"));
    let href = before.rsplit("href=\"").next().unwrap().split('"').next().unwrap();
    let signs = [("&amp;", "&"), ("&#x3D;", "="), ("&#x27;", "'"), ("&quot;", "\"")];
    let href = signs.iter().fold(href.to_owned(), |href, (entity, sign)| href.replace(entity, sign));
    let (to, fields) = href.strip_prefix("mailto:").unwrap().split_once('?').unwrap();
    let field = |name: &str| {
        let value = fields.split('&').find_map(|field| field.strip_prefix(name)?.strip_prefix('='));
        decoded(value.unwrap_or_else(|| panic!("no {name} in {href}")))
    };
    Filled { to: decoded(to), subject: field("subject"), body: field("body").replace("\r\n", "\n") }
}

/// Without the percent-encoding.
fn decoded(text: &str) -> String {
    let mut octets = Vec::new();
    let mut rest = text.bytes();
    while let Some(octet) = rest.next() {
        if octet == b'%' {
            let digits = [rest.next().unwrap(), rest.next().unwrap()];
            octets.push(u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap());
        } else {
            octets.push(octet);
        }
    }
    String::from_utf8(octets).unwrap()
}

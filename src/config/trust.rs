//! `[trust]` into [`Trust`].

use std::collections::BTreeMap;
use std::net::SocketAddr;

use super::fields::Fields;
use super::table::{Value, suggestion};
use crate::desk::{Trust, VERB_LEVELS};

/// Reads the section.
pub(super) fn read(fields: &Fields<'_>) -> Trust {
    let internal_header = fields.text("internal_header").filter(|text| !text.is_empty()).and_then(|text| {
        let header =
            text.split_once(':').map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()));
        let good = |(name, value): &(String, String)| {
            !name.is_empty() && !value.is_empty() && name.chars().all(|c| c.is_ascii_graphic())
        };
        let header = header.filter(good);
        if header.is_none() {
            let mistake =
                fields.about("internal_header", "`trust.internal_header` must be a name and a value", "");
            fields
                .add(mistake.help("for example: \"X-MS-Exchange-Organization-AuthAs: Internal\"".to_owned()));
        }
        header
    });
    let border = fields.text("border").map(str::to_owned);
    let strict = fields.bool("strict");
    let dkim = fields.bool("dkim");
    if strict && border.is_none() && internal_header.is_none() && !dkim {
        let title = "`strict` asks for the word of a border, and no `border` or `internal_header` is named";
        let warning = fields.about("strict", title, "").warning();
        fields.add(warning.help("every mail of an agent will have to be confirmed".to_owned()));
    }
    Trust {
        border,
        dkim,
        submission: fields.bool("submission"),
        internal_header,
        plus: fields.text("reply_token") == Some("plus"),
        strict,
        levels: levels(fields),
    }
}

/// `resolver = "127.0.0.1:53"`.
pub(super) fn resolver(fields: &Fields<'_>) -> Option<SocketAddr> {
    let written = fields.text("resolver")?;
    let parsed = written.parse().ok();
    if parsed.is_none() {
        let title = format!("`trust.resolver` is no address and port: \"{written}\"");
        fields.add(fields.about("resolver", title, "").help("for example: \"127.0.0.1:53\"".to_owned()));
    }
    parsed
}

/// `levels = { close = 3 }`.
fn levels(fields: &Fields<'_>) -> BTreeMap<String, u8> {
    let mut levels = BTreeMap::new();
    let Some(table) = fields.value("levels").and_then(Value::table) else { return levels };
    let verbs: Vec<&str> = VERB_LEVELS.iter().map(|(verb, _)| *verb).collect();
    for (verb, value) in table.entries() {
        let Some((_, shipped)) = VERB_LEVELS.iter().find(|(known, _)| *known == verb) else {
            let help = suggestion(verb, &verbs);
            value.wrong(format!("there is no verb \"{verb}\""), "", help);
            continue;
        };
        let Some(level) = value.integer(1..=3).and_then(|level| u8::try_from(level).ok()) else { continue };
        if level < *shipped {
            let title = format!(
                "#{verb} is done on less proof than it is shipped with ({level} instead of {shipped})"
            );
            let help = "anybody who writes an agent's address into From may be enough: for a trial only";
            value.add(value.mistake(title, "").warning().help(help.to_owned()));
        }
        levels.insert(verb.to_owned(), level);
    }
    levels
}

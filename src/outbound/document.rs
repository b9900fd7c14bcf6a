//! `docs/templates.md`, written from the catalogue of templates.

use super::catalog::{Audience, COMMON, Kind, TEMPLATES, TICKET, Variable};

/// The whole document, Markdown, for people who write templates of their own.
pub fn document() -> String {
    let mut out = String::from(DOCUMENT);
    table(&mut out, "Every mail", COMMON);
    table(&mut out, "Every mail about a ticket", TICKET);
    for spec in TEMPLATES {
        let heading = format!("`{}`", spec.name);
        let audience = match spec.audience {
            Audience::Supplier => "a supplier",
            Audience::Customer => "a customer",
            Audience::Agent => "an agent",
            Audience::Administrator => "the administrator",
        };
        let about = if spec.about_ticket { "" } else { " The variables of a ticket may be empty." };
        table(&mut out, &heading, spec.variables);
        let place = out.rfind(&heading).map_or(out.len(), |at| at + heading.len());
        out.insert_str(place, &format!("\n\nTo {audience}. {}{about}", spec.when));
    }
    out
}

const DOCUMENT: &str = "\
<!-- Written from src/outbound/catalog.rs; a test keeps it so. Do not edit. -->
# Templates of mails

Each mail has three files: `templates/LANGUAGE/NAME.subject.hbs`, `.text.hbs` and `.html.hbs`. A file of your own in the
desk's `templates/` folder takes the place of the shipped one of the same name; a name that is not listed here is a
template of the house for `then.notify`, `then.reject` and `notifications.toml`, and may name what `rule-notice` may.
`taquilla check` tries each of them with all variables and with as few as possible; `taquilla preview NAME` shows it.

The language is Handlebars: `{{title}}`, `{{#if text}} .. {{else}} .. {{/if}}`, `{{#unless ..}}`, `{{#each attachments}}
{{this}} {{/each}}`, `{{#with customer}}`, `{{multiline text}}` for a text of several lines, `{{> part-ticket}}` and
`{{> part-files}}` for the pieces that mails share. `layout.text.hbs` and `layout.html.hbs` stand around each mail and
have `{{body}}` where the mail goes. HTML is escaped; `{{{` is refused. A variable that may be empty needs an `{{#if}}`
before its parts are named (`{{customer.name}}`). If a template of your own fails all the same, the shipped one is sent
and the log says why.
";

fn table(out: &mut String, heading: &str, variables: &[Variable]) {
    out.push_str(&format!("\n## {heading}\n"));
    if variables.is_empty() {
        return;
    }
    out.push_str("\n| variable | holds | may be empty | meaning |\n| --- | --- | --- | --- |\n");
    for variable in variables {
        let holds = match variable.kind {
            Kind::Line => "a line".to_owned(),
            Kind::Text => "a text".to_owned(),
            Kind::Flag => "true or false".to_owned(),
            Kind::Person => "`name`, `address`".to_owned(),
            Kind::Lines => "a list of lines".to_owned(),
            Kind::List(fields) | Kind::Blocks(fields) => format!("a list of `{}`", fields.join("`, `")),
            Kind::Rows(fields) => format!("a list of `{}`, `buttons`", fields.join("`, `")),
        };
        let empty = if variable.optional { "yes" } else { "" };
        out.push_str(&format!("| `{}` | {holds} | {empty} | {} |\n", variable.name, variable.meaning));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_is_the_catalogue() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/templates.md");
        if std::env::var_os("TAQUILLA_REWRITE").is_some() {
            std::fs::write(&path, document()).unwrap();
        }
        assert_eq!(std::fs::read_to_string(&path).unwrap(), document(), "TAQUILLA_REWRITE=1 writes it anew");
    }
}

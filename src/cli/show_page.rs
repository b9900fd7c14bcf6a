//! `taquilla show NUMBER --html FILE`: the ticket as a page to read or print, with the mails as they looked.
//!
//! What stands in a mail is hostile: its HTML is sanitised, nothing is loaded from anywhere, no script runs.

use std::fmt::Write as _;

use data_encoding::BASE64;

use super::CliError;
use crate::desk::{Channel, Desk, SenderKind};
use crate::ingest::parse::{ParseLimits, safe_html};
use crate::mail::html::escaped;
use crate::outbound::data;
use crate::store::{ShownArticle, Store};

/// Pictures of a mail beyond this many octets stay away from the page.
const PICTURES: usize = 8_000_000;

const HEAD: &str = "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n\
    <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n\
    <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
    <style>body{font:16px/1.5 sans-serif;max-width:50em;margin:1em auto;padding:0 1em;overflow-wrap:anywhere}\
    dl{display:grid;grid-template-columns:max-content 1fr;gap:0 1em}dd{margin:0}\
    article{border-top:1px solid #999;margin-top:1.5em;break-inside:avoid-page}\
    article.internal{background:#f6f2e4}pre{white-space:pre-wrap;font:inherit}img{max-width:100%}\
    .mail{overflow-x:auto}</style>\n";

/// The page as it grows.
pub(super) struct PageOf<'a> {
    desk: &'a Desk,
    store: &'a Store,
    out: String,
}

impl<'a> PageOf<'a> {
    pub(super) fn new(desk: &'a Desk, store: &'a Store, title: &str) -> Self {
        let title = escaped(title);
        let out = format!("{HEAD}<title>{title}</title></head><body>\n<h1>{title}</h1>\n");
        Self { desk, store, out }
    }

    /// The attributes, name and value.
    pub(super) fn attributes(&mut self, attributes: &[(String, String)]) {
        self.out.push_str("<dl>\n");
        for (name, value) in attributes {
            writeln!(self.out, "<dt>{}</dt><dd>{}</dd>", escaped(name), escaped(value)).ok();
        }
        self.out.push_str("</dl>\n");
    }

    /// An article: the HTML of the mail where it has one and is shown as it came, else the text.
    pub(super) async fn article(&mut self, shown: &ShownArticle) -> Result<(), CliError> {
        let content = &shown.article.content;
        let from = content.from.as_ref().map(ToString::to_string).unwrap_or_default();
        let eyes = if content.visible { "visible to the customer" } else { "internal" };
        let class = if content.visible { "visible" } else { "internal" };
        writeln!(
            self.out,
            "<article class=\"{class}\"><h2>{}</h2>\n<p>{}: {} of {} {}, {eyes}</p>",
            escaped(&content.subject),
            escaped(&data::date(self.desk, self.desk.language, content.at)),
            content.channel.word(),
            content.sender.word(),
            escaped(&from),
        )
        .ok();
        // Agents' mails hold command lines and quotations that are no part of the article.
        let as_it_came = content.channel == Channel::Mail && content.sender == SenderKind::Customer;
        let html = match content.raw.filter(|_| as_it_came) {
            Some(raw) => as_shown(&self.store.blob(&raw).await?),
            None => None,
        };
        match html {
            Some(html) => writeln!(self.out, "<div class=\"mail\">{html}</div>").ok(),
            None => writeln!(self.out, "<pre>{}</pre>", escaped(&content.text)).ok(),
        };
        for (file, bytes) in content.attachments.iter().zip(&shown.attachment_bytes) {
            writeln!(self.out, "<p>[{}, {bytes} octets]</p>", escaped(&file.name)).ok();
        }
        self.out.push_str("</article>\n");
        Ok(())
    }

    /// Lines under a heading.
    pub(super) fn lines(&mut self, heading: &str, lines: &[String]) {
        if lines.is_empty() {
            return;
        }
        write!(self.out, "<h2>{}</h2>\n<pre>{}</pre>\n", escaped(heading), escaped(&lines.join("\n"))).ok();
    }

    /// The whole page.
    pub(super) fn end(mut self) -> String {
        self.out.push_str("</body></html>\n");
        self.out
    }
}

/// The sanitised HTML of a mail, its own pictures within.
fn as_shown(raw: &[u8]) -> Option<String> {
    let limits = ParseLimits::default();
    let (mut html, files) = safe_html(raw, &limits)?;
    let mut room = PICTURES;
    for file in files {
        let Some(id) = file.content_id.filter(|_| file.content_type.starts_with("image/")) else { continue };
        let Some(left) = room.checked_sub(file.content.len()) else { continue };
        room = left;
        let picture =
            format!("src=\"data:{};base64,{}\"", escaped(&file.content_type), BASE64.encode(&file.content));
        html = html.replace(&format!("src=\"cid:{}\"", escaped(&id)), &picture);
    }
    Some(html)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_is_shown_with_its_pictures_and_without_its_scripts() {
        let raw = "From: a@x.example\nMIME-Version: 1.0\nContent-Type: multipart/related; boundary=r\n\n--r\n\
                   Content-Type: text/html\n\n<p onclick=x()>Hi <img src=\"cid:p1@x\"><script>x()</script>\
                   <img src=\"http://t.example/p\"></p>\n--r\nContent-Type: image/gif\nContent-ID: <p1@x>\n\
                   Content-Transfer-Encoding: base64\n\nR0lGODlh\n--r--\n";
        let html = as_shown(raw.as_bytes()).unwrap();
        assert!(html.contains("src=\"data:image/gif;base64,R0lGODlh\""), "{html}");
        assert!(!html.contains("script") && !html.contains("onclick") && !html.contains("cid:"), "{html}");
        assert_eq!(as_shown(b"From: a@x.example\n\nHi\n"), None);
        assert!(HEAD.contains("default-src 'none'"), "what is left of remote pictures is not loaded");
    }
}

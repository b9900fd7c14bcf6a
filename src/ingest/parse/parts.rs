//! Which leaves are the text of a mail and which are attachments.

use std::borrow::Cow;
use std::sync::Arc;

use super::mime::{Node, Tree};
use super::{ParseLimits, charset, names, tnef, uuencode};
use crate::mail::{Attachment, Defect, Digest, flowed, html};

/// A stretch of the text, in one or both forms.
#[derive(Default, Debug)]
pub(super) struct Piece {
    pub(super) plain: Option<String>,
    pub(super) html: Option<String>,
}

/// Everything the leaves say.
#[derive(Default)]
pub(super) struct Content {
    pub(super) pieces: Vec<Piece>,
    pub(super) attachments: Vec<Attachment>,
    pub(super) defects: Vec<Defect>,
    /// Octets of text still to be taken.
    room: usize,
    /// A text part was found already.
    has_text: bool,
}

/// Walks the leaves in their order.
pub(super) fn content(tree: &Tree<'_>, limits: &ParseLimits) -> Content {
    let mut content = Content { room: limits.text_octets, ..Content::default() };
    if let Some(root) = tree.nodes.first() {
        content.pieces = content.entity(tree, root, true);
    }
    content
}

impl Content {
    /// The text of an entity; attachments are set aside. Depth is bounded by the limit on levels.
    fn entity(&mut self, tree: &Tree<'_>, node: &Node<'_>, root: bool) -> Vec<Piece> {
        if node.children.is_empty() {
            return self.leaf(tree, node, root).into_iter().collect();
        }
        let children = node.children.iter().filter_map(|&child| tree.nodes.get(child));
        match node.content_type.kind.as_str() {
            "multipart/alternative" => {
                let mut piece = Piece::default();
                for child in children {
                    for found in self.entity(tree, child, false) {
                        append(&mut piece.plain, found.plain);
                        append(&mut piece.html, found.html);
                    }
                }
                vec![piece]
            }
            _ => children.flat_map(|child| self.entity(tree, child, false)).collect(),
        }
    }

    /// A leaf: text, or an attachment.
    fn leaf(&mut self, tree: &Tree<'_>, node: &Node<'_>, root: bool) -> Option<Piece> {
        if !self.is_text(tree, node, root) {
            self.attach(tree, node, charset::transfer(node.body, &node.encoding, usize::MAX));
            return None;
        }
        self.has_text = true;
        let is_html = node.content_type.kind == "text/html";
        // One more than there is room for: it shows that something was left out.
        let octets = charset::transfer(node.body, &node.encoding, self.room.saturating_add(1));
        let octets = if is_html { octets } else { self.without_files(octets) };
        let octets = self.take(octets);
        let declared = node.content_type.get("charset").map(str::to_owned);
        let label = declared.or_else(|| if is_html { html::declared_charset(&octets) } else { None });
        let decoded = charset::decode(&octets, label.as_deref());
        if let Some(label) = decoded.unknown {
            self.defects.push(Defect::UnknownCharset(label));
        }
        let (text, removed) = match decoded.text {
            Cow::Borrowed(text) => tidy(self.cut(text)),
            Cow::Owned(text) => {
                drop(octets);
                tidy(self.cut(&text))
            }
        };
        if removed && !self.defects.contains(&Defect::ControlCharacters) {
            self.defects.push(Defect::ControlCharacters);
        }
        if is_html {
            return Some(Piece { plain: None, html: Some(text) });
        }
        let is = |name: &str, wanted: &str| {
            node.content_type.get(name).is_some_and(|value| value.trim().eq_ignore_ascii_case(wanted))
        };
        let text = if is("format", "flowed") { flowed::unwrap(&text, is("delsp", "yes")) } else { text };
        Some(Piece { plain: Some(text), html: None })
    }

    /// Text that is shown with the mail. A named text beside others is a file, as every mail client shows it.
    fn is_text(&self, tree: &Tree<'_>, node: &Node<'_>, root: bool) -> bool {
        let kind = node.content_type.kind.as_str();
        let readable =
            matches!(kind, "text/plain" | "text/html") || node.content_type.main_type() == "multipart";
        if !readable || node.disposition.kind == "attachment" {
            return false;
        }
        let parent = node.parent.and_then(|parent| tree.nodes.get(parent));
        let of_alternative = parent.is_some_and(|parent| parent.content_type.kind == "multipart/alternative");
        let first = !self.has_text && node.disposition.get("filename").is_none();
        root || first || of_alternative || names::given(node).is_none()
    }

    /// Takes out the files that stand in a text: they may be nearly all of it, and have no part in its limit.
    fn without_files<'o>(&mut self, octets: Cow<'o, [u8]>) -> Cow<'o, [u8]> {
        let (text, files) = uuencode::extract(&octets);
        if files.is_empty() {
            return octets;
        }
        let text = text.into_owned();
        for file in files {
            self.push("application/octet-stream", names::of_file(&file.name), file.content);
        }
        text.into()
    }

    /// Takes the files out of a `winmail.dat`, which nobody but Outlook opens. One without files stays as it is.
    fn unpack(&mut self, node: &Node<'_>, octets: &[u8]) -> bool {
        let named = names::given(node).is_some_and(|name| name.trim().eq_ignore_ascii_case("winmail.dat"));
        let typed =
            matches!(node.content_type.kind.as_str(), "application/ms-tnef" | "application/vnd.ms-tnef");
        let files = if named || typed { tnef::files(octets).unwrap_or_default() } else { Vec::new() };
        let found = !files.is_empty();
        for file in files {
            let kind =
                file.kind.map(|kind| kind.trim().to_ascii_lowercase()).filter(|kind| kind.contains('/'));
            let name = file.name.as_deref().and_then(names::of_file);
            self.push(kind.as_deref().unwrap_or("application/octet-stream"), name, file.content.into());
        }
        found
    }

    /// A file that was no part of its own.
    fn push(&mut self, kind: &str, name: Option<String>, content: Arc<[u8]>) {
        self.attachments.push(Attachment {
            name: name.unwrap_or_else(|| format!("attachment-{}.bin", self.attachments.len() + 1)),
            content_type: kind.to_owned(),
            content_id: None,
            inline: false,
            digest: Digest::of(&content),
            content,
        });
    }

    /// Cuts decoded text at the limit: one octet can become three.
    fn cut<'t>(&mut self, text: &'t str) -> &'t str {
        let shown = text.get(..text.floor_char_boundary(self.room)).unwrap_or_default();
        if shown.len() < text.len() {
            self.over();
        }
        self.room -= shown.len().min(self.room);
        shown
    }

    fn over(&mut self) {
        let over = Defect::OverLimit("text");
        if !self.defects.contains(&over) {
            self.defects.push(over);
        }
    }

    /// Cuts octets of text at the limit.
    fn take<'o>(&mut self, octets: Cow<'o, [u8]>) -> Cow<'o, [u8]> {
        if octets.len() <= self.room {
            return octets;
        }
        self.over();
        match octets {
            Cow::Borrowed(octets) => octets.get(..self.room).unwrap_or(octets).into(),
            Cow::Owned(mut octets) => {
                octets.truncate(self.room);
                octets.shrink_to_fit();
                octets.into()
            }
        }
    }

    /// Sets an attachment aside. A second rendering of the text for web browsers (AMP) is none.
    fn attach(&mut self, tree: &Tree<'_>, node: &Node<'_>, octets: Cow<'_, [u8]>) {
        let kind = node.content_type.kind.as_str();
        if kind == "text/x-amp-html" {
            return;
        }
        if self.unpack(node, &octets) {
            return;
        }
        let related = node
            .parent
            .and_then(|parent| tree.nodes.get(parent))
            .is_some_and(|parent| parent.content_type.kind == "multipart/related");
        let attached = node.disposition.kind == "attachment";
        let inline = node.disposition.kind == "inline" || (related && node.content_id.is_some() && !attached);
        let content: Arc<[u8]> = octets.into();
        self.attachments.push(Attachment {
            name: names::name(node, self.attachments.len() + 1),
            content_type: kind.to_owned(),
            content_id: node.content_id.clone(),
            inline,
            digest: Digest::of(&content),
            content,
        });
    }
}

/// Adds a stretch of text below another.
fn append(text: &mut Option<String>, more: Option<String>) {
    match (text.as_mut(), more) {
        (Some(text), Some(more)) => {
            if !text.ends_with('\n') {
                text.push('\n');
            }
            text.push_str(&more);
        }
        (None, more @ Some(_)) => *text = more,
        (_, None) => {}
    }
}

/// LF line ends, no control characters but tab and LF; the flag says that there were some.
pub(super) fn tidy(text: &str) -> (String, bool) {
    let odd = |sign: char| {
        matches!(sign, '\u{2028}' | '\u{2029}') || sign.is_control() && !matches!(sign, '\n' | '\t')
    };
    let mut removed = false;
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((plain, from)) = rest.find(odd).and_then(|at| rest.split_at_checked(at)) {
        out.push_str(plain);
        let mut characters = from.chars();
        match characters.next() {
            Some('\r') => {
                if !characters.as_str().starts_with('\n') {
                    out.push('\n');
                }
            }
            // A line ends where a reader sees it end: page break, vertical tabulator, the separators of Unicode.
            Some('\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}') => out.push('\n'),
            _ => removed = true,
        }
        rest = characters.as_str();
    }
    out.push_str(rest);
    (out, removed)
}

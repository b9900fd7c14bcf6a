//! The tree of a MIME mail (RFC 2046 section 5.1), found in one pass over its lines.
//!
//! Not the crate's walk: nesting and number of parts are limited here before anything is built, boundaries
//! are compared as whole lines, and a mail that was cut off keeps the parts it has. Nested mails
//! (message/rfc822) are leaves: nothing in them is read as a part of this mail.

use std::collections::BTreeMap;

use super::ParseLimits;
use super::fields::{self, Head};
use super::params::{self, Params};
use crate::mail::Defect;

/// An entity of the mail: the mail itself, a multipart, or a leaf.
pub(super) struct Node<'a> {
    pub(super) content_type: Params,
    pub(super) disposition: Params,
    pub(super) encoding: String,
    pub(super) content_id: Option<String>,
    /// The encoded content of a leaf.
    pub(super) body: &'a [u8],
    pub(super) parent: Option<usize>,
    pub(super) children: Vec<usize>,
}

/// All entities, the mail itself first, each after its parent.
pub(super) struct Tree<'a> {
    pub(super) nodes: Vec<Node<'a>>,
    pub(super) defects: Vec<Defect>,
}

/// A multipart whose end has not been seen.
struct Open {
    node: usize,
    boundary: Vec<u8>,
}

/// One walk over the body.
struct Walk<'a, 'l> {
    raw: &'a [u8],
    limits: &'l ParseLimits,
    tree: Tree<'a>,
    open: Vec<Open>,
    /// Boundary to the depths in `open` at which it stands, for a look-up that does not depend on nesting.
    depths: BTreeMap<Vec<u8>, Vec<usize>>,
}

/// A delimiter line: the depth in the stack, and whether it closes.
struct Delimiter {
    depth: usize,
    closes: bool,
}

/// Reads the tree below a header that is cut already.
pub(super) fn tree<'a>(raw: &'a [u8], head: &Head<'a>, limits: &ParseLimits) -> Tree<'a> {
    let mut walk = Walk {
        raw,
        limits,
        tree: Tree { nodes: Vec::new(), defects: Vec::new() },
        open: Vec::new(),
        depths: BTreeMap::new(),
    };
    let mut at = walk.entity(head, head.body_at, None);
    while let Some(start) = at {
        if walk.tree.nodes.len() >= limits.parts {
            walk.tree.defects.push(Defect::OverLimit("parts"));
            break;
        }
        let part = raw.get(start..).unwrap_or_default();
        let head = fields::split(part, limits.header_octets);
        let parent = walk.open.last().map(|open| open.node);
        // A blank line may be missing where a part has no header at all (RFC 2046 section 5.1).
        at = walk.entity(&head, start + head.body_at, parent);
    }
    if !walk.open.is_empty() && !walk.tree.defects.contains(&Defect::OverLimit("parts")) {
        walk.tree.defects.push(Defect::Unterminated);
    }
    walk.tree
}

impl<'a> Walk<'a, '_> {
    /// Adds an entity whose body starts at `body_at`; returns where the next one starts.
    fn entity(&mut self, head: &Head<'a>, body_at: usize, parent: Option<usize>) -> Option<usize> {
        let node = self.tree.nodes.len();
        let mut content_type = param_field(head, "Content-Type");
        if content_type.kind.is_empty() || !content_type.kind.contains('/') {
            content_type.kind = self.default_type(parent).to_owned();
        }
        let boundary = self.boundary(&content_type, body_at);
        self.tree.nodes.push(Node {
            content_type,
            disposition: param_field(head, "Content-Disposition"),
            encoding: text_field(head, "Content-Transfer-Encoding"),
            content_id: Some(text_field(head, "Content-ID"))
                .map(|id| id.trim_matches(['<', '>', ' ']).to_owned())
                .filter(|id| !id.is_empty()),
            body: &[],
            parent,
            children: Vec::new(),
        });
        if let Some(parent) = parent.and_then(|parent| self.tree.nodes.get_mut(parent)) {
            parent.children.push(node);
        }
        if let Some(boundary) = boundary {
            self.depths.entry(boundary.clone()).or_default().push(self.open.len());
            self.open.push(Open { node, boundary });
        }
        self.content(node, body_at)
    }

    /// RFC 2046 section 5.1.5: parts of a digest are mails, everything else is text.
    fn default_type(&self, parent: Option<usize>) -> &'static str {
        match parent.and_then(|parent| self.tree.nodes.get(parent)) {
            Some(parent) if parent.content_type.kind == "multipart/digest" => "message/rfc822",
            _ => "text/plain",
        }
    }

    /// The boundary of a multipart, guessed from its first line where the parameter was lost.
    fn boundary(&mut self, content_type: &Params, body_at: usize) -> Option<Vec<u8>> {
        if content_type.main_type() != "multipart" {
            return None;
        }
        if self.open.len() >= self.limits.levels {
            self.over("levels");
            return None;
        }
        let told = content_type.get("boundary").map(str::trim_end).filter(|text| !text.is_empty());
        match told.map(str::as_bytes) {
            // Only the outermost is looked for: one pass, however deep the nesting.
            Some(told) if !self.open.is_empty() || self.stands(told, body_at) => Some(told.to_vec()),
            told => self.guess(body_at).or_else(|| told.map(<[u8]>::to_vec)),
        }
    }

    /// Whether a line begins with the boundary.
    fn stands(&self, boundary: &[u8], body_at: usize) -> bool {
        let mut at = body_at;
        while let Some((line, next)) = fields::line_at(self.raw, at) {
            if line.strip_prefix(b"--").is_some_and(|rest| rest.starts_with(boundary)) {
                return true;
            }
            at = next;
        }
        false
    }

    /// The first line, if it is a delimiter by its look: dashes, and a part's header below.
    fn guess(&self, body_at: usize) -> Option<Vec<u8>> {
        let mut at = body_at;
        while let Some((line, next)) = fields::line_at(self.raw, at) {
            if !line.trim_ascii().is_empty() {
                let guess = line.strip_prefix(b"--")?.trim_ascii_end();
                let below = fields::line_at(self.raw, next).map(|(line, _)| line).unwrap_or_default();
                let header = below.get(..8).is_some_and(|begin| begin.eq_ignore_ascii_case(b"content-"));
                let long = guess.len() > 3 || header && !guess.is_empty();
                return (long && guess.len() <= 200).then(|| guess.to_vec());
            }
            at = next;
        }
        None
    }

    /// Reads lines until a delimiter; they are the body of `node`. Returns where the next part starts.
    fn content(&mut self, node: usize, body_at: usize) -> Option<usize> {
        let (mut at, mut current) = (body_at, Some(node));
        while let Some((line, next)) = fields::line_at(self.raw, at) {
            let Some(delimiter) = self.delimiter(line) else {
                at = next;
                continue;
            };
            if let Some(node) = current.take() {
                self.finish(node, body_at, at);
            }
            self.close_to(delimiter.depth + 1, true);
            if !delimiter.closes {
                return Some(next);
            }
            self.close_to(delimiter.depth, false);
            at = next;
        }
        if let Some(node) = current {
            self.finish(node, body_at, self.raw.len());
        }
        None
    }

    /// The delimiter that a line is. The inmost multipart of that boundary counts.
    fn delimiter(&self, line: &[u8]) -> Option<Delimiter> {
        let rest = line.strip_prefix(b"--")?.trim_ascii_end();
        let depth = |boundary: &[u8]| self.depths.get(boundary).and_then(|depths| depths.last()).copied();
        if let Some(depth) = depth(rest) {
            return Some(Delimiter { depth, closes: false });
        }
        depth(rest.strip_suffix(b"--")?).map(|depth| Delimiter { depth, closes: true })
    }

    /// Closes multiparts until `depth` are open.
    fn close_to(&mut self, depth: usize, cut_off: bool) {
        while self.open.len() > depth {
            let Some(open) = self.open.pop() else { break };
            if cut_off && !self.tree.defects.contains(&Defect::Unterminated) {
                self.tree.defects.push(Defect::Unterminated);
            }
            if let Some(depths) = self.depths.get_mut(&open.boundary) {
                depths.pop();
                if depths.is_empty() {
                    self.depths.remove(&open.boundary);
                }
            }
        }
    }

    /// Gives a node its body; the line end before a delimiter belongs to the delimiter.
    fn finish(&mut self, node: usize, from: usize, to: usize) {
        let body = self.raw.get(from..to).unwrap_or_default();
        let body = if to < self.raw.len() { body.strip_suffix(b"\n").unwrap_or(body) } else { body };
        let body = if to < self.raw.len() { body.strip_suffix(b"\r").unwrap_or(body) } else { body };
        if let Some(node) = self.tree.nodes.get_mut(node) {
            node.body = body;
        }
    }

    /// Notes a limit, once.
    fn over(&mut self, limit: &'static str) {
        if !self.tree.defects.contains(&Defect::OverLimit(limit)) {
            self.tree.defects.push(Defect::OverLimit(limit));
        }
    }
}

/// A field with parameters.
fn param_field(head: &Head<'_>, name: &str) -> Params {
    head.first(name).map(|value| params::read(&fields::unfold(value, None).0)).unwrap_or_default()
}

/// A field of one word.
fn text_field(head: &Head<'_>, name: &str) -> String {
    let value = head.first(name).map(|value| fields::unfold(value, None).0).unwrap_or_default();
    value.split(['(', ';']).next().unwrap_or_default().trim().to_owned()
}

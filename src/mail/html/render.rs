//! HTML as lines of text, with what the markup says about quotes and signatures.
//!
//! Knows the marks that mail programs leave in the markup; what the words of a line say (`On .. wrote:`) is
//! judged in `new_text`, for text and HTML alike.

use super::entities;
use super::tokens::{Token, attributes, tokens};

/// Elements with an effect that are tracked at a time; deeper ones have none.
const MAX_OPEN: usize = 50;
/// Lines kept apart; the rest runs on.
const MAX_LINES: usize = 100_000;

/// What the markup says of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Mark {
    /// Nothing.
    #[default]
    None,
    /// From here on everything is the mail that is answered or forwarded.
    Rest,
    /// Introduces a quote: who wrote it and when.
    Attribution,
    /// Belongs to a signature.
    Signature,
    /// Quoted by the sender's own hand, unless an attribution says otherwise.
    Cited,
}

/// A line of rendered HTML.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Line {
    /// The text, without quote signs.
    pub(crate) text: String,
    /// How many quotes it stands in.
    pub(crate) depth: u16,
    /// What the markup says of it.
    pub(crate) mark: Mark,
}

impl Line {
    /// The quote signs in front of it.
    pub(crate) fn prefix(&self) -> String {
        if self.depth == 0 { String::new() } else { format!("{} ", ">".repeat(usize::from(self.depth))) }
    }
}

/// An element that is open and does something.
struct Open {
    name: String,
    /// Elements of the same name open inside that do nothing.
    inner: usize,
    quotes: bool,
    hidden: bool,
    keeps_blanks: bool,
    /// Number of the next item of a numbered list.
    number: Option<u32>,
    mark: Mark,
    /// The mark holds until the first quote inside only (Gmail's wrapper).
    until_quote: bool,
}

/// The document so far.
#[derive(Default)]
struct Page {
    lines: Vec<Line>,
    line: String,
    /// A blank stands before the next word.
    blank: bool,
    /// An empty line stands before the next line.
    gap: bool,
    open: Vec<Open>,
}

/// The lines of `html`.
pub(crate) fn lines(html: &str) -> Vec<Line> {
    let mut page = Page::default();
    for token in tokens(html) {
        match token {
            Token::Text(text) => page.text(&entities::decode(text)),
            Token::Open(name, source) => page.start(&name, source),
            Token::Close(name) => page.end(&name),
        }
    }
    page.flush();
    page.lines
}

/// How an element stands in the flow of lines.
#[derive(PartialEq, Eq)]
enum Flow {
    /// Within a line.
    Inline,
    /// On lines of its own.
    Block,
    /// On lines of its own, with an empty line before and after.
    Paragraph,
}

/// The flow of an element by its name.
fn flow(name: &str) -> Flow {
    match name {
        "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "blockquote" | "pre" | "ul" | "ol" | "dl" => {
            Flow::Paragraph
        }
        "div" | "li" | "tr" | "table" | "hr" | "body" | "html" | "head" | "center" | "address"
        | "article" | "aside" | "dd" | "dt" | "fieldset" | "figure" | "footer" | "form" | "header"
        | "main" | "nav" | "section" | "tbody" | "thead" | "tfoot" | "caption" | "option" => Flow::Block,
        _ => Flow::Inline,
    }
}

impl Page {
    /// Adds text, blanks folded unless they are to be kept.
    fn text(&mut self, text: &str) {
        if self.open.iter().any(|open| open.hidden) {
            return;
        }
        if self.open.iter().any(|open| open.keeps_blanks) {
            for (index, piece) in text.split('\n').enumerate() {
                if index > 0 {
                    self.break_line();
                }
                self.line.push_str(piece.trim_end_matches('\r'));
            }
            return;
        }
        for character in text.chars() {
            match character {
                ' ' | '\t' | '\n' | '\r' | '\u{c}' => self.blank = true,
                // Soft hyphens and the joiners that pad preview lines say nothing.
                '\u{ad}' | '\u{200b}' | '\u{200c}' | '\u{feff}' | '\u{34f}' => {}
                character => {
                    if self.blank && !self.line.is_empty() && !self.line.ends_with(' ') {
                        self.line.push(' ');
                    }
                    self.blank = false;
                    self.line.push(if character == '\u{a0}' { ' ' } else { character });
                }
            }
        }
    }

    /// A start tag.
    fn start(&mut self, name: &str, source: &str) {
        let attributes = if source.is_empty() { Vec::new() } else { attributes(source) };
        let get = |wanted: &str| {
            attributes.iter().find(|(name, _)| name == wanted).map_or("", |(_, value)| value.as_str())
        };
        let hidden = is_hidden(get("style"), attributes.iter().any(|(name, _)| name == "hidden"));
        match name {
            "br" => self.break_line(),
            "hr" => self.rule(is_rest(name, get("id"), get("style"), get("data-marker"))),
            "img" => self.image(get("alt")),
            "td" | "th" => self.blank = true,
            "li" => {
                self.flush();
                self.item();
            }
            _ => self.boundary(name, get("class"), get("style")),
        }
        if matches!(name, "br" | "hr" | "img" | "input" | "meta" | "link" | "col" | "area" | "wbr") {
            return;
        }
        if is_rest(name, get("id"), get("style"), get("data-marker")) {
            self.mark_rest();
        }
        let (mark, until_quote) = region(name, get("class"), get("id"), get("data-smartmail"));
        let element = Open {
            name: name.to_owned(),
            inner: 0,
            quotes: is_quote(name, get("class"), get("id"), get("name"), get("style")),
            hidden,
            keeps_blanks: name == "pre" || keeps_blanks(get("style")),
            number: (name == "ol").then_some(1),
            mark,
            until_quote,
        };
        self.push(element);
    }

    /// Tracks an element if it does something.
    fn push(&mut self, element: Open) {
        let effective = element.quotes
            || element.hidden
            || element.keeps_blanks
            || element.mark != Mark::None
            || matches!(element.name.as_str(), "ol" | "ul");
        if !effective || self.open.len() >= MAX_OPEN {
            if let Some(outer) = self.open.iter_mut().rev().find(|open| open.name == element.name) {
                outer.inner += 1;
            }
            return;
        }
        if element.quotes || element.mark != Mark::None {
            self.flush();
        }
        if element.quotes {
            for open in self.open.iter_mut().filter(|open| open.until_quote) {
                open.mark = Mark::None;
            }
        }
        self.open.push(element);
    }

    /// An end tag.
    fn end(&mut self, name: &str) {
        if name == "br" || name == "p" && self.line.is_empty() {
            self.gap = true;
        }
        if let Some(at) = self.open.iter().rposition(|open| open.name == name) {
            let ended = match self.open.get_mut(at) {
                Some(open) if open.inner > 0 => {
                    open.inner -= 1;
                    false
                }
                _ => true,
            };
            if ended {
                self.flush();
                self.open.truncate(at);
            }
        }
        match flow(name) {
            Flow::Inline => {}
            Flow::Block => self.flush(),
            Flow::Paragraph => {
                self.flush();
                self.gap = true;
            }
        }
    }

    /// The line breaks that a start tag causes. Word's paragraphs have no margin.
    fn boundary(&mut self, name: &str, class: &str, style: &str) {
        let flow = flow(name);
        if flow == Flow::Inline {
            return;
        }
        self.flush();
        let tight = class.contains("Mso") || style.replace(' ', "").to_ascii_lowercase().contains("margin:0");
        if flow == Flow::Paragraph && !(name == "p" && tight) {
            self.gap = true;
        } else if name == "p" {
            self.gap = false;
        }
    }

    /// The sign in front of a list item.
    fn item(&mut self) {
        let lists = self.open.iter().filter(|open| matches!(open.name.as_str(), "ol" | "ul")).count();
        self.line.push_str(&"  ".repeat(lists.saturating_sub(1).min(10)));
        match self.open.iter_mut().rev().find(|open| matches!(open.name.as_str(), "ol" | "ul")) {
            Some(Open { number: Some(number), .. }) => {
                self.line.push_str(&format!("{number}. "));
                *number = number.saturating_add(1);
            }
            _ => self.line.push_str("- "),
        }
    }

    /// An image is its text only where that is a picture itself (emoji).
    fn image(&mut self, alt: &str) {
        let pictorial =
            !alt.is_empty() && alt.chars().count() <= 8 && !alt.chars().any(|sign| sign.is_ascii());
        if pictorial {
            self.text(alt);
        }
    }

    /// A horizontal rule.
    fn rule(&mut self, rest: bool) {
        self.flush();
        if rest {
            self.mark_rest();
        }
        self.line.push_str("________________________________");
        self.flush();
    }

    /// Notes that what follows is the other mail.
    fn mark_rest(&mut self) {
        self.flush();
        let depth = self.depth();
        self.lines.push(Line { text: String::new(), depth, mark: Mark::Rest });
    }

    /// Quotes that are open.
    fn depth(&self) -> u16 {
        u16::try_from(self.open.iter().filter(|open| open.quotes).count()).unwrap_or(u16::MAX)
    }

    /// Ends the line if there is something on it.
    fn flush(&mut self) {
        self.blank = false;
        if !self.line.is_empty() {
            self.break_line();
        }
    }

    /// Ends the line, empty or not.
    fn break_line(&mut self) {
        self.blank = false;
        if self.lines.len() >= MAX_LINES {
            self.line.push(' ');
            return;
        }
        let depth = self.depth();
        let mark = self.open.iter().rev().map(|open| open.mark).find(|mark| *mark != Mark::None);
        let mark = mark.unwrap_or_default();
        if std::mem::take(&mut self.gap) && self.lines.last().is_some_and(|line| !line.text.is_empty()) {
            let outer = self.lines.last().map_or(0, |line| line.depth).min(depth);
            self.lines.push(Line { text: String::new(), depth: outer, mark: Mark::None });
        }
        let text = std::mem::take(&mut self.line);
        self.lines.push(Line { text: text.trim_end().to_owned(), depth, mark });
    }
}

/// An id or class as it was before web mail put its `x_` in front.
fn bare(name: &str) -> &str {
    let mut name = name;
    while let Some(rest) = name.strip_prefix("x_") {
        name = rest;
    }
    name
}

/// Whether people see nothing of it.
fn is_hidden(style: &str, hidden: bool) -> bool {
    if style.is_empty() {
        return hidden;
    }
    let style = style.replace(' ', "").to_ascii_lowercase();
    hidden || style.contains("display:none") || style.contains("visibility:hidden")
}

/// Whether blanks and line ends count.
fn keeps_blanks(style: &str) -> bool {
    if style.is_empty() {
        return false;
    }
    let style = style.replace(' ', "").to_ascii_lowercase();
    style.contains("white-space:pre") && !style.contains("white-space:pre-line")
}

/// Marks behind which the other mail stands: Outlook in its many forms, Zimbra, Windows Mail.
fn is_rest(name: &str, id: &str, style: &str, marker: &str) -> bool {
    if matches!(
        bare(id),
        "divRplyFwdMsg"
            | "appendonsend"
            | "mail-editor-reference-message-container"
            | "stopSpelling"
            | "zwchr"
            | "OLK_SRC_BODY_SECTION"
    ) {
        return true;
    }
    if name == "hr" && marker == "__DIVIDER__" {
        return true;
    }
    if name != "div" || style.is_empty() {
        return false;
    }
    let style = style.replace(' ', "").to_ascii_lowercase();
    style.contains("border-top:solid#e1e1e1")
        || style.contains("border-top:solid#b5c4df")
        || style.contains("border-top:#e1e1e1")
        || style.contains("border-top:#b5c4df")
}

/// Elements whose content is quoted. Gmail writes indentation as a borderless `blockquote`.
fn is_quote(element: &str, class: &str, id: &str, name: &str, style: &str) -> bool {
    let has = |wanted: &str| class.split_ascii_whitespace().any(|known| bare(known) == wanted);
    if element == "blockquote" {
        let style = style.replace(' ', "").to_ascii_lowercase();
        // Word takes all borders off and draws the one at the left again.
        let lined = style.contains("border-left:")
            && !["border-left:none", "border-left:0", "border-left:medium"]
                .iter()
                .any(|none| style.contains(none));
        let borderless = ["border:none", "border:0", "border:medium"].iter().any(|none| style.contains(none));
        return lined || !borderless || has("gmail_quote");
    }
    has("yahoo_quoted")
        || bare(id).starts_with("yahoo_quoted")
        || has("zmail_extra")
        || (element == "div" && name == "quote")
        || has("ms-outlook-mobile-reference-message")
}

/// Regions with a meaning: attributions and signatures.
fn region(element: &str, class: &str, id: &str, smart: &str) -> (Mark, bool) {
    let has = |wanted: &str| class.split_ascii_whitespace().any(|known| bare(known) == wanted);
    if bare(id) == "reply-intro"
        || has("gmail_attr")
        || has("moz-cite-prefix")
        || has("protonmail_quote") && element == "div"
    {
        return (Mark::Attribution, false);
    }
    if has("gmail_quote") && element != "blockquote" {
        return (Mark::Attribution, true);
    }
    if has("gmail_quote") {
        return (Mark::Cited, false);
    }
    let signature = has("gmail_signature")
        || has("moz-signature")
        || has("protonmail_signature_block")
        || has("ms-outlook-mobile-signature")
        || smart == "gmail_signature"
        || matches!(bare(id), "Signature" | "ms-outlook-mobile-signature" | "AppleMailSignature");
    (if signature { Mark::Signature } else { Mark::None }, false)
}

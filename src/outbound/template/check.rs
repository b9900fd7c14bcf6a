//! Reads one template and says what a template must not do, with line and column.

use handlebars::template::{HelperTemplate, Parameter, TemplateElement};
use handlebars::{Path, PathSeg, Template};

use super::{Form, LAYOUT, Mistake, PARTS, Source, is_part};
use crate::desk::spelling::nearest;
use crate::outbound::catalog;

/// Octets of one file.
const LONGEST: usize = 64 * 1024;
/// Blocks within blocks; bounds the recursion of every walk over a template.
const DEEPEST: usize = 8;
/// Lists within lists.
const LISTS: usize = 2;
/// What may be called with arguments.
const HELPERS: &[&str] =
    &["multiline", "eq", "ne", "gt", "gte", "lt", "lte", "and", "or", "not", "len", "lookup"];
/// What may open a block.
const BLOCKS: &[&str] = &["if", "unless", "each", "with"];

/// Compiles a template.
///
/// # Errors
/// Every mistake that can be seen without rendering it.
pub(super) fn compile(source: &Source) -> Result<Template, Vec<Mistake>> {
    let mut walk = Walk { source, mistakes: Vec::new() };
    if source.text.len() > LONGEST {
        walk.mistake((0, 0), format!("a template has at most {LONGEST} octets"));
        return Err(walk.mistakes);
    }
    // The grammar's parser goes one level deeper for each open block or parenthesis, so these are counted before it runs.
    if let Some(line) = too_deep(&source.text) {
        walk.mistake((line, 0), "blocks or parentheses stand too deep in each other".to_owned());
        return Err(walk.mistakes);
    }
    let template = match Template::compile_with_name(&source.text, source.key()) {
        Ok(template) => template,
        Err(error) => {
            walk.mistake(error.pos().unwrap_or_default(), error.reason().to_string());
            return Err(walk.mistakes);
        }
    };
    walk.elements(&template, Scope::default());
    if walk.mistakes.is_empty() { Ok(template) } else { Err(walk.mistakes) }
}

/// The line where more than four times [`DEEPEST`] openings stand without their ends.
fn too_deep(text: &str) -> Option<usize> {
    let mut open: usize = 0;
    for (at, line) in text.lines().enumerate() {
        for piece in line.split("{{").skip(1) {
            let tag = piece.split("}}").next().unwrap_or_default();
            if tag.matches('(').count() > DEEPEST {
                return Some(at + 1);
            }
            if tag.trim_start_matches('~').starts_with('#') {
                open += 1;
            } else if tag.trim_start_matches('~').starts_with('/') {
                open = open.saturating_sub(1);
            }
            if open > 4 * DEEPEST {
                return Some(at + 1);
            }
        }
    }
    None
}

/// Where in the blocks an element stands.
#[derive(Debug, Clone, Copy, Default)]
struct Scope {
    /// Blocks around it.
    blocks: usize,
    /// Those of them that loop.
    lists: usize,
    /// Those of them in which a bare name means something else than a variable of the mail.
    inner: usize,
}

struct Walk<'a> {
    source: &'a Source,
    mistakes: Vec<Mistake>,
}

#[expect(clippy::wildcard_enum_match_arm, reason = "these enums may grow; what is not known is refused")]
impl Walk<'_> {
    fn mistake(&mut self, (line, column): (usize, usize), text: String) {
        self.mistakes.push(Mistake { path: self.source.path.clone(), line, column, text });
    }

    fn elements(&mut self, template: &Template, scope: Scope) {
        for (at, element) in template.elements.iter().enumerate() {
            let place = template.mapping.get(at).map_or((0, 0), |mapping| (mapping.0, mapping.1));
            self.element(element, place, scope);
        }
    }

    fn element(&mut self, element: &TemplateElement, place: (usize, usize), scope: Scope) {
        match element {
            TemplateElement::RawString(_) | TemplateElement::Comment(_) => {}
            TemplateElement::Expression(call) => self.expression(call, place, scope),
            TemplateElement::HelperBlock(block) => self.block(block, place, scope),
            TemplateElement::HtmlExpression(_) => self.mistake(
                place,
                "\"{{{\" and \"{{&\" switch escaping off; write \"{{name}}\", or \"{{multiline name}}\" for a text of \
                 several lines"
                    .to_owned(),
            ),
            TemplateElement::PartialExpression(call) => {
                let name = call.name.as_name().unwrap_or_default();
                let pieces: Vec<&str> = PARTS.iter().copied().filter(|part| *part != LAYOUT).collect();
                // A piece that calls a piece could call itself.
                if is_part(&self.source.name) && self.source.name != LAYOUT {
                    self.mistake(place, "a piece cannot call another one".to_owned());
                } else if !pieces.contains(&name) {
                    self.mistake(place, format!("there is no piece \"{name}\", only {}", pieces.join(", ")));
                } else if !call.params.is_empty() || !call.hash.is_empty() {
                    self.mistake(place, format!("\"{{{{> {name}}}}}\" takes no arguments"));
                }
            }
            _ => self.mistake(
                place,
                "only variables, \"{{#if}}\", \"{{#unless}}\", \"{{#each}}\", \"{{#with}}\" and \"{{> piece}}\" are \
                 known here"
                    .to_owned(),
            ),
        }
    }

    fn expression(&mut self, call: &HelperTemplate, place: (usize, usize), scope: Scope) {
        let name = call.name.as_name().unwrap_or_default();
        if call.params.is_empty() && call.hash.is_empty() {
            if name == "body" && self.source.name == LAYOUT {
                return;
            }
            self.parameter(&call.name, place, scope);
            return;
        }
        self.helper(name, HELPERS, place);
        self.parameters(call, place, scope);
    }

    fn helper(&mut self, name: &str, known: &[&str], place: (usize, usize)) {
        if known.contains(&name) {
            return;
        }
        let hint = nearest(name, known.iter().copied()).map(|near| format!("; did you mean \"{near}\"?"));
        let text = format!("\"{name}\" cannot be used here{}", hint.unwrap_or_default());
        self.mistake(place, text);
    }

    fn block(&mut self, block: &HelperTemplate, place: (usize, usize), scope: Scope) {
        let name = block.name.as_name().unwrap_or_default();
        self.helper(name, BLOCKS, place);
        self.parameters(block, place, scope);
        let (changes, loops) = (matches!(name, "each" | "with"), name == "each");
        let inside = Scope {
            blocks: scope.blocks + 1,
            lists: scope.lists + usize::from(loops),
            inner: scope.inner + usize::from(changes),
        };
        if inside.blocks > DEEPEST {
            self.mistake(place, format!("blocks can stand {DEEPEST} deep in each other, not deeper"));
            return;
        }
        if inside.lists > LISTS {
            self.mistake(place, format!("loops can stand {LISTS} deep in each other, not deeper"));
        }
        if block.block_param.is_some() {
            self.mistake(place, "\"as |name|\" is not known here; use \"this\"".to_owned());
        }
        if let Some(template) = &block.template {
            self.elements(template, inside);
        }
        if let Some(inverse) = &block.inverse {
            // What stands behind {{else}} sees the same names as what stands around the block.
            self.elements(inverse, Scope { blocks: inside.blocks, ..scope });
        }
    }

    fn parameters(&mut self, call: &HelperTemplate, place: (usize, usize), scope: Scope) {
        for parameter in call.params.iter().chain(call.hash.values()) {
            self.parameter(parameter, place, scope);
        }
    }

    fn parameter(&mut self, parameter: &Parameter, place: (usize, usize), scope: Scope) {
        match parameter {
            Parameter::Path(path) => self.path(path, place, scope),
            Parameter::Name(name) => self.variable(name, place, scope),
            Parameter::Subexpression(inner) => {
                if let TemplateElement::Expression(call) = inner.as_element() {
                    self.expression(call, place, scope);
                }
            }
            Parameter::Literal(_) => {}
            _ => self.mistake(place, "this cannot be read".to_owned()),
        }
    }

    fn path(&mut self, path: &Path, place: (usize, usize), scope: Scope) {
        // `@index`, `@first` and their like.
        let Path::Relative((segments, _)) = path else { return };
        // The grammar's own rules (`../`, `@root`) are of a private type: they are told apart by their Debug word.
        let climbs = segments.iter().filter(|segment| rule(segment).as_deref() == Some("path_up")).count();
        let root = segments.iter().any(|segment| rule(segment).as_deref() == Some("path_root"));
        let first = segments.iter().find_map(|segment| {
            let PathSeg::Named(name) = segment else { return None };
            Some(name.as_str())
        });
        let Some(first) = first else { return };
        let inner = if root { 0 } else { scope.inner.saturating_sub(climbs) };
        self.variable(first, place, Scope { inner, ..scope });
    }

    fn variable(&mut self, name: &str, place: (usize, usize), scope: Scope) {
        let whole_frame = is_part(&self.source.name);
        if scope.inner > 0 || name.is_empty() || name == "this" {
            return;
        }
        let known = |variable: &&catalog::Variable| {
            variable.name == name && (variable.name != "subject" || self.source.form != Form::Subject)
        };
        let found = if whole_frame {
            catalog::COMMON.iter().chain(catalog::TICKET).any(|variable| known(&variable))
        } else {
            catalog::variables(&self.source.name).any(|variable| known(&variable))
        };
        if found {
            return;
        }
        let names = catalog::variables(&self.source.name).map(|variable| variable.name);
        let hint = nearest(name, names).map(|near| format!("; did you mean \"{near}\"?")).unwrap_or_default();
        self.mistake(place, format!("there is no variable \"{name}\" in \"{}\"{hint}", self.source.name));
    }
}

fn rule(segment: &PathSeg) -> Option<String> {
    let PathSeg::Ruled(rule) = segment else { return None };
    Some(format!("{rule:?}"))
}

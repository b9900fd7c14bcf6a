//! Compiled templates, and the little that they may call.

use std::io;

use handlebars::{
    Context, Handlebars, Helper, HelperResult, Output, RenderContext, RenderErrorReason, html_escape,
    no_escape,
};
use serde_json::{Map, Value};

use super::{Form, LAYOUT, LIMIT, Mistake, RenderError, Rendered, Source, check, clean, is_part};
use crate::mail::Language;

/// Compiled templates: for each language one registry that escapes nothing (subject and text), one for HTML.
#[derive(Clone)]
pub(super) struct Set {
    en: Pair,
    es: Pair,
}

#[derive(Clone)]
struct Pair {
    plain: Handlebars<'static>,
    html: Handlebars<'static>,
}

impl Pair {
    fn new() -> Self {
        let mut plain = Handlebars::new();
        plain.set_strict_mode(true);
        plain.register_escape_fn(no_escape);
        plain.unregister_helper("log");
        plain.register_helper("body", Box::new(body));
        let mut html = plain.clone();
        html.register_escape_fn(html_escape);
        plain.register_helper("multiline", Box::new(multiline));
        html.register_helper("multiline", Box::new(multiline_html));
        Self { plain, html }
    }
}

impl Set {
    pub(super) fn empty() -> Self {
        Self { en: Pair::new(), es: Pair::new() }
    }

    pub(super) fn compile(sources: &[Source]) -> Result<Self, Vec<Mistake>> {
        let mut set = Self::empty();
        let mut mistakes = Vec::new();
        for source in sources {
            let pair = match source.language {
                Language::En => &mut set.en,
                Language::Es => &mut set.es,
            };
            let registry = if source.form == Form::Html { &mut pair.html } else { &mut pair.plain };
            match check::compile(source) {
                Ok(template) => registry.register_template(&source.key(), template),
                Err(found) => mistakes.extend(found),
            }
            // A template of the house needs all three files in at least the language that it is written in.
            let whole = is_part(&source.name)
                || Form::ALL.iter().all(|form| {
                    let same =
                        |other: &&Source| other.language == source.language && other.name == source.name;
                    sources.iter().filter(same).any(|other| other.form == *form)
                });
            if !whole {
                let text = format!(
                    "the template \"{}\" is not whole: it needs {0}.subject.hbs, {0}.text.hbs and {0}.html.hbs",
                    source.name
                );
                mistakes.push(Mistake { path: source.path.clone(), line: 0, column: 0, text });
            }
        }
        if mistakes.is_empty() { Ok(set) } else { Err(mistakes) }
    }

    fn pair(&self, language: Language) -> &Pair {
        match language {
            Language::En => &self.en,
            Language::Es => &self.es,
        }
    }

    pub(super) fn render(
        &self,
        name: &str,
        language: Language,
        mut data: Map<String, Value>,
    ) -> Result<Rendered, RenderError> {
        // A template that the house wrote in one language alone serves readers of the other one too.
        let written =
            |language: &Language| self.pair(*language).plain.has_template(&format!("{name}.subject"));
        let language = std::iter::once(language).chain(Language::ALL).find(written).unwrap_or(language);
        let pair = self.pair(language);
        let run = |registry: &Handlebars<'static>, key: &str, data: Map<String, Value>| {
            bounded(registry, key, data).map_err(|why| RenderError::Failed {
                name: name.to_owned(),
                language,
                why: format!("{key}.hbs: {why}"),
            })
        };
        let subject = clean::line(&run(&pair.plain, &format!("{name}.subject"), data.clone())?);
        if data.get("subject").is_none_or(Value::is_null) {
            data.insert("subject".to_owned(), Value::from(subject.as_str()));
        }
        let frame = |registry: &Handlebars<'static>, form: Form| {
            let mut data = data.clone();
            let inner = run(registry, &format!("{name}.{}", form.word()), data.clone())?;
            data.insert("body".to_owned(), Value::from(inner.trim_end()));
            run(registry, &format!("{LAYOUT}.{}", form.word()), data)
        };
        let text = clean::tidy(&frame(&pair.plain, Form::Text)?);
        Ok(Rendered { subject, text, html: frame(&pair.html, Form::Html)?, warning: None })
    }
}

/// Renders into at most [`LIMIT`] octets.
pub(super) fn bounded(
    registry: &Handlebars<'static>,
    key: &str,
    data: Map<String, Value>,
) -> Result<String, String> {
    let mut out = Bounded(Vec::new());
    let context = Context::from(Value::Object(data));
    registry.render_with_context_to_write(key, &context, &mut out).map_err(|error| {
        let line = error.line_no.map(|line| format!("line {line}: ")).unwrap_or_default();
        format!("{line}{}", error.reason())
    })?;
    String::from_utf8(out.0).map_err(|error| error.to_string())
}

/// `{{multiline text}}` for plain text.
pub(super) fn register_multiline(registry: &mut Handlebars<'static>) {
    registry.register_helper("multiline", Box::new(multiline));
}

struct Bounded(Vec<u8>);

impl io::Write for Bounded {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        if self.0.len().saturating_add(octets.len()) > LIMIT {
            return Err(io::Error::other(format!("it writes more than {LIMIT} octets")));
        }
        self.0.extend_from_slice(octets);
        Ok(octets.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// `{{body}}`, in the layout only: the rendered template, which is escaped already.
fn body(
    _: &Helper<'_>,
    _: &Handlebars<'_>,
    context: &Context,
    _: &mut RenderContext<'_, '_>,
    out: &mut dyn Output,
) -> HelperResult {
    out.write(context.data().get("body").and_then(Value::as_str).unwrap_or_default())?;
    Ok(())
}

/// `{{multiline text}}` in plain text: the text as it is.
fn multiline(
    call: &Helper<'_>,
    _: &Handlebars<'_>,
    _: &Context,
    _: &mut RenderContext<'_, '_>,
    out: &mut dyn Output,
) -> HelperResult {
    out.write(argument(call)?)?;
    Ok(())
}

/// `{{multiline text}}` in HTML: escaped, line ends as `<br>`, leading blanks kept. Mail clients on Windows
/// know no `white-space: pre-wrap`.
fn multiline_html(
    call: &Helper<'_>,
    _: &Handlebars<'_>,
    _: &Context,
    _: &mut RenderContext<'_, '_>,
    out: &mut dyn Output,
) -> HelperResult {
    for (at, line) in argument(call)?.split('\n').enumerate() {
        if at > 0 {
            out.write("<br>\n")?;
        }
        let text = line.trim_start_matches([' ', '\t']);
        for blank in line.chars().take(line.len() - text.len()) {
            out.write(if blank == '\t' { "&nbsp;&nbsp;&nbsp;&nbsp;" } else { "&nbsp;" })?;
        }
        out.write(&html_escape(text))?;
    }
    Ok(())
}

fn argument<'a>(call: &'a Helper<'_>) -> Result<&'a str, RenderErrorReason> {
    let value = call.param(0).ok_or(RenderErrorReason::ParamNotFoundForIndex("multiline", 0))?;
    if value.is_value_missing() {
        return Err(RenderErrorReason::MissingVariable(value.relative_path().cloned()));
    }
    Ok(value.value().as_str().unwrap_or_default())
}

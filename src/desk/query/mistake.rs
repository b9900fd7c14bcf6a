//! What is wrong with a query, in the reader's language, always with what to write instead.

use super::words::Key;
use crate::mail::Language;

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Mistake {
    /// There is no such key; another one may have been meant.
    Key { typed: String, near: Option<&'static str> },
    /// The key knows no such value; these are near or all there are.
    Value { key: Key, typed: String, near: Option<String>, all: Vec<String> },
    /// Several names fit.
    Several { key: Key, typed: String, candidates: Vec<String> },
    /// The value has several words; the term as it should be.
    Quotes(String),
    /// Nothing stands behind the colon.
    NoValue(Key),
    /// It is no time.
    Time(String),
    /// `field` without a name.
    FieldName,
    /// It is no number.
    Number(String),
    /// On the command line nobody is "me".
    NoMe,
    /// More letters than this.
    TooLong(usize),
    /// More terms or values than this.
    TooMany(usize),
}

impl Mistake {
    pub(super) fn text(&self, language: Language) -> String {
        match language {
            Language::En => self.english(),
            Language::Es => self.spanish(),
        }
    }

    fn english(&self) -> String {
        match self {
            Self::Key { typed, near } => {
                let hint = match near {
                    Some(near) => format!("Did you mean \"{near}:\"?"),
                    None => format!("Keys are: {}.", keys(Language::En)),
                };
                format!("A query has no key \"{typed}:\". {hint} Text with a colon goes into \"quotes\".")
            }
            Self::Value { key, typed, near, all } => {
                let hint = near.as_ref().map(|near| format!(" Did you mean \"{near}\"?")).unwrap_or_default();
                format!(
                    "{}: does not know \"{typed}\".{hint}{}",
                    key.shown(Language::En),
                    listed(" There are: ", all)
                )
            }
            Self::Several { key, typed, candidates } => {
                format!("{}: \"{typed}\" fits several: {}.", key.shown(Language::En), candidates.join(", "))
            }
            Self::NoValue(key) => {
                let word = key.shown(Language::En);
                format!("{word}: needs a value, for example {}", example(*key, Language::En))
            }
            Self::Time(typed) => {
                format!("\"{typed}\" is no time; write for example older:2d, newer:12h or newer:2026-01-31")
            }
            Self::FieldName => "A field needs its name: field.room:204".to_owned(),
            Self::Quotes(right) => {
                format!(
                    "A value of several words needs quotes, or its last words are searched for as text. Write {right}"
                )
            }
            Self::Number(typed) => format!("\"{typed}\" is no number of a ticket, nor its last digits"),
            Self::NoMe => "Here nobody is \"me\": write a login".to_owned(),
            Self::TooLong(limit) => format!("A query has at most {limit} letters"),
            Self::TooMany(limit) => format!("A query has at most {limit} terms, and a term {limit} values"),
        }
    }

    fn spanish(&self) -> String {
        match self {
            Self::Key { typed, near } => {
                let hint = match near {
                    Some(near) => format!("¿Quiso decir «{near}:»?"),
                    None => format!("Las claves son: {}.", keys(Language::Es)),
                };
                format!(
                    "Una consulta no tiene la clave «{typed}:». {hint} El texto con dos puntos va entre \"comillas\"."
                )
            }
            Self::Value { key, typed, near, all } => {
                let hint = near.as_ref().map(|near| format!(" ¿Quiso decir «{near}»?")).unwrap_or_default();
                format!("{}: no conoce «{typed}».{hint}{}", key.shown(Language::Es), listed(" Hay: ", all))
            }
            Self::Several { key, typed, candidates } => {
                format!("{}: «{typed}» puede ser varios: {}.", key.shown(Language::Es), candidates.join(", "))
            }
            Self::NoValue(key) => {
                let word = key.shown(Language::Es);
                format!("A {word}: le falta un valor; por ejemplo {}", example(*key, Language::Es))
            }
            Self::Time(typed) => {
                format!(
                    "«{typed}» no es un tiempo; escriba por ejemplo antiguo:2d, reciente:12h o desde:31/01/2026"
                )
            }
            Self::FieldName => "Un campo necesita su nombre: campo.sala:204".to_owned(),
            Self::Quotes(right) => {
                format!(
                    "Un valor de varias palabras va entre comillas: si no, las últimas se buscan como texto. Escriba {right}"
                )
            }
            Self::Number(typed) => format!("«{typed}» no es un número de ticket, ni sus últimas cifras"),
            Self::NoMe => "Aquí nadie es «mí»: escriba un usuario".to_owned(),
            Self::TooLong(limit) => format!("Una consulta tiene como máximo {limit} letras"),
            Self::TooMany(limit) => {
                format!("Una consulta tiene como máximo {limit} condiciones, y cada una {limit} valores")
            }
        }
    }
}

fn keys(language: Language) -> String {
    Key::ALL.map(|key| key.shown(language)).join(", ")
}

fn listed(intro: &str, names: &[String]) -> String {
    if names.is_empty() { String::new() } else { format!("{intro}{}.", names.join(", ")) }
}

fn example(key: Key, language: Language) -> &'static str {
    match (language, key) {
        (Language::En, Key::Queue) => "queue:support",
        (Language::En, Key::State) => "state:open",
        (Language::En, Key::Owner) => "owner:me",
        (Language::En, Key::Responsible) => "responsible:none",
        (Language::En, Key::Customer) => "customer:ana",
        (Language::En, Key::Priority) => "priority:high",
        (Language::En, Key::Type) => "type:incident",
        (Language::En, Key::Service) => "service:printers",
        (Language::En, Key::Tag) => "tag:vip",
        (Language::En, Key::Field) => "field.room:204",
        (Language::En, Key::Level) => "level:1",
        (Language::En, Key::Number) => "number:0137",
        (Language::En, Key::Lock) => "lock:unlocked",
        (Language::En, Key::Older) => "older:2d",
        (Language::En, Key::Newer) => "newer:12h",
        (Language::En, Key::Title) => "title:printer",
        (Language::Es, Key::Queue) => "cola:soporte",
        (Language::Es, Key::State) => "estado:abierto",
        (Language::Es, Key::Owner) => "propietario:mí",
        (Language::Es, Key::Responsible) => "responsable:nadie",
        (Language::Es, Key::Customer) => "usuario:ana",
        (Language::Es, Key::Priority) => "prioridad:alta",
        (Language::Es, Key::Type) => "tipo:incidente",
        (Language::Es, Key::Service) => "servicio:impresoras",
        (Language::Es, Key::Tag) => "etiqueta:vip",
        (Language::Es, Key::Field) => "campo.sala:204",
        (Language::Es, Key::Level) => "nivel:1",
        (Language::Es, Key::Number) => "número:0137",
        (Language::Es, Key::Lock) => "bloqueo:desbloqueado",
        (Language::Es, Key::Older) => "antiguo:2d",
        (Language::Es, Key::Newer) => "reciente:12h",
        (Language::Es, Key::Title) => "título:impresora",
    }
}

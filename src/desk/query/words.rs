//! The words of queries, per language; all of them are understood at once. The first word of a key is the one that
//! mistakes show.

use crate::desk::StateType;
use crate::desk::typed::folded;
use crate::mail::Language;

/// What a term is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    Queue,
    State,
    Owner,
    Responsible,
    Customer,
    Priority,
    Type,
    Service,
    Tag,
    Field,
    Level,
    Number,
    Lock,
    Older,
    Newer,
    Title,
}

impl Key {
    /// All keys, in the order in which mistakes name them.
    pub(super) const ALL: [Self; 16] = [
        Self::Queue,
        Self::State,
        Self::Owner,
        Self::Responsible,
        Self::Customer,
        Self::Priority,
        Self::Type,
        Self::Service,
        Self::Tag,
        Self::Field,
        Self::Level,
        Self::Number,
        Self::Lock,
        Self::Older,
        Self::Newer,
        Self::Title,
    ];

    /// Its words in a language.
    pub(super) fn words(self, language: Language) -> &'static [&'static str] {
        match (language, self) {
            (Language::En, Self::Queue) => &["queue"],
            (Language::En, Self::State) => &["state", "status", "is"],
            (Language::En, Self::Owner) => &["owner"],
            (Language::En, Self::Responsible) => &["responsible", "assigned", "agent"],
            (Language::En, Self::Customer) => &["customer", "from"],
            (Language::En, Self::Priority) => &["priority"],
            (Language::En, Self::Type) => &["type"],
            (Language::En, Self::Service) => &["service"],
            (Language::En, Self::Tag) => &["tag", "tags"],
            (Language::En, Self::Field) => &["field"],
            (Language::En, Self::Level) => &["level"],
            (Language::En, Self::Number) => &["number", "ticket"],
            (Language::En, Self::Lock) => &["lock"],
            (Language::En, Self::Older) => &["older", "before"],
            (Language::En, Self::Newer) => &["newer", "since", "after"],
            (Language::En, Self::Title) => &["title", "subject"],
            (Language::Es, Self::Queue) => &["cola"],
            (Language::Es, Self::State) => &["estado"],
            (Language::Es, Self::Owner) => &["propietario"],
            (Language::Es, Self::Responsible) => &["responsable", "asignado", "agente"],
            (Language::Es, Self::Customer) => &["usuario", "cliente", "de"],
            (Language::Es, Self::Priority) => &["prioridad"],
            (Language::Es, Self::Type) => &["tipo"],
            (Language::Es, Self::Service) => &["servicio"],
            (Language::Es, Self::Tag) => &["etiqueta", "etiquetas"],
            (Language::Es, Self::Field) => &["campo"],
            (Language::Es, Self::Level) => &["nivel"],
            (Language::Es, Self::Number) => &["número", "ticket"],
            (Language::Es, Self::Lock) => &["bloqueo"],
            (Language::Es, Self::Older) => &["antiguo", "antes", "hasta"],
            (Language::Es, Self::Newer) => &["reciente", "desde", "después"],
            (Language::Es, Self::Title) => &["título", "asunto"],
        }
    }

    /// The word that a reader is shown.
    pub(super) fn shown(self, language: Language) -> &'static str {
        self.words(language).first().copied().unwrap_or_default()
    }

    /// The key of a folded word, in any language.
    pub(super) fn of(word: &str) -> Option<Self> {
        let known = |key: &Self| Language::ALL.iter().any(|language| has(key.words(*language), word));
        Self::ALL.into_iter().find(known)
    }
}

/// What means the same as another value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Special {
    /// Whoever asks.
    Me,
    /// Nobody, nothing.
    Nothing,
    /// Any, all.
    Any,
    /// A word alone: what the asker attends.
    Mine,
    /// Between two terms: says nothing.
    And,
    Locked,
    Unlocked,
}

impl Special {
    fn words(self, language: Language) -> &'static [&'static str] {
        match (language, self) {
            (Language::En, Self::Me) => &["me", "myself"],
            (Language::En, Self::Nothing) => &["none", "nobody", "no", "empty"],
            (Language::En, Self::Any) => &["any", "all"],
            (Language::En, Self::Mine) => &["mine", "my"],
            (Language::En, Self::And) => &["and"],
            (Language::En, Self::Locked) => &["locked", "lock", "yes"],
            (Language::En, Self::Unlocked) => &["unlocked", "unlock", "no"],
            (Language::Es, Self::Me) => &["mí", "yo"],
            (Language::Es, Self::Nothing) => &["nadie", "ninguno", "ninguna", "sin", "vacío"],
            (Language::Es, Self::Any) => &["cualquiera", "todo", "todos", "todas"],
            (Language::Es, Self::Mine) => &["mis", "mío", "míos", "mías"],
            (Language::Es, Self::And) => &["y", "e"],
            (Language::Es, Self::Locked) => &["bloqueado", "bloqueados", "sí"],
            (Language::Es, Self::Unlocked) => &["desbloqueado", "desbloqueados", "no"],
        }
    }

    /// Whether a folded word means this, in any language.
    pub(super) fn is(self, word: &str) -> bool {
        Language::ALL.iter().any(|language| has(self.words(*language), word))
    }
}

/// The words that name what a state means, beside the names of the desk's own states.
pub(super) fn state_words(language: Language) -> [(&'static [StateType], &'static [&'static str]); 8] {
    const PENDING: &[StateType] = &[StateType::PendingReminder, StateType::PendingAuto];
    let words: [&[&str]; 8] = match language {
        Language::En => [
            &["new"],
            &["open"],
            &["pending"],
            &["closed"],
            &["merged"],
            &["removed"],
            &["pending-reminder", "reminder"],
            &["pending-auto"],
        ],
        Language::Es => [
            &["nuevo", "nuevos"],
            &["abierto", "abiertos"],
            &["pendiente", "pendientes"],
            &["cerrado", "cerrados"],
            &["fusionado", "fusionados"],
            &["eliminado", "eliminados"],
            &["recordatorio"],
            &["cierre"],
        ],
    };
    let kinds: [&[StateType]; 8] = [
        &[StateType::New],
        &[StateType::Open],
        PENDING,
        &[StateType::Closed],
        &[StateType::Merged],
        &[StateType::Removed],
        &[StateType::PendingReminder],
        &[StateType::PendingAuto],
    ];
    let mut rows = kinds.map(|kinds| (kinds, &[] as &[&str]));
    for (row, words) in rows.iter_mut().zip(words) {
        row.1 = words;
    }
    rows
}

/// The names of the desk's first types for a Spanish reader.
pub(super) fn type_words(kind: &str) -> &'static [&'static str] {
    match kind {
        "incident" => &["incidente", "incidencia", "incidentes"],
        "request" => &["requerimiento", "solicitud", "petición", "requerimientos"],
        _ => &[],
    }
}

pub(super) fn has(words: &[&str], plain: &str) -> bool {
    words.iter().any(|word| folded(word) == plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_means_two_things() {
        for key in Key::ALL {
            for language in Language::ALL {
                assert!(!key.words(language).is_empty(), "{key:?}");
                for word in key.words(language) {
                    assert_eq!(Key::of(&folded(word)), Some(key), "{word}");
                }
            }
        }
    }

    #[test]
    fn every_state_has_its_word_in_every_language() {
        for language in Language::ALL {
            for kind in StateType::ALL {
                let named = |(kinds, words): (&[StateType], &[&str])| kinds == [kind] && !words.is_empty();
                assert!(state_words(language).into_iter().any(named), "{kind:?}");
            }
        }
    }
}

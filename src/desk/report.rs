//! The reports, and what each says of itself: what it tells, how it is obtained, its columns, its totals.

use super::typed::folded;
use crate::mail::Language;

/// One report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Report {
    /// Surveys and their answers.
    Survey,
}

/// What a report says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReportWords {
    /// Its name.
    pub name: &'static str,
    /// What it tells.
    pub tells: &'static str,
    /// How that is obtained.
    pub obtained: &'static str,
    /// Its columns.
    pub columns: &'static str,
    /// Its totals.
    pub totals: &'static str,
}

impl Report {
    /// All reports.
    pub const ALL: [Self; 1] = [Self::Survey];

    /// A report by a name in any language; case and accents do not matter.
    pub fn named(name: &str) -> Option<Self> {
        let wanted = folded(name);
        Self::ALL.into_iter().find(|report| match report {
            Self::Survey => ["survey", "surveys", "encuesta", "encuestas"].contains(&wanted.as_str()),
        })
    }

    /// The names, for whoever named none of them.
    pub fn names(language: Language) -> Vec<&'static str> {
        Self::ALL.into_iter().map(|report| report.words(language).name).collect()
    }

    /// What it says of itself.
    pub fn words(self, language: Language) -> ReportWords {
        match (self, language) {
            (Self::Survey, Language::En) => ReportWords {
                name: "survey",
                tells: "Every survey that was sent, with its answer.",
                obtained: "A survey is sent after a ticket was closed; the customer answers with a digit from 1 to 5.",
                columns: "ticket, title, queue, responsible, customer, when it was sent, score, comment",
                totals: "sent, answered, how many of each score, mean of the answers",
            },
            (Self::Survey, Language::Es) => ReportWords {
                name: "encuestas",
                tells: "Cada encuesta enviada, con su respuesta.",
                obtained: "La encuesta se envía al cerrarse un ticket; el usuario contesta con una cifra del 1 al 5.",
                columns: "ticket, asunto, cola, responsable, usuario, fecha de envío, nota, comentario",
                totals: "enviadas, contestadas, cuántas de cada nota, promedio de las contestadas",
            },
        }
    }
}

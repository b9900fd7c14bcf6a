//! Defaults, file, environment: which of the three speaks for each setting.
//!
//! The `config` crate lays them over each other. Its errors do not know lines, so the file is checked by
//! [`super::fields`], and here only the question is answered who has the last word.

use std::collections::BTreeMap;

use config::{Config, Environment, File, FileFormat};

use super::diagnostic::Diagnostic;
use super::key::{FileSpec, Kind, Presence};
use super::table::suggestion;

/// What all variables begin with: `TAQUILLA__DESK__NAME`.
pub(super) const PREFIX: &str = "TAQUILLA";
const SEPARATOR: &str = "__";

/// The variables that override a section's keys: key to name of the variable and its value.
pub(super) type Overrides = BTreeMap<&'static str, (String, String)>;

/// By section.
#[derive(Debug, Default)]
pub(super) struct Layers {
    sections: BTreeMap<&'static str, Overrides>,
}

impl Layers {
    /// Lays `text` (a good TOML file) over the defaults, and `environment` (all variables, of which those with
    /// our prefix count) over both.
    ///
    /// # Errors
    /// Variables that name no setting.
    pub(super) fn new(
        spec: &FileSpec,
        text: &str,
        environment: &[(String, String)],
    ) -> Result<Self, Vec<Diagnostic>> {
        let ours = ours(environment);
        let mistakes: Vec<Diagnostic> = ours.keys().filter_map(|name| unknown_variable(spec, name)).collect();
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        let merged = merge(spec, text, &ours).map_err(|error| {
            vec![Diagnostic::general(format!("the settings cannot be put together: {error}"))]
        })?;
        let mut sections: BTreeMap<&'static str, Overrides> = BTreeMap::new();
        for section in spec.sections.iter().filter(|section| !section.many) {
            for key in section.keys {
                let path = format!("{}.{}", section.name, key.name);
                let name = variable(section.name, key.name);
                let value = merged.get_string(&path).ok().filter(|_| ours.contains_key(&name));
                if let Some(value) = value {
                    sections.entry(section.name).or_default().insert(key.name, (name, value));
                }
            }
        }
        Ok(Self { sections })
    }

    /// What the environment says about a section.
    pub(super) fn of(&self, section: &str) -> Overrides {
        self.sections.get(section).cloned().unwrap_or_default()
    }
}

/// `TAQUILLA__DESK__NAME`.
pub(super) fn variable(section: &str, key: &str) -> String {
    format!("{PREFIX}{SEPARATOR}{section}{SEPARATOR}{key}").to_uppercase()
}

/// The variables with our prefix; an empty one counts as not set.
fn ours(environment: &[(String, String)]) -> BTreeMap<String, String> {
    let prefix = format!("{PREFIX}{SEPARATOR}");
    let ours = |(name, value): &&(String, String)| name.starts_with(&prefix) && !value.is_empty();
    environment.iter().filter(ours).cloned().collect()
}

fn merge(
    spec: &FileSpec,
    text: &str,
    ours: &BTreeMap<String, String>,
) -> Result<Config, config::ConfigError> {
    let mut builder = Config::builder();
    for section in spec.sections.iter().filter(|section| !section.many) {
        for key in section.keys {
            if let Presence::Default(literal) = key.presence {
                builder = builder.set_default(format!("{}.{}", section.name, key.name), literal)?;
            }
        }
    }
    let source = Some(ours.iter().map(|(name, value)| (name.clone(), value.clone())).collect());
    builder
        .add_source(File::from_str(text, FileFormat::Toml))
        .add_source(
            Environment::with_prefix(PREFIX).prefix_separator(SEPARATOR).separator(SEPARATOR).source(source),
        )
        .build()
}

/// What is wrong with the name of a variable, if anything is.
fn unknown_variable(spec: &FileSpec, name: &str) -> Option<Diagnostic> {
    let single = || spec.sections.iter().filter(|section| !section.many);
    let known = || single().flat_map(|section| section.keys.iter().map(move |key| (section, key)));
    match known().find(|(section, key)| variable(section.name, key.name) == name) {
        Some((_, key)) if matches!(key.kind, Kind::Table | Kind::Forms) => Some(
            Diagnostic::general(format!("{name}: this setting cannot be given by the environment"))
                .help(format!("write it into {}", spec.name)),
        ),
        Some(_) => None,
        None => {
            let names: Vec<String> = known().map(|(section, key)| variable(section.name, key.name)).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let of_many = spec.sections.iter().filter(|section| section.many).find(|section| {
                name.starts_with(&format!("{PREFIX}{SEPARATOR}{}{SEPARATOR}", section.name.to_uppercase()))
            });
            let help = match of_many {
                Some(section) => Some(format!(
                    "{} stands in the file; `password_env` names a variable that holds a password",
                    section.written()
                )),
                None => suggestion(name, &names),
            };
            Some(Diagnostic::general(format!("the environment variable {name} is no setting")).help(help))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::keys::SETTINGS;

    fn layers(text: &str, environment: &[(&str, &str)]) -> Result<Layers, Vec<String>> {
        let environment: Vec<(String, String)> =
            environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Layers::new(&SETTINGS, text, &environment)
            .map_err(|mistakes| mistakes.iter().map(Diagnostic::one_line).collect())
    }

    #[test]
    fn the_environment_has_the_last_word() {
        let layers = layers(
            "[desk]\nname = \"a\"\n[[mailbox]]\nname = \"m\"\n",
            &[("TAQUILLA__DESK__NAME", "b"), ("PATH", "/bin"), ("TAQUILLA__SMTP__HOST", "")],
        );
        let desk = layers.unwrap().of("desk");
        assert_eq!(desk.get("name"), Some(&("TAQUILLA__DESK__NAME".to_owned(), "b".to_owned())));
        assert_eq!(desk.len(), 1);
    }

    #[test]
    fn unknown_variables_are_named() {
        let mistakes = layers("", &[("TAQUILLA__DESK__NAM", "b")]).unwrap_err();
        assert_eq!(
            mistakes,
            ["the environment variable TAQUILLA__DESK__NAM is no setting; \
              did you mean \"TAQUILLA__DESK__NAME\"?"]
        );
        let mistakes = layers("", &[("TAQUILLA__MAILBOX__HOST", "b")]).unwrap_err();
        assert!(mistakes[0].contains("[[mailbox]] stands in the file"), "{mistakes:?}");
        assert!(layers("", &[("TAQUILLA__TRUST__LEVELS", "b")]).is_err());
    }
}

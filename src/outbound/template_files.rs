//! Reads a desk's own templates from its `templates/` folder: the only file access that templates have.
//!
//! A file is `templates/LANGUAGE/NAME.FORM.hbs`; `templates/email/LANGUAGE/` serves as well, so that the shipped
//! folder can be copied as it stands. Anything that does not end in `.hbs` (a backup, a note) is passed over.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::template::{Form, Mistake, Source, Templates};
use crate::mail::Language;

/// The templates of a desk: the shipped ones and those in this folder, which need not exist.
///
/// # Errors
/// Every mistake, each with file and line.
pub fn load(folder: &Path) -> Result<Templates, Vec<Mistake>> {
    let mut sources = Vec::new();
    let mut mistakes = Vec::new();
    for base in [folder.join("email"), folder.to_owned()] {
        for language in Language::ALL {
            for path in listed(&base.join(language.code()), &mut mistakes) {
                match read(&path, language) {
                    Ok(source) => sources.push(source),
                    Err(mistake) => mistakes.push(mistake),
                }
            }
        }
        for path in listed(&base, &mut mistakes) {
            let text =
                "templates stand in a folder for their language: templates/en, templates/es".to_owned();
            mistakes.push(Mistake { path, line: 0, column: 0, text });
        }
    }
    // Of the same file in both places the one in the folder itself counts: it was read last.
    let mut seen = BTreeSet::new();
    sources.reverse();
    sources.retain(|source| seen.insert((source.language, source.name.clone(), source.form)));
    match Templates::new(&sources) {
        Ok(templates) if mistakes.is_empty() => Ok(templates),
        Ok(_) => Err(mistakes),
        Err(found) => {
            mistakes.extend(found);
            Err(mistakes)
        }
    }
}

/// The files ending in `.hbs` of a folder, sorted; none where the folder does not exist.
fn listed(folder: &Path, mistakes: &mut Vec<Mistake>) -> Vec<PathBuf> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Vec::new(),
        Err(error) => {
            mistakes.push(unreadable(folder, &error));
            return Vec::new();
        }
    };
    let mut paths = Vec::new();
    for entry in entries {
        match entry {
            Ok(entry) => paths.push(entry.path()),
            Err(error) => mistakes.push(unreadable(folder, &error)),
        }
    }
    let shown =
        |path: &PathBuf| path.file_name().is_some_and(|name| !name.to_string_lossy().starts_with('.'));
    paths.retain(|path| path.extension() == Some(OsStr::new("hbs")) && shown(path) && path.is_file());
    paths.sort();
    paths
}

fn read(path: &Path, language: Language) -> Result<Source, Mistake> {
    let stem = path.file_stem().and_then(OsStr::to_str).unwrap_or_default();
    let named = stem.rsplit_once('.').and_then(|(name, form)| Some((name, Form::from_word(form)?)));
    let Some((name, form)) = named else {
        let text = "a template's file is NAME.subject.hbs, NAME.text.hbs or NAME.html.hbs".to_owned();
        return Err(Mistake { path: path.to_owned(), line: 0, column: 0, text });
    };
    let text = fs::read_to_string(path).map_err(|error| unreadable(path, &error))?;
    Ok(Source { path: path.to_owned(), language, name: name.to_owned(), form, text })
}

fn unreadable(path: &Path, error: &io::Error) -> Mistake {
    Mistake { path: path.to_owned(), line: 0, column: 0, text: format!("cannot be read: {error}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbound::template::{Fill, sample};

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        folder
    }

    #[test]
    fn files_take_the_place_of_shipped_ones() {
        let folder = folder(&[
            ("email/es/closed.text.hbs", "de la casa, copiado"),
            ("es/closed.text.hbs", "de la casa"),
            ("es/closed.text.hbs~", "{{{"),
            ("es/README", "{{{"),
        ]);
        let templates = load(folder.path()).unwrap();
        let data = sample("closed", Fill::Everything, "x");
        let text = templates.render("closed", Language::Es, &data).unwrap().text;
        assert!(text.contains("\nde la casa\n"), "{text}");
        assert!(load(Path::new("/nowhere/at/all")).is_ok());
    }

    #[test]
    fn mistakes_name_their_file() {
        let folder = folder(&[
            ("es/closed.txt.hbs", ""),
            ("closed.text.hbs", ""),
            ("en/closed.html.hbs", "<p>\n{{{title}}}"),
        ]);
        let said: Vec<String> = load(folder.path()).unwrap_err().iter().map(Mistake::to_string).collect();
        assert_eq!(said.len(), 3, "{said:#?}");
        assert!(said.iter().any(|line| line.contains("es/closed.txt.hbs: a template's file is")));
        assert!(said.iter().any(|line| line.contains("/closed.text.hbs: templates stand in a folder")));
        assert!(said.iter().any(|line| line.contains("en/closed.html.hbs:2:")), "{said:#?}");
    }

    #[test]
    fn a_file_that_is_no_text_is_a_mistake() {
        let folder = folder(&[("es/closed.text.hbs", "")]);
        fs::write(folder.path().join("es/closed.text.hbs"), [0xff, 0xfe]).unwrap();
        let said = load(folder.path()).unwrap_err();
        assert!(said[0].to_string().contains("es/closed.text.hbs: cannot be read"), "{said:?}");
    }
}

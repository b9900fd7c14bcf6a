//! Reads canned answers from the `answers/` folder: `answers/LANGUAGE/NAME.txt`, one file for each language.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::template::{Form, Mistake, Source, canned};
use crate::desk::CannedAnswer;
use crate::mail::Language;

/// The ending of their files.
const ENDING: &str = "txt";
/// Letters of a name: it is typed on telephones.
const LONGEST_NAME: usize = 60;

/// The answers of a folder, by their names; none where there is no folder.
///
/// # Errors
/// Every mistake, each with its file and, where it has one, its line.
pub fn load(folder: &Path) -> Result<Vec<CannedAnswer>, Vec<Mistake>> {
    let (mut answers, mut mistakes) = (BTreeMap::<String, CannedAnswer>::new(), Vec::new());
    for language in Language::ALL {
        for path in files(&folder.join(language.code()), &mut mistakes) {
            match read(&path, language) {
                Ok(source) => {
                    let key = crate::desk::fold(&source.name);
                    let answer = answers.entry(key).or_insert_with(|| CannedAnswer {
                        name: source.name.clone(),
                        texts: BTreeMap::new(),
                    });
                    if answer.texts.insert(language, source.text).is_some() {
                        mistakes.push(whole(&path, format!("two answers are called \"{}\"", source.name)));
                    }
                }
                Err(found) => mistakes.extend(found),
            }
        }
    }
    for path in files(folder, &mut mistakes) {
        let text = "answers stand in a folder for their language: answers/en, answers/es".to_owned();
        mistakes.push(whole(&path, text));
    }
    if mistakes.is_empty() { Ok(answers.into_values().collect()) } else { Err(mistakes) }
}

/// The text files of a folder, sorted; none where it does not exist.
fn files(folder: &Path, mistakes: &mut Vec<Mistake>) -> Vec<PathBuf> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Vec::new(),
        Err(error) => {
            mistakes.push(whole(folder, format!("cannot be read: {error}")));
            return Vec::new();
        }
    };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    let hidden = |path: &PathBuf| path.file_name().is_none_or(|name| name.to_string_lossy().starts_with('.'));
    paths.retain(|path| {
        path.extension().is_some_and(|ending| ending == ENDING) && !hidden(path) && path.is_file()
    });
    paths.sort();
    paths
}

fn read(path: &Path, language: Language) -> Result<Source, Vec<Mistake>> {
    let name = path.file_stem().map(|name| name.to_string_lossy().trim().to_owned()).unwrap_or_default();
    if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
        return Err(vec![whole(path, format!("a name has at most {LONGEST_NAME} letters"))]);
    }
    let text =
        fs::read_to_string(path).map_err(|error| vec![whole(path, format!("cannot be read: {error}"))])?;
    if text.trim().is_empty() {
        return Err(vec![whole(path, "this answer says nothing".to_owned())]);
    }
    let source = Source { path: path.to_owned(), language, name, form: Form::Text, text };
    canned::examine(&source)?;
    Ok(source)
}

fn whole(path: &Path, text: String) -> Mistake {
    Mistake { path: path.to_owned(), line: 0, column: 0, text }
}

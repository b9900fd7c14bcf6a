//! `taquilla init`: a commented, working desk in a folder. It overwrites nothing.

mod answers;
mod files;

use std::io::{IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};

use self::answers::{Answers, Asker, Secret};
use super::args::InitArgs;
use super::output::{say, tell};
use super::{CliError, Exit};
use crate::config::load::load_with;

/// Does it.
///
/// # Errors
/// A file exists already, an answer is no good, or the folder cannot be written.
pub async fn run(args: &InitArgs) -> Result<Exit, CliError> {
    let talks = std::io::stdin().is_terminal() && std::io::stderr().is_terminal() && !args.yes;
    refuse_to_overwrite(&args.folder)?;
    let piped = if args.password_stdin { Some(password_from_stdin()?) } else { None };
    let answers = Answers::gather(args, piped, &Asker { talks })?;
    let made = write(&args.folder, &answers)?;

    let settings = args.folder.join("taquilla.toml");
    let loaded = load_with(Some(&settings), &[]).map_err(CliError::Mistakes)?;
    for mistake in crate::config::rely::inspect(loaded.reliances()).await {
        tell(&mistake.render(super::output::colours_on_stderr()));
    }
    say(&format!("Written: {}", made.join(", ")))?;
    if answers.secret == Secret::Missing {
        let folder = args.folder.join("secrets");
        say(&format!("Put the password into {0}/imap and {0}/smtp, one line each.", folder.display()))?;
    }
    let here = args.folder == Path::new(".");
    let option = if here { String::new() } else { format!(" --config {}", settings.display()) };
    say(&format!(
        "Next: taquilla check --probe{option} (logs in to both servers and mails itself)\nThen: taquilla run{option}"
    ))?;
    Ok(Exit::Done)
}

fn password_from_stdin() -> Result<String, CliError> {
    let mut text = String::new();
    // Far longer than any password; a wrong file must not fill the memory.
    std::io::stdin().lock().take(64 * 1024).read_to_string(&mut text)?;
    match text.lines().next() {
        Some(line) if !line.is_empty() => Ok(line.to_owned()),
        _ => Err(CliError::Usage("standard input holds no password".to_owned())),
    }
}

/// All or nothing: a folder that has any of the files is left as it is.
fn refuse_to_overwrite(folder: &Path) -> Result<(), CliError> {
    let found: Vec<String> = files::NAMES
        .iter()
        .map(|name| folder.join(name))
        .filter(|path| path.symlink_metadata().is_ok())
        .map(|path| path.display().to_string())
        .collect();
    if found.is_empty() {
        return Ok(());
    }
    Err(CliError::Failed(format!(
        "{} exist{} already and would be overwritten; name an empty folder",
        found.join(", "),
        if found.len() == 1 { "s" } else { "" }
    )))
}

/// Writes all files; what they are, for the last words.
fn write(folder: &Path, answers: &Answers) -> Result<Vec<String>, CliError> {
    let failed = |path: &Path, error: std::io::Error| {
        CliError::Failed(format!("{} cannot be written: {error}", path.display()))
    };
    let mut made = Vec::new();
    for (name, text, mode) in files::all(answers) {
        let path: PathBuf = folder.join(name);
        if let Some(parent) = path.parent() {
            create_folder(parent, mode == files::SECRET).map_err(|error| failed(parent, error))?;
        }
        create_file(&path, &text, mode).map_err(|error| failed(&path, error))?;
        made.push(path.display().to_string());
    }
    Ok(made)
}

fn create_folder(folder: &Path, secret: bool) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    if secret {
        builder.mode(0o700);
    }
    builder.create(if folder.as_os_str().is_empty() { Path::new(".") } else { folder })
}

fn create_file(path: &Path, text: &str, mode: u32) -> std::io::Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    // The mode holds from the first moment, so that no secret is ever readable by others.
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(mode).open(path)?;
    file.write_all(text.as_bytes())
}

#[cfg(test)]
mod tests;

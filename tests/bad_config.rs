//! Every mistake that an administrator may make, and what is said about it: `tests/bad_config/NAME/expected.txt`.
//!
//! `TAQUILLA_REWRITE=1 cargo test --test bad_config` writes the expected texts anew; read them before you keep them.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use taquilla::cli::check::examine;
use taquilla::config::diagnostic::render_all;
use taquilla::config::load::load_with;

/// All that `taquilla check` says of a folder.
async fn said_of(folder: &Path) -> String {
    let settings = folder.join("taquilla.toml");
    let mistakes = match load_with(Some(&settings), &[]) {
        Ok(mut loaded) => examine(&mut loaded).await,
        Err(mistakes) => mistakes,
    };
    render_all(&mistakes, false).replace(&format!("{}/", folder.display()), "")
}

fn cases() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad_config");
    let mut cases: Vec<PathBuf> = std::fs::read_dir(root)
        .expect("readable")
        .map(|entry| entry.expect("readable").path())
        .filter(|path| path.is_dir())
        .collect();
    cases.sort();
    cases
}

/// A checkout gives files the mode that the umask says; a secret of theirs has to be one.
fn close_secrets(folder: &Path) {
    let secrets = folder.join("secrets");
    for entry in secrets.read_dir().into_iter().flatten().flatten() {
        std::fs::set_permissions(entry.path(), std::fs::Permissions::from_mode(0o600)).expect("readable");
    }
}

#[tokio::test]
async fn each_mistake_gets_its_words() {
    let rewrite = std::env::var_os("TAQUILLA_REWRITE").is_some();
    let cases = cases();
    assert!(cases.len() >= 50, "{} cases", cases.len());
    let mut wrong = Vec::new();
    for folder in cases {
        close_secrets(&folder);
        let said = said_of(&folder).await;
        let expected = folder.join("expected.txt");
        assert!(!said.is_empty(), "nothing is wrong with {}", folder.display());
        if rewrite {
            std::fs::write(&expected, &said).expect("readable");
        }
        let wanted = std::fs::read_to_string(&expected).unwrap_or_default();
        if said != wanted {
            wrong.push(format!("{}\n--- expected\n{wanted}\n--- said\n{said}", folder.display()));
        }
        assert!(!said.contains("hunter2"), "a secret is shown");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

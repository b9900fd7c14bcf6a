//! Inputs that once broke something, each fed to its target again: `tests/crashers/<target>/<what-it-is>`. And all golden
//! mails, with which the fuzzers begin: what a target asserts has to hold for them.

use std::path::Path;

#[path = "support/golden.rs"]
#[expect(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "shared"
)]
mod golden;
#[path = "support/targets/mod.rs"]
mod targets;

#[test]
fn no_old_crasher_crashes() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/crashers");
    let mut fed = 0;
    for entry in std::fs::read_dir(&root).unwrap() {
        let folder = entry.unwrap();
        let name = folder.file_name().into_string().unwrap();
        let Some((_, target)) = targets::TARGETS.iter().find(|(known, _)| *known == name) else {
            panic!("no target is called {name}");
        };
        for file in std::fs::read_dir(folder.path()).unwrap() {
            let path = file.unwrap().path();
            println!("{}", path.display());
            target(&std::fs::read(&path).unwrap());
            fed += 1;
        }
    }
    assert!(fed > 0, "nothing was fed");
}

#[test]
fn golden_mails_break_no_target() {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/mail")];
    let mut fed = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "eml") {
                println!("{}", path.display());
                let octets = std::fs::read(&path).unwrap();
                targets::TARGETS
                    .iter()
                    .filter(|(name, _)| name.starts_with("parse"))
                    .for_each(|(_, run)| run(&octets));
                fed += 1;
            }
        }
    }
    assert!(fed > 100, "only {fed} mails");
}

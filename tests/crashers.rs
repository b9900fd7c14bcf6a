//! Inputs that once broke something, each fed to its target again: `tests/crashers/<target>/<what-it-is>`. And all golden
//! mails, with which the fuzzers begin: what a target asserts has to hold for them.

use std::path::Path;

mod support;
#[path = "support/targets/mod.rs"]
mod targets;

use support::golden;

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
    let mails = support::files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/mail"), "eml");
    for path in &mails {
        println!("{}", path.display());
        let octets = std::fs::read(path).unwrap();
        let fed = targets::TARGETS.iter().filter(|(name, _)| name.starts_with("parse"));
        fed.for_each(|(_, run)| run(&octets));
    }
    assert!(mails.len() > 100, "only {} mails", mails.len());
}

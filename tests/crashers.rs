//! Inputs that once broke something, each fed to its target again: `tests/crashers/<target>/<what-it-is>`.

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

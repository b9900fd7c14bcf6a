//! `taquilla agent|queue|service|role add` and `list`, by the program itself: files before and after, letter by letter.
//!
//! Each folder of `tests/desk_entries` is a case: `before.toml` (absent: no file), `command` (one argument a line, `\n` is a
//! line end), and what is expected: `after.toml` and `said.txt`. `TAQUILLA_REWRITE=1` writes these two anew; read the
//! difference before committing it.

#![expect(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

const SETTINGS: &str =
    "[desk]\nname = \"Mesa\"\naddress = \"soporte@minem.example\"\nadministrator = \"ti@other.example\"\n";

/// A desk in a folder of its own.
struct Desk(tempfile::TempDir);

impl Desk {
    fn new(desk_file: Option<&[u8]>) -> Self {
        let desk = Self(tempfile::tempdir().unwrap());
        fs::write(desk.0.path().join("taquilla.toml"), SETTINGS).unwrap();
        if let Some(text) = desk_file {
            fs::write(desk.path(), text).unwrap();
        }
        desk
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("desk.toml")
    }

    fn text(&self) -> String {
        fs::read_to_string(self.path()).unwrap_or_default()
    }

    /// Exit code, and standard output with standard error below it.
    fn run<S: AsRef<str>>(&self, arguments: &[S]) -> (i32, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_taquilla"))
            .args(arguments.iter().map(AsRef::as_ref))
            .current_dir(self.0.path())
            .env("NO_COLOR", "1")
            .output()
            .unwrap();
        let text = |octets: &[u8]| String::from_utf8(octets.to_vec()).unwrap();
        (output.status.code().unwrap(), text(&output.stdout) + &text(&output.stderr))
    }
}

#[test]
fn files_before_and_after() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/desk_entries");
    let rewrite = std::env::var_os("TAQUILLA_REWRITE").is_some();
    let mut cases: Vec<PathBuf> = fs::read_dir(&root).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    let mut wrong = Vec::new();
    for case in &cases {
        let before = fs::read(case.join("before.toml")).ok();
        let desk = Desk::new(before.as_deref());
        let command = fs::read_to_string(case.join("command")).unwrap();
        let arguments: Vec<String> = command.lines().map(|line| line.replace("\\n", "\n")).collect();
        let (code, said) = desk.run(&arguments);
        let said = format!("{said}exit {code}\n");
        for (name, got) in [("said.txt", said), ("after.toml", desk.text())] {
            let path = case.join(name);
            if rewrite {
                fs::write(&path, &got).unwrap();
            } else if fs::read_to_string(&path).unwrap_or_default() != got {
                wrong.push(format!("{}:\n{got}", path.display()));
            }
        }
        // Whatever was there is still there, to the last octet and in its order.
        let (before, after) = (before.unwrap_or_default(), desk.text().into_bytes());
        let head = before.iter().zip(&after).take_while(|(one, other)| one == other).count();
        let tail =
            before.iter().rev().zip(after.iter().rev()).take_while(|(one, other)| one == other).count();
        assert!(head + tail >= before.len(), "{}: something else changed", case.display());
    }
    assert!(cases.len() >= 12, "only {} cases", cases.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_dry_run_writes_nothing_and_shows_what_patch_understands() {
    let desk = Desk::new(Some(b"# queues\n[[queue]]\nname = \"A\" # the first\n\n# end\n"));
    let add = ["queue", "add", "B", "--hold", "5m"];
    let (code, shown) = desk.run(&[&add[..], &["--dry-run"]].concat());
    assert_eq!((code, desk.text().as_str()), (0, "# queues\n[[queue]]\nname = \"A\" # the first\n\n# end\n"));
    assert_eq!(desk.run(&add).0, 0);
    let after = desk.text();
    let other = Desk::new(Some(b"# queues\n[[queue]]\nname = \"A\" # the first\n\n# end\n"));
    fs::write(other.0.path().join("change.patch"), shown).unwrap();
    let patched =
        Command::new("patch").args(["-p0", "-i", "change.patch"]).current_dir(other.0.path()).output();
    match patched {
        Ok(output) => {
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
            assert_eq!(other.text(), after);
        }
        Err(error) => println!("skipped: there is no patch: {error}"),
    }
}

#[test]
fn read_only_files_stay_and_modes_are_kept() {
    let desk = Desk::new(Some(b"[[queue]]\nname = \"A\"\n"));
    fs::set_permissions(desk.path(), fs::Permissions::from_mode(0o440)).unwrap();
    let (code, told) = desk.run(&["queue", "add", "B"]);
    assert!(code == 1 && told.contains("read-only") && told.contains("chmod u+w"), "{told}");
    assert_eq!(desk.text(), "[[queue]]\nname = \"A\"\n");
    fs::set_permissions(desk.path(), fs::Permissions::from_mode(0o640)).unwrap();
    assert_eq!(desk.run(&["queue", "add", "B"]).0, 0);
    assert_eq!(fs::metadata(desk.path()).unwrap().permissions().mode() & 0o7777, 0o640);
}

#[test]
fn many_at_once_lose_nothing() {
    let desk = Desk::new(None);
    std::thread::scope(|scope| {
        for nth in 0..6 {
            let desk = &desk;
            scope.spawn(move || {
                let (code, told) = desk.run(&["queue", "add", &format!("Q{nth}")]);
                assert_eq!(code, 0, "{told}");
            });
        }
    });
    let (_, listed) = desk.run(&["queue", "list", "--json"]);
    let mut names: Vec<String> = listed
        .lines()
        .map(|line| {
            serde_json::from_str::<serde_json::Value>(line).unwrap()["name"].as_str().unwrap().to_owned()
        })
        .collect();
    names.sort();
    assert_eq!(names, ["Q0", "Q1", "Q2", "Q3", "Q4", "Q5"]);
}

#[test]
fn lists_are_tables_and_json() {
    let text = "[[queue]]\nname = \"Redes\"\nmembers = [\"ana\"]\n[[agent]]\nlogin = \"ana\"\nname = \"Ana Díaz\"\n\
                address = [\"ana@minem.example\", \"a@b.example\"]\nlevel = 2\nroles = [\"r\"]\n[[role]]\nname = \"r\"\n\
                rights = [\"read\", \"note\"]\n[[supplier]]\nname = \"Andinos\"\n\
                address = \"soporte@andinos.example\"\nnumbers = 'REQ-\\d+'\n[[service]]\nname = \"A::B\"\nowner = \"ana\"\n";
    let desk = Desk::new(Some(text.as_bytes()));
    let (code, agents) = desk.run(&["agent", "list"]);
    assert_eq!(code, 0);
    assert!(agents.starts_with("login  name      address"), "{agents}");
    assert!(agents.contains("ana    Ana Díaz  ana@minem.example"), "{agents}");
    let json = |word: &str| -> serde_json::Value {
        serde_json::from_str(desk.run(&[word, "list", "--json"]).1.lines().next().unwrap()).unwrap()
    };
    assert_eq!(json("agent")["queues"], serde_json::json!(["Redes"]));
    assert_eq!(json("agent")["address"], serde_json::json!(["ana@minem.example", "a@b.example"]));
    assert_eq!(json("queue")["default"], true);
    assert_eq!(json("role")["rights"], serde_json::json!(["read", "note"]));
    let andinos = serde_json::json!({ "name": "Andinos", "address": ["soporte@andinos.example"], "language": "en",
                                      "remind": "2d", "numbers": ["REQ-\\d+"] });
    assert_eq!(json("supplier"), andinos);
    // The level above is there without being written.
    assert_eq!(json("service"), serde_json::json!({ "name": "A", "owner": null, "queue": null }));
}

//! What ARCHITECTURE.md says about the source, as far as a text can show it: who may name whom, what the pure core
//! does without, one user for each library at the edge, sizes, and files that belong together.
//!
//! It reads text, not syntax: a `use` through a macro would escape it. Review sees that.

use std::path::{Path, PathBuf};

/// One Rust file of `src/`: its module path (`outbound/compose/body` without `mod`), and its lines of code, that is
/// without comments and without the unit tests at its end.
struct Source {
    file: String,
    module: String,
    code: Vec<(usize, String)>,
}

/// Which of our modules a module may name beside itself. The longest matching entry counts; `*` is everything.
const ARROWS: &[(&str, &[&str])] = &[
    ("clock", &[]),
    ("crash", &[]),
    ("tls", &[]),
    ("log", &["mail", "config/secret"]),
    ("mail", &[]),
    ("desk", &["mail"]),
    ("rules", &["desk", "mail", "config/diagnostic", "config/table"]),
    ("commands", &["desk", "mail"]),
    ("survey", &["desk", "mail"]),
    ("outbound", &["desk", "mail"]),
    ("outbound/preview", &["desk", "mail", "commands", "decide", "survey"]),
    ("outbound/template_files", &["desk", "mail", "config/diagnostic", "config/table"]),
    ("outbound/smtp", &["desk", "mail", "config/secret", "config/mailbox", "config/smtp", "tls", "clock"]),
    // The worker's side: it takes rows from the store and mails them.
    ("outbound/outbox", &["*"]),
    ("outbound/worker", &["*"]),
    (
        "decide",
        &[
            "rules",
            "commands",
            "survey",
            "outbound/data",
            "outbound/catalog",
            "outbound/scrub",
            "outbound/schedule",
            "outbound/template/canned",
            "desk",
            "mail",
        ],
    ),
    ("config", &["rules", "commands", "survey", "outbound", "desk", "mail"]),
    ("ingest", &["clock", "config", "crash", "decide", "desk", "mail", "tls"]),
    ("ingest/parse", &["mail"]),
    ("ingest/classify", &["mail"]),
    ("ingest/bounce", &["mail"]),
    ("ingest/protocol", &["config/mailbox", "mail"]),
    (
        "store",
        &[
            "decide",
            "rules",
            "commands",
            "survey",
            "outbound/compose",
            "outbound/outbox",
            "outbound/schedule",
            "desk",
            "mail",
            "ingest/intake",
            "ingest/reconcile",
            "config/smtp",
            "clock",
        ],
    ),
    (
        "pipeline",
        &[
            "store", "ingest", "config", "decide", "rules", "commands", "survey", "outbound", "desk", "mail",
            "clock", "crash", "journal", "log",
        ],
    ),
    ("journal", &["*"]),
    ("timers", &["*"]),
    ("daemon", &["*"]),
    ("report", &["store", "config", "decide", "outbound", "desk", "mail", "clock"]),
    ("web", &["*"]),
    ("cli", &["*"]),
    ("main", &["*"]),
];

/// The core: the same input gives the same answer, on any machine, at any time.
const PURE: &[&str] = &[
    "mail",
    "desk",
    "rules",
    "commands",
    "survey",
    "decide",
    "outbound/catalog",
    "outbound/data",
    "outbound/template",
    "outbound/compose",
    "outbound/schedule",
    "outbound/scrub",
    "ingest/parse",
    "ingest/classify",
    "ingest/bounce",
    "ingest/protocol",
];

/// What the core does without.
const IMPURE: &[&str] = &[
    "async fn",
    ".await",
    "tokio::",
    "sqlx::",
    "std::fs",
    "std::net",
    "std::process",
    "std::thread",
    "std::env",
    "Instant::now",
    "SystemTime::now",
    "Timestamp::now",
    "Zoned::now",
    "getrandom",
    "println!",
    "tracing::",
];

/// Libraries at the edge, and the only places that may name them.
const ONLY_USERS: &[(&str, &[&str])] = &[
    ("async_imap::", &["ingest/imap"]),
    ("mail_parser::", &["ingest/parse"]),
    ("mail_auth::", &["ingest/dkim"]),
    ("lettre::transport", &["outbound/smtp"]),
    ("AsyncSmtp", &["outbound/smtp"]),
    ("lettre::", &["outbound"]),
    ("sqlx::", &["store"]),
    ("handlebars::", &["outbound/template"]),
    ("clap::", &["cli", "main"]),
    ("anyhow::", &["cli", "main"]),
    ("getrandom::", &["clock", "store", "pipeline", "outbound/worker", "cli", "daemon", "desk/token"]),
];

const SOFT_LIMIT: usize = 400;
const HARD_LIMIT: usize = 800;

/// Names that say nothing about what is in the file.
const EMPTY_NAMES: &[&str] =
    &["manager", "handler", "helper", "helpers", "util", "utils", "processor", "common", "misc"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All files below a folder of the project, as names relative to its root, sorted.
fn files(below: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = vec![root().join(below)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let name = path.strip_prefix(root()).expect("below the root").to_string_lossy().into_owned();
            let hidden = name.starts_with(".git") && !name.starts_with(".github");
            let made = ["target", "scratch", "fuzz/target", "fuzz/corpus", "fuzz/artifacts", "fuzz/coverage"];
            if hidden || made.contains(&name.as_str()) {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(name);
            }
        }
    }
    found.sort();
    found
}

fn rust_files(below: &str) -> Vec<String> {
    files(below).into_iter().filter(|file| file.ends_with(".rs")).collect()
}

fn text(file: &str) -> String {
    let octets = std::fs::read(root().join(file)).expect("a file just listed");
    String::from_utf8_lossy(&octets).into_owned()
}

fn is_test(file: &str) -> bool {
    file.ends_with("/tests.rs") || file.contains("/tests/")
}

fn sources() -> Vec<Source> {
    let files = rust_files("src").into_iter().filter(|file| !is_test(file) && file != "src/lib.rs");
    files
        .map(|file| {
            let module = file.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod");
            Source { module: module.to_owned(), code: code(&text(&file)), file }
        })
        .collect()
}

/// Lines with their numbers, without comments, each `use` on one line; ends at the unit tests.
fn code(text: &str) -> Vec<(usize, String)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut kept: Vec<(usize, String)> = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let next = lines.get(index + 1).map_or("", |next| next.trim_start());
        if line.trim() == "#[cfg(test)]" && next.starts_with("mod ") && next.ends_with('{') {
            break;
        }
        if !line.trim_start().starts_with("//") {
            let line = line.split(" // ").next().unwrap_or_default();
            let open = |(_, use_): &&mut (usize, String)| {
                (use_.starts_with("use ") || use_.starts_with("pub use ")) && !use_.contains(';')
            };
            match kept.last_mut().filter(open) {
                Some((_, unfinished)) => unfinished.push_str(line.trim()),
                None => kept.push((index + 1, line.to_owned())),
            }
        }
    }
    kept
}

fn within(module: &str, root: &str) -> bool {
    module == root || module.strip_prefix(root).is_some_and(|rest| rest.starts_with('/'))
}

/// `crate::outbound::data::X` in a line gives `outbound/data/X`; a list in braces gives each of its names.
fn named(line: &str) -> Vec<String> {
    let word = |c: char| !(c.is_alphanumeric() || c == '_' || c == ':');
    let mut names = Vec::new();
    for (at, found) in line.match_indices("crate::") {
        let rest = line.get(at + found.len()..).unwrap_or_default();
        let path = rest.split(word).next().unwrap_or_default();
        let list = rest.get(path.len()..).and_then(|rest| rest.strip_prefix('{'));
        let Some(list) = list.filter(|_| path.ends_with("::")) else {
            names.push(path.replace("::", "/"));
            continue;
        };
        for item in
            list.split('}').next().unwrap_or_default().split(',').filter(|item| !item.trim().is_empty())
        {
            let item = item.trim().split(word).next().unwrap_or_default();
            names.push(format!("{path}{item}").replace("::", "/"));
        }
    }
    names
}

fn report(violations: &[String]) {
    assert!(violations.is_empty(), "{} violations:\n{}", violations.len(), violations.join("\n"));
}

#[test]
fn modules_name_only_what_is_below_them() {
    let mut violations = Vec::new();
    for source in sources() {
        let entry = ARROWS
            .iter()
            .filter(|(module, _)| within(&source.module, module))
            .max_by_key(|(module, _)| module.len());
        let Some((_, allowed)) = entry else {
            violations.push(format!("{}: say in tests/tidy.rs what {} may name", source.file, source.module));
            continue;
        };
        let own = source.module.split('/').next().unwrap_or_default();
        let allows = |name: &str| {
            let below = allowed.iter().any(|root| *root == "*" || within(name, root));
            // Everything is everything below the commands.
            let top = within(name, "cli") && own != "main" && !allowed.contains(&name);
            within(name, own) || (below && !top)
        };
        for (line, code) in &source.code {
            for name in named(code).iter().filter(|name| !allows(name)) {
                violations.push(format!("{}:{line}: {} may not name {name}", source.file, source.module));
            }
        }
    }
    report(&violations);
}

#[test]
fn nobody_climbs_to_the_root_by_super() {
    let mut violations = Vec::new();
    for source in sources() {
        let depth = source.module.split('/').count();
        for (line, code) in source.code.iter().filter(|(_, code)| code.contains(&"super::".repeat(depth))) {
            violations.push(format!("{}:{line}: {} (write crate::)", source.file, code.trim()));
        }
    }
    report(&violations);
}

#[test]
fn the_core_is_pure() {
    let mut violations = Vec::new();
    for source in sources().iter().filter(|source| PURE.iter().any(|root| within(&source.module, root))) {
        for (line, code) in &source.code {
            for word in IMPURE.iter().filter(|word| code.contains(*word)) {
                violations.push(format!("{}:{line}: {word} in the pure core", source.file));
            }
        }
    }
    report(&violations);
}

#[test]
fn each_library_at_the_edge_has_one_user() {
    let mut violations = Vec::new();
    for source in sources() {
        for (library, users) in ONLY_USERS {
            if users.iter().any(|user| within(&source.module, user)) {
                continue;
            }
            for (line, _) in source.code.iter().filter(|(_, code)| code.contains(library)) {
                violations.push(format!("{}:{line}: {library} belongs to {}", source.file, users.join(", ")));
            }
        }
    }
    report(&violations);
}

#[test]
fn time_comes_from_the_clock() {
    let asks = ["SystemTime::now", "Timestamp::now", "Zoned::now"];
    let sources = sources();
    let others = sources.iter().filter(|source| source.module != "clock");
    let violations: Vec<String> = others
        .flat_map(|source| source.code.iter().map(move |(line, code)| (source, line, code)))
        .filter(|(_, _, code)| asks.iter().any(|ask| code.contains(ask)))
        .map(|(source, line, _)| format!("{}:{line}: ask clock.rs for the time", source.file))
        .collect();
    report(&violations);
}

#[test]
fn files_have_a_size_and_a_story() {
    let mut violations = Vec::new();
    for file in ["src", "tests", "benches", "examples"].into_iter().flat_map(rust_files) {
        let text = text(&file);
        let lines = text.lines().count();
        if lines > HARD_LIMIT {
            violations.push(format!("{file}: {lines} lines, the limit is {HARD_LIMIT}"));
        } else if lines > SOFT_LIMIT {
            println!("{file}: {lines} lines; would two stories be easier to read?");
        }
        if !text.starts_with("//!") {
            violations.push(format!("{file}: begins without //!, what it is and what it does not do"));
        }
        let stem = Path::new(&file).file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        if stem.split('_').any(|word| EMPTY_NAMES.contains(&word)) {
            violations.push(format!("{file}: a name that does not say what is in it"));
        }
    }
    report(&violations);
}

#[test]
fn lints_are_expected_with_a_reason_and_never_allowed() {
    // Put together here, so that this file does not find itself.
    let (outer, inner) = (concat!("#[", "allow"), concat!("#![", "allow"));
    let mut violations = Vec::new();
    for file in ["src", "tests", "benches", "examples"].into_iter().flat_map(rust_files) {
        for (index, line) in text(&file).lines().enumerate() {
            // Shared test code: each test uses its part of it, which `expect` cannot say.
            let shared = file.starts_with("tests/") && line.contains("dead_code") && line.contains("reason");
            if (line.contains(outer) || line.contains(inner)) && !shared {
                violations.push(format!("{file}:{}: write #[expect(.., reason = \"..\")]", index + 1));
            }
        }
    }
    report(&violations);
}

#[test]
fn no_text_names_somebodys_machine() {
    let places =
        [concat!("/ho", "me/"), concat!("/ro", "ot/"), concat!("/wo", "rk/"), concat!("/Us", "ers/")];
    let kinds = ["rs", "toml", "md", "txt", "hbs", "sql", "service", "yml", "sh", "outcome", "given"];
    let mut violations = Vec::new();
    for file in files("") {
        let kind = Path::new(&file).extension().and_then(|kind| kind.to_str());
        if !file.starts_with("scripts/") && !kind.is_some_and(|kind| kinds.contains(&kind)) {
            continue;
        }
        for (index, line) in text(&file).lines().enumerate() {
            let absolute = |at: usize| !line.get(..at).is_some_and(|before| before.ends_with(['}', '.']));
            if places.iter().any(|place| line.find(place).is_some_and(absolute)) {
                violations.push(format!("{file}:{}: {}", index + 1, line.trim()));
            }
        }
    }
    report(&violations);
}

#[test]
fn files_that_belong_together_are_together() {
    let all = files("");
    let mut violations = Vec::new();
    for mail in all.iter().filter(|file| file.starts_with("fixtures/mail/") && file.ends_with(".eml")) {
        let outcome = format!("{}.outcome", mail.trim_end_matches(".eml"));
        if !all.contains(&outcome) {
            violations.push(format!("{mail}: without {outcome}"));
        }
    }
    for extra in all.iter().filter(|file| file.starts_with("fixtures/mail/") && !file.ends_with(".eml")) {
        let stem = extra.rsplit_once('.').map_or(extra.as_str(), |(stem, _)| stem);
        let belongs = extra.ends_with(".outcome") || extra.ends_with(".given");
        if belongs && !all.contains(&format!("{stem}.eml")) {
            violations.push(format!("{extra}: its mail is missing"));
        }
    }
    let cases: std::collections::BTreeSet<String> = all
        .iter()
        .filter(|file| file.starts_with("tests/bad_"))
        .filter_map(|file| {
            file.match_indices('/').nth(2).and_then(|(at, _)| file.get(..at)).map(str::to_owned)
        })
        .collect();
    for case in cases {
        let has = all.iter().any(|file| {
            file.strip_prefix(&case)
                .is_some_and(|rest| rest.starts_with("/expected") || rest.ends_with(".expected"))
        });
        if !has {
            violations.push(format!("{case}: without what is expected"));
        }
    }
    report(&violations);
}

#[test]
fn the_map_is_the_land() {
    let architecture = text("ARCHITECTURE.md");
    let map: Vec<&str> =
        architecture.lines().skip_while(|line| *line != "src/").take_while(|line| *line != "```").collect();
    let lib = text("src/lib.rs");
    let repeated: Vec<&str> = lib
        .lines()
        .filter_map(|line| line.strip_prefix("//! "))
        .skip_while(|line| *line != "src/")
        .take_while(|line| *line != "```")
        .collect();
    assert_eq!(map, repeated, "src/lib.rs repeats the map of ARCHITECTURE.md");

    let entry =
        |line: &str| line.strip_prefix("  ").and_then(|rest| rest.split(' ').next().map(str::to_owned));
    let on_map: std::collections::BTreeSet<String> =
        map.iter().filter_map(|line| entry(line)).filter(|name| !name.is_empty()).collect();
    let top = |file: &String| {
        let rest = file.strip_prefix("src/").unwrap_or(file);
        rest.split_once('/').map_or_else(|| rest.to_owned(), |(folder, _)| format!("{folder}/"))
    };
    let there: std::collections::BTreeSet<String> = rust_files("src").iter().map(top).collect();
    assert_eq!(on_map, there, "the map has what src/ has");
}

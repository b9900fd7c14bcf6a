//! Mistakes in rule files, each with the exact words that its administrator gets.
//!
//! `TAQUILLA_REWRITE=1` writes the expected texts anew; read the difference before committing it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use taquilla::config::diagnostic::render_all;
use taquilla::desk::token::Keys;
use taquilla::desk::{Agent, Customer, Desk, Queue, Role, Service};
use taquilla::rules::RuleSet;

fn ministry() -> Desk {
    let mut desk = Desk::empty(Keys::new(vec![(1, [0; 32])]));
    desk.queues = ["Mesa de Ayuda", "Soporte Técnico", "Sistemas", "Redes"].map(Queue::named).to_vec();
    let services = ["Equipos::Impresoras", "Equipos::PC", "Correo", "Red::Internet", "Sistemas::SIAF"];
    desk.services = services.map(|name| Service { name: name.to_owned(), owner: None, queue: None }).to_vec();
    let agent = |login: &str| Agent {
        login: login.to_owned(),
        name: login.to_owned(),
        addresses: vec![format!("{login}@minem.example")],
        language: None,
        roles: Vec::new(),
        level: 1,
    };
    desk.agents = ["mgomez", "lrojas", "jperez", "csalas"].map(agent).to_vec();
    desk.roles = vec![Role {
        name: "redes".to_owned(),
        queues: Vec::new(),
        rights: std::collections::BTreeSet::new(),
    }];
    let fields = BTreeMap::from([("piso".to_owned(), "7".to_owned())]);
    desk.customers.insert("ana@minem.example".to_owned(), Customer { fields, ..Customer::default() });
    desk
}

#[test]
fn each_mistake_is_shown_as_expected() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad_rules");
    let rewrite = std::env::var_os("TAQUILLA_REWRITE").is_some();
    let desk = ministry();
    let mut cases: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    assert!(cases.len() >= 25, "only {} cases", cases.len());
    let mut differing = Vec::new();
    for case in cases {
        let name = case.file_name().unwrap().to_string_lossy().into_owned();
        let text = fs::read_to_string(case.join("rule.toml")).unwrap();
        let files = [("rules/10-rule.toml".to_owned(), text)];
        let shown = match RuleSet::read(&files, &desk, &["rejected", "rule-notice"]) {
            Err(mistakes) => render_all(&mistakes, false),
            Ok(_) => panic!("{name} has no mistake"),
        };
        let expected = case.join("expected.txt");
        if rewrite {
            fs::write(&expected, &shown).unwrap();
        } else if fs::read_to_string(&expected).unwrap_or_default() != shown {
            differing.push(format!("{name}:\n{shown}"));
        }
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

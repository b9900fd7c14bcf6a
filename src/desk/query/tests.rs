//! Queries as agents write them, and what they are understood to ask.

use jiff::tz::TimeZone;

use super::*;
use crate::desk::token::Keys;
use crate::desk::{Queue, Service};

fn desk() -> Desk {
    let mut desk = Desk::empty(Keys::new(Vec::new()));
    desk.time_zone = TimeZone::get("America/Lima").unwrap();
    desk.queues = ["Mesa de Ayuda", "Soporte Técnico", "Sistemas", "Redes"].map(Queue::named).to_vec();
    let services = ["Equipos::Impresoras", "Equipos::PC", "Correo", "Red::Internet"];
    desk.services = services.map(|name| Service { name: name.to_owned(), owner: None, queue: None }).to_vec();
    let agent = |login: &str, name: &str| Agent {
        login: login.to_owned(),
        name: name.to_owned(),
        addresses: vec![format!("{login}@minem.example")],
        language: None,
        roles: Vec::new(),
        level: 1,
    };
    desk.agents =
        vec![agent("mgomez", "María Gómez"), agent("lrojas", "Luis Rojas"), agent("arojas", "Ana Rojas")];
    desk
}

fn read(text: &str, language: Language) -> Result<Query, String> {
    let desk = desk();
    let now = "2026-03-02T14:00:00Z".parse().unwrap();
    Query::read(text, &Asker { desk: &desk, agent: desk.agent("mgomez"), now, language })
}

/// Each term in short: the sign, the condition, its values.
fn told(text: &str) -> String {
    let query = read(text, Language::Es).unwrap_or_else(|wrong| panic!("{text}: {wrong}"));
    let or_none = |values: &[Option<String>]| {
        values
            .iter()
            .map(|value| value.clone().unwrap_or_else(|| "-".to_owned()))
            .collect::<Vec<_>>()
            .join("|")
    };
    let terms = query.terms.iter().map(|term| {
        let sign = if term.negated { "!" } else { "" };
        let shown = match &term.condition {
            Condition::Queue(names) => format!("queue {}", names.join("|")),
            Condition::State(states) => {
                let one = |state: &StateWanted| match state {
                    StateWanted::Named(name) => format!("'{name}'"),
                    StateWanted::Kind(kind) => kind.word().to_owned(),
                };
                format!("state {}", states.iter().map(one).collect::<Vec<_>>().join("|"))
            }
            Condition::AnyState => "any state".to_owned(),
            Condition::Owner(logins) => format!("owner {}", or_none(logins)),
            Condition::Responsible(logins) => format!("responsible {}", or_none(logins)),
            Condition::Customer(who) => format!("customer {who:?}"),
            Condition::Priority(some) => {
                format!("priority {:?}", some.iter().map(|p| p.value()).collect::<Vec<_>>())
            }
            Condition::Type(names) => format!("type {}", names.join("|")),
            Condition::Service(names) => format!("service {}", or_none(names)),
            Condition::Tag(tags) => format!("tag {}", or_none(tags)),
            Condition::Field { name, values } => {
                let values: Vec<Option<String>> =
                    values.iter().map(|value| value.as_ref().map(|value| value.0.clone())).collect();
                format!("field {name} {}", or_none(&values))
            }
            Condition::Level(levels) => format!("level {}", levels.join("|")),
            Condition::Number(digits) => format!("number {}", digits.join("|")),
            Condition::Locked(some) => format!("locked {some:?}"),
            Condition::Older(at) => format!("older {at}"),
            Condition::Newer(at) => format!("newer {at}"),
            Condition::Title(words) => {
                format!("title {}", words.iter().map(Pattern::as_str).collect::<Vec<_>>().join("|"))
            }
            Condition::Words(word) => format!("words {}", word.as_str()),
        };
        format!("{sign}{shown}")
    });
    terms.collect::<Vec<_>>().join("; ")
}

#[test]
fn keys_and_values_in_both_languages() {
    let cases = [
        (
            "queue:soporte state:open older:2d responsible:none",
            "queue Soporte Técnico; state open; older 2026-02-28T14:00:00Z; responsible -",
        ),
        (
            "cola:soporte estado:abierto antiguo:2d responsable:nadie",
            "queue Soporte Técnico; state open; older 2026-02-28T14:00:00Z; responsible -",
        ),
        ("Cola:\"mesa de ayuda\",REDES", "queue Mesa de Ayuda|Redes"),
        ("cola: redes estado: pendiente", "queue Redes; state pending-reminder|pending-auto"),
        ("mine", "responsible mgomez"),
        ("mis", "responsible mgomez"),
        ("owner:me -responsable:mí", "owner mgomez; !responsible mgomez"),
        ("responsible:gomez,\"luis rojas\"", "responsible mgomez|lrojas"),
        ("state:closed,new", "state closed|new"),
        ("estado:cerrados", "state closed"),
        ("estado:\"cerrado sin éxito\"", "state 'closed unsuccessful'"),
        ("state:any", "any state"),
        ("estado:todos", "any state"),
        ("priority:high,\"muy alta\" prioridad:3", "priority [4, 5]; priority [3]"),
        ("tipo:incidente type:request", "type incident; type request"),
        (
            "servicio:impresoras service:equipos -service:none",
            "service Equipos::Impresoras; service Equipos; !service -",
        ),
        ("tag:VIP,espera -etiqueta:none", "tag vip|espera; !tag -"),
        ("field.sala:204 campo.Anexo:ninguno", "field sala 204; field anexo -"),
        ("level:2 nivel:\"Impresoras SAC\"", "level 2; level Impresoras SAC"),
        ("número:0137 number:[Ticket#2013121610000137]", "number 0137; number 2013121610000137"),
        ("lock:yes bloqueo:desbloqueado", "locked [true]; locked [false]"),
        ("newer:12h", "newer 2026-03-02T02:00:00Z"),
        ("desde:hoy", "newer 2026-03-02T05:00:00Z"),
        ("antiguo:\"2 días\"", "older 2026-02-28T14:00:00Z"),
        ("older:2026-01-31 hasta:31/01/2026", "older 2026-01-31T05:00:00Z; older 2026-01-31T05:00:00Z"),
        ("Impresora y \"piso tres\"", "words impresora; words piso tres"),
        ("-queue:redes –impresora", "!queue Redes; !words impresora"),
        ("título:Atasco,papel", "title atasco|papel"),
        ("\"error:404\"", "words error:404"),
        ("cliente:ana", "customer [Part(Pattern(\"ana\"))]"),
        ("customer:Ana@Minem.example,nadie", "customer [Address(\"ana@minem.example\"), None]"),
        ("usuario:*@minem.example", "customer [Part(Pattern(\"*@minem.example\"))]"),
        ("  ", ""),
        ("＃", "words #"),
    ];
    for (text, expected) in cases {
        assert_eq!(told(text), expected, "{text}");
    }
}

#[test]
fn mistakes_say_what_to_write() {
    let cases = [
        ("quue:soporte", "no key \"quue:\". Did you mean \"queue:\"?"),
        ("http://a.example", "Keys are: queue, state,"),
        ("queue:sopprte", "queue: does not know \"sopprte\". There are: Mesa de Ayuda, Soporte Técnico"),
        ("queue:redse", "Did you mean \"Redes\"?"),
        ("queue:s", "queue: \"s\" fits several: Mesa de Ayuda, Soporte Técnico, Sistemas, Redes."),
        (
            "state:clsoed",
            "state: does not know \"clsoed\". Did you mean \"closed\"? There are: new, open, pending, closed, merged, removed.",
        ),
        (
            "responsible:rojas",
            "responsible: \"rojas\" fits several: lrojas (Luis Rojas), arojas (Ana Rojas).",
        ),
        ("owner:mgmez", "Did you mean \"mgomez\"?"),
        ("priority:hihg", "Did you mean \"high\"?"),
        ("older:mucho", "\"mucho\" is no time; write for example older:2d"),
        ("older:99999999999999999999d", "is no time"),
        ("field:204", "A field needs its name"),
        ("queue:", "queue: needs a value, for example queue:support"),
        ("number:abc", "\"abc\" is no number"),
        ("lock:perhaps", "lock: does not know \"perhaps\""),
        ("queue.name:a", "no key \"queue.name:\""),
    ];
    for (text, expected) in cases {
        let wrong = read(text, Language::En).map(|query| format!("{query:?}")).unwrap_err();
        assert!(wrong.contains(expected), "{text}: {wrong}");
        assert_ne!(read(text, Language::Es).unwrap_err(), wrong, "{text}");
    }
    assert!(read(&"a ".repeat(MOST + 1), Language::En).unwrap_err().contains("at most 30 terms"));
    assert!(read(&"a ".repeat(MOST), Language::En).is_ok());
    assert!(read(&format!("tag:{}", "a,".repeat(MOST + 1)), Language::En).is_err());
    assert!(read(&"a".repeat(LONGEST + 1), Language::En).unwrap_err().contains("1000 letters"));
    assert!(read(&"a".repeat(LONGEST), Language::En).is_ok());
}

#[test]
fn nobody_is_me_on_the_command_line() {
    let desk = desk();
    let asker = Asker { desk: &desk, agent: None, now: Timestamp::UNIX_EPOCH, language: Language::En };
    for text in ["mine", "owner:me"] {
        assert!(Query::read(text, &asker).unwrap_err().contains("write a login"), "{text}");
    }
}

#[test]
fn closed_tickets_are_left_out_unless_states_are_spoken_of() {
    let open = |text: &str| {
        let terms = read(text, Language::En).unwrap().open_unless_said().terms;
        terms.iter().any(|term| matches!(&term.condition, Condition::State(states) if states.len() == 4))
    };
    for text in ["", "queue:redes", "impresora", "mine"] {
        assert!(open(text), "{text}");
    }
    for text in ["state:closed", "-state:closed", "state:any", "number:0137"] {
        assert!(!open(text), "{text}");
    }
}

/// Every query in the tables of the guides is one.
#[test]
fn queries_of_the_guides_can_be_asked() {
    let mut desk = desk();
    desk.queues.extend(["Support", "Networks"].map(Queue::named));
    let service = Service { name: "Equipment::Printers".to_owned(), owner: None, queue: None };
    desk.services.push(service);
    desk.agents.retain(|agent| agent.login != "arojas");
    for name in ["docs/agents.md", "docs/guia-del-agente.md"] {
        let text = std::fs::read_to_string(format!("{}/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        let (_, table) = text.split_once("<!-- queries -->").unwrap();
        let (table, _) = table.split_once("<!-- /queries -->").unwrap();
        let mut queries = 0;
        for query in table.lines().skip(2).flat_map(|row| row.split('`').skip(1).step_by(2)) {
            let now = "2026-03-02T14:00:00Z".parse().unwrap();
            let asker = Asker { desk: &desk, agent: desk.agent("mgomez"), now, language: Language::Es };
            let read = Query::read(query, &asker);
            // A key is explained by its name alone.
            assert!(read.is_ok() || query.ends_with(':'), "{name}: {query}: {read:?}");
            queries += 1;
        }
        assert!(queries > 25, "{name}: {queries}");
    }
}

#[test]
fn a_value_of_several_words_needs_quotes_of_any_kind() {
    let quotes = |text: &str, right: &str| {
        let wrong = read(text, Language::Es).unwrap_err();
        assert!(wrong.contains("entre comillas") && wrong.ends_with(&format!("Escriba {right}")), "{wrong}");
        read(right, Language::Es).unwrap();
    };
    quotes("prioridad:muy alto", "prioridad:\"muy alto\"");
    quotes("-prioridad:normal,muy alta impresora", "-prioridad:normal,\"muy alta\"");
    quotes("cola:soporte técnico", "cola:\"soporte técnico\"");
    quotes("cola:mesa de ayuda estado:abierto", "cola:\"mesa de ayuda\"");
    quotes("estado:cerrado sin éxito", "estado:\"cerrado sin éxito\"");
    quotes("responsable:maría gómez", "responsable:\"maría gómez\"");
    let wrong = read("priority:very high", Language::En).unwrap_err();
    assert!(wrong.contains("needs quotes") && wrong.ends_with("Write priority:\"very high\""), "{wrong}");
    // What telephones and Spanish keyboards write.
    for text in ["“muy alto”", "„muy alto“", "«muy alto»", "\"muy alto\"", "‘muy alto’", "'muy alto'"]
    {
        assert_eq!(told(&format!("prioridad:{text}")), "priority [5]", "{text}");
    }
    // A value and a word to look for.
    for text in ["cola:sistemas impresora", "prioridad:alta muy", "cola:\"Mesa de Ayuda\" urgente"] {
        read(text, Language::Es).unwrap();
    }
}

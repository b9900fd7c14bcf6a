//! Blocks of commands.

use proptest::prelude::*;

use super::monday;
use crate::commands::{AutoClose, Command, Outcome, Someone, Targets, Who, mended, read, same_commands};
use crate::desk::{Priority, TicketNumber};
use crate::mail::{Address, Language};

const LIMIT: usize = 25;

/// One line, read in Spanish.
fn line(text: &str) -> Result<Command, String> {
    let mut block = read(text, &monday(), Language::Es, LIMIT);
    assert_eq!(block.lines.len(), 1, "{text:?} {block:?}");
    block.lines.remove(0).read.map_err(|mistake| mistake.0)
}

fn close(outcome: Outcome) -> Command {
    Command::Close { outcome, silent: false }
}

fn named(name: &str) -> Who {
    Who::Named(name.to_owned())
}

fn tag(add: &[&str], remove: &[&str]) -> Command {
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    Command::Tag { add: owned(add), remove: owned(remove) }
}

fn field(name: &str, value: Option<&str>) -> Command {
    Command::Field { name: name.to_owned(), value: value.map(str::to_owned) }
}

fn address(address: &str) -> Someone {
    Someone::Address(Address::bare(address))
}

fn cc(add: &[&str], remove: &[&str]) -> Command {
    let people = |all: &[&str]| all.iter().map(|one| address(one)).collect();
    Command::Cc { add: people(add), remove: people(remove) }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn every_verb_with_its_arguments() {
    use Outcome::{Successful, Unsuccessful, Workaround};
    let silent = |outcome| Command::Close { outcome, silent: true };
    let priority = |value| Command::Priority(Priority::new(value).unwrap());
    let cases = [
        ("#close", close(Successful)),
        ("#CLOSE", close(Successful)),
        ("#Close.", close(Successful)),
        ("#close successful", close(Successful)),
        ("#close unsuccessful", close(Unsuccessful)),
        ("#close workaround silent", silent(Workaround)),
        ("#close silent workaround", silent(Workaround)),
        ("#close silent", silent(Successful)),
        ("#cerrar", close(Successful)),
        ("#cerrar con éxito", close(Successful)),
        ("#cerrar sin éxito", close(Unsuccessful)),
        ("#cerrar SIN EXITO.", close(Unsuccessful)),
        ("#cerrar solución temporal, en silencio", silent(Workaround)),
        ("#cerrar unsuccessful", close(Unsuccessful)),
        ("#close exitoso", close(Successful)),
        ("#close: successful", close(Successful)),
        ("#reopen", Command::Reopen),
        ("#open", Command::Reopen),
        ("#reabrir", Command::Reopen),
        ("#abrir", Command::Reopen),
        ("#assign gomez", Command::Assign(named("gomez"))),
        ("#assign to gomez", Command::Assign(named("gomez"))),
        ("#asignar a María Gómez", Command::Assign(named("María Gómez"))),
        ("#asignar “María Gómez”", Command::Assign(named("María Gómez"))),
        ("#responsable gomez@minem.example", Command::Assign(named("gomez@minem.example"))),
        ("#assign <gomez@minem.example>", Command::Assign(named("gomez@minem.example"))),
        ("#assign María <mailto:gomez@minem.example>", Command::Assign(named("gomez@minem.example"))),
        (
            "#assign gomez@minem.example<mailto:gomez@minem.example>",
            Command::Assign(named("gomez@minem.example")),
        ),
        ("#field.url https://a.example/<https://a.example/>", field("url", Some("https://a.example/"))),
        ("#title 3 < 4 <x> <y@a.example>", Command::Title("3 < 4 <x> <y@a.example>".into())),
        ("#field.web a.example <https://a.example>", field("web", Some("a.example"))),
        ("#field.web <https://a.example>", field("web", Some("<https://a.example>"))),
        ("#assign me", Command::Assign(Who::Me)),
        ("#asignar a mí", Command::Assign(Who::Me)),
        ("#assign nobody", Command::Assign(Who::Nobody)),
        ("#asignar a nadie", Command::Assign(Who::Nobody)),
        ("#take", Command::Assign(Who::Me)),
        ("#tomar", Command::Assign(Who::Me)),
        ("#owner rojas", Command::Owner(named("rojas"))),
        ("#propietario nadie", Command::Owner(Who::Nobody)),
        ("#queue Soporte Técnico", Command::Queue("Soporte Técnico".into())),
        ("#cola \"Soporte Técnico\"", Command::Queue("Soporte Técnico".into())),
        ("#mover a Sistemas", Command::Queue("Sistemas".into())),
        ("#move to Sistemas", Command::Queue("Sistemas".into())),
        ("#queue «Redes – Norte»", Command::Queue("Redes – Norte".into())),
        ("#priority high", priority(4)),
        ("#priority:high", priority(4)),
        ("#priority = 2", priority(2)),
        ("#prioridad muy alta", priority(5)),
        ("#prioridad MUY BAJO", priority(1)),
        ("#prioridad 3", priority(3)),
        ("#priority 4 high", priority(4)),
        ("#state pending reminder", Command::State("pending reminder".into())),
        ("#estado abierto", Command::State("abierto".into())),
        ("#lock", Command::Lock(true)),
        ("#bloquear", Command::Lock(true)),
        ("#unlock", Command::Lock(false)),
        ("#desbloquear", Command::Lock(false)),
        ("#type incident", Command::Type("incident".into())),
        ("#tipo Requerimiento", Command::Type("Requerimiento".into())),
        ("#service Equipos::Impresoras", Command::Service(Some("Equipos::Impresoras".into()))),
        ("#servicio ninguno", Command::Service(None)),
        ("#sla Alta Dirección", Command::Sla(Some("Alta Dirección".into()))),
        ("#ans ninguno", Command::Sla(None)),
        ("#title Pc sin internet", Command::Title("Pc sin internet".into())),
        ("#título Aviso: use #close – no #cierre", Command::Title("Aviso: use #close – no #cierre".into())),
        ("#asunto “Pc sin internet”", Command::Title("Pc sin internet".into())),
        ("#tag +vip -espera", tag(&["vip"], &["espera"])),
        ("#tag +vip –espera", tag(&["vip"], &["espera"])),
        ("#tag vip, Piso-3", tag(&["vip", "piso-3"], &[])),
        ("#etiqueta + vip - espera + vip", tag(&["vip"], &["espera"])),
        ("#field.room 204", field("room", Some("204"))),
        ("#field.Room = 204", field("room", Some("204"))),
        ("#campo.ubicación Piso 3", field("ubicación", Some("Piso 3"))),
        ("#campo sala 204", field("sala", Some("204"))),
        ("#field.url https://a.example/x?y=1", field("url", Some("https://a.example/x?y=1"))),
        ("#field.room none", field("room", None)),
        ("#customer ana@minem.example", Command::Customer(address("ana@minem.example"))),
        ("#cliente Ana Quispe", Command::Customer(Someone::Named("Ana Quispe".into()))),
        ("#usuario: <ana@minem.example>", Command::Customer(address("ana@minem.example"))),
        (
            "#customer ana@minem.example<mailto:ana@minem.example>",
            Command::Customer(address("ana@minem.example")),
        ),
        ("#cc +ana@minem.example -luis@minem.example", cc(&["ana@minem.example"], &["luis@minem.example"])),
        ("#con copia a@x.example", cc(&["a@x.example"], &[])),
        ("#time 15m", Command::Time(15)),
        ("#tiempo 1h 30", Command::Time(90)),
        ("#tiempo –15", Command::Time(-15)),
        ("#estimate 2h", Command::Estimate(Some(120))),
        ("#estimado ninguno", Command::Estimate(None)),
        ("#campo.sala ninguno", field("sala", None)),
        ("#field.room -", field("room", None)),
        ("#watch", Command::Watch(true)),
        ("#seguir", Command::Watch(true)),
        ("#unwatch", Command::Watch(false)),
        ("#no seguir", Command::Watch(false)),
        ("#dejar de seguir", Command::Watch(false)),
        ("#note", Command::Note),
        ("#nota", Command::Note),
        ("#interno", Command::Note),
        ("#public", Command::Public),
        ("#público", Command::Public),
        ("#PUBLICO", Command::Public),
        ("#help", Command::Help),
        ("#ayuda", Command::Help),
        ("#help pend", Command::Help),
    ];
    for (typed, expected) in cases {
        assert_eq!(line(typed), Ok(expected), "{typed}");
    }
}

#[test]
fn pending() {
    let cases = [
        ("#pend 2d", "2026-11-25 10:00", None),
        ("#pend friday 9:00", "2026-11-27 09:00", None),
        ("#pend until friday 9:00", "2026-11-27 09:00", None),
        ("#pendiente mañana", "2026-11-24 09:00", None),
        ("#pendiente hasta el próximo lunes cerrar+", "2026-11-30 09:00", Some(AutoClose::Successful)),
        ("#pend 2d close+", "2026-11-25 10:00", Some(AutoClose::Successful)),
        ("#pend 2d close-", "2026-11-25 10:00", Some(AutoClose::Unsuccessful)),
        ("#pend 2d close–", "2026-11-25 10:00", Some(AutoClose::Unsuccessful)),
        ("#pend 2d close -.", "2026-11-25 10:00", Some(AutoClose::Unsuccessful)),
        ("#pend 2026-12-01 14:30 cierre-", "2026-12-01 14:30", Some(AutoClose::Unsuccessful)),
    ];
    for (typed, time, after) in cases {
        let Ok(Command::Pend { until, then }) = line(typed) else { panic!("{typed}: {:?}", line(typed)) };
        assert_eq!(until.strftime("%Y-%m-%d %H:%M").to_string(), time, "{typed}");
        assert_eq!(then, after, "{typed}");
    }
}

#[test]
fn what_mail_programs_add_does_no_harm() {
    let spellings = [
        "#close\r",
        "\u{FEFF}#close",
        "\u{200B}#close",
        "#\u{200B}close",
        "#close\u{A0}",
        "#cl\u{AD}ose",
        "\u{200F}#close\u{200E}",
        "\u{202A}#close\u{202C}",
        "＃close",
        "＃ＣＬＯＳＥ",
        "#\u{FE0F}\u{20E3}close",
        "#close\u{3000}",
        "#close\u{2060}",
        "\n\n\u{A0}\n#close",
        "#clo\u{301}se",
    ];
    for typed in spellings {
        assert_eq!(line(typed), Ok(close(Outcome::Successful)), "{typed:?}");
    }
}

#[test]
fn what_is_no_command() {
    let texts = [
        "Hola",
        " #close",
        "\u{A0}#close",
        "\t#close",
        "- #close",
        "* #close",
        "> #close",
        ">#close",
        "• #close",
        "1. #close",
        "# close",
        "##close",
        "## Heading",
        "#1 problem",
        "#123",
        "#",
        "#-",
        "# ",
        "(#close)",
        "/close",
        "close",
        "Please #close",
        "##- Write your answer above this line -##",
        "\"#close\"",
    ];
    for text in texts {
        let block = read(text, &monday(), Language::En, LIMIT);
        assert_eq!(block.lines, [], "{text:?}");
        assert_eq!(block.rest, text.trim_end(), "{text:?}");
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn mistakes_say_what_to_write() {
    let cases = [
        ("#clsoe", "No existe el comando #clsoe. ¿Quiso decir #close?"),
        ("#cerar", "No existe el comando #cerar. ¿Quiso decir #cerrar?"),
        ("#prio 3", "No existe el comando #prio. ¿Quiso decir #prioridad?"),
        ("#hola", "No existe el comando #hola. ¿Quiso decir #cola?"),
        (
            "#buenosdias",
            "No existe el comando #buenosdias. Escriba #ayuda para ver la lista; el texto que empieza con # va debajo de #fin.",
        ),
        (
            "#close.all",
            "No existe el comando #close.all. Escriba #ayuda para ver la lista; el texto que empieza con # va debajo de #fin.",
        ),
        ("#close unsucessful", "#cerrar no conoce «unsucessful». ¿Quiso decir «unsuccessful»?"),
        ("#cerrar sin exio", "#cerrar no conoce «sin exio». ¿Quiso decir «sin éxito»?"),
        (
            "#cerrar gracias por todo",
            "#cerrar no conoce «gracias». Escriba #cerrar [exitoso|sin éxito|temporal] [silencio]. Por ejemplo: #cerrar temporal",
        ),
        (
            "#close successful unsuccessful",
            "#cerrar dice dos cosas distintas. Escriba #cerrar [exitoso|sin éxito|temporal] [silencio]. Por ejemplo: #cerrar temporal",
        ),
        ("#close #note", "Un comando por línea: ponga #note en una línea propia."),
        ("#cola Sistemas #prioridad alta", "Un comando por línea: ponga #prioridad en una línea propia."),
        ("#nota llamé al usuario", "#nota va solo en su línea. El texto va en las líneas siguientes."),
        ("#take gomez", "#tomar va solo en su línea. El texto va en las líneas siguientes."),
        ("#assign", "A #asignar le falta algo: #asignar QUIÉN. Por ejemplo: #asignar gomez"),
        ("#queue  ", "A #cola le falta algo: #cola NOMBRE. Por ejemplo: #cola Sistemas"),
        (
            "#priority",
            "A #prioridad le falta algo: #prioridad 1 a 5, o muy baja, baja, normal, alta, muy alta. Por ejemplo: #prioridad alta",
        ),
        (
            "#priority 6",
            "#prioridad no conoce «6». Escriba #prioridad 1 a 5, o muy baja, baja, normal, alta, muy alta. Por ejemplo: #prioridad alta",
        ),
        ("#priority hihg", "#prioridad no conoce «hihg». ¿Quiso decir «high»?"),
        ("#prioridad ata", "#prioridad no conoce «ata». ¿Quiso decir «alta»?"),
        (
            "#priority 4 low",
            "#prioridad no conoce «4 low». Escriba #prioridad 1 a 5, o muy baja, baja, normal, alta, muy alta. Por ejemplo: #prioridad alta",
        ),
        (
            "#pend",
            "A #pendiente le falta algo: #pendiente HASTA [cerrar+|cerrar-]. Por ejemplo: #pendiente viernes 9:00",
        ),
        (
            "#pend close+",
            "A #pendiente le falta algo: #pendiente HASTA [cerrar+|cerrar-]. Por ejemplo: #pendiente viernes 9:00",
        ),
        (
            "#pend soon",
            "«soon» no es una fecha. Escriba por ejemplo 2d, 3h, viernes 9:00, mañana 14:30 o 2026-11-30.",
        ),
        (
            "#pend 20y",
            "«20y» queda a más de diez años. Escriba una fecha más cercana, por ejemplo 2w o 2026-11-30.",
        ),
        ("#tag", "A #etiqueta le falta algo: #etiqueta +NOMBRE -NOMBRE. Por ejemplo: #etiqueta +vip -espera"),
        (
            "#tag + -",
            "A #etiqueta le falta algo: #etiqueta +NOMBRE -NOMBRE. Por ejemplo: #etiqueta +vip -espera",
        ),
        (
            "#tag +a -A",
            "#etiqueta dice dos cosas distintas. Escriba #etiqueta +NOMBRE -NOMBRE. Por ejemplo: #etiqueta +vip -espera",
        ),
        (
            "#tag <script>",
            "#etiqueta no conoce «<script>». Escriba #etiqueta +NOMBRE -NOMBRE. Por ejemplo: #etiqueta +vip -espera",
        ),
        (
            "#field.room",
            "A #campo le falta algo: #campo.NOMBRE VALOR, o ninguno. Por ejemplo: #campo.sala 204",
        ),
        ("#field", "A #campo le falta algo: #campo.NOMBRE VALOR, o ninguno. Por ejemplo: #campo.sala 204"),
        (
            "#field.a/b 1",
            "«a/b» no es el nombre de un campo: solo letras, cifras, - y _. Por ejemplo: #campo.sala 204",
        ),
        ("#end of it", "#fin va solo en su línea. El texto va en las líneas siguientes."),
    ];
    for (typed, expected) in cases {
        assert_eq!(line(typed), Err(expected.to_owned()), "{typed}");
    }
    let english = read("#clsoe", &monday(), Language::En, LIMIT);
    assert_eq!(
        english.lines[0].read.clone().unwrap_err().0,
        "There is no command #clsoe. Did you mean #close?"
    );
}

#[test]
fn the_block_ends_with_the_first_other_line() {
    let block = read("\n#close\n\n#note\nHola Ana,\n#lock\n\nya está.\n", &monday(), Language::Es, LIMIT);
    let verbs: Vec<_> = block.lines.iter().map(|line| line.read.as_ref().unwrap().verb()).collect();
    assert_eq!(verbs, ["close", "note"]);
    assert_eq!(block.rest, "Hola Ana,\n#lock\n\nya está.");
    assert_eq!(block.stray, ["#lock"]);
}

#[test]
fn commands_behind_text_are_stray_and_not_done() {
    let text = "Hola:\n#close\n  # cerrar\n- #take\n#1 es esto\n#amigos\n> no\n#field.room 3\n#no seguir";
    let block = read(text, &monday(), Language::Es, LIMIT);
    assert_eq!(block.lines, []);
    assert_eq!(block.rest, text);
    assert_eq!(block.stray, ["#close", "# cerrar", "- #take", "#field.room 3", "#no seguir"]);
}

#[test]
fn end_lets_text_begin_with_a_hash() {
    for end in ["#end", "#fin", "#FIN.", "#End:"] {
        let block = read(&format!("#note\n{end}\n#close is what I typed\n"), &monday(), Language::En, LIMIT);
        assert_eq!(block.lines.len(), 1);
        assert_eq!(block.rest, "#close is what I typed");
        assert_eq!(block.stray, Vec::<String>::new());
    }
}

#[test]
fn a_mail_of_commands_alone_has_no_text() {
    let block = read("#take\n#pend 2d\n\n \u{A0}\n", &monday(), Language::Es, LIMIT);
    assert_eq!((block.lines.len(), block.rest.as_str()), (2, ""));
    assert_eq!(read("", &monday(), Language::Es, LIMIT), crate::commands::Block::default());
}

#[test]
fn note_and_public_contradict() {
    let block = read("#note\n#público", &monday(), Language::En, LIMIT);
    assert!(block.lines[0].read.is_ok());
    assert_eq!(
        block.lines[1].read.clone().unwrap_err().0,
        "#note and #public contradict each other. Keep one of them."
    );
    assert!(read("#note\n#note", &monday(), Language::En, LIMIT).lines[1].read.is_ok());
}

#[test]
fn limits_on_both_sides() {
    let text = |count: usize| "#take\n".repeat(count);
    let wrong = |text: &str, limit| {
        let block = read(text, &monday(), Language::En, limit);
        (block.lines.len(), block.lines.iter().filter(|line| line.read.is_err()).count(), block.rest)
    };
    assert_eq!(wrong(&text(25), 25), (25, 0, String::new()));
    assert_eq!(wrong(&(text(5000) + "Hola"), 25), (26, 1, "Hola".to_owned()));
    assert_eq!(wrong("#take", 0), (1, 1, String::new()));
    let said = read(&text(3), &monday(), Language::En, 2).lines[2].read.clone().unwrap_err().0;
    assert!(said.starts_with("A mail may hold 2 commands."), "{said}");

    let title = |letters: usize| format!("#title {}", "x".repeat(letters));
    assert!(line(&title(200)).is_ok());
    assert_eq!(line(&title(201)), Err("Un título tiene como máximo 200 letras.".to_owned()));
    let field = |letters: usize| format!("#field.x {}", "x".repeat(letters));
    assert!(line(&field(491)).is_ok());
    assert!(line(&field(492)).unwrap_err().starts_with("Esta línea es demasiado larga"));
    assert_eq!(read(&field(491), &monday(), Language::En, 1).lines[0].written.chars().count(), 200);
    let tag = |letters: usize| format!("#tag +{}", "x".repeat(letters));
    assert!(line(&tag(50)).is_ok() && line(&tag(51)).is_err());
}

#[test]
fn large_mails_cost_little() {
    let one_line = format!("#queue {}", "a ".repeat(2_000_000));
    assert_eq!(read(&one_line, &monday(), Language::En, LIMIT).lines.len(), 1);
    let blank = "\n".repeat(1_000_000);
    assert_eq!(read(&blank, &monday(), Language::En, LIMIT).rest, "");
    let stray = format!("x\n{}", "#close\n".repeat(200_000));
    assert_eq!(read(&stray, &monday(), Language::En, LIMIT).stray.len(), 25);
}

#[test]
fn both_parts_of_a_mail_must_agree() {
    let same = [
        ("#close\nHola", "#close\n\nHola"),
        ("#close\nHola", "\u{A0}\n#Close.\nOtra cosa"),
        ("Hola", "Hola"),
        ("Hola", "#end\nHola"),
        ("#pend 2d close-", "#pend\u{A0}2d close–"),
        ("#no such verb", "#no such verb"),
        ("#assign gomez@minem.example<mailto:gomez@minem.example>\nx", "#assign gomez@minem.example\nx"),
        ("#field.web a.example <https://a.example>", "#field.web a.example"),
        ("", ""),
    ];
    for (text, html) in same {
        assert!(same_commands(text, html), "{text:?} {html:?}");
    }
    let different = [
        ("#close", "Hola"),
        ("Hola", "#close"),
        ("#close", "#reopen"),
        ("#close\n#note", "#note\n#close"),
        ("#close", "#close\n#note"),
        ("#queue A", "#queue B"),
        ("#assign <mailto:a@x>", "#assign <mailto:b@x>"),
        ("#assign x <mailto:a@x>", "#assign x <mailto:b@x>"),
        ("#close #note", "#close\n#note"),
        ("#close", " #close"),
    ];
    for (text, html) in different {
        assert!(!same_commands(text, html), "{text:?} {html:?}");
    }
}

proptest! {
    #[test]
    fn never_panics(text in "\\PC{0,200}", limit in 0usize..30) {
        let block = read(&text, &monday(), Language::Es, limit);
        prop_assert!(block.lines.len() <= limit + 1);
        prop_assert!(same_commands(&text, &text));
    }

    #[test]
    fn never_panics_on_commands(
        verb in "(close|pend|tag|field[.]?|assign|queue|priority|title|no|dejar de|[a-zñ]{1,8})",
        rest in "[ .:=+,“”\\-–0-9a-zé#ñ\u{A0}\u{200B}/]{0,40}",
    ) {
        let block = read(&format!("#{verb}{rest}\ntext"), &monday(), Language::En, 25);
        prop_assert_eq!(block.rest.as_str().lines().last(), Some("text"));
    }

    #[test]
    fn never_panics_on_times(text in "([0-9]{1,5}|[a-zñá]{1,9}|[-/:. ]|de|viernes|12|mayo| a las |pm|bd|2026-){0,9}") {
        if let Ok(time) = crate::commands::when::when(&text, &monday(), Language::Es) {
            prop_assert!(time > monday());
        }
    }
}

#[test]
fn tickets_are_named_by_their_numbers() {
    let numbers = |digits: &[&str]| digits.iter().map(|digits| TicketNumber::new(digits).unwrap()).collect();
    let two: Vec<TicketNumber> = numbers(&["2026030110000014", "17"]);
    for typed in [
        "#for 2026030110000014 17",
        "#para 2026030110000014 y 17",
        "#para: [Ticket#2026030110000014], Ticket#17.",
        "#FOR #2026030110000014; 17, 17",
    ] {
        assert_eq!(line(typed), Ok(Command::For(Targets::Numbers(two.clone()))), "{typed}");
    }
    assert!(line("#para").unwrap_err().contains("le falta algo"));
    assert!(line("#para y").unwrap_err().contains("le falta algo"));
    assert!(line("#para 17 #18x").unwrap_err().contains("«#18x» no es un número de ticket"));
    assert!(line("#para 999999999999999999999").unwrap_err().contains("no es un número"));
}

#[test]
fn what_a_mail_program_breaks_is_mended() {
    for (text, html, expected) in [
        (
            "#title a long\nline\n#close\n\nx",
            "#title a long line\n#close\n\nx",
            Some("#title a long line\n#close\n\nx"),
        ),
        ("*#close*\n\nx", "#close\n\nx", Some("#close\n\nx")),
        ("*#title a\nb*\nx", "#title a b\nx", Some("#title a b\nx")),
        ("\n#Close\nx", "#close\nx", None),
        ("#title a\nb\n#close\nx", "#title a\nb\n#close\nx", None),
        ("#close\nx", "#title a\nx", None),
        ("#title a\n\nb", "#title a b", None),
        ("x", "#close\nx", None),
        ("#close\nx", "x", None),
        ("", "#close", None),
    ] {
        assert_eq!(mended(text, html).as_deref(), expected, "{text:?} {html:?}");
    }
}

#[test]
fn tickets_are_asked_for() {
    let query = |text: &str| text.to_owned();
    let number = TicketNumber::new("2026030110000014").unwrap();
    let cases = [
        ("#list", Command::List(String::new())),
        ("#lista mis", Command::List(query("mis"))),
        ("#LISTA: cola:soporte estado:abierto.", Command::List(query("cola:soporte estado:abierto"))),
        ("#list queue:“Mesa de Ayuda” -tag:vip", Command::List(query("queue:\"Mesa de Ayuda\" -tag:vip"))),
        ("#show", Command::Show(None)),
        ("#ver 2026030110000014", Command::Show(Some(number.clone()))),
        ("#historial [Ticket#2026030110000014]", Command::History(Some(number))),
        ("#reporte encuestas 30d", Command::Report { name: query("encuestas"), since: Some(query("30d")) }),
        ("#report survey", Command::Report { name: query("survey"), since: None }),
        ("#para cola:redes antiguo:5d", Command::For(Targets::Query(query("cola:redes antiguo:5d")))),
        ("#for impresora 3", Command::For(Targets::Query(query("impresora 3")))),
        ("#limit 200", Command::Limit(200)),
        ("#límite: 20", Command::Limit(20)),
    ];
    for (typed, expected) in cases {
        assert_eq!(line(typed), Ok(expected), "{typed}");
    }
    for typed in ["#limit", "#limit 0", "#limit many", "#report", "#show Ana", "#list a #close"] {
        assert!(line(typed).is_err(), "{typed}");
    }
}

/// What the program notes in free fields of its own is nobody's to write or to take away.
#[test]
fn the_programs_own_fields_are_refused() {
    for name in crate::desk::MARKS {
        for text in [
            format!("#field.{name} x"),
            format!("#campo {name} x"),
            format!("#field.{} none", name.to_uppercase()),
        ] {
            let wrong = line(&text).unwrap_err();
            assert!(wrong.contains("del propio programa") && wrong.contains(name), "{text}: {wrong}");
        }
    }
}

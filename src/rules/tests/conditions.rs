//! When rules hold.

use super::desk::{World, rules};
use crate::mail::{Address, Class};
use crate::rules::RuleEvent;

/// Whether the mail of the tests meets a condition, given as the lines of `when`.
fn meets(world: &World, when: &str) -> bool {
    let set = rules(&format!("[[rule]]\nname = \"r\"\n{when}\nthen.tags = \"x\"\n"));
    let evaluated = world.ask(&set);
    assert_eq!(evaluated.traces.len(), 1);
    let trace = &evaluated.traces[0];
    assert_eq!(trace.matched, !evaluated.actions.is_empty(), "{when}");
    assert!(!trace.matched || trace.conditions.iter().all(|line| line.ends_with(" -> true")), "{trace:?}");
    assert!(trace.matched || trace.conditions.last().unwrap().ends_with(" -> false"), "{trace:?}");
    trace.matched
}

fn check(rows: &[(&str, bool)]) {
    let world = World::new();
    for (when, expected) in rows {
        assert_eq!(meets(&world, when), *expected, "{when}");
    }
}

#[test]
fn words_are_whole_folded_and_side_by_side() {
    check(&[
        ("when.subject = 'impresora'", true),
        ("when.subject = 'IMPRESÓRA'", true),
        ("when.subject = 'impres'", false),
        ("when.subject = ['x', 'imprime']", true),
        ("when.subject = 'impresora no imprime'", true),
        ("when.subject = 'impresora imprime'", false),
        ("when.subject = 'srv-01'", true),
        ("when.text = 'toner'", true),
        ("when.text = 'gracias'", false),
        ("when.whole_text = 'gracias'", true),
        ("when.text = 'toner piso'", true),
        ("when.text = 3", true),
    ]);
}

#[test]
fn stars_and_expressions() {
    check(&[
        ("when.subject = 'urgente:*'", true),
        ("when.subject = '*impresora*'", true),
        ("when.subject = 'impresora*'", false),
        ("when.subject = '/no imprime/'", true),
        ("when.subject = '/NO IMPRIME/'", true),
        ("when.subject = '/(?-i)NO IMPRIME/'", false),
        ("when.subject = '/^la/'", false),
        (r"when.subject = '/\[(?<host>[\w.-]+)\] (?<what>CRITICAL|DOWN)/'", true),
        (r"when.text = '/^piso: (?<piso>\d+)$/'", true),
        (r"when.text = '/\btóner\b/'", true),
        (r"when.text = '/\btoner\b/'", false),
        ("when.text = '/a/b/'", false),
    ]);
}

#[test]
fn addresses() {
    check(&[
        ("when.from = 'ana@MINEM.example'", true),
        ("when.from = 'ana@minem.example.org'", false),
        ("when.from = '@minem.example'", true),
        ("when.from = '@example'", false),
        ("when.from = '*@minem.example'", true),
        ("when.from = '*.example'", true),
        ("when.from = 'quispe'", true),
        ("when.from = 'ñahui'", true),
        ("when.from = 'ana quispe*'", true),
        ("when.from = 'minem'", true),
        ("when.from = '/^ana@/'", true),
        ("when.from = '/quispe/'", false),
        ("when.to = 'soporte@minem.example'", true),
        ("when.to = 'jefe@other.example'", true),
        ("when.cc = 'jefe@other.example'", false),
        ("when.recipient = '@other.example'", true),
        ("when.cc = false", true),
        ("when.cc = true", false),
        ("when.from = true", true),
    ]);
}

#[test]
fn a_display_name_is_no_address() {
    let mut world = World::new();
    world.mail.from = Some(Address::named("alarm@monitor.minem.example", "x@evil.example"));
    for when in [
        "when.from = '*@monitor.minem.example'",
        "when.from = '@monitor.minem.example'",
        "when.from = 'alarm@monitor.minem.example'",
        "when.from = '/@monitor.minem.example/'",
    ] {
        assert!(!meets(&world, when), "{when}");
    }
}

#[test]
fn headers_and_attachments() {
    check(&[
        ("when.header.x-priority = 1", true),
        ("when.header.X-Priority = '1'", true),
        ("when.header.X-Priority = true", true),
        ("when.header.received = 'b.example'", true),
        ("when.header.received = 'c.example'", false),
        ("when.header.list-id = false", true),
        ("when.header.list-id = 'x'", false),
        ("when.header.x-empty = false", true),
        ("when.attachment = true", true),
        ("when.attachment.name = 'captura'", true),
        ("when.attachment.name = '*.PDF'", true),
        ("when.attachment.type = 'image/*'", true),
        ("when.attachment.type = 'image'", false),
        ("when.attachment.type = 'application/pdf'", true),
        ("when.attachment.size = '> 9 kB'", true),
        ("when.attachment.size = '> 10 kB'", false),
        ("when.attachment.name = '*.pdf'\nwhen.attachment.size = '> 9 kB'", false),
        ("when.attachment.name = '*.png'\nwhen.attachment.size = '> 9 kB'", true),
    ]);
}

#[test]
fn what_is_known_about_mail_and_ticket() {
    check(&[
        ("when.size = '> 2 kB'", true),
        ("when.size = '> 3 kB'", false),
        ("when.date = 'older 3d'", true),
        ("when.date = '>= 2026-11-21'", false),
        ("when.date = true", true),
        ("when.mailbox = 'soporte'", true),
        ("when.mailbox = 'Sop*'", true),
        ("when.mailbox = 'alarmas'", false),
        ("when.language = 'es'", true),
        ("when.language = ['en']", false),
        ("when.sender = ['agent', 'customer']", true),
        ("when.authentication = 'fail'", false),
        ("when.queue = 'Mesa de Ayuda'", true),
        ("when.state = 'open'", false),
        ("when.state_type = 'pending-reminder'", true),
        ("when.priority = 3", true),
        ("when.priority = '>= high'", false),
        ("when.type = 'request'", false),
        ("when.service = 'Equipos'", true),
        ("when.service = 'Equipos::PC'", true),
        ("when.service = 'Equipos::Impresoras'", false),
        ("when.owner = false", true),
        ("when.responsible = 'mgomez'", true),
        ("when.tag = 'VIP'", true),
        ("when.age = 'older 2d'", true),
        ("when.age = 'older 3d'", false),
        ("when.field.piso = 3", true),
        ("when.field.piso = '>= 3'", true),
        ("when.field.piso = '> 3'", false),
        ("when.field.entrega = '< 2026-12-02'", true),
        ("when.field.other = 'x'", false),
        ("when.field.other = false", true),
        ("when.customer = true", true),
        ("when.customer.department = 'logistica'", true),
        ("when.customer.department = 'logi'", false),
        ("when.customer.department = 'logi*'", true),
        ("when.customer.floor = '>= 5'", true),
        ("when.customer.site = true", false),
        ("when.customer.language = 'es'", true),
        ("when.customer.idioma = 'es'", true),
        ("when.customer.Floor = 7", true),
        ("when.customer.services = 'Correo'", false),
        ("when.customer.services = false", true),
        ("when.field.entrega = 'older 2d'", false),
        ("when.field.entrega = '< 2d'", true),
        ("when.sla = false", true),
        ("when.sla = '8 horas'", false),
        ("when.level = 0", true),
        ("when.level = '>= 1'", false),
        ("when.mailbox = 'soporte'", true),
        ("when.mailbox = 'SOPORTE'", true),
        ("when.mailbox = ['alarmas', 'deliver']", false),
        ("when.mailbox = 'sop*'", true),
        ("when.header.x-priority = '>= 1'", true),
        ("when.header.x-priority = '> 1'", false),
        ("when.header.received = '<a.example>'", true),
    ]);
}

#[test]
fn hours_of_calendars() {
    // Monday, seven in the morning in Lima.
    check(&[
        ("when.hours = 'inside oficina'", false),
        ("when.hours = 'outside oficina'", true),
        ("when.hours = 'inside  la sede sur'", true),
        ("when.hours = ['inside oficina', 'inside la sede sur']", true),
        ("when.not.hours = 'inside oficina'", true),
    ]);
    let rule = "[[rule]]\nname = 'r'\nwhen.hours = 'outside oficina'\nthen.level = 2\n";
    let later = "[[rule]]\nname = 's'\nwhen.level = 2\nthen.sla = '8 horas'\n";
    let last = "[[rule]]\nname = 't'\nwhen.sla = '8 horas'\nthen.tags = 'x'\n";
    let evaluated = World::new().ask(&rules(&format!("{rule}{later}{last}")));
    assert_eq!(
        evaluated.traces[0].conditions,
        ["it is outside the hours of oficina: Monday 2026-11-23 12:00 -> true"]
    );
    assert!(evaluated.traces.iter().all(|trace| trace.matched), "{:?}", evaluated.traces);
}

#[test]
fn absent_is_no_error_and_no_match() {
    let mut world = World::new();
    world.ticket = None;
    world.customer = None;
    world.mail.from = None;
    world.mail.date = None;
    world.mail.language = None;
    for when in [
        "when.queue = 'Redes'",
        "when.priority = '>= 1'",
        "when.age = 'older 1m'",
        "when.tag = 'vip'",
        "when.customer.floor = '*'",
        "when.customer = true",
        "when.from = '*'",
        "when.date = 'older 1m'",
        "when.language = 'es'",
    ] {
        assert!(!meets(&world, when), "{when}");
    }
}

#[test]
fn not_any_all() {
    check(&[
        ("when.not.subject = 'impresora'", false),
        ("when.not.subject = 'scanner'", true),
        ("when.not = { subject = 'impresora', text = 'nada' }", false),
        ("when.not.subject = 'scanner'\nwhen.not.text = 'nada'", true),
        ("when.not.all = [{ subject = 'impresora' }, { text = 'nada' }]", true),
        ("when.not = [{ subject = 'impresora', text = 'nada' }]", true),
        ("when.not = [{ subject = 'impresora' }, { text = 'nada' }]", false),
        ("when.any = [{ subject = 'scanner' }, { text = 'tóner' }]", true),
        ("when.any = [{ subject = 'scanner' }, { text = 'nada' }]", false),
        ("when.all = [{ subject = 'impresora' }, { subject = 'imprime' }]", true),
        ("when.all = [{ subject = 'impresora' }, { subject = 'nada' }]", false),
        ("when.any = [{ subject = 'impresora', text = 'nada' }, { not.text = 'nada' }]", true),
        ("when.not.not.subject = 'impresora'", true),
        ("when.subject = 'impresora'\nwhen.text = 'nada'", false),
        ("", true),
        ("when = {}", true),
    ]);
}

#[test]
fn rules_run_on_new_tickets_of_three_classes_unless_they_say_otherwise() {
    for (class, event, when, expected) in [
        (Class::Person, RuleEvent::New, "", true),
        (Class::Automatic, RuleEvent::New, "", true),
        (Class::List, RuleEvent::New, "", true),
        (Class::AutoReply, RuleEvent::New, "", false),
        (Class::Bounce, RuleEvent::New, "", false),
        (Class::Person, RuleEvent::FollowUp, "", false),
        (Class::Person, RuleEvent::FollowUp, "when.event = 'follow-up'", true),
        (Class::Person, RuleEvent::New, "when.event = 'follow-up'", false),
        (Class::Bounce, RuleEvent::FollowUp, "when.event = ['new', 'follow-up']", false),
        (Class::Bounce, RuleEvent::New, "when.class = 'bounce'", true),
        (Class::Bounce, RuleEvent::FollowUp, "when.class = 'bounce'", false),
        (Class::Bounce, RuleEvent::New, "when.not.class = 'person'", true),
        (Class::Person, RuleEvent::FollowUp, "when.any = [{ event = 'follow-up' }]", true),
    ] {
        let world = World { class, event, ..World::new() };
        assert_eq!(meets(&world, when), expected, "{class} {event:?} {when}");
    }
}

#[test]
fn text_behind_the_limit_is_not_looked_at() {
    let mut world = World::new();
    world.mail.body.new_text = format!("{} impresora", "ñ".repeat(50));
    for (limit, expected) in [(101, false), (110, true), (1, false), (0, false)] {
        world.text_limit = limit;
        assert_eq!(meets(&world, "when.text = 'impresora'"), expected, "{limit}");
        assert_eq!(meets(&world, "when.text = '/ impresora$/'"), expected, "{limit}");
        assert_eq!(meets(&world, "when.text = '*impresora'"), expected, "{limit}");
    }
}

#[test]
fn rules_end_where_one_mail_costs_too_much() {
    let mut world = World::new();
    world.mail.body.new_text = "a".repeat(100);
    let text: String = (0..5)
        .map(|n| format!("[[rule]]\nname = \"r{n}\"\nwhen.text = '/a$/'\nthen.tags = \"r{n}\"\n"))
        .collect();
    let set = rules(&text);
    for (limit, asked) in [(0, 1), (99, 1), (100, 2), (399, 4), (400, 5), (500, 5)] {
        world.work_limit = limit;
        let evaluated = world.ask(&set);
        assert_eq!(evaluated.traces.len(), asked, "{limit}");
        assert_eq!(evaluated.actions.len(), asked, "{limit}");
        assert_eq!(
            evaluated.left_out.map(|rule| rule.name.clone()),
            (asked < 5).then(|| format!("r{asked}")),
            "{limit}"
        );
    }
}

#[test]
fn many_expressions_find_what_each_alone_finds() {
    let mut text = String::new();
    for n in 0..50 {
        text.push_str(&format!(
            "[[rule]]\nname = \"r{n}\"\nwhen.subject = '/\\b(?<n>srv-0?{n})\\b/'\nthen.tags = \"{{{{n}}}}\"\n"
        ));
    }
    let evaluated = World::new().ask(&rules(&text));
    let matched: Vec<&str> =
        evaluated.traces.iter().filter(|trace| trace.matched).map(|trace| trace.rule.name.as_str()).collect();
    assert_eq!(matched, ["r1"]);
}

#[test]
fn traces_show_question_value_and_answer() {
    let set = rules(
        "\
[[rule]]
name = \"Printers\"
when.subject = ['impresora', 'printer']
when.attachment.type = 'image/*'
when.not.from = '@other.example'
when.priority = '>= high'
then.queue = 'Redes'
",
    );
    let evaluated = World::new().ask(&set);
    assert_eq!(
        evaluated.traces[0].conditions,
        [
            "subject has a word of [impresora, printer]: \
             \"URGENTE: La Impresora no imprime [srv-01] CRITICAL\" -> true",
            "attachment.type is like image/*: \"Captura de pantalla.png\", \"nota.pdf\" -> true",
            "not (from is @other.example: \"Ana Quispe Ñahui <Ana@minem.example>\" -> false) -> true",
            "priority >= high: 3 -> false",
        ]
    );
    let rule = &evaluated.traces[0].rule;
    assert_eq!((rule.file.as_str(), rule.line, rule.set.len()), ("10-test.toml", 1, 12));
}

#[test]
fn long_values_are_shortened_in_traces() {
    let mut world = World::new();
    world.mail.subject = "x\ty".repeat(1000);
    let evaluated = world.ask(&rules("[[rule]]\nname='r'\nwhen.subject='y'\nthen.queue='Redes'\n"));
    let line = &evaluated.traces[0].conditions[0];
    assert!(line.len() < 150 && line.contains("...\""), "{line}");
}

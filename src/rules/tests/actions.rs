//! What rules ask for.

use super::desk::{World, rules, try_rules};
use crate::desk::{Priority, Recipient};
use crate::rules::{Action, Evaluated, Steps};

fn ask(text: &str) -> Evaluated {
    World::new().ask(&rules(text))
}

fn actions(text: &str) -> Vec<Action> {
    ask(text).actions.into_iter().map(|(_, action)| action).collect()
}

#[test]
fn every_action_is_read() {
    let text = "\
[[rule]]
name = 'all of them'
then.queue = 'Redes'
then.type = 'request'
then.service = 'Red::Internet'
then.sla = '8 horas'
then.priority = '+1'
then.state = 'pending reminder'
then.pending = 2026-12-01
then.level = 2
then.owner = 'mgomez'
then.responsible = 'lrojas'
then.lock = true
then.title = 'Otro título'
then.tags = ['vip', 'sede sur']
then.field.piso = 4
then.watchers = 'lrojas'
then.note = 'Llamar antes'
then.link = 2013121610000137
then.notify = ['queue', 'role:redes', { to = ['jefe@other.example', 'lrojas'], template = 'vip' }]
then.suppress_reply = true
then.reject = true
then.discard = true
then.quarantine = true
then.move = 'Alarmas'
";
    let notify =
        |whom, template: Option<&str>| Action::Notify { whom, template: template.map(str::to_owned) };
    let text_of = str::to_owned;
    assert_eq!(
        actions(text),
        [
            Action::Queue(text_of("Redes")),
            Action::Type(text_of("request")),
            Action::Service(text_of("Red::Internet")),
            Action::Sla(text_of("8 horas")),
            Action::Priority(Steps::By(1)),
            Action::State(text_of("pending reminder")),
            Action::PendUntil("2026-12-01T00:00:00Z".parse().unwrap()),
            Action::Level(text_of("2")),
            Action::Owner(text_of("mgomez")),
            Action::Responsible(text_of("lrojas")),
            Action::Lock(true),
            Action::Title(text_of("Otro título")),
            Action::Tag(text_of("vip")),
            Action::Tag(text_of("sede-sur")),
            Action::Field(text_of("piso"), text_of("4")),
            Action::Watcher(text_of("lrojas")),
            Action::Note(text_of("Llamar antes")),
            Action::Link(text_of("2013121610000137")),
            notify(Recipient::Members, None),
            notify(Recipient::Role(text_of("redes")), None),
            notify(Recipient::Address(crate::mail::Address::bare("jefe@other.example")), Some("vip")),
            notify(Recipient::Agent(text_of("lrojas")), Some("vip")),
            Action::SuppressReply,
            Action::Reject(text_of("rejected")),
            Action::Discard,
            Action::Quarantine,
            Action::MoveMail(text_of("Alarmas")),
        ]
    );
}

#[test]
fn groups_are_filled_in_and_cleaned() {
    let found = ask(r#"
[[rule]]
name = "Alarms"
when.subject = '/\[(?<host>[\w.-]+)\] (?<what>CRITICAL|DOWN)(?<rest>.*)/'
when.text = '/piso: (?<piso>\d)(?<none>x)?/'
then.title = "{{host}} in {{ piso }}: {{what}}"
then.tags = "{{none}}"
then.field.host = "{{host}}"
then.queue = "{{host}}"
"#);
    let actions: Vec<Action> = found.actions.into_iter().map(|(_, action)| action).collect();
    assert_eq!(
        actions,
        [
            Action::Title("srv-01 in 3: CRITICAL".to_owned()),
            Action::Field("host".to_owned(), "srv-01".to_owned()),
        ]
    );
    assert_eq!(
        found.traces[0].actions,
        [
            "title = srv-01 in 3: CRITICAL",
            "left out: an empty value",
            "field.host = srv-01",
            "left out: there is no queue \"srv-01\"",
        ]
    );
}

#[test]
fn a_group_may_name_a_queue_in_any_spelling() {
    let mut world = World::new();
    world.mail.subject = "Para: soporte tecnico".to_owned();
    let set = rules("[[rule]]\nname='r'\nwhen.subject='/para: (?<cola>.*)/'\nthen.queue='{{cola}}'\n");
    let actions = world.ask(&set).actions;
    assert_eq!(actions[0].1, Action::Queue("Soporte Técnico".to_owned()));
}

#[test]
fn groups_of_what_did_not_hold_are_forgotten() {
    let text = "\
[[rule]]
name = 'r'
when.any = [{ subject = '/(?<word>urgente)/', text = 'nada' }, { text = '/(?<word>tóner)/' }]
then.title = '{{word}}'
[[rule]]
name = 's'
when.any = [{ subject = '/(?<word>x)/' }, { subject = 'impresora' }]
then.title = '<{{word}}>'
";
    assert_eq!(actions(text), [Action::Title("tóner".to_owned()), Action::Title("<>".to_owned())]);
}

#[test]
fn later_rules_see_what_earlier_ones_set_and_stop_stops() {
    let text = "\
[[rule]]
name = 'one'
then.queue = 'Redes'
then.priority = '+1'
then.field.piso = 9
then.state = 'open'
then.tags = 'new'

[[rule]]
name = 'two'
when.queue = 'Redes'
when.priority = 4
when.field.piso = '> 8'
when.state_type = 'open'
when.tag = 'new'
then.priority = 'very high'
stop = true

[[rule]]
name = 'three'
then.queue = 'Sistemas'
";
    let found = ask(text);
    let names: Vec<(&str, bool)> =
        found.traces.iter().map(|trace| (trace.rule.name.as_str(), trace.matched)).collect();
    assert_eq!(names, [("one", true), ("two", true)], "{:?}", found.traces);
    assert_eq!(found.actions.last().unwrap().1, Action::Priority(Steps::To(Priority::new(5).unwrap())));
    assert_eq!(found.traces[1].actions, ["priority = 5", "stop"]);
}

#[test]
fn pending_counts_from_the_mail_by_the_clock_of_the_desk() {
    let found = actions("[[rule]]\nname='r'\nthen.pending='2d'\n");
    assert_eq!(found, [Action::PendUntil("2026-11-25T12:00:00Z".parse().unwrap())]);
}

#[test]
fn tests_stand_beside_their_rules() {
    let set = rules(
        "\
[[rule]]
name = 'r'
then.queue = 'Redes'
[[rule.test]]
mail = 'fixtures/alarm.eml'
expect = { queue = 'Redes', tags = ['a', 'b'], field.host = 'srv', matched = true, discard = false }
[[rule.test]]
mail = 'fixtures/other.eml'
expect = { matched = false }
",
    );
    let tests = set.tests();
    assert_eq!(tests.len(), 2);
    let expected: Vec<(&str, &str)> =
        tests[0].expect.iter().map(|one| (one.key.as_str(), one.value.as_str())).collect();
    assert_eq!(
        expected,
        [
            ("queue", "Redes"),
            ("tags", "a"),
            ("tags", "b"),
            ("field.host", "srv"),
            ("matched", "true"),
            ("discard", "false"),
        ]
    );
    assert_eq!(tests[0].mail, "fixtures/alarm.eml");
    assert_eq!((tests[0].at, tests[0].ticket.as_ref(), tests[0].mailbox.as_deref()), (None, None, None));
}

#[test]
fn tests_suppose_a_time_a_mailbox_and_a_ticket() {
    let text = "\
[[rule]]
name = 'r'
then.queue = 'Redes'
[[rule.test]]
mail = 'fixtures/alarm.eml'
at = 2026-11-30 09:00:00
mailbox = 'alarmas'
ticket = { age = '3d', queue = 'Redes', state = 'open', tags = ['vip', 'x'], field.piso = 4, priority = 'high' }
expect = { pending = '2d', note = 'x', link = '2013121610000137', notify = 'role:redes', service = false }
";
    let set = rules(text);
    let test = &set.tests()[0];
    assert_eq!(test.at, Some("2026-11-30T09:00:00Z".parse().unwrap()));
    assert_eq!((test.mailbox.as_deref(), test.expect.len()), (Some("alarmas"), 5));
    let places: Vec<&str> = test.expect.iter().map(|one| text.get(one.place.clone()).unwrap()).collect();
    assert_eq!(places, ["'2d'", "'x'", "'2013121610000137'", "'role:redes'", "false"]);
    assert_eq!(text.get(test.place.clone()), Some("'fixtures/alarm.eml'"));
    let ticket = test.ticket.as_ref().unwrap();
    assert_eq!(ticket.age, jiff::SignedDuration::from_hours(72));
    let supposed: Vec<String> = ticket.actions.iter().map(ToString::to_string).collect();
    assert_eq!(
        supposed,
        ["queue = Redes", "state = open", "tag +vip", "tag +x", "field.piso = 4", "priority = 4"]
    );
    let now = "2026-11-30T09:00:00Z".parse().unwrap();
    assert_eq!(set.pending("2d", now), Some("2026-12-02T09:00:00Z".parse().unwrap()));
    // Monday, four in the morning in Lima: working time begins at eight, and stops for lunch from one to two.
    assert_eq!(set.pending("6h inside oficina", now), Some("2026-11-30T20:00:00Z".parse().unwrap()));
    assert_eq!((set.pending("2d inside oficina", now), set.pending("2h inside mars", now)), (None, None));
}

#[test]
fn columns_of_the_customers_file_are_filled_in() {
    let text = "\
[[rule]]
name = 'r'
when.subject = '/(?<what>impresora)/'
then.note = '{{what}} en el piso {{customer.Floor}} de {{ customer.Área }}'
then.field.site = '{{customer.site}}'
";
    let evaluated = World::new().ask(&rules(text));
    let note = Action::Note("Impresora en el piso 7 de Logística".to_owned());
    assert_eq!(evaluated.actions[0].1, note);
    // Nothing stands in that column: the action is left out.
    assert_eq!(
        (evaluated.actions.len(), evaluated.traces[0].actions[1].as_str()),
        (1, "left out: an empty value")
    );
    let unknown = try_rules(&text.replace("{{customer.site}}", "{{customer.flor}}")).unwrap_err();
    assert!(unknown.contains("unknown key `flor` in `customer`") && unknown.contains("floor"), "{unknown}");
}

#[test]
fn rules_say_to_which_tickets_they_link() {
    let numbers = |text: &str| {
        let set = rules(&format!("[[rule]]\nname = 'r'\nwhen.text = '/(?<n>\\d+)/'\nthen.link = {text}\n"));
        (set.linked_numbers().map(|number| number.to_string()).collect::<Vec<_>>(), set.links_by_mail())
    };
    assert_eq!(numbers("'#2013121610000137'"), (vec!["2013121610000137".to_owned()], false));
    assert_eq!(numbers("'{{n}}'"), (Vec::new(), true));
}

#[test]
fn the_digest_knows_names_and_texts() {
    let read = |name: &str, text: &str| {
        crate::rules::RuleSet::read(&[(name.to_owned(), text.to_owned())], &super::desk::desk(), &[])
            .unwrap()
            .digest()
    };
    let rule = "[[rule]]\nname='r'\nthen.queue='Redes'\n";
    assert_eq!(read("a", rule), read("a", rule));
    assert_ne!(read("a", rule), read("b", rule));
    assert_ne!(read("a", rule), read("a", &format!("{rule}\n")));
    assert!(crate::rules::RuleSet::none().is_empty());
}

#[test]
fn mistakes_of_all_files_come_at_once() {
    let files: Vec<(String, String)> =
        [("a.toml", "x = "), ("b.toml", "[[rule]]\n"), ("c.toml", "rle = 1\n")]
            .map(|(name, text)| (name.to_owned(), text.to_owned()))
            .to_vec();
    let mistakes = crate::rules::RuleSet::read(&files, &super::desk::desk(), &[]).unwrap_err();
    let lines: Vec<String> = mistakes.iter().map(|mistake| mistake.one_line()).collect();
    assert!(lines.len() >= 4, "{lines:#?}");
    for file in ["a.toml:1:", "b.toml:1:", "c.toml:1:"] {
        assert!(lines.iter().any(|line| line.starts_with(file)), "{lines:#?}");
    }
    assert!(try_rules("").unwrap().is_empty());
}

//! Whole desks read from folders, and what is said of their mistakes.

use super::*;
use crate::desk::{Found, Recipient};

fn desk_in(files: &[(&str, &str)]) -> Result<(Loaded, Desk), String> {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let loaded = load_with(Some(&folder.path().join("taquilla.toml")), &[])
        .map_err(|mistakes| mistakes.iter().map(Diagnostic::one_line).collect::<Vec<_>>().join("\n"))?;
    let desk = loaded.desk(Keys::new(vec![(1, [0; 32])]), "test");
    Ok((loaded, desk))
}

const SMALL: &str =
    "[desk]\naddress = \"Soporte@minem.example\"\nname = \"Mesa\"\nadministrator = \"ti@other.example\"\n";

#[test]
fn settings_alone_make_a_usable_desk() {
    let (loaded, desk) = desk_in(&[("taquilla.toml", SMALL)]).unwrap();
    assert_eq!(desk.address.to_string(), "Mesa <Soporte@minem.example>");
    assert_eq!(desk.domains, ["minem.example"]);
    assert!(desk.is_own("soporte@minem.example"));
    assert_eq!((desk.default_queue.as_str(), desk.queues.len()), ("Mesa", 1));
    assert_eq!(desk.types, ["incident", "request"]);
    assert_eq!(desk.notifications, Notification::shipped());
    assert!(loaded.settings.mailboxes.is_empty());
    assert_eq!(loaded.watched.len(), 9, "{:?}", loaded.watched);
}

#[test]
fn defaults_in_the_documentation_are_those_of_the_types() {
    let text = "[desk]\naddress = \"a@b.example\"\n[[mailbox]]\nhost = \"h\"\nuser = \"u\"\npassword_env = \"P\"\n[smtp]\nhost = \"s\"\n";
    let (loaded, _) = desk_in(&[("taquilla.toml", text)]).unwrap();
    let secret = crate::config::secret::SecretSource::Env("P".to_owned());
    let usual = crate::config::mailbox::MailboxSettings::new("u", "h", 993, "u", secret);
    let read = &loaded.settings.mailboxes[0];
    assert_eq!(format!("{read:?}"), format!("{usual:?}"));
    let usual = crate::config::smtp::SmtpSettings::new("s", 587, crate::config::mailbox::Tls::StartTls);
    assert_eq!(format!("{:?}", loaded.settings.smtp), format!("{:?}", Some(usual)));
    assert_eq!(loaded.settings.limits, crate::desk::Limits::default());
    assert_eq!(loaded.settings.numbering, crate::desk::Numbering::default());
    let (_, desk) =
        desk_in(&[("taquilla.toml", SMALL), ("desk.toml", "[[queue]]\nname = \"Mesa\"\n")]).unwrap();
    assert_eq!(desk.queues, [crate::desk::Queue::named("Mesa")]);
}

#[test]
fn the_inbox_has_one_name_however_it_is_written() {
    let text = "[desk]\naddress = \"a@b.example\"\n[[mailbox]]\nhost = \"h\"\nuser = \"u\"\npassword_env = \"P\"\n\
                folders = [\"Inbox\", \"Anexos\"]\n";
    let (loaded, _) = desk_in(&[("taquilla.toml", text)]).unwrap();
    assert_eq!(loaded.settings.mailboxes[0].folders, ["INBOX", "Anexos"]);
}

#[test]
fn calendars_slas_and_columns() {
    let text = r#"
        [[calendar]]
        name = "oficina"
        weekdays = ["14:00-17:00", "08:00-13:00"]
        friday = []
        saturday = "09:00-12:00"
        holidays = "12-25"
        timezone = "America/Lima"
        [[sla]]
        name = "4 horas"
        solution = 240
        [[queue]]
        name = "Mesa"
        calendar = "oficina"
        sla = "4 horas"
    "#;
    let customers = "correo,Anexo,área\na@minem.example,,Logística\n";
    let (_, desk) =
        desk_in(&[("taquilla.toml", SMALL), ("desk.toml", text), ("customers.csv", customers)]).unwrap();
    let sla = desk.sla("4 horas");
    let calendar = desk.calendar_of(sla, "Mesa").unwrap();
    let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap();
    // Thursday afternoon, over a free Friday, to Saturday.
    assert!(!calendar.is_open(at("2026-11-27T10:00:00-05:00")));
    assert_eq!(calendar.add(at("2026-11-26T16:00:00-05:00"), 120), Some(at("2026-11-28T10:00:00-05:00")));
    assert_eq!(sla.and_then(|sla| sla.solution), Some(240));
    assert_eq!(desk.calendar_of(None, "nowhere"), None);
    assert_eq!(desk.queue("Mesa").and_then(|queue| queue.sla.as_deref()), Some("4 horas"));
    // A column that nobody has anything in is known all the same.
    assert!(desk.customer_columns.contains("anexo") && desk.customers["a@minem.example"].fields.is_empty());
}

#[test]
fn the_address_may_be_the_login() {
    let text = "[[mailbox]]\nhost = \"h\"\nuser = \"u@x.example\"\npassword_env = \"P\"\nafter = \"keep\"\n";
    let (_, desk) = desk_in(&[("taquilla.toml", text)]).unwrap();
    assert_eq!(desk.address.address, "u@x.example");
}

#[test]
fn a_desk_file() {
    let text = r#"
        types = ["falla", "pedido"]
        default_priority = "alto"
        default_queue = "Redes"
        [[agent]]
        login = "jperez"
        name = "Juan Pérez"
        address = ["JPerez@minem.example", "jp@correo.example"]
        roles = ["técnico"]
        [[role]]
        name = "técnico"
        rights = "all"
        [[queue]]
        name = "Mesa"
        [[queue]]
        name = "Redes"
        address = "redes@minem.example"
        members = "jperez"
        owner = "jperez"
        reopen_within = "3d"
        later = "reject"
        [[service]]
        name = "Red::Internet"
        queue = "Redes"
        [[state]]
        name = "a la espera"
        type = "pending-auto"
        next = "closed successful"
        [survey]
        enabled = false
    "#;
    let (_, desk) = desk_in(&[("taquilla.toml", SMALL), ("desk.toml", text)]).unwrap();
    assert_eq!(desk.types, ["falla", "pedido"]);
    assert_eq!(desk.default_priority.value(), 4);
    assert_eq!(desk.default_queue, "Redes");
    assert!(matches!(desk.find_agent("perez"), Found::One(agent) if agent.has_address("jp@correo.example")));
    assert_eq!(desk.roles[0].rights.len(), 8);
    assert!(desk.service("Red").is_some_and(|service| service.queue.is_none()));
    assert!(desk.state("a la espera").is_some());
    assert!(desk.is_own("redes@minem.example"));
    assert!(!desk.survey.enabled);
}

#[test]
fn notifications_replace_add_and_switch_off() {
    let text = r#"
        [[notification]]
        name = "acknowledge"
        queues = ["Mesa"]
        [[notification]]
        name = "closed"
        enabled = false
        [[notification]]
        name = "bosses"
        event = "priority-changed"
        to = ["owner", "jefe@minem.example"]
        template = "note-added"
        priority = "alto"
    "#;
    let (_, desk) = desk_in(&[("taquilla.toml", SMALL), ("notifications.toml", text)]).unwrap();
    let find = |name: &str| desk.notifications.iter().find(|one| one.name == name);
    let acknowledge = find("acknowledge").unwrap();
    assert_eq!(
        (acknowledge.queues.as_slice(), acknowledge.template.as_str()),
        (&["Mesa".to_owned()][..], "ticket-created")
    );
    assert!(find("closed").is_none());
    let bosses = find("bosses").unwrap();
    assert_eq!(bosses.to[0], Recipient::Owner);
    assert_eq!(bosses.to[1].word(), "jefe@minem.example");
}

#[test]
fn every_shipped_notification_has_its_template() {
    for shipped in Notification::shipped() {
        assert!(crate::outbound::catalog::find(&shipped.template).is_some(), "{}", shipped.template);
    }
}

#[test]
fn rules_and_templates_are_found() {
    let (loaded, _) = desk_in(&[
        ("taquilla.toml", SMALL),
        ("rules/20-b.toml", ""),
        ("rules/10-a.toml", "x"),
        ("rules/10-a.toml~", ""),
        ("rules/notes.txt", ""),
        ("rules/fixtures/mail.eml", ""),
        ("templates/email/es/closed.text.hbs", "hola"),
    ])
    .unwrap();
    let names: Vec<&str> = loaded.rules.iter().map(|rule| rule.name.as_str()).collect();
    assert_eq!(names, ["10-a.toml", "20-b.toml"]);
    assert_eq!(loaded.warnings.len(), 1, "{:?}", loaded.warnings);
    let bad = desk_in(&[("taquilla.toml", SMALL), ("templates/es/closed.text.hbs", "hola\n{{titel}}")]);
    assert!(bad.unwrap_err().contains("es/closed.text.hbs:2:"));
}

#[test]
fn mistakes_in_rules_have_their_path() {
    let rule = "[[rule]]\nname = \"a\"\nthen.queue = \"Redees\"\n";
    let queue = "[[queue]]\nname = \"Redes\"\n";
    let files = [("taquilla.toml", SMALL), ("desk.toml", queue), ("rules/10-a.toml", rule)];
    let (loaded, desk) = desk_in(&files).unwrap();
    let mistakes = loaded.rule_set(&desk).map(drop).unwrap_err();
    let line = mistakes[0].one_line();
    assert!(line.contains("/rules/10-a.toml:3:14: ") && line.contains("\"Redes\""), "{line}");
}

#[test]
fn the_example_desk_is_good() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/ministry/taquilla.toml");
    let loaded = load_with(Some(&path), &[])
        .map_err(|mistakes| crate::config::diagnostic::render_all(&mistakes, false))
        .unwrap();
    assert!(loaded.warnings.is_empty(), "{:?}", loaded.warnings);
    let desk = loaded.desk(Keys::new(vec![(1, [0; 32])]), "test");
    loaded
        .rule_set(&desk)
        .map_err(|mistakes| crate::config::diagnostic::render_all(&mistakes, false))
        .unwrap();
    assert_eq!((desk.queues.len(), desk.agents.len(), desk.customers.len()), (4, 4, 7));
    // What stands above hands its owner down.
    assert_eq!(desk.service("Equipos::PC").unwrap().owner.as_deref(), Some("lrojas"));
    let may =
        |login: &str, right, queue| crate::desk::may(&desk, desk.agent(login).unwrap(), right, queue).is_ok();
    assert!(may("lrojas", crate::desk::Right::Move, "Redes"));
    assert!(!may("lrojas", crate::desk::Right::Close, "Redes"));
}

#[test]
fn the_environment_overrides() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("taquilla.toml");
    std::fs::write(&path, SMALL).unwrap();
    let given = |pairs: &[(&str, &str)]| {
        let environment: Vec<(String, String)> =
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        load_with(Some(&path), &environment)
            .map_err(|mistakes| mistakes.iter().map(Diagnostic::one_line).collect::<Vec<_>>().join("\n"))
    };
    let loaded = given(&[
        ("TAQUILLA__DESK__NAME", "17"),
        ("TAQUILLA__DESK__DOMAINS", "a.example, b.example"),
        ("TAQUILLA__TICKET__SYSTEM_ID", "42"),
        ("TAQUILLA__TRUST__STRICT", "true"),
        ("TAQUILLA__DATA__DIR", "/srv/desk"),
    ])
    .unwrap();
    assert_eq!(loaded.settings.desk.name, "17");
    assert_eq!(loaded.settings.desk.domains, ["a.example", "b.example"]);
    assert_eq!(loaded.settings.numbering.system_id, 42);
    assert!(loaded.settings.trust.strict);
    assert_eq!(loaded.settings.data.dir, Path::new("/srv/desk"));
    assert_eq!(given(&[]).unwrap().settings.data.dir, folder.path().join("data"));
    assert_eq!(
        given(&[("TAQUILLA__TICKET__SYSTEM_ID", "many")]).unwrap_err(),
        "`ticket.system_id` must be a whole number; \
         it comes from the environment variable TAQUILLA__TICKET__SYSTEM_ID"
    );
}

/// A desk with one key of a table set; `smtp` and `mailbox` are there, so that each table is read.
fn with_key(table: &str, key: &str, value: &str) -> Result<Loaded, String> {
    let set = |name: &str| if name == table { format!("{key} = {value}\n") } else { String::new() };
    let text = format!(
        "{SMALL}[[mailbox]]\nhost = \"h\"\nuser = \"u\"\npassword_env = \"P\"\n[smtp]\nhost = \"s\"\n{}[limits]\n{}",
        set("smtp"),
        set("limits")
    );
    desk_in(&[("taquilla.toml", &text)]).map(|(loaded, _)| loaded)
}

/// Where each limit arrives.
fn arrived(key: &str, settings: &crate::config::settings::Settings) -> Vec<u64> {
    let (desk, mail) = (&settings.limits, settings.mail);
    let found = match key {
        "mail_size" => return vec![desk.mail_bytes, settings.mailboxes[0].max_mail_bytes],
        "mime_levels" => mail.levels,
        "mime_parts" => mail.parts,
        "header_size" => mail.header_bytes,
        "addresses" => mail.addresses,
        "text_size" => mail.text_bytes,
        "commands" => desk.commands,
        "rule_text" => desk.rule_text_bytes,
        "rule_work" => desk.rule_work_bytes,
        "notices_per_recipient" => desk.notices_per_recipient as usize,
        "notices_per_domain" => desk.notices_per_domain as usize,
        "notices_per_own_recipient" => desk.notices_per_own_recipient as usize,
        "tickets_per_sender" => desk.tickets_per_sender as usize,
        "articles_per_ticket" => desk.articles_per_ticket as usize,
        "bulk_unless_said" => desk.bulk_unless_said as usize,
        "bulk" => desk.bulk as usize,
        "rate" => settings.smtp.as_ref().and_then(|smtp| smtp.rate).unwrap() as usize,
        other => panic!("nobody looks where the limit {other} goes"),
    };
    vec![found as u64]
}

#[test]
fn every_limit_arrives_and_ends_at_its_bounds() {
    use crate::config::key::{Kind, Section};
    use crate::config::keys::{LIMITS, SMTP};
    let of = |section: &'static Section| section.keys.iter().map(move |key| (section.name, key));
    for (table, key) in of(&LIMITS).chain(of(&SMTP).filter(|(_, key)| key.name == "rate")) {
        // Sizes are written with a unit, so their neighbours are a kilobyte away.
        let (low, high, step) = if let Kind::Size(low, high) = key.kind {
            (low, high, 1024)
        } else if let Kind::Int(low, high) = key.kind {
            (low, high, 1)
        } else {
            panic!("{} has no bounds", key.name)
        };
        let written =
            |value: i64| if step == 1 { value.to_string() } else { format!("\"{} KB\"", value / step) };
        for value in [low, low + step, high] {
            let loaded = with_key(table, key.name, &written(value)).unwrap();
            for found in arrived(key.name, &loaded.settings) {
                assert_eq!(found, value as u64, "{}", key.name);
            }
        }
        for value in [low - step, high + step, -step] {
            let said = with_key(table, key.name, &written(value)).unwrap_err();
            assert!(said.contains(key.name), "{} = {value}: {said}", key.name);
        }
    }
}

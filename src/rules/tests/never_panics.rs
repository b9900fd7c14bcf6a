//! Rule files made by chance.

use proptest::prelude::*;

use super::desk::{World, try_rules};
use crate::mail::Address;

/// Pieces of rule files, right and wrong, put together at random.
fn piece() -> impl Strategy<Value = String> {
    let value = prop_oneof![
        Just("true".to_owned()),
        Just("3".to_owned()),
        Just("[]".to_owned()),
        Just("{}".to_owned()),
        Just("2026-12-01".to_owned()),
        Just("['impresora', 'Redes', '/(?<a>.+)/']".to_owned()),
        Just("[{ subject = '*a*' }, { text = '/a|ñ/' }]".to_owned()),
        Just("'> 3 MB'".to_owned()),
        Just("'older 2d'".to_owned()),
        Just("'{{a}} x'".to_owned()),
        Just("'{{customer.floor}}{{customer.}}'".to_owned()),
        Just("'outside oficina'".to_owned()),
        Just("'2h inside oficina'".to_owned()),
        Just("{ age = '2d', queue = 'Redes', field.x = 3 }".to_owned()),
        "[ -~ñ]{0,12}".prop_map(|text| format!("{text:?}")),
        "[a-zñ*.+?()|\\[\\]\\\\d{}<>]{0,12}".prop_map(|text| format!("'/{text}/'")),
    ];
    let key = prop_oneof![
        Just("when.subject"),
        Just("when.text"),
        Just("when.from"),
        Just("when.header.x"),
        Just("when.attachment"),
        Just("when.attachment.name"),
        Just("when.not.text"),
        Just("when.any"),
        Just("when.all"),
        Just("when.age"),
        Just("when.field.piso"),
        Just("when.hours"),
        Just("when.sla"),
        Just("when.level"),
        Just("when.mailbox"),
        Just("when.customer.floor"),
        Just("when"),
        Just("then"),
        Just("then.queue"),
        Just("then.title"),
        Just("then.notify"),
        Just("then.field.x"),
        Just("then.pending"),
        Just("stop"),
        Just("name"),
        Just("test"),
        Just("[[rule.test]]\nexpect"),
        Just("[[rule.test]]\nticket"),
        Just("[[rule.test]]\nat"),
    ];
    (key, value).prop_map(|(key, value)| format!("{key} = {value}\n"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn reading_anything(text in "\\PC{0,200}") {
        let _ignored = try_rules(&text);
    }

    #[test]
    fn reading_rules_and_asking(pieces in prop::collection::vec(piece(), 0..5), subject in "\\PC{0,40}", text in "(?s).{0,80}", from in "\\PC{0,20}") {
        let file = format!("[[rule]]\nname = \"r\"\n{}", pieces.concat());
        if let Ok(set) = try_rules(&file) {
            let mut world = World::new();
            world.mail.subject = subject;
            world.mail.body.new_text = text;
            world.mail.from = Some(Address::bare(from));
            let evaluated = world.ask(&set);
            prop_assert_eq!(evaluated.traces.len(), 1);
        }
    }
}

#[test]
fn deep_nesting_is_a_mistake() {
    let nested =
        format!("[[rule]]\nname = 'r'\nwhen.{}subject = 'x'\nthen.queue = 'Redes'\n", "not.".repeat(40));
    assert!(try_rules(&nested).unwrap_err().contains("nested too deeply"));
}
#[test]
fn depth_without_end_is_a_mistake() {
    for text in [
        format!("[[rule]]\nname = 'r'\nwhen.{}subject = 'x'\n", "not.".repeat(100_000)),
        format!("rule = {}", "[".repeat(100_000)),
        format!("rule = {}", "{ a = ".repeat(100_000)),
    ] {
        assert!(try_rules(&text).unwrap_err().starts_with("error: "));
    }
}

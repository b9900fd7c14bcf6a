//! Golden mails: each `fixtures/mail/<topic>/<what-is-special>.eml` has its decision in words beside it.
//!
//! The desk is `examples/ministry`, rules included. A `.given` beside the mail says what the desk knows already: the
//! time, tickets, what was sent. In mail and outcome, `@TOKEN thread ADDRESS NUMBER@` stands for a genuine token.
//! The words are those of `taquilla explain`. What would make all files differ after any change of a rule is left out,
//! unless the `.given` says `all_rules = true`: rules that did not match, their lines, the hash of the set.
//! `TAQUILLA_REWRITE=1 cargo test --test golden` writes the outcomes anew; read the diff.

mod support;

use std::path::Path;

use support::golden::{Given, house, tokens_filled};
use taquilla::decide::{Event, Proof, decide, lookup};
use taquilla::desk::RuleRef;
use taquilla::pipeline::{Explained, House, Letter, read};
use taquilla::store::Origin;

/// What `taquilla explain` would say.
fn outcome(raw: Vec<u8>, given: &Given, house: &House) -> String {
    let proof = given.level.map_or(Proof::None, Proof::Supposed);
    let letter = Letter {
        queue: house.queue_of("soporte"),
        ..Letter::of(raw.into(), "soporte", Origin::Deliver(None))
    };
    let (event, _) = read(letter, proof, house);
    let keys = lookup(&event, &house.policy, given.now);
    let decision = decide(&event, &given.context(&keys), &house.policy, &given.chance());
    let Event::Mail(incoming) = event else { return String::new() };
    let mut explained = Explained { incoming: *incoming, decision };
    if given.all_rules {
        return explained.to_string() + "\n";
    }
    let rules = std::mem::take(&mut explained.decision.trace.rules);
    explained.decision.trace.rules = rules.iter().filter(|tried| tried.matched).cloned().collect();
    let mut text = explained.to_string() + "\n";
    for RuleRef { file, line, set, .. } in rules.iter().map(|tried| &*tried.rule) {
        for place in [format!("({file}:{line}, set {set})"), format!("({file}:{line})")] {
            text = text.replace(&place, &format!("({file})"));
        }
    }
    text
}

/// Text parts are as long as their line ends.
fn without_sizes(outcome: &str) -> String {
    let lines = outcome.lines().map(|line| match line.rsplit_once(", ") {
        Some((head, _)) if line.starts_with("attachment: ") => head,
        Some(_) | None => line,
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn every_mail_has_its_outcome() {
    let house = house();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/mail");
    let mut wrong = Vec::new();
    let mails = support::files(&root, "eml");
    for path in &mails {
        let given = Given::beside(path, &house);
        let raw = tokens_filled(&std::fs::read(path).unwrap(), &house, given.now);
        assert!(!raw.windows(6).any(|six| six == b"@TOKEN"), "{}: no such token", path.display());
        let lf = String::from_utf8_lossy(&raw).contains('\u{fffd}').then(|| raw.clone());
        let lf = lf.unwrap_or_else(|| String::from_utf8_lossy(&raw).replace("\r\n", "\n").into_bytes());
        let crlf: Vec<u8> = lf.split(|octet| *octet == b'\n').collect::<Vec<_>>().join(&b"\r\n"[..]);
        let (got, other) = (outcome(lf, &given, &house), outcome(crlf, &given, &house));
        let name = path.strip_prefix(&root).unwrap().display().to_string();
        if without_sizes(&got) != without_sizes(&other) {
            wrong.push(format!("{name}: LF and CRLF differ\n{}", support::diff(&got, &other)));
        }
        if let Some(problem) = support::compare(&path.with_extension("outcome"), &got) {
            wrong.push(format!("{name}: {problem}"));
        }
    }
    assert!(mails.len() >= 60, "only {} golden mails", mails.len());
    assert!(wrong.is_empty(), "{} outcomes differ:\n{}", wrong.len(), wrong.join("\n"));
}

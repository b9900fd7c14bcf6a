//! The spoof matrix: mails that would like to be taken for what they are not, at desks that believe differently much.
//!
//! The mails stand in `tests/spoofs/*.txt`: `@@ name`, then what differs from an ordinary mail: header fields, and
//! behind an empty line the text. `[proved: ..]` names the desks at which the mail *is* what it says. `\u{..}` is a
//! character, `@TOKEN ..@` a genuine token, as in the golden mails. `no-From:` leaves a field out.
//!
//! What becomes of each at each desk stands in `tests/spoofs/outcomes.txt`, in words; `TAQUILLA_REWRITE=1` writes it
//! anew. Whatever it says, [`Cell::check`] holds: nothing is done that is not proved, nothing of it reaches the
//! customer, and no mail is lost.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::wildcard_enum_match_arm,
    reason = "a test says what is wrong by failing"
)]

#[path = "../support/mod.rs"]
mod support;
mod table;

use std::fmt::Write as _;
use std::path::Path;

use support::golden::{Given, house, tokens_filled};
use table::{Setting, Spoof, read};
use taquilla::decide::{Decision, Effect, Event, Incoming, Proof, Reason, decide, lookup};
use taquilla::desk::{Attribute, Notice, SenderKind, TicketRef};
use taquilla::mail::Class;
use taquilla::pipeline::{House, Letter, read as read_letter};
use taquilla::rules::RuleSet;
use taquilla::store::Origin;

/// Two tickets of two customers, and where the mails carry a code, one that waits for it.
const TICKETS: &str = r#"
[[ticket]]
number = "2026030110000014"
title = "Pc sin internet"
customer = "Ana Torres <ana.torres@minem.example>"
responsible = "mgomez"

[[ticket]]
number = "2026030110000023"
title = "Otra cosa"
customer = "Pedro <pedro@minem.example>"
responsible = "mgomez"
"#;

/// A mail at a desk.
struct Cell<'s> {
    spoof: &'s Spoof,
    setting: Setting,
    incoming: Incoming,
    decision: Decision,
}

/// The example desk, believing as the setting says; without rules, which are another matter.
fn desk(setting: Setting) -> House {
    let mut house = house();
    house.policy.rules = RuleSet::none();
    house.policy.desk.trust = setting.trust();
    house
}

fn decided<'s>(spoof: &'s Spoof, setting: Setting, house: &House, codes: bool) -> Cell<'s> {
    let held = if codes { "held = \"mgomez\"\n" } else { "" };
    let given = Given::read(&format!("{held}{TICKETS}"), house);
    let raw = tokens_filled(spoof.raw.as_bytes(), house, given.now);
    let letter = Letter::of(raw.into(), "soporte", Origin::Deliver(None));
    let (event, _) = read_letter(letter, Proof::None, house);
    let keys = lookup(&event, &house.policy, given.now);
    let decision = decide(&event, &given.context(&keys), &house.policy, &given.chance());
    let Event::Mail(incoming) = event else { panic!("a mail") };
    Cell { spoof, setting, incoming: *incoming, decision }
}

impl Cell<'_> {
    /// What became of it, in words.
    fn words(&self) -> String {
        let level = self.decision.trace.sender.as_ref().map_or(0, |sender| sender.level);
        let mut words = format!("{} (level {level})", self.decision.reason);
        let mut parts: Vec<String> = Vec::new();
        for effect in &self.decision.effects {
            parts.push(match effect {
                Effect::Set { ticket, change, .. } if is_order(&change.attribute) => {
                    format!(
                        "{}{}={}",
                        place(*ticket),
                        change.attribute,
                        change.after.as_deref().unwrap_or("-")
                    )
                }
                Effect::Article { ticket, article, .. } => {
                    let eyes = if article.visible { "visible" } else { "internal" };
                    format!("{}{eyes} article of the {}", place(*ticket), who(article.sender))
                }
                Effect::Notify(notice) => format!("{} to {}", notice.template, notice.to.address),
                Effect::Release { confirmed, .. } => {
                    (if *confirmed { "what waits is done" } else { "what waits is dropped" }).to_owned()
                }
                _ => continue,
            });
        }
        if !parts.is_empty() {
            write!(words, ": {}", parts.join(", ")).unwrap();
        }
        words
    }

    fn proved(&self) -> bool {
        self.spoof.proved.contains(&self.setting)
    }

    /// What must hold in every cell.
    fn check(&self, table: &str) -> Result<(), String> {
        let effects = &self.decision.effects;
        let orders = effects.iter().filter(|effect| match effect {
            Effect::Set { ticket: TicketRef::Existing(_), change, .. } => is_order(&change.attribute),
            Effect::Release { confirmed, .. } => *confirmed,
            Effect::AskSurvey { .. } | Effect::Undo { .. } | Effect::Undoable { .. } => true,
            _ => false,
        });
        let done = orders.count() > 0;
        // Text of an agent may go to the customer where the token shows that it is the agent's; no order is in it.
        let text_only = table == "texts";
        let undoable = effects
            .iter()
            .all(|effect| !matches!(effect, Effect::Set { change, .. } if is_order(&change.attribute)));
        if !self.proved() && done && !(text_only && undoable && self.setting != Setting::Strict) {
            return Err("something was done that nothing proves".to_owned());
        }
        if self.proved() && !done {
            return Err("what is proved was not done".to_owned());
        }
        for notice in self.decision.notices() {
            self.check_notice(notice, text_only)?;
        }
        let asked = effects.iter().any(
            |effect| matches!(effect, Effect::Hold { login, .. } if login == "mgomez" || login == "lrojas"),
        );
        if asked && !self.decision.notices().any(|notice| is_agents(&notice.to.address)) {
            return Err("it waits, and nobody is asked".to_owned());
        }
        let kept = effects.iter().any(|effect| {
            matches!(effect, Effect::Article { .. } | Effect::Quarantine { .. } | Effect::Park { .. })
        });
        let told = self.decision.notices().any(|notice| is_agents(&notice.to.address));
        let journal =
            self.spoof.journal && matches!(self.decision.reason, Reason::OwnMail | Reason::StrayAutoReply);
        let repeats = self.decision.reason == Reason::Confirmation && done;
        if !(kept || told || journal || repeats) {
            return Err("it is lost".to_owned());
        }
        if !matches!(self.incoming.classified.class, Class::Person)
            && !self.decision.trace.commands.is_empty()
        {
            return Err("a program gave commands".to_owned());
        }
        Ok(())
    }

    /// Who is no agent gets no word of it, unless it is proved, or is the sender himself.
    fn check_notice(&self, notice: &Notice, text_only: bool) -> Result<(), String> {
        if is_agents(&notice.to.address) {
            return Ok(());
        }
        let said = serde_json::to_string(&notice.data).unwrap();
        if said.contains("SECRETO") {
            return Err(format!("{} was told a secret", notice.to.address));
        }
        let own = self.incoming.mail.from.as_ref().is_some_and(|from| from.key() == notice.to.key());
        let acknowledged = own && notice.template == "ticket-created";
        let answered = text_only && self.setting != Setting::Strict;
        if self.proved() || acknowledged || answered || notice.to.address == "admin@minem.example" {
            return Ok(());
        }
        Err(format!("{} went to {}", notice.template, notice.to.address))
    }
}

/// What a command changes; that a stranger's mail belongs to a ticket may stand there.
fn is_order(attribute: &Attribute) -> bool {
    !matches!(attribute, Attribute::Link(_) | Attribute::Participant | Attribute::Field(_))
}

fn place(ticket: TicketRef) -> String {
    match ticket {
        TicketRef::Existing(id) if id.0 == 1 => String::new(),
        TicketRef::Existing(id) => format!("ticket {}: ", id.0),
        TicketRef::New(_) => "new ticket: ".to_owned(),
    }
}

fn who(sender: SenderKind) -> &'static str {
    match sender {
        SenderKind::Customer => "customer",
        SenderKind::Agent => "agent",
        SenderKind::Supplier => "supplier",
        _ => "program",
    }
}

fn is_agents(address: &str) -> bool {
    ["mgomez", "lrojas", "jperez", "csalas"].iter().any(|login| address == format!("{login}@minem.example"))
}

#[test]
fn no_mail_passes_for_what_it_is_not() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/spoofs");
    let desks: Vec<(Setting, House)> =
        Setting::ALL.into_iter().map(|setting| (setting, desk(setting))).collect();
    let (mut outcomes, mut wrong, mut count) = (String::new(), Vec::new(), 0);
    for table in ["who", "border", "tokens", "texts", "programs", "headers", "codes"] {
        let text = std::fs::read_to_string(folder.join(format!("{table}.txt"))).unwrap();
        writeln!(outcomes, "== {table}").unwrap();
        for spoof in read(&text, table) {
            count += 1;
            let cells: Vec<Cell<'_>> = desks
                .iter()
                .map(|(setting, house)| decided(&spoof, *setting, house, table == "codes"))
                .collect();
            for cell in &cells {
                if let Err(what) = cell.check(table) {
                    wrong.push(format!(
                        "{table}, {} ({}): {what}: {}",
                        spoof.name,
                        cell.setting.word(),
                        cell.words()
                    ));
                }
            }
            writeln!(outcomes, "{}", spoof.name).unwrap();
            let mut told: Vec<(String, Vec<&str>)> = Vec::new();
            for cell in &cells {
                match told.iter_mut().find(|(words, _)| *words == cell.words()) {
                    Some((_, settings)) => settings.push(cell.setting.word()),
                    None => told.push((cell.words(), vec![cell.setting.word()])),
                }
            }
            for (words, settings) in told {
                let settings =
                    if settings.len() == Setting::ALL.len() { "all".to_owned() } else { settings.join(", ") };
                writeln!(outcomes, "    {settings}: {words}").unwrap();
            }
        }
    }
    assert!(count >= 200, "only {count} mails");
    assert!(wrong.is_empty(), "{} cells of {count} mails are wrong:\n{}", wrong.len(), wrong.join("\n"));
    let problem = support::compare(&folder.join("outcomes.txt"), &outcomes);
    assert!(problem.is_none(), "{}", problem.unwrap());
}

//! Mails that are proved by the DKIM signature of their author's domain, and mails that would like to be: signed here,
//! taken by the real pipeline, their keys asked of a DNS server on loopback.

#![expect(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

mod support;

use data_encoding::BASE64;
use jiff::{SignedDuration, Timestamp};
use mail_auth::common::crypto::Ed25519Key;
use mail_auth::common::headers::HeaderWriter as _;
use mail_auth::dkim::DkimSigner;
use support::desk::Bench;
use support::dns::Dns;
use support::golden::house;
use taquilla::clock::Clock;
use taquilla::decide::Signed;
use taquilla::desk::Trust;
use taquilla::ingest::dkim::{Keys, check};
use taquilla::ingest::parse::{ParseLimits, parse};
use taquilla::mail::Digest;
use taquilla::pipeline::{Explained, Letter};
use taquilla::rules::RuleSet;
use taquilla::store::Origin;

const ALL: [&str; 5] = ["From", "To", "Cc", "Subject", "Date"];

/// A desk that believes signatures, the DNS, and the key of the agents' domain.
struct Signing {
    bench: Bench,
    dns: Dns,
    key: Vec<u8>,
    record: String,
    number: String,
}

impl Signing {
    async fn new(trust: Trust) -> Self {
        let dns = Dns::start();
        let mut house = house();
        house.policy.rules = RuleSet::none();
        house.policy.desk.trust = trust;
        house.resolver = Some(dns.address);
        let bench = Bench::of(house).await;
        let key = Ed25519Key::generate_pkcs8().unwrap();
        let public = Ed25519Key::from_pkcs8_der(&key).unwrap().public_key();
        let record = format!("v=DKIM1; k=ed25519; p={}", BASE64.encode(&public));
        dns.tell("s1._domainkey.minem.example", &[&record]);
        let opened = format!(
            "From: ana@minem.example\nTo: soporte@minem.example\nMessage-ID: <a@x>\n{}\nAyuda.\n",
            bench.head("Una consulta")
        );
        assert_eq!(bench.mail(&opened).await, "new-ticket");
        bench.sent().await;
        let number = bench.number(1).await;
        Self { bench, dns, key, record, number }
    }

    async fn believing() -> Self {
        Self::new(Trust { dkim: true, ..Trust::default() }).await
    }

    /// An agent's order about the first ticket, without a signature.
    fn order(&self, id: &str, date: Timestamp) -> String {
        let date = jiff::fmt::rfc2822::to_string(&date.to_zoned(jiff::tz::TimeZone::UTC)).unwrap();
        format!(
            "From: Maria <mgomez@minem.example>\r\nTo: soporte@minem.example\r\nSubject: Re: [Ticket#{}] {id}\r\n\
             Date: {date}\r\nMessage-ID: <{id}@phone>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n#priority high\r\n",
            self.number
        )
    }

    fn today(&self, id: &str) -> String {
        self.order(id, self.bench.pipeline.clock.now())
    }

    fn signed(&self, raw: &str) -> String {
        self.signed_by(raw, "minem.example", &ALL, |signer| signer)
    }

    fn signed_by(
        &self,
        raw: &str,
        domain: &str,
        fields: &[&str],
        more: impl FnOnce(Signer) -> Signer,
    ) -> String {
        let key = Ed25519Key::from_pkcs8_der(&self.key).unwrap();
        let fields = fields.iter().map(|field| (*field).to_owned());
        let signer = DkimSigner::from_key(key).domain(domain).selector("s1").headers(fields);
        more(signer).sign(raw.as_bytes()).unwrap().to_header() + raw
    }

    async fn done(&self) -> bool {
        self.bench.ticket(1).await.ends_with('4')
    }

    /// Nothing is done, and the agent is asked.
    async fn is_asked(&self, raw: &str, what: &str) {
        assert_eq!(self.bench.mail(raw).await, "held-for-confirmation", "{what}");
        assert!(!self.done().await, "{what}");
        let sent = self.bench.sent().await;
        let told: Vec<&str> = sent.iter().map(|mail| mail.to.as_str()).collect();
        assert_eq!(told, ["mgomez@minem.example"], "{what}");
    }
}

type Signer = DkimSigner<Ed25519Key, mail_auth::dkim::Done>;

#[tokio::test]
async fn a_signature_of_the_agents_domain_is_proof() {
    let desk = Signing::believing().await;
    let raw = desk.signed(&desk.today("good"));
    assert_eq!(desk.bench.mail(&raw).await, "agent-mail");
    assert!(desk.done().await);
    let receipt = desk.bench.sent().await.remove(0);
    assert_eq!((receipt.to.as_str(), receipt.template.as_str()), ("mgomez@minem.example", "receipt"));
    assert!(
        receipt.text().contains("minem.example responde por él (DKIM, selector s1)"),
        "{}",
        receipt.text()
    );
    let known = desk.bench.pipeline.store.dkim_of(Digest::of(raw.as_bytes()), None).await.unwrap().unwrap();
    assert!(known.starts_with("pass: minem.example"), "{known}");
    assert_eq!(desk.dns.asked(), ["s1._domainkey.minem.example"]);

    // The desk in Cc, and a new ticket: #new needs no token.
    let desk = Signing::believing().await;
    let raw = desk.today("cc").replace("To: soporte@", "To: eva@world.example\r\nCc: soporte@");
    assert_eq!(desk.bench.mail(&desk.signed(&raw)).await, "agent-mail");
    assert!(desk.done().await);
}

/// What a list is made of is read before anybody decides: for a signed mail, too.
#[tokio::test]
async fn a_signed_mail_gets_the_list_that_it_asks_for() {
    let desk = Signing::believing().await;
    let raw = desk.today("list").replace("#priority high", "#list").replace(&desk.number, "0");
    assert_eq!(desk.bench.mail(&desk.signed(&raw)).await, "agent-mail");
    let sent = desk.bench.sent().await;
    assert_eq!(sent[0].template, "list");
    assert!(sent[0].text().contains("Una consulta"), "{}", sent[0].text());
}

/// A ticket in a customer's name needs no more than that; unsigned it is asked about.
#[tokio::test]
async fn a_signature_opens_tickets_for_customers() {
    for (signed, reason) in [(true, "new-ticket"), (false, "held-for-confirmation")] {
        let desk = Signing::believing().await;
        let plain = desk.today("new");
        let (head, _) = plain.split_once("\r\n\r\n").unwrap();
        let order = "#new phone\r\n#customer aquispe@minem.example\r\n\r\nShe calls about her printer.\r\n";
        let head = head.replace("Subject: ", "Subject: Printer, not ");
        let raw = format!("{head}\r\n\r\n{order}");
        let raw = if signed { desk.signed(&raw) } else { raw };
        assert_eq!(desk.bench.mail(&raw).await, reason);
    }
}

#[tokio::test]
async fn what_falls_short_is_asked_about() {
    let desk = Signing::believing().await;
    for name in ["evil.example", "mail.minem.example", "example"] {
        desk.dns.tell(&format!("s1._domainkey.{name}"), &[&desk.record]);
    }
    let plain = |id: &str| desk.today(id);
    desk.is_asked(&plain("unsigned"), "no signature").await;
    for (what, domain) in
        [("another domain", "evil.example"), ("one below", "mail.minem.example"), ("one word", "example")]
    {
        desk.is_asked(&desk.signed_by(&plain(what), domain, &ALL, |s| s), what).await;
    }
    for field in ["From", "To", "Subject", "Date"] {
        let fields: Vec<&str> = ALL.into_iter().filter(|name| *name != field).collect();
        if field == "From" {
            continue; // The library signs nothing without it.
        }
        desk.is_asked(&desk.signed_by(&plain(field), "minem.example", &fields, |s| s), field).await;
    }
    let with_cc = plain("cc").replace("Subject:", "Cc: eva@world.example\r\nSubject:");
    let fields = ["From", "To", "Subject", "Date"];
    desk.is_asked(&desk.signed_by(&with_cc, "minem.example", &fields, |s| s), "Cc is not signed").await;
    let part = desk.signed_by(&plain("l"), "minem.example", &ALL, |s| s.body_length(true));
    desk.is_asked(&part, "l=").await;
    desk.is_asked(&(part + "#close\r\n"), "l= and more").await;
    let expired = desk.signed_by(&plain("x"), "minem.example", &ALL, |s| s.expiration(1));
    tokio::time::sleep(std::time::Duration::from_millis(2100)).await;
    desk.is_asked(&expired, "x= is over").await;
    let elsewhere = plain("bcc").replace("To: soporte@minem.example", "To: eva@world.example");
    desk.is_asked(&desk.signed(&elsewhere), "for somebody else").await;
    let day = SignedDuration::from_hours(24);
    let now = desk.bench.pipeline.clock.now();
    desk.is_asked(&desk.signed(&desk.order("old", now - day * 8)), "old").await;
    desk.is_asked(&desk.signed(&desk.order("ahead", now + day * 2)), "of the day after tomorrow").await;
    let dateless = desk.signed(&plain("dateless").replacen("Date:", "X-Date:", 1));
    desk.is_asked(&dateless, "no date").await;
}

#[tokio::test]
async fn what_was_changed_on_the_way_is_asked_about() {
    let desk = Signing::believing().await;
    let signed = |id: &str| desk.signed(&desk.today(id));
    let changes: [(&str, &str, &str); 12] = [
        ("the text", "#priority high", "#priority very high"),
        ("the subject", "Subject: Re:", "Subject: AW:"),
        ("a second From", "From: Maria", "From: mgomez@minem.example\r\nFrom: Maria"),
        ("a second Subject", "Subject: Re:", "Subject: x\r\nSubject: Re:"),
        ("a second To", "To: soporte", "To: eva@evil.example\r\nTo: soporte"),
        ("a second Date", "Message-ID:", "Date: Mon, 2 Mar 2026 09:00:00 -0500\r\nMessage-ID:"),
        ("a Cc", "Subject: Re:", "Cc: eva@evil.example\r\nSubject: Re:"),
        ("a second Content-Type", "Content-Type:", "Content-Type: text/html\r\nContent-Type:"),
        ("a line that is no field", "Message-ID:", "#close\r\nMessage-ID:"),
        ("an end of the header", "Content-Type:", "#close\r\nhola\r\nContent-Type:"),
        ("a blank line that folds", "Message-ID:", " \r\nMessage-ID:"),
        ("the signature", "; b=", "; b=AAAA"),
    ];
    for (what, from, to) in changes {
        let changed = signed(what).replacen(from, to, 1);
        assert_ne!(changed, signed(what), "{what}");
        desk.is_asked(&changed, what).await;
    }
}

#[tokio::test]
async fn a_key_that_is_none_proves_nothing() {
    let desk = Signing::believing().await;
    let public = desk.record.rsplit_once("p=").unwrap().1.to_owned();
    let records = [
        ("revoked", vec!["v=DKIM1; k=ed25519; p=".to_owned()]),
        ("testing", vec![format!("v=DKIM1; k=ed25519; t=y; p={public}")]),
        ("several", vec![desk.record.clone(), desk.record.clone()]),
        ("another", vec![format!("v=DKIM1; k=ed25519; p={}", BASE64.encode(&[7; 32]))]),
        ("nonsense", vec!["hello".to_owned()]),
        ("nothing", vec![]),
    ];
    for (selector, records) in records {
        let records: Vec<&str> = records.iter().map(String::as_str).collect();
        desk.dns.tell(&format!("{selector}._domainkey.minem.example"), &records);
        let key = Ed25519Key::from_pkcs8_der(&desk.key).unwrap();
        let signer = DkimSigner::from_key(key).domain("minem.example").selector(selector).headers(ALL);
        let raw = desk.today(selector);
        desk.is_asked(&(signer.sign(raw.as_bytes()).unwrap().to_header() + &raw), selector).await;
    }
    desk.dns.silent();
    let raw = desk.today("silent");
    let key = Ed25519Key::from_pkcs8_der(&desk.key).unwrap();
    let signer = DkimSigner::from_key(key).domain("minem.example").selector("new").headers(ALL);
    let begun = std::time::Instant::now();
    desk.is_asked(&(signer.sign(raw.as_bytes()).unwrap().to_header() + &raw), "a DNS that is silent").await;
    assert!(begun.elapsed().as_secs() < 10, "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_signed_mail_is_an_order_once() {
    let desk = Signing::believing().await;
    let raw = desk.signed(&desk.today("once"));
    assert_eq!(desk.bench.mail(&raw).await, "agent-mail");
    desk.bench.sent().await;
    assert!(desk.done().await);
    let low = format!(
        "From: mgomez@minem.example\r\nTo: soporte@minem.example\r\nSubject: [Ticket#{}]\r\n{}\r\n#priority low\r\n",
        desk.number, "Message-ID: <low@x>\r\n"
    );
    let low = low.replacen(
        "From:",
        &format!(
            "Date: {}\r\nFrom:",
            jiff::fmt::rfc2822::to_string(&desk.bench.pipeline.clock.now().to_zoned(jiff::tz::TimeZone::UTC))
                .unwrap()
        ),
        1,
    );
    assert_eq!(desk.bench.mail(&desk.signed(&low)).await, "agent-mail");
    desk.bench.sent().await;
    assert!(!desk.done().await, "its priority is low again");

    assert_eq!(desk.bench.mail(&raw).await, "duplicate-of");
    desk.is_asked(&raw.replace("<once@phone>", "<again@evil>"), "with another Message-ID").await;
    let other = raw.replace("<once@phone>", "<again2@evil>").replace("text/plain", "text/html");
    desk.is_asked(&other, "with another Message-ID and type").await;

    // Both at once: the second one of the batch is no order either.
    let raw = desk.signed(&desk.today("twice"));
    let letter = |raw: String| Letter::of(raw.into_bytes().into(), "soporte", Origin::Deliver(None));
    let both = vec![letter(raw.clone()), letter(raw.replace("<twice@phone>", "<again3@evil>"))];
    let outcomes = desk.bench.pipeline.take(both).await.unwrap();
    let reasons: Vec<&str> =
        outcomes.into_iter().map(|outcome| outcome.unwrap().decision.reason.word()).collect();
    assert_eq!(reasons, ["agent-mail", "held-for-confirmation"]);

    // One that was asked about, because the key was not to be had, is not proved the second time.
    desk.bench.sent().await;
    let key = Ed25519Key::from_pkcs8_der(&desk.key).unwrap();
    let signer = DkimSigner::from_key(key).domain("minem.example").selector("late").headers(ALL);
    let raw = desk.today("late");
    let raw = signer.sign(raw.as_bytes()).unwrap().to_header() + &raw;
    assert_eq!(desk.bench.mail(&raw).await, "held-for-confirmation");
    desk.dns.tell("late._domainkey.minem.example", &[&desk.record]);
    assert_eq!(desk.bench.mail(&raw.replace("<late@phone>", "<late@evil>")).await, "held-for-confirmation");
}

#[tokio::test]
async fn who_is_not_asked_for_a_key() {
    // Switched off, as shipped: a signature is no proof, and the DNS hears nothing.
    let desk = Signing::new(Trust::default()).await;
    desk.is_asked(&desk.signed(&desk.today("off")), "switched off").await;
    assert!(desk.dns.asked().is_empty());

    // Customers give no orders; neither do programs.
    let desk = Signing::believing().await;
    let customer = desk.today("customer").replace("mgomez@", "ana@");
    assert_eq!(desk.bench.mail(&desk.signed(&customer)).await, "follow-up");
    let program = desk.today("program").replace("Subject:", "Auto-Submitted: auto-replied\r\nSubject:");
    assert_eq!(desk.bench.mail(&desk.signed(&program)).await, "auto-reply");
    assert!(desk.dns.asked().is_empty(), "{:?}", desk.dns.asked());
}

#[tokio::test]
async fn a_strict_desk_asks_for_the_token_too() {
    let strict = Trust { dkim: true, strict: true, ..Trust::default() };
    let desk = Signing::new(strict).await;
    desk.is_asked(&desk.signed(&desk.today("alone")), "strict").await;
    let keys = &desk.bench.pipeline.house().policy.desk.keys.clone();
    let number = taquilla::desk::TicketNumber::new(&desk.number).unwrap();
    let now = desk.bench.pipeline.clock.now();
    let token = taquilla::desk::token::issue(
        keys,
        taquilla::desk::token::Use::Thread,
        &number,
        "mgomez@minem.example",
        now,
    );
    let both = desk
        .today("both")
        .replace("Message-ID:", &format!("In-Reply-To: <{}@x>\r\nMessage-ID:", token.unwrap()));
    assert_eq!(desk.bench.mail(&desk.signed(&both)).await, "agent-mail");
    assert!(desk.done().await);
}

#[tokio::test]
async fn explain_reads_the_verdict_of_that_day() {
    let desk = Signing::believing().await;
    let raw = desk.signed(&desk.today("then"));
    assert_eq!(desk.bench.mail(&raw).await, "agent-mail");
    let asked = desk.dns.asked().len();
    desk.dns.tell("s1._domainkey.minem.example", &[]);
    let house = desk.bench.pipeline.house();
    let store = &desk.bench.pipeline.store;
    let explain = async |raw: &str| {
        let raw = raw.as_bytes().to_vec().into();
        Explained::of(raw, None, &house, Some(store), Clock::System, "soporte").await.unwrap().to_string()
    };
    let words = explain(&raw).await;
    assert!(words.contains("agent mgomez, level 2") && words.contains("vouches for it"), "{words}");
    assert_eq!(desk.dns.asked().len(), asked, "nobody was asked again");
    // A mail that never came is asked about today.
    desk.dns.tell("s1._domainkey.minem.example", &[]);
    let words = explain(&desk.signed(&desk.today("never"))).await;
    assert!(words.contains("agent mgomez, level"), "{words}");
}

/// RSA, of which the library makes no keys: signed once, with keys that nobody has any more.
#[tokio::test]
async fn weak_keys_and_digests_prove_nothing() {
    for (name, expected) in
        [("rsa-2048", true), ("rsa-1024", true), ("rsa-512", false), ("rsa-2048-sha1", false)]
    {
        let dns = Dns::start();
        let path = |ending: &str| format!("{}/tests/signed/{name}.{ending}", env!("CARGO_MANIFEST_DIR"));
        let record = std::fs::read_to_string(path("key")).unwrap();
        dns.tell("s1._domainkey.minem.example", &[record.trim()]);
        let raw = std::fs::read_to_string(path("eml")).unwrap().replace('\n', "\r\n");
        let mail = parse(raw.into_bytes().into(), &ParseLimits::default());
        let signed = check(&mail, &Keys::by(Some(dns.address)).unwrap()).await;
        let holds = matches!(signed, Signed::Holds { .. });
        assert_eq!(holds, expected, "{name}: {}", signed.to_text());
    }
}

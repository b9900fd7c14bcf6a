use std::io::Read as _;
fn main() {
    let path = std::env::args().last().unwrap();
    let mut raw = Vec::new();
    std::fs::File::open(&path).unwrap().read_to_end(&mut raw).unwrap();
    let mail = taquilla::ingest::parse::parse(raw.into(), &taquilla::ingest::parse::ParseLimits::default());
    let address = |a: &taquilla::mail::Address| serde_json::json!({"name": a.name, "address": a.address});
    println!(
        "{}",
        serde_json::json!({
            "new_text": mail.body.new_text, "quoted_text": mail.body.quoted_text, "text": mail.body.text,
            "html_new_text": mail.body.html_new_text,
            "subject": mail.subject, "from": mail.from.as_ref().map(address), "to": mail.to.iter().map(address).collect::<Vec<_>>(),
            "attachments": mail.attachments.iter().map(|a| serde_json::json!({"name": a.name, "type": a.content_type, "bytes": a.content.len(), "inline": a.inline})).collect::<Vec<_>>(),
            "defects": mail.defects.iter().map(|d| d.to_string()).collect::<Vec<_>>(), "language": mail.language.map(|l| l.code()),
            "date": mail.date.map(|d| d.to_string()), "message_id": mail.message_id.map(|m| m.to_string()), "source": format!("{:?}", mail.body.source),
        })
    );
}

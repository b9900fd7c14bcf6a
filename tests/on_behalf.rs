//! The agents' manual, row by row: tickets that an agent opens for a customer, through the real pipeline and store.

#![expect(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

mod support;

use std::path::Path;

use support::desk::{BORDER, Bench, one_of as one};
use taquilla::desk::{Article, Channel, SenderKind, Ticket, TicketId, TicketNumber};
use taquilla::store::Page;

const ANA: &str = "aquispe@minem.example";
const AGENT: &str = "mgomez@minem.example";
const LUIS: &str = "lrojas@minem.example";
const LUCIA: &str = "lhuanca@minem.example";
const FIRM: &str = "soporte@andinos.example";

async fn ticket(bench: &Bench, id: i64) -> Ticket {
    let number = TicketNumber::new(&bench.number(id).await).unwrap();
    bench.pipeline.store.ticket(&number).await.unwrap().unwrap()
}

async fn articles(bench: &Bench, id: i64) -> Vec<Article> {
    let shown = bench.pipeline.store.articles(TicketId(id), Page::FIRST).await.unwrap();
    shown.into_iter().map(|shown| shown.article).collect()
}

#[tokio::test]
async fn rows_2_4_and_8_a_customer_on_the_phone() {
    let bench = Bench::new().await;
    let text = "#nuevo telefónico\n#usuario lhuanca@minem.example\n#cola Soporte Técnico\n#tipo incidente\n\
                #servicio Equipos::Impresoras\n#propietario csalas\n#responsable lrojas\n#copia +csalas +rcastillo@minem.example\n\
                #pendiente 2d\n#prioridad alta\n#ans Alta Dirección\n#estimado 1h\n#tiempo 5m\n#etiqueta +piso2\n\
                #campo.anexo 1500\n\nLlama por la impresora del segundo piso.\n";
    assert_eq!(bench.mail(&bench.vouched("Impresora", text)).await, "new-ticket");
    let sent = bench.sent().await;
    let now = ticket(&bench, 1).await;
    assert_eq!(now.now.customer.unwrap().to_string(), "Lucía Huanca Ticona <lhuanca@minem.example>");
    assert_eq!(
        (now.now.queue.as_str(), now.now.kind.as_str(), now.now.service.as_deref(), now.now.state.as_str()),
        ("Soporte Técnico", "incident", Some("Equipos::Impresoras"), "pending reminder")
    );
    assert_eq!(
        (now.now.owner.as_deref(), now.now.responsible.as_deref(), now.now.priority.value(), now.now.locked),
        (Some("csalas"), Some("lrojas"), 4, true)
    );
    assert_eq!((now.estimate, now.booked, now.sla.as_deref()), (Some(60), 5, Some("Alta Dirección")));
    assert!(
        now.now.tags.contains("piso2")
            && now.now.fields["anexo"] == "1500"
            && now.watchers.contains("csalas")
    );
    assert_eq!(now.now.title, "Impresora");
    let all = articles(&bench, 1).await;
    let [article] = all.as_slice() else { panic!("{all:?}") };
    assert_eq!((article.content.channel, article.content.sender), (Channel::Phone, SenderKind::Customer));
    assert_eq!(&*article.content.text, "Llama por la impresora del segundo piso.");
    assert_eq!(article.content.from.as_ref().unwrap().address, "lhuanca@minem.example");

    // The customer is told that the ticket exists, and never who wrote it down.
    let notice = one(&sent, "lhuanca@minem.example", "ticket-created");
    assert!(notice.subject().contains(now.now.number.as_str()), "{}", notice.subject());
    assert!(notice.text().contains("Estimado(a) Lucía Huanca Ticona") && !notice.raw().contains("mgomez@"));
    one(&sent, LUIS, "assigned");
    let receipt = one(&sent, AGENT, "receipt").text();
    for line in [
        format!("ticket nuevo {}", now.now.number),
        "usuario: Lucía Huanca Ticona <lhuanca@minem.example>".to_owned(),
        "responsable: ninguno -> Luis Rojas".to_owned(),
        "+Carla Salas, +Rosa Castillo Vega <rcastillo@minem.example>".to_owned(),
        "Su texto quedó registrado como el pedido de Lucía Huanca Ticona.".to_owned(),
    ] {
        assert!(receipt.contains(&line), "{line}: {receipt}");
    }
    // What she answers comes to the same ticket, and all of it is undone with one line.
    assert_eq!(bench.mail(&notice.reply("Gracias, espero.\n")).await, "follow-up");
    let history = bench.history(1).await;
    assert!(history.contains("time: none -> 5"), "{history}");
}

#[tokio::test]
async fn row_3_the_help_desk_solves_it_at_once() {
    let bench = Bench::new().await;
    let text =
        "#nuevo presencial\n#usuario John Smith\n#cerrar\n\nHis password had expired. He has a new one.\n";
    assert_eq!(bench.mail(&bench.vouched("Password", text)).await, "new-ticket");
    let sent = bench.sent().await;
    assert!(bench.ticket(1).await.contains("closed successful"));
    assert_eq!(articles(&bench, 1).await[0].content.channel, Channel::Person);
    // In his language: the notice, the closing with what was done, the survey.
    let smith = "jsmith@minem.example";
    assert!(one(&sent, smith, "ticket-created").text().contains("Hello John Smith"));
    assert!(one(&sent, smith, "closed").text().contains("His password had expired."));
    one(&sent, smith, "survey");
    // Undone, the ticket is gone, and the customer gets none of what still waits.
    let receipt = one(&sent, AGENT, "receipt");
    let line =
        receipt.text().lines().map(str::trim).find(|line| line.starts_with("#deshacer ")).unwrap().to_owned();
    assert_eq!(bench.mail(&receipt.reply(&format!("{line}\n"))).await, "agent-mail");
    assert!(bench.ticket(1).await.contains("removed"));
}

#[tokio::test]
async fn row_5_a_mail_to_a_customer_from_the_desk() {
    let bench = Bench::new().await;
    let text = "#nuevo correo\n#usuario castillo\n#cola Soporte Técnico\n\nMañana le cambiamos el equipo.\nSi no puede, avise a mgomez@minem.example.\n";
    assert_eq!(bench.mail(&bench.vouched("Cambio de equipo", text)).await, "new-ticket");
    let sent = bench.sent().await;
    let rosa = "rcastillo@minem.example";
    let mail = one(&sent, rosa, "agent-answer");
    let number = bench.number(1).await;
    assert!(
        mail.subject().contains(&number) && mail.subject().contains("Cambio de equipo"),
        "{}",
        mail.subject()
    );
    assert!(mail.text().contains("Mañana le cambiamos el equipo."), "{}", mail.text());
    // The queue's signature, and nowhere the agent's own address.
    assert!(mail.text().contains("Anexo 4010") && !mail.raw().contains("mgomez@"), "{}", mail.raw());
    assert!(mail.header("Auto-Submitted").is_empty(), "a person wrote it");
    assert!(sent.iter().all(|mail| mail.to != rosa || mail.template == "agent-answer"), "one mail to her");
    one(&sent, LUIS, "new-ticket-agent");
    assert!(one(&sent, AGENT, "receipt").text().contains("Su texto va a Rosa Castillo Vega."));
    let all = articles(&bench, 1).await;
    assert_eq!((all[0].content.channel, all[0].content.sender), (Channel::Mail, SenderKind::Agent));
    assert_eq!(all[0].content.to[0].address, rosa);
    // Her answer is a follow-up.
    assert_eq!(bench.mail(&mail.reply("A las nueve está bien.\n")).await, "follow-up");
    let text = "#nuevo correo\n#usuario castillo\n#nota\n\nSolo para nosotros.\n";
    assert_eq!(bench.mail(&bench.vouched("Otra cosa", text)).await, "commands-refused");
}

/// A token was issued for one ticket; it opens no other one in anybody's name.
#[tokio::test]
async fn a_token_alone_asks_first() {
    let bench = Bench::new().await;
    let raw = format!(
        "From: {ANA}\nTo: soporte@minem.example\nMessage-ID: <first@customer>\n{}\nNo funciona.\n",
        bench.head("Una consulta")
    );
    assert_eq!(bench.mail(&raw).await, "new-ticket");
    let notice = one(&bench.sent().await, AGENT, "new-ticket-agent").clone();
    let text = "#nuevo telefónico\n#usuario castillo\n\nSe quedó sin teléfono.\n";
    assert_eq!(bench.mail(&notice.reply(text)).await, "held-for-confirmation");
    let asked = bench.sent().await;
    let question = one(&asked, AGENT, "confirmation");
    assert!(question.text().contains("#usuario castillo") && asked.len() == 1, "{}", question.text());
    assert_eq!(bench.mail(&question.reply("sí\n")).await, "confirmation");
    let now = ticket(&bench, 2).await.now;
    assert_eq!(now.customer.unwrap().address, "rcastillo@minem.example");
    assert!(bench.ticket(1).await.contains("new"), "the other ticket is as it was");
    assert_eq!(articles(&bench, 1).await.len(), 1);
    // The same with the word of the border needs no question.
    let told = format!("{BORDER}{}", notice.reply("#nuevo chat\n#usuario castillo\n\nOtra vez.\n"));
    assert_eq!(bench.mail(&told).await, "new-ticket");
    assert_eq!(articles(&bench, 3).await[0].content.channel, Channel::Chat);
}

/// Every mail program's way to forward a mail.
#[tokio::test]
async fn a_forwarded_mail_is_the_request() {
    let bench = Bench::new().await;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/mail/on-behalf");
    let mut files = support::files(&folder, "eml");
    files.retain(|file| {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        name.starts_with("forwarded-") && !name.contains("named") && !name.contains("notice")
    });
    assert!(files.len() >= 14, "{}", files.len());
    for (id, file) in (1..).zip(&files) {
        let name = file.display();
        let raw = std::fs::read_to_string(file).unwrap();
        assert_eq!(bench.mail(&format!("{BORDER}{raw}")).await, "new-ticket", "{name}");
        let now = ticket(&bench, id).await.now;
        assert_eq!(now.customer.unwrap().to_string(), "Ana Quispe Mamani <aquispe@minem.example>", "{name}");
        assert!(["Impresora", "Printer"].contains(&now.title.as_str()), "{name}: {}", now.title);
        let all = articles(&bench, id).await;
        let request = &all[0].content;
        assert_eq!(
            (request.channel, request.sender, request.visible),
            (Channel::Mail, SenderKind::Customer, true)
        );
        assert_eq!(request.from.as_ref().unwrap().key(), ANA, "{name}");
        assert_eq!(request.at.to_string(), "2026-03-02T13:40:00Z", "{name}");
        assert!(["Impresora", "Printer"].contains(&request.subject.as_str()), "{name}: {}", request.subject);
        let first = request.text.lines().next().unwrap_or_default();
        assert!(
            ["Buenos días:", "Good morning,", "La impresora del segundo piso no imprime."].contains(&first),
            "{name}: {first}"
        );
        assert!(!request.text.contains('>') && !request.text.contains("#nuevo"), "{name}: {}", request.text);
        // What the agent says above it stays in the house.
        assert!(all.iter().skip(1).all(|article| !article.content.visible), "{name}");
        let sent = bench.sent().await;
        assert!(!one(&sent, ANA, "ticket-created").raw().contains("fusor"), "{name}");
    }
    let by_name = |part: &str| {
        let at = files.iter().position(|file| file.display().to_string().contains(part)).unwrap();
        i64::try_from(at + 1).unwrap()
    };
    let attached = articles(&bench, by_name("as-attachment")).await;
    assert_eq!(attached[0].content.attachments[0].name, "error.pdf", "the files of the mail within");
    assert_eq!(&*attached[1].content.text, "Lo reenvío tal como llegó.");
    let picture = articles(&bench, by_name("with-picture")).await;
    assert_eq!(picture[0].content.attachments[0].name, "foto.png");
    // The customer's own mail program puts the notice beside the mail that was forwarded.
    let note = articles(&bench, by_name("outlook-es")).await;
    assert_eq!((&*note[1].content.text, note[1].content.sender), ("Parece el fusor.", SenderKind::Agent));
}

#[tokio::test]
async fn the_notice_answers_the_mail_that_was_forwarded_whole() {
    let bench = Bench::new().await;
    let file =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/mail/on-behalf/forwarded-as-attachment.eml");
    let raw = std::fs::read_to_string(file).unwrap();
    assert_eq!(bench.mail(&format!("{BORDER}{raw}")).await, "new-ticket");
    let sent = bench.sent().await;
    assert_eq!(one(&sent, ANA, "ticket-created").header("In-Reply-To"), "<original-1@minem.example>");
    // What she writes in her own thread, without number or token, belongs to it.
    let more = format!(
        "From: {ANA}\nTo: soporte@minem.example\nMessage-ID: <more@customer>\nIn-Reply-To: <original-1@minem.example>\n{}\nSigue igual.\n",
        bench.head("Re: Impresora")
    );
    assert_eq!(bench.mail(&more).await, "follow-up");
    // What was forwarded twice is two tickets, and both are whole.
    let again = raw.replace("att@minem.example", "att2@minem.example").replace("tal como", "así como");
    assert_eq!(bench.mail(&format!("{BORDER}{again}")).await, "new-ticket");
    assert_eq!(articles(&bench, 2).await[0].content.from.as_ref().unwrap().key(), ANA);
}

/// Row 14 and row 2 in one mail: the call is a ticket, and what the supplier has to do goes to it.
#[tokio::test]
async fn a_call_that_goes_to_a_supplier_at_once() {
    let bench = Bench::new().await;
    let text = "#nuevo telefónico\n#usuario lhuanca@minem.example\n#escalar proveedor andinos\n\n\
                Favor cambiar el fusor de la HP del piso 2.\n";
    assert_eq!(bench.mail(&bench.vouched("Impresora", text)).await, "held-for-confirmation");
    let asked = bench.sent().await;
    let question = one(&asked, AGENT, "confirmation");
    let text = question.text();
    assert!(text.contains("Su texto va al proveedor Suministros Andinos"), "{text}");
    assert_eq!(bench.mail(&question.reply("sí\n")).await, "confirmation");
    let sent = bench.sent().await;
    let now = ticket(&bench, 1).await.now;
    assert_eq!((now.level.as_str(), now.responsible.as_deref()), ("Suministros Andinos", Some("mgomez")));
    assert_eq!(now.customer.unwrap().address, LUCIA);
    // What she called about, and what was written to the supplier: both for the house alone.
    let told: Vec<_> = articles(&bench, 1).await.into_iter().map(|article| article.content).collect();
    let [call, request] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!((call.channel, call.sender, call.visible), (Channel::Phone, SenderKind::Customer, false));
    assert_eq!((request.sender, request.visible), (SenderKind::Agent, false));
    assert_eq!(request.to[0].address, FIRM);
    assert_eq!(call.text, request.text);
    // The supplier gets the words, the customer the number and none of them.
    let request = one(&sent, FIRM, "supplier-request");
    assert!(request.text().starts_with("Favor cambiar el fusor"), "{}", request.text());
    assert!(!request.raw().contains("lhuanca"), "{}", request.raw());
    let welcome = one(&sent, LUCIA, "ticket-created");
    assert!(!welcome.raw().contains("fusor") && !welcome.raw().contains("ndinos"), "{}", welcome.raw());
    // Its answer is the ticket's.
    assert_eq!(bench.mail(&request.reply("Vamos mañana.\n")).await, "follow-up");
    let told = bench.sent().await;
    one(&told, AGENT, "supplier-wrote");
    assert!(told.iter().all(|mail| mail.to != LUCIA), "{told:?}");
}

/// A text has one reader: the customer of `#new mail`, or the supplier.
#[tokio::test]
async fn a_mail_to_a_customer_is_none_to_a_supplier() {
    let bench = Bench::new().await;
    let text =
        "#nuevo correo\n#usuario lhuanca@minem.example\n#escalar proveedor andinos\n\nCambien el fusor.\n";
    assert_eq!(bench.mail(&bench.vouched("Impresora", text)).await, "commands-refused");
    let sent = bench.sent().await;
    assert_eq!(sent.len(), 1, "{sent:?}");
    let receipt = one(&sent, AGENT, "receipt").text();
    assert!(receipt.contains("escriba al usuario en otro correo"), "{receipt}");
}

/// What is forwarded is the customer's, what stands above it the supplier's.
#[tokio::test]
async fn a_forwarded_mail_that_goes_to_a_supplier_at_once() {
    let bench = Bench::new().await;
    let text = format!(
        "#nuevo\n#escalar proveedor andinos\n\nFavor cambiar el fusor.\n\n\
         ---------- Forwarded message ---------\nDe: Lucía Huanca Ticona <{LUCIA}>\n\
         Date: lun, 23 nov 2026 a las 9:00\nSubject: No imprime\nTo: <mgomez@minem.example>\n\n\
         La impresora no imprime.\n"
    );
    assert_eq!(bench.mail(&bench.vouched("Fwd: No imprime", &text)).await, "held-for-confirmation");
    let asked = bench.sent().await;
    assert_eq!(bench.mail(&one(&asked, AGENT, "confirmation").reply("sí\n")).await, "confirmation");
    let sent = bench.sent().await;
    let told: Vec<_> = articles(&bench, 1).await.into_iter().map(|article| article.content).collect();
    let [request, to_firm] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!((request.text.trim(), request.visible), ("La impresora no imprime.", true));
    assert_eq!(request.from.as_ref().unwrap().address, LUCIA);
    assert_eq!((to_firm.text.trim(), to_firm.visible), ("Favor cambiar el fusor.", false));
    assert_eq!(to_firm.to[0].address, FIRM);
    let words = one(&sent, FIRM, "supplier-request");
    assert!(!words.raw().contains("no imprime.") && !words.raw().contains("lhuanca"), "{}", words.raw());
}

/// The first mail is the request; the others stand behind it in the order of their dates, and no file is lost.
#[tokio::test]
async fn several_forwarded_mails_are_articles_of_one_ticket() {
    let bench = Bench::new().await;
    let file =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/mail/on-behalf/several-mails-attached.eml");
    let raw = std::fs::read_to_string(file).unwrap();
    assert_eq!(bench.mail(&format!("{BORDER}{raw}")).await, "new-ticket");
    let sent = bench.sent().await;
    let receipt = one(&sent, AGENT, "receipt").text();
    assert!(receipt.contains("; los otros 2 correos reenviados son artículos suyos"), "{receipt}");
    assert_eq!(ticket(&bench, 1).await.now.title, "Impresora");
    let told: Vec<_> = articles(&bench, 1).await.into_iter().map(|article| article.content).collect();
    let shown: Vec<_> = told
        .iter()
        .map(|article| {
            let files: Vec<&str> = article.attachments.iter().map(|file| file.name.as_str()).collect();
            (article.text.trim(), article.sender, article.visible, files.join(" + "))
        })
        .collect();
    let (customer, agent) = (SenderKind::Customer, SenderKind::Agent);
    let expected = [
        ("La impresora del segundo piso no imprime.", customer, true, "Impresora.eml + inventario.pdf"),
        ("Sale una raya negra.", customer, true, "raya.png + Primero.eml"),
        ("Reinicie la impresora.", agent, false, "RE Impresora.eml"),
        ("Va todo el hilo.", agent, false, ""),
    ];
    assert_eq!(
        shown,
        expected.map(|(text, sender, visible, files)| (text, sender, visible, files.to_owned()))
    );
    assert_eq!(told[1].at.to_string(), "2026-03-02T13:20:00Z");
    // Each is kept as it came, HTML and all.
    let whole = bench.pipeline.store.blob(&told[0].raw.unwrap()).await.unwrap();
    assert!(String::from_utf8(whole).unwrap().contains("<b>no imprime</b>"));
    let image = bench.pipeline.store.blob(&told[1].attachments[0].digest).await.unwrap();
    assert!(image.starts_with(b"\x89PNG"));
    // Nobody outside gets the colleague's address or the note.
    let welcome = one(&sent, ANA, "ticket-created");
    assert!(!welcome.raw().contains("lrojas@") && !welcome.raw().contains("hilo"), "{}", welcome.raw());
    // What answers one of them belongs to the ticket.
    let more = format!(
        "From: {ANA}\nTo: soporte@minem.example\nMessage-ID: <m@c>\nIn-Reply-To: <second@minem.example>\n{}\nYa.\n",
        bench.head("RE: Impresora")
    );
    assert_eq!(bench.mail(&more).await, "follow-up");
}

/// Mail programs attach a thread in any order: the request is the customer's mail, and not whatever lies on top.
#[tokio::test]
async fn the_request_among_several_mails_is_the_customers() {
    let inside =
        [("lrojas@minem.example", "De Luis"), ("soporte@minem.example", "De la mesa"), (FIRM, "De la firma")];
    let outside = [(LUCIA, "De Lucía"), (ANA, "De Ana")];
    let cases: [(&str, Vec<_>, &str, &str); 4] = [
        ("", [inside.as_slice(), outside.as_slice()].concat(), "De Lucía", LUCIA),
        ("#usuario aquispe@minem.example\n", [inside.as_slice(), outside.as_slice()].concat(), "De Ana", ANA),
        // Nothing of hers is there: what anybody outside wrote.
        ("#usuario rcastillo@minem.example\n", outside.to_vec(), "De Lucía", "rcastillo@minem.example"),
        ("#usuario aquispe@minem.example\n", inside.to_vec(), "De Luis", ANA),
    ];
    for (line, mails, request, customer) in cases {
        let bench = Bench::new().await;
        let parts: String = mails
            .iter()
            .map(|(from, text)| {
                format!(
                    "--b1\nContent-Type: message/rfc822\nContent-Disposition: attachment\n\nFrom: {from}\nTo: x@minem.example\n\
                     Subject: {text}\nDate: Mon, 2 Mar 2026 08:30:00 -0500\nMIME-Version: 1.0\n\
                     Content-Type: text/plain; charset=utf-8\n\n{text}.\n"
                )
            })
            .collect();
        let raw = bench
            .vouched("Fwd: hilo", "")
            .replace("text/plain; charset=utf-8", "multipart/mixed; boundary=b1");
        let own = format!("--b1\nContent-Type: text/plain; charset=utf-8\n\n#nuevo\n{line}\nVa todo.\n");
        assert_eq!(bench.mail(&format!("{raw}\n{own}{parts}--b1--\n")).await, "new-ticket", "{request}");
        let now = ticket(&bench, 1).await.now;
        assert_eq!((now.title.as_str(), now.customer.unwrap().address.as_str()), (request, customer));
        let told = articles(&bench, 1).await;
        assert_eq!(told[0].content.text.trim(), format!("{request}."));
        assert_eq!(told.len(), mails.len() + 1, "the others are articles, and so is the note");
    }
}

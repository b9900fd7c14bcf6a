//! Replies of many programs and languages, written for these tables.

use super::*;

/// Attributions as mail programs write them; each is tried with quote signs, without, and wrapped.
const ATTRIBUTIONS: &str = include_str!("attributions.txt");
/// Header blocks, an empty line apart.
const BLOCKS: &str = include_str!("blocks.txt");
/// Whole replies: `=== name`, the text, `--- new`, the new text.
const REPLIES: &str = include_str!("replies.txt");

/// Breaks lines at blanks before column `width`.
fn wrapped(line: &str, width: usize) -> String {
    let mut out = String::new();
    let mut column = 0;
    for word in line.split(' ') {
        let length = word.chars().count();
        if column > 0 && column + length > width {
            out.push('\n');
            column = 0;
        } else if column > 0 {
            out.push(' ');
        }
        out.push_str(word);
        column += length + 1;
    }
    out
}

/// What is wrong with the new text of each shape.
fn faults(shapes: Vec<(String, String, &str)>) -> Vec<String> {
    shapes
        .into_iter()
        .filter_map(|(name, text, wanted)| {
            let got = if text.contains("<div") { of_html(&text) } else { of_text(&text) }.new_text;
            (got != wanted).then(|| format!("{name}\n{text}\n== got\n{got}"))
        })
        .collect()
}

#[test]
fn attributions_of_all_languages() {
    let own = "Hola, ya funciona.\nMuchas gracias";
    let mut shapes = Vec::new();
    for line in ATTRIBUTIONS.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let escaped = line.replace('<', "&lt;").replace('>', "&gt;");
        shapes.push(("quoted".to_owned(), format!("{own}\n\n{line}\n\n> Un texto\n> citado\n"), own));
        shapes.push(("close".to_owned(), format!("{own}\n{line}\n> Un texto\n> citado\n"), own));
        shapes.push(("bare".to_owned(), format!("{own}\n\n{line}\n\nUn texto sin signos\n\nAdiós\n"), own));
        shapes.push(("wrapped".to_owned(), format!("{own}\n\n{}\n\n> Un texto\n", wrapped(line, 60)), own));
        shapes.push(("narrow".to_owned(), format!("{own}\n\n{}\n\nUn texto\n", wrapped(line, 40)), own));
        shapes.push(("below".to_owned(), format!("{line}\n\n> Un texto\n\n{own}\n"), own));
        shapes.push((
            "html".to_owned(),
            format!("<div>Hola, ya funciona.</div><div>Muchas gracias</div><br><div>{escaped}</div><div>Otro</div>"),
            own,
        ));
    }
    let count = shapes.len();
    let faults = faults(shapes);
    assert!(faults.is_empty(), "{} of {count}:\n{}", faults.len(), faults.join("\n\n########\n"));
}

#[test]
fn header_blocks_of_all_languages() {
    let own = "Hola, ya funciona.\nMuchas gracias";
    let mut shapes = Vec::new();
    for block in BLOCKS.split("\n\n").map(str::trim).filter(|block| !block.is_empty()) {
        let rule = "_".repeat(32);
        let bold: Vec<String> = block
            .lines()
            .filter_map(|line| line.split_once(':'))
            .map(|(name, rest)| format!("*{name}:*{rest}"))
            .collect();
        shapes.push(("plain".to_owned(), format!("{own}\n\n{block}\n\nUn texto\n"), own));
        shapes.push(("ruled".to_owned(), format!("{own}\n\n{rule}\n{block}\n\nUn texto\n"), own));
        shapes.push(("close".to_owned(), format!("{own}\n{block}\nUn texto\n"), own));
        if bold.len() == block.lines().count() {
            shapes.push(("bold".to_owned(), format!("{own}\n\n{}\n\nUn texto\n", bold.join("\n")), own));
        }
    }
    let count = shapes.len();
    let faults = faults(shapes);
    assert!(faults.is_empty(), "{} of {count}:\n{}", faults.len(), faults.join("\n\n########\n"));
}

#[test]
fn dividers_of_all_languages() {
    let own = "Hola, ya funciona.";
    let mut shapes = Vec::new();
    for phrase in phrases::DIVIDERS.iter().chain(&phrases::MORE_DIVIDERS) {
        for line in [
            format!("-----{phrase}-----"),
            format!("-------- {} --------", phrase.to_uppercase()),
            format!("---------- {phrase} ---------"),
            format!("‐‐‐‐‐‐‐ {phrase} ‐‐‐‐‐‐‐"),
        ] {
            shapes.push((line.clone(), format!("{own}\n\n{line}\nUn texto\n"), own));
        }
    }
    let faults = faults(shapes);
    assert!(faults.is_empty(), "{}", faults.join("\n\n########\n"));
}

#[test]
fn whole_replies() {
    let mut faults = Vec::new();
    for case in
        REPLIES.split("\n=== ").map(|case| case.trim_start_matches("=== ")).filter(|case| !case.is_empty())
    {
        let (name, rest) = case.split_once('\n').unwrap();
        let (text, wanted) = rest.split_once("\n--- new\n").unwrap();
        let text = text.replace("\\s", " ");
        let got = if name.starts_with("html") { of_html(&text) } else { of_text(&text) };
        if got.new_text != wanted.trim_end() {
            faults.push(format!("{name}\n{}", got.new_text));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n\n########\n"));
}

#[test]
fn foot_lines_of_telephones() {
    for line in [
        "Sent from my iPhone",
        "Sent from my Samsung Galaxy smartphone.",
        "Sent from Mail for Windows 10",
        "Sent from Yahoo Mail on Android",
        "Sent from Outlook for iOS<https://aka.ms/o0ukef>",
        "Get Outlook for Android<https://aka.ms/AAb9ysg>",
        "Sent with Proton Mail secure email.",
        "Enviado desde mi iPhone",
        "Enviado desde mi Samsung Mobile de Claro",
        "Enviado desde Correo para Windows",
        "Enviado desde Yahoo Mail para iPhone",
        "Obtener Outlook para Android",
        "Enviado do meu iPhone",
        "Enviado a partir do meu smartphone Samsung Galaxy.",
        "Obter o Outlook para iOS",
        "Envoyé de mon iPhone",
        "Envoyé depuis mon téléphone Orange",
        "Télécharger Outlook pour Android",
        "Von meinem iPhone gesendet",
        "Gesendet von Mail für Windows",
        "Diese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.",
        "Outlook für iOS herunterladen",
        "Inviato da iPhone",
        "Inviato dal mio iPad",
        "Scarica Outlook per Android",
        "Verzonden vanaf mijn iPhone",
        "Verstuurd vanaf mijn iPad",
        "Skickat från min iPhone",
        "Hämta Outlook för iOS",
        "Sendt fra min iPhone",
        "Hent Outlook til Android",
        "Lähetetty iPhonesta",
        "Wysłane z iPhone'a",
        "Отправлено с iPhone",
        "Отправлено из мобильной Яндекс.Почты",
        "发自我的iPhone",
        "从我的 iPhone 发送",
        "iPhoneから送信",
        "나의 iPhone에서 보냄",
        "iPhone'umdan gönderildi",
    ] {
        let got = of_text(&format!(
            "Perfecto\n\n{line}\n\nOn 1 May 2024, at 12:30, Ana <ana@example.org> wrote:\n\n> x\n"
        ));
        assert_eq!(got.new_text, "Perfecto", "{line}");
    }
    for line in [
        "Sent from my desk, which is where I found the error.",
        "Enviado por correo ayer, todavía no ha llegado.",
        "Sent by courier on Monday",
        "Von meinem Büro aus sehe ich den Drucker. Er blinkt.",
    ] {
        assert_eq!(of_text(&format!("Hi\n\n{line}")).new_text, format!("Hi\n\n{line}"));
    }
}

#[test]
fn nothing_new_leaves_everything() {
    for text in [
        "> only\n> a quote",
        "-- \nAna",
        "Sent from my iPhone",
        "-----Original Message-----\nx",
        "On 1/2/24 10:00, A wrote:\n> b",
    ] {
        assert!(!of_text(text).new_text.is_empty(), "{text}");
    }
    assert_eq!(of_text("  \n \n"), Cut::default());
}

#[test]
fn hostile_texts_take_linear_time() {
    for (seed, times) in [
        ("On 1 May 2024 wrote:\n", 60_000),
        ("> a\nb\n", 200_000),
        ("From: a@example.org\n", 100_000),
        (">", 1_000_000),
        ("<", 1_000_000),
        ("\n", 2_000_000),
        ("-- \n", 200_000),
        ("a@b.c wrote:\n\n", 100_000),
        ("On 1 ", 500_000),
        ("##- x -##\n", 100_000),
        ("[ref:", 300_000),
        ("_", 1_000_000),
    ] {
        let text = seed.repeat(times);
        let start = std::time::Instant::now();
        let cut = of_text(&text);
        assert!(!cut.new_text.trim().is_empty() || text.trim().is_empty(), "{seed:?}");
        of_html(&text);
        assert!(start.elapsed().as_secs() < 30, "{seed:?} took {:?}", start.elapsed());
    }
}

proptest::proptest! {
    #[test]
    fn never_blank_where_the_text_is_not(text in "(?s)([-> \n]|On 1 May|wrote:|From:|To: a@b.c|Date: 10:30|Subject: x|##- |\\[ref:|<|hi|Sent from my iPhone|-- \n){0,40}") {
        let visible = text.chars().any(|sign| !sign.is_whitespace());
        proptest::prop_assert_eq!(visible, !of_text(&text).new_text.is_empty());
    }
}

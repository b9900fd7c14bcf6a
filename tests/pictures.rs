//! Mails as a telephone and a desk show them: in Chromium nothing is wider than the screen, letters can be read and
//! buttons be met by a thumb.
//!
//! `PICTURES=folder cargo test --test pictures` also leaves a picture of each. A missing Chromium is a visible skip, and
//! in CI (`CI=true`) a failure.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::indexing_slicing,
    reason = "a test says what is wrong by failing"
)]

#[path = "peers/mod.rs"]
#[expect(dead_code, reason = "the other tests use the rest")]
mod peers;
mod support;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use support::desk::{Bench, Sent};

const AGENT: &str = "mgomez@minem.example";

/// Runs in the page and writes into it what the test asks about.
const MEASURE: &str = "<script>addEventListener('load', () => {
  const root = document.documentElement, walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let letters = 0, small = 0, least = 99;
  for (let node; (node = walker.nextNode());) {
    const text = node.textContent.trim(), parent = node.parentElement;
    if (!text || parent.tagName === 'SCRIPT' || text.startsWith('[ref:')) continue;
    const size = parseFloat(getComputedStyle(parent).fontSize);
    letters += text.length;
    if (size < 14) small += text.length;
    least = Math.min(least, size);
  }
  const buttons = [...document.querySelectorAll('a[href^=mailto]')].map((a) => a.getBoundingClientRect().height);
  root.dataset.measured = JSON.stringify({ width: innerWidth, scroll: root.scrollWidth, height: root.scrollHeight,
    letters, small, least, buttons: buttons.length, lowest: Math.min(99, ...buttons) });
});</script>";

/// Titles of tickets as people write them, one of them a word without an end.
const TITLES: [&str; 6] = [
    "No hay luz en la sala de reuniones desde la mañana",
    "«Excepción ORA-12154: TNS: no se pudo resolver el identificador de conexión especificado» al abrir el expediente",
    "Anexo mudo",
    "https://tramites.minem.example/2026/expedientes/0001234567890123456789012345678901234567890123456789",
    "La fotocopiadora del cuarto nivel se atasca con hojas A3, y también con sobres, desde que se cambió el rodillo",
    "Quisiera una silla nueva",
];

/// One mail of each template that an agent or a customer gets, the fullest one.
async fn mails() -> BTreeMap<String, Sent> {
    let bench = Bench::new().await;
    let mut mails = BTreeMap::new();
    let mut notices = Vec::new();
    for (nth, title) in TITLES.iter().enumerate() {
        let raw = format!(
            "From: =?utf-8?Q?Ana_Mar=C3=ADa_Quispe_Mamani?= <ana{nth}@minem.example>\nTo: soporte@minem.example\n\
             Message-ID: <{nth}@customer>\n{}\nBuenos días:\n\nDesde esta mañana no puedo trabajar. Ya reinicié dos veces y \
             sigue igual; el compañero de al lado tiene lo mismo.\n\nC:\\Users\\aquispe\\AppData\\Local\\Temp\\0123456789abcdef\
             0123456789abcdef0123456789abcdef0123456789abcdef.log\n\nGracias,\nAna\n",
            bench.head(title)
        );
        assert_eq!(bench.mail(&raw).await, "new-ticket");
        let sent = bench.sent().await;
        notices.push(sent.iter().find(|mail| mail.to == AGENT).unwrap().clone());
        keep(&mut mails, sent);
    }
    let texts = [
        (0, "#tomar\n#prioridad muy alta\n#campo.sala 204\n#etiqueta +vip +piso3\n\nVamos para allá.\n"),
        (1, "#prioridad alta\n#pendiente 2d\n#nota\n\nEspera a que el proveedor conteste.\n"),
        (2, "#cerrar sin éxito\n\nNo se pudo repetir.\n"),
        (3, "#prioridat alta\n#cola Sistemaz\n"),
        (0, "#ver\n"),
        (0, "#historial\n"),
        (0, "#lista\n"),
        (0, "#reporte encuestas\n"),
        (0, "#ayuda\n"),
        (4, "#para cola:mesa -estado:cerrado\n#etiqueta +corte\n"),
    ];
    for (nth, text) in texts {
        bench.mail(&notices[nth].reply(text)).await;
        keep(&mut mails, bench.sent().await);
    }
    mails
}

/// The longest mail of each template.
fn keep(mails: &mut BTreeMap<String, Sent>, sent: Vec<Sent>) {
    for mail in sent {
        let longest = mails.get(&mail.template).is_none_or(|known| known.html().len() < mail.html().len());
        if longest {
            mails.insert(mail.template.clone(), mail);
        }
    }
}

struct Chromium {
    program: PathBuf,
    folder: tempfile::TempDir,
}

impl Chromium {
    fn command(&self, width: u32, height: u32, page: &Path) -> Command {
        let mut command = Command::new(&self.program);
        command.args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]);
        command.args(["--disable-background-networking", "--disable-component-update", "--disable-sync"]);
        command.args(["--hide-scrollbars", "--force-device-scale-factor=1"]);
        command.arg(format!("--user-data-dir={}", self.folder.path().join("profile").display()));
        command.arg(format!("--window-size={width},{height}"));
        command.arg(format!("file://{}", page.display()));
        command
    }

    /// What pages say of themselves, each on a screen of its own width, all of them in one window: a window has a least
    /// width, a frame has none.
    fn measure(&self, pages: &[(&str, String, u32)]) -> Vec<Value> {
        let file = self.folder.path().join("measure.html");
        let mut all = "<!DOCTYPE html><body>".to_owned();
        for (_, html, width) in pages {
            let inner = html.replace("</body>", &format!("{MEASURE}</body>")).replace('"', "&quot;");
            write!(
                all,
                "<iframe style=\"border:0;width:{width}px;height:800px\" srcdoc=\"{inner}\"></iframe>"
            )
            .unwrap();
        }
        all.push_str(
            "<script>addEventListener('load', () => { document.body.outerHTML = '<body data-measured=\\'[' + \
             [...document.querySelectorAll('iframe')].map((f) => \
             f.contentDocument.documentElement.dataset.measured).join() + ']\\'></body>'; });</script></body>",
        );
        std::fs::write(&file, all).unwrap();
        let output = self.command(1400, 900, &file).arg("--dump-dom").output().unwrap();
        let dom = String::from_utf8_lossy(&output.stdout);
        let found = dom.split("data-measured=\"").nth(1).and_then(|rest| rest.split('"').next());
        let found = found.unwrap_or_else(|| panic!("{dom} {}", String::from_utf8_lossy(&output.stderr)));
        let measured: Vec<Value> = serde_json::from_str(&found.replace("&quot;", "\"")).unwrap();
        assert_eq!(measured.len(), pages.len());
        measured
    }

    /// Leaves a picture of the whole page.
    fn picture(&self, name: &str, html: &str, width: u32, height: u64, folder: &Path) {
        let page = self.folder.path().join(format!("{name}.html"));
        let inner = html.replace('"', "&quot;");
        let frame = format!(
            "<!DOCTYPE html><body style=\"margin:0\"><iframe style=\"border:0;width:{width}px;height:{height}px\" \
             srcdoc=\"{inner}\"></iframe></body>"
        );
        std::fs::write(&page, frame).unwrap();
        let file = folder.join(format!("{name}-{width}.png"));
        let high = u32::try_from(height).unwrap_or(4_000).min(6_000);
        let mut command = self.command(width.max(500), high, &page);
        let output = command.arg(format!("--screenshot={}", file.display())).output().unwrap();
        assert!(file.exists(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[tokio::test]
async fn mails_fit_a_telephone_and_a_desk() {
    let Some(program) = peers::program("chromium", "chromium") else { return };
    let chromium = Chromium { program, folder: tempfile::tempdir().unwrap() };
    let pictures = std::env::var_os("PICTURES").map(PathBuf::from);
    let mails = mails().await;
    for wanted in
        ["list", "show", "history", "report", "receipt", "confirmation", "help", "new-ticket-agent", "closed"]
    {
        assert!(mails.contains_key(wanted), "no {wanted} among {:?}", mails.keys());
    }
    let widths = [390, 1280];
    let pages: Vec<(&str, String, u32)> = mails
        .iter()
        .flat_map(|(template, mail)| widths.map(|width| (template.as_str(), mail.html(), width)))
        .collect();
    for ((template, html, width), measured) in pages.iter().zip(chromium.measure(&pages)) {
        let number = |name: &str| measured[name].as_f64().unwrap();
        let at = format!("{template} at {width}: {measured}");
        assert!(number("width") == f64::from(*width), "{at}");
        assert!(number("scroll") <= number("width"), "wider than the screen: {at}");
        assert!(number("least") >= 12.0, "letters too small: {at}");
        assert!(number("small") * 4.0 <= number("letters"), "a quarter of the text is small: {at}");
        assert!(number("lowest") >= 38.0, "a button too low for a thumb: {at}");
        if let Some(folder) = &pictures {
            chromium.picture(template, html, *width, measured["height"].as_u64().unwrap(), folder);
        }
    }
    assert!(mails["list"].html().matches("mailto:").count() > 10, "buttons in the rows of the list");
}

//! The text form of the mails, and the desks.

use taquilla::desk::Trust;

/// How much a desk believes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Setting {
    /// No border: as a desk is out of the box.
    None,
    /// A border that is believed.
    Border,
    /// A border and a token, both.
    Strict,
    /// The header field of an Exchange server.
    Internal,
}

impl Setting {
    pub(crate) const ALL: [Self; 4] = [Self::None, Self::Border, Self::Strict, Self::Internal];

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Border => "border",
            Self::Strict => "strict",
            Self::Internal => "internal",
        }
    }

    pub(crate) fn trust(self) -> Trust {
        let border = matches!(self, Self::Border | Self::Strict).then(|| "mx.minem.example".to_owned());
        let internal = ("X-MS-Exchange-Organization-AuthAs".to_owned(), "Internal".to_owned());
        Trust {
            border,
            submission: true,
            internal_header: (self == Self::Internal).then_some(internal),
            strict: self == Self::Strict,
            ..Trust::default()
        }
    }
}

/// One mail.
#[derive(Debug)]
pub(crate) struct Spoof {
    pub(crate) name: String,
    /// Where it is what it says.
    pub(crate) proved: Vec<Setting>,
    /// A row of the journal is enough for it.
    pub(crate) journal: bool,
    /// With `@TOKEN ..@` in it.
    pub(crate) raw: String,
}

/// The mails of a table.
pub(crate) fn read(text: &str, table: &str) -> Vec<Spoof> {
    text.split("@@ ").skip(1).map(|entry| spoof(entry, table)).collect()
}

fn spoof(entry: &str, table: &str) -> Spoof {
    let (first, rest) = entry.split_once('\n').unwrap();
    let (mut marks, mut lines) = (Vec::new(), Vec::new());
    let name = match first.split_once(" [") {
        Some((name, mark)) => {
            marks.push(mark.trim_end_matches(']').to_owned());
            name
        }
        None => first,
    };
    for line in rest.trim_end_matches('\n').split('\n') {
        match line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            Some(mark) if mark.starts_with("proved") => marks.push(mark.to_owned()),
            _ => lines.push(line),
        }
    }
    let text = lines.join("\n");
    let (head, body) = match (text.strip_prefix('\n'), text.split_once("\n\n")) {
        (Some(body), _) => (String::new(), Some(body.to_owned())),
        (None, Some((head, body))) => (head.to_owned(), Some(body.to_owned())),
        (None, None) => (text, None),
    };
    let proved = Setting::ALL
        .into_iter()
        .filter(|setting| marks.iter().any(|mark| mark.split([' ', ':']).any(|word| word == setting.word())))
        .collect();
    let journal = marks.iter().any(|mark| mark == "journal");
    Spoof { name: name.to_owned(), proved, journal, raw: unescaped(&mail(&head, body.as_deref(), table)) }
}

/// An ordinary mail of the agent about the ticket, in all that the entry does not say otherwise.
fn mail(head: &str, body: Option<&str>, table: &str) -> String {
    let names = |name: &str| {
        let name = format!("{}:", name.to_lowercase());
        head.lines().any(|line| {
            let line = line.to_lowercase();
            line.starts_with(&name)
                || line.starts_with(&format!("no-{name}"))
                || line.starts_with(&name.replace(':', " :"))
        })
    };
    let mut raw = String::new();
    if !names("Received") {
        raw += "Received: from out.example by mx.minem.example with ESMTPS; Mon, 2 Mar 2026 14:00:00 +0000\n";
    }
    for line in head.lines().filter(|line| !line.starts_with("no-") && !line.is_empty()) {
        raw += line;
        raw.push('\n');
    }
    let token = "<@TOKEN thread mgomez@minem.example 2026030110000014@.x@minem.example>";
    let thread = matches!(table, "texts" | "programs" | "headers");
    for (name, value) in [
        ("From", "María Gómez <mgomez@minem.example>"),
        ("To", "Mesa de Ayuda <soporte@minem.example>"),
        (
            "Subject",
            if table == "codes" {
                "Re: Su correo espera"
            } else {
                "Re: [Ticket#2026030110000014] Pc sin internet"
            },
        ),
        ("Date", "Mon, 2 Mar 2026 09:00:00 -0500"),
        ("Message-ID", "<spoof@client.example>"),
        ("In-Reply-To", if thread { token } else { "" }),
        ("Content-Type", "text/plain; charset=utf-8"),
    ] {
        if !names(name) && !value.is_empty() {
            raw += &format!("{name}: {value}\n");
        }
    }
    let text = body.map_or("#close\n\nCANARIO", |body| body.trim_start_matches('\n'));
    format!("{raw}\n{text}\n")
}

/// `\u{..}` as the character.
fn unescaped(text: &str) -> String {
    let mut parts = text.split("\\u{");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (code, rest) = part.split_once('}').unwrap();
        out.push(char::from_u32(u32::from_str_radix(code, 16).unwrap()).unwrap());
        out += rest;
    }
    out
}

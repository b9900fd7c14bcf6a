//! Hostile mails through the real program: `cargo bench --bench hostile`. A table of seconds, memory and what became of
//! each; the program ends with 1 if one took too long, too much, or was lost. Words behind `--` choose mails by name;
//! `-- --imap` gives them by a Dovecot and `run --once` in place of `deliver`.

use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

#[path = "../tests/support/hostile.rs"]
#[expect(
    clippy::unwrap_used,
    unreachable_pub,
    dead_code,
    reason = "a module of tests, of which this uses a part"
)]
mod hostile;
#[path = "../tests/peers/mod.rs"]
#[expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    dead_code,
    reason = "a module of tests, of which this uses a part"
)]
mod peers;

use peers::dovecot::{Dovecot, PASSWORD};

/// What one mail may cost.
const LONGEST: Duration = Duration::from_secs(2);
const MOST_MB: f64 = 128.0;

const TAQUILLA: &str = env!("CARGO_BIN_EXE_taquilla");

fn main() -> ExitCode {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let by_imap = std::env::args().any(|word| word == "--imap");
    let mut dovecot = if by_imap { Dovecot::start(Default::default()) } else { None };
    if by_imap && dovecot.is_none() {
        return ExitCode::FAILURE;
    }
    let mut well = true;
    say(&format!("{:<50} {:>9} {:>8} {:>8}  outcome", "mail", "size", "seconds", "MB"));
    for mail in hostile::all() {
        if !wanted.is_empty() && !wanted.iter().any(|word| mail.name.contains(word.as_str())) {
            continue;
        }
        match take(&mail, dovecot.as_mut()) {
            Ok((took, mb, outcome)) => {
                let good = took < LONGEST && mb < MOST_MB;
                well &= good;
                let mark = if good { "" } else { "   <-- TOO MUCH" };
                let size = mail.raw.len();
                say(&format!(
                    "{:<50} {size:>9} {:>8.2} {mb:>8.1}  {outcome}{mark}",
                    mail.name,
                    took.as_secs_f64()
                ));
            }
            Err(error) => {
                well = false;
                say(&format!("{:<50} {error}   <-- LOST", mail.name));
            }
        }
    }
    if well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).expect("stdout");
}

/// One mail to a desk of its own: how long, how much, and what the journal says.
fn take(
    mail: &hostile::Hostile,
    dovecot: Option<&mut Dovecot>,
) -> Result<(Duration, f64, String), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    desk(folder.path(), dovecot.as_deref())?;
    let words: &[&str] = if dovecot.is_some() { &["run", "--once"] } else { &["deliver"] };
    if let Some(dovecot) = dovecot {
        // What is too large stays on the server.
        if dovecot.maildir("soporte", "INBOX").join("cur").exists() {
            for old in dovecot.files("soporte", "INBOX") {
                std::fs::remove_file(old)?;
            }
        }
        dovecot.deliver("soporte", "INBOX", &mail.raw);
    }
    let mut child = taquilla(folder.path(), words).stdin(Stdio::piped()).spawn()?;
    let mut stdin = child.stdin.take().ok_or("no standard input")?;
    let began = Instant::now();
    let peak = std::thread::scope(|scope| {
        // Whoever does not read it closes it, which is no error here.
        scope.spawn(move || stdin.write_all(&mail.raw));
        watch(&mut child)
    })?;
    let took = began.elapsed();
    let mut said = String::new();
    child.stderr.take().ok_or("no standard error")?.read_to_string(&mut said)?;
    let status = child.wait()?;
    if !status.success() {
        return Err(format!("{status}: {}", said.lines().last().unwrap_or_default()).into());
    }
    let journal = taquilla(folder.path(), &["journal", "--json"]).output()?;
    let row: serde_json::Value = serde_json::from_slice(&journal.stdout)?;
    let said = |name| row.get(name).and_then(serde_json::Value::as_str).unwrap_or("none");
    Ok((took, peak, format!("{}, ticket {}", said("reason"), said("ticket"))))
}

fn desk(folder: &Path, dovecot: Option<&Dovecot>) -> std::io::Result<()> {
    let mailbox = dovecot.map_or_else(String::new, |dovecot| {
        format!(
            "[[mailbox]]\nhost = \"127.0.0.1\"\nport = {}\ntls = \"none\"\nuser = \"soporte\"\n\
             password_env = \"HOSTILE_PASSWORD\"\nafter = \"delete\"\n",
            dovecot.imap
        )
    });
    std::fs::write(
        folder.join("taquilla.toml"),
        format!(
            "[desk]\naddress = \"soporte@minem.example\"\nadministrator = \"admin@minem.example\"\n{mailbox}"
        ),
    )?;
    std::fs::write(
        folder.join("desk.toml"),
        "[[agent]]\nlogin = \"agente\"\nname = \"Ana Ruiz\"\naddress = [\"agente@minem.example\"]\n",
    )?;
    std::fs::create_dir(folder.join("rules"))?;
    let expressions = [
        r"\b(impresora|printer)s?\b",
        r"(?:.*a){20}!",
        r"(\w+\s?)*\bz{3}\b",
        r"(?:x|xx|impresor)+\d",
        r"^(?:[^\n]*,){30}",
    ];
    let rules = expressions.iter().enumerate().map(|(nth, expression)| {
        format!("[[rule]]\nname = \"r{nth}\"\nwhen.text = '/{expression}/'\nthen.tags = [\"t{nth}\"]\n\n")
    });
    std::fs::write(folder.join("rules/10-some.toml"), rules.collect::<String>())
}

fn taquilla(folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(TAQUILLA);
    command.arg("--config").arg(folder.join("taquilla.toml")).args(words);
    command.env("HOSTILE_PASSWORD", PASSWORD).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Waits for the end; the most memory that it had, in MB.
fn watch(child: &mut Child) -> std::io::Result<f64> {
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0.0;
    while child.try_wait()?.is_none() {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let kb = text
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))
            .and_then(|rest| rest.trim().trim_end_matches(" kB").parse::<f64>().ok());
        peak = kb.map_or(peak, |kb| kb / 1024.0);
        std::thread::sleep(Duration::from_millis(2));
    }
    Ok(peak)
}

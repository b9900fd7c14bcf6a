//! A desk in a folder of its own, and the program that works it.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::mail_host::{DESK, DESK_PASSWORD, MailHost};
use crate::until;

/// A desk: the example of the ministry, with other servers.
pub(crate) struct Desk {
    folder: tempfile::TempDir,
}

/// A server and what it takes to log in there.
#[derive(Debug, Clone)]
pub(crate) struct Login {
    pub(crate) host: &'static str,
    pub(crate) port: u16,
    /// `implicit`, `starttls` or `none`.
    pub(crate) tls: &'static str,
    pub(crate) authority: Option<PathBuf>,
    /// Login and password; none where the server asks for none.
    pub(crate) user: Option<(String, String)>,
}

impl Login {
    fn lines(&self, secrets: &Path, name: &str) -> String {
        let mut lines = format!("host = \"{}\"\nport = {}\ntls = \"{}\"\n", self.host, self.port, self.tls);
        if let Some(authority) = &self.authority {
            writeln!(lines, "ca_file = \"{}\"", authority.display()).unwrap();
        }
        if let Some((user, password)) = &self.user {
            let file = secrets.join(name);
            secret(&file, password);
            writeln!(lines, "user = \"{user}\"\npassword_file = \"{}\"", file.display()).unwrap();
        }
        lines
    }

    /// A server on loopback that asks for nothing.
    pub(crate) fn plain(port: u16) -> Self {
        Self { host: "127.0.0.1", port, tls: "none", authority: None, user: None }
    }
}

/// Writes a secret so that nobody else can read it.
pub(crate) fn secret(file: &Path, text: &str) {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut file = File::options().write(true).create(true).truncate(true).mode(0o600).open(file).unwrap();
    writeln!(file, "{text}").unwrap();
}

impl Desk {
    /// A desk with the mailbox of the mail host.
    pub(crate) fn at(host: &MailHost) -> Self {
        Self::at_with(host, "border = \"mx.minem.example\"\nsubmission = true\n")
    }

    /// The same with another `[trust]`.
    pub(crate) fn at_with(host: &MailHost, trust: &str) -> Self {
        let login = |port, tls| Login {
            host: "localhost",
            port,
            tls,
            authority: Some(host.authority.clone()),
            user: Some((DESK.to_owned(), DESK_PASSWORD.to_owned())),
        };
        let desk =
            Self::new(&[("soporte", login(host.imaps, "implicit"))], &login(host.submission, "starttls"));
        desk.add(&format!("[trust]\n{trust}"));
        desk
    }

    /// A desk with these mailboxes and this SMTP server.
    pub(crate) fn new(mailboxes: &[(&str, Login)], smtp: &Login) -> Self {
        let folder = tempfile::Builder::new().prefix("taquilla-desk").tempdir().unwrap();
        let desk = Self { folder };
        let secrets = desk.file("secrets");
        fs::create_dir(&secrets).unwrap();
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/ministry"), desk.folder.path());
        // Answers of agents leave after a second: nobody is here to call them back.
        let text = fs::read_to_string(desk.file("desk.toml")).unwrap().replace("hold = \"2m\"\n", "");
        fs::write(desk.file("desk.toml"), text.replace("[[queue]]\n", "[[queue]]\nhold = \"1s\"\n")).unwrap();
        let mut text = format!(
            "[desk]\nname = \"Mesa de Ayuda\"\nadministrator = \"admin@minem.example\"\n\
             domains = [\"minem.example\"]\naddress = \"{DESK}\"\nlanguage = \"es\"\ntimezone = \"America/Lima\"\n"
        );
        for (name, login) in mailboxes {
            let lines = login.lines(&secrets, name);
            write!(text, "[[mailbox]]\nname = \"{name}\"\n{lines}").unwrap();
            text.push_str("after = { move = \"Procesados\" }\nqueue = \"Mesa de Ayuda\"\npoll = \"2s\"\n");
        }
        write!(text, "[smtp]\n{}", smtp.lines(&secrets, "smtp")).unwrap();
        fs::write(desk.file("taquilla.toml"), text).unwrap();
        desk
    }

    /// A file of the desk.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Adds to the settings.
    pub(crate) fn add(&self, text: &str) {
        let file = self.file("taquilla.toml");
        let before = fs::read_to_string(&file).unwrap();
        fs::write(file, before + text).unwrap();
    }

    /// Exchanges words of the settings that must be there.
    pub(crate) fn change(&self, old: &str, new: &str) {
        let file = self.file("taquilla.toml");
        let before = fs::read_to_string(&file).unwrap();
        assert!(before.contains(old), "{before}");
        fs::write(file, before.replace(old, new)).unwrap();
    }

    /// The program with its settings, ready to be started.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_taquilla"));
        command.arg("--config").arg(self.file("taquilla.toml")).args(arguments).stdin(Stdio::null());
        command.env_remove("JOURNAL_STREAM");
        command
    }

    /// Runs a command to its end.
    pub(crate) fn say(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs a command that must succeed; its output.
    pub(crate) fn done(&self, arguments: &[&str]) -> String {
        let output = self.say(arguments);
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{arguments:?} ended with {:?}: {errors}", output.status);
        String::from_utf8(output.stdout).unwrap()
    }

    /// The objects that a listing with `--json` prints, one a line.
    pub(crate) fn list(&self, arguments: &[&str]) -> Vec<Value> {
        self.done(arguments).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Gives a mail to `deliver`.
    pub(crate) fn deliver(&self, mail: &str) -> Output {
        self.deliver_by(&mut self.command(&["deliver"]), mail)
    }

    /// The same with a command made ready elsewhere.
    pub(crate) fn deliver_by(&self, command: &mut Command, mail: &str) -> Output {
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = piped.spawn().unwrap();
        // Fails if the program has ended without reading.
        let _written = child.stdin.take().unwrap().write_all(mail.as_bytes());
        child.wait_with_output().unwrap()
    }

    /// Starts the daemon and waits until it is ready.
    pub(crate) fn run(&self) -> Daemon {
        let mut daemon = self.start(&mut self.command(&["run"]));
        daemon.says("ready");
        daemon
    }

    /// Starts a command in the background, its standard error added to the desk's log.
    pub(crate) fn start(&self, command: &mut Command) -> Daemon {
        let log = self.file("log");
        let from = fs::metadata(&log).map_or(0, |file| file.len());
        let errors = File::options().create(true).append(true).open(&log).unwrap();
        let child = command.stdout(Stdio::null()).stderr(errors).spawn().unwrap();
        Daemon { child, log, from: usize::try_from(from).unwrap() }
    }

    /// Takes what is there, sends what is due, ends.
    pub(crate) fn run_once(&self) {
        let output = self.say(&["run", "--once"]);
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{:?}: {errors}", output.status);
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// A running daemon; killed when dropped.
pub(crate) struct Daemon {
    child: Child,
    log: PathBuf,
    from: usize,
}

impl Daemon {
    /// What it has written so far.
    pub(crate) fn log(&self) -> String {
        let all = fs::read(&self.log).unwrap_or_default();
        String::from_utf8_lossy(&all[self.from.min(all.len())..]).into_owned()
    }

    /// Waits until its log has these words.
    pub(crate) fn says(&mut self, words: &str) -> String {
        let end = Instant::now() + crate::SOON;
        loop {
            let log = self.log();
            if log.contains(words) {
                return log;
            }
            let ended = self.child.try_wait().unwrap();
            assert!(ended.is_none() || self.log().contains(words), "ended with {ended:?}:\n{log}");
            assert!(Instant::now() < end, "never said {words:?}:\n{log}");
            std::thread::sleep(Duration::from_millis(30));
        }
    }

    /// Sends a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Waits for its end.
    pub(crate) fn ends(&mut self) -> ExitStatus {
        until("the end of the program", || self.child.try_wait().unwrap())
    }

    /// Ends it without warning.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to end; it must do so within 10 seconds.
    pub(crate) fn stop(mut self) -> String {
        let asked = Instant::now();
        self.signal(Signal::TERM);
        let status = self.ends();
        assert!(asked.elapsed() < Duration::from_secs(10), "it took {:?}", asked.elapsed());
        assert!(status.success(), "{status}: {}", self.log());
        self.log()
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _status = self.child.wait();
        if std::thread::panicking() {
            eprintln!("--- log of the daemon\n{}", self.log());
        }
    }
}

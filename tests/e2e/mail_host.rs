//! The mail host of `scripts/mailhost`: Postfix and Dovecot, a border, logins. People of the house and of the world
//! have their mailboxes here.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::letter::{self, Letter};
use crate::until;

/// What people write to.
pub(crate) const DESK: &str = "soporte@minem.example";
/// The desk's password, and everybody else's.
pub(crate) const DESK_PASSWORD: &str = "Clave-de-la-Mesa-7Q4Z";
pub(crate) const PASSWORD: &str = "demo";

/// People of the house: agents, the administrator, customers.
const PEOPLE: [&str; 7] = ["mgomez", "lrojas", "jperez", "csalas", "admin", "aquispe", "rcastillo"];

/// A running host; ended when dropped, and when this process ends in any other way.
pub(crate) struct MailHost {
    folder: tempfile::TempDir,
    child: Child,
    pub(crate) authority: PathBuf,
    pub(crate) imap: u16,
    pub(crate) imaps: u16,
    pub(crate) smtp: u16,
    pub(crate) submission: u16,
}

impl MailHost {
    /// Starts one with these options of the script; `None` (a skip) where a part of it is missing.
    pub(crate) fn start(options: &[&str]) -> Option<Self> {
        for (program, package) in [
            ("python3", "python3"),
            ("openssl", "openssl"),
            ("postfix", "postfix"),
            ("dovecot", "dovecot-imapd"),
        ] {
            crate::peers::program(program, package)?;
        }
        let lmtp = Path::new("/usr/lib/dovecot/lmtp").exists();
        if !lmtp || !rustix::process::getuid().is_root() {
            let missing = "the mail host needs dovecot-lmtpd and root";
            assert!(std::env::var("CI").as_deref() != Ok("true"), "{missing}");
            eprintln!("SKIPPED: {missing}");
            return None;
        }
        // Between finding a port and using it another test may have taken it.
        (0..4).find_map(|_| Self::try_start(options)).or_else(|| panic!("the mail host does not start"))
    }

    fn try_start(options: &[&str]) -> Option<Self> {
        let folder = tempfile::Builder::new().prefix("tq").tempdir_in("/tmp").unwrap();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/mailhost");
        let mut command = Command::new("python3");
        command.arg(script).arg("run").arg(folder.path()).args(["--everyone", PASSWORD]);
        command.args(["--user", &format!("{DESK}:{DESK_PASSWORD}")]);
        for person in PEOPLE {
            command.args(["--user", &format!("{person}@minem.example:{PASSWORD}")]);
        }
        let mut child = command.args(options).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut host = (String::new(), Vec::new());
        for line in BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok) {
            match line.split_once('=') {
                Some(("CA", path)) => host.0 = path.to_owned(),
                Some(("HOST", _)) => {}
                Some((name, port)) => host.1.push((name.to_owned(), port.parse::<u16>().unwrap())),
                None => {
                    let port = |name: &str| host.1.iter().find(|(known, _)| known == name).unwrap().1;
                    return Some(Self {
                        folder,
                        authority: host.0.into(),
                        imap: port("IMAP"),
                        imaps: port("IMAPS"),
                        smtp: port("SMTP"),
                        submission: port("SUBMISSION"),
                        child,
                    });
                }
            }
        }
        let _status = child.wait();
        None
    }

    /// A person with a mailbox here; of another domain, if the name has one.
    pub(crate) fn person(&self, name: &str) -> Person<'_> {
        let address = if name.contains('@') { name.to_owned() } else { format!("{name}@minem.example") };
        Person { host: self, address }
    }

    /// Brings a mail to the desk as servers of the world do: without a login.
    pub(crate) fn post(&self, from: &str, mail: &str) {
        give(self.smtp, None, from, DESK, mail).unwrap_or_else(|answer| panic!("not taken: {answer}"));
    }

    /// The mails of a folder, in the order of their coming.
    pub(crate) fn mails(&self, address: &str, folder: &str) -> Vec<Letter> {
        let mut files: Vec<PathBuf> = Vec::new();
        for part in ["cur", "new"] {
            let path = self.maildir(address, folder).join(part);
            files.extend(fs::read_dir(path).into_iter().flatten().map(|file| file.unwrap().path()));
        }
        files.sort_by_key(|file| file.file_name().unwrap().to_owned());
        // One that is moved from new/ to cur/ in this moment is seen the next time.
        let read = |file: &PathBuf| String::from_utf8(fs::read(file).ok()?).ok().map(Letter);
        files.iter().filter_map(read).collect()
    }

    fn maildir(&self, address: &str, folder: &str) -> PathBuf {
        let (name, domain) = address.split_once('@').unwrap();
        let root = self.folder.path().join("mail").join(domain).join(name).join("Maildir");
        if folder == "INBOX" { root } else { root.join(format!(".{folder}")) }
    }
}

impl Drop for MailHost {
    fn drop(&mut self) {
        // The script ends everything at the end of its input.
        drop(self.child.stdin.take());
        let _status = self.child.wait();
    }
}

/// Somebody with a mailbox.
#[derive(Clone)]
pub(crate) struct Person<'a> {
    host: &'a MailHost,
    pub(crate) address: String,
}

impl Person<'_> {
    /// Writes a new mail to the desk after a login; its Message-ID.
    pub(crate) fn writes(&self, subject: &str, text: &str) -> String {
        self.submits(&letter::write(&self.address, DESK, subject, text))
    }

    /// Answers a mail.
    pub(crate) fn answers(&self, mail: &Letter, text: &str) {
        self.submits(&mail.reply(&self.address, text));
    }

    /// Sends a mail to the desk after a login; its Message-ID.
    pub(crate) fn submits(&self, mail: &str) -> String {
        let login = format!("\0{}\0{PASSWORD}", self.address);
        give(self.host.submission, Some(&login), &self.address, DESK, mail)
            .unwrap_or_else(|answer| panic!("{} cannot send: {answer}", self.address));
        Letter(mail.to_owned()).header("Message-ID")
    }

    /// The mails that this person has.
    pub(crate) fn mails(&self) -> Vec<Letter> {
        self.host.mails(&self.address, "INBOX")
    }

    /// The first mail in the mailbox of which this holds, as soon as there is one.
    pub(crate) fn gets(&self, what: &str, is_it: impl Fn(&Letter) -> bool) -> Letter {
        let wanted = || self.mails().into_iter().find(|mail| is_it(mail));
        let seen = || self.mails().iter().map(Letter::subject).collect::<Vec<_>>().join("\n");
        let end = std::time::Instant::now() + crate::SOON;
        loop {
            if let Some(mail) = wanted() {
                return mail;
            }
            let late = std::time::Instant::now() > end;
            assert!(!late, "{} waited in vain for {what}; there is:\n{}", self.address, seen());
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

/// One SMTP transaction; what the server says where it does not take the mail.
fn give(port: u16, login: Option<&str>, from: &str, to: &str, mail: &str) -> Result<(), String> {
    let stream = until("a connection", || TcpStream::connect(("127.0.0.1", port)).ok());
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let mut lines = BufReader::new(&stream);
    let mut say = |line: &str| -> Result<(), String> {
        if !line.is_empty() {
            (&stream).write_all(line.as_bytes()).map_err(|error| error.to_string())?;
        }
        loop {
            let mut answer = String::new();
            lines.by_ref().take(4096).read_line(&mut answer).map_err(|error| error.to_string())?;
            match answer.as_bytes() {
                [b'2' | b'3', _, _, b'-', ..] => {}
                [b'2' | b'3', _, _, ..] => return Ok(()),
                _ => return Err(answer),
            }
        }
    };
    say("")?;
    say("EHLO client.example\r\n")?;
    if let Some(login) = login {
        say(&format!("AUTH PLAIN {}\r\n", data_encoding::BASE64.encode(login.as_bytes())))?;
    }
    say(&format!("MAIL FROM:<{from}> BODY=8BITMIME\r\n"))?;
    say(&format!("RCPT TO:<{to}>\r\n"))?;
    say("DATA\r\n")?;
    let mail = mail.replace('\n', "\r\n").replace("\r\n.", "\r\n..");
    say(&format!("{mail}.\r\n"))?;
    say("QUIT\r\n")
}

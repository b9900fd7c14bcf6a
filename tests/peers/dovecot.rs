//! A Dovecot with Maildirs, IMAP with and without TLS, and the users `soporte` and `otra`, password `secreto`.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use taquilla::config::mailbox::{MailboxSettings, Tls};
use taquilla::config::secret::SecretSource;

use super::certificate::{self, Certificate};

pub(crate) const PASSWORD: &str = "secreto";

/// What is not as usual.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Options<'a> {
    /// Names in the certificate.
    pub(crate) names: &'a [&'a str],
    /// Lines for the configuration.
    pub(crate) extra: &'a str,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self { names: &["localhost"], extra: "" }
    }
}

/// A running Dovecot.
pub(crate) struct Dovecot {
    folder: tempfile::TempDir,
    program: PathBuf,
    child: Child,
    certificate: Certificate,
    /// Plain, with STARTTLS offered.
    pub(crate) imap: u16,
    /// TLS from the start.
    pub(crate) imaps: u16,
    delivered: u32,
}

impl Dovecot {
    /// Starts one; `None` (a skip) where Dovecot is not installed.
    pub(crate) fn start(options: Options<'_>) -> Option<Self> {
        let program = super::program("dovecot", "dovecot-imapd")?;
        // Between finding a port and using it another test may have taken it.
        for _ in 0..5 {
            let folder = tempfile::Builder::new().prefix("taquilla-dovecot").tempdir().unwrap();
            // The mail processes run as somebody else if we are root.
            fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).unwrap();
            let certificate = certificate::make(folder.path(), options.names);
            let [imap, imaps] = super::free_ports();
            configure(folder.path(), &certificate, (imap, imaps), options.extra);
            let child = spawn(&program, folder.path());
            let program = program.clone();
            let mut dovecot = Self { folder, program, child, certificate, imap, imaps, delivered: 0 };
            if dovecot.answers() {
                return Some(dovecot);
            }
            eprintln!(
                "{}{}",
                dovecot.log(),
                fs::read_to_string(dovecot.folder.path().join("stderr")).unwrap()
            );
        }
        panic!("dovecot does not start");
    }

    /// What Dovecot had to say.
    pub(crate) fn log(&self) -> String {
        let read = |name| fs::read_to_string(self.folder.path().join(name)).unwrap_or_default();
        read("log") + &read("stderr")
    }

    fn answers(&mut self) -> bool {
        let end = Instant::now() + Duration::from_secs(15);
        while Instant::now() < end && self.child.try_wait().unwrap().is_none() {
            if let Ok(mut stream) = std::net::TcpStream::connect(("127.0.0.1", self.imap)) {
                stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
                let mut greeting = [0; 4];
                return std::io::Read::read_exact(&mut stream, &mut greeting).is_ok() && &greeting == b"* OK";
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        false
    }

    /// Settings for a mailbox here, by TLS.
    pub(crate) fn settings(&self, user: &str) -> MailboxSettings {
        MailboxSettings {
            ca_file: Some(self.certificate.authority.clone()),
            poll: Duration::from_millis(200),
            command_timeout: Duration::from_secs(10),
            ..MailboxSettings::new(
                user,
                "localhost",
                self.imaps,
                user,
                SecretSource::Password(PASSWORD.into()),
            )
        }
    }

    /// Settings for a mailbox here, without TLS.
    pub(crate) fn plain_settings(&self, user: &str) -> MailboxSettings {
        MailboxSettings {
            host: "127.0.0.1".into(),
            port: self.imap,
            tls: Tls::None,
            ca_file: None,
            ..self.settings(user)
        }
    }

    /// The Maildir of a folder; created if it is missing.
    pub(crate) fn maildir(&self, user: &str, folder: &str) -> PathBuf {
        let root = self.folder.path().join("home").join(user).join("Maildir");
        let path = if folder == "INBOX" { root.clone() } else { root.join(format!(".{folder}")) };
        super::own_folder(&self.folder.path().join("home").join(user));
        for part in [root, path.clone(), path.join("tmp"), path.join("new"), path.join("cur")] {
            super::own_folder(&part);
        }
        path
    }

    /// Delivers a mail as an MTA does, received now.
    pub(crate) fn deliver(&mut self, user: &str, folder: &str, mail: &[u8]) {
        self.deliver_at(user, folder, mail, SystemTime::UNIX_EPOCH + since_epoch());
    }

    /// Delivers a mail that was received then.
    pub(crate) fn deliver_at(&mut self, user: &str, folder: &str, mail: &[u8], received: SystemTime) {
        self.delivered += 1;
        let maildir = self.maildir(user, folder);
        let name = format!("{}.M{:06}P1.test", since_epoch().as_secs(), self.delivered);
        let temporary = maildir.join("tmp").join(&name);
        fs::write(&temporary, mail).unwrap();
        fs::File::options().write(true).open(&temporary).unwrap().set_modified(received).unwrap();
        let (owner, group) = super::owner();
        std::os::unix::fs::chown(&temporary, Some(owner), Some(group)).unwrap();
        fs::rename(temporary, maildir.join("new").join(name)).unwrap();
    }

    /// Files of the mails in a folder, in the order of their names.
    pub(crate) fn files(&self, user: &str, folder: &str) -> Vec<PathBuf> {
        let maildir = self.maildir(user, folder);
        let mut files: Vec<PathBuf> = ["new", "cur"]
            .iter()
            .flat_map(|part| fs::read_dir(maildir.join(part)).unwrap())
            .map(|entry| entry.unwrap().path())
            .collect();
        files.sort_by_key(|file| file.file_name().unwrap().to_owned());
        files
    }

    /// Makes Dovecot forget UIDs and UIDVALIDITY of a folder: it will number anew, from 1.
    pub(crate) fn forget_uids(&self, user: &str, folder: &str) {
        let maildir = self.maildir(user, folder);
        for entry in fs::read_dir(maildir).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if name.starts_with("dovecot") && name != "dovecot-keywords" && path.is_file() {
                fs::remove_file(path).unwrap();
            }
        }
    }

    /// Kills it with all connections, without a word to the clients.
    pub(crate) fn kill(&mut self) {
        let group = Pid::from_child(&self.child);
        // Fails if it has ended by itself.
        let _gone = kill_process_group(group, Signal::KILL);
        self.child.wait().unwrap();
    }

    /// Starts it again after [`Self::kill`], on the same ports.
    pub(crate) fn restart(&mut self) {
        // What was killed may hold its ports for a moment longer.
        for _ in 0..10 {
            let _none = fs::remove_file(self.folder.path().join("run/master.pid"));
            self.child = spawn(&self.program, self.folder.path());
            if self.answers() {
                return;
            }
            std::thread::sleep(Duration::from_millis(200));
        }
        panic!("dovecot does not start again: {}", self.log());
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        if self.child.try_wait().is_ok_and(|ended| ended.is_none()) {
            let _gone = kill_process(Pid::from_child(&self.child), Signal::TERM);
            let end = Instant::now() + Duration::from_secs(3);
            while Instant::now() < end {
                if self.child.try_wait().is_ok_and(|ended| ended.is_some()) {
                    return;
                }
                std::thread::sleep(Duration::from_millis(10));
            }
            self.kill();
        }
    }
}

fn since_epoch() -> Duration {
    #[expect(clippy::disallowed_methods, reason = "a mail server has its own clock")]
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap()
}

fn spawn(program: &Path, folder: &Path) -> Child {
    Command::new(program)
        .arg("-F")
        .arg("-c")
        .arg(folder.join("dovecot.conf"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(fs::File::options().create(true).append(true).open(folder.join("stderr")).unwrap())
        .process_group(0)
        .spawn()
        .unwrap()
}

fn configure(folder: &Path, certificate: &Certificate, (imap, imaps): (u16, u16), extra: &str) {
    let (user, group) = super::owner();
    let root = folder.display();
    fs::write(
        folder.join("users"),
        format!("soporte:{{PLAIN}}{PASSWORD}::::::\notra:{{PLAIN}}{PASSWORD}::::::\n"),
    )
    .unwrap();
    let mut text = format!(
        "base_dir = {root}/run\nstate_dir = {root}/state\nlog_path = {root}/log\nprotocols = imap\n\
         listen = 127.0.0.1\nssl = yes\nssl_cert = <{cert}\nssl_key = <{key}\nssl_min_protocol = TLSv1.2\n\
         auth_mechanisms = plain login\nmail_location = maildir:~/Maildir\nmail_fsync = never\n\
         passdb {{\n driver = passwd-file\n args = {root}/users\n}}\n\
         userdb {{\n driver = static\n args = uid={user} gid={group} home={root}/home/%u\n}}\n\
         namespace inbox {{\n inbox = yes\n}}\n\
         first_valid_uid = 1\nfirst_valid_gid = 1\nauth_failure_delay = 0\n\
         service anvil {{\n unix_listener anvil-auth-penalty {{\n  mode = 0\n }}\n}}\nstats_writer_socket_path =\n\
         service imap-login {{\n chroot =\n inet_listener imap {{\n  port = {imap}\n }}\n\
         \x20inet_listener imaps {{\n  port = {imaps}\n  ssl = yes\n }}\n}}\n",
        cert = certificate.certificate.display(),
        key = certificate.key.display(),
    );
    if !rustix::process::getuid().is_root() {
        let name = std::env::var("USER").unwrap_or_else(|_| user.to_string());
        writeln!(text, "default_internal_user = {name}\ndefault_login_user = {name}").unwrap();
        writeln!(text, "default_internal_group = {group}\nservice anvil {{\n chroot =\n}}").unwrap();
    }
    text.push_str(extra);
    text.push('\n');
    fs::write(folder.join("dovecot.conf"), text).unwrap();
    super::own_folder(&folder.join("home"));
}

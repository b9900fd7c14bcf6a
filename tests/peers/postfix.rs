//! A private Postfix: takes mail for `minem.example` into Maildirs, offers STARTTLS, relays nothing. Needs root, as
//! Postfix does.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::certificate::{self, Certificate};

/// A running Postfix.
pub(crate) struct Postfix {
    folder: tempfile::TempDir,
    program: PathBuf,
    pub(crate) certificate: Certificate,
    /// SMTP with STARTTLS offered.
    pub(crate) port: u16,
    /// SMTP with TLS from the start.
    pub(crate) tls_port: u16,
}

impl Postfix {
    /// Starts one, its certificate for these names; `None` (a skip) where Postfix is not installed or we are not root.
    pub(crate) fn start(names: &[&str]) -> Option<Self> {
        let program = super::program("postfix", "postfix")?;
        if !rustix::process::getuid().is_root() {
            assert!(std::env::var("CI").as_deref() != Ok("true"), "Postfix starts for root only");
            eprintln!("SKIPPED: Postfix starts for root only");
            return None;
        }
        for _ in 0..3 {
            let folder = tempfile::Builder::new().prefix("taquilla-postfix").tempdir().unwrap();
            fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).unwrap();
            let certificate = certificate::make(folder.path(), names);
            let [port, tls_port] = super::free_ports();
            configure(folder.path(), &certificate, port, tls_port);
            let postfix = Self { folder, program: program.clone(), certificate, port, tls_port };
            if postfix.say("start") && postfix.answers() {
                return Some(postfix);
            }
            eprintln!("{}", postfix.log());
        }
        panic!("postfix does not start");
    }

    fn say(&self, word: &str) -> bool {
        let mut command = Command::new(&self.program);
        command.arg("-c").arg(self.folder.path().join("etc")).arg(word);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap().success()
    }

    fn answers(&self) -> bool {
        let end = Instant::now() + Duration::from_secs(20);
        while Instant::now() < end {
            if std::net::TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return true;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        false
    }

    /// What Postfix had to say.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log/maillog")).unwrap_or_default()
    }

    /// The mails in a user's Maildir, once there are this many.
    pub(crate) fn delivered(&self, user: &str, count: usize) -> Vec<String> {
        let folder = self.folder.path().join("mail").join(user).join("new");
        let end = Instant::now() + Duration::from_secs(20);
        loop {
            let files =
                fs::read_dir(&folder).map(|files| files.map(|file| file.unwrap().path()).collect::<Vec<_>>());
            let files = files.unwrap_or_default();
            if files.len() >= count || Instant::now() > end {
                return files.iter().map(|file| fs::read_to_string(file).unwrap()).collect();
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        self.say("abort");
    }
}

fn configure(folder: &Path, certificate: &Certificate, port: u16, tls_port: u16) {
    let etc = folder.join("etc");
    for name in ["etc", "queue", "data", "log"] {
        fs::create_dir(folder.join(name)).unwrap();
    }
    super::own_folder(&folder.join("mail"));
    let chown = Command::new("chown").arg("postfix").arg(folder.join("data")).status().unwrap();
    assert!(chown.success());
    let (user, group) = super::owner();
    let shown = folder.display();
    let main = format!(
        "compatibility_level = 3.6\nqueue_directory = {shown}/queue\ndata_directory = {shown}/data\n\
         maillog_file = {shown}/log/maillog\nmaillog_file_prefixes = {shown}\nmyhostname = mx.minem.example\n\
         mydestination =\ninet_interfaces = loopback-only\ninet_protocols = ipv4\nalias_maps =\n\
         alias_database =\nmynetworks =\nsmtputf8_enable = yes\nvirtual_mailbox_domains = minem.example\n\
         virtual_mailbox_base = {shown}/mail\nvirtual_mailbox_maps = inline:{{ ana@minem.example=ana/ }}\n\
         virtual_uid_maps = static:{user}\nvirtual_gid_maps = static:{group}\nvirtual_minimum_uid = 1\n\
         smtpd_tls_cert_file = {}\nsmtpd_tls_key_file = {}\nsmtpd_tls_security_level = may\n\
         smtpd_recipient_restrictions = reject_unauth_destination\nmessage_size_limit = 1000000\n",
        certificate.certificate.display(),
        certificate.key.display(),
    );
    fs::write(etc.join("main.cf"), main).unwrap();
    let services = format!(
        "127.0.0.1:{port} inet n - n - - smtpd\n\
         127.0.0.1:{tls_port} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes\n\
         pickup unix n - n 60 1 pickup\ncleanup unix n - n - 0 cleanup\nqmgr unix n - n 300 1 qmgr\n\
         tlsmgr unix - - n 1000? 1 tlsmgr\nrewrite unix - - n - - trivial-rewrite\nbounce unix - - n - 0 bounce\n\
         defer unix - - n - 0 bounce\ntrace unix - - n - 0 bounce\nverify unix - - n - 1 verify\n\
         flush unix n - n 1000? 0 flush\nproxymap unix - - n - - proxymap\nshowq unix n - n - - showq\n\
         error unix - - n - - error\nretry unix - - n - - error\nvirtual unix - n n - - virtual\n\
         anvil unix - - n - 1 anvil\nscache unix - - n - 1 scache\npostlog unix-dgram n - n - 1 postlogd\n"
    );
    fs::write(etc.join("master.cf"), services).unwrap();
}

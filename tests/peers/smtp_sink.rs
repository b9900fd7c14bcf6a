//! Postfix's `smtp-sink`: takes mails and throws them away, or misbehaves as asked.

use std::fs;
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// A running one; ended when dropped.
pub(crate) struct Sink {
    folder: tempfile::TempDir,
    child: Child,
    /// Its port on loopback.
    pub(crate) port: u16,
}

impl Sink {
    /// Starts one with these options; `None` (a skip) where it is not installed.
    pub(crate) fn start(options: &[&str]) -> Option<Self> {
        Self::start_at(options, None)
    }

    /// The same on a port where one was before.
    pub(crate) fn start_at(options: &[&str], port: Option<u16>) -> Option<Self> {
        Self::spawn(&[&["-d", "mail."], options].concat(), port)
    }

    /// One that writes nothing down.
    pub(crate) fn discarding() -> Option<Self> {
        Self::spawn(&[], None)
    }

    fn spawn(options: &[&str], port: Option<u16>) -> Option<Self> {
        let program = super::program("smtp-sink", "postfix")?;
        for _ in 0..5 {
            let port = port.unwrap_or_else(super::free_port);
            let folder = tempfile::Builder::new().prefix("taquilla-sink").tempdir().unwrap();
            super::own_folder(folder.path());
            let mut command = Command::new(&program);
            if rustix::process::getuid().is_root() {
                command.args(["-u", "nobody"]);
            }
            let child = command
                .args(["-4", "-R"])
                .arg(folder.path())
                .args(options)
                .args([&format!("127.0.0.1:{port}"), "64"])
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            let mut sink = Self { folder, child, port };
            if sink.answers() {
                return Some(sink);
            }
        }
        panic!("smtp-sink does not start");
    }

    fn answers(&mut self) -> bool {
        let end = Instant::now() + Duration::from_secs(10);
        while Instant::now() < end && self.child.try_wait().unwrap().is_none() {
            if TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return true;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        false
    }

    /// What it was given, whole transactions and broken ones, as it writes them down: envelope and content.
    pub(crate) fn mails(&self) -> Vec<String> {
        let files = fs::read_dir(self.folder.path()).unwrap();
        let mut mails: Vec<String> = files
            .map(|file| String::from_utf8_lossy(&fs::read(file.unwrap().path()).unwrap()).into_owned())
            .collect();
        // A file is opened with the connection's first MAIL.
        mails.retain(|mail| !mail.is_empty());
        mails.sort();
        mails
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        if let Some(pid) = Pid::from_raw(i32::try_from(self.child.id()).unwrap()) {
            let _ended = kill_process(pid, Signal::KILL);
        }
        let _status = self.child.wait();
    }
}

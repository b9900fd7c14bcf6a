//! Real servers from the distribution's packages, started by the tests for themselves: a folder of their own, free
//! ports on loopback, ended by process id when the test ends. Nothing of the machine's own configuration is read.

pub(crate) mod certificate;
pub(crate) mod dovecot;
pub(crate) mod postfix;
pub(crate) mod smtp_sink;

use std::path::{Path, PathBuf};

/// Where a program is. A missing one is a visible skip, and in CI (`CI=true`) a failure.
pub(crate) fn program(name: &str, package: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    // Daemons are in sbin, which the PATH of an ordinary user lacks.
    let folders = std::env::split_paths(&path).chain(["/usr/sbin".into(), "/usr/local/sbin".into()]);
    let found = folders.map(|folder| folder.join(name)).find(|file| file.is_file());
    if found.is_none() {
        let missing = format!("{name} is not installed (package {package})");
        assert!(std::env::var("CI").as_deref() != Ok("true"), "{missing}");
        eprintln!("SKIPPED: {missing}");
    }
    found
}

/// A port that was free a moment ago.
pub(crate) fn free_port() -> u16 {
    let [port] = free_ports();
    port
}

/// Ports that were free a moment ago, each another one.
pub(crate) fn free_ports<const COUNT: usize>() -> [u16; COUNT] {
    let listeners: [_; COUNT] =
        std::array::from_fn(|_| std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap());
    listeners.map(|listener| listener.local_addr().unwrap().port())
}

/// User and group that own the mails: ourselves, or nobody if we are root, for whom servers keep no mail.
pub(crate) fn owner() -> (u32, u32) {
    let (user, group) = (rustix::process::getuid(), rustix::process::getgid());
    if user.is_root() { (65_534, 65_534) } else { (user.as_raw(), group.as_raw()) }
}

/// Creates a folder for [`owner`].
pub(crate) fn own_folder(path: &Path) {
    std::fs::create_dir_all(path).unwrap();
    let (user, group) = owner();
    std::os::unix::fs::chown(path, Some(user), Some(group)).unwrap();
}

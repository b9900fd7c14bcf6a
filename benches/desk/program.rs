//! The program as its users start it, watched from outside.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// What a run took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ran {
    pub(crate) time: Duration,
    /// Highest resident memory (VmHWM), octets.
    pub(crate) peak: u64,
}

pub(crate) fn command(config: &Path) -> Command {
    // Another build can be put beside this one.
    let program = std::env::var_os("BENCH_PROGRAM").unwrap_or_else(|| env!("CARGO_BIN_EXE_taquilla").into());
    let mut command = Command::new(program);
    command.arg("--config").arg(config).arg("run").stdin(Stdio::null()).stdout(Stdio::null());
    command
}

/// `taquilla run --once`, to its end.
pub(crate) fn once(config: &Path) -> Ran {
    let log = config.with_file_name("log");
    let begun = Instant::now();
    let mut child = command(config).arg("--once").stderr(fs::File::create(&log).unwrap()).spawn().unwrap();
    let mut peak = 0;
    let status = loop {
        peak = peak.max(high_water(&child));
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let time = begun.elapsed();
    assert!(status.success(), "{}", fs::read_to_string(&log).unwrap());
    Ran { time, peak }
}

/// Starts the daemon; it, and the time until it said that it is ready.
pub(crate) fn daemon(config: &Path) -> (Child, Duration) {
    let begun = Instant::now();
    let mut child = command(config).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let ready = lines.by_ref().map_while(Result::ok).any(|line| line.contains("ready"));
    assert!(ready, "the daemon does not start");
    let time = begun.elapsed();
    // Whoever writes must find somebody who reads.
    std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
    (child, time)
}

pub(crate) fn stop(mut child: Child) {
    rustix::process::kill_process(rustix::process::Pid::from_child(&child), rustix::process::Signal::TERM)
        .unwrap();
    child.wait().unwrap();
}

/// VmHWM of a process, octets.
pub(crate) fn high_water(child: &Child) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) * 1024
}

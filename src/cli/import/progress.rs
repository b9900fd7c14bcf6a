//! How far an import is: a bar on a terminal, a line now and then elsewhere.

use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::cli::output::tell;

/// Time between two lines where there is no terminal.
const PAUSE: Duration = Duration::from_secs(10);

/// Measured in octets: mails of a file are known once it is read.
pub(super) struct Progress {
    bar: Option<ProgressBar>,
    mails: u64,
    octets: u64,
    all: u64,
    began: Instant,
    told: Instant,
}

impl Progress {
    /// Of so many files and octets.
    pub(super) fn new(files: u64, octets: u64) -> Self {
        let now = Instant::now();
        let bar = std::io::stderr().is_terminal().then(|| ProgressBar::new(octets));
        if let Some(bar) = &bar {
            let look = "{bar:30} {percent:>3} %  {msg}  {bytes} of {total_bytes}, {eta} left";
            bar.set_style(
                ProgressStyle::with_template(look).unwrap_or_else(|_| ProgressStyle::default_bar()),
            );
            bar.set_message(format!("{files} files"));
        }
        Self { bar, mails: 0, octets: 0, all: octets, began: now, told: now }
    }

    /// So many mails more are done.
    pub(super) fn step(&mut self, mails: u64, octets: u64) {
        self.mails += mails;
        self.octets += octets;
        let seconds = self.began.elapsed().as_secs_f64().max(0.001);
        let rate = figure(self.mails, seconds);
        match &self.bar {
            Some(bar) => {
                bar.set_position(self.octets);
                bar.set_message(format!("{} mails, {rate} a second", self.mails));
            }
            None if self.told.elapsed() >= PAUSE => {
                self.told = Instant::now();
                let percent = self.octets.saturating_mul(100).checked_div(self.all).unwrap_or(100).min(100);
                let left = self.all.saturating_sub(self.octets);
                let speed = figure(self.octets, seconds).max(1);
                tell(&format!(
                    "{} mails, {percent} %, {rate} a second, about {} s left",
                    self.mails,
                    left / speed
                ));
            }
            None => {}
        }
    }

    /// Says something beside the bar.
    pub(super) fn tell(&self, line: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| tell(line)),
            None => tell(line),
        }
    }

    /// The bar goes.
    pub(super) fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// So many in a second.
fn figure(number: u64, seconds: f64) -> u64 {
    (number as f64 / seconds) as u64
}

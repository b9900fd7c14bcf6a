//! How long to wait before the next attempt: longer each time, and never together with others.

use std::time::Duration;

/// The waits of one connection. Chance comes from the seed alone.
#[derive(Debug)]
pub struct Backoff {
    first: Duration,
    longest: Duration,
    failures: u32,
    chance: u64,
}

impl Backoff {
    /// Waits that begin at `first`, double with each failure and end at `longest`.
    pub fn new(first: Duration, longest: Duration, seed: u64) -> Self {
        Self { first, longest, failures: 0, chance: seed }
    }

    /// The wait after one more failure: between half and all of what is due, so that many mailboxes of one server
    /// do not come back at one moment.
    pub fn wait(&mut self) -> Duration {
        let due = self.first.saturating_mul(1u32.checked_shl(self.failures.min(20)).unwrap_or(1));
        self.failures = self.failures.saturating_add(1);
        let half = due.min(self.longest).div_f64(2.0);
        // The upper 32 bits of SplitMix64, as a fraction.
        let fraction = (self.draw() >> 32) as f64 / f64::from(u32::MAX);
        half.saturating_add(half.mul_f64(fraction))
    }

    /// It worked.
    pub fn reset(&mut self) {
        self.failures = 0;
    }

    fn draw(&mut self) -> u64 {
        self.chance = self.chance.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.chance;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_a_limit_and_differ() {
        let (first, longest) = (Duration::from_secs(2), Duration::from_secs(300));
        let mut one = Backoff::new(first, longest, 1);
        let mut other = Backoff::new(first, longest, 2);
        let waits: Vec<Duration> = (0..40).map(|_| one.wait()).collect();
        assert!(waits[0] >= first / 2 && waits[0] <= first, "{waits:?}");
        assert!(waits[5] >= Duration::from_secs(32), "{waits:?}");
        assert!(waits.iter().skip(10).all(|wait| (longest / 2..=longest).contains(wait)), "{waits:?}");
        assert_ne!(waits, (0..40).map(|_| other.wait()).collect::<Vec<_>>());
        one.reset();
        assert!(one.wait() <= first);
    }
}

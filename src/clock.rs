//! The only place that asks for the time and for chance.
//!
//! Everything else is given both, so that a decision can be made again and come out the same.

use jiff::Timestamp;

/// Where the time comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A clock that stands still: for `explain --at` and for tests.
    Fixed(Timestamp),
}

impl Clock {
    /// Now.
    pub fn now(self) -> Timestamp {
        match self {
            // Whole milliseconds, as they are stored: what is read back equals what was decided upon.
            #[expect(clippy::disallowed_methods, reason = "this is the one place")]
            Self::System => {
                let now = Timestamp::now();
                Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
            }
            Self::Fixed(time) => time,
        }
    }
}

/// 32 octets from the operating system that nobody can guess.
///
/// # Errors
/// The operating system has none to give.
pub fn random_seed() -> std::io::Result<[u8; 32]> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(std::io::Error::other)?;
    Ok(seed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_clock_stands_still() {
        let then = Timestamp::from_second(1_387_209_600).unwrap();
        assert_eq!(Clock::Fixed(then).now(), then);
        assert!(Clock::System.now() > then);
    }

    #[test]
    fn seeds_differ() {
        assert_ne!(random_seed().unwrap(), random_seed().unwrap());
    }
}

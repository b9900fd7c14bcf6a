//! Tables of what people write and what it means.

mod guides;
mod read;
mod when;
mod words;

use jiff::Zoned;

/// Monday, 23 November 2026, 10:00 in Lima (no summer time, UTC-5).
fn monday() -> Zoned {
    "2026-11-23T10:00:00-05:00[America/Lima]".parse().unwrap()
}

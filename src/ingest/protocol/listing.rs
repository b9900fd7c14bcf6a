//! The order in which a folder is listed: windows of UIDs, never everything at once.
//!
//! UIDs have gaps (RFC 3501, section 2.3.1.1): ten mails may be spread over three million. So the width of a window
//! follows what the last one brought, between bounds that keep one answer small.

use super::Span;

const NARROW: u32 = 1_000;
const WIDE: u32 = 64_000;

/// What is still to be listed in one pass over the folder.
#[derive(Debug, Default)]
pub struct Windows {
    /// First UID of the next window, and the last UID of the pass.
    range: Option<(u32, u32)>,
    /// After the range, everything from here on.
    tail: Option<u32>,
    width: u32,
}

impl Windows {
    /// A pass from `low` to `top`, or to the end if it is not known.
    pub fn new(low: u32, top: Option<u32>) -> Self {
        match top {
            Some(top) => Self { range: (low <= top).then_some((low, top)), tail: None, width: NARROW },
            None => Self { range: None, tail: Some(low), width: NARROW },
        }
    }

    /// A pass from `low` to `top` and on to the end, of which nothing is known.
    pub(super) fn with_tail(low: u32, top: u32) -> Self {
        Self { tail: Some(top.saturating_add(1).max(low)), ..Self::new(low, Some(top)) }
    }

    /// True when the pass is over.
    pub(super) fn is_done(&self) -> bool {
        self.range.is_none() && self.tail.is_none()
    }

    /// The next window. It stays the next one until [`Self::listed`].
    pub fn span(&self) -> Option<Span> {
        match (self.range, self.tail) {
            (Some((low, top)), _) => Some(Span::Range(low, Some(self.end(low, top)))),
            (None, Some(low)) => Some(Span::Range(low, None)),
            (None, None) => None,
        }
    }

    /// The window was listed and brought so many mails.
    pub fn listed(&mut self, mails: usize) {
        let Some((low, top)) = self.range else {
            self.tail = None;
            return;
        };
        let end = self.end(low, top);
        self.range = (end < top).then(|| (end.saturating_add(1), top));
        if mails < 250 {
            self.width = self.width.saturating_mul(2).min(WIDE);
        } else if mails > 1_000 {
            self.width = (self.width / 2).max(NARROW);
        }
    }

    fn end(&self, low: u32, top: u32) -> u32 {
        low.saturating_add(self.width.saturating_sub(1)).min(top)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(mut windows: Windows, mails: usize) -> Vec<Span> {
        let mut spans = Vec::new();
        while let Some(span) = windows.span() {
            spans.push(span);
            windows.listed(mails);
        }
        assert!(windows.is_done());
        spans
    }

    #[test]
    fn windows_meet_without_gap_or_overlap() {
        for mails in [0, 500, 5_000] {
            let mut next = 7;
            for span in spans(Windows::new(7, Some(3_000_000)), mails) {
                let Span::Range(low, Some(high)) = span else { panic!("{span:?}") };
                assert_eq!(low, next);
                assert!(high - low < WIDE);
                next = high + 1;
            }
            assert_eq!(next, 3_000_001);
        }
        assert!(spans(Windows::new(1, Some(3_000_000)), 0).len() < 60);
    }

    #[test]
    fn the_edges_of_the_number_space() {
        assert_eq!(spans(Windows::new(5, Some(4)), 0), []);
        assert_eq!(spans(Windows::new(1, None), 0), [Span::Range(1, None)]);
        assert_eq!(spans(Windows::with_tail(9, 12), 0), [Span::Range(9, Some(12)), Span::Range(13, None)]);
        assert_eq!(spans(Windows::new(u32::MAX, Some(u32::MAX)), 0).len(), 1);
    }
}

//! What comes off the wire, looked at before the IMAP crate sees it.
//!
//! The crate reserves memory for whatever length a server announces, parses a line anew with every 4 KiB of it, goes as
//! deep as the parentheses go, and cuts text at the octet after a response code. So a hostile server could have memory,
//! time, stack or a panic of us. Here is a limit on each, in one pass over the octets and without keeping them.

/// Longest line between literals. A list of UIDs that we caused has at most a few thousand octets.
const LINE: u32 = 128 * 1024;
/// Most parentheses opened in one response; what we ask for has three.
const PARENTHESES: u32 = 64;

/// The state of the look-out: where in a response we are.
#[derive(Debug)]
pub(super) struct Guard {
    /// Octets of literals that one response may announce.
    allowance: u64,
    /// Octets left of the literal that we are in.
    literal: u64,
    announced: u64,
    line: u32,
    parentheses: u32,
    /// The first octets of the response, which say whether it is data or a status with free text.
    head: [u8; 10],
    last: u8,
    brace: Brace,
}

/// How much of `{123}` at the end of the line was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Brace {
    None,
    Digits(u64),
    Closed(u64),
}

impl Guard {
    /// Allowance where nothing large was asked for.
    pub(super) const SMALL: u64 = 64 * 1024;

    pub(super) fn new() -> Self {
        Self {
            allowance: Self::SMALL,
            literal: 0,
            announced: 0,
            line: 0,
            parentheses: 0,
            head: [0; 10],
            last: 0,
            brace: Brace::None,
        }
    }

    /// From now on one response may bring so many octets of literals.
    pub(super) fn allow(&mut self, octets: u64) {
        self.allowance = octets.max(Self::SMALL);
    }

    /// Looks at the next octets.
    ///
    /// # Errors
    /// What the server did wrong; the connection must not be read further.
    pub(super) fn look(&mut self, mut octets: &[u8]) -> Result<(), &'static str> {
        while !octets.is_empty() {
            if self.literal > 0 {
                let skip = usize::try_from(self.literal).unwrap_or(usize::MAX).min(octets.len());
                self.literal = self.literal.saturating_sub(skip as u64);
                octets = octets.get(skip..).unwrap_or_default();
                self.last = 0;
            } else if let Some((first, rest)) = octets.split_first() {
                self.octet(*first)?;
                octets = rest;
            }
        }
        Ok(())
    }

    fn octet(&mut self, octet: u8) -> Result<(), &'static str> {
        if let Some(place) = self.head.get_mut(self.line as usize) {
            *place = octet;
        }
        self.line = self.line.saturating_add(1);
        if self.line > LINE {
            return Err("a line without end");
        }
        match octet {
            b'\n' if self.last == b'\r' => self.end_of_line()?,
            b'\n' => return Err("a line feed by itself"),
            b'\r' => {}
            b'(' => {
                self.parentheses = self.parentheses.saturating_add(1);
                if self.parentheses > PARENTHESES {
                    return Err("parentheses without end");
                }
                self.brace = Brace::None;
            }
            // The crate takes the octet after a response code for a space, and panics within a character.
            0x80.. if self.last == b']' => return Err("text that begins within a character"),
            b'{' => self.brace = Brace::Digits(0),
            b'0'..=b'9' => {
                if let Brace::Digits(number) = self.brace {
                    let digit = u64::from(octet.saturating_sub(b'0'));
                    self.brace = Brace::Digits(number.saturating_mul(10).saturating_add(digit));
                }
            }
            b'}' => {
                self.brace = match self.brace {
                    Brace::Digits(number) if self.last != b'{' => Brace::Closed(number),
                    Brace::Digits(_) | Brace::Closed(_) | Brace::None => Brace::None,
                }
            }
            _ => self.brace = Brace::None,
        }
        // `{12}x` announces nothing.
        if let Brace::Closed(_) = self.brace
            && !matches!(octet, b'}' | b'\r' | b'\n')
        {
            self.brace = Brace::None;
        }
        self.last = octet;
        Ok(())
    }

    fn end_of_line(&mut self) -> Result<(), &'static str> {
        let Brace::Closed(length) = self.brace else {
            *self = Self { allowance: self.allowance, ..Self::new() };
            return Ok(());
        };
        // Free text has no literals; where we and the crate could read it differently, we do not read on.
        if !self.is_data() {
            return Err("a status that ends in a number in braces");
        }
        self.announced = self.announced.saturating_add(length);
        if self.announced > self.allowance {
            return Err("more octets announced than were asked for");
        }
        self.literal = length;
        self.brace = Brace::None;
        Ok(())
    }

    /// False for tagged answers, continuations, and untagged OK, NO, BAD, BYE, PREAUTH (RFC 3501, section 7.1).
    fn is_data(&self) -> bool {
        let Some(word) = self.head.strip_prefix(b"* ") else { return false };
        let end = word.iter().position(|octet| !octet.is_ascii_alphabetic()).unwrap_or(word.len());
        let word = word.get(..end).unwrap_or_default();
        !["OK", "NO", "BAD", "BYE", "PREAUTH"]
            .iter()
            .any(|status| status.as_bytes().eq_ignore_ascii_case(word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(octets: &[u8]) -> Result<(), &'static str> {
        let mut guard = Guard::new();
        guard.allow(100_000);
        let whole = guard.look(octets);
        // The same octets, however they come in.
        for piece in [1, 7] {
            let mut guard = Guard::new();
            guard.allow(100_000);
            assert_eq!(octets.chunks(piece).try_for_each(|chunk| guard.look(chunk)), whole);
        }
        whole
    }

    #[test]
    fn what_servers_say() {
        for said in [
            "* OK [CAPABILITY IMAP4rev1 IDLE] Dovecot ready.\r\n",
            "* 1 FETCH (UID 1 BODY[] {5}\r\n{9}\r\n)\r\n* 2 FETCH (UID 2 BODY[] {0}\r\n)\r\n",
            "* 1 FETCH (UID 1 BODY[] {12}\r\n{999999999}\r FLAGS (\\Seen))\r\nT1 OK done\r\n",
            "* LIST (\\HasNoChildren) \"/\" {8}\r\nProcesad\r\n",
            "* FLAGS (\\Answered $Forwarded)\r\n+ idling\r\n",
            "* 3 FETCH (X {\"a\"} UID 3)\r\n* OK {12} things\r\n",
        ] {
            assert_eq!(verdict(said.as_bytes()), Ok(()), "{said}");
        }
    }

    #[test]
    fn what_is_not_read_further() {
        let deep = format!("* 1 FETCH (BODYSTRUCTURE {}", "(".repeat(70));
        let long = format!("* SEARCH {}", "1 ".repeat(70_000));
        for (said, why) in [
            ("* 1 FETCH (UID 1 BODY[] {500000000}\r\n", "announced"),
            ("* 1 FETCH (BODY[] {60000}\r\n", ""),
            ("* 1 FETCH (UID 1 BODY[] {99999999999999999999999}\r\n", "announced"),
            ("* OK [BADCHARSET ({500000000}\r\n", "braces"),
            ("T1 OK {5}\r\n", "braces"),
            ("* bye {5}\r\n", "braces"),
            ("+ {5}\r\n", "braces"),
            ("* OK [ALERT]\u{e9}\r\n", "character"),
            ("* 1 EXISTS\n", "line feed"),
            (deep.as_str(), "parentheses"),
            (long.as_str(), "without end"),
        ] {
            match verdict(said.as_bytes()) {
                Ok(()) => assert_eq!(why, "", "{said:.60}"),
                Err(error) => assert!(!why.is_empty() && error.contains(why), "{said:.60}: {error}"),
            }
        }
    }

    #[test]
    fn literals_of_one_response_count_together() {
        let mut twice = b"* 1 FETCH (BODY[] {60000}\r\n".to_vec();
        twice.extend([b'x'; 60_000]);
        twice.extend(b" BODY[1] {60000}\r\n");
        assert_eq!(verdict(&twice), Err("more octets announced than were asked for"));
        let mut after = b"* 1 FETCH (BODY[] {60000}\r\n".to_vec();
        after.extend([b'x'; 60_000]);
        after.extend(b")\r\n* 2 FETCH (BODY[] {60000}\r\n");
        assert_eq!(verdict(&after), Ok(()));
    }

    /// What passes the guard, the crate's parser reads or refuses; it does not panic.
    #[test]
    fn what_passes_does_not_panic_in_the_parser() {
        use proptest::prelude::*;
        let words = [
            "* ",
            "T1 ",
            "+ ",
            "OK ",
            "NO ",
            "BYE",
            "[ALERT]",
            "[",
            "]",
            "é",
            "\u{e9}",
            "1 ",
            "2 FETCH (",
            "UID ",
            "7",
            "BODY[]",
            "<0> ",
            "{3}\r\n",
            "abc",
            ")",
            "(",
            "\"",
            "\\",
            "NIL",
            " ",
            "FLAGS ",
            "\\Seen",
            "ENVELOPE ",
            "BODYSTRUCTURE ",
            "CAPABILITY IMAP4rev1",
            "[BADCHARSET (",
            "[COPYUID 1 ",
            "1:2",
            "LIST ",
            "SEARCH",
            "EXISTS",
            "VANISHED (EARLIER) ",
            "4294967296",
            "INTERNALDATE ",
            "RFC822.SIZE ",
            "STATUS ",
            "\r\n",
            "\r\n",
            "\r\n",
        ];
        let line = proptest::collection::vec(proptest::sample::select(words.to_vec()), 1..24);
        proptest!(ProptestConfig::with_cases(3_000), |(words in line)| {
            let said = words.concat() + "\r\n";
            if verdict(said.as_bytes()).is_ok() {
                let _read = async_imap::imap_proto::Response::parse(said.as_bytes()).is_ok();
            }
        });
    }
}

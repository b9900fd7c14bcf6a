//! One command line of SMTP.

use std::fmt;

/// A command without its CRLF. A line end or another control character within it is never written.
pub(super) struct Line(pub(super) String);

impl fmt::Display for Line {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars().filter(|c| !c.is_control()) {
            fmt::Write::write_char(out, c)?;
        }
        out.write_str("\r\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_is_one_line() {
        assert_eq!(Line("RCPT TO:<a@b>\r\nDATA".to_owned()).to_string(), "RCPT TO:<a@b>DATA\r\n");
    }
}

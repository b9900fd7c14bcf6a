//! Writing for people and for pipes. A reader that goes away (`| head`) ends the program quietly.

use std::io::{self, IsTerminal as _, Write as _};

/// Writes a result to standard output, with a line end.
///
/// # Errors
/// It cannot be written. Where nobody reads any more the process ends with code 0, as `head` expects.
pub fn say(line: &str) -> io::Result<()> {
    let written = writeln!(io::stdout().lock(), "{line}");
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => std::process::exit(0),
        other => other,
    }
}

/// Writes to standard error, with a line end. What cannot be told there cannot be told at all.
pub fn tell(line: &str) {
    let _nobody_listens = writeln!(io::stderr().lock(), "{line}");
}

/// Whether colours suit standard output: a terminal, and nobody who asked for none (no-color.org).
pub fn colours_on_stdout() -> bool {
    io::stdout().is_terminal() && colours_wanted()
}

/// Whether colours suit standard error.
pub fn colours_on_stderr() -> bool {
    io::stderr().is_terminal() && colours_wanted()
}

fn colours_wanted() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

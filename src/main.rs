//! The `taquilla` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    taquilla::cli::main()
}

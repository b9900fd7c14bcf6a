//! The `taquilla` program.

fn main() {}

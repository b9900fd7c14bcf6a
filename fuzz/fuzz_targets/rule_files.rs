#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| taquilla_fuzz::feed("rule_files", octets));

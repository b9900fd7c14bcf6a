#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| taquilla_fuzz::feed("compose_parse", octets));

//! Fuzzes `card_link`; what must hold stands in the library.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| kartka_fuzz::target("card_link")(bytes));

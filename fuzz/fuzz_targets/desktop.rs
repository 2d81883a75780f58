//! What a desktop stores, is called with, and is answered: see `ringside_core::fuzzing`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ringside_core::fuzzing::desktop(bytes));

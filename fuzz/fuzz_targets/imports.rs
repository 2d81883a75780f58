//! Files of other trackers: see `hosted_api::fuzzing`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| hosted_api::fuzzing::imports(bytes));

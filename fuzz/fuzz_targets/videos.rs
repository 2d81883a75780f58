//! Files that are uploaded as videos: see `hosted_api::fuzzing`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| hosted_api::fuzzing::videos(bytes));

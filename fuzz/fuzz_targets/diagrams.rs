#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fluxchat_extract::fuzz_diagram(data));

//! `messages`: any packet is a message or none, and a message is itself again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use step5_wsgi_server::processes::messages::{FromMaster, FromWorker};

fuzz_target!(|input: &[u8]| {
    let Ok(text) = std::str::from_utf8(input) else { return };
    if let Some(message) = FromWorker::decode(text) {
        assert_eq!(FromWorker::decode(&message.encode()), Some(message));
    }
    if let Some(message) = FromMaster::decode(text) {
        assert_eq!(FromMaster::decode(&message.encode()), Some(message));
    }
});

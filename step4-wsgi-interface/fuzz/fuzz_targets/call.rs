//! A whole call: an application that does what the bytes say (begins, writes,
//! yields, fails, in any order) cannot bring a gateway out of order.
#![no_main]

use libfuzzer_sys::fuzz_target;
use step4_wsgi_interface::gateway::{self, Memory};
use step4_wsgi_interface::run::terminal::Request;
use step4_wsgi_interface::{Body, Environ, Result, StartResponse};

fn begin(start_response: &StartResponse, length: u8, again: bool) -> Result<()> {
    let length = length.to_string();
    let headers = [("Content-Type", "text/plain"), ("Content-Length", length.as_str())];
    let shown = if length.len() == 3 { &headers[..1] } else { &headers[..] };
    start_response("200 OK", shown, again.then(|| "changed its mind".into())).map(drop)
}

fuzz_target!(|input: &[u8]| {
    let input = input.to_vec();
    let application = move |_: Environ, start_response: StartResponse| -> Result<Body> {
        let mut steps = input.clone().into_iter();
        for step in steps.by_ref() {
            match step % 8 {
                0 => begin(&start_response, step, false)?,
                1 => begin(&start_response, step, true)?,
                2 => start_response("200 OK", &[], None)?(&[step; 3])?,
                3 => drop(begin(&start_response, step, true)),
                4 => return Err("fails".into()),
                _ => break,
            }
        }
        Ok(Body::iterator(steps.map(move |step| {
            match step % 8 {
                0 => begin(&start_response, step, false)?,
                1 => begin(&start_response, step, true)?,
                2 => return Err("fails".into()),
                _ => {}
            }
            Ok(vec![step; usize::from(step % 4)])
        })))
    };
    let environ = Request::get("/").environ();
    let (memory, outcome) = gateway::run(&application, environ, Memory::default());
    let head = memory.head.expect("there is always an answer");
    if let Some(length) = head.content_length() {
        assert!(memory.content.len() as u64 <= length, "never more than was said");
        assert!(outcome.is_err() || memory.content.len() as u64 == length);
    }
});

//! Begins the response when its first block is asked for: nothing is wrong with
//! it.

use step4_wsgi_interface::{Body, Environ, Result, StartResponse};

const TEXT: [(&str, &str); 1] = [("Content-Type", "text/plain")];

pub fn application(_environ: Environ, start_response: StartResponse) -> Result<Body> {
    let mut blocks = vec!["world", "hello, "];
    Ok(Body::iterator(std::iter::from_fn(move || {
        if blocks.len() == 2
            && let Err(error) = start_response("200 OK", &TEXT, None)
        {
            return Some(Err(error));
        }
        blocks.pop().map(|block| Ok(block.as_bytes()))
    })))
}

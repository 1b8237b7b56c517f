//! Yields a block first and begins the response with the second.

use step4_wsgi_interface::{Body, Environ, Result, StartResponse};

const TEXT: [(&str, &str); 1] = [("Content-Type", "text/plain")];

pub fn application(_environ: Environ, start_response: StartResponse) -> Result<Body> {
    let mut number = 0;
    Ok(Body::iterator(std::iter::from_fn(move || {
        number += 1;
        if number == 2 {
            start_response("200 OK", &TEXT, None).err().map(Err)
        } else {
            (number < 3).then(|| Ok("too early"))
        }
        .map(|block| block.map(|block| block.as_bytes().to_vec()))
    })))
}

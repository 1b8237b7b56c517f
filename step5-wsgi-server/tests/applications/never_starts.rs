use step4_wsgi_interface::{Body, Environ, Result, StartResponse};

use crate::{ASK, ask, each_way};

#[test]
fn an_answer_without_start_response_is_a_500() {
    let application =
        |_: Environ, _: StartResponse| -> Result<Body> { Ok([b"hello".as_slice()].into()) };
    each_way(application, |address| assert_eq!(ask(address, ASK).status, 500));
    let application = |_: Environ, _: StartResponse| -> Result<Body> { Ok(Body::empty()) };
    each_way(application, |address| assert_eq!(ask(address, ASK).status, 500));
}

//! Every "must" of PEP 3333, and what keeps it: a test, the compiler, or a server.
//!
//! The sentences are the PEP's, in its order; what it says of Python alone (that
//! `environ` is a builtin dictionary, arguments are positional) is what the types
//! say here.

/// What keeps a rule.
enum Kept {
    /// A test of this name in this file.
    By(&'static str, &'static str),
    /// The types: what breaks it does not compile.
    Types(&'static str),
    /// A server that speaks HTTP, which is step 5.
    Server(&'static str),
}
use Kept::{By, Server, Types};

const GATEWAY: &str = "gateway_musts";
const VALIDATOR: &str = "validator";
const MIDDLEWARE: &str = "middleware";

const MUSTS: &[(&str, Kept)] = &[
    (
        "invoking a callable must not have any dependency on what kind of callable was provided to it",
        Types("`impl Application for F`"),
    ),
    ("Application objects must be able to be invoked more than once", Types("`call(&self, …)`")),
    (
        "must invoke the application object using positional arguments",
        Types("a function's arguments"),
    ),
    ("the application must accept two positional arguments", Types("`Fn(Environ, StartResponse)`")),
    ("environ must be a builtin Python dictionary", Types("`Environ`")),
    (
        "The dictionary must also include certain WSGI-required variables",
        By(GATEWAY, "a_gateway_says_what_it_is"),
    ),
    (
        "start_response must return a write(body_data) callable",
        By(GATEWAY, "start_response_returns_write"),
    ),
    (
        "the application object must always return an iterable yielding zero or more bytestrings",
        Types("`Result<Body>`"),
    ),
    (
        "must transmit the yielded bytestrings in an unbuffered fashion, before requesting another one",
        By(GATEWAY, "each_block_is_sent_before_the_next_is_asked_for"),
    ),
    ("len(iterable) must return an accurate result", By(GATEWAY, "a_length_that_is_told_is_true")),
    (
        "must call close() upon completion of the current request",
        By(GATEWAY, "a_body_is_closed_once_however_the_request_goes"),
    ),
    (
        "must invoke start_response() before the iterable yields its first body bytestring",
        By(GATEWAY, "content_without_a_beginning_becomes_a_500"),
    ),
    (
        "servers must not assume that start_response() has been called before they begin iterating",
        By(GATEWAY, "a_response_may_begin_with_the_first_block"),
    ),
    (
        "must not directly use any other attributes of the iterable",
        Types("`Body` is the one type of bodies"),
    ),
    (
        "The following variables must be present",
        By(VALIDATOR, "every_breach_of_an_environ_is_named"),
    ),
    (
        "SERVER_NAME and SERVER_PORT are required strings and must never be empty",
        By(VALIDATOR, "every_breach_of_an_environ_is_named"),
    ),
    (
        "CGI-defined variables must be native strings",
        By(GATEWAY, "every_byte_of_a_variable_is_one_character"),
    ),
    ("must contain the following WSGI-defined variables", By(GATEWAY, "a_gateway_says_what_it_is")),
    (
        "The methods of the streams must be supported by all servers",
        By(GATEWAY, "the_input_can_be_read_in_every_way_and_ends_with_the_content"),
    ),
    (
        "Applications must not use any other methods of the streams",
        Types("`dyn BufRead`, `dyn Write`"),
    ),
    ("applications must not attempt to close these streams", Types("they have no `close`")),
    (
        "The status must not contain control characters",
        By(GATEWAY, "bad_heads_are_refused_while_the_application_runs"),
    ),
    ("response_headers must be a Python list of tuples", Types("`&[(&str, &str)]`")),
    (
        "Each header_name must be a valid HTTP header field-name",
        By(GATEWAY, "bad_heads_are_refused_while_the_application_runs"),
    ),
    (
        "Each header_value must not include any control characters",
        By(GATEWAY, "bad_heads_are_refused_while_the_application_runs"),
    ),
    (
        "if the application omits a header required by HTTP, the server must add it",
        Server("Date, and the framing"),
    ),
    (
        "start_response must not actually transmit the response headers",
        By(GATEWAY, "the_head_waits_for_content"),
    ),
    (
        "it must store them until a non-empty bytestring, or the first write()",
        By(GATEWAY, "the_head_goes_with_the_first_write"),
    ),
    ("exc_info, if supplied, must be a Python sys.exc_info() tuple", Types("`Option<ExcInfo>`")),
    (
        "start_response should replace the currently-stored headers",
        By(GATEWAY, "an_application_may_change_its_mind_before_anything_is_sent"),
    ),
    (
        "if the headers have already been sent, start_response must raise an error",
        By(GATEWAY, "what_has_been_sent_cannot_be_replaced"),
    ),
    (
        "The application must not trap any exceptions raised by start_response",
        By(VALIDATOR, "every_breach_of_an_application_is_named"),
    ),
    (
        "it is a fatal error to call start_response without exc_info again",
        By(GATEWAY, "a_response_begins_once"),
    ),
    (
        "This includes the case where the first call raised an error",
        By(GATEWAY, "a_refused_beginning_counts"),
    ),
    (
        "the server should not transmit more bytes than Content-Length allows",
        By(GATEWAY, "no_more_is_sent_than_content_length_says"),
    ),
    (
        "if the application does not provide enough data, close and report",
        By(GATEWAY, "too_little_content_is_an_error"),
    ),
    (
        "the server must comply fully with RFC 2616 when doing chunked encoding",
        Server("step 1's `chunked`"),
    ),
    (
        "applications must not apply any kind of Transfer-Encoding",
        By(GATEWAY, "bad_heads_are_refused_while_the_application_runs"),
    ),
    (
        "must not delay the transmission of any block",
        By(MIDDLEWARE, "a_compressed_block_holds_nothing_back"),
    ),
    (
        "middleware components must not block iteration waiting for multiple values",
        By(MIDDLEWARE, "middleware_yields_whenever_its_application_does"),
    ),
    (
        "a middleware component must yield at least one value each time",
        By(MIDDLEWARE, "middleware_yields_whenever_its_application_does"),
    ),
    (
        "middleware must return an iterable as soon as its underlying application does",
        By(MIDDLEWARE, "middleware_yields_whenever_its_application_does"),
    ),
    (
        "before write() returns, it must guarantee that the bytestring was sent or buffered",
        By(GATEWAY, "what_was_written_is_sent_when_write_returns"),
    ),
    (
        "An application must return an iterable object, even if it uses write()",
        Types("`Result<Body>`"),
    ),
    (
        "if it does yield non-empty bytestrings, that output must be treated normally",
        By(GATEWAY, "what_is_yielded_follows_what_was_written"),
    ),
    (
        "Applications must not invoke write() from within their return iterable",
        By(VALIDATOR, "every_breach_of_an_application_is_named"),
    ),
    (
        "strings must contain only code points representable in ISO-8859-1",
        By(GATEWAY, "bad_heads_are_refused_while_the_application_runs"),
    ),
    (
        "servers must not supply strings containing any other Unicode characters",
        By(GATEWAY, "every_byte_of_a_variable_is_one_character"),
    ),
    ("bytestrings must be of type bytes", Types("`Bytestring`")),
    (
        "Servers should trap and log any exception that aborts an application",
        By(GATEWAY, "an_application_that_fails_does_not_take_the_gateway_with_it"),
    ),
    (
        "must provide transparent support for HTTP 1.1's expect/continue mechanism",
        Server("step 1's content reader sends 100"),
    ),
    (
        "WSGI applications must not generate any hop-by-hop headers",
        By(GATEWAY, "bad_heads_are_refused_while_the_application_runs"),
    ),
    (
        "WSGI servers must handle any supported inbound hop-by-hop headers",
        Server("chunked content is decoded before it is wsgi.input"),
    ),
    (
        "extension APIs must be invoked using the portion of the API that they replace",
        Types("there is no extension API here"),
    ),
    ("wsgi.file_wrapper must return an iterable object", Types("`fn(FileLike, usize) -> Body`")),
    (
        "must not perform any data transmission until it is returned",
        By(GATEWAY, "a_file_that_is_wrapped_and_not_returned_is_not_sent"),
    ),
    (
        "its close() must invoke the file-like object's close()",
        By(GATEWAY, "a_wrapped_reader_is_closed_with_its_body"),
    ),
    (
        "transmission should begin at the current position within the file",
        By(GATEWAY, "a_wrapped_file_is_sent_from_where_it_stands"),
    ),
    (
        "the wrapper must still return an iterable if the object is not suitable for the platform",
        By(GATEWAY, "a_wrapped_reader_is_closed_with_its_body"),
    ),
];

#[test]
fn every_must_is_kept_by_something_that_is_there() {
    let sources = [
        (GATEWAY, include_str!("gateway_musts.rs")),
        (VALIDATOR, include_str!("validator.rs")),
        (MIDDLEWARE, include_str!("middleware.rs")),
    ];
    for (sentence, kept) in MUSTS {
        match kept {
            By(file, test) => {
                let source =
                    sources.iter().find(|(name, _)| name == file).map_or("", |(_, text)| text);
                let head = format!("#[test]\nfn {test}() {{");
                assert!(source.contains(&head), "{sentence}: there is no test `{test}` in {file}");
            }
            Types(why) | Server(why) => assert!(!why.is_empty(), "{sentence}"),
        }
    }
    let tests = MUSTS.iter().filter(|(_, kept)| matches!(kept, By(..))).count();
    assert!(tests >= 40, "{tests} of {} are held by a test", MUSTS.len());
}

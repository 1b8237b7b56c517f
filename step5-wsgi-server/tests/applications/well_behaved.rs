use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write as _};
use std::time::Duration;

use step4_wsgi_interface::body::FileLike;
use step4_wsgi_interface::{Body, Environ, Result, StartResponse};

use step5_wsgi_server::server::Options;

use crate::client::Client;
use crate::{ASK, ask, each_way, serving};

fn blocks(environ: Environ, start_response: StartResponse) -> Result<Body> {
    start_response("200 OK", &[("Content-Type", "text/plain")], None)?;
    let blocks: &[&str] = match environ.get_or_empty("QUERY_STRING").to_string().as_str() {
        "none" => &[],
        "one" => &["hello"],
        "two" => &["hel", "lo"],
        _ => return Ok(Body::iterator(["hel", "", "lo"].into_iter().map(|b| Ok(b.as_bytes())))),
    };
    Ok(blocks.iter().map(|block| block.as_bytes()).collect::<Vec<_>>().into())
}

#[test]
fn what_is_all_there_has_a_length_and_what_is_made_has_chunks() {
    each_way(blocks, |address| {
        let get = |query: &str| ask(address, &format!("GET /?{query} HTTP/1.1\r\nHost: a\r\n\r\n"));
        for (query, length) in [("none", "0"), ("one", "5"), ("two", "5")] {
            assert_eq!(get(query).field("content-length"), Some(length), "{query}");
        }
        let made = get("made");
        assert_eq!(
            (made.field("transfer-encoding"), made.text().as_str()),
            (Some("chunked"), "hello")
        );
    });
}

/// [PEP 3333] of unknown length: "for HTTP/1.0 … close the connection".
#[test]
fn http_1_0_has_no_chunks_and_closes() {
    each_way(blocks, |address| {
        let made = ask(address, "GET /?made HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        assert_eq!((made.field("transfer-encoding"), made.text().as_str()), (None, "hello"));
        assert!(made.closes());
    });
}

#[test]
fn head_has_the_head_alone_and_the_next_request_is_answered() {
    each_way(blocks, |address| {
        let mut client = Client::connect(address);
        // What is not there may be left out because it is HEAD: nobody knows its length.
        for (query, length) in [("one", Some("5")), ("made", None), ("none", None)] {
            client.send(format!("HEAD /?{query} HTTP/1.1\r\nHost: a\r\n\r\n"));
            let answer = client.answer_to("HEAD");
            assert_eq!((answer.status, answer.field("content-length")), (200, length), "{query}");
        }
        client.send("GET /?one HTTP/1.1\r\nHost: a\r\n\r\n");
        assert_eq!(client.answer().text(), "hello");
    });
}

#[test]
fn a_status_without_content_has_none() {
    let application = |environ: Environ, start_response: StartResponse| {
        let status = environ.get_or_empty("QUERY_STRING").to_string();
        start_response(&format!("{status} Nothing"), &[], None)?;
        Ok::<Body, step4_wsgi_interface::Error>(["not to be sent".as_bytes()].into())
    };
    each_way(application, |address| {
        let mut client = Client::connect(address);
        for status in ["204", "304"] {
            client.send(format!("GET /?{status} HTTP/1.1\r\nHost: a\r\n\r\n"));
            assert_eq!(client.answer().status.to_string(), status);
        }
    });
}

#[test]
fn the_phrase_of_the_application_is_sent() {
    for (status, line) in
        [("299 Quite Fine", "HTTP/1.1 299 Quite Fine\r\n"), ("200 ", "HTTP/1.1 200 \r\n")]
    {
        let application = move |_: Environ, start_response: StartResponse| {
            start_response(status, &[], None)?;
            Ok::<Body, step4_wsgi_interface::Error>(Body::empty())
        };
        each_way(application, |address| {
            let head = ask(address, ASK).head;
            assert!(head.starts_with(line), "{status:?}: {head}");
        });
    }
}

#[test]
fn the_content_of_the_request_is_read_to_its_end() {
    let application = |mut environ: Environ, start_response: StartResponse| {
        let mut content = Vec::new();
        environ.wsgi.input.read_to_end(&mut content)?;
        let length = environ.get_or_empty("CONTENT_LENGTH").to_string();
        start_response("200 OK", &[("X-Length", &length)], None)?;
        Ok::<Body, step4_wsgi_interface::Error>([content].into())
    };
    each_way(application, |address| {
        for size in [0, 1, 65_536, 65_537, 3_000_000] {
            let content = "x".repeat(size);
            let mut client = Client::connect(address);
            client.send(format!(
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {size}\r\n\r\n{content}"
            ));
            let answer = client.answer();
            assert_eq!(answer.field("x-length"), Some(size.to_string().as_str()));
            assert!(answer.text() == content, "{size}");
            let chunk =
                if size == 0 { String::new() } else { format!("{size:x}\r\n{content}\r\n") };
            client.send(format!(
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{chunk}0\r\n\r\n"
            ));
            assert!(client.answer().text() == content, "{size}");
        }
    });
}

#[test]
fn each_block_is_sent_before_the_next_is_made() {
    use std::sync::{Arc, Mutex, mpsc};
    let (go_on, waits) = mpsc::channel::<()>();
    let waits = Arc::new(Mutex::new(waits));
    let application = move |_: Environ, start_response: StartResponse| {
        start_response("200 OK", &[], None)?;
        let waits = Arc::clone(&waits);
        let blocks = (0..3).map(move |number: u8| {
            if number > 0 {
                waits.lock().unwrap().recv_timeout(Duration::from_secs(20))?;
            }
            Ok(vec![b'0' + number])
        });
        Ok::<Body, step4_wsgi_interface::Error>(Body::iterator(blocks))
    };
    each_way(application, |address| {
        let mut client = Client::connect(address);
        client.send("GET / HTTP/1.0\r\n\r\n");
        let mut seen = Vec::new();
        for number in 0..3 {
            while !seen.contains(&(b'0' + number)) || !seen.windows(4).any(|w| w == b"\r\n\r\n") {
                seen.extend(client.some_bytes());
            }
            let _ = go_on.send(());
        }
        // One `send` too many a run: the next run must not find it.
        client.until_close();
    });
}

#[test]
fn a_file_is_sent_from_where_it_stands() {
    let application = |environ: Environ, start_response: StartResponse| {
        let mut file: File = tempfile::tempfile()?;
        file.write_all(&vec![b'x'; 100_000])?;
        file.write_all(b"the end")?;
        let query = environ.get_or_empty("QUERY_STRING").to_string();
        let (from, headers): (u64, &[_]) = match query.as_str() {
            "part" => (100_000, &[("Content-Length", "3")]),
            _ => (2, &[]),
        };
        file.seek(SeekFrom::Start(from))?;
        start_response("200 OK", headers, None)?;
        let wrap = environ.wsgi.file_wrapper.unwrap();
        Ok::<Body, step4_wsgi_interface::Error>(wrap(FileLike::File(file), 8192))
    };
    each_way(application, |address| {
        let whole = ask(address, ASK);
        assert_eq!(whole.field("content-length"), Some("100005"));
        assert!(whole.content.ends_with(b"xthe end"));
        assert_eq!(ask(address, "GET /?part HTTP/1.1\r\nHost: a\r\n\r\n").text(), "the");
    });
}

/// The validator of step 4 stands between the two and finds nothing.
#[test]
fn the_validator_has_no_objection() {
    use std::sync::{Arc, Mutex};

    use step4_wsgi_interface::applications::environ_page;
    use step4_wsgi_interface::validator::Validator;

    for threads in [1, 3] {
        let breaches = Arc::new(Mutex::new(Vec::new()));
        let report = Arc::clone(&breaches);
        let application = Validator::new(environ_page::application, move |breach| {
            report.lock().unwrap().push(breach.to_string());
        });
        let options = Options { threads, ..Options::default() };
        serving(application, options, |address| {
            for request in [
                ASK,
                "HEAD /a%20b?c HTTP/1.1\r\nHost: a\r\n\r\n",
                "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
                "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nX: 1\r\nX: 2\r\n\r\nabc",
            ] {
                assert_eq!(ask(address, request).status, 200, "{request}");
            }
        });
        assert_eq!(*breaches.lock().unwrap(), Vec::<String>::new());
    }
}

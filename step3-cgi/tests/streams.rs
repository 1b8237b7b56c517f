//! Content goes in and comes out, however much of it, in whatever order.
#![allow(clippy::unwrap_used)]

#[path = "support/programs.rs"]
mod support;

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use support::{Client, DEADLINE, Place, ask, message};

const TYPE: &str = "printf 'Content-Type: text/plain\\n\\n'";
const MEBIBYTE: usize = 1024 * 1024;

/// Sends `length` bytes of content, on a thread of its own, and meanwhile reads
/// the answer: how long its content is.
#[track_caller]
fn exchange(address: SocketAddr, path: &str, length: usize, framing: &str) -> usize {
    let mut sending = TcpStream::connect(address).unwrap();
    sending.set_write_timeout(Some(DEADLINE)).unwrap();
    sending.set_read_timeout(Some(DEADLINE)).unwrap();
    let mut receiving = sending.try_clone().unwrap();
    let head = format!("POST {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{framing}\r\n\r\n");
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let chunked = framing.contains("chunked");
            let piece = vec![b'x'; 64 * 1024];
            let send = |sending: &mut TcpStream| -> std::io::Result<()> {
                sending.write_all(head.as_bytes())?;
                let mut left = length;
                while left > 0 {
                    let now = left.min(piece.len());
                    if chunked {
                        write!(sending, "{now:x}\r\n")?;
                    }
                    sending.write_all(&piece[..now])?;
                    if chunked {
                        sending.write_all(b"\r\n")?;
                    }
                    left -= now;
                }
                if chunked { sending.write_all(b"0\r\n\r\n") } else { Ok(()) }
            };
            // A server that needs no more may close.
            let _ = send(&mut sending);
        });
        let mut all = Vec::new();
        // It may also reset, once it has answered.
        let _ = receiving.read_to_end(&mut all);
        decoded_length(&all)
    })
}

/// The length of the content of a chunked response.
#[track_caller]
fn decoded_length(response: &[u8]) -> usize {
    let end = response.windows(4).position(|window| window == b"\r\n\r\n");
    let shown = || String::from_utf8_lossy(&response[..response.len().min(500)]).into_owned();
    let mut rest = &response[end.unwrap_or_else(|| panic!("no head: {}", shown())) + 4..];
    assert!(response.starts_with(b"HTTP/1.1 200 "), "{}", shown());
    let mut length = 0;
    loop {
        let line = rest.iter().position(|&byte| byte == b'\r').expect("a chunk size");
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..line]).unwrap(), 16).unwrap();
        rest = &rest[line + 2 + size + 2..];
        length += size;
        if size == 0 {
            return length;
        }
    }
}

fn with_length(length: usize) -> String {
    format!("Content-Length: {length}")
}

#[test]
fn whoever_reads_or_writes_first_nobody_waits_for_ever() {
    let place = Place::new();
    let much = 3 * MEBIBYTE;
    place
        .script("reads-first", &format!("{TYPE}; cat > /dev/null; head -c {much} /dev/zero"))
        .script("writes-first", &format!("{TYPE}; head -c {much} /dev/zero; cat > /dev/null"))
        .script("echoes", &format!("{TYPE}; cat"))
        .script("never-reads", &format!("{TYPE}; head -c {much} /dev/zero"))
        .script("closes-input", &format!("exec <&-; {TYPE}; head -c {much} /dev/zero"))
        .script(
            "reads-a-little",
            &format!("{TYPE}; head -c 10 > /dev/null; head -c {much} /dev/zero"),
        );
    place.serve(|address| {
        for program in [
            "reads-first",
            "writes-first",
            "echoes",
            "never-reads",
            "closes-input",
            "reads-a-little",
        ] {
            let path = format!("/cgi-bin/{program}");
            for framing in [with_length(much), "Transfer-Encoding: chunked".to_owned()] {
                assert_eq!(exchange(address, &path, much, &framing), much, "{program}, {framing}");
            }
        }
    });
}

#[test]
fn chunked_content_has_a_length_for_the_program() {
    let place = Place::new();
    place.script(
        "count",
        &format!("{TYPE}; printf '%s ' \"$CONTENT_LENGTH\"; wc -c; env | grep -c TRANSFER"),
    );
    place.serve(|address| {
        let mut client = Client::connect(address);
        let head = "POST /cgi-bin/count HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
        client.send(format!("{head}3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n"));
        assert_eq!(client.answer().text(), "7 7\n0\n");
        client.send(format!("{head}0\r\n\r\n"));
        assert_eq!(client.answer().text(), "0 0\n0\n");
    });
}

#[test]
fn a_request_without_content_has_an_input_that_is_over() {
    let place = Place::new();
    place.script("count", &format!("{TYPE}; printf '%s ' \"${{CONTENT_LENGTH-none}}\"; wc -c"));
    place.ask(|ask| assert_eq!(ask("GET /cgi-bin/count").text(), "none 0\n"));
}

#[test]
fn output_is_sent_as_it_comes() {
    let place = Place::new();
    let pipe = place.note("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    place.script(
        "talk",
        &format!("{TYPE}; echo first; read line < {}; echo \"$line\"", pipe.display()),
    );
    place.serve(|address| {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        stream.write_all(message("GET /cgi-bin/talk").as_bytes()).unwrap();
        let mut seen = Vec::new();
        let mut byte = [0];
        while !seen.ends_with(b"first\n") {
            stream.read_exact(&mut byte).unwrap();
            seen.extend(byte);
        }
        // Only now does the program get what it waits for.
        fs::write(&pipe, "second\n").unwrap();
        while !seen.ends_with(b"\r\n0\r\n\r\n") {
            stream.read_exact(&mut byte).unwrap();
            seen.extend(byte);
        }
        let seen = String::from_utf8(seen).unwrap();
        assert!(seen.contains("second"), "{seen}");
    });
}

#[test]
fn what_a_program_has_left_in_its_pipe_when_it_ends_is_sent_whole() {
    let place = Place::new();
    place.script("leaves", &format!("{TYPE}; exec head -c \"$QUERY_STRING\" /dev/zero"));
    // Around the pieces in which output is read, without its head and with it.
    let lengths = [0, 1, 4095, 4096, 16357, 16358, 16359, 16383, 16384, 16385, 32768, 65536];
    place.ask(|ask| {
        for length in lengths {
            let answer = ask(&format!("GET /cgi-bin/leaves?{length}"));
            assert_eq!((answer.status, answer.text().len()), (200, length));
        }
    });
}

#[test]
fn a_head_may_come_in_drops() {
    let place = Place::new();
    let drops = "for c in C o n t e n t - T y p e : a / b; do printf $c; done; printf '\\n'; printf '\\n'; printf hi";
    place.script("drops", drops);
    place.ask(|ask| assert_eq!(ask("GET /cgi-bin/drops").text(), "hi"));
}

#[test]
fn a_program_that_needs_no_more_is_not_made_to_wait_for_a_slow_client() {
    let place = Place::new();
    place.script("refuses", "printf 'Status: 413\\nContent-Type: text/plain\\n\\ntoo much'");
    place.serve(|address| {
        let mut client = Client::connect(address);
        client
            .send("POST /cgi-bin/refuses HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000\r\n\r\n");
        for _ in 0..1000 {
            if !client.try_send(&[b'x'; 1000]) {
                break;
            }
        }
        let answer = client.answer();
        assert_eq!((answer.status, answer.text().as_str()), (413, "too much"));
    });
}

#[test]
fn an_expecting_client_is_told_to_go_on() {
    let place = Place::new();
    place.script("echo", &format!("{TYPE}; cat"));
    place.serve(|address| {
        let mut client = Client::connect(address);
        client.send("POST /cgi-bin/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
        assert_eq!(client.next_of_any_kind("POST").unwrap().status, 100);
        client.send("hi");
        assert_eq!(client.answer().text(), "hi");
        client.send("POST /cgi-bin/none HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
        assert_eq!(client.next_of_any_kind("POST").unwrap().status, 404);
    });
}

#[test]
fn content_that_breaks_off_ends_the_program() {
    let place = Place::new();
    let note = place.note("pid");
    place.script("reads", &format!("echo $$ > {}; cat > /dev/null; {TYPE}", note.display()));
    place.serve(|address| {
        let mut client = Client::connect(address);
        client.send("POST /cgi-bin/reads HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nhalf");
        let pid = support::pid_in(&note);
        client.finish();
        assert_eq!(client.answer().status, 400);
        support::until("the end of the program", || !support::is_there(&pid));
        assert_eq!(ask(address, "GET /").text(), "home");
    });
}

//! Answers that are made in one round of the loop leave together, and nobody
//! waits for an answer that takes long.
#![allow(clippy::unwrap_used)]

mod support;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use step4_wsgi_interface::{Body, Environ, Result, StartResponse};
use step5_wsgi_server::server::Options;
use support::serving;

const DEADLINE: Duration = Duration::from_secs(30);

fn ask(address: SocketAddr, path: &str) -> TcpStream {
    let mut client = TcpStream::connect(address).unwrap();
    client.set_read_timeout(Some(DEADLINE)).unwrap();
    client.write_all(format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n").as_bytes()).unwrap();
    client
}

fn expect_answer(mut client: TcpStream) {
    let mut bytes = [0; 1024];
    let length = client.read(&mut bytes).unwrap();
    assert!(bytes[..length].ends_with(b"done"), "{}", bytes[..length].escape_ascii());
}

/// `/wait` waits for a word of the test; whatever else is asked, `look` is called.
fn application(
    look: impl Fn() + Send + Sync,
) -> (impl Fn(Environ, StartResponse) -> Result<Body> + Send + Sync, Sender<()>) {
    let (word, words) = channel();
    let words: Mutex<Receiver<()>> = Mutex::new(words);
    let application = move |environ: Environ, start_response: StartResponse| {
        if environ.get_or_empty("PATH_INFO") == "/wait" {
            words.lock().unwrap().recv_timeout(DEADLINE).unwrap();
            // It takes long, also if the word was there before.
            thread::sleep(Duration::from_millis(2));
        } else {
            look();
        }
        start_response("200 OK", &[("Content-Type", "text/plain")], None)?;
        Ok([b"done".as_slice()].into())
    };
    (application, word)
}

#[test]
fn an_answer_that_took_long_is_sent_before_the_next_one_is_made() {
    let (application, word) = application(|| {});
    serving(application, Options::default(), |address| {
        // While one is answered, the others come: they are all in one round.
        let clients: Vec<_> = (0..4).map(|_| ask(address, "/wait")).collect();
        let (tell, answered) = channel();
        thread::scope(|scope| {
            for client in clients {
                let tell = tell.clone();
                scope.spawn(move || {
                    expect_answer(client);
                    tell.send(()).unwrap();
                });
            }
            for _ in 0..4 {
                word.send(()).unwrap();
                answered.recv_timeout(DEADLINE).unwrap();
            }
        });
    });
}

/// A busy machine may interrupt a round, and then some leave earlier: one round
/// of a hundred is enough.
#[test]
fn quick_answers_of_one_round_leave_together() {
    let clients = Arc::new(Mutex::new(Vec::<TcpStream>::new()));
    let (tell, seen) = channel();
    let shared = Arc::clone(&clients);
    let look = move || {
        let began = Instant::now();
        while began.elapsed() < Duration::from_micros(50) {}
        let has_answer = |client: &&TcpStream| client.peek(&mut [0]).is_ok_and(|length| length > 0);
        tell.send(shared.lock().unwrap().iter().filter(has_answer).count()).unwrap();
    };
    let (application, word) = application(look);
    serving(application, Options::default(), |address| {
        let together = (0..100).any(|_| {
            let first = ask(address, "/wait");
            let others: Vec<_> = (0..4).map(|_| ask(address, "/")).collect();
            others.iter().for_each(|client| client.set_nonblocking(true).unwrap());
            let copies = others.iter().map(|client| client.try_clone().unwrap());
            *clients.lock().unwrap() = copies.collect();
            word.send(()).unwrap();
            let had_answers = others.iter().map(|_| seen.recv_timeout(DEADLINE).unwrap());
            let nobody_had = had_answers.sum::<usize>() == 0;
            others.iter().for_each(|client| client.set_nonblocking(false).unwrap());
            others.into_iter().chain([first]).for_each(expect_answer);
            nobody_had
        });
        assert!(together);
    });
}

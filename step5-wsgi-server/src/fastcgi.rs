//! The application behind another web server: `--as fastcgi`.
//!
//! Chapter 6 · FastCGI specification
//!
//! *Strategy*: step 3 speaks the protocol and calls a plain function of
//! variables and streams; step 4 runs an application on just these, as a CGI
//! program. Here the two are tied together. The content of the request is read
//! whole first. Then the application runs on a thread of its own, and what it
//! writes is sent block by block meanwhile: through a channel with room for few,
//! so that it does not run ahead of its reader.

use std::io::{self, Read, Write};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use step1_http_basics::error::RequestError;
use step3_cgi::fastcgi::responder::{Limits, Listener, Responder};
use step3_cgi::program::Call;
use step3_cgi::spool::Spool;
use step4_wsgi_interface::run::cgi;
use step4_wsgi_interface::{Application, Environ, StartResponse};

use crate::event_loop::IN_MEMORY;
use crate::listen::{self, Address};
use crate::shutdown::{Phase, Stop, Stopped};

/// How the answer to content over the limit begins.
const TOO_LARGE: &[u8] =
    b"Status: 413 Content Too Large\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n";

/// So many blocks may wait to be sent.
const BLOCKS: usize = 4;

/// So long a block waits for the next one, or for the end of the response; and if
/// the next one comes, at most as long again.
const SOON: Duration = Duration::from_millis(2);

/// Listens: at the socket that was handed over as descriptor 0, if one was, as
/// `spawn-fcgi` and web servers do; else at `address`, whose path is taken away
/// again when the second value is dropped.
///
/// # Errors
/// When the address cannot be had.
pub fn listen(address: &Address) -> io::Result<(Listener, Option<listen::Listener>)> {
    if let Ok(inherited) = Listener::inherited() {
        return Ok((inherited, None));
    }
    let listener = listen::Listener::bind(address)?;
    let socket = listener.descriptor().try_clone_to_owned()?;
    Ok((Listener::listening(socket)?, Some(listener)))
}

// ANCHOR: serve
/// Answers so many requests at a time, with so many bytes of content at most,
/// until it is stopped and those that have come are answered. Where several accept,
/// threads or other processes (`is_shared`), each leaves newcomers to the others.
///
/// # Errors
/// When the listening socket cannot be used any more.
pub fn serve<A>(
    listener: Listener,
    application: &A,
    threads: usize,
    is_shared: bool,
    most: u64,
    stop: &Stop,
) -> io::Result<()>
where
    A: Application + Send + Sync,
{
    let multithread = threads > 1;
    let mut limits = Limits::default();
    if !is_shared && !multithread {
        limits.modesty = Duration::ZERO;
    }
    let responder = Arc::new(Responder::new(listener)?.with(limits));
    stop.wakes(responder.clone());
    let function = |call: &mut Call<'_>| answer(application, multithread, most, call);
    thread::scope(|scope| {
        let others: Vec<_> =
            (1..threads).map(|_| scope.spawn(|| responder.serve(&function))).collect();
        let mut served = responder.serve(&function);
        for other in others {
            served = served.and(other.join().unwrap_or_else(|_| Err(panicked())));
        }
        served
    })
}
// ANCHOR_END: serve

impl Stopped for Responder {
    fn hear(&self, phase: Phase) -> io::Result<()> {
        if phase >= Phase::Drain {
            self.stop();
        }
        Ok(())
    }
}

/// Answers one request.
fn answer<A>(application: &A, multithread: bool, most: u64, call: &mut Call<'_>) -> io::Result<()>
where
    A: Application + Send + Sync,
{
    let content = Spool::keep(&mut call.stdin.take(most.saturating_add(1)), IN_MEMORY)?;
    let variables = call.variables;
    let is_head = variables.get("REQUEST_METHOD") == b"HEAD";
    if content.length() > most {
        call.stdout.write_all(TOO_LARGE)?;
        return if is_head {
            Ok(())
        } else {
            writeln!(call.stdout, "{}", RequestError::ContentTooLarge)
        };
    }
    let not_a_program = |mut environ: Environ, start_response: StartResponse| {
        environ.wsgi.run_once = false;
        environ.wsgi.multithread = multithread;
        application.call(environ, start_response)
    };
    let (blocks, received) = sync_channel(BLOCKS);
    thread::scope(|scope| {
        let running = scope
            .spawn(|| cgi::run_with(&not_a_program, variables.iter(), content, Blocks(blocks)).1);
        // It goes when this ends, also if the server in front has gone: then whoever
        // still writes must not wait for a reader.
        let mut written = Written { blocks: received, since: Instant::now() };
        let mut is_first = true;
        while let Some(block) = written.next(call.stdout)? {
            match (is_head, is_first) {
                (false, _) => call.stdout.write_all(&block)?,
                (true, true) => call.stdout.write_all(head_alone(&block))?,
                (true, false) => {}
            }
            is_first = false;
        }
        let outcome = running.join().map_err(|_| panicked())?;
        outcome.map_err(io::Error::other)
    })
}

/// What the application writes, block by block.
struct Written {
    blocks: Receiver<Vec<u8>>,
    /// When the first block came that may not have been sent.
    since: Instant,
}

impl Written {
    // ANCHOR: next
    /// The next block; `None` at the end. What came before is sent if nothing comes
    /// soon, or if it has waited for as long while more came. At the end it is not:
    /// it leaves in one write with the end of the request. A server in front that
    /// finds the content whole and the end not there yet would have to close a
    /// connection that it could have kept.
    fn next(&mut self, stdout: &mut dyn Write) -> io::Result<Option<Vec<u8>>> {
        let next = match self.blocks.recv_timeout(SOON) {
            Err(RecvTimeoutError::Disconnected) => return Ok(None),
            next => next.ok(),
        };
        if next.is_some() && self.since.elapsed() < SOON {
            return Ok(next);
        }
        stdout.flush()?;
        let next = next.or_else(|| self.blocks.recv().ok());
        self.since = Instant::now();
        Ok(next)
    }
    // ANCHOR_END: next
}

/// The first block without the content behind the head, which an answer to HEAD
/// must not have: some servers in front take it for nonsense.
/// [RFC 3875 §4.3.3](https://www.rfc-editor.org/rfc/rfc3875#section-4.3.3)
fn head_alone(block: &[u8]) -> &[u8] {
    let end = block.windows(4).position(|bytes| bytes == b"\r\n\r\n");
    end.map_or(block, |end| &block[..end + 4])
}

fn panicked() -> io::Error {
    io::Error::other("a thread panicked")
}

/// Standard output of the application: it ends when nobody reads any more.
struct Blocks(SyncSender<Vec<u8>>);

impl Write for Blocks {
    fn write(&mut self, block: &[u8]) -> io::Result<usize> {
        self.0.send(block.to_vec()).map_err(|_| io::ErrorKind::BrokenPipe)?;
        Ok(block.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    use step3_cgi::program::Variables;
    use step4_wsgi_interface::Body;

    /// A server in front that takes so many writes, and counts how often something is
    /// sent to it at once.
    struct Front {
        takes: usize,
        sent: usize,
    }

    impl Write for Front {
        fn write(&mut self, block: &[u8]) -> io::Result<usize> {
            self.takes = self.takes.checked_sub(1).ok_or(io::ErrorKind::BrokenPipe)?;
            Ok(block.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            self.sent += 1;
            Ok(())
        }
    }

    #[test]
    fn an_application_ends_when_the_server_in_front_has_gone() {
        let endless = |_: Environ, start_response: StartResponse| {
            start_response("200 OK", &[], None)?;
            Ok(Body::iterator(std::iter::repeat_with(|| Ok(&b"x"[..]))))
        };
        let (ended, end) = channel();
        // If it never ends, this test does.
        thread::spawn(move || {
            let outcome = answer(
                &endless,
                false,
                0,
                &mut Call {
                    variables: &Variables::default(),
                    stdin: &mut io::empty(),
                    stdout: &mut Front { takes: 9, sent: 0 },
                    stderr: &mut io::sink(),
                },
            );
            ended.send(outcome.map_err(|error| error.kind()))
        });
        let patience = Duration::from_secs(30);
        assert_eq!(end.recv_timeout(patience), Ok(Err(io::ErrorKind::BrokenPipe)));
    }

    #[test]
    fn what_has_waited_is_sent_though_more_comes_and_what_is_last_leaves_with_the_end() {
        let (sender, blocks) = sync_channel(BLOCKS);
        sender.send(vec![1]).unwrap();
        drop(sender);
        let mut front = Front { takes: 0, sent: 0 };
        let mut written = Written { blocks, since: Instant::now().checked_sub(SOON).unwrap() };
        assert_eq!(written.next(&mut front).unwrap(), Some(vec![1]));
        assert_eq!(front.sent, 1);
        assert_eq!(written.next(&mut front).unwrap(), None);
        assert_eq!(front.sent, 1);
    }
}

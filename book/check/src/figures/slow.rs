//! What a normal client notices of a thousand slow ones.

use std::io::{self, Write};
use std::net::TcpStream;
use std::time::Duration;

use super::load::Kept;
use super::servers::{Kind, Ours, Running, missing};
use super::{left_out, table};
use crate::sandbox::Sandbox;
use crate::workspace;

/// Slow clients at a time; a server that has no room for them makes some.
const SLOW: usize = 1000;
const REQUESTS: usize = 500;

const ROWS: &[(&str, Kind)] = &[
    ("step 2: a thread each", Kind::StepTwo),
    ("step 5: one loop", Kind::StepFive(&[])),
    ("nginx: one loop", Kind::Nginx),
];

/// What the slow ones send, and then nothing; and they read nothing.
const ATTACKS: &[(&str, &str)] = &[
    ("nobody", ""),
    ("half a head", "GET / HTTP/1.1\r\nHost: a\r\nX-Slow: "),
    ("half a content", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10000\r\n\r\nhalf"),
    ("a download nobody reads", "GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n"),
];

pub(super) fn measure() -> Result<String, String> {
    let ours = Ours::build()?;
    let sandbox = Sandbox::new(&workspace::root().join("www"), []).map_err(|e| e.to_string())?;
    let large = std::fs::File::create(sandbox.folder().join("www/large.bin"));
    large.and_then(|file| file.set_len(50_000_000)).map_err(|error| error.to_string())?;
    let mut rows = Vec::new();
    for (name, kind) in ROWS.iter().filter(|(_, kind)| kind.is_there(&sandbox)) {
        let mut row = vec![(*name).to_owned()];
        for (_, request) in ATTACKS {
            let server = Running::start(*kind, &ours, &sandbox)?;
            row.push(under(&server, request).map_err(|error| format!("{name}: {error}"))?);
        }
        rows.push(row);
    }
    let heads: Vec<_> =
        std::iter::once("A server").chain(ATTACKS.iter().map(|(name, _)| *name)).collect();
    Ok(format!(
        "{}\nHow long a normal client waited for a file of 544 bytes, in milliseconds: the median of \
         {REQUESTS} requests, and the time that 99 of 100 kept, while {SLOW} connections did what \
         the column says and nothing more.\n{}",
        table(&heads, &rows),
        left_out(&missing(ROWS, &sandbox))
    ))
}

/// `0.1, 0.9`: the median and the ninety-ninth of a hundred.
fn under(server: &Running, request: &str) -> io::Result<String> {
    let mut slow = Vec::new();
    if !request.is_empty() {
        for _ in 0..SLOW {
            let mut stream = TcpStream::connect(server.address)?;
            stream.set_write_timeout(Some(Duration::from_secs(5)))?;
            // It may have been closed already, to make room.
            let _ = stream.write_all(request.as_bytes());
            slow.push(stream);
        }
    }
    let mut normal = Kept::open(server.address)?;
    let mut times = normal.time(REQUESTS)?;
    times.sort_unstable();
    let milliseconds = |time: Duration| format!("{:.2}", time.as_secs_f64() * 1000.0);
    Ok(format!(
        "{}, {}",
        milliseconds(times[REQUESTS / 2]),
        milliseconds(times[REQUESTS * 99 / 100])
    ))
}

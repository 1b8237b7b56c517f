//! Records that belong to no request: what a server may ask.
//!
//! Chapter 4 · FastCGI specification §4
//!
//! *Strategy*: there is one question, what the application can do, and it is
//! answered for the names that are known. Every other record is answered too:
//! that it was not understood.

use crate::fastcgi::params::{encode_pair, parse_pair};
use crate::fastcgi::record::Kind;

/// The answer to a record of this kind, by an application that holds so many
/// connections.
pub(super) fn answer(asked: Kind, content: &[u8], connections: usize) -> (Kind, Vec<u8>) {
    if asked == Kind::GetValues {
        (Kind::GetValuesResult, values(content, connections))
    } else {
        (Kind::UnknownType, vec![asked.byte(), 0, 0, 0, 0, 0, 0, 0])
    }
}

/// Of the names in `asked`, those that are known, with their values.
/// [FastCGI §4.1](https://fastcgi-archives.github.io/FastCGI_Specification.html#S4.1)
fn values(mut asked: &[u8], connections: usize) -> Vec<u8> {
    let mut answer = Vec::new();
    while let Some(((name, _), used)) = parse_pair(asked) {
        match name {
            b"FCGI_MAX_CONNS" => {
                encode_pair(name, connections.to_string().as_bytes(), &mut answer);
            }
            b"FCGI_MAX_REQS" => encode_pair(name, b"1", &mut answer),
            b"FCGI_MPXS_CONNS" => encode_pair(name, b"0", &mut answer),
            _ => {}
        }
        asked = &asked[used..];
    }
    answer
}

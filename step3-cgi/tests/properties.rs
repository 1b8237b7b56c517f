//! What is written is read again, whatever it is and however it arrives; and no
//! bytes at all make a reader of FastCGI panic.

#[path = "../../step1-http-basics/tests/support/random.rs"]
#[allow(dead_code, reason = "a part of it is used here")]
mod random;

use random::{Random, for_seeds};
use step3_cgi::fastcgi::params::{self, encode_pair, parse_pair};
use step3_cgi::fastcgi::record::{
    HEADER_LENGTH, Kind, MAX_CONTENT, Record, encode_stream, end_stream, parse,
};

/// All records of `wire`, which comes in pieces; `Err` with the place where it
/// is none.
fn read(pieces: &[&[u8]]) -> Result<Vec<(Kind, u16, Vec<u8>)>, usize> {
    let (mut records, mut unread, mut used_before) = (Vec::new(), Vec::new(), 0);
    for piece in pieces {
        unread.extend_from_slice(piece);
        while let Some((record, used)) = parse(&unread).map_err(|_| used_before)? {
            records.push((record.kind, record.request_id, record.content.to_vec()));
            unread.drain(..used);
            used_before += used;
        }
        assert!(unread.len() < HEADER_LENGTH + MAX_CONTENT + 255);
    }
    Ok(records)
}

fn length(random: &mut Random) -> usize {
    match random.number(0..=9) {
        0 => 0,
        1 => random.number(MAX_CONTENT - 9..=MAX_CONTENT),
        _ => random.number(0..=300),
    }
}

#[test]
fn records_that_are_written_are_read_again_however_they_are_cut() {
    for_seeds(&[], 500, |random| {
        let (mut wire, mut expected) = (Vec::new(), Vec::new());
        for _ in 0..random.number(1..=6) {
            let kind = Kind::from_byte(random.next().to_le_bytes()[0]);
            let request_id = u16::from_le_bytes([random.next().to_le_bytes()[0], 0]);
            let length = length(random);
            let content = random.bytes(length..=length);
            Record { kind, request_id, content: &content }.encode(&mut wire);
            assert_eq!(wire.len() % 8, 0, "padded");
            expected.push((kind, request_id, content));
        }
        let pieces = random.cut(&wire);
        assert_eq!(read(&pieces), Ok(expected));
    });
}

#[test]
fn a_stream_that_is_cut_into_records_is_the_same_stream() {
    for_seeds(&[], 200, |random| {
        let (mut wire, mut data) = (Vec::new(), Vec::new());
        for _ in 0..random.number(0..=3) {
            let piece = random.bytes(0..=100_000);
            encode_stream(Kind::Stdin, 1, &piece, &mut wire);
            data.extend(piece);
        }
        end_stream(Kind::Stdin, 1, &mut wire);
        let records = read(&[&wire]).expect("records");
        let (last, pieces) = records.split_last().expect("the end");
        assert!(last.2.is_empty() && pieces.iter().all(|(_, _, content)| !content.is_empty()));
        assert_eq!(
            pieces.iter().flat_map(|(_, _, content)| content).copied().collect::<Vec<_>>(),
            data
        );
    });
}

#[test]
fn pairs_that_are_written_are_read_again() {
    for_seeds(&[], 1_000, |random| {
        let (mut bytes, mut expected) = (Vec::new(), Vec::new());
        for _ in 0..random.number(0..=10) {
            let most = *random.pick(&[&[0, 1][..], &[126, 129], &[3, 40_000]]).last().expect("one");
            let pair = (random.bytes(0..=most), random.bytes(0..=most));
            encode_pair(&pair.0, &pair.1, &mut bytes);
            expected.push(pair);
        }
        let pairs = params::parse(&bytes).expect("whole pairs");
        assert!(pairs.iter().map(|(a, b)| (a.to_vec(), b.to_vec())).eq(expected));
        // Without its last byte, it is not whole; and that is no panic.
        if let Some((_, cut)) = bytes.split_last() {
            assert!(params::parse(cut).is_err());
        }
    });
}

#[test]
fn whatever_comes_is_read_or_refused_alike_in_one_piece_and_in_many() {
    for_seeds(&[], 3_000, |random| {
        let mut wire = Vec::new();
        for _ in 0..random.number(1..=3) {
            let content = random.bytes(0..=40);
            Record { kind: Kind::Params, request_id: 1, content: &content }.encode(&mut wire);
        }
        let changed = random.mutate(&wire);
        let pieces = random.cut(&changed);
        let (whole, cut) = (read(&[&changed]), read(&pieces));
        assert_eq!(whole, cut);
        if let Some((pair, used)) = parse_pair(&changed) {
            assert!(used <= changed.len() && pair.0.len() + pair.1.len() < used);
        }
    });
}

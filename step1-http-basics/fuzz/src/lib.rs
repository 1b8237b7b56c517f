//! What the fuzz targets share.

use std::fmt::Debug;

use step1_http_basics::limits::Limits;

/// Limits that the fuzzer can reach.
pub fn small_limits() -> Limits {
    Limits { method: 10, target: 60, fields: 200, content: 100, ..Limits::default() }
}

/// What stands behind the first empty line, or all if there is none. So the
/// messages of `tests/wire` are seeds for the readers of content too.
pub fn behind_head(input: &[u8]) -> &[u8] {
    let end = input.windows(4).position(|window| window == b"\r\n\r\n");
    end.map_or(input, |end| &input[end + 4..])
}

/// Lengths to cut `input` at: those at its edges and around its line ends, not
/// more than about fifty of them, so that an input is done in no time.
pub fn cuts(input: &[u8]) -> impl Iterator<Item = usize> {
    let edge = |at: usize| at < 16 || at + 16 > input.len();
    let near_line_end =
        |at: usize| input[at.saturating_sub(2)..(at + 2).min(input.len())].contains(&b'\n');
    let all: Vec<_> = (0..input.len()).filter(|&at| edge(at) || near_line_end(at)).collect();
    let step = all.len() / 50 + 1;
    all.into_iter().step_by(step)
}

/// Asserts that a reader of heads answers the same however its input is cut,
/// and whatever stands behind; and that it never takes more than there is.
pub fn check_reader<T: PartialEq + Debug, E: PartialEq + Debug>(
    input: &[u8],
    read: impl Fn(&[u8]) -> Result<Option<(T, usize)>, E>,
) {
    let whole = read(input);
    for at in cuts(input) {
        let part = read(&input[..at]);
        let taken = whole.as_ref().ok().and_then(Option::as_ref).map(|(_, length)| *length);
        match part {
            Ok(None) => assert!(taken.is_none_or(|length| length > at), "{at}: incomplete"),
            part => assert_eq!(part, whole, "the first {at} bytes"),
        }
    }
    if let Ok(Some((_, length))) = &whole {
        assert!(*length <= input.len());
        assert_eq!(read(&input[..*length]), whole, "without what stands behind");
    }
}

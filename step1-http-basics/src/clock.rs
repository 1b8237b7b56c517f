//! The date that responses carry, made once a second.
//!
//! Chapter 2 · RFC 9110 §6.6.1

use std::cell::RefCell;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use http::HeaderValue;

thread_local! {
    /// The date, and when it is not right any more.
    static LAST: RefCell<Option<(Instant, HeaderValue)>> = const { RefCell::new(None) };
}

/// The value of the `Date` field now.
#[must_use]
pub fn date() -> HeaderValue {
    date_at(Instant::now())
}

/// The same, for one who knows the time already.
#[must_use]
pub fn date_at(now: Instant) -> HeaderValue {
    LAST.with_borrow_mut(|last| {
        if let Some((until, value)) = last
            && now < *until
        {
            return value.clone();
        }
        let time = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let seconds = Duration::from_secs(time.as_secs());
        let value = imf_fixdate(UNIX_EPOCH + seconds);
        let until = now + Duration::from_secs(1) - (time - seconds);
        last.insert((until, value)).1.clone()
    })
}

/// A time as HTTP writes it: `Sun, 06 Nov 1994 08:49:37 GMT`.
/// [RFC 9110 §5.6.7](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7)
#[must_use]
pub fn imf_fixdate(time: SystemTime) -> HeaderValue {
    // Some disks hold times that such a date cannot be: before 1970, after 9999.
    let last = UNIX_EPOCH + Duration::from_secs(253_402_300_799);
    let time = time.clamp(UNIX_EPOCH, last);
    HeaderValue::try_from(httpdate::fmt_http_date(time)).unwrap_or(HeaderValue::from_static(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_date_is_that_of_the_clock_also_when_a_second_ends() {
        let seconds = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let began = seconds();
        while seconds() < began + 2 {
            let (before, date, after) = (seconds(), date(), seconds());
            let mut right =
                (before..=after).map(|it| imf_fixdate(UNIX_EPOCH + Duration::from_secs(it)));
            assert!(right.any(|it| it == date), "{date:?} between {before} and {after}");
        }
    }
}

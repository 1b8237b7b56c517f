//! The date that responses carry, made once a second.
//!
//! Chapter 2 · RFC 9110 §6.6.1

use std::cell::RefCell;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::HeaderValue;

thread_local! {
    static LAST: RefCell<(u64, HeaderValue)> = const { RefCell::new((0, HeaderValue::from_static(""))) };
}

/// The value of the `Date` field now.
#[must_use]
pub fn date() -> HeaderValue {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    LAST.with_borrow_mut(|(last, value)| {
        if *last != seconds {
            *last = seconds;
            *value = imf_fixdate(UNIX_EPOCH + Duration::from_secs(seconds));
        }
        value.clone()
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

//! Values that are written, and stand in no request: a number, an address.
//!
//! Chapter 4 · RFC 3875 §4.1.8, §4.1.15
//!
//! *Strategy*: they are short, so they are written on the stack; and numbers
//! without the formatting machinery, which does much more than is needed here.

use std::io::Write;
use std::net::IpAddr;

/// Room on the stack for a value that is written: a number, an address.
pub(super) struct Text {
    bytes: [u8; 64],
}

impl Text {
    pub(super) fn new() -> Self {
        Text { bytes: [0; 64] }
    }

    pub(super) fn address(&mut self, address: IpAddr) -> &[u8] {
        match address.to_canonical() {
            IpAddr::V4(address) => self.numbers(&address.octets().map(u16::from)),
            IpAddr::V6(address) => self.write(format_args!("{address}")),
        }
    }

    /// Numbers with dots between, found from the last digit to the first. Every
    /// request has four such values, and `write` would take longer for each
    /// than all else that is done here.
    pub(super) fn numbers(&mut self, numbers: &[u16]) -> &[u8] {
        let mut first = self.bytes.len();
        for &number in numbers.iter().rev() {
            let (mut left, end) = (usize::from(number), first);
            while first == end || left > 0 {
                first -= 1;
                self.bytes[first] = b"0123456789"[left % 10];
                left /= 10;
            }
            first -= 1;
            self.bytes[first] = b'.';
        }
        &self.bytes[first + 1..]
    }

    /// The value; everything that is written here fits.
    pub(super) fn write(&mut self, value: std::fmt::Arguments<'_>) -> &[u8] {
        let mut rest = &mut self.bytes[..];
        let whole = rest.len();
        let _ = rest.write_fmt(value);
        let length = whole - rest.len();
        &self.bytes[..length]
    }
}

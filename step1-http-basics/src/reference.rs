//! Status codes and methods: what each means, and what follows from it.
//!
//! Chapter 2 · RFC 9110 §9, §15
//!
//! *Strategy*: a table that is data and nothing else, in words of our own. The
//! commands `status` and `method` print from it, and so does the book, so that
//! neither can say what the other does not.
//!
//! ```
//! use step1_http_basics::reference::{self, Caching};
//!
//! let not_found = reference::status(404).unwrap();
//! assert_eq!((not_found.name, not_found.caching), ("Not Found", Caching::Heuristically));
//! assert!(reference::method("PUT").unwrap().idempotent);
//! assert!(reference::method("put").is_none());
//! ```

mod command;
mod methods;
mod related;
mod statuses;

pub use crate::xray::Section;
pub use command::{method_command, status_command};
pub use methods::{Method, RequestContent, methods};
pub use related::{Related, also_registered};
pub use statuses::{Class, Status, statuses};

/// Whether a cache may keep a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caching {
    /// Yes, for a while even if no field says how long.
    /// [RFC 9111 §4.2.2](https://www.rfc-editor.org/rfc/rfc9111#section-4.2.2)
    Heuristically,
    /// Yes, if a field says how long.
    WhenSaid,
    /// No.
    Never,
}

/// Whether content follows the head of a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResponseContent {
    /// As a rule.
    Usual,
    /// There is some, of no bytes.
    Empty,
    /// The response ends with its head, whatever its fields say.
    Never,
}

/// The status with this code, if it is registered.
#[must_use]
pub fn status(code: u16) -> Option<&'static Status> {
    statuses().find(|status| status.code == code)
}

/// The method with this name, if it is one of those of HTTP itself. Names have
/// a case: `get` is not `GET`.
/// [RFC 9110 §9.1](https://www.rfc-editor.org/rfc/rfc9110#section-9.1)
#[must_use]
pub fn method(name: &str) -> Option<&'static Method> {
    methods().iter().find(|method| method.name == name)
}

//! The table of status codes, class by class.
//!
//! Chapter 2 · RFC 9110 §15

use std::fmt;

use super::{Caching, ResponseContent, Section};

mod client_error;
mod client_error_more;
mod informational;
mod redirection;
mod server_error;
mod successful;

/// What there is to know about one status code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Status {
    /// `404`
    pub code: u16,
    /// `Not Found`, as the standard calls it; on the wire it has no meaning.
    pub name: &'static str,
    /// What the server says with it.
    pub meaning: &'static str,
    /// What a client should do then.
    pub client: &'static str,
    /// Where one meets it.
    pub met: &'static str,
    /// Whether a cache may keep the response.
    pub caching: Caching,
    /// Whether content follows.
    pub content: ResponseContent,
    /// Where it is defined.
    pub section: Section,
}

/// The first digit of a status code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// 1xx
    Informational = 1,
    /// 2xx
    Successful = 2,
    /// 3xx
    Redirection = 3,
    /// 4xx
    ClientError = 4,
    /// 5xx
    ServerError = 5,
}

/// All registered status codes that are more than a proposal, in order.
pub fn statuses() -> impl Iterator<Item = &'static Status> {
    let tables = [
        informational::STATUSES,
        successful::STATUSES,
        redirection::STATUSES,
        client_error::STATUSES,
        client_error_more::STATUSES,
        server_error::STATUSES,
    ];
    tables.into_iter().flatten()
}

impl Class {
    /// All of them, in order.
    pub const ALL: [Class; 5] = [
        Class::Informational,
        Class::Successful,
        Class::Redirection,
        Class::ClientError,
        Class::ServerError,
    ];

    /// The class of a code, registered or not; `None` outside 100–599.
    #[must_use]
    pub fn of(code: u16) -> Option<Class> {
        Class::ALL.into_iter().find(|&class| class as u16 == code / 100)
    }

    /// What all codes of the class say.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Class::Informational => "the request goes on; a final response follows",
            Class::Successful => "it worked",
            Class::Redirection => "it goes on elsewhere, or with what the client has",
            Class::ClientError => "it did not work, and the client should change something",
            Class::ServerError => "it did not work, and that is not the client's fault",
        }
    }

    /// The code that an unknown one of this class is treated as.
    /// [RFC 9110 §15](https://www.rfc-editor.org/rfc/rfc9110#section-15)
    #[must_use]
    pub fn first(self) -> u16 {
        self as u16 * 100
    }

    /// Where the class is defined.
    #[must_use]
    pub fn section(self) -> Section {
        Section::Rfc(9110, ["15.2", "15.3", "15.4", "15.5", "15.6"][self as usize - 1])
    }
}

/// `4xx, client error`
impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Class::Informational => "1xx, informational",
            Class::Successful => "2xx, successful",
            Class::Redirection => "3xx, redirection",
            Class::ClientError => "4xx, client error",
            Class::ServerError => "5xx, server error",
        })
    }
}

impl Status {
    /// Its class. All codes of the table have one.
    #[must_use]
    pub fn class(&self) -> Class {
        Class::of(self.code).unwrap_or(Class::ServerError)
    }
}

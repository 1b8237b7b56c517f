//! What a record is for.
//!
//! Chapter 4 · FastCGI specification §8

/// What a record is for: the byte `type` of its header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A request begins (`FCGI_BEGIN_REQUEST`).
    BeginRequest,
    /// The server wants no answer any more (`FCGI_ABORT_REQUEST`).
    AbortRequest,
    /// The answer is complete (`FCGI_END_REQUEST`).
    EndRequest,
    /// A piece of the variables, as name-value pairs (`FCGI_PARAMS`).
    Params,
    /// A piece of the request's content (`FCGI_STDIN`).
    Stdin,
    /// A piece of the answer (`FCGI_STDOUT`).
    Stdout,
    /// A piece of what is for the log (`FCGI_STDERR`).
    Stderr,
    /// A piece of a file for a filter (`FCGI_DATA`); no responder gets one.
    Data,
    /// The server asks what the application can do (`FCGI_GET_VALUES`).
    GetValues,
    /// … and is told (`FCGI_GET_VALUES_RESULT`).
    GetValuesResult,
    /// A management record was not understood (`FCGI_UNKNOWN_TYPE`).
    UnknownType,
    /// A type that the specification does not have.
    Unknown(u8),
}

impl Kind {
    /// The kind that this byte stands for.
    #[must_use]
    pub fn from_byte(byte: u8) -> Self {
        match byte {
            1 => Kind::BeginRequest,
            2 => Kind::AbortRequest,
            3 => Kind::EndRequest,
            4 => Kind::Params,
            5 => Kind::Stdin,
            6 => Kind::Stdout,
            7 => Kind::Stderr,
            8 => Kind::Data,
            9 => Kind::GetValues,
            10 => Kind::GetValuesResult,
            11 => Kind::UnknownType,
            byte => Kind::Unknown(byte),
        }
    }

    /// The byte that stands for it.
    #[must_use]
    pub fn byte(self) -> u8 {
        match self {
            Kind::BeginRequest => 1,
            Kind::AbortRequest => 2,
            Kind::EndRequest => 3,
            Kind::Params => 4,
            Kind::Stdin => 5,
            Kind::Stdout => 6,
            Kind::Stderr => 7,
            Kind::Data => 8,
            Kind::GetValues => 9,
            Kind::GetValuesResult => 10,
            Kind::UnknownType => 11,
            Kind::Unknown(byte) => byte,
        }
    }

    /// The specification's name for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Kind::BeginRequest => "FCGI_BEGIN_REQUEST",
            Kind::AbortRequest => "FCGI_ABORT_REQUEST",
            Kind::EndRequest => "FCGI_END_REQUEST",
            Kind::Params => "FCGI_PARAMS",
            Kind::Stdin => "FCGI_STDIN",
            Kind::Stdout => "FCGI_STDOUT",
            Kind::Stderr => "FCGI_STDERR",
            Kind::Data => "FCGI_DATA",
            Kind::GetValues => "FCGI_GET_VALUES",
            Kind::GetValuesResult => "FCGI_GET_VALUES_RESULT",
            Kind::UnknownType => "FCGI_UNKNOWN_TYPE",
            Kind::Unknown(_) => "a type without a name",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_a_kind() {
        for byte in 0..=255 {
            assert_eq!(Kind::from_byte(byte).byte(), byte);
        }
    }
}

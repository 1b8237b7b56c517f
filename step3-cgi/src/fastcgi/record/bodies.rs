//! What the records say that begin and end a request: eight bytes each.
//!
//! Chapter 4 · FastCGI specification §5.1, §5.5

use super::{Kind, RecordError};

/// What the application is to the request; ours is always a responder.
pub const RESPONDER: u16 = 1;

/// The content of a [`Kind::BeginRequest`].
/// [FastCGI §5.1](https://fastcgi-archives.github.io/FastCGI_Specification.html#S5.1)
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BeginRequest {
    /// [`RESPONDER`], or a role that nobody uses: authorizer, filter.
    pub role: u16,
    /// Whether the application leaves the connection open afterwards
    /// (`FCGI_KEEP_CONN`).
    pub keep_connection: bool,
}

impl BeginRequest {
    /// Reads the content of the record.
    ///
    /// # Errors
    /// When it is shorter than eight bytes.
    pub fn parse(content: &[u8]) -> Result<Self, RecordError> {
        match content {
            &[role1, role0, flags, _, _, _, _, _, ..] => Ok(BeginRequest {
                role: u16::from_be_bytes([role1, role0]),
                keep_connection: flags & 1 == 1,
            }),
            _ => Err(RecordError::Body(Kind::BeginRequest, content.len())),
        }
    }

    /// The content of the record.
    #[must_use]
    pub fn content(self) -> [u8; 8] {
        let [role1, role0] = self.role.to_be_bytes();
        [role1, role0, u8::from(self.keep_connection), 0, 0, 0, 0, 0]
    }
}

/// How the protocol fared with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProtocolStatus {
    /// It was answered.
    RequestComplete,
    /// The application takes one request a connection at a time.
    CannotMultiplex,
    /// The application has run out of something.
    Overloaded,
    /// The application does not know the role.
    UnknownRole,
    /// A number that the specification does not have.
    Unknown(u8),
}

/// The content of a [`Kind::EndRequest`].
/// [FastCGI §5.5](https://fastcgi-archives.github.io/FastCGI_Specification.html#S5.5)
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndRequest {
    /// What a CGI program would have returned from `main`.
    pub app_status: u32,
    /// Whether the request was answered at all.
    pub protocol_status: ProtocolStatus,
}

impl EndRequest {
    /// Reads the content of the record.
    ///
    /// # Errors
    /// When it is shorter than eight bytes.
    pub fn parse(content: &[u8]) -> Result<Self, RecordError> {
        let &[a3, a2, a1, a0, status, _, _, _, ..] = content else {
            return Err(RecordError::Body(Kind::EndRequest, content.len()));
        };
        let protocol_status = match status {
            0 => ProtocolStatus::RequestComplete,
            1 => ProtocolStatus::CannotMultiplex,
            2 => ProtocolStatus::Overloaded,
            3 => ProtocolStatus::UnknownRole,
            other => ProtocolStatus::Unknown(other),
        };
        Ok(EndRequest { app_status: u32::from_be_bytes([a3, a2, a1, a0]), protocol_status })
    }

    /// The content of the record.
    #[must_use]
    pub fn content(self) -> [u8; 8] {
        let [a3, a2, a1, a0] = self.app_status.to_be_bytes();
        let status = match self.protocol_status {
            ProtocolStatus::RequestComplete => 0,
            ProtocolStatus::CannotMultiplex => 1,
            ProtocolStatus::Overloaded => 2,
            ProtocolStatus::UnknownRole => 3,
            ProtocolStatus::Unknown(other) => other,
        };
        [a3, a2, a1, a0, status, 0, 0, 0]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_have_eight_bytes() {
        let begin = BeginRequest { role: RESPONDER, keep_connection: true };
        assert_eq!(begin.content(), [0, 1, 1, 0, 0, 0, 0, 0]);
        assert_eq!(BeginRequest::parse(&begin.content()), Ok(begin));
        assert_eq!(BeginRequest::parse(&[0, 1, 1]), Err(RecordError::Body(Kind::BeginRequest, 3)));
        let end =
            EndRequest { app_status: 0x0102_0304, protocol_status: ProtocolStatus::Overloaded };
        assert_eq!(end.content(), [1, 2, 3, 4, 2, 0, 0, 0]);
        assert_eq!(EndRequest::parse(&end.content()), Ok(end));
        assert_eq!(EndRequest::parse(&[]), Err(RecordError::Body(Kind::EndRequest, 0)));
        for byte in 0..=255 {
            let content = [0, 0, 0, 0, byte, 0, 0, 0];
            assert_eq!(EndRequest::parse(&content).unwrap().content(), content);
        }
    }
}

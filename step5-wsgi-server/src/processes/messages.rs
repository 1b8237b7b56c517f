//! The messages between a master and a worker, as text.
//!
//! Chapter 6
//!
//! *Strategy*: a word, a space, and the details, so that a person who listens
//! with `strace` can follow. Whoever sends what nobody knows is not answered: a
//! worker of a newer version may have more to say.
//!
//! ```
//! use step5_wsgi_server::processes::messages::FromMaster;
//!
//! assert_eq!(FromMaster::decode("drain "), Some(FromMaster::Drain));
//! assert_eq!(FromMaster::decode("rest"), None);
//! ```

use crate::metrics::Counts;

// ANCHOR: messages
/// What a worker says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FromWorker {
    /// It serves from now on, and what.
    Ready(String),
    /// Its loop goes round.
    Alive(Counts),
    /// It has answered as many requests as it was to.
    Enough,
}

/// What a master says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FromMaster {
    /// Accept nobody any more, and end when those that are there are served.
    Drain,
    /// The same, but close whoever waits for nothing.
    Finish,
    /// End at once.
    Now,
    /// How many workers there are, and what they are doing.
    Table(usize, String),
}
// ANCHOR_END: messages

impl FromWorker {
    /// The packet.
    #[must_use]
    pub fn encode(&self) -> String {
        match self {
            FromWorker::Ready(what) => format!("ready {what}"),
            FromWorker::Alive(counts) => format!("alive {}", counts.to_words()),
            FromWorker::Enough => "enough ".to_owned(),
        }
    }

    /// The message in a packet; `None` if there is none that is known.
    #[must_use]
    pub fn decode(text: &str) -> Option<Self> {
        match text.split_once(' ')? {
            ("ready", what) => Some(FromWorker::Ready(what.to_owned())),
            ("alive", counts) => Counts::from_words(counts).map(FromWorker::Alive),
            ("enough", "") => Some(FromWorker::Enough),
            _ => None,
        }
    }
}

impl FromMaster {
    /// The packet.
    #[must_use]
    pub fn encode(&self) -> String {
        match self {
            FromMaster::Drain => "drain ".to_owned(),
            FromMaster::Finish => "finish ".to_owned(),
            FromMaster::Now => "now ".to_owned(),
            FromMaster::Table(workers, table) => format!("table {workers} {table}"),
        }
    }

    /// The message in a packet; `None` if there is none that is known.
    #[must_use]
    pub fn decode(text: &str) -> Option<Self> {
        match text.split_once(' ')? {
            ("drain", "") => Some(FromMaster::Drain),
            ("finish", "") => Some(FromMaster::Finish),
            ("now", "") => Some(FromMaster::Now),
            ("table", rest) => {
                let (workers, table) = rest.split_once(' ')?;
                Some(FromMaster::Table(workers.parse().ok()?, table.to_owned()))
            }
            _ => None,
        }
    }
}

//! FastCGI: the process is kept, and requests come to it as records.
//!
//! Chapter 4 · [FastCGI specification](https://fastcgi-archives.github.io/FastCGI_Specification.html)
//!
//! Both sides of the connection are here, and what they share:
//!
//! | side | files |
//! |---|---|
//! | both | [`record`], [`params`] (pure); [`incoming`], `socket` |
//! | the server's | [`gateway`], [`question`], [`script`], `files`, [`backend`], `lease`, [`address`], `client`, `output`, [`sweeper`], [`fault`] |
//! | the application's | [`responder`] |

pub mod address;
pub mod backend;
mod client;
pub mod fault;
mod files;
pub mod flags;
pub mod gateway;
pub mod incoming;
mod lease;
mod output;
pub mod params;
pub mod question;
pub mod record;
pub mod responder;
pub mod script;
mod socket;
pub mod sweeper;
pub mod xray;

//! FastCGI: the process is kept, and requests come to it as records.
//!
//! Chapter 4 · [FastCGI specification](https://fastcgi-archives.github.io/FastCGI_Specification.html)
//!
//! Both sides of the connection are here: the server's, which hands requests
//! on (`client`), and the application's, which answers them ([`responder`]).
//! They share what is pure: [`record`] and [`params`].

pub mod params;
pub mod record;
pub mod responder;
mod socket;

//! What the tests of FastCGI share; each uses a part of it.
#![allow(dead_code, unused_imports)]

pub(crate) mod records;
pub(crate) mod site;

pub(crate) use records::{Front, PATIENCE, begin, stdin};

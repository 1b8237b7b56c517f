//! Step 1
pub mod chunked;
pub mod encode;
pub mod framing;
mod head_error;
pub mod limits;
pub mod parse;
pub mod target;

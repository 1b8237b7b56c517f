//! Step 2

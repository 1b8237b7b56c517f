//! Step 1

//! Who else has an object of Python?
//!
//! Chapter 6
//!
//! *Strategy*: Python counts the references to each object. If there is one, and
//! it is ours, then nobody else will ever see the object, and it may be used
//! again as if it were new. The count is not in the safe interface of PyO3, so
//! this file, and no other, is allowed to look behind it.
#![allow(unsafe_code)]

use pyo3::prelude::*;

/// Whether the only reference to this object is this one.
pub(super) fn is_only_ours<T>(object: &Bound<'_, T>) -> bool {
    // SAFETY: a `Bound` points to a living object, to which it holds a
    // reference, and is there only while this thread is attached to the
    // interpreter, so the count can be read. If it is 1, that is ours, and there
    // is no other reference from which anybody could make one more.
    unsafe { pyo3::ffi::Py_REFCNT(object.as_ptr()) == 1 }
}

//! What holds for files on threads holds for files on the event loop: the same
//! tests.
#![allow(clippy::duplicate_mod)] // each of them has its support

#[path = "../../step2-static-server/tests/attacks.rs"]
mod attacks;
#[path = "../../step2-static-server/tests/choices.rs"]
mod choices;
#[path = "../../step2-static-server/tests/conditional.rs"]
mod conditional;
#[path = "../../step2-static-server/tests/confinement.rs"]
mod confinement;
#[path = "../../step2-static-server/tests/files.rs"]
mod files;
#[path = "../../step2-static-server/tests/many_clients.rs"]
mod many_clients;
#[path = "../../step2-static-server/tests/writing.rs"]
mod writing;

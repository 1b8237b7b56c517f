//! Collects what mdBook complains about while it builds.
//!
//! Chapter 0 · `cargo run -p book`
//!
//! *Strategy.* mdBook reports a dead `{{#include}}` through `tracing`, goes on,
//! and calls the build a success: the page then shows the raw directive. A
//! subscriber keeps every warning and error of mdBook's own crates, so that
//! [`crate::build`] can fail with them.

use std::fmt::{Debug, Write};
use std::sync::{Arc, Mutex, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

/// A list of complaints that can be read while a subscriber adds to it.
#[derive(Clone, Default)]
pub(crate) struct Complaints(Arc<Mutex<Vec<String>>>);

impl Complaints {
    /// Takes what has been collected so far, in the order it came.
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Subscriber for Complaints {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= Level::WARN && metadata.target().starts_with("mdbook")
    }

    fn event(&self, event: &Event<'_>) {
        let mut message = Message(String::new());
        event.record(&mut message);
        let mut list = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        list.push(message.0);
    }

    // Spans group events; only the events matter here.
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// The text of one event.
struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        // Writing to a String cannot fail.
        let _ = match field.name() {
            "message" => write!(self.0, "{value:?}"),
            name => write!(self.0, " {name}={value:?}"),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_warnings_and_errors_of_mdbook_only() {
        let complaints = Complaints::default();
        tracing::subscriber::with_default(complaints.clone(), || {
            tracing::error!(target: "mdbook_driver::links", "no such file {}", "a.rs");
            tracing::warn!(target: "mdbook_html", "odd heading");
            tracing::info!(target: "mdbook_driver", "building");
            tracing::error!(target: "elsewhere", "not ours");
        });
        assert_eq!(complaints.take(), ["no such file a.rs", "odd heading"]);
        assert!(complaints.take().is_empty(), "taking empties the list");
    }
}

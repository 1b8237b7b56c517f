//! Why an application could not be loaded.
//!
//! Chapter 6
//!
//! *Strategy*: whoever starts a server reads its first error with care, so it
//! says what was looked for, where, and what is there instead.

use std::fmt;
use std::path::PathBuf;

/// What went wrong before the first request.
#[derive(Debug)]
pub enum LoadError {
    /// The application was not named as `module:attribute`.
    Form(String),
    /// A folder is not there.
    Folder {
        /// Which.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// A folder is no virtual environment of this Python.
    Venv {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The module cannot be imported, or raised while it was.
    Import {
        /// Which module.
        module: String,
        /// Python's traceback.
        traceback: String,
    },
    /// The module has no such attribute.
    Missing {
        /// Which module.
        module: String,
        /// What was looked for.
        attribute: String,
        /// What the module has that can be called.
        names: Vec<String>,
    },
    /// The attribute is there and cannot be called.
    NotCallable {
        /// The whole name.
        name: String,
        /// Its type.
        kind: String,
    },
    /// A factory raised, or returned no application.
    Factory {
        /// The whole name.
        name: String,
        /// Python's traceback.
        traceback: String,
    },
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form(text) => write!(
                f,
                "{text:?} names no application: write module:attribute, such as wsgi_app:app for \
                 `app` in wsgi_app.py, or module:factory()"
            ),
            Self::Folder { path, error } => write!(f, "the folder {}: {error}", path.display()),
            Self::Venv { path, why } => {
                write!(f, "the virtual environment {}: {why}", path.display())
            }
            Self::Import { module, traceback } => {
                write!(f, "cannot import {module}:\n{}", traceback.trim_end())
            }
            Self::Missing { module, attribute, names } if names.is_empty() => {
                write!(f, "{module} has no {attribute}, and nothing else that can be called")
            }
            Self::Missing { module, attribute, names } => {
                write!(f, "{module} has no {attribute}; what it has: {}", names.join(", "))
            }
            Self::NotCallable { name, kind } => write!(
                f,
                "{name} is no application: it is of type {kind}, which cannot be called \
                 (PEP 3333, The Application/Framework Side)"
            ),
            Self::Factory { name, traceback } => {
                write!(f, "{name} returned no application:\n{}", traceback.trim_end())
            }
        }
    }
}

impl std::error::Error for LoadError {}

//! What the tests of this crate share.

#![allow(dead_code, unreachable_pub)] // each test uses some

use std::sync::{Arc, Mutex};

use step4_wsgi_interface::gateway::{self, Memory, Output};
use step4_wsgi_interface::head::Head;
use step4_wsgi_interface::run::terminal::Request;
use step4_wsgi_interface::{Application, Environ, Result};

/// What was sent, and how the call ended.
#[derive(Debug)]
pub struct Answer {
    pub status: String,
    pub headers: Vec<(String, String)>,
    pub content: Vec<u8>,
    pub error: Option<String>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.content).into_owned()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(there, _)| there.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

/// Calls an application with a GET.
pub fn get(application: &impl Application, target: &str) -> Answer {
    call(application, Request::get(target).environ())
}

/// Calls an application.
pub fn call(application: &impl Application, environ: Environ) -> Answer {
    let (memory, outcome) = gateway::run(application, environ, Memory::default());
    let head = memory.head.unwrap_or_default();
    Answer {
        status: head.status().to_string(),
        headers: head.headers().map(|(n, v)| (n.to_string(), v.to_string())).collect(),
        content: memory.content,
        error: outcome.err().map(|error| error.to_string()),
    }
}

/// An output that notes, besides what is sent, when.
#[derive(Clone, Default)]
pub struct Sends(pub Arc<Mutex<Vec<String>>>);

impl Sends {
    pub fn note(&self, what: impl Into<String>) {
        self.0.lock().expect("one thread").push(what.into());
    }

    pub fn all(&self) -> Vec<String> {
        self.0.lock().expect("one thread").clone()
    }
}

impl Output for Sends {
    fn send(&mut self, head: Option<&Head>, block: &[u8]) -> Result<()> {
        let head = head.map(|head| format!("{}; ", head.status())).unwrap_or_default();
        self.note(format!("sent {head}{:?}", String::from_utf8_lossy(block)));
        Ok(())
    }
}

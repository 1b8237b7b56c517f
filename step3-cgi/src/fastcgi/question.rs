//! What an application is asked: the records of a request.
//!
//! Chapter 4 · FastCGI specification §5.1, §5.2, §6.2
//!
//! *Strategy*: a mount knows which script a path names, and what every request to
//! it says besides: the root of its files, the server's name. Nothing is sent
//! here, so whoever sends, a thread that waits or a loop that does not, asks the
//! same.

use std::io;
use std::path::Path;

use step2_static_server::resolve::Resource;

use super::params::encode_pair;
use super::record::{BeginRequest, Kind, REQUEST_ID, RESPONDER, Record, encode_stream, end_stream};
use super::script::{Script, Scripts};
use crate::meta_variables::{Credentials, MetaVariables};
use crate::site::Where;

/// What the application of one mount is asked.
#[derive(Debug)]
pub struct Questions {
    scripts: Scripts,
    software: String,
}

impl Questions {
    /// Of what is mounted at `place`. Files that the application is told of lie
    /// below `root`; `software` is the server's name and version.
    ///
    /// # Errors
    /// When there is no such folder.
    pub fn below(root: &Path, place: Where, software: impl Into<String>) -> io::Result<Self> {
        Ok(Questions { scripts: Scripts::below(root, place)?, software: software.into() })
    }

    /// The script of a path that belongs to this mount; `None` if there is no
    /// such file, and the application must not look for it either.
    #[must_use]
    pub fn script(&self, resource: &Resource) -> Option<Script> {
        self.scripts.find(resource)
    }

    /// The script that stands for a folder, if no page does.
    #[must_use]
    pub fn index(&self, folder: &Resource) -> Option<Resource> {
        self.scripts.index(folder)
    }

    // ANCHOR: first_records
    /// The records of a request up to the end of its variables.
    #[must_use]
    pub fn first_records(&self, script: &Script, variables: MetaVariables<'_>) -> Vec<u8> {
        let mut params = Vec::with_capacity(2048);
        MetaVariables {
            script_name: &script.name,
            path_info: &script.path_info,
            software: &self.software,
            document_root: Some(self.scripts.root()),
            script_filename: Some(&script.file),
            credentials: Credentials::Passed,
            ..variables
        }
        .visit(|name, value| encode_pair(name.as_bytes(), value, &mut params));

        let mut out = Vec::with_capacity(params.len() + 64);
        let begin = BeginRequest { role: RESPONDER, keep_connection: true }.content();
        Record { kind: Kind::BeginRequest, request_id: REQUEST_ID, content: &begin }
            .encode(&mut out);
        encode_stream(Kind::Params, REQUEST_ID, &params, &mut out);
        end_stream(Kind::Params, REQUEST_ID, &mut out);
        out
    }
    // ANCHOR_END: first_records
}

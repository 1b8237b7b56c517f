//! Reads the transcripts of all pages, and finds what is wrong with them as text.
//!
//! *Strategy*: everything that can be said without running a command is said here, for all pages
//! at once: a block without an id, an id that stands twice, a command that is not on the list, a
//! transcript that hides in a block of another language.

use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;

use crate::markdown::{self, Fence};
use crate::transcripts::Failure;
use crate::transcripts::attributes::Attributes;
use crate::transcripts::commands::{self, Runnable};
use crate::transcripts::exchange::Exchange;
use crate::transcripts::replay::Peers;
use crate::workspace::{self, Program};

/// A page with its transcripts.
#[derive(Clone, Debug)]
pub struct Page {
    /// The file.
    pub path: PathBuf,
    /// Its text.
    pub text: String,
    /// Its transcripts, in order.
    pub blocks: Vec<Block>,
}

/// A transcript.
#[derive(Clone, Debug)]
pub struct Block {
    /// Where it stands.
    pub fence: Fence,
    /// How it is to be replayed.
    pub attributes: Attributes,
    /// The server of `serve=`: its program and arguments.
    pub server: Option<(Program, Vec<String>)>,
    /// What it does.
    pub action: Action,
}

/// What a transcript does.
#[derive(Clone, Debug)]
pub enum Action {
    /// Commands that run to their ends, each with what it prints.
    Run(Vec<(Exchange, Runnable)>),
    /// A server that stays until the page's end, with what it prints at its start.
    Background(Exchange, Program, Vec<String>),
    /// What a background server has printed since.
    PrintedBy(String),
}

impl Block {
    /// The programs of the workspace that it needs.
    pub fn programs(&self) -> impl Iterator<Item = &Program> {
        let action: Vec<&Program> = match &self.action {
            Action::Run(exchanges) => {
                exchanges.iter().flat_map(|(_, runnable)| &runnable.ours).collect()
            }
            Action::Background(_, program, _) => vec![program],
            Action::PrintedBy(_) => Vec::new(),
        };
        self.server.iter().map(|(program, _)| program).chain(action)
    }

    /// Whether it needs Python: as a command, or inside of a server.
    pub fn uses_python(&self) -> bool {
        let by_itself = self.attributes.needs.iter().any(|need| need == "python3");
        by_itself || self.programs().any(|program| *program == Program::WithPython)
    }
}

/// Whether a page's console blocks must all be replayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strictness {
    /// A page of the book: a console block without an id is a failure.
    Book,
    /// A README: a console block without an id is left alone.
    Readme,
}

/// The pages of the book and the README at the top, with what is wrong with them.
///
/// # Errors
/// When a page cannot be read.
pub fn of_the_book() -> Result<(Vec<Page>, Vec<Failure>), String> {
    let root = workspace::root();
    let mut paths: Vec<_> = workspace::files(&root.join("book/src"), "md")
        .into_iter()
        .map(|path| (path, Strictness::Book))
        .collect();
    let readme = root.join("README.md");
    if readme.is_file() {
        paths.push((readme, Strictness::Readme));
    }
    let mut texts = Vec::new();
    for (path, strictness) in paths {
        texts.push((workspace::read(&path)?, path, strictness));
    }
    Ok(read(texts))
}

/// Reads pages: `(text, file, strictness)`.
#[must_use]
pub fn read(texts: Vec<(String, PathBuf, Strictness)>) -> (Vec<Page>, Vec<Failure>) {
    let (mut pages, mut failures) = (Vec::new(), Vec::new());
    for (text, path, strictness) in texts {
        let name = workspace::relative(&path);
        let mut fail = |line, id: Option<&str>, what| {
            failures.push(Failure { page: name.clone(), line, id: id.map(str::to_owned), what });
        };
        let mut blocks = Vec::new();
        match markdown::fences(&text) {
            Err(unclosed) => fail(unclosed.line, None, "this fence is never closed".into()),
            Ok(fences) => {
                for fence in fences {
                    match block(&fence, strictness) {
                        Ok(Some(block)) => blocks.push(block),
                        Ok(None) => {}
                        Err((id, what)) => fail(fence.line, id.as_deref(), what),
                    }
                }
            }
        }
        pages.push(Page { path, text, blocks });
    }
    failures.extend(repeated_ids(&pages));
    (pages, failures)
}

/// All programs of the workspace that are needed to replay the pages.
#[must_use]
pub fn programs(pages: &[Page], peers: Peers) -> BTreeSet<Program> {
    let is_replayed =
        |block: &&Block| peers == Peers::Promised || block.attributes.needs.is_empty();
    let blocks = pages.iter().flat_map(|page| &page.blocks).filter(is_replayed);
    blocks.flat_map(Block::programs).cloned().collect()
}

/// Reads one block, if it is a transcript.
fn block(fence: &Fence, strictness: Strictness) -> Result<Option<Block>, (Option<String>, String)> {
    if fence.language() != "console" {
        return match hides_a_transcript(fence) && strictness == Strictness::Book {
            true => Err((
                None,
                "a line begins with `$ `: a transcript stands in a ```console block, with an id"
                    .into(),
            )),
            false => Ok(None),
        };
    }
    if strictness == Strictness::Readme && !fence.info.contains("id=") {
        return Ok(None);
    }
    let attributes = Attributes::parse(&fence.info).map_err(|what| (None, what))?;
    let id = Some(attributes.id.clone());
    let read = || -> Result<Block, String> {
        let server = attributes.serve.as_deref().map(commands::server).transpose()?;
        let action = action(fence, &attributes)?;
        let block = Block { fence: fence.clone(), attributes: attributes.clone(), server, action };
        if block.uses_python() && !attributes.needs.iter().any(|need| need == "python3") {
            return Err("Python is not on every machine: the block must say needs=python3".into());
        }
        Ok(block)
    };
    read().map(Some).map_err(|what| (id, what))
}

fn action(fence: &Fence, attributes: &Attributes) -> Result<Action, String> {
    if let Some(of) = &attributes.of {
        return Ok(Action::PrintedBy(of.clone()));
    }
    let exchanges = Exchange::read(&fence.body)?;
    if attributes.background {
        let [exchange] = exchanges.as_slice() else {
            return Err("a background block holds one command: the server".into());
        };
        let (program, args) = commands::server(&exchange.command)?;
        return Ok(Action::Background(exchange.clone(), program, args));
    }
    let mut checked = Vec::new();
    for exchange in exchanges {
        let runnable = commands::check(&exchange.command, &attributes.needs)
            .map_err(|what| format!("$ {}\n{what}", exchange.command))?;
        checked.push((exchange, runnable));
    }
    Ok(Action::Run(checked))
}

/// A block of shell or plain text with a prompt in it.
fn hides_a_transcript(fence: &Fence) -> bool {
    matches!(fence.language(), "" | "text" | "sh" | "bash" | "shell" | "terminal")
        && fence.body.iter().any(|line| line.starts_with("$ "))
}

fn repeated_ids(pages: &[Page]) -> Vec<Failure> {
    let mut first = HashMap::new();
    let mut failures = Vec::new();
    for (page, block) in
        pages.iter().flat_map(|page| page.blocks.iter().map(move |block| (page, block)))
    {
        let here = (workspace::relative(&page.path), block.fence.line);
        let id = block.attributes.id.as_str();
        match first.get(id) {
            None => {
                first.insert(id, here);
            }
            Some((other, at)) => failures.push(Failure {
                page: here.0,
                line: here.1,
                id: Some(id.to_owned()),
                what: format!("this id stands at {other}:{at} too; give each transcript its own"),
            }),
        }
    }
    failures
}

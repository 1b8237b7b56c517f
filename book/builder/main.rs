//! Builds the book and serves it with step 2's own server.
//!
//! Chapter 0 · `cargo run -p book`
//!
//! *Strategy.* mdBook is used as a library, so nothing has to be installed.
//! Three things are ours: [`quiz`] turns `book/quizzes/*.toml` into questions,
//! [`build`] treats every complaint of mdBook as an error, and [`serve`] hands
//! the finished folder to the server that chapter 3 builds.
//!
//! ```console
//! $ cargo run -p book                  # build, then serve at 127.0.0.1:3000
//! $ cargo run -p book -- --build-only  # build and stop
//! ```

mod build;
mod complaints;
mod preprocess;
mod quiz;
mod quiz_html;
mod serve;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Builds the book into book/build/html and serves it.
#[derive(Parser)]
#[command(name = "book", version)]
struct Flags {
    /// Build the book and stop.
    #[arg(long)]
    build_only: bool,

    /// The port to serve the book at; 0 lets the system choose.
    #[arg(long, default_value_t = 3000, value_name = "N")]
    port: u16,

    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Answer mdBook as its `quiz` preprocessor (book.toml calls this).
    Preprocess {
        #[command(subcommand)]
        ask: Option<preprocess::Ask>,
    },
}

fn main() -> ExitCode {
    let flags = Flags::parse();
    let done = match flags.command {
        Some(Command::Preprocess { ask }) => preprocess::answer(ask),
        None => build_and_serve(&flags).map(|()| ExitCode::SUCCESS),
    };
    done.unwrap_or_else(|error| {
        eprintln!("book: {error:#}");
        ExitCode::FAILURE
    })
}

fn build_and_serve(flags: &Flags) -> anyhow::Result<()> {
    let pages = build::build(&book_folder())?;
    if flags.build_only {
        println!("book: built {}", pages.join("index.html").display());
        return Ok(());
    }
    serve::serve(&pages, flags.port)
}

/// The folder that holds `book.toml`: cargo names it when it runs the program.
fn book_folder() -> PathBuf {
    std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from)
}

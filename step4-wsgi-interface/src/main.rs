//! Calls an application and shows what passes; see `--help`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
#[cfg(feature = "guestbook")]
use step4_wsgi_interface::applications::guest_book::GuestBook;
use step4_wsgi_interface::applications::{environ_page, files::Files, hello};
use step4_wsgi_interface::middleware::{catch_errors::CatchErrors, routes::Routes};
use step4_wsgi_interface::run::cgi;
use step4_wsgi_interface::run::terminal::{self, Request};
use step4_wsgi_interface::{Application, Result};

/// Calls an application as a gateway does, and shows all that passes between
/// the two: the environ, the calls in their order, and the response.
///
/// Started by a server as a CGI program (`GATEWAY_INTERFACE` is set), it answers
/// instead, and every application is below its name: /hello, /environ, …
#[derive(Debug, Parser)]
#[command(version)]
struct Args {
    /// The application
    #[arg(default_value = "hello")]
    app: App,

    /// The method; without it GET, with --data POST
    method: Option<String>,

    /// The path, and ?query
    path: Option<String>,

    /// The content of the request, as a form sends it
    #[arg(long, value_name = "a=1&b=2")]
    data: Option<String>,

    /// A field of the request; repeatable
    #[arg(long, value_name = "NAME: VALUE")]
    header: Vec<String>,

    /// Answer on standard output as a CGI program does, and show nothing else
    #[arg(long)]
    cgi: bool,

    /// The folder that the files are in
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,

    /// The file that the guest book is kept in; in a CGI program the variable
    /// `GUEST_BOOK` says it
    #[arg(long, value_name = "FILE", default_value = "guest-book.sqlite3")]
    database: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum App {
    /// The smallest
    Hello,
    /// The environ as a page
    Environ,
    /// Files of a folder
    Files,
    /// Register, log in, sign, log out
    #[cfg(feature = "guestbook")]
    GuestBook,
}

fn main() -> ExitCode {
    // A server may make arguments of a query (RFC 3875 §4.4): they are not read.
    let outcome = if cgi::is_asked_for() { answer() } else { show(Args::parse()) };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("step4-wsgi-interface: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Answers as a CGI program.
fn answer() -> Result<()> {
    let database = std::env::var_os("GUEST_BOOK").unwrap_or_else(|| "guest-book.sqlite3".into());
    let database = PathBuf::from(database);
    let mut site = Routes::new();
    for app in App::value_variants() {
        // One that cannot start, for lack of its folder, leaves the others be.
        if let (Some(name), Ok(application)) =
            (app.to_possible_value(), application(*app, None, &database))
        {
            site = site.mount(&format!("/{}", name.get_name()), application);
        }
    }
    cgi::run(&CatchErrors(site))
}

/// Shows a call in the terminal.
fn show(args: Args) -> Result<()> {
    let (mut method, mut path) = (args.method, args.path);
    if path.is_none() && method.as_ref().is_some_and(|word| word.starts_with('/')) {
        path = method.take();
    }
    let target = path.unwrap_or_else(|| "/".into());
    let mut request = match &args.data {
        Some(form) => Request::post(&target, form),
        None => Request::get(&target),
    };
    if let Some(method) = method {
        request.method = method.to_ascii_uppercase();
    }
    for field in &args.header {
        let (name, value) = field
            .split_once(':')
            .ok_or_else(|| format!("--header {field:?} is not NAME: VALUE"))?;
        request = request.field(name.trim(), value.trim());
    }
    let application = application(args.app, args.root, &args.database)?;
    if args.cgi {
        return as_cgi_program(&application, &request);
    }
    print!("{}", terminal::show(&application, &request));
    Ok(())
}

/// Gives the application what a server would give a CGI program.
fn as_cgi_program(application: &impl Application, request: &Request) -> Result<()> {
    let environ = request.environ();
    let variables = environ.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes()));
    let content = std::io::Cursor::new(request.content.clone());
    cgi::run_with(application, variables, content, std::io::stdout()).1
}

/// Makes an application.
#[cfg_attr(not(feature = "guestbook"), allow(unused_variables))]
fn application(
    app: App,
    root: Option<PathBuf>,
    database: &Path,
) -> Result<Box<dyn Application + Send + Sync>> {
    Ok(match app {
        App::Hello => Box::new(hello::application),
        App::Environ => Box::new(environ_page::application),
        App::Files => {
            let root = root.unwrap_or_else(default_root);
            let files = Files::below(&root)
                .map_err(|error| format!("cannot serve {}: {error}", root.display()))?;
            Box::new(files)
        }
        #[cfg(feature = "guestbook")]
        App::GuestBook => Box::new(GuestBook::at(database.to_path_buf())),
    })
}

/// `./www` if there is one, else the workspace's.
fn default_root() -> PathBuf {
    let here = PathBuf::from("www");
    if here.is_dir() { here } else { PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../www")) }
}

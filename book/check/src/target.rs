//! A step's server, started to be probed, and the site that it serves.
//!
//! *Strategy*: every target serves the same small site, laid into a [sandbox](crate::sandbox), so
//! that a probe knows what it should get. Beside the root lie files that nobody may get.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::process;
use crate::sandbox::Sandbox;
use crate::server::{self, Launch, PortArgument, Server};
use crate::talk::{self, Answer};
use crate::workspace::{self, Program};

/// What `/probe.html` holds.
pub const PAGE: &str = "<!DOCTYPE html><title>Probe</title><p>The page that a probe asks for.\n";
/// What `/with space.txt` holds.
pub const SPACED: &str = "The file with a space in its name.\n";
/// What lies beside the root.
pub const SECRET: &str = "This lies beside the root, and nobody may get it.\n";
/// What `/cgi-bin/probe.sh` prints when it is run.
pub const PRINTED: &str = "the sum is 42";
/// The length of `/large.bin`: more than the buffers between a server and its client hold.
const LARGE: u64 = 16 << 20;
/// The application in Python that probes ask, from the workspace's root, and its name.
const PROBE: (&str, &str) = ("book/check/probes/probe.py", "probe:application");
/// A program that a server of dynamic pages would run.
const SCRIPT: &str =
    "#!/bin/sh\necho 'Content-Type: text/plain'\necho\necho the sum is $((6 * 7))\n";

/// A step whose server is probed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// The twenty lines with which the chapter of step 2 begins.
    Naive,
    /// One connection at a time.
    One,
    /// Files, and threads.
    Two,
    /// CGI.
    Three,
    /// Applications and what calls them: no server.
    Four,
    /// The event loop.
    Five,
    /// The same with Python inside, serving `probes/probe.py`; there with the feature `peers`.
    Python,
}

impl Step {
    /// The steps whose servers are built.
    pub const BUILT: [Self; 5] = [Self::Naive, Self::One, Self::Two, Self::Three, Self::Five];

    /// The step of `"2"` or `"naive"`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Naive, Self::One, Self::Two, Self::Three, Self::Four, Self::Five, Self::Python]
            .into_iter()
            .find(|step| step.name() == name)
    }

    /// `2`, or `naive`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Naive => "naive",
            Self::One => "1",
            Self::Two => "2",
            Self::Three => "3",
            Self::Four => "4",
            Self::Five => "5",
            Self::Python => "5-python",
        }
    }

    /// `step 2`, or `the naive server`.
    #[must_use]
    pub fn in_words(self) -> String {
        match self {
            Self::Naive => "the naive server".to_owned(),
            Self::Python => "step 5".to_owned(),
            step => format!("step {}", step.name()),
        }
    }

    /// `step2`, or `naive`.
    #[must_use]
    pub fn file_name(self) -> String {
        match self {
            Self::Naive => self.name().to_owned(),
            step => format!("step{}", step.name()),
        }
    }

    /// Its program.
    #[must_use]
    pub fn program(self) -> Program {
        let binary = |package: &str| Program::Binary { package: package.to_owned() };
        match self {
            Self::Naive => Program::Example {
                package: "step2-static-server".to_owned(),
                name: "01_naive".to_owned(),
            },
            Self::One => binary("step1-http-basics"),
            Self::Two => binary("step2-static-server"),
            Self::Three => binary("step3-cgi"),
            Self::Four => binary("step4-wsgi-interface"),
            Self::Five => binary("step5-wsgi-server"),
            Self::Python => Program::WithPython,
        }
    }

    fn port_argument(self) -> PortArgument {
        match self {
            Self::Naive => PortArgument::Address,
            _ => PortArgument::Flag,
        }
    }
}

/// A running server with the site.
#[derive(Debug)]
pub struct Target {
    /// Whose server it is.
    pub step: Step,
    /// The page that a probe is about, where it is not about one of its own.
    pub path: String,
    /// `None` for step 4, which has none: its program is [called](Self::call).
    server: Option<Server>,
    executable: PathBuf,
    // Dropped after the server, which works in it.
    site: Sandbox,
}

impl Target {
    /// Starts the server of `step`, built as `executable`.
    ///
    /// # Errors
    /// When the site cannot be laid, or the server does not start.
    pub fn start(step: Step, executable: &Path) -> Result<Self, String> {
        Self::start_with(step, executable, &[])
    }

    /// The same with flags.
    ///
    /// # Errors
    /// As for [`start`](Self::start).
    pub fn start_with(step: Step, executable: &Path, flags: &[String]) -> Result<Self, String> {
        let site = lay_site().map_err(|error| format!("the site: {error}"))?;
        let (executable, path) = (executable.to_owned(), "/".to_owned());
        if step == Step::Four {
            return Ok(Self { step, path, server: None, executable, site });
        }
        let mut args = flags.to_vec();
        if step == Step::Python {
            args.insert(0, PROBE.1.to_owned());
        }
        let launch = Launch {
            program: &executable,
            args: &args,
            port: step.port_argument(),
            deadline: server::DEADLINE,
        };
        let server = Server::start(&site, &launch)
            .map_err(|error| format!("{}: {error}", step.in_words()))?;
        Ok(Self { step, path, server: Some(server), executable, site })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 0));
        self.server.as_ref().map_or(nowhere, |server| server.address)
    }

    /// Its process id.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.server.as_ref().map_or(0, Server::pid)
    }

    /// Whether something in its folder has this name: an application says so what it does.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.site.folder().join(name).exists()
    }

    /// What is wrong with the server itself, if anything.
    pub fn complaint(&mut self) -> Option<Complaint> {
        let server = self.server.as_mut()?;
        if !server.is_alive() {
            Some(Complaint::Died)
        } else if server.printed().contains("panicked at") {
            Some(Complaint::Panicked)
        } else {
            None
        }
    }

    /// Whether the server ends by itself within `deadline`.
    pub fn has_ended_within(&mut self, deadline: Duration) -> bool {
        self.server.as_mut().is_none_or(|server| server.has_ended_within(deadline))
    }

    /// Runs its program with these arguments, and gives what it prints.
    ///
    /// # Errors
    /// When it does not end, or not well.
    pub fn call(&self, arguments: &[&str]) -> io::Result<String> {
        let mut command = Command::new(&self.executable);
        command.args(arguments).current_dir(self.site.folder()).stdin(Stdio::null());
        let finished = process::run(command, server::DEADLINE)
            .map_err(|error| io::Error::other(error.to_string()))?;
        let output = String::from_utf8_lossy(&finished.output).into_owned();
        if finished.status.success() { Ok(output) } else { Err(io::Error::other(output)) }
    }

    /// Asks for `target` with GET.
    ///
    /// # Errors
    /// When nobody listens any more.
    pub fn get(&self, target: &str) -> io::Result<Answer> {
        talk::ask(self.address(), &talk::request("GET", target, self.address()))
    }
}

/// What can be wrong with a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Complaint {
    /// It is gone.
    Died,
    /// A thread of it panicked.
    Panicked,
}

/// Builds the programs of `steps`.
///
/// # Errors
/// What cargo said.
pub fn build(steps: &[Step]) -> Result<Vec<(Step, PathBuf)>, String> {
    let programs = steps.iter().map(|step| step.program()).collect();
    let built = workspace::build(&programs)?;
    let path = |step: &Step| built.iter().find(|(program, _)| *program == step.program());
    Ok(steps.iter().filter_map(|step| Some((*step, path(step)?.1.clone()))).collect())
}

/// The folder `www/` with what probes ask for, and what lies around it.
fn lay_site() -> io::Result<Sandbox> {
    let site = Sandbox::new(&workspace::root().join("www"), [])?;
    let here = site.folder();
    let root = here.join("www");
    fs::create_dir_all(root.join("cgi-bin"))?;
    fs::create_dir_all(here.join("www-sibling"))?;
    fs::write(root.join("probe.html"), PAGE)?;
    fs::write(root.join("probe.css"), "p { color: green }\n")?;
    fs::write(root.join("with space.txt"), SPACED)?;
    fs::write(root.join("every-byte.bin"), (0..=255).collect::<Vec<u8>>())?;
    fs::File::create(root.join("large.bin"))?.set_len(LARGE)?;
    fs::write(root.join("cgi-bin/probe.sh"), SCRIPT)?;
    fs::set_permissions(root.join("cgi-bin/probe.sh"), fs::Permissions::from_mode(0o755))?;
    fs::copy(workspace::root().join(PROBE.0), here.join("probe.py"))?;
    fs::write(here.join("secret.txt"), SECRET)?;
    fs::write(here.join("www-sibling/secret.txt"), SECRET)?;
    Ok(site)
}

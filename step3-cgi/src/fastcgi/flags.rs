//! The flags that hand requests to FastCGI applications.
//!
//! Chapter 4

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::Args;

use super::address::Address;
use super::backend::{Backend, Options};
use super::gateway::FastCgi;
use super::sweeper::Sweeper;
use crate::process_pool::{self, Pool};
use crate::site::{Site, Where};

/// Where FastCGI applications are, and how they are used.
#[derive(Debug, Clone, Args)]
pub struct FastCgiArgs {
    #[command(flatten)]
    mounts: MountArgs,

    /// Start N processes of PROGRAM as a FastCGI application, and keep them
    /// running; WHERE as above, /fastcgi/ unless told (may be repeated)
    #[arg(long, num_args = 2, value_names = ["N", "[WHERE=]PROGRAM"])]
    pub fastcgi_spawn: Vec<String>,
}

/// Applications that somebody else has started.
#[derive(Debug, Clone, Args)]
pub struct MountArgs {
    /// Hand requests to a FastCGI application: WHERE is /prefix/ or .ext,
    /// BACKEND is unix:PATH, tcp:HOST:PORT or HOST:PORT (may be repeated).
    /// Below a prefix every file may be run: let no visitor write there
    #[arg(long, value_name = "WHERE=BACKEND", value_parser = parse_mount)]
    pub fastcgi: Vec<(Where, Address)>,

    /// Open at most so many connections to a FastCGI application
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = at_least_one)]
    pub fastcgi_connections: usize,

    /// Keep at most so many connections while they have nothing to do: fewer
    /// than php-fpm has processes, since each of them keeps one busy
    #[arg(long, value_name = "N", default_value_t = 4)]
    pub fastcgi_keep: usize,

    /// Let a request wait so many seconds for a connection, then answer 503
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    pub fastcgi_queue: u64,
}

/// A pool that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spawn {
    /// How many processes.
    pub processes: usize,
    /// Which requests they answer.
    pub place: Where,
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
}

/// What every application of a server is told, and how long it may take.
#[derive(Debug, Clone)]
pub struct Surroundings<'a> {
    /// The folder that `SCRIPT_FILENAME` lies in.
    pub root: &'a Path,
    /// Name and version of the server.
    pub software: &'a str,
    /// How long an application may take to answer.
    pub timeout: Duration,
    /// See [`process_pool::Options::through`].
    pub through: Vec<OsString>,
    /// Told of every record, in words, for `--xray`.
    pub observer: Option<fn(&str)>,
    /// The environment of the processes of a pool.
    pub environment: Vec<(OsString, OsString)>,
}

/// What has to live as long as the site, and is ended when it is dropped: the
/// pools, and who looks after connections to others.
#[derive(Debug)]
pub struct Kept {
    _pools: Vec<Pool>,
    _sweeper: Sweeper,
}

impl MountArgs {
    /// The bounds of each application, which may take so long to answer.
    #[must_use]
    pub fn options(&self, timeout: Duration) -> Options {
        Options {
            connections: self.fastcgi_connections,
            keep: self.fastcgi_keep,
            queue: Duration::from_secs(self.fastcgi_queue),
            timeout,
            ..Options::default()
        }
    }
}

impl FastCgiArgs {
    /// Whether no application was asked for.
    #[must_use]
    pub fn is_unused(&self) -> bool {
        self.mounts.fastcgi.is_empty() && self.fastcgi_spawn.is_empty()
    }

    /// The pools that were asked for.
    ///
    /// # Errors
    /// When N is no number, or WHERE is no place.
    pub fn spawns(&self) -> Result<Vec<Spawn>, String> {
        self.fastcgi_spawn.chunks(2).map(parse_spawn).collect()
    }

    /// Starts the pools, and mounts them and the other applications.
    ///
    /// # Errors
    /// When a program cannot be started.
    pub fn mount<'s>(
        &self,
        mut site: Site<'s>,
        more: &[Spawn],
        around: &Surroundings<'_>,
    ) -> Result<(Site<'s>, Kept), String> {
        let (mut pools, mut backends) = (Vec::new(), Vec::new());
        let options = self.mounts.options(around.timeout);
        for (place, address) in &self.mounts.fastcgi {
            let backend = Arc::new(Backend::new(address.clone(), options));
            site = mount_one(site, place, Arc::clone(&backend), around)?;
            backends.push(backend);
        }
        for spawn in self.spawns()?.iter().chain(more) {
            let pool = start(spawn, around)?;
            // Each process may have one connection of its own, and nobody else
            // wants one.
            let own = Options { connections: spawn.processes, keep: spawn.processes, ..options };
            let backend = Arc::new(Backend::new(pool.address(), own));
            site = mount_one(site, &spawn.place, backend, around)?;
            pools.push(pool);
        }
        let sweeper = Sweeper::start(backends).map_err(|error| error.to_string())?;
        Ok((site, Kept { _pools: pools, _sweeper: sweeper }))
    }
}

fn mount_one<'s>(
    site: Site<'s>,
    place: &Where,
    backend: Arc<Backend>,
    around: &Surroundings<'_>,
) -> Result<Site<'s>, String> {
    let gateway = FastCgi::new(backend, place.clone(), around.root, around.software)
        .map_err(|error| format!("cannot serve {}: {error}", around.root.display()))?;
    Ok(site.mount(place.clone(), gateway.with_observer(around.observer)))
}

fn start(spawn: &Spawn, around: &Surroundings<'_>) -> Result<Pool, String> {
    Pool::start(process_pool::Options {
        processes: spawn.processes,
        program: spawn.program.clone(),
        arguments: spawn.arguments.clone(),
        through: around.through.clone(),
        environment: around.environment.clone(),
    })
    .map_err(|error| format!("--fastcgi-spawn: {error}"))
}

fn parse_mount(text: &str) -> Result<(Where, Address), String> {
    let (place, backend) =
        text.split_once('=').ok_or("say WHERE=BACKEND, such as .php=unix:PATH")?;
    let place = Where::parse(place).map_err(|error| error.to_string())?;
    Ok((place, Address::parse(backend).map_err(|error| error.to_string())?))
}

fn at_least_one(text: &str) -> Result<usize, String> {
    text.parse()
        .ok()
        .filter(|&number| number > 0)
        .ok_or_else(|| "say a number from 1 up".to_owned())
}

fn parse_spawn(words: &[String]) -> Result<Spawn, String> {
    let [number, command] = words else {
        return Err("--fastcgi-spawn: say how many processes, and which program".to_owned());
    };
    let processes = at_least_one(number)
        .map_err(|error| format!("--fastcgi-spawn: {number:?} processes: {error}"))?;
    let (place, command) = match command.split_once('=') {
        Some((place, command)) if place.starts_with('/') && place.ends_with('/') => {
            (place, command)
        }
        Some((place, command)) if place.starts_with('.') && !place.contains('/') => {
            (place, command)
        }
        _ => ("/fastcgi/", command.as_str()),
    };
    let place = Where::parse(place).map_err(|error| format!("--fastcgi-spawn: {error}"))?;
    // A path with spaces is a path; else what follows a space is an argument.
    let mut parts = if Path::new(command).exists() {
        vec![command]
    } else {
        command.split_whitespace().collect()
    }
    .into_iter();
    let program = parts.next().ok_or("--fastcgi-spawn: which program?")?;
    Ok(Spawn {
        processes,
        place,
        program: program.into(),
        arguments: parts.map(Into::into).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Debug, Parser)]
    struct Flags {
        #[command(flatten)]
        fastcgi: FastCgiArgs,
    }

    #[track_caller]
    fn check(line: &str, expected: Result<&str, &str>) {
        let parsed = Flags::try_parse_from(format!("test {line}").split('|').flat_map(|words| {
            if words.starts_with("test") { words.split(' ').collect() } else { vec![words] }
        }));
        let said = match parsed {
            Err(error) => Err(error.to_string()),
            Ok(flags) => flags.fastcgi.spawns().map(|spawns| {
                let mounts =
                    flags.fastcgi.mounts.fastcgi.iter().map(|(_, address)| address.to_string());
                let spawns = spawns.iter().map(|spawn| {
                    format!("{}x{:?}{:?}", spawn.processes, spawn.program, spawn.arguments)
                });
                mounts.chain(spawns).collect::<Vec<_>>().join(" ")
            }),
        };
        match (&said, expected) {
            (Ok(said), Ok(expected)) => assert_eq!(said, expected, "{line}"),
            (Err(said), Err(expected)) => assert!(said.contains(expected), "{line}: {said}"),
            _ => panic!("{line}: {said:?}"),
        }
    }

    #[test]
    fn applications_are_told_with_where_they_are_mounted() {
        check("--fastcgi .php=unix:/p.sock", Ok("unix:/p.sock"));
        check("--fastcgi /a/=127.0.0.1:1 --fastcgi .b=unix:c=d", Ok("tcp:127.0.0.1:1 unix:c=d"));
        check("--fastcgi-spawn 2 php-cgi", Ok("2x\"php-cgi\"[]"));
        check(
            "--fastcgi-spawn 1 .php=php-cgi --fastcgi-spawn 3 /a/=b",
            Ok("1x\"php-cgi\"[] 3x\"b\"[]"),
        );
        check("--fastcgi-spawn 2|/a/=php-cgi -d a=b", Ok("2x\"php-cgi\"[\"-d\", \"a=b\"]"));
    }

    #[test]
    fn what_is_wrong_with_a_flag_is_said() {
        check("--fastcgi .php", Err("say WHERE=BACKEND"));
        check(
            "--fastcgi php=127.0.0.1:1",
            Err("neither /prefix/, with a slash at both ends, nor .ext"),
        );
        check("--fastcgi .php=9000", Err("say unix:PATH, tcp:HOST:PORT or HOST:PORT"));
        check("--fastcgi-spawn none php-cgi", Err("\"none\" processes: say a number from 1 up"));
        check("--fastcgi-spawn 0 php-cgi", Err("\"0\" processes: say a number from 1 up"));
        check("--fastcgi-spawn 2", Err("2 values required"));
        check("--fastcgi-connections 0", Err("say a number from 1 up"));
    }
}

//! The flags of this step, and what they mean.
//!
//! Chapter 4

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use step1_http_basics::cli::print;
use step2_static_server::cli::SiteArgs;
use step2_static_server::static_files::StaticFiles;

use crate::cgi::{Cgi, Options};
use crate::samples;

/// Which programs are run, and how.
#[derive(Debug, Clone, Args)]
pub struct CgiArgs {
    /// Run the programs of this folder under /cgi-bin/ [default: cgi-bin in the
    /// root; without --root, the samples of this step too]
    #[arg(long, value_name = "DIR")]
    pub cgi_bin: Option<PathBuf>,

    /// End a program that neither takes input nor gives output for so long
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..))]
    pub timeout: u64,

    /// Run this many programs at a time; answer 503 when more are asked for
    #[arg(long, value_name = "N", default_value_t = 64)]
    pub max_processes: usize,
}

impl CgiArgs {
    /// Whether nobody has said which programs there are, so that it is the
    /// samples of this step.
    #[must_use]
    pub fn shows_samples(&self, site: &SiteArgs) -> bool {
        site.root.root.is_none() && self.cgi_bin.is_none()
    }

    /// The programs, if there are any, and the files without those of programs.
    /// The page of the samples has a link to `pool`, where one of them is kept.
    ///
    /// # Errors
    /// A sentence that says which folder cannot be used, and why.
    pub fn programs(
        &self,
        site: &SiteArgs,
        root: &Path,
        files: StaticFiles,
        pool: Option<&str>,
    ) -> Result<(Option<Cgi>, StaticFiles), String> {
        let with_samples = self.shows_samples(site);
        let folder = self.folder(root, with_samples);
        if folder.is_none() && !with_samples {
            return Ok((None, files));
        }
        let mut programs = Cgi::new(self.options(site, root));
        if with_samples {
            let this = std::env::current_exe()
                .map_err(|error| format!("cannot tell where this program is: {error}"))?;
            for sample in samples::SAMPLES {
                programs = programs.with_command(sample.name, &this, &["sample", sample.name]);
            }
            programs = programs.with_start_page(samples::start_page(pool));
        }
        let Some(folder) = folder else { return Ok((Some(programs), files)) };
        let cannot = |error| format!("cannot run the programs of {}: {error}", folder.display());
        let folder = folder.canonicalize().map_err(cannot)?;
        let cannot = |error| format!("cannot run the programs of {}: {error}", folder.display());
        programs = programs.with_folder(&folder).map_err(cannot)?;
        // A program is not for reading, whatever name leads to it.
        let files = match folder.strip_prefix(root) {
            Ok(below) => files.without(below),
            Err(_) => files,
        };
        Ok((Some(programs), files))
    }

    fn folder(&self, root: &Path, with_samples: bool) -> Option<PathBuf> {
        let in_root = root.join("cgi-bin");
        let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("cgi-bin");
        match &self.cgi_bin {
            Some(folder) => Some(folder.clone()),
            None if in_root.is_dir() => Some(in_root),
            None => (with_samples && samples.is_dir()).then_some(samples),
        }
    }

    fn options(&self, site: &SiteArgs, root: &Path) -> Options {
        Options {
            timeout: Duration::from_secs(self.timeout),
            max_processes: self.max_processes,
            document_root: Some(root.to_owned()),
            observer: site.listen.xray.then_some(|record| print(&record.to_string())),
            ..Options::default()
        }
    }
}

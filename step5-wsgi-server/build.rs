//! With the feature `python`: says where the library of Python lies, and what to
//! install if it does not. Without it there is nothing to do.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    #[cfg(feature = "python")]
    python();
}

/// The program finds the library that it was built with, whatever
/// `LD_LIBRARY_PATH` says: its folder becomes part of the program.
#[cfg(feature = "python")]
fn python() {
    let python = pyo3_build_config::get();
    let version = python.version();
    if !python.shared() {
        println!(
            "cargo::error=this Python {version} was built without its shared library: build it with \
             --enable-shared (pyenv: PYTHON_CONFIGURE_OPTS=--enable-shared pyenv install …), or \
             name another one in PYO3_PYTHON (Debian's is /usr/bin/python3)"
        );
    }
    if let (Some(folder), Some(name)) = (python.lib_dir(), python.lib_name()) {
        let library = std::path::Path::new(folder).join(format!("lib{name}.so"));
        if cfg!(target_os = "linux") && !library.exists() {
            println!(
                "cargo::error={} is missing: install the development package of Python {version} \
                 (Debian, Ubuntu: apt-get install libpython{version}-dev; Fedora: dnf install \
                 python3-devel), or name another Python in PYO3_PYTHON",
                library.display()
            );
        }
        println!("cargo:rustc-link-arg=-Wl,-rpath,{folder}");
        if cfg!(target_os = "linux") {
            // RPATH, which is looked into before LD_LIBRARY_PATH; RUNPATH would be after it.
            println!("cargo:rustc-link-arg=-Wl,--disable-new-dtags");
        }
    }
}

//! Which file a path names, and what is left of the path.
//!
//! Chapter 4 · RFC 3875 §4.1.5, §4.1.13
//!
//! *Strategy*: the script is the first part of the path that is a file below the
//! root; the rest is `PATH_INFO`. That must be decided here and nowhere else.
//! PHP decides anew if it is told of a file that does not exist: then
//! `/upload/cat.jpg/x.php` runs the picture as a program (`cgi.fix_pathinfo`,
//! the oldest hole of such servers). So with `.php`, a path without a file is
//! answered 404 here, and PHP never hears of it. A prefix is another promise: all
//! below it is the application's, files (which it may run) and paths that are no
//! files; but for hidden files, and for links that lead out of the root.
//!
//! ```text
//!  /shop/item.php/42/photo        with .php mounted
//!  └── SCRIPT_NAME ──┘└ PATH_INFO
//! ```

use std::ffi::OsStr;
use std::fmt;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use step2_static_server::resolve::{Resource, is_hidden};

use super::files::{Files, Found};
use crate::error_lines::shown;
use crate::site::{Where, split};

/// The scripts of a mount.
#[derive(Debug)]
pub(super) struct Scripts {
    place: Where,
    files: Files,
}

/// What a path names for an application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// `SCRIPT_NAME`
    pub name: Vec<u8>,
    /// `PATH_INFO`
    pub path_info: Vec<u8>,
    /// `SCRIPT_FILENAME`
    pub file: PathBuf,
}

impl Scripts {
    pub(super) fn below(root: &Path, place: Where) -> io::Result<Self> {
        Ok(Scripts { place, files: Files::below(root)? })
    }

    pub(super) fn root(&self) -> &Path {
        self.files.root()
    }

    // ANCHOR: find
    /// The script of a path that belongs to this mount; `None` if there is no
    /// such file, and the application must not look for it either.
    pub(super) fn find(&self, resource: &Resource) -> Option<Script> {
        let segments = resource.segments();
        let first = self.place.script_ends_after(resource)?;
        for count in first.max(1)..=segments.len() {
            let is_hidden = segments[..count].iter().any(|name| is_hidden(name));
            let looked_at = self.files.look(&segments[..count].iter().collect::<PathBuf>());
            match (&self.place, looked_at) {
                (Where::Extension(extension), Found::File)
                    if ends_with(&segments[count - 1], extension) && !is_hidden =>
                {
                    return Some(self.script(resource, count, count));
                }
                (Where::Extension(_), _) => {}
                // An application has paths of its own, which are no files.
                (Where::Prefix(_), Found::Nothing) => break,
                // But it is sent to no file that we would not send ourselves.
                (Where::Prefix(_), Found::Other) => return None,
                (Where::Prefix(_), _) if is_hidden => return None,
                (Where::Prefix(_), Found::File) => {
                    return Some(self.script(resource, count, count));
                }
                (Where::Prefix(_), Found::Folder) => {}
            }
        }
        match &self.place {
            Where::Prefix(_) => Some(self.script(resource, first, segments.len())),
            Where::Extension(_) => None,
        }
    }
    // ANCHOR_END: find

    /// The script that stands for a folder, if no page does: with `.php`,
    /// `index.php`.
    pub(super) fn index(&self, folder: &Resource) -> Option<Resource> {
        let Where::Extension(extension) = &self.place else { return None };
        let path = folder.relative_path();
        let is_file = |name: &str| self.files.look(&path.join(name)) == Found::File;
        let is_there = is_file(&format!("index{extension}")) && !is_file("index.html");
        let url = format!("{}index{extension}", folder.folder_url());
        is_there.then(|| Resource::parse(&url).ok())?
    }

    /// The script whose name has so many segments, and whose file has so many.
    fn script(&self, resource: &Resource, name: usize, file: usize) -> Script {
        let file = self.root().join(resource.segments()[..file].iter().collect::<PathBuf>());
        let (name, path_info) = split(resource, name);
        Script { name, path_info, file }
    }
}

/// The path, for the log.
impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&shown(&[&self.name[..], &self.path_info].concat()))
    }
}

fn ends_with(name: &OsStr, extension: &str) -> bool {
    name.as_bytes().ends_with(extension.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(place: &str, path: &str, expected: Option<(&str, &str, &str)>) {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(root.path().join("shop.php/deep")).unwrap();
        std::fs::create_dir_all(root.path().join("app/.git")).unwrap();
        std::fs::create_dir_all(root.path().join("app/.well-known")).unwrap();
        std::fs::create_dir_all(root.path().join(".hidden")).unwrap();
        for file in [
            ".hidden/a.php",
            "index.php",
            "shop.php/item.php",
            "shop.php/deep/a b.php",
            "cat.jpg",
            "app/env",
            "app/.env",
            "app/.git/config",
            "app/.well-known/about",
        ] {
            std::fs::write(root.path().join(file), "").unwrap();
        }
        for (to, link) in [
            ("/etc/hostname", "out.php"),
            ("/etc/hostname", "app/out"),
            ("/etc", "app/outside"),
            ("../../../../etc/hostname", "app/up"),
            ("/no/such/file", "app/dangling"),
            ("env", "app/inside"),
        ] {
            std::os::unix::fs::symlink(to, root.path().join(link)).unwrap();
        }
        let scripts = Scripts::below(root.path(), Where::parse(place).unwrap()).unwrap();
        let found = scripts.find(&Resource::parse_any(path).unwrap());
        let canonical = root.path().canonicalize().unwrap();
        let found = found.as_ref().map(|script| {
            let file = script.file.strip_prefix(&canonical).unwrap().to_str().unwrap();
            let text = |bytes| std::str::from_utf8(bytes).unwrap();
            (text(&script.name), text(&script.path_info), file)
        });
        assert_eq!(found, expected, "{path} with {place}");
    }

    #[test]
    fn a_script_is_the_first_file_with_the_extension() {
        check(".php", "/index.php", Some(("/index.php", "", "index.php")));
        check(".php", "/index.php/", Some(("/index.php", "/", "index.php")));
        check(".php", "/index.php/a/b.php", Some(("/index.php", "/a/b.php", "index.php")));
        check(
            ".php",
            "/shop.php/item.php/1",
            Some(("/shop.php/item.php", "/1", "shop.php/item.php")),
        );
        let deep = "/shop.php/deep/a b.php";
        check(".php", "/shop.php/deep/a%20b.php/%C3%A9", Some((deep, "/é", &deep[1..])));
    }

    #[test]
    fn a_file_that_does_not_exist_is_never_handed_on() {
        check(".php", "/no.php", None);
        check(".php", "/cat.jpg/x.php", None);
        check(".php", "/cat.jpg/x.php/index.php", None);
        check(".php", "/shop.php", None);
        check(".php", "/shop.php/", None);
        check(".php", "/out.php", None);
        check(".php", "/.hidden/a.php", None);
        check(".php", "/index.php/.hidden", Some(("/index.php", "/.hidden", "index.php")));
    }

    #[test]
    fn a_script_stands_for_a_folder_that_has_no_page() {
        let root = tempfile::tempdir().unwrap();
        for file in ["a/index.php", "b/index.php", "b/index.html", ".c/index.php", "d/x.php"] {
            let file = root.path().join(file);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, "").unwrap();
        }
        let scripts = Scripts::below(root.path(), Where::parse(".php").unwrap()).unwrap();
        let index = |path| {
            let index = scripts.index(&Resource::parse_any(path).unwrap());
            index.map(|index| index.to_string())
        };
        assert_eq!(index("/a/"), Some("/a/index.php".to_owned()));
        for path in ["/b/", "/.c/", "/d/", "/"] {
            assert_eq!(index(path), None, "{path}");
        }
    }

    #[test]
    fn below_a_prefix_an_application_has_its_own_paths() {
        check("/app/", "/app/", Some(("/app", "/", "app")));
        check("/app/", "/app/users/7", Some(("/app", "/users/7", "app/users/7")));
        check("/app/", "/app/env/x", Some(("/app/env", "/x", "app/env")));
        check("/", "/users", Some(("", "/users", "users")));
    }

    #[test]
    fn below_a_prefix_no_hidden_file_is_handed_on() {
        for path in ["/app/.env", "/app/.env/x", "/app/%2eenv", "/app/.git", "/app/.git/config"] {
            check("/app/", path, None);
            check("/", path, None);
        }
        check("/", "/.hidden/", None);
        check("/", "/.hidden/none.php", None);
        // What is there may be hidden; what is not is the application's to name.
        check("/app/", "/app/.none/x", Some(("/app", "/.none/x", "app/.none/x")));
        let known = "/app/.well-known/about";
        check("/app/", known, Some((known, "", &known[1..])));
    }

    #[test]
    fn below_a_prefix_no_link_out_of_the_root_is_handed_on() {
        for path in ["out", "out/x", "outside", "outside/hostname", "up", "dangling", "dangling/x"]
        {
            check("/app/", &format!("/app/{path}"), None);
        }
        check("/app/", "/app/inside", Some(("/app/inside", "", "app/inside")));
    }

    #[test]
    fn below_a_prefix_any_other_file_may_be_run() {
        check("/", "/cat.jpg/x.php", Some(("/cat.jpg", "/x.php", "cat.jpg")));
        let long = format!("/app/{}", "n".repeat(300));
        check("/app/", &long, Some(("/app", &long[4..], &long[1..])));
        // There is no folder of this name, but a file above it.
        check("/cat.jpg/app/", "/cat.jpg/app/x", None);
    }
}

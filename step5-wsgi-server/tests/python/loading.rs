//! Which application, and what if there is none.

use std::fs;

use crate::running::{Running, apps, program, refused, venv};

#[track_caller]
fn check_serves(name: &str, expected: &str) {
    assert_eq!(Running::app(name).get("/").text(), expected, "{name}");
}

#[track_caller]
fn check_refused(name: &str, said: &[&str]) {
    let (status, words) = refused(&[name, "--chdir", apps().to_str().unwrap()]);
    assert_eq!(status, Some(3), "{name}: {words}");
    for said in said {
        assert!(words.contains(said), "{name} does not say {said:?}: {words}");
    }
}

#[test]
fn an_application_is_found_by_each_form_of_name() {
    check_serves("names", "application");
    check_serves("names:application", "application");
    check_serves("names:site.app", "application");
    check_serves("names:make()", "hello");
    check_serves("names:make('ho', 3)", "hohoho");
}

#[test]
fn a_wrong_name_is_answered_with_the_names_that_there_are() {
    check_refused("names:wrong", &["names has no wrong", "application, broken, make, site"]);
    check_refused("names:number", &["names:number is no application", "int"]);
    check_refused("names.py", &["module:attribute"]);
}

#[test]
fn what_python_says_at_import_is_shown_and_the_status_is_3() {
    let lines = ["cannot import does_not_import", "Traceback", "line 2", "ModuleNotFoundError"];
    check_refused("does_not_import:app", &lines);
    check_refused("names:broken()", &["names:broken()", "no application today"]);
    check_refused("there_is_none:app", &["No module named 'there_is_none'"]);
}

#[test]
fn modules_are_found_in_further_folders() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("further.py"), "from names import application as app\n").unwrap();
    let folder = folder.path().to_str().unwrap();
    let flags = ["further:app", "--pythonpath", folder, "--chdir", apps().to_str().unwrap()]
        .map(str::to_owned);
    let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    assert_eq!(Running::start(program(&flags)).get("/").text(), "application");
    let (status, words) = refused(&["names:application", "--chdir", "/no/such/folder"]);
    assert_eq!(status, Some(3));
    assert!(words.contains("/no/such/folder"), "{words}");
}

#[test]
fn a_virtual_environment_is_used_by_flag_and_by_variable() {
    let apps = apps();
    let flags = ["validated:linted", "--chdir", apps.to_str().unwrap()];
    let (status, words) = refused(&flags);
    assert_eq!((status, words.contains("webtest")), (Some(3), true), "{words}");
    let mut by_flag = program(&flags);
    by_flag.arg("--venv").arg(venv());
    let mut by_variable = program(&flags);
    by_variable.env("VIRTUAL_ENV", venv());
    for command in [by_flag, by_variable] {
        assert_eq!(Running::start(command).ask("POST", "/", "x").text(), "POST x");
    }
    let mut without = program(&["well_behaved:app", "--chdir", apps.to_str().unwrap()]);
    without.env("VIRTUAL_ENV", "");
    assert_eq!(Running::start(without).ask("POST", "/", "x").text(), "POST x");
}

#[test]
fn what_is_not_served_by_fastcgi_says_so_and_is_not_served_by_http_instead() {
    let apps = apps();
    let flags = ["well_behaved:app", "--chdir", apps.to_str().unwrap(), "--as", "fastcgi"];
    let (status, words) = refused(&flags);
    assert_eq!((status, words.contains("leave --as fastcgi out")), (Some(1), true), "{words}");
}

#[test]
fn an_environment_of_another_python_is_refused_before_it_can_do_harm() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let flags = ["names:application", "--venv", path];
    assert!(refused(&flags).1.contains("pyvenv.cfg"));
    fs::write(folder.path().join("pyvenv.cfg"), "home = /usr/bin\nversion = 3.2.1\n").unwrap();
    let (status, words) = refused(&flags);
    assert_eq!((status, words.contains("Python 3.2.1")), (Some(3), true), "{words}");
}

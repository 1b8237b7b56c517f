//! The replayer accepts what is right and rejects what is not: each test is one small page.
#![cfg(unix)]

use std::path::PathBuf;

use check::summary::or_fail;
use check::transcripts::pages::{self, Page, Strictness};
use check::transcripts::replay::{self, Outcome, Peers, Settings, Update};
use check::workspace;

fn page(text: &str) -> (Vec<Page>, Vec<String>) {
    let (pages, failures) =
        pages::read(vec![(text.to_owned(), PathBuf::from("page.md"), Strictness::Book)]);
    (pages, failures.iter().map(ToString::to_string).collect())
}

fn replay(text: &str, peers: Peers, update: Update) -> Outcome {
    let (pages, failures) = page(text);
    assert_eq!(failures, [""; 0], "the page is wrong as text");
    let executables = or_fail(workspace::build(&pages::programs(&pages, peers)));
    let settings =
        Settings { www: workspace::root().join("book/check/examples"), executables, peers, update };
    replay::replay(&pages[0], &settings)
}

#[track_caller]
fn accepts(text: &str) {
    let outcome = replay(text, Peers::NotPromised, Update::No);
    let failures: Vec<_> = outcome.failures.iter().map(ToString::to_string).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(outcome.replayed > 0 && outcome.not.is_empty());
}

#[track_caller]
fn rejects(text: &str, expected: &[&str]) {
    let (_, mut failures) = page(text);
    if failures.is_empty() {
        let outcome = replay(text, Peers::Promised, Update::No);
        failures = outcome.failures.iter().map(ToString::to_string).collect();
    }
    let all = failures.join("\n");
    for part in expected {
        assert!(all.contains(part), "`{part}` is not in:\n{all}");
    }
}

#[test]
fn a_true_transcript_passes() {
    accepts(
        "```console,id=a\n$ printf 'one\\ntwo\\n' | head -n 1\none\n$ echo three > x && cat x\nthree\n```\n",
    );
    accepts("```console,id=a\n$ ls www\nfixture_server.rs\n```\n");
    accepts(
        "```console,id=a,exit=1\n$ echo fine\nfine\n$ cat x\ncat: x: No such file or directory\n```\n",
    );
}

#[test]
fn stdout_and_stderr_come_in_order() {
    accepts(
        "```console,id=a,exit=2\n$ echo one && ls none\none\nls: cannot access 'none': No such file or directory\n```\n",
    );
}

#[test]
fn a_server_lives_for_its_page_and_keeps_the_shown_port() {
    accepts(
        "```console,id=a,serve=\"fixture_server\"\n\
         $ curl -i http://127.0.0.1:8000/one\n\
         HTTP/1.1 200 OK\nContent-Length: 29\nConnection: close\n\n\
         you asked: GET /one HTTP/1.1\n\
         ```\n\
         ```console,id=b,serve=\"fixture_server\"\n$ curl http://127.0.0.1:8000/two\nyou asked: GET /two HTTP/1.1\n```\n",
    );
}

#[test]
fn a_background_server_shows_its_start_and_its_log() {
    accepts(
        "```console,id=a,background\n$ cargo run -p check --example fixture_server\n\
         fixture_server: serving /path/to\nOpen http://127.0.0.1:8000/ in a browser.\n```\n\
         ```console,id=b\n$ curl -s http://127.0.0.1:8000/one\nyou asked: GET /one HTTP/1.1\n```\n\
         ```console,id=c,of=a\nfixture_server: GET /one HTTP/1.1\n```\n",
    );
}

#[test]
fn without_a_server_the_port_is_nobodys() {
    accepts(
        "```console,id=a,exit=7\n$ curl -s -w '%{http_code} %{url_effective}' http://127.0.0.1:8000/\n\
         000 http://127.0.0.1:8000/\n```\n",
    );
}

#[test]
fn wrong_output_is_rejected_with_its_place_and_the_difference() {
    rejects(
        "Text.\n\n```console,id=a\n$ echo one\ntwo\n```\n",
        &["page.md:3: a: ", "- two", "+ one"],
    );
    rejects("```console,id=a\n$ printf 'one\\n\\n'\none\n```\n", &["is not what the page says"]);
    rejects("```console,id=a\n$ echo one\n```\n", &["+ one"]);
    rejects("```console,id=a\n$ printf ''\none\n```\n", &["- one"]);
    rejects(
        "```console,id=a,background\n$ cargo run -p check --example fixture_server\nOpen http://127.0.0.1:8000/\n```\n",
        &["+ fixture_server: serving /path/to"],
    );
}

#[test]
fn a_wrong_exit_status_is_rejected() {
    rejects(
        "```console,id=a\n$ cat none\ncat: none: No such file or directory\n```\n",
        &["exit status: 1, not with 0"],
    );
    rejects("```console,id=a,exit=1\n$ echo one\none\n```\n", &["exit status: 0, not with 1"]);
}

#[test]
fn an_unknown_command_is_rejected() {
    rejects("```console,id=a\n$ rm -r /\n```\n", &["page.md:1: a: ", "`rm` is not a command"]);
    rejects("```console,id=a\n$ echo a; echo b\n```\n", &["`;` may not stand here"]);
    rejects(
        "```console,id=a,serve=\"sh -c x\"\n$ echo\n```\n",
        &["`sh` is not a program of the workspace"],
    );
}

#[test]
fn a_missing_program_is_rejected_when_it_was_promised() {
    let text = "```console,id=a,needs=php-fpm\n$ php-fpm --version\nPHP\n```\n";
    let has_it = std::env::split_paths(&std::env::var_os("PATH").unwrap())
        .any(|p| p.join("php-fpm").is_file());
    if !has_it {
        rejects(text, &["`php-fpm` is not installed"]);
    }
    let outcome = replay(text, Peers::NotPromised, Update::No);
    assert_eq!((outcome.replayed, outcome.not), (0, vec!["a".to_owned()]));
}

#[test]
fn a_server_with_python_inside_needs_python() {
    let block = |needs: &str| {
        format!(
            "```console,id=a,background{needs}\n\
             $ cargo run -p step5-wsgi-server --features python -- m:app\n```\n"
        )
    };
    rejects(&block(""), &["the block must say needs=python3"]);
    let (pages, failures) = page(&block(",needs=python3"));
    assert_eq!(failures, [""; 0]);
    assert!(pages::programs(&pages, Peers::NotPromised).is_empty());
    assert!(pages::programs(&pages, Peers::Promised).contains(&workspace::Program::WithPython));
}

#[test]
fn what_follows_from_a_block_that_is_not_replayed_is_not_replayed_either() {
    let outcome = replay(
        "```console,id=a,background\n$ cargo run -p check --example fixture_server\n\
         fixture_server: serving /path/to\nOpen http://127.0.0.1:8000/ in a browser.\n```\n\
         ```console,id=b,needs=nc\n$ printf 'GET /nc HTTP/1.1\\r\\n\\r\\n' | nc 127.0.0.1 8000\n```\n\
         ```console,id=c,of=a\nfixture_server: GET /nc HTTP/1.1\n```\n",
        Peers::NotPromised,
        Update::Yes,
    );
    assert_eq!((outcome.replayed, outcome.not), (1, vec!["b".to_owned(), "c".to_owned()]));
    assert_eq!(outcome.rewritten, None);
}

#[test]
fn what_is_left_out_is_rejected() {
    rejects("```console,id=a\n$ printf 'one\\ntwo\\n'\none\n…\n```\n", &["a transcript is whole"]);
}

#[test]
fn ids_are_needed_and_unique() {
    rejects("```console\n$ echo\n```\n", &["page.md:1: a console block needs an id"]);
    rejects(
        "```console,id=a\n$ echo\n```\n\n```console,id=a\n$ echo\n```\n",
        &["page.md:5: a: this id stands at page.md:1 too"],
    );
}

#[test]
fn a_transcript_in_another_language_is_rejected() {
    rejects("```sh\n$ echo one\ntwo\n```\n", &["page.md:1: a line begins with `$ `"]);
}

#[test]
fn a_command_that_hangs_is_ended_and_rejected() {
    rejects(
        "```console,id=a,deadline=1\n$ cargo run -p check --example fixture_server\n```\n",
        &["still running after", "`background`"],
    );
}

#[test]
fn a_server_that_does_not_start_is_rejected() {
    rejects(
        "```console,id=a,serve=\"fixture_server dies\"\n$ echo\n```\n",
        &["ended before it printed its URL", "I would rather not"],
    );
    rejects(
        "```console,id=a,serve=\"fixture_server mute\",deadline=1\n$ echo\n```\n",
        &["printed no URL", "I do not say where"],
    );
}

#[test]
fn a_server_that_panics_is_rejected() {
    rejects(
        "```console,id=a,serve=\"fixture_server panics\",exit=52\n$ curl -s http://127.0.0.1:8000/\n```\n",
        &["the server panicked", "asked to"],
    );
}

#[test]
fn an_update_writes_what_was_printed() {
    let text = "A\n\n```console,id=a\n$ echo one\ntwo\n$ printf 'x\\n\\ny'\n```\n\nB\n\n```console,id=b\n$ echo c\nc\n```\n";
    let outcome = replay(text, Peers::NotPromised, Update::Yes);
    assert_eq!(
        outcome.rewritten.as_deref(),
        Some(
            "A\n\n```console,id=a\n$ echo one\none\n$ printf 'x\\n\\ny'\nx\n\ny\n```\n\nB\n\n```console,id=b\n$ echo c\nc\n```\n"
        )
    );
    accepts(&outcome.rewritten.unwrap());
}

#[test]
fn an_update_leaves_alone_what_differs_by_nature() {
    let text = "```console,id=a\n$ echo Sun, 06 Nov 1994 08:49:37 GMT\nTue, 07 Nov 1995 08:49:37 GMT\n```\n";
    assert_eq!(replay(text, Peers::NotPromised, Update::Yes).rewritten, None);
}

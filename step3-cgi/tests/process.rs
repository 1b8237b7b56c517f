//! The program as a whole: its samples, its flags, its log, its signals, and
//! what it leaves behind.
#![allow(clippy::unwrap_used)]

#[path = "support/programs.rs"]
mod support;

use std::fs;
use std::io::{BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;

use support::running::Running;
use support::{Client, DEADLINE, Place, ask, message, pid_in, until};

const TYPE: &str = "printf 'Content-Type: text/plain\\n\\n'";

/// The numbers of the children of a process, ended ones that nobody has waited
/// for too.
fn children(pid: u32) -> Vec<String> {
    let tasks = fs::read_dir(format!("/proc/{pid}/task")).unwrap();
    let of_task =
        |task: fs::DirEntry| fs::read_to_string(task.path().join("children")).unwrap_or_default();
    let all: Vec<String> = tasks.map(|task| of_task(task.unwrap())).collect();
    all.join(" ").split_whitespace().map(str::to_owned).collect()
}

/// Serves the files and programs of this place.
fn start(place: &Place, first: &str, flags: &[&str]) -> Running {
    let root = place.root();
    let flags: Vec<_> = ["--root", root.to_str().unwrap()].iter().chain(flags).copied().collect();
    Running::start(Path::new("/"), first, &flags)
}

fn descriptors(pid: u32) -> usize {
    fs::read_dir(format!("/proc/{pid}/fd")).unwrap().count()
}

#[test]
fn without_flags_there_are_files_and_samples_and_a_page_that_lists_them() {
    let folder = tempfile::tempdir().unwrap();
    let server = Running::start(folder.path(), "", &["--quiet"]);
    let address = server.address;
    assert!(ask(address, "GET /").text().contains("<title>"));
    let page = ask(address, "GET /cgi-bin/").text();
    let links: Vec<_> = page.split("<dt><a href=\"").skip(1).collect();
    assert!(links.len() >= 8, "{page}");
    for link in links {
        let name = link.split('"').next().unwrap();
        let answer = ask(address, &format!("GET /cgi-bin/{name}"));
        assert_eq!(answer.status, 200, "{name}");
    }
    assert!(ask(address, "GET /cgi-bin/hello").text().starts_with("Hello from process"));
    let table = ask(address, "GET /cgi-bin/environment?<b>").text();
    assert!(table.contains("QUERY_STRING</code></th><td>&lt;b&gt;"), "{table}");
    let form =
        "Content-Type: application/x-www-form-urlencoded\n\nname=%3Cscript%3E&password=secret";
    let thanks = ask(address, &format!("POST /cgi-bin/form\n{form}")).text();
    assert!(thanks.contains("&lt;script&gt;") && !thanks.contains("secret"), "{thanks}");
    let upload =
        "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x\"\r\n\r\nhi\r\n--b--\r\n";
    let seen = ask(
        address,
        &format!("POST /cgi-bin/upload\nContent-Type: multipart/form-data; boundary=b\n\n{upload}"),
    );
    assert!(seen.text().contains("<td>f</td><td>x</td><td>2</td>"), "{}", seen.text());
    let redirected = ask(address, "GET /cgi-bin/redirect?to=local").text();
    assert!(redirected.starts_with("Hello from process"), "{redirected}");
    assert_eq!(ask(address, "GET /cgi-bin/redirect?to=client").field("location"), Some("hello"));
    assert_eq!(server.stop().0, Some(0));
}

#[test]
fn with_a_root_there_are_its_programs_alone() {
    let place = Place::new();
    place.script("program", &format!("{TYPE}; echo mine"));
    let root = place.root();
    let root = root.to_str().unwrap();
    let server = Running::start(Path::new("/"), "", &["--root", root, "--quiet"]);
    assert_eq!(ask(server.address, "GET /cgi-bin/program").text(), "mine\n");
    assert_eq!(ask(server.address, "GET /cgi-bin/hello").status, 404);
    drop(server);
    // Another folder of programs, inside the root.
    fs::rename(place.programs(), place.root().join("tools")).unwrap();
    let tools = place.root().join("tools");
    let flags = ["--root", root, "--cgi-bin", tools.to_str().unwrap(), "--quiet"];
    let server = Running::start(Path::new("/"), "", &flags);
    assert_eq!(ask(server.address, "GET /cgi-bin/program").text(), "mine\n");
    assert_eq!(ask(server.address, "GET /tools/program").status, 403);
    drop(server);
    let output = Command::new(env!("CARGO_BIN_EXE_step3-cgi"))
        .args(["--root", root, "--cgi-bin", "/no/such/folder"])
        .output()
        .unwrap();
    let complained = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(complained.starts_with("step3-cgi: cannot run the programs of /no/such/folder"));
}

#[test]
fn what_a_program_complains_of_is_logged_under_its_name() {
    let place = Place::new();
    place
        .script("complains", &format!("printf 'one\\ntwo\\033[2J' >&2; {TYPE}; echo three >&2"))
        .script("nonsense", "echo hello")
        .script("dies", "kill -9 $$");
    fs::write(place.programs().join("text"), "").unwrap();
    let server = start(&place, "", &["--quiet"]);
    for path in ["complains", "nonsense", "dies", "missing", "text"] {
        ask(server.address, &format!("GET /cgi-bin/{path}"));
    }
    let (code, complained) = server.stop();
    let mut lines: Vec<_> = complained.lines().collect();
    lines.sort_unstable();
    assert_eq!(code, Some(0));
    let expected = [
        "warn: /cgi-bin/complains: one",
        "warn: /cgi-bin/complains: two\\u{1b}[2Jthree",
        "warn: /cgi-bin/dies: ended before the head of its response did (signal: 9 (SIGKILL))",
        "warn: /cgi-bin/nonsense: a line of the head has no colon: \"hello\"; an empty line must end the head before content begins (RFC 3875 §6.2)",
        "warn: /cgi-bin/text: not executable: set its x bit (chmod +x), or take it away from here",
    ];
    assert_eq!(lines, expected);
}

/// A disk that is full is not the client's fault, and somebody should hear of it.
#[test]
fn content_that_cannot_be_kept_is_503_and_logged() {
    let place = Place::new();
    place.script("reads", &format!("cat > /dev/null; {TYPE}"));
    let flags = ["--quiet", "--fastcgi", "/app/=unix:/nowhere/socket"];
    let server = start(&place, "TMPDIR=/nowhere; export TMPDIR;", &flags);
    let content = format!("186a0\r\n{}\r\n0\r\n\r\n", "x".repeat(100_000));
    for path in ["/cgi-bin/reads", "/app/"] {
        let mut client = Client::connect(server.address);
        let head = message(&format!("POST {path}\nTransfer-Encoding: chunked"));
        client.try_send(format!("{head}{content}").as_bytes());
        assert_eq!(client.answer_to("POST").status, 503, "{path}");
    }
    let (_, complained) = server.stop();
    let lines: Vec<_> = complained.lines().collect();
    assert!(
        lines[0].starts_with("warn: /cgi-bin/reads: the content of the request: cannot keep it")
    );
    assert!(lines[1].contains("/app/ at unix:/nowhere/socket: cannot keep it"), "{complained}");
}

#[test]
fn nothing_is_left_of_many_programs() {
    let place = Place::new();
    place
        .script("hello", &format!("{TYPE}; echo hello"))
        .script("fails", "exit 1")
        .script("echo", &format!("{TYPE}; cat"))
        .script("leaves", &format!("{TYPE}; sleep 1000 & echo hi"))
        .program("cannot", "#!/no/such/interpreter\n");
    let server = start(&place, "", &["--quiet", "--timeout", "5"]);
    let run_all = || {
        for path in ["hello", "fails", "leaves", "cannot", "none"] {
            ask(server.address, &format!("GET /cgi-bin/{path}"));
        }
        assert_eq!(ask(server.address, "POST /cgi-bin/echo\n\nhi").text(), "hi");
        let mut client = Client::connect(server.address);
        client.send(message("GET /cgi-bin/hello"));
        drop(client);
    };
    // Files that are kept open for a moment are open from the first time on.
    run_all();
    until("the end of all children", || children(server.pid()).is_empty());
    let before = descriptors(server.pid());
    for _ in 0..20 {
        run_all();
    }
    until("the end of all children", || children(server.pid()).is_empty());
    until("as many descriptors as before", || descriptors(server.pid()) <= before);
    server.stop();
}

#[test]
fn a_program_has_three_descriptors() {
    let place = Place::new();
    place.script("show", &format!("{TYPE}; ls /proc/$$/fd"));
    // Whoever started this test may have left something open for all.
    let inherited = Command::new(place.programs().join("show")).output().unwrap().stdout;
    let inherited = String::from_utf8(inherited).unwrap();
    let server = start(&place, "", &["--quiet"]);
    let _other = TcpStream::connect(server.address).unwrap();
    let seen = ask(server.address, "GET /cgi-bin/show").text();
    let more: Vec<_> =
        seen.lines().filter(|line| !inherited.lines().any(|other| other == *line)).collect();
    assert!(more.is_empty() && seen.starts_with("0\n1\n"), "{seen}");
    server.stop();
}

#[test]
fn a_stop_waits_for_a_response_and_then_ends_the_program() {
    let place = Place::new();
    let note = place.note("pid");
    place.script("slow", &format!("{TYPE}; echo begun; sleep 1; echo done")).script(
        "hangs",
        &format!(
            "trap '' TERM; echo $$ > {}; {TYPE}; echo hi; while :; do sleep 1000; done",
            note.display()
        ),
    );
    let server = start(&place, "", &["--quiet"]);
    let mut client = Client::connect(server.address);
    client.send(message("GET /cgi-bin/slow"));
    assert!(client.hears_within(DEADLINE));
    let stopped = std::thread::spawn(move || server.stop());
    assert_eq!(client.answer().text(), "begun\ndone\n");
    assert_eq!(stopped.join().unwrap(), (Some(0), String::new()));

    let server = start(&place, "", &["--quiet", "--graceful-timeout", "1"]);
    let mut client = Client::connect(server.address);
    client.send(message("GET /cgi-bin/hangs"));
    let pid = pid_in(&note);
    let (code, complained) = server.stop();
    assert_eq!(code, Some(0));
    assert!(complained.contains("cut off"), "{complained}");
    assert!(!support::is_there(&pid), "the program outlived the server");
}

/// What no step puts right: the chapter says so, and names this test.
#[test]
fn a_server_that_is_killed_leaves_its_programs_to_their_next_output() {
    let place = Place::new();
    let (note, pipe) = (place.note("own"), place.note("pipe"));
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    place.script(
        "runs",
        &format!("echo $$ > {}; read line < {}; {TYPE}; exec yes", note.display(), pipe.display()),
    );
    let server = start(&place, "", &["--quiet"]);
    let mut client = Client::connect(server.address);
    client.send(message("GET /cgi-bin/runs"));
    let pid = pid_in(&note);
    // This is SIGKILL: nobody is asked.
    drop(server);
    assert!(support::is_there(&pid));
    // Opening this pipe waits for the program. What it then prints has no reader.
    fs::write(&pipe, "go on\n").unwrap();
    until("the end of the program", || !support::is_there(&pid));
}

#[test]
fn few_descriptors_make_few_programs_and_no_harm() {
    let place = Place::new();
    place.script("wait", &format!("read line; {TYPE}; cat > /dev/null; sleep 1000"));
    place.script("hello", &format!("{TYPE}; echo hello"));
    let server = start(&place, "ulimit -n 64;", &["--quiet"]);
    let waiting: Vec<_> = (0..40)
        .map(|_| {
            let mut client = Client::connect(server.address);
            client.try_send(message("GET /cgi-bin/wait").as_bytes());
            client
        })
        .collect();
    let mut statuses: Vec<u16> =
        (0..5).map(|_| ask(server.address, "GET /cgi-bin/hello").status).collect();
    statuses.retain(|status| ![200, 503].contains(status));
    assert_eq!(statuses, [0; 0], "it is there, whether or not it can be run now");
    drop(waiting);
    until("an answer", || ask(server.address, "GET /cgi-bin/hello").status == 200);
    until("the end of all children", || children(server.pid()).is_empty());
    assert_eq!(server.stop().0, Some(0));
}

#[test]
fn a_gibibyte_passes_through_little_memory() {
    const LENGTH: u64 = 1024 * 1024 * 1024;
    let place = Place::new();
    place.script("much", &format!("{TYPE}; exec head -c {LENGTH} /dev/zero"));
    let server = start(&place, "", &["--quiet"]);
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    let request = "GET /cgi-bin/much HTTP/1.0\r\nHost: a\r\nConnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).unwrap();
    let mut large = BufReader::with_capacity(1024 * 1024, stream);
    let received = std::io::copy(&mut large.by_ref(), &mut std::io::sink()).unwrap();
    assert!(received > LENGTH && received < LENGTH + 1000, "{received}");
    let status = fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let kibibytes: u64 = peak.trim().trim_end_matches(" kB").parse().unwrap();
    assert!(kibibytes < 20_000, "{kibibytes} KiB");
    server.stop();
}

#[test]
fn the_x_ray_shows_the_environment_and_the_pipes_of_a_run() {
    let place = Place::new();
    place.script("echo", &format!("{TYPE}; cat; echo oops >&2"));
    let mut server = start(&place, "", &["--xray"]);
    assert_eq!(ask(server.address, "POST /cgi-bin/echo?a\n\nhi\n").text(), "hi\n");
    let shown = server.prints("exit status: 0");
    for line in [
        "program /cgi-bin/echo\n",
        "    QUERY_STRING=a\n",
        "  standard input, 3 bytes\n    hi␊\n",
        "  standard output, 29 bytes\n    Content-Type: text/plain␊\n    ␊\n    hi␊\n",
        "  standard error, 5 bytes\n    oops␊\n",
    ] {
        assert!(shown.contains(line), "no {line:?} in\n{shown}");
    }
    server.stop();
}

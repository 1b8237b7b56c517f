//! Two servers behind nginx and behind `HAProxy`, with the files of `deploy/`: one
//! is killed under load and no client notices, and TLS is the balancer's.
#![allow(clippy::unwrap_used)]

#[path = "support/program.rs"]
mod program;

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use program::{Load, Program, answered_by, get, until};
use rustix::process::Signal;

/// A balancer, and the ports that it was told instead of those in its file.
struct Balancer {
    _running: Program,
    address: String,
    https: String,
    folder: tempfile::TempDir,
}

impl Balancer {
    fn start(name: &str, servers: [&Program; 2]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        certificate(folder.path());
        let [address, https] = [free_address(), free_address()];
        let file =
            ["nginx.conf", "haproxy.cfg"].into_iter().find(|it| it.starts_with(name)).unwrap();
        let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy").join(file);
        let text = fs::read_to_string(own)
            .unwrap()
            .replace("127.0.0.1:8080", &address)
            .replace("127.0.0.1:8443", &https)
            .replace("127.0.0.1:8001", &servers[0].address)
            .replace("127.0.0.1:8002", &servers[1].address);
        fs::write(folder.path().join(file), text).unwrap();
        let mut command = Command::new(name);
        command.current_dir(folder.path());
        match name {
            // As root, nginx would become somebody who may not read this folder.
            "nginx" => command.args(["-p", ".", "-c", file, "-g", "user root;"]),
            _ => command.args(["-f", file]),
        };
        let running = Program::run(command);
        let ready = until(|| get(&address, "/health").filter(|answer| answer.contains(" 200 ")));
        assert!(ready.is_some(), "{name} does not serve: {}", running.said());
        Balancer { _running: running, address, https, folder }
    }

    /// What curl says to this, with our certificate as the one to believe.
    fn curl(&self, flags: &[&str], url: &str) -> String {
        let output = Command::new("curl")
            .args(["--silent", "--show-error", "--max-time", "20", "--cacert", "certificate.pem"])
            .args(flags)
            .arg(url)
            .current_dir(self.folder.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    }
}

/// A certificate that we have made ourselves.
fn certificate(folder: &Path) {
    let flags = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
         -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 \
         -keyout key.pem -out certificate.pem";
    let output = Command::new("openssl")
        .args(flags.split_whitespace())
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let read = |name| fs::read_to_string(folder.join(name)).unwrap();
    fs::write(folder.join("site.pem"), read("certificate.pem") + &read("key.pem")).unwrap();
}

fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

#[track_caller]
fn a_server_is_killed_and_no_client_notices(name: &str) {
    let flags = ["trouble", "--workers", "2", "--health", "/health"];
    let servers = [Program::start(&flags), Program::start(&flags)];
    let balancer = Balancer::start(name, [&servers[0], &servers[1]]);
    let load = Load::start(&balancer.address, "/", 8);
    load.goes_on(500);
    let [one, two] = servers;
    // The master and its workers, at the same moment.
    let workers = one.workers();
    one.signal(Signal::KILL);
    for worker in workers {
        rustix::process::kill_process(program::pid(worker), Signal::KILL).unwrap();
    }
    load.goes_on(1000);
    let left = answered_by(&get(&balancer.address, "/").unwrap());
    assert!(two.workers().contains(&left));
    let (answered, wrong) = load.end();
    assert_eq!(wrong, [""; 0], "of {answered}");
}

#[track_caller]
fn the_application_learns_who_asks_and_how(name: &str) {
    let flags = ["environ", "--health", "/health", "--status", "/status"];
    let servers = [Program::start(&flags), Program::start(&flags)];
    let balancer = Balancer::start(name, [&servers[0], &servers[1]]);
    let invented = ["--interface", "127.0.0.2", "--header", "X-Forwarded-For: 8.8.8.8"];
    let lied = [&invented[..], &["--header", "X-Forwarded-Proto: https"]].concat();
    for (scheme, address, flags) in
        [("http", &balancer.address, &lied[..]), ("https", &balancer.https, &invented)]
    {
        let page = balancer.curl(flags, &format!("{scheme}://{address}/"));
        for (variable, value) in
            [("REMOTE_ADDR", "127.0.0.2"), ("wsgi.url_scheme", scheme), ("HTTP_HOST", address)]
        {
            let row = format!("<tr><th>{variable}</th><td>{value}</td></tr>");
            assert!(page.contains(&row), "{row}: {page}");
        }
    }
    // Directly, everybody here may see it; through the balancer nobody.
    assert!(servers[0].get("/status").contains("accepted"));
    assert!(get(&balancer.address, "/status").unwrap().starts_with("HTTP/1.1 404 "));
}

#[test]
fn behind_nginx_a_server_is_killed_and_no_client_notices() {
    a_server_is_killed_and_no_client_notices("nginx");
}

#[test]
fn behind_haproxy_a_server_is_killed_and_no_client_notices() {
    a_server_is_killed_and_no_client_notices("haproxy");
}

#[test]
fn behind_nginx_the_application_learns_who_asks_and_how() {
    the_application_learns_who_asks_and_how("nginx");
}

#[test]
fn behind_haproxy_the_application_learns_who_asks_and_how() {
    the_application_learns_who_asks_and_how("haproxy");
}

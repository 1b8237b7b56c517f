//! nginx, for as long as a test runs.

#![allow(dead_code, unreachable_pub, reason = "each test binary uses a part of this")]

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::fd::AsRawFd;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use rustix::io::{FdFlags, fcntl_setfd};

/// A program that is ended with the test.
pub struct Peer {
    pub child: Child,
    pub address: SocketAddr,
    /// How it is told to end, with the processes that it has started.
    pub stop: Option<Command>,
}

impl Drop for Peer {
    fn drop(&mut self) {
        let stopped = self.stop.as_mut().is_some_and(|stop| {
            stop.stderr(Stdio::null()).status().is_ok_and(|status| status.success())
        });
        if !stopped {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}

impl Peer {
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

/// nginx in this folder, with these settings in its `http` block and these in
/// its `server` block. It gets a socket of ours: it inherits it as it would from
/// an older nginx, so the port is known and is never free for anybody else.
pub fn start(root: &Path, http: &str, server: &str) -> Peer {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let address = listener.local_addr().expect("the listener has an address");
    fcntl_setfd(&listener, FdFlags::empty()).expect("the socket can be inherited");
    let folder = root.display();
    let settings = root.join("nginx.conf");
    let text = format!(
        "daemon off; user root; worker_processes 1; pid {folder}/nginx.pid; error_log stderr crit;
        events {{}}
        http {{
            access_log off;
            client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2;
            fastcgi_temp_path {folder}/t3; uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
            {http}
            server {{ listen {address}; {server} }}
        }}"
    );
    fs::write(&settings, text).expect("a file");
    let program = || {
        let mut program = Command::new("nginx");
        program.arg("-p").arg(root).arg("-c").arg(&settings).stderr(Stdio::null());
        program
    };
    let child = program()
        .env("NGINX", format!("{};", listener.as_raw_fd()))
        .spawn()
        .expect("nginx is installed");
    let mut stop = program();
    stop.args(["-s", "stop"]);
    Peer { child, address, stop: Some(stop) }
}

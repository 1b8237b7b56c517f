// What the tests of FastCGI run on here: the event loop.

use step5_wsgi_server::listen::Listener;
use step5_wsgi_server::relay::Relays;
use step5_wsgi_server::responder::Handles;
use step5_wsgi_server::server;

/// Whether a client gets output while its content is still being sent on.
pub(crate) const OUTPUT_LEAVES_AT_ONCE: bool = true;

/// Serves `files`, and at these places the application at this address.
pub(crate) fn serving_application<T>(
    files: &dyn Handler,
    root: &Path,
    places: &[&str],
    address: &Address,
    options: Options,
    use_it: impl FnOnce(SocketAddr) -> T,
) -> T {
    let mut relays = Relays::default();
    for place in places {
        let place = Where::parse(place).expect("a place");
        relays.add(place, address.clone(), options, root, "test/1").expect("a root");
    }
    let listener = Listener::bind(&"127.0.0.1:0".parse().expect("an address"));
    let server = server::Server::new(listener.expect("a free port"), Handles(files));
    let grace = Duration::from_secs(5);
    let server = server.with(server::Options { grace, ..Default::default() }).relaying(relays);
    let (address, stop) = (server.address().expect("a TCP address"), server.stop_handle());
    struct Stop(step5_wsgi_server::shutdown::Stop);
    impl Drop for Stop {
        fn drop(&mut self) {
            self.0.stop();
        }
    }
    thread::scope(|scope| {
        scope.spawn(|| server.serve_forever());
        let _stop = Stop(stop);
        use_it(address)
    })
}

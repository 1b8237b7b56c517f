// What the tests of FastCGI run on here: a thread for each request.

use std::sync::Arc;

use step3_cgi::fastcgi::backend::Backend;
use step3_cgi::fastcgi::gateway::FastCgi;
use step3_cgi::fastcgi::sweeper::Sweeper;
use step3_cgi::site::Site;

/// Whether a client gets output while its content is still being sent on.
pub(crate) const OUTPUT_LEAVES_AT_ONCE: bool = false;

/// Serves `files`, and at these places the application at this address.
pub(crate) fn serving_application<T>(
    files: &dyn Handler,
    root: &Path,
    places: &[&str],
    address: &Address,
    options: Options,
    use_it: impl FnOnce(SocketAddr) -> T,
) -> T {
    let backend = Arc::new(Backend::new(address.clone(), options));
    let _sweeper = Sweeper::start(vec![Arc::clone(&backend)]).expect("a thread");
    let mut site = Site::new(files);
    for place in places {
        let place = Where::parse(place).expect("a place");
        let gateway = FastCgi::new(Arc::clone(&backend), place.clone(), root, "test/1");
        site = site.mount(place, gateway.expect("a root"));
    }
    serving(&site, use_it)
}

//! Says what this step will be; see the library's documentation.

fn main() {
    print!("{}", step5_wsgi_server::NOT_YET);
}

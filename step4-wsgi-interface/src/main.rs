//! Says what this step will be; see the library's documentation.

fn main() {
    print!("{}", step4_wsgi_interface::NOT_YET);
}

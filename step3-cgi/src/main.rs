//! Says what this step will be; see the library's documentation.

fn main() {
    print!("{}", step3_cgi::NOT_YET);
}

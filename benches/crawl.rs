//! Speed of `crawl`.

fn main() {
    divan::main();
}

//! Speed of `archive`.

fn main() {
    divan::main();
}

//! Speed of `audit`.

fn main() {
    divan::main();
}

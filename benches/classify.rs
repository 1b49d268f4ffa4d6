//! Speed of `classify`.

fn main() {
    divan::main();
}

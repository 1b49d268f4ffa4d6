//! Speed of `novelty`.

fn main() {
    divan::main();
}

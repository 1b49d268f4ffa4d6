//! The `cchc` command.

/// Trees of pages and rows of the index are made and dropped by the thousand, on several threads; the
/// system's allocator takes a fifth of a crawl for it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    cchc_audit::cli::main()
}

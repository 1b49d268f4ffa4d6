//! The `cchc` command.

fn main() -> std::process::ExitCode {
    cchc_audit::cli::main()
}

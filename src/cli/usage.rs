//! Help and usage errors in Vietnamese, and the operational log.

use super::Log;
use clap::error::{ContextKind, ContextValue, ErrorKind};

/// The shape of every command's help.
pub(super) const TEMPLATE: &str = "{about-with-newline}
Cách dùng: {usage}

{all-args}{after-help}
";

/// Prints help or a usage error and returns the exit code: 0 for help and version, else 2.
pub(super) fn explain(error: &clap::Error) -> u8 {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        print!("{error}");
        return 0;
    }
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        eprint!("{error}");
        return 2;
    }
    let named = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join(", "),
        _ => String::new(),
    };
    let (arg, value) = (named(ContextKind::InvalidArg), named(ContextKind::InvalidValue));
    let problem = match error.kind() {
        ErrorKind::MissingRequiredArgument => format!("thiếu {arg}"),
        ErrorKind::UnknownArgument => format!("không có tuỳ chọn {arg}"),
        ErrorKind::InvalidSubcommand => format!("không có lệnh {}", named(ContextKind::InvalidSubcommand)),
        ErrorKind::MissingSubcommand => "thiếu tên lệnh".to_owned(),
        ErrorKind::ArgumentConflict => format!("{arg} không đi cùng {}", named(ContextKind::PriorArg)),
        ErrorKind::InvalidValue if value.is_empty() => format!("{arg} cần một giá trị"),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => format!("giá trị «{value}» của {arg} không dùng được"),
        _ => error.to_string(),
    };
    eprintln!("lỗi: {problem}");
    if let ErrorKind::ValueValidation = error.kind()
        && let Some(source) = std::error::Error::source(error)
    {
        eprintln!("  {source}");
    }
    for (kind, label) in [
        (ContextKind::ValidValue, "dùng được"),
        (ContextKind::SuggestedSubcommand, "có phải"),
        (ContextKind::SuggestedArg, "có phải"),
    ] {
        let text = named(kind);
        if !text.is_empty() {
            eprintln!("  {label}: {text}");
        }
    }
    eprintln!("  xem: cchc --help, cchc LỆNH --help");
    2
}

/// Starts the operational log on standard error; `CCHC_LOG` chooses what it tells.
pub(super) fn log(form: Log) {
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_from_env("CCHC_LOG").unwrap_or_else(|_| EnvFilter::new("warn,cchc_audit=info"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second start (in tests) keeps the first log.
    let _ = match form {
        Log::Text => log.with_target(false).without_time().try_init(),
        Log::Json => log.json().try_init(),
    };
}

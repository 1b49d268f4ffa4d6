//! Help and usage errors in Vietnamese, and the operational log.

use super::Log;
use chrono::{Datelike as _, NaiveDate};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, Command};
use std::io::IsTerminal as _;

/// The shape of every command's help.
const TEMPLATE: &str = "{about-with-newline}
Cách dùng: {usage}

{all-args}{after-help}
";

/// The options every command takes; shown apart, after the command's own.
const GLOBALS: [&str; 4] = ["state", "config", "data", "log"];

/// Puts Vietnamese headings on a command's help and, through it, on those below.
pub(super) fn in_vietnamese(command: Command) -> Command {
    let help = Arg::new("help").short('h').long("help").action(ArgAction::Help).help("In trợ giúp này");
    let top = command.get_name() == "cchc";
    let names: Vec<String> = command.get_subcommands().map(|c| c.get_name().to_owned()).collect();
    let mut command = command
        .help_template(TEMPLATE)
        .subcommand_help_heading("Lệnh")
        .subcommand_value_name("LỆNH")
        .disable_help_flag(true)
        .disable_help_subcommand(true)
        .arg(help)
        .mut_args(|arg| {
            let heading = match () {
                () if GLOBALS.contains(&arg.get_id().as_str()) => "Tuỳ chọn chung",
                () if arg.is_positional() => "Đối số",
                () => "Tuỳ chọn",
            };
            let takes_value = arg.get_action().takes_values();
            arg.help_heading(heading).hide_default_value(takes_value).hide_possible_values(takes_value)
        });
    if top {
        let version = Arg::new("version").short('V').long("version").action(ArgAction::Version).help("In phiên bản");
        command = command.disable_version_flag(true).arg(version.help_heading("Tuỳ chọn"));
    }
    for name in names {
        command = command.mut_subcommand(name, in_vietnamese);
    }
    command
}

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
        ErrorKind::TooManyValues | ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            format!("{arg}: sai số lượng giá trị")
        }
        ErrorKind::InvalidUtf8 => "dòng lệnh có chữ không phải UTF-8".to_owned(),
        _ => "dòng lệnh không đọc được".to_owned(),
    };
    eprintln!("lỗi: {problem}");
    if let ErrorKind::ValueValidation = error.kind()
        && let Some(source) = std::error::Error::source(error)
    {
        eprintln!("  {}", wanted(source));
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

/// How to write a value, where the parser of another library refused it in its own language; our
/// own parsers say it themselves.
fn wanted(source: &(dyn std::error::Error + 'static)) -> String {
    match () {
        () if source.is::<std::num::ParseIntError>() => "viết một số nguyên không âm".to_owned(),
        // The parser knows whether a port was wanted, and says so in its words alone.
        () if source.is::<std::net::AddrParseError>() && source.to_string().contains("socket") => {
            "viết địa chỉ IP và cổng như 127.0.0.1:8080".to_owned()
        }
        () if source.is::<std::net::AddrParseError>() => "viết địa chỉ IP, không có cổng, như 127.0.0.1".to_owned(),
        () => source.to_string(),
    }
}

/// A day as options take it. A year that no plan and no portal knows is a slip of typing, and at the
/// far end of the calendar there is no next day.
pub(super) fn day(text: &str) -> Result<NaiveDate, &'static str> {
    let day = text.parse::<NaiveDate>().ok().filter(|day| (2000..2100).contains(&day.year()));
    day.ok_or("viết ngày như 2026-05-31, từ năm 2000 đến năm 2099")
}

/// Starts the operational log on standard error; `CCHC_LOG` chooses what it tells.
pub(super) fn log(form: Log) {
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_from_env("CCHC_LOG").unwrap_or_else(|_| EnvFilter::new("warn,cchc_audit=info"));
    let stderr = std::io::stderr;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(stderr);
    // Colours are for eyes, not for files.
    let log = log.with_ansi(stderr().is_terminal());
    // A second start (in tests) keeps the first log.
    let _ = match form {
        Log::Text => log.with_target(false).without_time().try_init(),
        Log::Json => log.json().try_init(),
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;
    use std::net::{IpAddr, SocketAddr};

    #[test]
    fn an_address_is_asked_for_with_its_port_only_where_one_is_wanted() {
        let ip = "127.0.0.1:8080".parse::<IpAddr>().unwrap_err();
        let socket = "127.0.0.1".parse::<SocketAddr>().unwrap_err();
        assert_eq!(wanted(&ip), "viết địa chỉ IP, không có cổng, như 127.0.0.1");
        assert_eq!(wanted(&socket), "viết địa chỉ IP và cổng như 127.0.0.1:8080");
    }

    #[test]
    fn a_day_is_of_a_year_that_somebody_may_mean() {
        for (text, taken) in [
            ("2026-05-31", true),
            ("2026-02-30", false),
            ("31/05/2026", false),
            ("0206-05-31", false),
            ("+262142-12-31", false),
            ("-262143-01-01", false),
        ] {
            assert_eq!(day(text).is_ok(), taken, "{text}");
        }
    }

    /// A placeholder that nobody wrote is the field's name in English.
    #[test]
    fn every_value_has_a_placeholder_of_its_own() {
        fn check(command: &Command, missing: &mut Vec<String>) {
            for arg in command.get_arguments().filter(|arg| arg.get_action().takes_values()) {
                let own = arg.get_id().as_str().to_uppercase();
                let names = arg.get_value_names().unwrap_or_default();
                let is_default = names.is_empty() || names.iter().any(|name| name.as_str() == own);
                missing.extend(is_default.then(|| format!("{} {}", command.get_name(), arg.get_id())));
            }
            command.get_subcommands().for_each(|below| check(below, missing));
        }
        let mut missing = Vec::new();
        check(&super::super::Cli::command(), &mut missing);
        assert_eq!(missing, Vec::<String>::new(), "these lack a value_name");
    }
}

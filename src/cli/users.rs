//! `cchc users`: who may sign in to the web page. Passwords come by standard input, never as arguments,
//! which other people of the machine could read.

use super::{Context, Exit};
use crate::error::{Error, Result};
use crate::record::{Hand, Password, Record, Role, kind};
use serde_json::{Value, json};
use std::io::{BufRead as _, IsTerminal as _, Read as _};

/// More than this of standard input is no password.
const LONGEST: u64 = 4096;

/// Người dùng của trang web
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Ví dụ:\n  cchc users add lan --role inspector\n  cchc users role lan read-only\n  cchc users disable lan\n\nMật khẩu được hỏi trên màn hình, hoặc đọc từ dòng đầu của stdin:\n  cchc users password lan < tep-mat-khau\n\nTài khoản bị khoá chứ không bị xoá, để tên trong nhật ký mãi là của một người."
)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Action,
    /// Người làm việc này, như sẽ ghi trong nhật ký
    #[arg(long, global = true, value_name = "TÊN", default_value = "cchc users", hide_default_value = true)]
    by: String,
}

/// What to do with users.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Action {
    /// Thêm người dùng; mật khẩu hỏi trên màn hình hoặc đọc từ stdin
    Add {
        /// Tên đăng nhập
        #[arg(value_name = "TÊN_ĐĂNG_NHẬP")]
        name: String,
        /// Vai trò: inspector (mặc định), admin, read-only
        #[arg(long, value_name = "VAI_TRÒ", default_value = "inspector")]
        role: Role,
    },
    /// Liệt kê
    List,
    /// Đổi vai trò
    Role {
        /// Tên đăng nhập
        #[arg(value_name = "TÊN_ĐĂNG_NHẬP")]
        name: String,
        /// Vai trò: inspector, admin, read-only
        #[arg(value_name = "VAI_TRÒ")]
        role: Role,
    },
    /// Đặt lại mật khẩu; mọi phiên đang mở của người ấy kết thúc
    Password {
        /// Tên đăng nhập
        #[arg(value_name = "TÊN_ĐĂNG_NHẬP")]
        name: String,
    },
    /// Khoá tài khoản
    #[command(visible_alias = "remove")]
    Disable {
        /// Tên đăng nhập
        #[arg(value_name = "TÊN_ĐĂNG_NHẬP")]
        name: String,
    },
    /// Mở khoá tài khoản
    Enable {
        /// Tên đăng nhập
        #[arg(value_name = "TÊN_ĐĂNG_NHẬP")]
        name: String,
    },
}

pub(super) fn run(args: &Args, context: &Context) -> Result<Exit> {
    if let Action::List = args.command {
        for user in context.kept_record()?.users().list()? {
            let locked = if user.disabled { "đã khoá" } else { "" };
            println!("{}\t{}\t{locked}", user.name, user.role.id());
        }
        return Ok(Exit::Done);
    }
    let hand = context.hand(&args.by)?;
    let record = match args.command {
        Action::Add { .. } => context.record("cchc users")?,
        _ => context.kept_record()?,
    };
    let said = change(&args.command, &record, &hand)?;
    println!("{said}");
    Ok(Exit::Done)
}

/// Changes an account and notes it; returns what was done, in a sentence.
fn change(action: &Action, record: &Record, hand: &Hand) -> Result<String> {
    let users = record.users();
    let (note, said): (Value, String) = match action {
        Action::List => return Ok(String::new()),
        Action::Add { name, role } => {
            users.check_new(name)?;
            users.add(name, *role, &Password::chosen(&ask()?, name)?)?;
            (json!({"action": "add", "name": name, "role": role}), format!("đã thêm {name} ({})", role.name()))
        }
        Action::Role { name, role } => {
            users.set_role(name, *role)?;
            (json!({"action": "role", "name": name, "role": role}), format!("{name} nay là {}", role.name()))
        }
        Action::Password { name } => {
            users.known(name)?;
            users.set_password(name, &Password::chosen(&ask()?, name)?)?;
            (json!({"action": "password", "name": name}), format!("đã đặt lại mật khẩu của {name}"))
        }
        Action::Disable { name } => {
            users.set_disabled(name, true)?;
            (json!({"action": "disable", "name": name}), format!("đã khoá {name}"))
        }
        Action::Enable { name } => {
            users.set_disabled(name, false)?;
            (json!({"action": "enable", "name": name}), format!("đã mở khoá {name}"))
        }
    };
    record.append(hand, kind::USER, note)?;
    Ok(said)
}

/// The password: asked for twice on a terminal, which does not show it; else the first line of input.
fn ask() -> Result<String> {
    let unread = |e| Error::io("không đọc được mật khẩu", e);
    let stdin = std::io::stdin();
    if !stdin.is_terminal() {
        let mut line = String::new();
        stdin.lock().take(LONGEST).read_line(&mut line).map_err(unread)?;
        return Ok(line.trim_end_matches(['\r', '\n']).to_owned());
    }
    let terminal = console::Term::stderr();
    let read = |prompt: &str| {
        terminal.write_str(prompt)?;
        terminal.read_secure_line()
    };
    let first = read("Mật khẩu: ").map_err(unread)?;
    if read("Gõ lại mật khẩu: ").map_err(unread)? != first {
        return Err(Error::Input("hai lần gõ không giống nhau; chạy lại".to_owned()));
    }
    Ok(first)
}

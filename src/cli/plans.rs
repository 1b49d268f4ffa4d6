//! `cchc plans`: check plan files, list them, print one to hold against the paper.

use super::{Context, Exit};
use crate::data::Data;
use crate::error::{Error, Fault, Result};
use crate::lexicon::Lexicons;
use crate::plan::{Duty, Plan, Plans};
use crate::registry::Registry;
use std::path::Path;

/// Các kế hoạch: kiểm tra tệp, danh sách, nội dung
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Ví dụ:\n  cchc plans list\n  cchc plans show ha-noi-2026\n  cchc plans check data/plans/ke-hoach-moi.toml"
)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Action,
}

/// What to ask of the plans.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Action {
    /// Kiểm tra tệp kế hoạch, nêu mọi lỗi cùng lúc; bỏ trống: mọi kế hoạch
    Check {
        /// Tệp kế hoạch
        #[arg(value_name = "TỆP")]
        file: Option<std::path::PathBuf>,
    },
    /// Liệt kê các kế hoạch
    List,
    /// In kế hoạch theo thứ tự của văn bản, để đối chiếu với bản giấy
    Show {
        /// Mã kế hoạch, như ha-noi-2026
        #[arg(value_name = "MÃ")]
        id: String,
    },
}

pub(super) fn run(args: &Args, context: &Context) -> Result<Exit> {
    let data = context.data()?;
    match &args.command {
        Action::Check { file: Some(file) } => {
            let named = |fault| Fault { file: file.display().to_string(), ..fault };
            check(&one(file, context, &data)?).map_err(|error| match error {
                Error::Faults(faults) => Error::Faults(faults.into_iter().map(named).collect()),
                other => other,
            })?;
        }
        Action::Check { file: None } => check(&data)?,
        Action::List => list(&Plans::parse(&data).map_err(Error::Faults)?),
        Action::Show { id } => {
            let plans = Plans::parse(&data).map_err(Error::Faults)?;
            let registry = Registry::parse(&data).map_err(Error::Faults)?;
            let lexicons = Lexicons::parse(&data).map_err(Error::Faults)?;
            print!("{}", plans.get(id)?.show(&registry, &lexicons));
        }
    }
    Ok(Exit::Done)
}

/// The rule files with the one plan in place of all others.
fn one(file: &Path, context: &Context, data: &Data) -> Result<Data> {
    let text = context.text(file)?;
    let others = data.under("").filter(|(path, _)| !path.starts_with("plans/"));
    let mut files: std::collections::BTreeMap<_, _> = others.map(|(p, t)| (p.to_owned(), t.to_owned())).collect();
    files.insert("plans/plan.toml".to_owned(), text);
    Ok(Data::new(files))
}

fn check(data: &Data) -> Result<()> {
    let registry = Registry::parse(data).map_err(Error::Faults)?;
    let lexicons = Lexicons::parse(data).map_err(Error::Faults)?;
    let plans = Plans::parse(data).map_err(Error::Faults)?;
    let mut faults = plans.unresolved(&registry, &lexicons, data);
    faults.extend(lexicons.unit.unresolved(&registry));
    if !faults.is_empty() {
        return Err(Error::Faults(faults));
    }
    for plan in plans.iter() {
        println!("{}: đúng; {}", plan.id, summary(plan));
    }
    Ok(())
}

fn list(plans: &Plans) {
    for plan in plans.iter() {
        println!("{}\t{}\t{}\t{}", plan.id, plan.document, plan.title, summary(plan));
    }
}

fn summary(plan: &Plan) -> String {
    let counted = plan.obligations.iter().filter(|o| matches!(o.duty, Duty::Counted(_))).count();
    format!("{} nhiệm vụ, {counted} đếm được", plan.obligations.len())
}

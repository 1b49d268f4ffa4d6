//! The reports of a night: every plan in force, every format, and how we behaved.

use crate::audit::{self, Audit, Change, Selection, World};
use crate::error::{Error, Result};
use crate::plan::Plan;
use crate::report::{Format, Report};
use crate::rules::Rules;
use chrono::NaiveDate;
use std::path::Path;

/// The plans that bind somebody on a day.
pub fn in_force(rules: &Rules, day: NaiveDate) -> impl Iterator<Item = &Plan> {
    rules.plans.iter().filter(move |plan| plan.from <= day && day <= plan.until)
}

/// Audits one plan with the hashes of its rules among the inputs.
///
/// # Errors
/// The selection names what is not there.
pub fn audit_plan(
    rules: &Rules,
    plan: &Plan,
    world: &mut World,
    as_of: NaiveDate,
    selection: &Selection,
) -> Result<Audit> {
    world.inputs.extend(rules.hashes(&plan.id));
    audit::audit(plan, &rules.registry, world, as_of, selection)
}

/// Writes one plan's report in every format, whole or not at all.
///
/// # Errors
/// The disk refuses.
pub fn write(folder: &Path, rules: &Rules, plan: &Plan, audit: &Audit, changes: &[Change]) -> Result<()> {
    let report = Report { audit, plan, registry: &rules.registry, changes };
    for format in Format::ALL {
        put(folder, &format!("{}.{}", plan.id, format.id()), &format.render(&report)?)?;
    }
    Ok(())
}

/// The report of one plan from the last night before a day, where there is one. One that cannot be read
/// costs the list of changes and not the night; the log says so.
#[must_use]
pub fn previous(folder: &Path, plan: &str, day: NaiveDate) -> Option<Audit> {
    let nights = std::fs::read_dir(folder).ok()?.flatten();
    let nights = nights.filter_map(|night| night.file_name().to_str()?.parse::<NaiveDate>().ok());
    // A night that was killed has a folder, and perhaps no report of this plan.
    let report = |night: NaiveDate| folder.join(night.to_string()).join(format!("{plan}.json"));
    let place = report(nights.filter(|night| *night < day && report(*night).is_file()).max()?);
    let read = std::fs::read(&place).map_err(serde_json::Error::io).and_then(|text| serde_json::from_slice(&text));
    let unread = |error| tracing::warn!(%error, "không so được với đêm trước: {} không đọc được", place.display());
    read.map_err(unread).ok()
}

/// Writes one file beside its place and moves it there, so that nobody reads half of it.
///
/// # Errors
/// The disk refuses.
pub fn put(folder: &Path, name: &str, bytes: &[u8]) -> Result<()> {
    let place = folder.join(name);
    let failed = |e| Error::io(format!("không ghi được {}", place.display()), e);
    std::fs::create_dir_all(folder).map_err(failed)?;
    let beside = folder.join(format!(".{name}.new"));
    std::fs::write(&beside, bytes).map_err(failed)?;
    std::fs::rename(&beside, &place).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Data;

    #[test]
    fn the_night_before_is_the_last_one_that_has_a_report_of_the_plan() {
        let root = tempfile::tempdir().unwrap();
        let rules = Rules::parse(Data::built_in()).unwrap();
        let plan = rules.plans.get("ha-noi-2026").unwrap();
        let mut world = World::new(Vec::new());
        for day in ["2026-05-01", "2026-05-02", "2026-05-04"] {
            let as_of = day.parse().unwrap();
            let audit = audit_plan(&rules, plan, &mut world, as_of, &Selection::default()).unwrap();
            put(&root.path().join(day), "ha-noi-2026.json", &serde_json::to_vec(&audit).unwrap()).unwrap();
        }
        std::fs::create_dir(root.path().join("2026-05-03")).unwrap();
        let before =
            |day: &str| previous(root.path(), &plan.id, day.parse().unwrap()).map(|audit| audit.as_of.to_string());
        assert_eq!(before("2026-05-04").as_deref(), Some("2026-05-02"));
        assert_eq!(before("2026-05-01"), None);
    }

    #[test]
    fn plans_bind_from_their_first_day_to_their_last() {
        let rules = Rules::parse(Data::built_in()).unwrap();
        for (day, plans) in [
            ("2026-06-10", vec!["ha-noi-2026", "viet-hung-2025-2030"]),
            ("2025-10-01", vec!["ha-noi-2025", "hai-ba-trung-2025", "thien-huong-2025"]),
        ] {
            let day = day.parse().unwrap();
            assert_eq!(in_force(&rules, day).map(|p| p.id.as_str()).collect::<Vec<_>>(), plans);
        }
    }
}

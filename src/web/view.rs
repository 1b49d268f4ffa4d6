//! What a visitor looks at: a plan, a day, a period, and the verdicts these choose.

use super::address::Address;
use super::app::App;
use super::error::Refusal;
use super::judged::Judged;
use super::snapshot::Snapshot;
use super::sorting;
use crate::article::ArticleId;
use crate::audit::{Item, ItemReason, Status, Verdict};
use crate::period::Period;
use crate::plan::{Duty, Plan};
use crate::registry::Unit;
use crate::text;
use crate::unit::Group;
use axum::response::{IntoResponse as _, Response};
use chrono::{Datelike as _, NaiveDate};
use minijinja::{Value, context};
use std::sync::Arc;

/// One visit: everything a page is made from.
pub(super) struct View<'a> {
    pub app: &'a App,
    pub snapshot: &'a Snapshot,
    pub address: &'a Address,
    pub plan: &'a Plan,
    pub day: NaiveDate,
    pub period: Option<Period>,
    pub audit: Arc<Judged>,
}

/// Makes a page, or the one that says why there is none.
pub(super) async fn answer<F>(app: Arc<App>, address: Address, page: F) -> Response
where
    F: FnOnce(&View<'_>) -> Result<Response, Refusal> + Send + 'static,
{
    make(&app, address, page).await.unwrap_or_else(|refusal| refusal.page(&app))
}

/// Makes an answer off the async threads: another date may take a second to audit.
pub(super) async fn make<T, F>(app: &Arc<App>, address: Address, content: F) -> Result<T, Refusal>
where
    T: Send + 'static,
    F: FnOnce(&View<'_>) -> Result<T, Refusal> + Send + 'static,
{
    let app = Arc::clone(app);
    let made = tokio::task::spawn_blocking(move || {
        let snapshot = app.snapshot();
        View::new(&app, &snapshot, &address).and_then(|view| content(&view))
    });
    made.await.unwrap_or_else(|e| Err(Refusal::broken(&e)))
}

impl<'a> View<'a> {
    fn new(app: &'a App, snapshot: &'a Snapshot, address: &'a Address) -> Result<Self, Refusal> {
        let day = address.parsed::<NaiveDate>("ngay")?.unwrap_or(snapshot.night.day);
        if !(2000..2100).contains(&day.year()) {
            return Err(Refusal::Bad(format!("Ngày {day} nằm ngoài mọi kế hoạch.")));
        }
        let period = address.parsed::<Period>("ky")?;
        let plan = match address.get("plan") {
            Some(id) => snapshot.rules.plans.get(id).map_err(|_| Refusal::NotFound)?,
            None => snapshot.main_plan(day).ok_or(Refusal::NotFound)?,
        };
        let audit = snapshot.audit(plan, day, period.filter(Period::is_reporting))?;
        Ok(Self { app, snapshot, address, plan, day, period, audit })
    }

    /// The verdicts looked at: of the period chosen; without one, the latest of every unit and duty.
    pub(super) fn verdicts(&self) -> Vec<&Verdict> {
        let begun = self.audit.verdicts.iter().filter(|v| v.period.first() <= self.day);
        match self.period {
            Some(period) if period.is_reporting() => begun.collect(),
            Some(period) => begun.filter(|v| period.encloses(&v.period)).collect(),
            None => {
                let mut latest: Vec<&Verdict> = Vec::new();
                for verdict in begun {
                    match latest.last_mut() {
                        Some(last) if last.unit == verdict.unit && last.obligation == verdict.obligation => {
                            *last = verdict;
                        }
                        _ => latest.push(verdict),
                    }
                }
                latest
            }
        }
    }

    /// Every verdict of a period that has begun that looked at an item, with what it made of it.
    pub(super) fn judged(&self, id: &ArticleId) -> impl Iterator<Item = (&Verdict, &Item)> {
        self.audit.of(id).filter(|(verdict, _)| verdict.period.first() <= self.day)
    }

    /// The verdicts of all periods that are over.
    pub(super) fn ended(&self) -> Vec<&Verdict> {
        self.audit.verdicts.iter().filter(|v| v.period.last() <= self.day).collect()
    }

    /// Whether a duty has a number to reach.
    pub(super) fn is_counted(&self, obligation: &str) -> bool {
        self.plan.obligation(obligation).is_some_and(|o| matches!(o.duty, Duty::Counted(_)))
    }

    /// The order in which answers about one item tell something: a duty of another channel says nothing of
    /// it; then what has a number to reach, since a theme that is also covered hides no refusal there; and
    /// there what counts.
    pub(super) fn telling(&self, verdict: &Verdict, item: &Item) -> (bool, bool, bool) {
        let is_foreign = !item.counted && item.reason == ItemReason::WrongChannel;
        (is_foreign, !self.is_counted(&verdict.obligation), !item.counted)
    }

    /// The name of a unit, or its slug where the registry does not know it.
    pub(super) fn unit_name(&self, verdict: &Verdict) -> String {
        self.snapshot.rules.registry.get(&verdict.unit).map_or_else(|| verdict.unit.to_string(), Unit::full_name)
    }

    /// A value that names something, refused where nothing bears that name: an empty list, or the whole
    /// one, would be taken for the answer.
    pub(super) fn known(&self, name: &str, is_known: impl Fn(&str) -> bool) -> Result<Option<&'a str>, Refusal> {
        match self.address.get(name) {
            Some(value) if !is_known(value) => {
                Err(Refusal::Bad(format!("«{}» không dùng được cho `{name}`.", crate::report::clean(value))))
            }
            value => Ok(value),
        }
    }

    /// The unit that the address asks for alone.
    pub(super) fn unit(&self) -> Result<Option<&'a str>, Refusal> {
        let registry = &self.snapshot.rules.registry;
        self.known("don-vi", |unit| unit.parse().is_ok_and(|id| registry.get(&id).is_some()))
    }

    /// What the address asks of units.
    pub(super) fn wish(&self) -> Result<Wish, Refusal> {
        let status = self.address.get("trang-thai").map(status).transpose()?;
        let name = self.address.get("ten").map(text::fold).unwrap_or_default();
        Ok(Wish {
            group: self.address.parsed("nhom")?,
            status,
            name,
            duty: self.address.get("nhiem-vu").map(str::to_owned),
        })
    }

    /// The page of a template, with what the frame around every page needs.
    pub(super) fn page(&self, template: &str, values: Value) -> Result<Response, Refusal> {
        let frame = context! {
            demo => self.snapshot.night.demo,
            running => self.app.night().map(moment),
            plan => context! { id => &self.plan.id, title => &self.plan.title, document => &self.plan.document },
            day => self.day.to_string(),
            shown_day => date(self.day),
            period => self.period.map(|p| p.name()),
            here => self.address.view(),
        };
        Ok(self.app.pages.show(template, context! { ..values, ..frame })?.into_response())
    }
}

/// The wishes of a filter.
#[derive(Debug, Default)]
pub(super) struct Wish {
    pub group: Option<Group>,
    pub status: Option<Status>,
    pub duty: Option<String>,
    name: String,
}

impl Wish {
    /// Whether a unit is wanted by its group and name, typed with or without diacritics.
    pub(super) fn takes(&self, unit: &Unit) -> bool {
        let named = |name: &str| text::fold(name).contains(&self.name);
        self.group.is_none_or(|group| unit.group == group)
            && (self.name.is_empty() || named(&unit.full_name()) || unit.aliases.iter().any(|alias| named(alias)))
    }
}

/// A status by its code.
pub(super) fn status(code: &str) -> Result<Status, Refusal> {
    let found = Status::ALL.iter().copied().find(|status| status.code() == code);
    found.ok_or_else(|| Refusal::Bad(format!("Không có kết luận «{code}».")))
}

/// A day as people write it.
pub(super) fn date(day: NaiveDate) -> String {
    day.format("%d/%m/%Y").to_string()
}

/// A moment as people write it.
pub(super) fn moment(at: crate::time::Time) -> String {
    at.with_timezone(&crate::time::hanoi()).format("%H:%M %d/%m/%Y").to_string()
}

/// Units in the order of reports: by group, then by name as Vietnamese dictionaries sort.
pub(super) fn sort_units(units: &mut [&Unit]) {
    units.sort_by_cached_key(|unit| (unit.group, sorting::key(&unit.name)));
}

//! Reads one duty of a plan file: whom it binds, what it asks, in which periods.

use super::load::{Frame, check_id, citation, owned};
use super::{Action, Duty, Novelty, Obligation, Per, Quota, Theme, Who};
use crate::article::{Channel, Kind};
use crate::fields::Fields;
use crate::period::{Period, Span};
use chrono::NaiveDate;

/// No plan asks for more in one period; a larger number is a slip of the hand.
const MOST: u32 = 1000;

/// One `[[obligation]]`; faults are recorded, and `None` where too much is missing.
pub(super) fn obligation(table: &Fields<'_, '_>, frame: &Frame<'_>) -> Option<Obligation> {
    let id = table.need_text("id");
    if let Some(id) = id {
        table.named(format!("obligation \"{id}\""));
        check_id(table, id);
    }
    let (title, clause, quote) = (owned(table.need_text("title")), citation(table), owned(table.need_text("quote")));
    let who = who(table);
    let per = table.need::<Per>("per");
    let (periods, within_days) = per.map(|per| periods(table, per, frame)).unwrap_or_default();
    let duty = duty(table, frame, clause.as_deref());
    let (reading, office) = (owned(table.text("reading")), owned(table.text("office")));
    table.finish();
    let days = |pick: fn(&Period) -> NaiveDate| periods.iter().map(pick);
    let (from, until) = (days(Period::first).min()?, days(Period::last).max()?);
    Some(Obligation {
        id: id?.to_owned(),
        title: title?,
        clause: clause?,
        quote: quote?,
        who,
        duty: duty?,
        per: per?,
        from: from.max(frame.from),
        until: until.min(frame.until),
        periods,
        within_days,
        reading,
        office,
    })
}

fn who(table: &Fields<'_, '_>) -> Who {
    let who = Who { groups: table.all("groups"), units: table.all("units") };
    if !table.says("groups") && !table.says("units") {
        table.fault("", "thiếu người thực hiện; thêm `groups = [\"so-nganh\"]` hoặc `units = [\"so-tu-phap\"]`");
    }
    who
}

/// The periods of a duty: `from`–`until` for a rhythm, else `periods`, else a `deadline`.
fn periods(table: &Fields<'_, '_>, per: Per, frame: &Frame<'_>) -> (Vec<Period>, Option<u32>) {
    if per == Per::Deadline {
        return deadline(table, frame);
    }
    let listed: Vec<Period> = table.all("periods");
    let (from, until) = (table.parsed::<Period>("from"), table.parsed::<Period>("until"));
    let found = match (from, until) {
        (Some(from), Some(until)) => stepped(from, until).unwrap_or_else(|| {
            table.fault("until", format!("không đi từ {from} đến {until} theo cùng một nhịp được"));
            Vec::new()
        }),
        _ => listed,
    };
    if found.is_empty() && !table.has("until") {
        table.fault("per", "thiếu kỳ; thêm `from` và `until` như \"2026-03\", \"2026-12\", hoặc `periods = […]`");
    }
    // One of each suffices: a wrong year would otherwise be told for every week of it.
    if let Some(period) = found.iter().find(|period| !per.takes(period.span())) {
        table.fault("per", format!("kỳ {period} không thuộc nhịp này"));
    }
    if let Some(period) = found.iter().find(|period| period.last() < frame.from || frame.until < period.first()) {
        table.fault("per", format!("kỳ {period} nằm ngoài thời gian của kế hoạch"));
    }
    (found, None)
}

impl Per {
    /// Whether a plan file may name a period of this span for the rhythm.
    fn takes(self, span: Span) -> bool {
        match self {
            Self::Week => span == Span::Week,
            Self::Month => span == Span::Month,
            Self::Quarter => span == Span::Quarter,
            Self::Year | Self::Range | Self::Deadline | Self::Report | Self::Standing => true,
        }
    }
}

/// Every period from one to another of the same rhythm.
fn stepped(from: Period, until: Period) -> Option<Vec<Period>> {
    if from.span() != until.span() || until < from {
        return None;
    }
    let periods: Vec<_> = std::iter::successors(Some(from), Period::next).take_while(|p| *p <= until).collect();
    (periods.last() == Some(&until)).then_some(periods)
}

fn deadline(table: &Fields<'_, '_>, frame: &Frame<'_>) -> (Vec<Period>, Option<u32>) {
    let within = table.number("within_days").and_then(|days| u32::try_from(days).ok());
    let Some(day) = table.need_date("deadline") else { return (Vec::new(), within) };
    let due = match within {
        Some(days) => frame.issued.map(|issued| frame.calendar.deadline(issued, days)),
        None => Some(frame.calendar.working_day(day)),
    };
    let due = due.unwrap_or(day);
    if day != due {
        table.fault(
            "deadline",
            format!("hạn phải là {due}: không tính ngày ban hành, ngày nghỉ chuyển sang ngày làm việc kế tiếp"),
        );
    }
    (vec![Period::deadline(day)], within)
}

fn duty(table: &Fields<'_, '_>, frame: &Frame<'_>, clause: Option<&str>) -> Option<Duty> {
    match table.need_text("how")? {
        "counted" => quota(table, frame, clause).map(Duty::Counted),
        "attested" => Some(Duty::Attested),
        "coverage" => Some(Duty::Coverage {
            channels: channels(table),
            themes: table.tables("theme").iter().filter_map(theme).collect(),
            kind: kind(table),
            novelty: new(table, frame, clause),
        }),
        other => {
            table.fault("how", format!("«{other}» không có; dùng counted, attested hoặc coverage"));
            None
        }
    }
}

fn quota(table: &Fields<'_, '_>, frame: &Frame<'_>, clause: Option<&str>) -> Option<Quota> {
    let written = table.number("required");
    let required = written.and_then(|n| u32::try_from(n).ok()).filter(|n| (1..=MOST).contains(n));
    // What is no number at all was told as such.
    if required.is_none() && (written.is_some() || !table.has("required")) {
        table.fault("required", format!("phải là số lượng từ 1 đến {MOST}; ghi dòng như `required = 1`"));
    }
    let channel = table.need_text("channel").and_then(|text| channel(table, "channel", text));
    let action = one_of(table, "action", &[("sent", Action::Sent), ("posted", Action::Posted)]);
    if !table.has("action") {
        table.fault("action", "thiếu; thêm `action = \"sent\"` (gửi đăng) hoặc `action = \"posted\"` (được đăng)");
    }
    let list = |key| table.texts(key).into_iter().map(str::to_owned).collect();
    let (quota_topics, topics) = (list("quota_topics"), list("topics"));
    let (kind, novelty) = (kind(table), new(table, frame, clause));
    Some(Quota { required: required?, channel: channel?, action: action?, quota_topics, topics, kind, novelty })
}

/// The plan's rule on new items, cited by the duty's own clause, where the duty says `new = true`.
fn new(table: &Fields<'_, '_>, frame: &Frame<'_>, clause: Option<&str>) -> Option<Novelty> {
    if table.flag("new") != Some(true) {
        return None;
    }
    if frame.novelty.is_none() {
        table.fault("new", "kế hoạch chưa có bảng [novelty] nói thế nào là tin mới");
    }
    frame.novelty.clone().map(|rule| Novelty { clause: clause.unwrap_or_default().to_owned(), ..rule })
}

fn kind(table: &Fields<'_, '_>) -> Option<Kind> {
    one_of(table, "kind", &[("tin-bai", Kind::TinBai), ("chuyen-sau", Kind::ChuyenSau)])
}

fn channels(table: &Fields<'_, '_>) -> Vec<Channel> {
    table.texts("channels").into_iter().filter_map(|text| channel(table, "channels", text)).collect()
}

fn channel(table: &Fields<'_, '_>, key: &'static str, text: &str) -> Option<Channel> {
    let known = [Channel::CityPage, Channel::OwnPortal, Channel::Other];
    let found = known.into_iter().find(|c| c.id() == text);
    if found.is_none() {
        table.fault(key, format!("kênh «{text}» không có; dùng {}", known.map(Channel::id).join(", ")));
    }
    found
}

fn one_of<T: Copy>(table: &Fields<'_, '_>, key: &'static str, known: &[(&str, T)]) -> Option<T> {
    let text = table.text(key)?;
    let found = known.iter().find(|(id, _)| *id == text).map(|(_, value)| *value);
    if found.is_none() {
        let ids = known.iter().map(|(id, _)| *id).collect::<Vec<_>>().join(", ");
        table.fault(key, format!("«{text}» không có; dùng {ids}"));
    }
    found
}

fn theme(table: &Fields<'_, '_>) -> Option<Theme> {
    let id = table.need_text("id")?;
    table.named(format!("theme \"{id}\""));
    let (clause, quote) = (citation(table), owned(table.need_text("quote")));
    table.finish();
    Some(Theme { id: id.to_owned(), clause: clause?, quote: quote? })
}

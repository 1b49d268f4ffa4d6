//! The intake desk's ledger: sent, looked at with every line that was not understood, then taken.
//!
//! Between the two steps the file waits here, one for each account, and is forgotten after a while.

use super::super::address::Address;
use super::super::app::App;
use super::super::error::Refusal;
use super::super::form::{Form, Upload};
use super::super::view::{View, answer};
use super::super::visitor::{Signed, Visitor};
use super::{Fault, MAX_FILE};
use crate::digest::sha256;
use crate::inspect::ledger;
use crate::record::kind;
use crate::record::ledger::Sheet;
use crate::report::clean;
use crate::time::Time;
use axum::extract::State;
use axum::response::Response;
use chrono::TimeDelta;
use minijinja::{Value, context};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How long a file waits to be taken.
const PATIENCE: TimeDelta = TimeDelta::minutes(30);
/// Remarks and unmatched lines shown; the rest is counted.
const MOST: usize = 200;

/// Ledgers that were looked at and not taken yet, by account.
#[derive(Debug, Default)]
pub(in super::super) struct Drafts(Mutex<HashMap<String, (Time, Upload)>>);

impl Drafts {
    fn put(&self, user: &str, now: Time, upload: Upload) {
        let mut drafts = self.lock();
        drafts.retain(|_, (at, _)| now - *at < PATIENCE);
        drafts.insert(user.to_owned(), (now, upload));
    }

    /// Hands out the file that was looked at, if it still waits and is that very one.
    fn take(&self, user: &str, now: Time, hash: &str) -> Option<Upload> {
        let (at, upload) = self.lock().remove(user)?;
        (now - at < PATIENCE && sha256(&upload.bytes) == hash).then_some(upload)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, (Time, Upload)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `GET /kiem-tra/so-gui-bai`
pub(super) async fn page(State(app): State<Arc<App>>, address: Address, signed: Signed, visitor: Visitor) -> Response {
    answer(app, address, move |view| {
        signed.may_change()?;
        shown(view, &visitor, &[])
    })
    .await
}

/// `POST /kiem-tra/so-gui-bai`: what would be taken, and what not.
pub(super) async fn preview(State(app): State<Arc<App>>, address: Address, signed: Signed, form: Form) -> Response {
    answer(app, address, move |view| {
        signed.may_change()?;
        let fault = match form.file("tep") {
            None => Fault::new("tep", "Chọn tệp sổ, CSV hoặc XLSX."),
            Some(upload) if upload.bytes.len() > MAX_FILE => {
                Fault::new("tep", format!("Tệp quá {} MiB; chia nhỏ theo tháng.", MAX_FILE >> 20))
            }
            Some(upload) => match read(view, upload) {
                Ok(sheet) => return looked_at(view, &signed, &form.visitor, upload, &sheet),
                Err(error) => Fault { field: "tep", ..super::refused(error)? },
            },
        };
        Ok(super::again(shown(view, &form.visitor, &[fault])?))
    })
    .await
}

/// `POST /kiem-tra/so-gui-bai/nap`: takes the file that was looked at.
pub(super) async fn record(State(app): State<Arc<App>>, address: Address, signed: Signed, form: Form) -> Response {
    answer(app, address, move |view| {
        signed.may_change()?;
        let Some(upload) = view.app.drafts.take(&signed.user, view.app.now(), form.get("tep")) else {
            let fault = Fault::new("tep", "Tệp xem trước không còn; gửi lại tệp.");
            return Ok(super::again(shown(view, &form.visitor, &[fault])?));
        };
        let sheet = read(view, &upload)?;
        let hand = super::hand(view.app, &signed);
        let entry = view.app.record.keep_ledger(&hand, &upload.name, &upload.bytes, sheet.lines)?;
        Ok(super::done(view, &entry, "/kiem-tra/so-gui-bai"))
    })
    .await
}

fn read(view: &View<'_>, upload: &Upload) -> crate::error::Result<Sheet> {
    let rules = &view.snapshot.rules;
    let at = super::moment(view.app);
    let mut sheet = ledger::read(&upload.name, &upload.bytes, rules, at)?;
    let entries = view.app.store.entries().collect::<crate::error::Result<Vec<_>>>()?;
    ledger::join(&mut sheet, &entries);
    Ok(sheet)
}

fn shown(view: &View<'_>, visitor: &Visitor, faults: &[Fault]) -> Result<Response, Refusal> {
    let done = super::written(view, |entry| entry.kind == kind::LEDGER)?;
    let values = context! { sheet => (), largest => MAX_FILE >> 20, faults => super::told(faults), done };
    super::page(view, visitor, "ledger.html", values)
}

/// The file's lines, taken and not; the file itself waits for the word.
fn looked_at(
    view: &View<'_>,
    signed: &Signed,
    visitor: &Visitor,
    upload: &Upload,
    sheet: &Sheet,
) -> Result<Response, Refusal> {
    let unmatched = sheet.lines.iter().zip(&sheet.numbers).filter(|(line, _)| line.item.is_none());
    let unmatched: Vec<Value> = unmatched
        .map(|(line, number)| context! { number, title => clean(&line.title), unit => line.unit.as_str() })
        .collect();
    let remarks = sheet.remarks.iter();
    let remarks = remarks.map(|r| context! { line => r.line, skipped => r.skipped, message => clean(&r.message) });
    let values = context! {
        sheet => context! {
            name => clean(&upload.name),
            hash => sha256(&upload.bytes),
            lines => sheet.lines.len(),
            skipped => ledger::skipped(sheet).len(),
            unused => sheet.unused.iter().map(|column| clean(column)).collect::<Vec<_>>(),
            remarks => remarks.take(MOST).collect::<Vec<_>>(),
            more_remarks => sheet.remarks.len().saturating_sub(MOST),
            unmatched_number => unmatched.len(),
            unmatched => unmatched.into_iter().take(MOST).collect::<Vec<_>>(),
        },
        largest => MAX_FILE >> 20,
        faults => (),
        done => (),
    };
    if !sheet.lines.is_empty() {
        view.app.drafts.put(&signed.user, view.app.now(), upload.clone());
    }
    super::page(view, visitor, "ledger.html", values)
}

//! What people wrote down in a case: lines of the ledger, decisions, attestations.

use super::item::Depth;
use super::{Case, File, day, moment};
use cchc_audit::article::{ArticleId, Kind};
use cchc_audit::decision::{Attestation, Decision, LedgerLine, Outcome, Ruling};
use cchc_audit::period::Period;
use cchc_audit::time;
use cchc_audit::unit::UnitId;
use serde::Deserialize;

/// A line of the intake desk's ledger.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Line {
    nhan: String,
    ten: Option<String>,
    bai: Option<String>,
    linh_vuc_hay_chu_de: Option<String>,
    the_loai: Option<Depth>,
    ket_qua: Option<String>,
    don_vi: Option<UnitId>,
}

/// A decision.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Order {
    bai: String,
    ve: String,
    la: String,
    ky: Option<Period>,
    nhiem_vu: Option<String>,
    luc: Option<String>,
}

/// An attestation.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Proof {
    nhiem_vu: Option<String>,
    ky: Period,
    luc: Option<String>,
}

impl Line {
    pub(super) fn ledger(&self, n: usize, audited: &UnitId) -> LedgerLine {
        let received = day(&self.nhan);
        let outcome = match self.ket_qua.as_deref() {
            None | Some("đã nhận") => Outcome::Received,
            Some("đã đăng") => Outcome::Posted,
            Some("không mới") => Outcome::NotNew,
            Some("lạc đề") => Outcome::OffTheme,
            Some("từ chối") => Outcome::Refused,
            Some(other) => panic!("ket_qua «{other}» không có"),
        };
        LedgerLine {
            id: format!("dòng {}", n + 1),
            unit: self.don_vi.clone().unwrap_or_else(|| audited.clone()),
            received,
            title: self.ten.clone().or(self.bai.clone()).unwrap_or_else(|| format!("Bài gửi {}", n + 1)),
            kind: self.the_loai.map(Kind::from),
            topic: self.linh_vuc_hay_chu_de.clone(),
            also: Vec::new(),
            url: None,
            outcome,
            reason: String::new(),
            item: self.bai.clone().map(ArticleId),
            loaded: time::start_of(received),
        }
    }
}

impl Order {
    pub(super) fn decision(&self, seq: u64, case: &Case, file: &File) -> Decision {
        let yes = || match self.la.as_str() {
            "có" => true,
            "không" => false,
            other => panic!("la «{other}»: dùng có hoặc không"),
        };
        let ruling = match self.ve.as_str() {
            "đơn vị" => Ruling::Unit { value: (self.la != "không ai").then(|| self.la.parse().unwrap()) },
            "chủ đề" => Ruling::Topics { value: self.la.split(", ").map(str::to_owned).collect() },
            "thể loại" => {
                Ruling::Kind { value: if self.la == "chuyên sâu" { Kind::ChuyenSau } else { Kind::TinBai } }
            }
            "cchc" => Ruling::Cchc { value: yes() },
            "mới" => Ruling::Novelty { value: yes() },
            "gỡ" => Ruling::Withdrawn { value: yes() },
            "tính" => Ruling::Counted {
                value: yes(),
                plan: file.ke_hoach.clone(),
                obligation: self.nhiem_vu.clone().unwrap_or_else(|| case.duty(file)),
                period: self.ky,
            },
            other => panic!("ve «{other}» không có"),
        };
        let at = self.luc.as_deref().map_or(time::start_of(case.as_of(file)), |text| moment(text).0);
        let by = "Nguyễn Văn A".to_owned();
        Decision { seq, at, by, item: ArticleId(self.bai.clone()), ruling, reason: "xem lại hồ sơ".to_owned() }
    }
}

impl Proof {
    pub(super) fn attestation(&self, seq: u64, case: &Case, file: &File) -> Attestation {
        Attestation {
            seq,
            at: self.luc.as_deref().map_or(time::start_of(case.as_of(file)), |text| moment(text).0),
            by: "Nguyễn Văn A".to_owned(),
            plan: file.ke_hoach.clone(),
            obligation: self.nhiem_vu.clone().unwrap_or_else(|| case.duty(file)),
            unit: case.unit(file),
            period: self.ky,
            file: None,
            file_name: None,
            note: "biên bản".to_owned(),
        }
    }
}

//! The form of a sentence case, and how its words become a world.

mod item;
mod record;

use cchc_audit::article::{Article, Assessment, Precision};
use cchc_audit::assess::novelty;
use cchc_audit::audit::{Post, World};
use cchc_audit::coverage::{Coverage, Observation, Via, Watched};
use cchc_audit::data::Data;
use cchc_audit::period::Period;
use cchc_audit::registry::Registry;
use cchc_audit::time::{self, Time};
use cchc_audit::unit::UnitId;
use chrono::{NaiveDate, NaiveDateTime};
use item::{Item, Place};
use record::{Line, Order, Proof};
use serde::Deserialize;
use std::collections::BTreeMap;

/// One file: what is common to its cases, and the cases.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    pub(crate) ke_hoach: String,
    nhiem_vu: Option<String>,
    don_vi: Option<String>,
    ngay_xet: Option<String>,
    pub(crate) truong_hop: Vec<Case>,
}

/// One situation and what must come of it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) ten: String,
    nhiem_vu: Option<String>,
    don_vi: Option<String>,
    ngay_xet: Option<String>,
    #[serde(default)]
    bai: Vec<Item>,
    so: Option<Vec<Line>>,
    quan_sat: Option<Vec<Reading>>,
    #[serde(default)]
    khong_co_cong: bool,
    #[serde(default)]
    cong_phong_doan: bool,
    #[serde(default)]
    quyet_dinh: Vec<Order>,
    #[serde(default)]
    minh_chung: Vec<Proof>,
    #[serde(default)]
    sap_nhap: Vec<Merger>,
    #[serde(default)]
    thanh_lap: Vec<Founding>,
    #[serde(default)]
    ky: Vec<Period>,
    #[serde(default)]
    ket_luan: BTreeMap<String, String>,
    #[serde(default)]
    ket_luan_khac: BTreeMap<String, BTreeMap<String, String>>,
    #[serde(default)]
    ly_do: BTreeMap<String, String>,
    #[serde(default)]
    ly_do_khac: BTreeMap<String, BTreeMap<String, String>>,
    #[serde(default)]
    pub(crate) ghi_chu: Vec<String>,
    #[serde(default)]
    pub(crate) noi_ro: Vec<String>,
}

/// A reading of a site.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reading {
    trang: Place,
    luc: String,
    tu: Option<String>,
    loi: Option<cchc_audit::coverage::Cause>,
}

/// A unit that ends and the one that goes on for it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Merger {
    don_vi: String,
    den_het: String,
    thanh: Option<String>,
}

/// A unit that begins.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Founding {
    don_vi: String,
    tu: String,
}

impl Case {
    pub(crate) fn unit(&self, file: &File) -> UnitId {
        let id = self.don_vi.as_ref().or(file.don_vi.as_ref()).expect("don_vi ở trường hợp hoặc đầu tệp");
        id.parse().unwrap()
    }

    pub(crate) fn duty(&self, file: &File) -> String {
        self.nhiem_vu.clone().or(file.nhiem_vu.clone()).expect("nhiem_vu ở trường hợp hoặc đầu tệp")
    }

    pub(crate) fn as_of(&self, file: &File) -> NaiveDate {
        day(self.ngay_xet.as_ref().or(file.ngay_xet.as_ref()).expect("ngay_xet ở trường hợp hoặc đầu tệp"))
    }

    pub(crate) fn periods(&self) -> Vec<Period> {
        self.ky.clone()
    }

    /// Every verdict expected: duty, period, words.
    pub(crate) fn expected(&self, file: &File) -> Vec<(String, String, String)> {
        let own = (!self.ket_luan.is_empty()).then(|| (self.duty(file), &self.ket_luan));
        let all = own.into_iter().chain(self.ket_luan_khac.iter().map(|(duty, periods)| (duty.clone(), periods)));
        all.flat_map(|(duty, periods)| periods.iter().map(move |(p, words)| (duty.clone(), p.clone(), words.clone())))
            .collect()
    }

    /// Every reason expected: duty, item, words.
    pub(crate) fn reasons(&self, file: &File) -> Vec<(String, String, String)> {
        let own = (!self.ly_do.is_empty()).then(|| (self.duty(file), &self.ly_do));
        let all = own.into_iter().chain(self.ly_do_khac.iter().map(|(duty, items)| (duty.clone(), items)));
        all.flat_map(|(duty, items)| items.iter().map(move |(i, words)| (duty.clone(), i.clone(), words.clone())))
            .collect()
    }

    /// The rule files with the units that begin or end in this case.
    pub(crate) fn units_changed(&self) -> Option<Data> {
        if self.sap_nhap.is_empty() && self.thanh_lap.is_empty() {
            return None;
        }
        let built_in = Data::built_in();
        let mut files: BTreeMap<String, String> =
            built_in.under("").map(|(path, text)| (path.to_owned(), text.to_owned())).collect();
        let table = files.get_mut("units/xa-phuong-ha-noi.csv").unwrap();
        for Merger { don_vi, den_het, thanh } in &self.sap_nhap {
            set_last_columns(table, don_vi, None, &format!("{},{}", day(den_het), thanh.clone().unwrap_or_default()));
        }
        for Founding { don_vi, tu } in &self.thanh_lap {
            set_last_columns(table, don_vi, Some(day(tu)), ",");
        }
        Some(Data::new(files))
    }

    pub(crate) fn world(&self, file: &File, registry: &Registry) -> World {
        let names: Vec<String> = self.bai.iter().enumerate().map(|(n, item)| item.name(n)).collect();
        let articles: Vec<Article> =
            self.bai.iter().zip(&names).map(|(item, name)| item.article(name, &self.unit(file), registry)).collect();
        let findings = novelty::over_file(&articles);
        let posts = articles.iter().zip(findings).map(|(article, found)| {
            let assessment = article.whole(Assessment::default(), found.novelty);
            Post::new(article, assessment, found.overlap)
        });
        let mut world = World::new(posts.collect());
        world.ledger = self.so.iter().flatten().enumerate().map(|(n, line)| line.ledger(n, &self.unit(file))).collect();
        world.decisions = (1..).zip(&self.quyet_dinh).map(|(seq, order)| order.decision(seq, self, file)).collect();
        world.attestations =
            (1..).zip(&self.minh_chung).map(|(seq, proof)| proof.attestation(seq, self, file)).collect();
        if let Some(readings) = &self.quan_sat {
            world.coverage = self.coverage(readings, &self.unit(file), registry);
        }
        world
    }

    fn coverage(&self, readings: &[Reading], unit: &UnitId, registry: &Registry) -> Coverage {
        let site = |place: Place| {
            let (channel, host) = place.stands(unit, registry);
            let owner = (place == Place::TrangDonVi).then(|| unit.clone());
            let confirmed = !(self.cong_phong_doan && place == Place::TrangDonVi);
            Watched { id: place.id().to_owned(), host, channel, unit: owner, confirmed, from: None, until: None }
        };
        let mut sites = vec![site(Place::TrangCchc)];
        if !self.khong_co_cong {
            sites.push(site(Place::TrangDonVi));
        }
        let observation = |reading: &Reading| Observation {
            site: reading.trang.id().to_owned(),
            at: moment(&reading.luc).0,
            since: reading.tu.as_deref().map(|text| moment(text).0),
            via: Via::Listing,
            cause: reading.loi,
            doubt: None,
            detail: String::new(),
        };
        Coverage::Observed { sites, observations: readings.iter().map(observation).collect() }
    }
}

/// Rewrites the columns `from`, `until` and `successor` of a unit's row.
fn set_last_columns(table: &mut String, unit: &str, from: Option<NaiveDate>, rest: &str) {
    let mut found = false;
    let rows = table.lines().map(|row| {
        if !row.starts_with(&format!("{unit},")) {
            return row.to_owned();
        }
        found = true;
        let mut columns: Vec<&str> = row.rsplitn(4, ',').collect();
        columns.reverse();
        let from = from.map_or(columns[1].to_owned(), |day| day.to_string());
        format!("{},{from},{rest}", columns[0])
    });
    let rewritten = rows.collect::<Vec<_>>().join("\n") + "\n";
    assert!(found, "không có đơn vị {unit} trong bảng");
    *table = rewritten;
}

fn day(text: &str) -> NaiveDate {
    NaiveDate::parse_from_str(text, "%d/%m/%Y").unwrap_or_else(|_| panic!("ngày «{text}»: viết như 12/05/2026"))
}

/// A moment as people write it, with how exactly it is known.
fn moment(text: &str) -> (Time, Precision) {
    if let Some(time) = time::parse(text) {
        return (time, Precision::Second);
    }
    for (form, precision) in [("%d/%m/%Y %H:%M:%S", Precision::Second), ("%d/%m/%Y %H:%M", Precision::Minute)] {
        if let Ok(naive) = NaiveDateTime::parse_from_str(text, form) {
            return (time::local(naive), precision);
        }
    }
    (time::start_of(day(text)), Precision::Day)
}

//! The form of a sentence case, and how its words become a world.

use cchc_audit::article::{Article, ArticleId, Assessment, Channel, Given, Kind, Precision};
use cchc_audit::assess::novelty;
use cchc_audit::audit::{Post, World};
use cchc_audit::coverage::{Coverage, Observation, Via, Watched};
use cchc_audit::data::Data;
use cchc_audit::decision::{Attestation, Decision, LedgerLine, Outcome, Ruling};
use cchc_audit::period::Period;
use cchc_audit::registry::Registry;
use cchc_audit::time::{self, Time};
use cchc_audit::unit::UnitId;
use chrono::{NaiveDate, NaiveDateTime};
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

/// A posted item.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Item {
    ten: Option<String>,
    luc: Option<String>,
    #[serde(default)]
    kenh: Place,
    don_vi: Option<String>,
    #[serde(default)]
    cung_ky: Vec<UnitId>,
    #[serde(default = "yes")]
    cchc: bool,
    #[serde(default)]
    linh_vuc: Vec<String>,
    #[serde(default)]
    chu_de: Vec<String>,
    #[serde(default)]
    noi_dung: Vec<String>,
    #[serde(default)]
    the_loai: Depth,
    giong: Option<String>,
    phan: Option<String>,
    thay_luc: Option<String>,
    go_luc: Option<String>,
    dia_chi: Option<String>,
}

fn yes() -> bool {
    true
}

#[derive(Deserialize, Clone, Copy, Default, PartialEq)]
#[serde(rename_all = "kebab-case")]
enum Place {
    #[default]
    TrangCchc,
    TrangDonVi,
    CongThanhPho,
}

#[derive(Deserialize, Clone, Copy, Default)]
enum Depth {
    #[default]
    #[serde(rename = "tin bài")]
    News,
    #[serde(rename = "chuyên sâu")]
    InDepth,
}

impl From<Depth> for Kind {
    fn from(depth: Depth) -> Self {
        match depth {
            Depth::News => Self::TinBai,
            Depth::InDepth => Self::ChuyenSau,
        }
    }
}

/// A line of the intake desk's ledger.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    nhan: String,
    ten: Option<String>,
    bai: Option<String>,
    linh_vuc_hay_chu_de: Option<String>,
    the_loai: Option<Depth>,
    ket_qua: Option<String>,
    don_vi: Option<UnitId>,
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

/// A decision.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Order {
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
struct Proof {
    nhiem_vu: Option<String>,
    ky: Period,
    luc: Option<String>,
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

impl Place {
    fn id(self) -> &'static str {
        match self {
            Self::TrangCchc => "trang-cchc",
            Self::TrangDonVi => "trang-don-vi",
            Self::CongThanhPho => "cong-thanh-pho",
        }
    }

    fn stands(self, unit: &UnitId, registry: &Registry) -> (Channel, String) {
        let host = |unit: &UnitId| registry.get(unit).and_then(|u| u.hosts.first()).map(|h| h.host.clone());
        match self {
            Self::TrangCchc => (Channel::CityPage, "caicachhanhchinh.hanoi.gov.vn".to_owned()),
            Self::TrangDonVi => {
                (Channel::OwnPortal, host(unit).unwrap_or_else(|| format!("{}.example", unit.file_name())))
            }
            Self::CongThanhPho => (Channel::Other, "hanoi.gov.vn".to_owned()),
        }
    }
}

impl Item {
    fn name(&self, n: usize) -> String {
        self.ten.clone().unwrap_or_else(|| format!("bài {}", n + 1))
    }

    fn article(&self, name: &str, audited: &UnitId, registry: &Registry) -> Article {
        let unit = match self.don_vi.as_deref() {
            Some("không rõ") => None,
            Some(id) => Some(id.parse().unwrap()),
            None if self.kenh == Place::CongThanhPho => None,
            None => Some(audited.clone()),
        };
        let (channel, host) = self.kenh.stands(unit.as_ref().unwrap_or(audited), registry);
        let (published, published_precision) = self.luc.as_deref().map(moment).unzip();
        Article {
            id: ArticleId(name.to_owned()),
            site: Some(self.kenh.id().to_owned()),
            channel,
            url: self.dia_chi.clone().unwrap_or_else(|| format!("https://{host}/{}.htm", name.replace(' ', "-"))),
            host,
            title: format!("Bài {name}"),
            body: self.body(name),
            published,
            published_precision: published_precision.unwrap_or_default(),
            first_seen: self.thay_luc.as_deref().map(|text| moment(text).0),
            removed: self.go_luc.as_deref().map(|text| moment(text).0),
            assessment: Some(Given {
                unit: Some(unit),
                co_units: Some(self.cung_ky.clone()),
                is_cchc: Some(self.cchc),
                topics: Some(self.linh_vuc.clone()),
                quota_topics: Some(self.chu_de.clone()),
                themes: Some(self.noi_dung.clone()),
                kind: Some(self.the_loai.into()),
                ..Given::default()
            }),
            ..Article::default()
        }
    }

    /// Twelve paragraphs made up from the name; those taken over come first.
    fn body(&self, name: &str) -> Vec<String> {
        const PARAGRAPHS: usize = 12;
        let taken = match (&self.giong, self.phan.as_deref()) {
            (None, _) => 0,
            (Some(_), None) => PARAGRAPHS,
            (Some(_), Some(share)) => {
                share.strip_suffix("/12").and_then(|n| n.parse().ok()).expect("phan như \"5/12\"")
            }
        };
        (0..PARAGRAPHS)
            .map(|n| paragraph(if n < taken { self.giong.as_deref().unwrap_or(name) } else { name }, n))
            .collect()
    }
}

/// Forty syllables that only this name and number give.
fn paragraph(name: &str, number: usize) -> String {
    const SYLLABLES: &str = "công dân hồ sơ thủ tục phường xã sở cải cách hành chính số hóa dịch vụ trực tuyến một cửa kết quả giải quyết \
        nhanh gọn thân thiện cán bộ hướng dẫn tiếp nhận khảo sát hài lòng chất lượng quy trình rút ngắn thời gian niêm yết biểu mẫu điện tử \
        chữ ký đất đai hộ tịch chứng thực đầu tư doanh nghiệp kiểm tra giám sát phản ánh kiến nghị tổ dân phố nhà văn hóa buổi sáng chiều";
    let syllables: Vec<&str> = SYLLABLES.split_whitespace().collect();
    let mut seed = format!("{name}/{number}")
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3));
    let words = (0..40).map(|_| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        syllables[usize::try_from(seed >> 33).unwrap() % syllables.len()]
    });
    words.collect::<Vec<_>>().join(" ") + "."
}

impl Line {
    fn ledger(&self, n: usize, audited: &UnitId) -> LedgerLine {
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
            url: None,
            outcome,
            reason: String::new(),
            item: self.bai.clone().map(ArticleId),
            loaded: time::start_of(received),
        }
    }
}

impl Order {
    fn decision(&self, seq: u64, case: &Case, file: &File) -> Decision {
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
    fn attestation(&self, seq: u64, case: &Case, file: &File) -> Attestation {
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

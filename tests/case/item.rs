//! A posted item of a case: where it stands, when, what it is, and a text made up from its name.

use super::moment;
use cchc_audit::article::{Article, ArticleId, Channel, Given, Kind, WORDLESS};
use cchc_audit::registry::Registry;
use cchc_audit::unit::UnitId;
use serde::Deserialize;

/// A posted item.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Item {
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
    chi_co_anh: bool,
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
    #[serde(default)]
    ghep: Vec<String>,
    thay_luc: Option<String>,
    go_luc: Option<String>,
    dia_chi: Option<String>,
}

fn yes() -> bool {
    true
}

#[derive(Deserialize, Clone, Copy, Default, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Place {
    #[default]
    TrangCchc,
    TrangDonVi,
    CongThanhPho,
}

#[derive(Deserialize, Clone, Copy, Default)]
pub(super) enum Depth {
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

impl Place {
    pub(super) fn id(self) -> &'static str {
        match self {
            Self::TrangCchc => "trang-cchc",
            Self::TrangDonVi => "trang-don-vi",
            Self::CongThanhPho => "cong-thanh-pho",
        }
    }

    pub(super) fn stands(self, unit: &UnitId, registry: &Registry) -> (Channel, String) {
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
    pub(super) fn name(&self, n: usize) -> String {
        self.ten.clone().unwrap_or_else(|| format!("bài {}", n + 1))
    }

    pub(super) fn article(&self, name: &str, audited: &UnitId, registry: &Registry) -> Article {
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
            body: if self.chi_co_anh { Vec::new() } else { self.body(name) },
            warnings: self.chi_co_anh.then(|| WORDLESS.to_owned()).into_iter().collect(),
            published,
            published_precision: published_precision.unwrap_or_default(),
            first_seen: self.thay_luc.as_deref().map(|text| moment(text).0),
            removed: self.go_luc.as_deref().map(|text| moment(text).0),
            assessment: Some(Given {
                unit: Some(unit),
                co_units: Some(self.cung_ky.clone()),
                is_cchc: Some(self.cchc).filter(|_| !self.chi_co_anh),
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
        let number = |share: &str| share.strip_suffix("/12").and_then(|n| n.parse().ok()).expect("phần như \"5/12\"");
        let mut body = Vec::with_capacity(PARAGRAPHS);
        if let Some(old) = &self.giong {
            let taken = self.phan.as_deref().map_or(PARAGRAPHS, number);
            body.extend((0..taken).map(|n| paragraph(old, n)));
        }
        for part in &self.ghep {
            let (old, share) = part.rsplit_once(' ').expect("ghep như \"bài 1 3/12\"");
            body.extend((0..number(share)).map(|n| paragraph(old, n)));
        }
        body.extend((body.len()..PARAGRAPHS).map(|n| paragraph(name, n)));
        body
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

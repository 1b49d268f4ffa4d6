//! What was seen of a site, how completely, and what stood in the way.
//!
//! An [`Observation`] is written by each reading of a site. It never says "nothing was posted";
//! it says from when to when a post would have been seen. The audit turns observations into
//! gaps, and a verdict against a unit needs a period without one (DESIGN, idea 4).

use crate::article::Channel;
use crate::time::{self, Time};
use crate::unit::UnitId;
use chrono::{NaiveDate, TimeDelta};
use serde::{Deserialize, Serialize};

/// What is known of how completely the world was seen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Coverage {
    /// Everything was seen: a file of articles given by hand is the whole world.
    #[default]
    Complete,
    /// What was seen of each watched site.
    Observed {
        /// The sites that serve the channels.
        sites: Vec<Watched>,
        /// Their readings, in any order.
        observations: Vec<Observation>,
    },
}

/// A watched site, as far as coverage is concerned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watched {
    /// The site's id in `sites.toml`.
    pub id: String,
    /// Its host, for the reader.
    pub host: String,
    /// The channel it serves.
    pub channel: Channel,
    /// Whose portal it is, for own portals.
    pub unit: Option<UnitId>,
    /// `false`: the host is a guess that no check has confirmed; it bears on no verdict.
    pub confirmed: bool,
    /// First day on which it serves the channel.
    pub from: Option<NaiveDate>,
    /// Last day.
    pub until: Option<NaiveDate>,
}

/// One reading of one site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observation {
    /// The site's id.
    pub site: String,
    /// When the reading ended.
    pub at: Time,
    /// Everything published from here to `at` was seen, except what had been removed before `at`.
    /// `None`: the reading covers nothing.
    pub since: Option<Time>,
    /// By what means.
    pub via: Via,
    /// What stood in the way, where the reading was incomplete.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// What earlier readings saw from here on is in doubt: the portal had fallen silent or lost its
    /// fields by then. A later reading that reaches back covers it again.
    #[serde(default, with = "time::optional", skip_serializing_if = "Option::is_none")]
    pub doubt: Option<Time>,
    /// Particulars of the cause, such as the address and the status.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
}

impl Observation {
    /// Whether it saw the site without a gap in the night of a day: the one that ended on it, and so may
    /// have read the site on the evening before, or one that began on it.
    #[must_use]
    pub fn is_whole_on(&self, day: NaiveDate) -> bool {
        let evening = time::start_of(day) - TimeDelta::hours(12);
        self.since.is_some() && self.cause.is_none() && evening <= self.at && self.at <= time::end_of(day)
    }
}

/// How a site was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Via {
    /// Listing pages, without a gap.
    Listing,
    /// A sitemap that proved trustworthy.
    Sitemap,
    /// A feed whose oldest item was already known.
    Feed,
    /// Every page that links lead to.
    Links,
    /// Back-filled by hand.
    Import,
    /// Nothing was read.
    Nothing,
}

/// On whose side the cause of a gap lies; a guess that proves wrong is ours, never the unit's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// "phía cổng"
    Portal,
    /// "phía hệ thống"
    System,
}

impl Side {
    /// The words reports use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Portal => "phía cổng",
            Self::System => "phía hệ thống",
        }
    }
}

impl Cause {
    /// Whether somebody should look at the portal: it does not behave as it used to.
    #[must_use]
    pub fn is_alarm(self) -> bool {
        matches!(self, Self::Silence | Self::Moved | Self::FieldsLost)
    }
}

macro_rules! causes {
    ($($(#[$doc:meta])* $variant:ident = $code:literal, $side:ident, $text:literal;)*) => {
        /// Why something was not seen. Each has a stable code, a side, and Vietnamese words.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Cause { $($(#[$doc])* #[serde(rename = $code)] $variant,)* }

        impl Cause {
            /// Every cause, for documentation and the test that pins the codes.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The code used in JSON.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// On whose side it lies.
            #[must_use]
            pub fn side(self) -> Side {
                match self { $(Self::$variant => Side::$side,)* }
            }

            /// The words reports use.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }
    };
}

causes! {
    /// No site is known for the unit.
    NoPortal = "no_portal", System, "chưa biết cổng của đơn vị";
    /// The host is a guess that no check has confirmed.
    Unconfirmed = "unconfirmed", System, "tên miền mới là phỏng đoán, chưa kiểm tra";
    /// No reading took place.
    NotRead = "not_read", System, "chưa đọc lần nào trong khoảng này";
    /// Our machine has no network, or whoever it asks for names did not answer.
    Offline = "offline", System, "máy đọc không ra được mạng hoặc không hỏi được tên miền";
    /// The name does not resolve.
    Dns = "dns", Portal, "không phân giải được tên miền";
    /// No connection.
    Connect = "connect", Portal, "không kết nối được";
    /// No answer in time.
    Timeout = "timeout", Portal, "quá thời gian chờ";
    /// The handshake failed, or the certificate is faulty in another way than those below.
    Tls = "tls", Portal, "chứng thư hoặc bắt tay TLS không hợp lệ";
    /// The certificate is out of date, or not valid yet.
    TlsExpired = "tls_expired", Portal, "chứng thư ngoài thời hạn hiệu lực";
    /// The certificate is another host's.
    TlsName = "tls_name", Portal, "chứng thư không phải của tên miền này";
    /// The server issued its certificate itself.
    TlsSelfSigned = "tls_self_signed", Portal, "chứng thư tự ký";
    /// The server sent its certificate alone, without the one that leads to a root.
    TlsChain = "tls_chain", Portal, "máy chủ không gửi đủ chuỗi chứng thư";
    /// The chain ends at an issuer whom this machine does not trust.
    TlsUnknownIssuer = "tls_unknown_issuer", Portal, "nơi cấp chứng thư không đáng tin";
    /// The answer broke off or made no sense.
    Broken = "broken", Portal, "trả lời dở dang hoặc sai giao thức";
    /// 5xx.
    ServerError = "server_error", Portal, "máy chủ báo lỗi";
    /// 429, or Retry-After beyond the night.
    Throttled = "throttled", Portal, "máy chủ yêu cầu giãn cách";
    /// 401, 403 and other refusals.
    Refused = "refused", Portal, "máy chủ từ chối";
    /// The page that should be there is not: 404, 410, soft 404.
    NotFound = "not_found", Portal, "không tìm thấy trang";
    /// robots.txt forbids it.
    Robots = "robots", Portal, "robots.txt không cho phép";
    /// robots.txt could not be had, which forbids everything (RFC 9309 §2.3.1.4).
    RobotsUnreachable = "robots_unreachable", Portal, "không đọc được robots.txt";
    /// A challenge or login page stood in place of the content.
    Challenge = "challenge", Portal, "trang thử thách hoặc đăng nhập thay cho nội dung";
    /// The page shows nothing without JavaScript.
    ScriptOnly = "script_only", Portal, "trang chỉ hiện bằng JavaScript, không đọc được";
    /// A redirect led out of the site, round in a circle, or to a forbidden address.
    Redirect = "redirect", Portal, "chuyển hướng ra ngoài hoặc lòng vòng";
    /// The answer exceeded the size limit.
    TooLarge = "too_large", Portal, "trang vượt giới hạn kích thước";
    /// The content cannot be read as what it should be.
    Unreadable = "unreadable", System, "không bóc tách được nội dung";
    /// The address is private or otherwise not to be contacted.
    Forbidden = "forbidden", System, "địa chỉ không được phép truy cập";
    /// Listing pages ended before reaching the last known item.
    Gap = "gap", System, "danh sách không nối được với tin đã biết";
    /// The night's budget or page limit ran out.
    Budget = "budget", System, "hết ngân sách của đêm";
    /// The night window closed.
    Window = "window", System, "hết khung giờ đêm";
    /// The run was stopped.
    Stopped = "stopped", System, "lượt đọc bị dừng";
    /// A portal that used to post fell silent.
    Silence = "silence", System, "im lặng bất thường, đang chờ kiểm tra";
    /// The home page leads to another host: the portal moved.
    Moved = "moved", Portal, "trang chủ chuyển sang tên miền khác";
    /// Its articles suddenly lack titles, dates or texts: it was redesigned, or we read it wrongly.
    FieldsLost = "fields_lost", System, "bóc tách bỗng thiếu trường, đang chờ kiểm tra";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_night_is_one_on_both_sides_of_midnight() {
        let day = "2026-06-11".parse().unwrap();
        // when it ended, cause → whole on the 11th
        for (at, cause, whole) in [
            ("10T22:30:00", None, true),
            ("11T04:30:00", None, true),
            ("11T22:30:00", None, true),
            ("10T04:30:00", None, false),
            ("12T00:30:00", None, false),
            ("11T04:30:00", Some(Cause::Budget), false),
        ] {
            let moment = |text: &str| time::parse(&format!("2026-06-{text}+07:00")).unwrap();
            let reading = Observation {
                site: "a".to_owned(),
                at: moment(at),
                since: Some(moment("01T00:00:00")),
                via: Via::Listing,
                cause,
                doubt: None,
                detail: String::new(),
            };
            assert_eq!(reading.is_whole_on(day), whole, "{at} {cause:?}");
            assert!(!Observation { since: None, ..reading }.is_whole_on(day), "{at}");
        }
    }
}

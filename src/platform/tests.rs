//! The platform files as shipped: addresses, dates, roles, and what the reader refuses.

use super::{Platforms, Role};
use crate::article::Precision;
use crate::data::Data;
use std::collections::BTreeMap;
use url::Url;

fn shipped() -> Platforms {
    Platforms::parse(&Data::built_in())
        .unwrap_or_else(|faults| panic!("{}", faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")))
}

fn url(path: &str) -> Url {
    Url::parse("https://caugiay.hanoi.gov.vn").unwrap().join(path).unwrap()
}

#[test]
fn item_ids() {
    let platforms = shipped();
    for (platform, path, id) in [
        ("ims", "/tin-tuc/ra-quan-2805260123202449546.htm", Some("2805260123202449546")),
        ("ims", "/tin-tuc/bai-cu-42862896.htm", Some("42862896")),
        ("ims", "/tin-tuc-su-kien", None),
        ("liferay62", "/vi/cntt/-/view_content/2460626-cong-van-so-801.html", Some("2460626")),
        ("liferay62", "/cntt/-/view_content/pop_up/2460626-cong-van.html?_101_viewMode=print", Some("2460626")),
        ("vnportal", "/tin-tuc-su-kien-12/cong-khai-thu-tuc--912074", Some("912074")),
        ("vnportal", "/tin-tuc-su-kien", None),
        ("sharepoint", "/tintuc/Pages/chinh-sach-moi.aspx?CateID=0&ItemID=35024", Some("35024")),
        ("wordpress", "/en/?p=30628", Some("30628")),
        ("generic", "/a-12345.html", None),
    ] {
        assert_eq!(platforms.get(platform).unwrap().item_id(&url(path)).as_deref(), id, "{platform} {path}");
    }
}

#[test]
fn times_in_addresses() {
    let platforms = shipped();
    let ims = platforms.get("ims").unwrap();
    for (digits, time) in [
        ("4260123202449546", Some("2026-01-23T20:24:49+07:00")),
        ("2805251027193501", Some("2025-10-27T19:35:01+07:00")),
        ("28052510271935017", Some("2025-10-27T19:35:01+07:00")),
        ("280525102719350136", Some("2025-10-27T19:35:01+07:00")),
        ("2805251027193501049", Some("2025-10-27T19:35:01+07:00")),
        ("103251225080000123", Some("2025-12-25T08:00:00+07:00")),
        // Migrated articles carry no time; neither does a day that does not exist.
        ("42862896", None),
        ("4000102581", None),
        ("4260230101010", None),
    ] {
        let read = ims.url_time(&url(&format!("/tin/bai-{digits}.htm"))).map(|t| t.to_rfc3339());
        assert_eq!(read.as_deref(), time, "{digits}");
    }
}

#[test]
fn roles() {
    let platforms = shipped();
    for (platform, path, role) in [
        ("ims", "/", Role::Listing),
        ("ims", "/cai-cach-hanh-chinh", Role::Listing),
        ("ims", "/van-hoa-xa-hoi-68156.htm", Role::Listing),
        ("ims", "/van-hoa-xa-hoi-68156/le-hoi-2705260123202449546.htm", Role::Article),
        ("ims", "/tim-kiem?keyword=abc", Role::Skip),
        ("liferay62", "/vi/cntt/-/view_content/2460626-a.html", Role::Article),
        ("liferay62", "/vi/cntt/-/view_content/pop_up/2460626-a.html?_101_viewMode=print", Role::Copy),
        ("liferay62", "/vi/cntt?p_p_id=101&_101_delta=10&_101_cur=3", Role::Listing),
        ("liferay62", "/c/portal/login?p_l_id=1", Role::Skip),
        ("vnportal", "/tin-tuc-su-kien-12/cong-khai-thu-tuc--912074", Role::Article),
        ("wordpress", "/wp-login.php", Role::Skip),
        ("generic", "/bat-ky", Role::Unknown),
        ("generic", "/bai?print=1", Role::Copy),
    ] {
        assert_eq!(platforms.get(platform).unwrap().role(&url(path)), role, "{platform} {path}");
    }
}

#[test]
fn date_forms() {
    let platforms = shipped();
    let read = |text: &str| {
        let stamp = platforms.generic().dates.iter().find_map(|d| d.read(text))?;
        Some((stamp.time.format("%Y-%m-%d %H:%M:%S").to_string(), stamp.precision))
    };
    let minute = |t: &str| Some((format!("{t}:00"), Precision::Minute));
    let day = |t: &str| Some((format!("{t} 00:00:00"), Precision::Day));
    for (text, expected) in [
        ("Thứ Hai, 12/05/2026 | 08:30", minute("2026-05-12 08:30")),
        ("Thứ Hai, ngày 12/05/2026 - 08:30", minute("2026-05-12 08:30")),
        ("12/5/2026 8:30 SA", minute("2026-05-12 08:30")),
        ("12/5/2026 8:30 CH", minute("2026-05-12 20:30")),
        ("12/5/2026 12:30 SA", minute("2026-05-12 00:30")),
        ("22:07 23/01/2026", minute("2026-01-23 22:07")),
        ("Minh Anh 22:07 23/01/2026", minute("2026-01-23 22:07")),
        ("15:28, 28/08/2026", minute("2026-08-28 15:28")),
        ("05/10/2026 15:42 GMT+7", minute("2026-10-05 15:42")),
        ("05/10/2026 15:42 (GMT+7)", minute("2026-10-05 15:42")),
        ("03/01/2026 08:56", minute("2026-01-03 08:56")),
        ("Thứ bảy, 7/3/2026, 06:00 (GMT+7)", minute("2026-03-07 06:00")),
        ("Publish date 27/05/2019 | 4:40 PM | View count: 353", minute("2019-05-27 16:40")),
        ("Ngày đăng 06/05/2014 | 12:00 AM", minute("2014-05-06 00:00")),
        ("08:30 | Chủ nhật, 12/05/2026", minute("2026-05-12 08:30")),
        ("8h30 ngày 12/5/2026", minute("2026-05-12 08:30")),
        ("8 giờ 30 phút, ngày 12/5/2026", minute("2026-05-12 08:30")),
        ("lúc 14:05:09 12-05-2026", Some(("2026-05-12 14:05:09".to_owned(), Precision::Second))),
        ("2026-03-07T09:40:00", Some(("2026-03-07 09:40:00".to_owned(), Precision::Second))),
        ("2026-03-07T02:40:00Z", Some(("2026-03-07 09:40:00".to_owned(), Precision::Second))),
        ("2026-03-07T02:40:00.123+00:00", Some(("2026-03-07 09:40:00".to_owned(), Precision::Second))),
        ("2026-03-07", day("2026-03-07")),
        ("Ngày đăng: 12/05/2026", day("2026-05-12")),
        ("Hà Nội, ngày 5 tháng 3 năm 2026", day("2026-03-05")),
        ("March 7, 2026 at 9:40 AM", minute("2026-03-07 09:40")),
        ("7 Mar 2026", day("2026-03-07")),
        ("Sat, 07 Mar 2026 02:40:00 GMT", Some(("2026-03-07 09:40:00".to_owned(), Precision::Second))),
        // Neither a calendar day nor a fixed moment.
        ("31/02/2026", None),
        ("8 giờ trước", None),
        ("Hôm qua", None),
        ("Số 75/2026", None),
    ] {
        assert_eq!(read(text), expected, "{text}");
    }
}

#[test]
fn every_fault_of_a_platform_file_is_named_with_its_line() {
    let text = "schema = 1\nid = \"x\"\nname = \"X\"\ndelay = \"5 giây\"\ndates = ['(?P<day>.)']\n[addresses]\nitem = ['a(b']\n[[selectors]]\ntitle = ['h1[']\ncolour = 'red'\n";
    let files = BTreeMap::from([("platforms/x.toml".to_owned(), text.to_owned())]);
    let faults = Platforms::parse(&Data::new(files)).unwrap_err();
    insta::assert_snapshot!(faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"), @r#"
    platforms/x.toml:4: delay: phải là số giây như "5s" hay "0.5s"
    platforms/x.toml:5: dates: mẫu ngày `(?P<day>.)` thiếu nhóm (?P<year>…)
    platforms/x.toml:7: addresses: item: biểu thức chính quy `a(b` không đọc được: error: unclosed group
    platforms/x.toml:9: selectors thứ 1: title: bộ chọn CSS `h1[` không đọc được: Unexpected EOL; dạng đúng như `h1.title` hay `time@datetime`
    platforms/x.toml:10: selectors thứ 1: colour: không có trường này; các trường dùng được: author, body, category, from, published, remove, sapo, title, until
    platforms/generic.toml: thiếu tệp này: nó đọc mọi trang không thuộc nền tảng nào
    "#);
}

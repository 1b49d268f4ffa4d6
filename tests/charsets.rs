//! Old and wrong charsets over HTTP, from the wire to the article: the text arrives right.
//!
//! The files in `tests/charsets/` are one page in the encodings of the years before Unicode.

mod loopback;

use loopback::{Portal, World, html, links, reply, status};
use std::sync::Arc;

const TITLE: &str = "Phường đẩy mạnh cải cách thủ tục hành chính";
const BODY: [&str; 3] = [
    "Sáng nay, tại hội trường phường, đồng chí chủ tịch đã chủ trì hội nghị đánh giá công tác cải cách hành chính, rà soát thủ tục và nâng cao chất lượng phục vụ người dân tại bộ phận một cửa.",
    "Theo báo cáo, tỷ lệ hồ sơ giải quyết đúng hạn đạt chín mươi tám phần trăm, người dân được hướng dẫn nộp hồ sơ trực tuyến và nhận kết quả tại nhà.",
    "Trong thời gian tới, phường tiếp tục đơn giản hóa thủ tục, công khai kết quả và lắng nghe ý kiến phản ánh của tổ chức, cá nhân trên địa bàn.",
];

/// The same page in Unicode; `meta` is what its head declares.
fn page(meta: &str) -> String {
    let body: String = BODY.iter().map(|paragraph| format!("<p>{paragraph}</p>")).collect();
    format!(
        "<html><head>{meta}<title>{TITLE}</title><meta property=\"og:type\" content=\"article\"></head><body><article>\
         <h1>{TITLE}</h1><time datetime=\"2026-05-12T08:30:00+07:00\">12/05/2026 08:30</time>\
         <div itemprop=\"articleBody\">{body}</div></article></body></html>"
    )
}

fn utf16(text: &str, little: bool, mark: bool) -> Vec<u8> {
    let mark = mark.then_some('\u{feff}');
    let text: String = mark.into_iter().chain(text.chars()).collect();
    text.encode_utf16().flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect()
}

#[test]
fn the_text_arrives_right_whatever_the_charset() {
    let windows_1258 = include_bytes!("charsets/windows-1258.html").to_vec();
    let tcvn3 = include_bytes!("charsets/tcvn3.html").to_vec();
    let vni = include_bytes!("charsets/vni.html").to_vec();
    let utf8 = page("").into_bytes();
    for (what, header, body) in [
        ("UTF-8, said so", "text/html; charset=utf-8", utf8.clone()),
        ("UTF-8, not said", "text/html", utf8.clone()),
        ("UTF-8, no type at all", "", utf8.clone()),
        ("UTF-8, said to be Latin-1", "text/html; charset=iso-8859-1", utf8.clone()),
        ("UTF-8, said to be windows-1258", "text/html; charset=windows-1258", utf8.clone()),
        ("UTF-8, said to be nonsense", "text/html; charset=vietnamese", utf8),
        ("UTF-8, the page says windows-1252", "text/html", page("<meta charset=\"windows-1252\">").into_bytes()),
        ("windows-1258, said so", "text/html; charset=windows-1258", windows_1258.clone()),
        ("windows-1258, said in the page", "text/html", windows_1258.clone()),
        ("windows-1258, said to be UTF-8", "text/html; charset=utf-8", windows_1258),
        ("TCVN3 in a .VnTime font", "text/html", tcvn3.clone()),
        ("TCVN3, said to be Latin-1", "text/html; charset=iso-8859-1", tcvn3),
        ("VNI in its font", "text/html", vni),
        ("UTF-16, little end, mark, said", "text/html; charset=utf-16", utf16(&page(""), true, true)),
        ("UTF-16, big end, mark, not said", "text/html", utf16(&page(""), false, true)),
        ("UTF-16, little end, no mark, said", "text/html; charset=utf-16le", utf16(&page(""), true, false)),
        ("UTF-16, big end, no mark, said", "text/html; charset=utf-16be", utf16(&page(""), false, false)),
        ("UTF-16, little end, no mark, not said", "text/html", utf16(&page(""), true, false)),
        ("UTF-16 with a mark, said to be UTF-8", "text/html; charset=utf-8", utf16(&page(""), true, true)),
    ] {
        let world = World::new(vec![Portal::serve(
            "phuong.vn",
            Arc::new(move |request, stream| match request.path.as_str() {
                "/" => html(stream, &links(&["/tin/bai-1.html"])),
                "/tin/bai-1.html" if header.is_empty() => reply(stream, 200, "", &body),
                "/tin/bai-1.html" => reply(stream, 200, &format!("Content-Type: {header}\r\n"), &body),
                _ => status(stream, 404, ""),
            }),
        )]);
        world.crawl();
        let state = world.desk.state.lock().unwrap();
        let articles: Vec<_> = state.articles.values().map(|(_, a)| (a.title.to_lowercase(), a.body.clone())).collect();
        let expected = (TITLE.to_lowercase(), BODY.map(str::to_owned).to_vec());
        assert_eq!(articles, [expected], "{what}");
    }
}

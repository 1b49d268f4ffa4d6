//! Whose an article on the city page is: one line, one case.

use cchc_audit::article::{Article, Channel};
use cchc_audit::assess::Assessor;
use cchc_audit::data::Data;
use cchc_audit::lexicon::Lexicons;
use cchc_audit::registry::Registry;
use cchc_audit::time;

fn assessor() -> Assessor {
    let data = Data::built_in();
    Assessor::new(&Registry::parse(&data).unwrap(), &Lexicons::parse(&data).unwrap())
}

fn article(day: &str, author: &str, title: &str, text: &str) -> Article {
    Article {
        channel: Channel::CityPage,
        host: "caicachhanhchinh.hanoi.gov.vn".to_owned(),
        title: title.to_owned(),
        body: text.split('|').map(str::to_owned).collect(),
        author: author.to_owned(),
        published: time::parse(&format!("{day}T08:00:00+07:00")),
        ..Article::default()
    }
}

#[test]
fn the_author_line_is_read_as_a_clerk_would() {
    let assessor = assessor();
    for (day, author, unit, code) in [
        ("2026-05-01", "UBND phường Láng", "phuong-lang", "author_line"),
        ("2026-05-01", "UBND PHƯỜNG LÁNG", "phuong-lang", "author_line"),
        ("2026-05-01", "ubnd phường Láng, TP Hà Nội", "phuong-lang", "author_line"),
        ("2026-05-01", "UBND phuong Lang", "phuong-lang", "author_line"),
        ("2026-05-01", "UBND phừơng Định Công", "phuong-dinh-cong", "author_line"),
        ("2026-05-01", "UBND phường Định Cômg", "phuong-dinh-cong", "author_line"),
        ("2026-05-01", "UBND phường Láng Thượng", "", "unknown_commune"),
        ("2026-05-01", "Phường Láng đẩy mạnh cải cách thủ tục", "", "no_trace"),
        ("2026-05-01", "Bài do phường Láng và Sở Tư pháp phối hợp thực hiện", "phuong-lang", "author_line"),
        ("2026-05-01", "Phòng Văn hóa phường Láng thực hiện", "phuong-lang", "author_line"),
        ("2026-05-01", "UBND phường Bến Thành", "", "unknown_commune"),
        ("2026-05-01", "UBND xã Kim Sơn, tỉnh Ninh Bình", "", "other_province"),
        ("2026-05-01", "UBND phường Hoàng Mai, tỉnh Nghệ An", "", "namesake_elsewhere"),
        ("2026-05-01", "Công an phường Định Công", "phuong-dinh-cong", "author_line"),
        ("2026-05-01", "Công an TP Hà Nội", "cong-an-thanh-pho", "author_line"),
        ("2026-05-01", "Trung tâm Phục vụ hành chính công phường Định Công", "phuong-dinh-cong", "author_line"),
        ("2026-05-01", "Chi nhánh số 3 - TTPVHCC TP. Hà Nội", "trung-tam-phuc-vu-hanh-chinh-cong", "author_line"),
        ("2026-05-01", "Sở NN&MT", "so-nong-nghiep-va-moi-truong", "author_line"),
        ("2026-05-01", "Sở Nông nghiệp & Môi trường Hà Nội", "so-nong-nghiep-va-moi-truong", "author_line"),
        ("2024-11-01", "Sở Thông tin và Truyền thông", "so-khoa-hoc-va-cong-nghe", "author_line"),
        ("2026-05-01", "Sở Nội vụ tỉnh Lâm Đồng", "", "other_province"),
        ("2026-05-01", "Theo TTXVN", "", "press"),
        ("2026-05-01", "Thu Hà (Báo Lào Cai)", "", "press"),
        ("2026-05-01", "Nguồn: Báo Hànộimới", "", "press"),
        ("2026-05-01", "Theo Bảo hiểm xã hội thành phố Hà Nội", "bao-hiem-xa-hoi-thanh-pho", "author_line"),
        ("2026-05-01", "Theo Báo và phát thanh, truyền hình Hà Nội", "", "press"),
        ("2026-05-01", "Nguồn: Sở Tư pháp", "so-tu-phap", "author_line"),
        ("2026-05-01", "HNP", "", "press"),
        ("2026-05-01", "Bộ Nội vụ", "", "central_body"),
        ("2025-05-14", "UBND quận Hoàn Kiếm", "", "dissolved_district"),
        ("2025-05-14", "UBND phường Cửa Nam", "", "before_founding"),
        ("2026-05-01", "Nguyễn Văn A - Phòng Kiểm soát TTHC", "trung-tam-phuc-vu-hanh-chinh-cong", "author_line"),
        ("2026-05-01", "Phòng VH-XH P.Hai Bà Trưng", "phuong-hai-ba-trung", "author_line"),
        ("2026-05-01", "VP UBND TP", "van-phong-ubnd-thanh-pho", "author_line"),
        ("2026-05-01", "Đoàn TNCS Hồ Chí Minh xã Hưng Đạo", "xa-hung-dao", "author_line"),
        ("2026-05-01", "Đoàn Thanh niên Cộng sản Hồ Chí Minh phường Láng", "phuong-lang", "author_line"),
        ("2026-05-01", "UBND TP Hồ Chí Minh", "", "other_province"),
        ("2026-05-01", "TS. Lê An - Trường Chính trị Lê Hồng Phong", "truong-chinh-tri-le-hong-phong", "author_line"),
    ] {
        let answer = assessor.assess(&article(day, author, "Tin cải cách hành chính", "Nội dung."), None);
        let found = answer.unit.map(|u| u.to_string()).unwrap_or_default();
        assert_eq!(
            (found.as_str(), answer.reasons[0].code.as_str()),
            (unit, code),
            "{author}: {:?}",
            answer.reasons[0]
        );
    }
}

#[test]
fn without_an_author_the_one_who_acts_is_found() {
    let assessor = assessor();
    for (title, text, unit) in [
        ("Phường Láng mở quầy đêm", "Sáng 5/5, UBND phường Láng mở quầy.", "phuong-lang"),
        (
            "Kiểm tra công vụ tại phường Láng",
            "Đoàn do Sở Nội vụ chủ trì đến phường Láng.|Sở Nội vụ yêu cầu khắc phục.",
            "so-noi-vu",
        ),
        (
            "Kiểm tra công vụ đột xuất tại phường Láng",
            "Sáng 5/5, đoàn đến phường Láng.|Phường Láng đã khắc phục ngay.",
            "",
        ),
        ("Phê bình phường Láng", "Phường Láng để 12 hồ sơ quá hạn.|UBND phường Láng đã xin lỗi.", ""),
        ("Phường Láng bị nhắc nhở vì trễ hẹn", "UBND phường Láng xin lỗi 12 hộ dân.", ""),
        ("Phường Láng được khen", "Sáng 5/5, Sở Nội vụ trao giấy khen.|Phường Láng đã xin lỗi dân.", "so-noi-vu"),
        ("Phường Láng kiểm tra tổ một cửa", "UBND phường Láng kiểm tra giờ giấc.", "phuong-lang"),
        ("Khen thưởng tổ công nghệ số tại phường Láng", "UBND phường Láng trao 12 giấy khen.", "phuong-lang"),
        ("Mở quầy đêm", "Người dân phấn khởi.|UBND phường Láng", "phuong-lang"),
        ("Mở quầy đêm", "Người dân phấn khởi.|Phường Láng./.", "phuong-lang"),
        ("Mở quầy đêm", "Người dân phấn khởi. UBND phường Láng.", "phuong-lang"),
        ("Mở quầy đêm", "Người dân phấn khởi.|Bài và ảnh: Thu Hà - UBND phường Láng.", "phuong-lang"),
        ("Mở quầy đêm", "Người dân phấn khởi.|Tin: Phường Láng. Ảnh: Thu Hà", "phuong-lang"),
        ("Mở quầy đêm", "Người dân phấn khởi.|(Tin bài: Phường Láng; ảnh: phường Hoàn Kiếm)", "phuong-lang"),
        ("Mở quầy đêm", "Người dân phấn khởi.|Bài: UBND phường Láng - Hình ảnh: Thu Hà.", "phuong-lang"),
        ("Mở quầy đêm", "Người dân phấn khởi.|UBND phường Láng. Ảnh: Sở Tư pháp", "phuong-lang"),
        ("Mở quầy đêm", "Người dân phấn khởi.|Nguồn: UBND phường Láng - Ảnh: Sở Tư pháp", "phuong-lang"),
        ("Mở quầy đêm", "Người dân phấn khởi.|UBND phường Láng|Ảnh: Sở Tư pháp", "phuong-lang"),
        ("Mở quầy đêm", "Người dân phấn khởi.|Thu Hà (Văn phòng UBND phường Láng)", "phuong-lang"),
        ("Mở quầy đêm", "Người dân phấn khởi.|Phòng Văn hóa - Xã hội phường Láng", "phuong-lang"),
        ("Mở quầy đêm", "Người dân phấn khởi.|Phường Láng - Thu Hà", "phuong-lang"),
        ("Mở quầy đêm", "Người dân phấn khởi.|Người viết: Thu Hà, công chức phường Láng", "phuong-lang"),
        ("Mở quầy đêm", "Người dân phấn khởi.|Bài: Minh Anh. Ảnh: Sở Tư pháp", ""),
        ("Mở quầy đêm", "Người dân phấn khởi.|Người dân làm thủ tục tại UBND phường Láng", ""),
        ("Mở quầy đêm", "Người dân phấn khởi.|Quang cảnh trụ sở UBND phường Láng", ""),
        ("Mở quầy đêm", "Người dân phấn khởi.|Từ khóa: phường Láng", ""),
        ("Mở quầy đêm", "Người dân phấn khởi.|Nơi nhận: UBND phường Láng", ""),
        ("Mở quầy đêm", "Người dân phấn khởi.|Dự có Sở Nội vụ, UBND phường Láng.", ""),
        ("Mở quầy đêm", "Người dân phấn khởi.|Buổi tối yên tĩnh ở phường Láng.", ""),
        ("Mở quầy đêm", "Người dân phấn khởi. (Theo Báo Nghệ An)", ""),
        ("Mở quầy đêm", "Phường Láng – Từ 5/5, quầy đêm bắt đầu hoạt động.", "phuong-lang"),
        ("Phường Hoàng Mai bỏ ghế chờ", "Phường Hoàng Mai của tỉnh Nghệ An vừa bỏ ghế chờ.", ""),
        ("Lâm Đồng thưởng cán bộ liêm chính", "Tỉnh Lâm Đồng vừa ban hành quy định.", ""),
        ("Tắc đường phố Hai Bà Trưng", "Phố Hai Bà Trưng ùn tắc sáng nay.", ""),
        ("Quận Hoàn Kiếm bàn giao hồ sơ", "UBND quận Hoàn Kiếm bàn giao 1.900 hồ sơ.", ""),
    ] {
        let answer = assessor.assess(&article("2026-05-06", "PV", title, text), None);
        let found = answer.unit.as_ref().map(ToString::to_string).unwrap_or_default();
        assert_eq!(found, unit, "{title}: {:?}", answer.reasons[0]);
    }
}

#[test]
fn on_an_own_portal_the_owner_is_credited_and_the_source_named() {
    let assessor = assessor();
    for (author, source) in [
        ("Theo TTXVN", Some("TTXVN")),
        ("Sở Tư pháp", Some("so-tu-phap")),
        ("UBND phường Láng", None),
        ("Minh Trang", None),
        ("", None),
    ] {
        let own = Article {
            channel: Channel::OwnPortal,
            host: "lang.hanoi.gov.vn".to_owned(),
            ..article("2026-05-06", author, "Tin", "Nội dung.")
        };
        let answer = assessor.assess(&own, None);
        assert_eq!(answer.unit.as_ref().map(ToString::to_string).as_deref(), Some("phuong-lang"), "{author}");
        assert_eq!(answer.taken_from.as_deref(), source, "{author}");
    }
}

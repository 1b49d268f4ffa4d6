//! `cchc extract`.

use super::{Context, Exit};
use crate::error::{Error, Result, told};
use crate::extract::{self, Page};
use crate::platform::Platforms;
use flate2::read::MultiGzDecoder;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use url::Url;

/// A page unpacked from gzip may be this large, in bytes.
const MAX_UNPACKED: u64 = 64 * 1024 * 1024;

/// Deep pages need a deep stack; the main thread's is whatever the shell allows.
const STACK: usize = 64 * 1024 * 1024;

/// Bóc tách một trang đã lưu thành một bài, dạng JSON
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Ví dụ:\n  cchc extract trang.html --url https://caugiay.hanoi.gov.vn/tin-tuc/bai-2805260123202449546.htm"
)]
pub(super) struct Args {
    /// Tệp HTML (có thể nén gzip), hoặc - để đọc từ stdin
    #[arg(value_name = "TỆP|-")]
    file: PathBuf,
    /// Địa chỉ của trang
    #[arg(long, value_name = "ĐỊA_CHỈ")]
    url: String,
    /// Nền tảng (ims, liferay62, …); mặc định nhận ra từ trang
    #[arg(long, value_name = "MÃ")]
    platform: Option<String>,
}

pub(super) fn run(args: &Args, context: &Context) -> Result<Exit> {
    let url = Url::parse(args.url.trim()).ok().filter(|u| matches!(u.scheme(), "http" | "https") && u.has_host());
    let url = url.ok_or_else(|| {
        Error::Input(format!(
            "--url «{}»: không phải địa chỉ http(s); ghi đủ như https://haibatrung.hanoi.gov.vn/…",
            args.url
        ))
    })?;
    let platforms = Platforms::parse(&context.data()?).map_err(Error::Faults)?;
    if let Some(id) = args.platform.as_deref().filter(|id| platforms.get(id).is_none()) {
        let known: Vec<&str> = platforms.iter().map(|p| p.id.as_str()).collect();
        return Err(Error::Input(format!("--platform {id}: không có nền tảng này; dùng được: {}", known.join(", "))));
    }
    let body = read(&args.file)?;
    if body.trim_ascii().is_empty() {
        return Err(Error::Input(format!("{}: trống, không có trang nào để bóc tách", args.file.display())));
    }
    let page = Page {
        url: &url,
        body: &body,
        content_type: None,
        platform: args.platform.as_deref(),
        request: None,
        at: None,
    };
    let article = deep(|| extract::article(&page, &platforms))?;
    let json = serde_json::to_string(&article).map_err(|e| Error::Failed(format!("không ghi được JSON: {e}")))?;
    println!("{json}");
    if article.body.is_empty() && article.sapo.is_empty() {
        eprintln!(
            "lưu ý: không thấy bài trong trang này ({}); có thể là trang danh sách, trang lỗi hoặc trang chỉ có mã kịch bản",
            article.warnings.join(", ")
        );
    }
    Ok(Exit::Done)
}

/// The bytes of a file or of standard input, unpacked if they are gzip.
fn read(file: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let outcome = if file == Path::new("-") {
        std::io::stdin().lock().read_to_end(&mut bytes)
    } else {
        std::fs::File::open(file).and_then(|mut f| f.read_to_end(&mut bytes))
    };
    outcome.map_err(|e| Error::Input(format!("không đọc được {}: {}", file.display(), told(&e))))?;
    if !bytes.starts_with(&[0x1F, 0x8B]) {
        return Ok(bytes);
    }
    unpack(&bytes, MAX_UNPACKED).map_err(|why| Error::Input(format!("{}: {why}", file.display())))
}

/// Undoes gzip; half a page would be taken for a whole one, so what is too large is refused.
fn unpack(bytes: &[u8], most: u64) -> std::result::Result<Vec<u8>, String> {
    let mut unpacked = Vec::new();
    let read = MultiGzDecoder::new(bytes).take(most + 1).read_to_end(&mut unpacked);
    let size = read.map_err(|e| format!("gzip hỏng: {e}"))?;
    match size as u64 > most {
        true => Err(format!("giải nén ra hơn {} MiB, không phải một trang; xem lại tệp", most >> 20)),
        false => Ok(unpacked),
    }
}

/// Runs on a thread with a deep stack.
fn deep<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work);
        let thread = thread.map_err(|e| Error::io("không mở được luồng đọc trang", e))?;
        thread
            .join()
            .map_err(|_| Error::Failed("trang này làm bộ đọc dừng đột ngột; xin gửi trang kèm báo lỗi".to_owned()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write as _;

    #[test]
    fn what_unpacks_to_more_than_a_page_is_refused_and_not_cut() {
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(&[b'a'; 100]).unwrap();
        let packed = packed.finish().unwrap();
        assert_eq!(unpack(&packed, 100).unwrap().len(), 100);
        assert!(unpack(&packed, 99).unwrap_err().contains("không phải một trang"));
        assert!(unpack(&packed[..packed.len() - 9], 100).unwrap_err().contains("gzip hỏng"));
    }
}

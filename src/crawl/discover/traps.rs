//! Keeps the crawl out of endless spaces: calendars, ever-deeper paths, sorted and filtered lists.
//!
//! No rule knows any portal. An address is refused for what it is (too long, too deep, repeating
//! itself, a date nobody lived), and a family of addresses once it has brought nothing new.

use std::collections::HashMap;
use url::Url;
use xxhash_rust::xxh3::xxh3_64;

/// Longest address, in bytes.
const MAX_LENGTH: usize = 2000;
/// Most parts of a path.
const MAX_PARTS: usize = 16;
/// Most parameters of a query.
const MAX_PARAMETERS: usize = 16;
/// Most links from a seed to a page, beside one for each page of the site that brought something
/// new: articles may be linked each to the next …
const MAX_DEPTH: u32 = 200;
/// … as far as nobody writes them without end.
const MAX_CHAIN: u32 = 2_000;
/// Pages that may be fetched before one of them brings something new: of a family, of everything
/// below the first part of the path, of the whole site.
const PATIENCE: [u32; 3] = [40, 200, 1000];
/// What a circle gets that brought nothing on earlier nights.
const SECOND_CHANCE: [u32; 3] = [2, 10, 50];
/// Links taken from one page.
pub const MAX_LINKS: usize = 5_000;

/// File names that are no pages.
const FILES: &[&str] = &[
    "7z", "apk", "avi", "bmp", "css", "csv", "doc", "docx", "eot", "exe", "flv", "gif", "gz", "ico", "iso", "jar",
    "jpeg", "jpg", "js", "m4a", "m4v", "mov", "mp3", "mp4", "mpg", "odp", "ods", "odt", "ogg", "pdf", "png", "ppt",
    "pptx", "rar", "rtf", "svg", "swf", "tar", "tif", "tiff", "ttf", "txt", "wav", "webm", "webp", "wma", "wmv",
    "woff", "woff2", "xls", "xlsx", "zip",
];

/// What is known of one site's families of addresses.
#[derive(Debug, Default)]
pub struct Traps {
    families: HashMap<u64, Family>,
}

#[derive(Debug, Default)]
struct Family {
    /// Admitted and not yet answered for.
    admitted: u32,
    fruitful: u32,
    /// It brought nothing on an earlier night.
    distrusted: bool,
}

impl Family {
    fn patience(&self, circle: usize) -> u32 {
        if self.distrusted { SECOND_CHANCE[circle] } else { PATIENCE[circle] }
    }
}

impl Traps {
    /// Remembers families that brought nothing on earlier nights.
    pub fn distrust(&mut self, families: &[u64]) {
        for family in families {
            self.families.entry(*family).or_default().distrusted = true;
        }
    }

    /// Whether an unknown page may be fetched; counts it. Otherwise what has used up its patience.
    ///
    /// # Errors
    /// The family, section or site that must bring something new first.
    pub fn admit(&mut self, url: &Url, depth: u16) -> Result<(), u64> {
        let circles = circles_of(url);
        let spent = |traps: &Self, circle: usize| {
            let family = traps.families.get(&circles[circle]);
            family.is_some_and(|f| f.admitted >= f.patience(circle).saturating_mul(f.fruitful + 1))
        };
        if let Some(circle) = (0..circles.len()).find(|circle| spent(self, *circle)) {
            return Err(circles[circle]);
        }
        let brought = self.families.get(&circles[2]).map_or(0, |site| site.fruitful.min(MAX_CHAIN));
        if u32::from(depth) > MAX_DEPTH.saturating_add(brought) {
            return Err(circles[0]);
        }
        for circle in circles {
            self.families.entry(circle).or_default().admitted += 1;
        }
        Ok(())
    }

    /// A page brought something new: each such page earns its circles as much patience again.
    /// Returns the circles, of which what was set aside may be tried again.
    pub fn fruitful(&mut self, url: &Url) -> [u64; 3] {
        let circles = circles_of(url);
        for circle in circles {
            self.families.entry(circle).or_default().fruitful += 1;
        }
        circles
    }
}

/// The circles an address stands in: its family, its section, its site.
fn circles_of(url: &Url) -> [u64; 3] {
    let host = url.host_str().unwrap_or_default();
    let section = url.path().split('/').nth(1).filter(|_| url.path().matches('/').count() > 1).unwrap_or_default();
    [family_of(url), xxh3_64(format!("{host}/{section}").as_bytes()), xxh3_64(host.as_bytes())]
}

/// Whether an address could name a page somebody meant.
#[must_use]
pub fn is_sane(url: &Url) -> bool {
    let path = url.path();
    url.as_str().len() <= MAX_LENGTH
        && path.split('/').count() <= MAX_PARTS + 1
        && url.query().is_none_or(|q| q.split('&').count() <= MAX_PARAMETERS)
        && !is_file(path)
        && !repeats(path)
        && !names_far_year(url)
}

/// Whether a path names a file that is no page.
#[must_use]
pub fn is_file(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.rsplit_once('.').is_some_and(|(_, end)| FILES.binary_search(&end.to_ascii_lowercase().as_str()).is_ok())
}

/// Whether a path goes round: a part, or a run of parts, three times in a row.
fn repeats(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').filter(|p| !p.is_empty()).collect();
    (1..=parts.len() / 3)
        .any(|run| parts.windows(run * 3).any(|w| w[..run] == w[run..2 * run] && w[..run] == w[2 * run..]))
}

/// Whether the path or a value of the query names a month of a year long gone or far ahead, as
/// calendars do: `2071-05`, `2071/05`. A number alone may be anybody's id.
fn names_far_year(url: &Url) -> bool {
    let is_far = |year: &str| {
        let year = Some(year).filter(|y| y.len() == 4).and_then(|y| y.parse::<u32>().ok());
        year.is_some_and(|y| (1900..1990).contains(&y) || (2040..2100).contains(&y))
    };
    let is_month = |part: &str| part.parse::<u32>().is_ok_and(|month| (1..=12).contains(&month));
    let in_one = |part: &str| {
        let mut numbers = part.splitn(3, '-');
        numbers.next().is_some_and(is_far) && numbers.next().is_some_and(is_month)
    };
    let values = url.query().into_iter().flat_map(|q| q.split('&')).filter_map(|pair| pair.split_once('='));
    let parts: Vec<&str> = url.path().split('/').collect();
    parts.windows(2).any(|pair| is_far(pair[0]) && is_month(pair[1]))
        || parts.into_iter().chain(values.map(|(_, value)| value)).any(in_one)
}

/// What the addresses of one sort of page have in common: the folder with its numbers aside, the
/// ending, and the names in the query.
#[must_use]
pub fn kin_of(url: &Url) -> u64 {
    let (folder, name) = url.path().rsplit_once('/').unwrap_or_default();
    let numbered = |part: &str| part.bytes().any(|b| b.is_ascii_digit());
    let mut kin: String = folder.split('/').map(|part| if numbered(part) { "/#" } else { part }).collect();
    kin.push('/');
    kin.push_str(name.rsplit_once('.').map_or("", |(_, end)| end));
    for name in parameters(url) {
        kin.push('&');
        kin.push_str(name);
    }
    xxh3_64(kin.as_bytes())
}

/// The names in a query, sorted.
fn parameters(url: &Url) -> Vec<&str> {
    let pairs = url.query().into_iter().flat_map(|q| q.split('&'));
    let mut names: Vec<&str> = pairs.map(|pair| pair.split('=').next().unwrap_or(pair)).collect();
    names.sort_unstable();
    names
}

/// The family of an address: those that differ in numbers and values only are one.
fn family_of(url: &Url) -> u64 {
    let mut shape = String::with_capacity(64);
    let mut parts = url.path().split('/').filter(|p| !p.is_empty()).peekable();
    while let Some(part) = parts.next() {
        // The last part names the page, and its first word often what kind of page; those before it
        // name where it stands.
        let is_name = parts.peek().is_none() && part.len() > 3;
        shape.push('/');
        match part {
            _ if is_name => {
                shape.extend(part.chars().take_while(char::is_ascii_alphabetic));
                shape.push('*');
            }
            _ if part.bytes().any(|b| b.is_ascii_digit()) => shape.push('#'),
            _ => shape.push_str(part),
        }
    }
    for name in parameters(url) {
        shape.push('&');
        shape.push_str(name);
    }
    xxh3_64(shape.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_sorted() {
        assert!(FILES.is_sorted());
    }

    #[test]
    fn some_addresses_name_no_page() {
        for (path, sane) in [
            ("/tin-tuc/bai-viet-123.htm", true),
            ("/a/b/a/b/c", true),
            ("/a/a/a", false),
            ("/a/b/a/b/a/b", false),
            ("/x/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16", false),
            ("/van-ban/qd.PDF", false),
            ("/van-ban/qd.pdf.html", true),
            ("/lich/2026/05", true),
            ("/lich/2071/05", false),
            ("/lich?thang=1970-05", false),
            ("/lich?thang=2026-05", true),
            ("/tin-1971-abc", true),
            ("/20260523", true),
            ("/tin-tuc/1500/ten-bai", true),
            ("/tin?ItemID=1500", true),
            ("/lich?ngay=2071-05-12", false),
        ] {
            let url = Url::parse("https://a.vn").unwrap().join(path).unwrap();
            assert_eq!(is_sane(&url), sane, "{path}");
        }
        assert!(!is_sane(&Url::parse(&format!("https://a.vn/{}", "x".repeat(2000))).unwrap()));
    }

    #[test]
    fn kin_have_folder_ending_and_query_in_common() {
        let kin = |path: &str| kin_of(&Url::parse("https://a.vn").unwrap().join(path).unwrap());
        for (one, other, same) in [
            ("/tin/bai-mot-12.html", "/tin/thong-bao-9.html", true),
            ("/tin/2026/05/x", "/tin/2025/12/y", true),
            ("/tin?id=1", "/tin?id=2", true),
            ("/tin/bai.html", "/tin/bai.html?in=1", false),
            ("/tin/bai.html", "/in/bai.html", false),
            ("/tin/bai", "/tin/bai.html", false),
        ] {
            assert_eq!(kin(one) == kin(other), same, "{one} {other}");
        }
    }

    #[test]
    fn a_family_that_brings_nothing_is_left() {
        let mut traps = Traps::default();
        let page = |n: u32| Url::parse(&format!("https://a.vn/lich/{n}/ngay?d={n}")).unwrap();
        let admitted = (0..10_000).filter(|n| traps.admit(&page(*n), 1).is_ok()).count();
        assert!(admitted <= PATIENCE[0] as usize, "{admitted}");
        // One page with news earns the family more.
        traps.fruitful(&page(0));
        assert!(traps.admit(&page(77), 1).is_ok());
    }

    #[test]
    fn what_brought_nothing_costs_little_on_later_nights() {
        let day = |n: usize| Url::parse(&format!("https://a.vn/lich/thang-{}/{n}/x", "a".repeat(n % 300))).unwrap();
        let mut first = Traps::default();
        let barren: Vec<u64> = (0..2_000).filter_map(|n| first.admit(&day(n), 1).err()).collect();
        let mut later = Traps::default();
        later.distrust(&barren);
        let admitted = (2_000..4_000).filter(|n| later.admit(&day(*n), 1).is_ok()).count();
        assert_eq!(admitted, SECOND_CHANCE[1] as usize);
    }

    #[test]
    fn a_trap_beside_the_news_does_not_hide_them() {
        let mut traps = Traps::default();
        let admit =
            |traps: &mut Traps, path: &str| traps.admit(&Url::parse("https://a.vn").unwrap().join(path).unwrap(), 1);
        assert!((0..99).any(|n| admit(&mut traps, &format!("/lich-ngay-{n}")).is_err()));
        assert!(admit(&mut traps, "/tin-tuc-su-kien").is_ok());
        assert!(admit(&mut traps, "/tin-100.html").is_ok());
    }

    #[test]
    fn a_family_that_brings_articles_goes_on() {
        let mut traps = Traps::default();
        for n in 0..1000 {
            let page = Url::parse(&format!("https://a.vn/tin/bai-{n}")).unwrap();
            assert!(traps.admit(&page, 1).is_ok(), "{n}");
            traps.fruitful(&page);
        }
    }

    #[test]
    fn a_chain_goes_on_as_long_as_it_brings_articles() {
        let page = |n: u16| Url::parse(&format!("https://a.vn/tin/bai-{n}")).unwrap();
        for (fruitful, depth) in [(true, MAX_DEPTH + MAX_CHAIN), (false, PATIENCE[0])] {
            let mut traps = Traps::default();
            let reached = (1..5_000).take_while(|n| {
                let admitted = traps.admit(&page(*n), *n).is_ok();
                if fruitful {
                    traps.fruitful(&page(*n));
                }
                admitted
            });
            assert_eq!(reached.count(), depth as usize, "{fruitful}");
        }
        assert!(Traps::default().admit(&page(201), 201).is_err(), "nobody links so far to nothing");
    }

    #[test]
    fn a_space_of_ever_new_families_ends_too() {
        let mut traps = Traps::default();
        let words = ["mot", "hai", "ba", "bon", "nam"];
        let path = |n: usize| (0..6).map(|i| words[n / 5_usize.pow(i) % 5]).collect::<Vec<_>>().join("/");
        let page = |n: usize| Url::parse(&format!("https://a.vn/lich/{}/", path(n))).unwrap();
        let admitted = (0..15_000).filter(|n| traps.admit(&page(*n), 1).is_ok()).count();
        assert_eq!(admitted, PATIENCE[1] as usize);
    }
}

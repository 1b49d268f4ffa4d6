use cchc_audit::{article::Article, assess::novelty};
fn main() {
    let mut arts = vec![];
    let mut raws = vec![];
    for l in std::fs::read_to_string(std::env::args().nth(1).unwrap()).unwrap().lines() {
        let v: serde_json::Value = serde_json::from_str(l).unwrap();
        let mut v2 = v.clone();
        if v2.get("paragraphs").is_some() {
            v2["body"] = v2["paragraphs"].clone();
            v2["id"] = v2["url"].clone();
            v2["sapo"] = v2["lead"].clone();
        }
        if cchc_audit::time::parse(v2["published"].as_str().unwrap_or("")).is_none() {
            v2["published"] = serde_json::Value::Null;
        }
        let a: Article = serde_json::from_value(v2).unwrap();
        arts.push(a);
        raws.push(v);
    }
    let t = std::time::Instant::now();
    let f = novelty::over_file(&arts);
    eprintln!("{:?} for {}", t.elapsed(), arts.len());
    for ((a, r), f) in arts.iter().zip(&raws).zip(&f) {
        let rel = r["relation"].as_str().unwrap_or("");
        if f.similarity > 0.05 || (rel != "original" && rel != "") {
            println!(
                "{} {} want {} got {} sim {:.3} lab {} of {:?}/{} {}",
                a.id,
                rel,
                r["repost"],
                f.repost,
                f.similarity,
                r["overlap_share"],
                f.repost_of,
                r["of"],
                if rel == "" { a.title.clone() } else { String::new() }
            );
            for e in &f.overlap.earlier {
                println!("      {} {:.2} back {:.2}", e.id, e.share, e.back);
            }
        }
    }
}

//! The demo's `sites.toml`: the portals under their registered names, led to loopback.

use super::portal::Portal;
use super::server::Portals;
use std::fmt::Write as _;

impl Portals {
    /// The text of a `sites.toml` that crawls exactly these portals.
    #[must_use]
    pub fn sites_toml(&self) -> String {
        let mut text = String::from(
            "# Các cổng minh hoạ của `cchc demo`: nội dung hư cấu, chỉ có trên máy này.\n\n\
             [crawler]\ncontact = \"mailto:minh-hoa@localhost\"\ndelay = \"0.05s\"\nallow_private = true\n\
             [crawler.resolve]\n",
        );
        for (host, address) in &self.addresses {
            let _ = writeln!(text, "\"{host}\" = \"{address}\"");
        }
        for portal in &self.demo().portals {
            text.push_str(&site(portal));
        }
        text
    }
}

fn site(portal: &Portal) -> String {
    let unit = portal.unit.as_ref().map(|u| format!("unit = \"{u}\"\n")).unwrap_or_default();
    format!(
        "\n[[site]]\nid = \"{id}\"\nhost = \"{host}\"\nchannel = \"{channel}\"\n{unit}seeds = [\"http://{host}/\"]\n",
        id = portal.id,
        host = portal.host,
        channel = portal.channel.id(),
    )
}

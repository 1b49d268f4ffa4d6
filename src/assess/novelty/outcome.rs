//! The word people read for what was found, and the share of new text behind it.
//!
//! The shares that divide the classes are the plan's; whether an earlier text is tolerated was
//! decided before, by leaving it out of the share.

use super::judge::{PARTIAL, REPOST};

/// Whose the earlier text was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The same unit's, or on the same portal.
    Own,
    /// Another unit's, or nobody's.
    Other,
    /// The city's general portal (hanoi.gov.vn).
    GeneralPortal,
}

/// What an article is beside the texts before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Less than a third of it is old.
    New,
    /// Between a third and half: it counts, and an inspector looks at it.
    Partial,
    /// An old text with a light hand: half or more is old, and a good part is not.
    Edited,
    /// The unit's own text again.
    OwnRepost,
    /// Another's text.
    Repost,
    /// A text of the city's general portal.
    CrossPost,
}

/// From this share of new text on, a repost was worked on.
const WORKED_ON: f64 = 0.2;

/// A share so near to one that divides two classes is told to the tenth of a percent.
const NEAR: f64 = 0.01;

/// A share as people read it, in percent; near to one of the `bounds` exact enough to tell on which
/// side it is: 49,9 is not 50.
#[must_use]
pub fn percent(share: f64, bounds: &[f64]) -> String {
    if bounds.iter().any(|bound| (share - bound).abs() < NEAR) {
        let tenths = (share * 1000.0).floor();
        return format!("{:.1}", tenths / 10.0).replace('.', ",");
    }
    format!("{:.0}", share * 100.0)
}

/// The shares that divide the classes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shares {
    /// From this share of old text on it is taken over in part.
    pub partial: f64,
    /// From this share on it is a repost.
    pub repost: f64,
}

impl Default for Shares {
    fn default() -> Self {
        Self { partial: PARTIAL, repost: REPOST }
    }
}

impl Outcome {
    /// The class of a text of which the share `old` (0–1) stood before, most of it in a text of
    /// that origin.
    #[must_use]
    pub fn of(old: f64, origin: Origin, shares: Shares) -> Self {
        if old < shares.partial {
            return Self::New;
        }
        if old < shares.repost {
            return Self::Partial;
        }
        match origin {
            Origin::GeneralPortal => Self::CrossPost,
            _ if 1.0 - old >= WORKED_ON => Self::Edited,
            Origin::Own => Self::OwnRepost,
            Origin::Other => Self::Repost,
        }
    }

    /// The class in words.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::New => "mới",
            Self::Partial => "đăng lại một phần",
            Self::Edited => "biên tập lại",
            Self::OwnRepost => "đăng lại (của chính đơn vị)",
            Self::Repost => "đăng lại (của nơi khác)",
            Self::CrossPost => "đăng chéo từ Cổng Thành phố",
        }
    }

    /// The class with the share of new text, as a sentence.
    #[must_use]
    pub fn sentence(self, old: f64) -> String {
        format!("{}; {}% nội dung là mới", self.name(), ((1.0 - old) * 100.0).round().clamp(0.0, 100.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_told_on_its_side_of_half() {
        for (share, text) in [
            (0.4999, "49,9"),
            (0.5, "50,0"),
            (0.5004, "50,0"),
            (0.51, "51"),
            (0.489, "49"),
            (1.0 / 3.0, "33,3"),
            (0.0, "0"),
            (1.0, "100"),
        ] {
            assert_eq!(percent(share, &[PARTIAL, REPOST]), text, "{share}");
        }
    }

    #[test]
    fn every_class_has_its_case() {
        use Origin::{GeneralPortal, Other, Own};
        // old share, origin, sentence
        for (old, origin, sentence) in [
            (0.0, Other, "mới; 100% nội dung là mới"),
            (0.333, Other, "mới; 67% nội dung là mới"),
            (0.334, Own, "đăng lại một phần; 67% nội dung là mới"),
            (0.5, GeneralPortal, "đăng chéo từ Cổng Thành phố; 50% nội dung là mới"),
            (0.5, Own, "biên tập lại; 50% nội dung là mới"),
            (0.9, Own, "đăng lại (của chính đơn vị); 10% nội dung là mới"),
            (1.0, Other, "đăng lại (của nơi khác); 0% nội dung là mới"),
        ] {
            assert_eq!(Outcome::of(old, origin, Shares::default()).sentence(old), sentence);
        }
    }
}

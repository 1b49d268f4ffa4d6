//! Reads one tag as the parser will, before it does: how long it is, and how much there is in it.

/// A tag as far as its name does not tell.
pub(super) struct Tag {
    /// Bytes from behind its name to behind its `>`.
    pub(super) length: usize,
    /// How many attributes it has.
    pub(super) attributes: usize,
    /// Signs that have no place where they stand.
    pub(super) odd: usize,
    /// Ends in `/>`.
    pub(super) closes_itself: bool,
}

impl Tag {
    /// Reads a start tag from behind its name to its `>`, as the HTML standard does (13.2.5.32–39).
    pub(super) fn scan(rest: &[u8]) -> Self {
        let (mut attributes, mut odd) = (0, 0);
        let mut part = Part::Space;
        for (at, byte) in rest.iter().enumerate() {
            let blank = byte.is_ascii_whitespace();
            odd += usize::from(part.has_no_place_for(*byte, rest.get(at + 1)));
            part = match (part, byte) {
                (Part::Quoted(quote), b) if *b == quote => Part::Space,
                (Part::Quoted(_), _) => part,
                (_, b'>') => {
                    let closes_itself = at > 0 && rest[at - 1] == b'/';
                    return Self { length: at + 1, attributes, odd, closes_itself };
                }
                (Part::Name | Part::Named, b'=') => Part::Equals,
                (Part::Equals, b'"' | b'\'') => Part::Quoted(*byte),
                (Part::Equals, _) if blank => Part::Equals,
                (Part::Value, _) if blank => Part::Space,
                (Part::Equals | Part::Value, _) => Part::Value,
                (Part::Name | Part::Named, _) if blank => Part::Named,
                (_, b'/') => Part::Space,
                (Part::Space, _) if blank => Part::Space,
                (Part::Name, _) => Part::Name,
                (Part::Space | Part::Named, _) => {
                    attributes += 1;
                    Part::Name
                }
            };
        }
        Self { length: rest.len(), attributes, odd, closes_itself: false }
    }
}

/// Where in a tag a byte stands.
#[derive(Clone, Copy)]
enum Part {
    /// Before an attribute.
    Space,
    /// In its name.
    Name,
    /// Behind its name.
    Named,
    /// Behind its sign of equality.
    Equals,
    /// In a bare value.
    Value,
    /// In a value in these quotes.
    Quoted(u8),
}

impl Part {
    /// Whether a sign is an error here.
    fn has_no_place_for(self, byte: u8, next: Option<&u8>) -> bool {
        match (self, byte) {
            (Self::Quoted(_) | Self::Equals, _) => false,
            (_, b'"' | b'\'' | b'<' | b'`') | (Self::Space | Self::Value, b'=') => true,
            (Self::Space | Self::Name | Self::Named, b'/') => next != Some(&b'>'),
            _ => false,
        }
    }
}

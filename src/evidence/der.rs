//! As much of DER (X.690 §10) as time stamps need: tags of one byte, definite lengths, nothing kept.

/// The tags that are met.
pub(super) mod tag {
    pub(crate) const INTEGER: u8 = 0x02;
    pub(crate) const BIT_STRING: u8 = 0x03;
    pub(crate) const OCTET_STRING: u8 = 0x04;
    pub(crate) const OID: u8 = 0x06;
    pub(crate) const UTC_TIME: u8 = 0x17;
    pub(crate) const GENERALIZED_TIME: u8 = 0x18;
    pub(crate) const SEQUENCE: u8 = 0x30;
    pub(crate) const SET: u8 = 0x31;
}

/// One element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Element<'d> {
    pub(super) tag: u8,
    pub(super) content: &'d [u8],
    /// With its tag and length.
    pub(super) whole: &'d [u8],
}

/// Elements that stand side by side.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'d>(&'d [u8]);

impl<'d> Reader<'d> {
    pub(super) fn new(bytes: &'d [u8]) -> Self {
        Self(bytes)
    }

    /// The content of the next element, which must bear a tag.
    pub(super) fn read(&mut self, tag: u8) -> Option<&'d [u8]> {
        self.next().filter(|element| element.tag == tag).map(|element| element.content)
    }

    /// What stands inside the next element, which must bear a tag.
    pub(super) fn inside(&mut self, tag: u8) -> Option<Self> {
        self.read(tag).map(Self)
    }

    /// The content of the next element if it bears a tag; else nothing is read.
    pub(super) fn optional(&mut self, tag: u8) -> Option<&'d [u8]> {
        (self.0.first() == Some(&tag)).then(|| self.read(tag)).flatten()
    }
}

impl<'d> Iterator for Reader<'d> {
    type Item = Element<'d>;

    fn next(&mut self) -> Option<Element<'d>> {
        let all = self.0;
        let (&tag, rest) = all.split_first()?;
        let (&short, rest) = rest.split_first()?;
        let (length, rest) = match short {
            0..=0x7f => (usize::from(short), rest),
            0x81..=0x83 => {
                let (digits, rest) = rest.split_at_checked(usize::from(short & 0x7f))?;
                (digits.iter().fold(0, |n, digit| n << 8 | usize::from(*digit)), rest)
            }
            _ => return None,
        };
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some(Element { tag, content, whole: &all[..all.len() - rest.len()] })
    }
}

/// An element of some content.
pub(super) fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let digits = &length[length.iter().take_while(|digit| **digit == 0).count()..];
    let head = match content.len() {
        0..=0x7f => vec![tag, content.len() as u8],
        _ => [&[tag, 0x80 | digits.len() as u8], digits].concat(),
    };
    [&head, content].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_what_is_cut_is_not() {
        for length in [0, 1, 127, 128, 255, 256, 70_000] {
            let written = element(tag::OCTET_STRING, &vec![7; length]);
            let read = Reader::new(&written).next().unwrap();
            assert_eq!((read.tag, read.content.len(), read.whole.len()), (4, length, written.len()));
            assert_eq!(Reader::new(&written[..written.len() - 1]).next().map(|e| e.content.len()), None, "{length}");
        }
        for bad in [&[][..], &[0x30], &[0x30, 0x80], &[0x30, 0x84, 0, 0, 0, 1, 5], &[0x30, 0x81]] {
            assert_eq!(Reader::new(bad).next(), None, "{bad:?}");
        }
    }
}

//! Decodes the bytes of a file to UTF-8 (RFC 3629).

/// Replaces malformed input: a byte that never occurs in UTF-8.
const MALFORMED: u8 = 0xff;

/// Detects the encoding and converts to UTF-8, independently of chunk boundaries.
///
/// Malformed input stays malformed, so that the row parser detects invalid UTF-8.
#[derive(Debug, Default)]
pub struct Decoder {
    encoding: Encoding,
    /// Bytes held back until the encoding or the character is known: at most three.
    held: Vec<u8>,
    /// A high surrogate without its low one.
    surrogate: Option<u16>,
    text: Vec<u8>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    /// Nothing has been decoded.
    #[default]
    Unknown,
    /// Everything so far is identical in UTF-8 and Windows-1252.
    Ascii,
    Utf8,
    Utf16Le,
    Utf16Be,
    Windows1252,
}

impl Decoder {
    /// Returns the decoded text and the label of the detected encoding.
    pub fn decode<'a>(&'a mut self, bytes: &'a [u8]) -> (&'a [u8], &'static str) {
        if self.encoding == Encoding::Utf8 && self.held.is_empty() {
            return (bytes, self.label());
        }
        self.text.clear();
        if self.held.is_empty() {
            self.step(bytes, false);
        } else {
            let mut joined = std::mem::take(&mut self.held);
            joined.extend_from_slice(bytes);
            self.step(&joined, false);
        }
        (&self.text, self.label())
    }

    /// Decodes the bytes held back at the end of the file.
    pub fn finish(&mut self) -> (&[u8], &'static str) {
        self.text.clear();
        let held = std::mem::take(&mut self.held);
        self.step(&held, true);
        if self.surrogate.take().is_some() || !self.held.is_empty() {
            self.text.push(MALFORMED);
        }
        (&self.text, self.label())
    }

    fn step(&mut self, bytes: &[u8], last: bool) {
        match self.encoding {
            Encoding::Unknown if bytes.len() < 4 && !last => self.held.extend_from_slice(bytes),
            Encoding::Unknown => {
                let (encoding, mark) = recognise(bytes);
                self.encoding = encoding;
                self.step(&bytes[mark..], last);
            }
            Encoding::Ascii => self.ascii(bytes, last),
            Encoding::Utf8 => self.text.extend_from_slice(bytes),
            Encoding::Utf16Le => self.utf16(bytes, u16::from_le_bytes),
            Encoding::Utf16Be => self.utf16(bytes, u16::from_be_bytes),
            Encoding::Windows1252 => self.windows_1252(bytes),
        }
    }

    /// The first non-ASCII character decides: well-formed UTF-8, otherwise Windows-1252.
    fn ascii(&mut self, bytes: &[u8], last: bool) {
        let (ascii, rest) = bytes.split_at(bytes.iter().position(|byte| !byte.is_ascii()).unwrap_or(bytes.len()));
        self.text.extend_from_slice(ascii);
        if rest.is_empty() {
            return;
        }
        self.encoding = match std::str::from_utf8(&rest[..rest.len().min(4)]) {
            Err(error) if error.valid_up_to() == 0 && error.error_len().is_some() => Encoding::Windows1252,
            Err(error) if error.valid_up_to() == 0 && !last => {
                self.held.extend_from_slice(rest);
                return;
            }
            _ => Encoding::Utf8,
        };
        self.step(rest, last);
    }

    /// UTF-16 (RFC 2781). A lone surrogate is malformed.
    fn utf16(&mut self, bytes: &[u8], unit: fn([u8; 2]) -> u16) {
        let (units, half) = bytes.as_chunks::<2>();
        for unit in units.iter().map(|pair| unit(*pair)) {
            let first = self.surrogate.take();
            match char::decode_utf16(first.into_iter().chain([unit])).next() {
                Some(Ok(character)) => self.push(character),
                _ if first.is_none() && is_high_surrogate(unit) => self.surrogate = Some(unit),
                _ => self.lone(unit, first.is_some()),
            }
        }
        self.held.extend_from_slice(half);
    }

    /// A code unit that cannot be part of a pair, or that does not complete the preceding high surrogate.
    fn lone(&mut self, unit: u16, after_half: bool) {
        self.text.push(MALFORMED);
        match char::from_u32(unit.into()) {
            Some(character) => self.push(character),
            None if after_half && is_high_surrogate(unit) => self.surrogate = Some(unit),
            None => {}
        }
    }

    fn windows_1252(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.push(match byte {
                0x80..=0x9f => WINDOWS_1252[usize::from(byte - 0x80)],
                _ => char::from(byte),
            });
        }
    }

    /// A label of the WHATWG Encoding Standard.
    fn label(&self) -> &'static str {
        match self.encoding {
            Encoding::Unknown | Encoding::Ascii | Encoding::Utf8 => "utf-8",
            Encoding::Utf16Le => "utf-16le",
            Encoding::Utf16Be => "utf-16be",
            Encoding::Windows1252 => "windows-1252",
        }
    }

    fn push(&mut self, character: char) {
        self.text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    }
}

/// Detects a byte order mark and returns its length; without one, recognises UTF-16 by its NUL bytes.
fn recognise(bytes: &[u8]) -> (Encoding, usize) {
    match bytes {
        [0xef, 0xbb, 0xbf, ..] => (Encoding::Utf8, 3),
        [0xff, 0xfe, ..] => (Encoding::Utf16Le, 2),
        [0xfe, 0xff, ..] => (Encoding::Utf16Be, 2),
        [a, 0, b, 0, ..] if *a > 0 && *b > 0 => (Encoding::Utf16Le, 0),
        [0, a, 0, b, ..] if *a > 0 && *b > 0 => (Encoding::Utf16Be, 0),
        _ => (Encoding::Ascii, 0),
    }
}

fn is_high_surrogate(unit: u16) -> bool {
    (0xd800..0xdc00).contains(&unit)
}

/// The characters of bytes 0x80 to 0x9f (WHATWG Encoding Standard, index windows-1252).
#[rustfmt::skip]
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The decoded text and the detected encoding when the bytes arrive in chunks of this size.
    fn decode(bytes: &[u8], size: usize) -> (Vec<u8>, &'static str) {
        let mut decoder = Decoder::default();
        let mut text = Vec::new();
        for piece in bytes.chunks(size) {
            text.extend_from_slice(decoder.decode(piece).0);
        }
        text.extend_from_slice(decoder.finish().0);
        (text, decoder.label())
    }

    #[test]
    fn malformed_text_stays_malformed() {
        let utf16: [(&[u8], &[u8]); 5] = [
            (b"\xff\xfea\0b", b"a\xff"),
            (b"\xff\xfea\0\x00\xd8", b"a\xff"),
            (b"\xff\xfea\0\x00\xd8b\0", b"a\xffb"),
            (b"\xff\xfea\0\x00\xdcb\0", b"a\xffb"),
            (b"\xff\xfe\x3d\xd8\x3d\xd8\x00\xde", b"\xff\xf0\x9f\x98\x80"),
        ];
        for (bytes, text) in utf16 {
            assert_eq!(decode(bytes, 1), (text.to_vec(), "utf-16le"), "{bytes:x?}");
        }
        for bytes in [&b"abc\xc3"[..], b"ab\xe2\x82", "é\u{20ac}".as_bytes(), b"\xc3\xa9\xff", b"\xf0\x9f\x98"] {
            assert_eq!(decode(bytes, 1), (bytes.to_vec(), "utf-8"), "{bytes:x?}");
        }
        assert_eq!(decode(b"\xef\xbb\xbfa\xe9b", 2), (b"a\xe9b".to_vec(), "utf-8"));
        assert_eq!(decode(b"na\xefve \x80", 1), ("naïve €".into(), "windows-1252"));
    }

    proptest! {
        #[test]
        fn chunk_boundaries_do_not_matter(
            bytes in prop::collection::vec(prop::sample::select(&b"ab\0\xc3\xa9\xff\xfe\xef\xbb\xbf\xd8\xde\xf0\x9f"[..]), 0..24),
            size in 1_usize..6,
        ) {
            prop_assert_eq!(decode(&bytes, size), decode(&bytes, bytes.len().max(1)));
        }

        #[test]
        fn text_is_read_in_every_unicode_encoding(text in "[ -~]{2}.*", size in 1_usize..6) {
            let units: Vec<u16> = text.encode_utf16().collect();
            let le: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
            let be: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
            for (mark, bytes, label) in [
                (&b""[..], text.as_bytes(), "utf-8"),
                (b"\xef\xbb\xbf", text.as_bytes(), "utf-8"),
                (b"", &le, "utf-16le"),
                (b"\xff\xfe", &le, "utf-16le"),
                (b"", &be, "utf-16be"),
                (b"\xfe\xff", &be, "utf-16be"),
            ] {
                prop_assert_eq!(decode(&[mark, bytes].concat(), size), (text.clone().into_bytes(), label));
            }
        }
    }
}

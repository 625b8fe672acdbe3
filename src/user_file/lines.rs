/// Counts lines: LF, CRLF and CR each end one, independently of chunk boundaries.
#[derive(Debug, Clone, Copy)]
pub struct Lines {
    /// From 1.
    pub line: u64,
    after_cr: bool,
}

impl Default for Lines {
    fn default() -> Self {
        Self { line: 1, after_cr: false }
    }
}

impl Lines {
    pub fn count(&mut self, text: &[u8]) {
        for &byte in text {
            self.line += u64::from(byte == b'\r' || (byte == b'\n' && !self.after_cr));
            self.after_cr = byte == b'\r';
        }
    }
}

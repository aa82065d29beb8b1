//! Buffers that start at a page boundary.

use std::ops::{Deref, DerefMut, Range};

const PAGE: usize = 4096;

/// Bytes whose first one lies at a page boundary.
///
/// The kernel copies from the page cache into a misaligned buffer up to five times slower, and a large
/// `Vec` is misaligned: the allocator puts its header before it.
pub struct Buffer {
    bytes: Vec<u8>,
    start: usize,
}

impl Buffer {
    pub fn new(len: usize) -> Self {
        let bytes = vec![0; len + PAGE];
        let start = bytes.as_ptr().align_offset(PAGE).min(PAGE);
        Buffer { bytes, start }
    }

    /// Adds `more` bytes behind those there are. The allocator moves a large buffer without a second one
    /// beside it.
    fn grow(&mut self, more: usize) {
        let (before, len) = (self.start, self.len());
        self.bytes.reserve_exact(more);
        self.bytes.resize(self.bytes.len() + more, 0);
        self.start = self.bytes.as_ptr().align_offset(PAGE).min(PAGE);
        self.bytes.copy_within(before..before + len, self.start);
    }
}

impl Deref for Buffer {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes[self.start..][..self.bytes.len() - PAGE]
    }
}

impl DerefMut for Buffer {
    fn deref_mut(&mut self) -> &mut [u8] {
        let len = self.bytes.len() - PAGE;
        &mut self.bytes[self.start..][..len]
    }
}

impl AsMut<[u8]> for Buffer {
    fn as_mut(&mut self) -> &mut [u8] {
        self
    }
}

/// Bytes that were read and are not yet consumed, in a buffer with room behind them.
pub struct Window {
    buffer: Buffer,
    start: usize,
    end: usize,
}

impl Window {
    /// What a read should begin at a multiple of, to be fast.
    const ALIGNMENT: usize = 64;
    /// What a buffer that is too short for a record grows by at most.
    const STEP: usize = 4 << 20;

    /// An empty window in `buffer`.
    pub fn new(buffer: Buffer) -> Self {
        Window { buffer, start: 0, end: 0 }
    }

    pub fn filled(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    pub fn clear(&mut self) {
        (self.start, self.end) = (0, 0);
    }

    /// Consumes bytes at the start of the filled ones.
    pub fn consume(&mut self, len: usize) {
        self.start += len;
    }

    /// Room behind the filled bytes, which must be [added](Self::add) once it is filled. The buffer
    /// grows if there is none.
    pub fn room(&mut self) -> &mut [u8] {
        if self.end == self.buffer.len() {
            self.buffer.grow(self.buffer.len().min(Self::STEP));
        }
        &mut self.buffer[self.end..]
    }

    pub fn add(&mut self, len: usize) {
        self.end += len;
    }

    /// Moves what is left to the start of the buffer.
    pub fn compact(&mut self) {
        let len = self.end - self.start;
        let start = Self::aligned_start(len);
        self.buffer.copy_within(self.start..self.end, start);
        (self.start, self.end) = (start, start + len);
    }

    /// Moves what is left to `buffer`, which becomes the window's; returns the buffer before.
    pub fn move_to(&mut self, mut buffer: Buffer) -> Buffer {
        let len = self.end - self.start;
        let start = Self::aligned_start(len);
        buffer[start..start + len].copy_from_slice(self.filled());
        (self.start, self.end) = (start, start + len);
        std::mem::replace(&mut self.buffer, buffer)
    }

    /// The length of a buffer to which what is left can be moved, with `room` behind it.
    pub fn len_with(&self, room: usize) -> usize {
        let len = self.end - self.start;
        Self::aligned_start(len) + len + room
    }

    /// Where in the buffer the filled bytes are.
    pub fn range(&self) -> Range<usize> {
        self.start..self.end
    }

    fn aligned_start(len: usize) -> usize {
        len.next_multiple_of(Self::ALIGNMENT) - len
    }
}

#[cfg(test)]
mod tests {
    use super::{Buffer, PAGE};

    #[test]
    fn starts_at_a_page() {
        for len in [0, 1, 5000, 256 << 10] {
            let mut buffer = Buffer::new(len);
            assert_eq!(buffer.len(), len);
            assert_eq!(buffer.as_ptr() as usize % PAGE, 0);
            buffer.fill(1);
            for more in [1, 300, 4 << 20] {
                let before = buffer.len();
                buffer.grow(more);
                assert_eq!(buffer.len(), before + more);
                assert_eq!(buffer.as_ptr() as usize % PAGE, 0);
                assert!(buffer[..before].iter().all(|byte| *byte == 1));
                buffer.fill(1);
            }
        }
    }
}

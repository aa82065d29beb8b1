//! Buffers that start at a page boundary.

use std::ops::{Deref, DerefMut};

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
        }
    }
}

//! Brings values into the cache before they are needed, and all unsafe code of the crate.

#![allow(unsafe_code)]

/// Bytes that come into the cache at once.
#[cfg(any(target_arch = "x86_64", test))]
const LINE: usize = 64;

/// Begins to bring a value into the second-level cache. What comes next need not wait for it.
// Not into the first-level cache, which waits for fewer lines at a time.
#[inline(always)]
pub fn prefetch<T: Copy>(value: &T) {
    #[cfg(target_arch = "x86_64")]
    offsets(size_of::<T>(), align_of::<T>()).for_each(|offset| {
        use std::arch::x86_64::{_MM_HINT_T1, _mm_prefetch};

        let at = std::ptr::from_ref(value).cast::<i8>().wrapping_add(offset);
        // SAFETY: a prefetch reads nothing that the program sees, from any address.
        unsafe { _mm_prefetch::<_MM_HINT_T1>(at) };
    });
    // Elsewhere a load does it, which the processor waits for only once it has begun many.
    #[cfg(not(target_arch = "x86_64"))]
    std::hint::black_box(*value);
}

/// Offsets of bytes in each line that a value may lie in.
#[cfg(any(target_arch = "x86_64", test))]
#[inline(always)]
fn offsets(size: usize, align: usize) -> impl Iterator<Item = usize> {
    let last = (size > align.min(LINE)).then(|| size - 1);
    (0..size).step_by(LINE).chain(last)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{LINE, offsets};

    #[test]
    fn every_line_of_a_value_is_named() {
        for align in [1, 4, 64, 128] {
            for size in (align..300).step_by(align) {
                for start in (0..LINE.max(align)).step_by(align) {
                    let lines: BTreeSet<_> = (start..start + size).map(|at| at / LINE).collect();
                    let named = offsets(size, align).map(|offset| (start + offset) / LINE).collect();
                    assert_eq!(lines, named, "{size} bytes at {start}");
                }
            }
        }
    }
}

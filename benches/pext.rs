//! A switch on the length, then on a few bits of the key: what one would tune by hand.
//!
//! After Wojciech Mula, "Modern perfect hashing for strings": for each length, PEXT gathers the bits
//! that tell the codes of that length apart.

use std::arch::x86_64::_pext_u64;

use event_log_codes::EventCode;

pub struct PextMap {
    by_len: Vec<Table>,
}

/// The codes of one length.
#[derive(Clone, Default)]
struct Table {
    mask: u64,
    slots: Vec<Option<([u64; 3], EventCode)>>,
}

impl PextMap {
    /// `None` where the processor lacks PEXT.
    pub fn new() -> Option<PextMap> {
        if !is_x86_feature_detected!("bmi2") {
            return None;
        }
        let longest = EventCode::ALL.iter().map(|code| code.as_str().len()).max().unwrap_or(0);
        let mut by_len = vec![Table::default(); longest + 1];
        for (len, table) in by_len.iter_mut().enumerate() {
            let codes = EventCode::ALL.iter().filter(|code| code.as_str().len() == len);
            let words: Vec<_> = codes.map(|code| (words(code.as_str().as_bytes()), *code)).collect();
            if words.is_empty() {
                continue;
            }
            let gathered = |mask| {
                let mut all: Vec<u64> = words.iter().map(|(words, _)| bits(words) & mask).collect();
                all.sort();
                all.dedup();
                all.len()
            };
            assert_eq!(gathered(u64::MAX), words.len(), "codes of {len} bytes differ elsewhere");
            table.mask = (0..64).fold(u64::MAX, |mask, bit| {
                let smaller = mask & !(1 << bit);
                if gathered(smaller) == words.len() { smaller } else { mask }
            });
            table.slots = vec![None; 1 << table.mask.count_ones()];
            for (words, code) in words {
                // SAFETY: the processor has the feature.
                let slot = unsafe { _pext_u64(bits(&words), table.mask) };
                table.slots[slot as usize] = Some((words, code));
            }
        }
        Some(PextMap { by_len })
    }

    #[target_feature(enable = "bmi2")]
    #[inline]
    fn get(&self, code: &[u8]) -> Option<EventCode> {
        let table = self.by_len.get(code.len())?;
        if table.slots.is_empty() {
            return None;
        }
        let words = words(code);
        let slot = table.slots.get(_pext_u64(bits(&words), table.mask) as usize)?;
        slot.filter(|(known, _)| *known == words).map(|(_, code)| code)
    }

    /// The sum of what is found for each key, so that the whole loop may use PEXT.
    pub fn sum(&self, keys: &[&str], miss: usize) -> usize {
        #[target_feature(enable = "bmi2")]
        fn sum(map: &PextMap, keys: &[&str], miss: usize) -> usize {
            let mut sum = 0;
            for key in keys {
                sum += map.get(key.as_bytes()).map_or(miss, EventCode::index);
            }
            sum
        }
        // SAFETY: `new` made sure that the processor has the feature.
        unsafe { sum(self, keys, miss) }
    }
}

/// Where the codes of one length differ: in the last bytes, and in the digit of the family.
#[inline(always)]
fn bits([last, first, _]: &[u64; 3]) -> u64 {
    last ^ first.rotate_right(16)
}

/// The last eight bytes, the first, and those in the middle; with four where there are no eight.
#[inline(always)]
fn words(code: &[u8]) -> [u64; 3] {
    let eight = |at: usize| code[at..].first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes));
    let four = |at: usize| code[at..].first_chunk().map_or(0, |bytes| u64::from(u32::from_le_bytes(*bytes)));
    match code.len() {
        len @ 8.. => [eight(len - 8), eight(0), eight((len - 8) / 2)],
        len @ 4.. => [four(len - 4), four(0), 0],
        _ => [0; 3],
    }
}

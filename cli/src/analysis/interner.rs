//! Texts that occur again and again, each kept once.

use std::collections::HashMap;

use foldhash::fast::RandomState;

/// Gives each distinct text a small number.
#[derive(Default)]
pub struct Interner {
    numbers: HashMap<Box<[u8]>, u32, RandomState>,
    texts: Vec<Box<[u8]>>,
}

impl Interner {
    pub fn number(&mut self, text: &[u8]) -> u32 {
        if let Some(&number) = self.numbers.get(text) {
            return number;
        }
        let number = self.texts.len() as u32;
        self.texts.push(text.into());
        self.numbers.insert(text.into(), number);
        number
    }

    pub fn bytes(&self, number: u32) -> &[u8] {
        &self.texts[number as usize]
    }

    /// What is not UTF-8 of it is replaced.
    pub fn text(&self, number: u32) -> String {
        String::from_utf8_lossy(self.bytes(number)).into_owned()
    }

    /// The number of `text`, or of `instead` once `limit` others have one.
    pub fn number_within(&mut self, limit: usize, text: &[u8], instead: &[u8]) -> u32 {
        let full = self.texts.len() >= limit && !self.numbers.contains_key(text);
        self.number(if full { instead } else { text })
    }

    /// The texts in the order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        self.texts.iter().map(|text| &**text)
    }
}

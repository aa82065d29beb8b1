//! What an input holds, by its first bytes.

/// Bytes that are looked at: the mark of a tar archive ends here.
pub const HEAD: usize = 262;

/// What an input holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// Text in UTF-8 or a single-byte encoding, or anything else that can be searched as it is.
    Text,
    /// Text in UTF-16.
    Utf16(Endian),
    /// Compressed data.
    Compressed(Compression),
    /// No lines of text: what it is, and what to do with it.
    Unsupported(&'static str),
}

/// The order of the bytes of UTF-16.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endian {
    /// The lower byte first.
    Little,
    /// The higher byte first.
    Big,
}

/// How data is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// gzip
    Gzip,
    /// zstd
    Zstd,
    /// bzip2
    Bzip2,
    /// xz
    Xz,
    /// lz4, in frames
    Lz4,
    /// A frame that decoders of zstd and lz4 skip. pzstd begins its files with one.
    Skippable,
}

/// What compressed data begins with. No mark here or below has a line feed: see [`needs_more`].
const COMPRESSED: [(&[u8], Compression); 5] = [
    (b"\x1f\x8b", Compression::Gzip),
    (b"\x28\xb5\x2f\xfd", Compression::Zstd),
    (b"BZh", Compression::Bzip2),
    (b"\xfd7zXZ\0", Compression::Xz),
    (b"\x04\x22\x4d\x18", Compression::Lz4),
];

/// What unsupported formats begin with. Each mark is one that no log begins with.
const UNSUPPORTED: [(&[u8], &str); 30] = [
    (b"PAR1", "a Parquet file, which event-codes-sql reads"),
    (b"PK\x03\x04", "a zip archive: extract it first"),
    (b"PK\x05\x06", "a zip archive: extract it first"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive: extract it first"),
    (b"Rar!\x1a\x07", "a RAR archive: extract it first"),
    (b"MSCF\0\0\0\0", "a Windows cabinet: extract it first"),
    (b"\x1f\x9d", "compressed by compress (.Z): decompress it first"),
    (b"\x02\x21\x4c\x18", "compressed in the legacy format of lz4: decompress it first"),
    (b"\x5d\0\0", "compressed by lzma: decompress it first"),
    (b"\xff\x06\0\0sNaPpY", "compressed by Snappy: decompress it first"),
    (b"LZIP\x01", "compressed by lzip: decompress it first"),
    (b"\x89LZO\0", "compressed by lzop: decompress it first"),
    (b"\x7fELF", "an ELF program"),
    (b"MZ\x90\0", "a Windows program"),
    (b"\xcf\xfa\xed\xfe", "a macOS program"),
    (b"\xca\xfe\xba\xbe", "a macOS program or a Java class"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"%PDF-", "a PDF document"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Office document: export it as CSV or text first"),
    (b"SQLite format 3\0", "a SQLite database: export it first"),
    (b"bplist00", "a property list of macOS: convert it to text first"),
    (b"Obj\x01", "an Avro file: export it first"),
    (b"ARROW1\0\0", "an Arrow file: export it first"),
    (b"SEQ\x06", "a Hadoop sequence file: export it first"),
    (b"LPKSHHRH", "a systemd journal: read it with `journalctl -o json`"),
    (b"ElfFile\0", "a Windows event log: export it as text first"),
    (b"\xd4\xc3\xb2\xa1", "a packet capture"),
    (b"\0\0\xfe\xff", "text in UTF-32: convert it to UTF-8 first"),
];

impl Content {
    /// Returns what an input that begins with `head` holds; `head` must be as long as [`needs_more`] asks.
    #[must_use]
    pub fn of(head: &[u8]) -> Self {
        if let Some(compression) = Compression::of(head) {
            return Content::Compressed(compression);
        }
        if let Some(&(_, what)) = UNSUPPORTED.iter().find(|(mark, _)| head.starts_with(mark)) {
            return Content::Unsupported(what);
        }
        match head {
            [0xff, 0xfe, 0, 0, ..] => Content::Unsupported("text in UTF-32: convert it to UTF-8 first"),
            [0xff, 0xfe, ..] => Content::Utf16(Endian::Little),
            [0xfe, 0xff, ..] => Content::Utf16(Endian::Big),
            _ if is_orc(head) => Content::Unsupported("an ORC file: export it first"),
            _ if is_tar(head) => Content::Unsupported("a tar archive: extract it first"),
            _ => unmarked_utf16(head).map_or(Content::Text, Content::Utf16),
        }
    }
}

impl Compression {
    /// Returns how data that begins with `head` is compressed; `None` if it is not.
    #[must_use]
    pub fn of(head: &[u8]) -> Option<Self> {
        if let [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] = head {
            return Some(Compression::Skippable);
        }
        COMPRESSED.iter().find(|(mark, _)| head.starts_with(mark)).map(|&(_, compression)| compression)
    }
}

/// Whether more of the input than `head` must be seen to know what it holds. The first line of a live
/// input is always enough, so that it is passed on at once.
#[must_use]
pub fn needs_more(head: &[u8]) -> bool {
    head.len() < HEAD && !head.contains(&b'\n')
}

/// Whether `head` is that of an ORC file: its mark are three letters that a log may begin with, too. The header of
/// a compressed chunk, or what makes the first line end there, follows.
fn is_orc(head: &[u8]) -> bool {
    let is_binary = |byte: &u8| byte.is_ascii_control() && !byte.is_ascii_whitespace() && *byte != b'\x1b';
    match head.strip_prefix(b"ORC") {
        Some([b'\n', ..]) => true,
        Some(rest) => rest.iter().take(3).any(is_binary),
        None => false,
    }
}

fn is_tar(head: &[u8]) -> bool {
    const MARK: &[u8] = b"ustar";
    let (start, mark) = head.split_at(head.len().min(HEAD - MARK.len()));
    mark.starts_with(MARK) && !start.contains(&b'\n')
}

/// The encoding of ASCII text of which every other byte is zero, although no byte-order mark says so.
fn unmarked_utf16(head: &[u8]) -> Option<Endian> {
    const UNITS: usize = 8;
    let line = head.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let units: Vec<_> = line.chunks_exact(2).take(UNITS).collect();
    let ascii = |byte: u8| byte.is_ascii_graphic() || byte.is_ascii_whitespace();
    if units.len() < 2 {
        None
    } else if units.iter().all(|unit| ascii(unit[0]) && unit[1] == 0) {
        Some(Endian::Little)
    } else if units.iter().all(|unit| unit[0] == 0 && ascii(unit[1])) {
        Some(Endian::Big)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::{COMPRESSED, Content, Endian, UNSUPPORTED, needs_more};

    /// The bytes of `head` that are looked at if they arrive one by one.
    fn trickled(head: &[u8]) -> &[u8] {
        let mut len = 0;
        while len < head.len() && needs_more(&head[..len]) {
            len += 1;
        }
        &head[..len]
    }

    #[test]
    fn content_does_not_depend_on_how_the_bytes_arrive() {
        let tar = [&[b'n'; 100][..], &[0; 157], b"ustar\0", &[b'\n'; 40]].concat();
        let mut heads =
            vec![tar, b"{\0\"\0a\0\n\0".to_vec(), b"\0[\0 \0\n".to_vec(), b"\xff\xfea\0".to_vec()];
        let marks = COMPRESSED.iter().map(|&(mark, _)| mark).chain(UNSUPPORTED.iter().map(|&(mark, _)| mark));
        heads.extend(marks.map(|mark| [mark, b"\n rest"].concat()));
        // Uncompressed, compressed, and without rows, as pyarrow writes them.
        for start in
            [&b"ORC\n\x06\x12\x04"[..], b"ORC\x11\0\0\n\x06", b"ORC\x08\x03\x10\0", b"ORC\x92\0\0\xe3"]
        {
            heads.push([start, &[b'x'; 300]].concat());
        }
        for head in &heads {
            assert_ne!(Content::of(head), Content::Text, "{head:x?}");
            assert_eq!(Content::of(trickled(head)), Content::of(head), "{head:x?}");
        }
    }

    #[test]
    fn logs_are_text() {
        for head in [
            &b""[..],
            b"\n",
            b"{\"a\":1}\n",
            b"PAR: x\n",
            b"MZ-7 SYS_105\n",
            b"BZ SYS_105\n",
            b"\0SYS_105\0\n",
            b"\xef\xbb\xbf{}\n",
            b"GIF\n",
            b"ORCHESTRATOR SYS_105\n",
            b"ORC SYS_105\n",
            b"ORC\x1b[31mSYS_105\n",
            b"a\0\xff\0",
        ] {
            assert_eq!(Content::of(head), Content::Text, "{head:x?}");
        }
    }

    #[test]
    fn utf16_needs_no_mark() {
        assert_eq!(Content::of(b"{\0\"\0a\0"), Content::Utf16(Endian::Little));
        assert_eq!(Content::of(b"\0{\0\"\0a"), Content::Utf16(Endian::Big));
    }
}

//! The type of a content from its first bytes: the WHATWG MIME sniffing algorithm.

/// How many bytes are looked at.
pub(super) const SNIFF_LEN: usize = 512;

/// A byte pattern and the type of what begins with it. `?` in the pattern of a [`Kind::Gaps`] stands for any byte.
struct Signature {
    /// How it is compared.
    kind: Kind,
    /// The bytes.
    pattern: &'static [u8],
    /// The type.
    content_type: &'static str,
}

/// How a pattern is compared.
enum Kind {
    /// Behind white space, letters of either case, a space or `>` behind it.
    Tag,
    /// Behind white space.
    Text,
    /// Byte by byte.
    Exact,
    /// Byte by byte, with at least this many bytes more.
    Before(usize),
    /// `?` is any byte.
    Gaps,
    /// A file type box that names an MP4 brand.
    Mp4,
}

/// The first bytes of the patterns: most texts begin with another one, and need not be compared with any.
static BEGINNINGS: [bool; 256] = {
    let mut table = [false; 256];
    let mut at = 0;
    while at < SIGNATURES.len() {
        if let Some(first) = SIGNATURES[at].pattern.first() {
            table[*first as usize] = true;
        }
        at += 1;
    }
    table
};

/// The type of an HTML page.
const HTML: &str = "text/html; charset=utf-8";

/// A signature.
const fn signature(kind: Kind, pattern: &'static [u8], content_type: &'static str) -> Signature {
    Signature { kind, pattern, content_type }
}

/// The signatures; the first that matches counts.
static SIGNATURES: &[Signature] = &[
    signature(Kind::Tag, b"<!DOCTYPE HTML", HTML),
    signature(Kind::Tag, b"<HTML", HTML),
    signature(Kind::Tag, b"<HEAD", HTML),
    signature(Kind::Tag, b"<SCRIPT", HTML),
    signature(Kind::Tag, b"<IFRAME", HTML),
    signature(Kind::Tag, b"<H1", HTML),
    signature(Kind::Tag, b"<DIV", HTML),
    signature(Kind::Tag, b"<FONT", HTML),
    signature(Kind::Tag, b"<TABLE", HTML),
    signature(Kind::Tag, b"<A", HTML),
    signature(Kind::Tag, b"<STYLE", HTML),
    signature(Kind::Tag, b"<TITLE", HTML),
    signature(Kind::Tag, b"<B", HTML),
    signature(Kind::Tag, b"<BODY", HTML),
    signature(Kind::Tag, b"<BR", HTML),
    signature(Kind::Tag, b"<P", HTML),
    signature(Kind::Tag, b"<!--", HTML),
    signature(Kind::Text, b"<?xml", "text/xml; charset=utf-8"),
    signature(Kind::Exact, b"%PDF-", "application/pdf"),
    signature(Kind::Exact, b"%!PS-Adobe-", "application/postscript"),
    signature(Kind::Before(2), b"\xFE\xFF", "text/plain; charset=utf-16be"),
    signature(Kind::Before(2), b"\xFF\xFE", "text/plain; charset=utf-16le"),
    signature(Kind::Before(1), b"\xEF\xBB\xBF", "text/plain; charset=utf-8"),
    signature(Kind::Exact, b"\0\0\x01\0", "image/x-icon"),
    signature(Kind::Exact, b"\0\0\x02\0", "image/x-icon"),
    signature(Kind::Exact, b"BM", "image/bmp"),
    signature(Kind::Exact, b"GIF87a", "image/gif"),
    signature(Kind::Exact, b"GIF89a", "image/gif"),
    signature(Kind::Gaps, b"RIFF????WEBPVP", "image/webp"),
    signature(Kind::Exact, b"\x89PNG\r\n\x1A\n", "image/png"),
    signature(Kind::Exact, b"\xFF\xD8\xFF", "image/jpeg"),
    signature(Kind::Gaps, b"FORM????AIFF", "audio/aiff"),
    signature(Kind::Exact, b"ID3", "audio/mpeg"),
    signature(Kind::Exact, b"OggS\0", "application/ogg"),
    signature(Kind::Exact, b"MThd\0\0\0\x06", "audio/midi"),
    signature(Kind::Gaps, b"RIFF????AVI ", "video/avi"),
    signature(Kind::Gaps, b"RIFF????WAVE", "audio/wave"),
    signature(Kind::Mp4, b"ftyp", "video/mp4"),
    signature(Kind::Exact, b"\x1A\x45\xDF\xA3", "video/webm"),
    signature(Kind::Gaps, b"??????????????????????????????????LP", "application/vnd.ms-fontobject"),
    signature(Kind::Exact, b"\0\x01\0\0", "font/ttf"),
    signature(Kind::Exact, b"OTTO", "font/otf"),
    signature(Kind::Exact, b"ttcf", "font/collection"),
    signature(Kind::Exact, b"wOFF", "font/woff"),
    signature(Kind::Exact, b"wOF2", "font/woff2"),
    signature(Kind::Exact, b"\x1F\x8B\x08", "application/x-gzip"),
    signature(Kind::Exact, b"PK\x03\x04", "application/zip"),
    signature(Kind::Exact, b"Rar!\x1A\x07\0", "application/x-rar-compressed"),
    signature(Kind::Exact, b"Rar!\x1A\x07\x01\0", "application/x-rar-compressed"),
    signature(Kind::Exact, b"\0asm", "application/wasm"),
];

impl Signature {
    /// Whether `data` begins so; `text` is `data` without the white space before it.
    fn matches(&self, data: &[u8], text: &[u8]) -> bool {
        let length = self.pattern.len();
        match self.kind {
            Kind::Tag => {
                text.get(..length).is_some_and(|tag| tag.eq_ignore_ascii_case(self.pattern))
                    && matches!(text.get(length), Some(b' ' | b'>'))
            }
            Kind::Text => text.starts_with(self.pattern),
            Kind::Exact => data.starts_with(self.pattern),
            Kind::Mp4 => is_mp4(data),
            Kind::Before(more) => data.starts_with(self.pattern) && data.len() >= length + more,
            Kind::Gaps => {
                data.len() >= length && self.pattern.iter().zip(data).all(|(want, got)| *want == b'?' || want == got)
            }
        }
    }
}

/// Whether `data` begins with an MP4 file type box that names an MP4 brand.
fn is_mp4(data: &[u8]) -> bool {
    let Some((size, rest)) = data.split_first_chunk::<4>() else { return false };
    let size = u32::from_be_bytes(*size) as usize;
    if data.len() < 12 || data.len() < size || !size.is_multiple_of(4) || !rest.starts_with(b"ftyp") {
        return false;
    }
    // The four bytes at 12 are the version of the major brand.
    (8..size).step_by(4).any(|at| at != 12 && data[at..].starts_with(b"mp4"))
}

/// Whether `byte` does not occur in texts.
fn is_binary(byte: u8) -> bool {
    /// Those below a space.
    const BINARY: u32 = !(1 << b'\t' | 1 << b'\n' | 1 << 0x0C | 1 << b'\r' | 1 << 0x1B);
    byte < b' ' && BINARY >> byte & 1 != 0
}

/// The MIME type of a content, from its first 512 bytes; `application/octet-stream` if they do not tell.
///
/// # Go
/// `http.DetectContentType(data)`
///
/// # Examples
/// ```
/// assert_eq!(go::http::detect_content_type(b"hello"), "text/plain; charset=utf-8");
/// assert_eq!(go::http::detect_content_type(b"<html>"), "text/html; charset=utf-8");
/// ```
#[must_use]
pub fn detect_content_type(data: &[u8]) -> &'static str {
    let data = &data[..data.len().min(SNIFF_LEN)];
    let spaces = data.iter().take_while(|byte| matches!(byte, b'\t' | b'\n' | 0x0C | b'\r' | b' ')).count();
    let text = &data[spaces..];
    let begins = |bytes: &[u8]| bytes.first().is_some_and(|first| BEGINNINGS[usize::from(*first)]);
    // An MP4 file begins with a zero, which begins other patterns too; of the embedded font only this is known.
    if (begins(data) || begins(text) || data.get(34..36) == Some(b"LP"))
        && let Some(signature) = SIGNATURES.iter().find(|signature| signature.matches(data, text))
    {
        return signature.content_type;
    }
    if text.iter().any(|byte| is_binary(*byte)) { "application/octet-stream" } else { "text/plain; charset=utf-8" }
}

#[cfg(test)]
mod tests {
    use super::detect_content_type;

    #[test]
    fn contents_are_told_by_their_first_bytes() {
        for (data, content_type) in [
            (&b""[..], "text/plain; charset=utf-8"),
            (b"plain words\n", "text/plain; charset=utf-8"),
            (b"\x01\x02", "application/octet-stream"),
            (b"  \n\x02", "application/octet-stream"),
            (b"{\"a\":1}", "text/plain; charset=utf-8"),
            (b"\n <!doctype Html>...", "text/html; charset=utf-8"),
            (b"<h1>x", "text/html; charset=utf-8"),
            (b"<html", "text/plain; charset=utf-8"),
            (b"<h2>x", "text/plain; charset=utf-8"),
            (b"<a ", "text/html; charset=utf-8"),
            (b"<!-->", "text/html; charset=utf-8"),
            (b"\t<?xml version", "text/xml; charset=utf-8"),
            (b" %PDF-1", "text/plain; charset=utf-8"),
            (b"%PDF-1", "application/pdf"),
            (b"\xFE\xFF", "text/plain; charset=utf-8"),
            (b"\xFE\xFFxx", "text/plain; charset=utf-16be"),
            (b"\xFF\xFExx", "text/plain; charset=utf-16le"),
            (b"\xEF\xBB\xBFx", "text/plain; charset=utf-8"),
            (b"GIF89a.", "image/gif"),
            (b"\x89PNG\r\n\x1a\n", "image/png"),
            (b"\xFF\xD8\xFF\xDB", "image/jpeg"),
            (b"RIFFabcdWEBPVP8", "image/webp"),
            (b"RIFFabcdWAVEfmt", "audio/wave"),
            (b"RIFFabcdOTHER", "text/plain; charset=utf-8"),
            (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom\0", "video/mp4"),
            (b"\0\0\0\x18ftypisom\0\0\0\0isomavc1\0", "application/octet-stream"),
            (b"\0\0\0\x18ftypisom\0\0\0\0mp41avc1\0", "video/mp4"),
            (b"\x1F\x8B\x08\0", "application/x-gzip"),
            (b"PK\x03\x04", "application/zip"),
            (b"\0asm\x01", "application/wasm"),
        ] {
            assert_eq!(detect_content_type(data), content_type, "{:?}", String::from_utf8_lossy(data));
        }
        let mut font = [7_u8; 40];
        font[34..36].copy_from_slice(b"LP");
        assert_eq!(detect_content_type(&font), "application/vnd.ms-fontobject");
    }

    #[test]
    fn only_the_first_bytes_count() {
        let mut data = vec![b'x'; 600];
        data[512] = 0;
        assert_eq!(detect_content_type(&data), "text/plain; charset=utf-8");
        data[511] = 0;
        assert_eq!(detect_content_type(&data), "application/octet-stream");
    }
}

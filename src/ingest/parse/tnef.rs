//! The attachments inside `winmail.dat` (application/ms-tnef, MS-OXTNEF), which Outlook sends instead of parts.
//!
//! Reads names and contents of attachments, nothing else: the text is in the mail as well, and properties are
//! not our business. A stream that is cut off or lies about its lengths gives what was sound until there.

/// The first four octets of a stream.
const SIGNATURE: u32 = 0x223e_9f78;
/// Attributes looked at in one stream.
const MAX_ATTRIBUTES: usize = 10_000;
/// Properties looked at in one list.
const MAX_PROPERTIES: usize = 1_000;
/// Attachments taken from one stream.
const MAX_FILES: usize = 200;

/// The attributes that tell of attachments (MS-OXTNEF section 2.1.3.2).
mod attribute {
    /// Begins an attachment.
    pub(super) const RENDER_DATA: u16 = 0x9002;
    /// Its short name, in the code page of the sender.
    pub(super) const TITLE: u16 = 0x8010;
    /// Its content.
    pub(super) const DATA: u16 = 0x800f;
    /// Its properties: the long name, the type.
    pub(super) const PROPERTIES: u16 = 0x9005;
    /// The code page of 8-bit text.
    pub(super) const CODE_PAGE: u16 = 0x9007;
}

/// The properties that are read (MS-OXPROPS).
mod property {
    pub(super) const DISPLAY_NAME: u16 = 0x3001;
    pub(super) const CONTENT: u16 = 0x3701;
    pub(super) const LONG_NAME: u16 = 0x3707;
    pub(super) const MIME_TYPE: u16 = 0x370e;
}

/// An attachment out of the stream.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct File {
    /// The longest name that it has.
    pub(super) name: Option<String>,
    /// Its MIME type, if it says one.
    pub(super) kind: Option<String>,
    pub(super) content: Vec<u8>,
}

/// The attachments of a stream; nothing if it is none.
pub(super) fn files(octets: &[u8]) -> Option<Vec<File>> {
    let mut stream = Reader { rest: octets };
    if stream.u32()? != SIGNATURE {
        return None;
    }
    stream.take(2)?;
    let mut out: Vec<File> = Vec::new();
    let mut code_page = String::from("windows-1252");
    for _ in 0..MAX_ATTRIBUTES {
        let Some((id, data)) = attribute(&mut stream) else { break };
        if id == attribute::CODE_PAGE {
            code_page = page(data);
        } else if id == attribute::RENDER_DATA {
            if out.len() >= MAX_FILES {
                break;
            }
            out.push(File::default());
        }
        let Some(file) = out.last_mut() else { continue };
        match id {
            attribute::TITLE => file.name = file.name.take().or_else(|| narrow(data, &code_page)),
            attribute::DATA => data.clone_into(&mut file.content),
            attribute::PROPERTIES => {
                properties(data, &code_page, file);
            }
            _ => {}
        }
    }
    Some(out)
}

/// One attribute: level, id, type, length, data, checksum. The checksum is not worth losing a file for.
fn attribute<'a>(stream: &mut Reader<'a>) -> Option<(u16, &'a [u8])> {
    stream.take(1)?;
    let id = stream.u16()?;
    stream.u16()?;
    let length = usize::try_from(stream.u32()?).ok()?;
    let data = stream.take(length)?;
    stream.take(2);
    Some((id, data))
}

/// Reads a list of properties as far as it is sound (MS-OXTNEF section 2.1.3.4).
fn properties(data: &[u8], code_page: &str, file: &mut File) -> Option<()> {
    let mut list = Reader { rest: data };
    let count = usize::try_from(list.u32()?).ok()?;
    for _ in 0..count.min(MAX_PROPERTIES) {
        let kind = list.u16()?;
        let id = list.u16()?;
        if id >= 0x8000 {
            skip_name(&mut list)?;
        }
        let value = value(&mut list, kind)?;
        let text = || if kind & 0xfff == 0x1f { wide(value) } else { narrow(value, code_page) };
        match (id, kind & 0xfff) {
            (property::LONG_NAME, 0x1e | 0x1f) => file.name = text().or_else(|| file.name.take()),
            (property::DISPLAY_NAME, 0x1e | 0x1f) => file.name = file.name.take().or_else(text),
            (property::MIME_TYPE, 0x1e | 0x1f) => file.kind = text(),
            // An object begins with the 16 octets of its class.
            (property::CONTENT, 0x0d) if file.content.is_empty() => {
                file.content = value.get(16..).unwrap_or_default().to_vec();
            }
            (property::CONTENT, 0x102) if file.content.is_empty() => file.content = value.to_vec(),
            _ => {}
        }
    }
    Some(())
}

/// A named property: a class, then a number or a name.
fn skip_name(list: &mut Reader<'_>) -> Option<()> {
    list.take(16)?;
    if list.u32()? == 0 {
        list.u32()?;
    } else {
        list.counted()?;
    }
    Some(())
}

/// The first value of a property; the others of a property with several are skipped.
fn value<'a>(list: &mut Reader<'a>, kind: u16) -> Option<&'a [u8]> {
    let several = kind & 0x1000 != 0;
    let fixed = match kind & 0xfff {
        // Numbers of 2 octets, and booleans, are filled up to 4.
        0x02 | 0x03 | 0x04 | 0x0a | 0x0b => Some(4),
        0x05 | 0x06 | 0x07 | 0x14 | 0x40 => Some(8),
        0x48 => Some(16),
        0x0d | 0x1e | 0x1f | 0x102 => None,
        _ => return None,
    };
    let count = if several || fixed.is_none() { list.u32()? } else { 1 };
    let mut first = None;
    for _ in 0..count {
        let value = match fixed {
            Some(length) => list.take(length)?,
            None => list.counted()?,
        };
        first = first.or(Some(value));
    }
    Some(first.unwrap_or_default())
}

/// `windows-1251` for 1251, in a form that `charset` knows.
fn page(data: &[u8]) -> String {
    let number = Reader { rest: data }.u32().unwrap_or_default();
    match number {
        932 => "shift_jis".to_owned(),
        936 => "gbk".to_owned(),
        949 => "euc-kr".to_owned(),
        950 => "big5".to_owned(),
        65001 => "utf-8".to_owned(),
        874 | 1250..=1258 => format!("windows-{number}"),
        _ => "windows-1252".to_owned(),
    }
}

/// 8-bit text up to its final zero.
fn narrow(data: &[u8], code_page: &str) -> Option<String> {
    let text = data.split(|&octet| octet == 0).next().unwrap_or_default();
    (!text.is_empty()).then(|| super::charset::decode(text, Some(code_page)).text.into_owned())
}

/// UTF-16 up to its final zero.
fn wide(data: &[u8]) -> Option<String> {
    let units = data.chunks_exact(2).filter_map(|pair| Some(u16::from_le_bytes(pair.try_into().ok()?)));
    let text: String =
        char::decode_utf16(units.take_while(|&unit| unit != 0)).filter_map(Result::ok).collect();
    (!text.is_empty()).then_some(text)
}

/// Octets in little-endian order; nothing is read beyond the end.
struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }

    fn u16(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes(self.take(2)?.try_into().ok()?))
    }

    fn u32(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }

    /// A length, so many octets, and what fills them up to four.
    fn counted(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.u32()?).ok()?;
        let value = self.take(length)?;
        let fill = length.wrapping_neg() & 3;
        self.take(fill.min(self.rest.len()));
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::files;

    fn attribute(out: &mut Vec<u8>, level: u8, id: u16, data: &[u8]) {
        out.push(level);
        out.extend(id.to_le_bytes());
        out.extend([6, 0]);
        out.extend(u32::try_from(data.len()).unwrap().to_le_bytes());
        out.extend(data);
        out.extend([0, 0]);
    }

    /// A stream with one attachment, its long name in UTF-16 behind a named property.
    fn stream() -> Vec<u8> {
        let mut out = vec![0x78, 0x9f, 0x3e, 0x22, 1, 0];
        attribute(&mut out, 1, 0x9007, &[0xe3, 4, 0, 0, 0, 0, 0, 0]);
        attribute(&mut out, 2, 0x9002, &[0; 14]);
        attribute(&mut out, 2, 0x8010, b"\xcf\xd0~1.TXT\0");
        attribute(&mut out, 2, 0x800f, b"hello");
        let mut list = vec![3, 0, 0, 0];
        list.extend([3, 0, 0, 0x80]);
        list.extend([0; 16]);
        list.extend([0, 0, 0, 0, 9, 0, 0, 0, 7, 0, 0, 0]);
        let name: Vec<u8> = "Привет.txt\0".encode_utf16().flat_map(u16::to_le_bytes).collect();
        list.extend([0x1f, 0, 0x07, 0x37, 1, 0, 0, 0]);
        list.extend(u32::try_from(name.len()).unwrap().to_le_bytes());
        list.extend(&name);
        list.extend(vec![0; name.len().wrapping_neg() & 3]);
        list.extend([0x1e, 0, 0x0e, 0x37, 1, 0, 0, 0, 11, 0, 0, 0]);
        list.extend(b"text/plain\0\0");
        attribute(&mut out, 2, 0x9005, &list);
        attribute(&mut out, 2, 0x9002, &[0; 14]);
        attribute(&mut out, 2, 0x8010, b"\xcf.bin\0");
        attribute(&mut out, 2, 0x800f, &[1, 2]);
        out
    }

    #[test]
    fn attachments_have_names_types_and_contents() {
        let found = files(&stream()).unwrap();
        let shown: Vec<_> = found
            .iter()
            .map(|file| (file.name.as_deref().unwrap(), file.kind.as_deref(), file.content.as_slice()))
            .collect();
        let wanted: [(&str, Option<&str>, &[u8]); 2] =
            [("Привет.txt", Some("text/plain"), b"hello"), ("П.bin", None, &[1, 2])];
        assert_eq!(shown, wanted);
    }

    #[test]
    fn a_stream_cut_anywhere_or_spoilt_ends() {
        let whole = stream();
        for length in 0..whole.len() {
            files(whole.get(..length).unwrap());
            let mut spoilt = whole.clone();
            if let Some(octet) = spoilt.get_mut(length) {
                *octet = 0xff;
            }
            files(&spoilt);
        }
        assert_eq!(files(b"no such stream"), None);
    }
}

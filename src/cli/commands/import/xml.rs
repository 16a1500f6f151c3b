//! XML read piece by piece: files of gigabytes, one comment in memory at a time.

use std::collections::BTreeMap;
use std::io::{self, BufRead, Read};

use quick_xml::escape::resolve_html5_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::source::Input;

/// Bytes of one comment with all that belongs to it, or of one text.
const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// A piece of a file.
#[derive(Debug)]
pub enum Part {
    /// An element begins.
    Start(Element),
    /// An element with this name ends.
    End(String),
    /// Something else.
    Other,
    /// The file ends.
    Eof,
}

/// An element, with what is in it once that is read.
#[derive(Debug, Default)]
pub struct Element {
    /// Its name with its prefix.
    pub name: String,
    /// Its attributes.
    pub attributes: BTreeMap<String, String>,
    /// Its own text.
    pub text: String,
    /// The elements in it.
    pub children: Vec<Element>,
}

impl Element {
    /// The first element in it with this name.
    pub fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    /// That one's text without the space around it; empty: there is none.
    pub fn text_of(&self, name: &str) -> &str {
        self.child(name).map_or("", |child| child.text.trim())
    }

    /// An attribute; empty: it has none of this name.
    pub fn attribute(&self, name: &str) -> &str {
        self.attributes.get(name).map_or("", String::as_str)
    }
}

/// A file of XML.
pub struct Xml {
    reader: Reader<Counted>,
    buffer: Vec<u8>,
}

impl Xml {
    /// Begins at the beginning.
    pub fn new(input: Input) -> Self {
        let mut reader =
            Reader::from_reader(Counted { input: input.bytes, bytes: 0, lines: 0, left: MAX_BYTES });
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        config.allow_dangling_amp = true;
        Self { reader, buffer: vec![] }
    }

    /// The line that was read last, from 1.
    pub fn line(&self) -> usize {
        self.reader.get_ref().lines + 1
    }

    /// Bytes read so far.
    pub fn position(&self) -> u64 {
        self.reader.get_ref().bytes
    }

    /// The next piece; of text only that there is some.
    pub fn next(&mut self) -> Result<Part, String> {
        self.reader.get_mut().left = MAX_BYTES;
        Ok(match self.event()? {
            Some(Piece::Start(element)) => Part::Start(element),
            Some(Piece::End(name)) => Part::End(name),
            Some(Piece::Text(_)) => Part::Other,
            None => Part::Eof,
        })
    }

    /// Reads the rest of an element that has just begun.
    pub fn whole(&mut self, begun: Element) -> Result<Element, String> {
        self.reader.get_mut().left = MAX_BYTES;
        let mut open = vec![begun];
        loop {
            match self.event()? {
                Some(Piece::Start(element)) => open.push(element),
                Some(Piece::Text(text)) => {
                    open.iter_mut().next_back().into_iter().for_each(|one| one.text += &text)
                }
                Some(Piece::End(_)) => {
                    let Some(done) = open.pop() else { continue };
                    let Some(around) = open.last_mut() else { return Ok(done) };
                    around.children.push(done);
                }
                None => {
                    return Err(format!(
                        "line {}: the file ends within a comment; it is cut off",
                        self.line()
                    ));
                }
            }
        }
    }

    fn event(&mut self) -> Result<Option<Piece>, String> {
        self.buffer.clear();
        let event = self.reader.read_event_into(&mut self.buffer);
        let piece = match event {
            Ok(Event::Start(start)) => element(&start).map(Piece::Start),
            Ok(Event::End(end)) => Ok(Piece::End(end.name().as_ref().to_owned())),
            Ok(Event::Text(text)) => Ok(Piece::Text(text.xml10_content().into_owned())),
            Ok(Event::CData(text)) => Ok(Piece::Text(text.into_inner().into_owned())),
            Ok(Event::GeneralRef(reference)) => Ok(Piece::Text(referred(&reference))),
            Ok(Event::Eof) => return Ok(None),
            Ok(_) => Ok(Piece::Text(String::new())),
            Err(error) => Err(error.to_string()),
        };
        piece.map(Some).map_err(|why| format!("line {}: it is no well-formed XML: {why}", self.line()))
    }
}

enum Piece {
    Start(Element),
    End(String),
    Text(String),
}

fn element(start: &BytesStart) -> Result<Element, String> {
    let mut element = Element { name: start.name().as_ref().to_owned(), ..Element::default() };
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|error| error.to_string())?;
        element.attributes.insert(attribute.key.as_ref().to_owned(), value.into_owned());
    }
    Ok(element)
}

/// A reference that nobody knows stays as it is written.
fn referred(reference: &BytesRef) -> String {
    if let Ok(Some(c)) = reference.resolve_char_ref() {
        return c.to_string();
    }
    let name = reference.xml10_content();
    resolve_html5_entity(&name).map_or_else(|| format!("&{name};"), str::to_owned)
}

/// Bytes with their count and that of their lines, and an end to what one comment may have.
struct Counted {
    input: Box<dyn BufRead + Send>,
    bytes: u64,
    lines: usize,
    left: u64,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

impl BufRead for Counted {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 {
            return Err(io::Error::other("what begins here is longer than 16 MiB and cannot be one comment"));
        }
        self.input.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        let Ok(buffer) = self.input.fill_buf() else { return };
        self.lines += buffer[..amount].iter().filter(|byte| **byte == b'\n').count();
        self.bytes += amount as u64;
        self.left = self.left.saturating_sub(amount as u64);
        self.input.consume(amount);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn xml(text: impl Into<Vec<u8>>) -> Xml {
        Xml::new(Input { bytes: Box::new(Cursor::new(text.into())), length: None })
    }

    fn whole(xml: &mut Xml) -> Result<Element, String> {
        loop {
            match xml.next()? {
                Part::Start(element) => return xml.whole(element),
                Part::Eof => return Err("nothing".into()),
                _ => {}
            }
        }
    }

    #[test]
    fn an_element_has_its_texts_its_attributes_and_its_children() {
        let mut xml = xml(
            "<?xml version='1.0'?>\n<a n='1 &amp; 2'>x <![CDATA[<y>]]> &lt;z&gt; &nbsp;<b>\n</b><c/></a>",
        );
        let a = whole(&mut xml).unwrap();
        assert_eq!((a.attribute("n"), a.text.as_str()), ("1 & 2", "x <y> <z> \u{a0}"));
        assert_eq!((a.children.len(), a.text_of("b"), xml.line()), (2, "", 3));
    }

    #[test]
    fn what_is_broken_is_told_with_its_line() {
        for (text, why) in [
            ("<a>\n<b></a>", "line 2: "),
            ("<a>\n<![CDATA[x", "line 2: "),
            ("<a>\n", "cut off"),
            ("<a>\n\n\u{1}<b <c", "line 3: "),
        ] {
            let told = whole(&mut xml(text)).unwrap_err();
            assert!(told.contains(why), "{text}: {told}");
        }
        assert!(whole(&mut xml(b"<a>\xff</a>".to_vec())).is_err());
    }

    #[test]
    fn a_text_without_end_is_not_read_into_memory_whole() {
        let text = format!("<a><![CDATA[{}", "x".repeat(20 * 1024 * 1024));
        assert!(whole(&mut xml(text)).unwrap_err().contains("16 MiB"));
    }
}

//! The comments of an export, put aside in a file without a name until they are all there: other systems want them by
//! thread, and the server lists them by time.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};

use prost::Message;

use crate::proto::v1::{Comment, Thread};

/// Ids with more digits are no number that every system could hold.
const MAX_DIGITS: usize = 15;

/// Comments by thread.
pub struct Spool {
    file: BufWriter<File>,
    end: u64,
    /// By the threads' ids.
    threads: BTreeMap<String, Folder>,
    comments_are_numbered: bool,
    threads_are_numbered: bool,
}

/// A thread as its last comment described it, and where its comments stand.
#[derive(Default)]
struct Folder {
    thread: Thread,
    places: Vec<Place>,
}

/// Where a comment stands.
#[derive(Clone)]
struct Place {
    /// When it was written.
    time: (i64, i32),
    id: String,
    start: u64,
    bytes: u64,
}

/// All comments, put in order.
pub struct Ordered {
    /// The threads, each with its comments.
    pub threads: Vec<Numbered>,
    file: BufReader<File>,
}

/// A thread with numbers for what has none of its own.
pub struct Numbered {
    /// The thread; empty: that of the comments without one.
    pub thread: Thread,
    /// The thread's id where all are numbers, else its place, from 1.
    pub number: u64,
    /// When its first comment was written, in seconds of the Unix epoch.
    pub begun: i64,
    /// The comments' numbers by their ids: the ids themselves where all are numbers, else in the order in which they were written,
    /// so that an answer has a higher one than what it answers.
    pub numbers: BTreeMap<String, u64>,
    places: Vec<Place>,
}

impl Spool {
    /// Nothing is there yet.
    pub fn new() -> io::Result<Self> {
        Ok(Self {
            file: BufWriter::new(tempfile::tempfile()?),
            end: 0,
            threads: BTreeMap::new(),
            comments_are_numbered: true,
            threads_are_numbered: true,
        })
    }

    /// Puts a comment aside.
    pub fn add(&mut self, comment: &Comment) -> io::Result<()> {
        let bytes = comment.encode_to_vec();
        self.file.write_all(&bytes)?;
        let thread = comment.draft.as_ref().and_then(|draft| draft.thread.clone()).unwrap_or_default();
        self.comments_are_numbered &= is_number(&comment.id);
        self.threads_are_numbered &= is_number(&thread.id);
        let time = comment.create_time.unwrap_or_default();
        let place = Place {
            time: (time.seconds, time.nanos),
            id: comment.id.clone(),
            start: self.end,
            bytes: bytes.len() as u64,
        };
        self.end += place.bytes;
        let folder = self.threads.entry(thread.id.clone()).or_default();
        folder.thread = thread;
        folder.places.push(place);
        Ok(())
    }

    /// All comments, by thread and in the order in which they were written.
    pub fn ordered(self) -> io::Result<Ordered> {
        let mut last = 0;
        let mut threads = Vec::with_capacity(self.threads.len());
        for (nth, Folder { thread, mut places }) in (1..).zip(self.threads.into_values()) {
            places.sort_by(|a, b| (a.time, &a.id).cmp(&(b.time, &b.id)));
            let mut number = |id: &str| {
                last += 1;
                if self.comments_are_numbered { id.parse().unwrap_or(last) } else { last }
            };
            let numbers = places.iter().map(|place| (place.id.clone(), number(&place.id))).collect();
            let own = thread.id.parse().ok().filter(|_| self.threads_are_numbered);
            let begun = places.first().map_or(0, |first| first.time.0);
            threads.push(Numbered { thread, number: own.unwrap_or(nth), begun, numbers, places });
        }
        let file = self.file.into_inner().map_err(io::IntoInnerError::into_error)?;
        Ok(Ordered { threads, file: BufReader::new(file) })
    }
}

impl Ordered {
    /// Calls `each` with every comment of a thread.
    pub fn each(
        &mut self,
        nth: usize,
        mut each: impl FnMut(&Numbered, Comment) -> io::Result<()>,
    ) -> io::Result<()> {
        let numbered = &self.threads[nth];
        for place in &numbered.places {
            self.file.seek(SeekFrom::Start(place.start))?;
            let mut bytes = vec![];
            (&mut self.file).take(place.bytes).read_to_end(&mut bytes)?;
            each(numbered, Comment::decode(&*bytes).map_err(io::Error::other)?)?;
        }
        Ok(())
    }
}

fn is_number(id: &str) -> bool {
    (1..=MAX_DIGITS).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_digit())
        && !id.starts_with('0')
}

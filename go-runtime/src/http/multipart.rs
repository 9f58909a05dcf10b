//! Forms of the type `multipart/form-data`, with their files.

use std::fmt;

use ::http::header::CONTENT_TYPE;
use bytes::Bytes;
use multer::{Constraints, Multipart, SizeLimit};

use super::body::Body;
use super::error::{ERR_MESSAGE_TOO_LARGE, ERR_MISSING_FILE, ERR_NOT_MULTIPART, Error};
use super::header::Header;
use super::request::Request;
use super::values::Values;

/// How much of a form is read if the program says nothing.
pub(super) const DEFAULT_MAX: u64 = 32 << 20;

/// A file of a form.
///
/// # Go
/// `*multipart.FileHeader` and the opened file.
#[derive(Clone)]
pub struct FormFile {
    /// Its name on the client's machine.
    pub filename: String,
    /// What the form says of it, such as its type.
    pub header: Header,
    /// What is in it.
    pub content: Bytes,
}

/// A form with files.
///
/// # Go
/// `*multipart.Form`
#[derive(Debug, Clone, Default)]
pub struct MultipartForm {
    /// The fields.
    pub value: Values,
    /// The files with the names of their fields, in their order.
    pub file: Vec<(String, FormFile)>,
}

impl Request {
    /// Reads a form of the type `multipart/form-data`, which [`form_value`](Request::form_value) then knows too. Fields and
    /// files together may have `max` bytes.
    ///
    /// # Go
    /// `r.ParseMultipartForm(maxMemory)`, which puts files beyond that on disk. Here everything is kept in memory, and a
    /// larger form is an error: what is to be larger is read part by part, by
    /// [`multipart_reader`](Request::multipart_reader).
    ///
    /// # Errors
    /// A form of another type, one that is too large, and what reading the body says.
    pub async fn parse_multipart_form(&mut self, max: u64) -> Result<(), Error> {
        if self.multipart_form().is_some() {
            return Ok(());
        }
        let mut reader = self.reader(Constraints::new().size_limit(SizeLimit::new().whole_stream(max)))?;
        let mut form = MultipartForm::default();
        while let Some(field) = reader.next_field().await.map_err(read_error)? {
            let Some(name) = field.name().map(str::to_owned) else { continue };
            let (filename, header) = (field.file_name().map(str::to_owned), Header::from(field.headers().clone()));
            let content = field.bytes().await.map_err(read_error)?;
            match filename {
                Some(filename) => form.file.push((name, FormFile { filename, header, content })),
                None => form.value.add(name, String::from_utf8_lossy(&content)),
            }
        }
        drop(reader);
        self.parse_form().await?;
        self.add_form(&form.value);
        self.more().multipart = Some(form);
        Ok(())
    }

    /// The form with files, if it was read.
    ///
    /// # Go
    /// `r.MultipartForm`
    #[must_use]
    pub fn multipart_form(&self) -> Option<&MultipartForm> {
        self.peek_more().and_then(|more| more.multipart.as_ref())
    }

    /// The first file of a field of the form, which is read first if it was not, up to 32 MiB.
    ///
    /// # Go
    /// `r.FormFile(name)`
    ///
    /// # Errors
    /// [`ERR_MISSING_FILE`] if there is none, and as [`parse_multipart_form`](Request::parse_multipart_form).
    ///
    /// # Examples
    /// ```
    /// use go::http::{self, Request, ResponseWriter};
    ///
    /// async fn upload(w: ResponseWriter, mut r: Request) {
    ///     match r.form_file("photo").await {
    ///         Ok(file) => _ = writeln!(w, "{} has {} bytes", file.filename, file.content.len()),
    ///         Err(error) => http::error(&w, &error.to_string(), 400),
    ///     }
    /// }
    /// # let _ = upload;
    /// ```
    pub async fn form_file(&mut self, name: &str) -> Result<FormFile, Error> {
        self.parse_multipart_form(DEFAULT_MAX).await?;
        let files = self.multipart_form().map_or(&[][..], |form| &form.file);
        files.iter().find(|(field, _)| field == name).map(|(_, file)| file.clone()).ok_or(ERR_MISSING_FILE)
    }

    /// The parts of a form, one after the other as they arrive.
    ///
    /// # Go
    /// `r.MultipartReader()`
    ///
    /// # Errors
    /// A form of another type.
    pub fn multipart_reader(&mut self) -> Result<Multipart<'static>, Error> {
        self.reader(Constraints::new())
    }

    /// The parts of a form, with limits.
    fn reader(&mut self, constraints: Constraints) -> Result<Multipart<'static>, Error> {
        let boundary = multer::parse_boundary(self.header.get(CONTENT_TYPE.as_str())).map_err(|error| match error {
            multer::Error::NoBoundary => Error::new("no multipart boundary param in Content-Type"),
            _ => ERR_NOT_MULTIPART,
        })?;
        let body: Body = std::mem::take(&mut self.body);
        Ok(Multipart::with_constraints(body, boundary, constraints))
    }
}

/// An error of reading a form, in Go's words where it has some.
fn read_error(error: multer::Error) -> Error {
    match error {
        multer::Error::StreamReadFailed(inner) => Error::from_boxed(inner),
        multer::Error::StreamSizeExceeded { .. } => ERR_MESSAGE_TOO_LARGE,
        multer::Error::IncompleteStream
        | multer::Error::IncompleteHeaders
        | multer::Error::IncompleteFieldData { .. } => Error::with_text("multipart: NextPart: EOF".to_owned(), error),
        error => Error::wrap("multipart", error),
    }
}

impl FormFile {
    /// How many bytes it has.
    ///
    /// # Go
    /// `header.Size`
    #[must_use]
    pub fn size(&self) -> usize {
        self.content.len()
    }
}

impl fmt::Debug for FormFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FormFile").field("filename", &self.filename).field("size", &self.size()).finish_non_exhaustive()
    }
}

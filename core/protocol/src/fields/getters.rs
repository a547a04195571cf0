//! Taking a record's fields as what the protocol says they are.

use super::{Record, Value};
use crate::WireError;

impl Record {
    /// A number that must be there, within the range of `T`.
    ///
    /// # Errors
    /// [`WireError::Missing`], [`WireError::WrongType`] or [`WireError::OutOfRange`].
    pub fn int<T: TryFrom<i64>>(&self, tag: u16) -> Result<T, WireError> {
        self.opt_int(tag)?.ok_or(WireError::Missing(tag))
    }

    /// A number, or nothing when the field is absent.
    ///
    /// # Errors
    /// [`WireError::WrongType`] or [`WireError::OutOfRange`].
    pub fn opt_int<T: TryFrom<i64>>(&self, tag: u16) -> Result<Option<T>, WireError> {
        match self.get(tag) {
            None => Ok(None),
            Some(Value::Int(value)) => T::try_from(*value)
                .map(Some)
                .map_err(|_| WireError::OutOfRange(tag)),
            Some(_) => Err(WireError::WrongType(tag)),
        }
    }

    /// A number, or `default` when the field is absent.
    ///
    /// # Errors
    /// [`WireError::WrongType`] or [`WireError::OutOfRange`].
    pub fn int_or<T: TryFrom<i64>>(&self, tag: u16, default: T) -> Result<T, WireError> {
        Ok(self.opt_int(tag)?.unwrap_or(default))
    }

    /// A text that must be there.
    ///
    /// # Errors
    /// [`WireError::Missing`] or [`WireError::WrongType`].
    pub fn text(&self, tag: u16) -> Result<&str, WireError> {
        self.opt_text(tag)?.ok_or(WireError::Missing(tag))
    }

    /// A text, or nothing when the field is absent.
    ///
    /// # Errors
    /// [`WireError::WrongType`].
    pub fn opt_text(&self, tag: u16) -> Result<Option<&str>, WireError> {
        match self.get(tag) {
            None => Ok(None),
            Some(Value::Text(text)) => Ok(Some(text)),
            Some(_) => Err(WireError::WrongType(tag)),
        }
    }

    /// Bytes that must be there.
    ///
    /// # Errors
    /// [`WireError::Missing`] or [`WireError::WrongType`].
    pub fn bytes(&self, tag: u16) -> Result<&[u8], WireError> {
        self.opt_bytes(tag)?.ok_or(WireError::Missing(tag))
    }

    /// Bytes, or nothing when the field is absent.
    ///
    /// # Errors
    /// [`WireError::WrongType`].
    pub fn opt_bytes(&self, tag: u16) -> Result<Option<&[u8]>, WireError> {
        match self.get(tag) {
            None => Ok(None),
            Some(Value::Bytes(bytes)) => Ok(Some(bytes)),
            Some(_) => Err(WireError::WrongType(tag)),
        }
    }

    /// Exactly `N` bytes that must be there.
    ///
    /// # Errors
    /// [`WireError::Missing`], [`WireError::WrongType`], or [`WireError::OutOfRange`] at another length.
    pub fn array<const N: usize>(&self, tag: u16) -> Result<[u8; N], WireError> {
        self.opt_array(tag)?.ok_or(WireError::Missing(tag))
    }

    /// Exactly `N` bytes, or nothing when the field is absent.
    ///
    /// # Errors
    /// [`WireError::WrongType`], or [`WireError::OutOfRange`] at another length.
    pub fn opt_array<const N: usize>(&self, tag: u16) -> Result<Option<[u8; N]>, WireError> {
        let bytes = self.opt_bytes(tag)?;
        bytes
            .map(|b| b.try_into().map_err(|_| WireError::OutOfRange(tag)))
            .transpose()
    }

    /// A list; an absent field is an empty one.
    ///
    /// # Errors
    /// [`WireError::WrongType`].
    pub fn list(&self, tag: u16) -> Result<&[Value], WireError> {
        match self.get(tag) {
            None => Ok(&[]),
            Some(Value::List(list)) => Ok(list),
            Some(_) => Err(WireError::WrongType(tag)),
        }
    }

    /// A list of records; an absent field is an empty one.
    ///
    /// # Errors
    /// [`WireError::WrongType`] when the field is no list or one of its items no record.
    pub fn records(&self, tag: u16) -> Result<Vec<&Record>, WireError> {
        self.each(tag, |value| match value {
            Value::Record(record) => Some(record),
            _ => None,
        })
    }

    /// A list of numbers; an absent field is an empty one.
    ///
    /// # Errors
    /// [`WireError::WrongType`] when the field is no list or one of its items no number.
    pub fn ints(&self, tag: u16) -> Result<Vec<i64>, WireError> {
        self.each(tag, |value| match value {
            Value::Int(value) => Some(*value),
            _ => None,
        })
    }

    fn each<'a, T>(
        &'a self,
        tag: u16,
        take: impl Fn(&'a Value) -> Option<T>,
    ) -> Result<Vec<T>, WireError> {
        let list = self.list(tag)?;
        list.iter()
            .map(|value| take(value).ok_or(WireError::WrongType(tag)))
            .collect()
    }

    /// A record inside this one, or nothing when the field is absent.
    ///
    /// # Errors
    /// [`WireError::WrongType`].
    pub fn opt_record(&self, tag: u16) -> Result<Option<&Record>, WireError> {
        match self.get(tag) {
            None => Ok(None),
            Some(Value::Record(record)) => Ok(Some(record)),
            Some(_) => Err(WireError::WrongType(tag)),
        }
    }

    /// A record inside this one that must be there.
    ///
    /// # Errors
    /// [`WireError::Missing`] or [`WireError::WrongType`].
    pub fn record(&self, tag: u16) -> Result<&Record, WireError> {
        self.opt_record(tag)?.ok_or(WireError::Missing(tag))
    }
}

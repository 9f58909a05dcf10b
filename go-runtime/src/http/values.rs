//! The fields of a query or a form.

use url::form_urlencoded;

/// The fields of a query or a form, each with any number of values, in the order in which they came.
///
/// # Go
/// `url.Values`
///
/// # Examples
/// ```
/// use go::http::Values;
///
/// let mut values = Values::parse("name=Ada+Lovelace&tag=a&tag=b");
/// assert_eq!(values.get("name"), "Ada Lovelace");
/// assert_eq!(values.get_all("tag"), ["a", "b"]);
/// values.set("tag", "c d");
/// assert_eq!(values.encode(), "name=Ada+Lovelace&tag=c+d");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Values {
    /// The pairs.
    pairs: Vec<Pair>,
}

/// A field with one value.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Pair {
    /// The field's name.
    name: String,
    /// The value.
    value: String,
}

impl Values {
    /// No fields.
    #[must_use]
    pub fn new() -> Values {
        Values::default()
    }

    /// The fields of a text such as `a=1&b=2`.
    ///
    /// # Go
    /// `url.ParseQuery(text)`, which leaves wrong escapes out; here they stay as they are.
    #[must_use]
    pub fn parse(text: &str) -> Values {
        let pairs = form_urlencoded::parse(text.as_bytes());
        Values { pairs: pairs.map(|(name, value)| Pair { name: name.into(), value: value.into() }).collect() }
    }

    /// The first value of a field; empty if there is none.
    ///
    /// # Go
    /// `v.Get(name)`
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.pairs.iter().find(|pair| pair.name == name).map_or("", |pair| &pair.value)
    }

    /// All values of a field.
    ///
    /// # Go
    /// `v[name]`
    #[must_use]
    pub fn get_all(&self, name: &str) -> Vec<&str> {
        self.pairs.iter().filter(|pair| pair.name == name).map(|pair| pair.value.as_str()).collect()
    }

    /// Whether there is such a field.
    ///
    /// # Go
    /// `v.Has(name)`
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.pairs.iter().any(|pair| pair.name == name)
    }

    /// Gives a field one value.
    ///
    /// # Go
    /// `v.Set(name, value)`
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<String>) {
        let name = name.into();
        self.del(&name);
        self.add(name, value);
    }

    /// Gives a field a further value.
    ///
    /// # Go
    /// `v.Add(name, value)`
    pub fn add(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.pairs.push(Pair { name: name.into(), value: value.into() });
    }

    /// Removes a field.
    ///
    /// # Go
    /// `v.Del(name)`
    pub fn del(&mut self, name: &str) {
        self.pairs.retain(|pair| pair.name != name);
    }

    /// The fields as text, in the order of their names.
    ///
    /// # Go
    /// `v.Encode()`
    #[must_use]
    pub fn encode(&self) -> String {
        let mut pairs: Vec<&Pair> = self.pairs.iter().collect();
        pairs.sort_by(|a, b| a.name.cmp(&b.name));
        let mut text = form_urlencoded::Serializer::new(String::new());
        text.extend_pairs(pairs.iter().map(|pair| (&pair.name, &pair.value)));
        text.finish()
    }

    /// The fields and values, in their order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs.iter().map(|pair| (pair.name.as_str(), pair.value.as_str()))
    }

    /// Adds the fields of `other` behind these.
    pub(super) fn extend(&mut self, other: Values) {
        self.pairs.extend(other.pairs);
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Values {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Values {
        Values {
            pairs: pairs.into_iter().map(|(name, value)| Pair { name: name.into(), value: value.into() }).collect(),
        }
    }
}

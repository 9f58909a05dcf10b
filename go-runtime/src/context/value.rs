//! Values that a context carries.

use std::any::Any;

/// A key and its value.
pub(super) trait Entry: Send + Sync {
    /// The value, if this is the key's entry.
    fn get(&self, key: &dyn Any) -> Option<&dyn Any>;
    /// How the key is shown.
    fn key_text(&self) -> String;
    /// How the value is shown.
    fn value_text(&self) -> String;
}

/// A key and its value.
pub(super) struct Pair<K, V> {
    /// The key.
    pub(super) key: K,
    /// The value.
    pub(super) value: V,
}

impl<K, V> Entry for Pair<K, V>
where
    K: Eq + Send + Sync + 'static,
    V: Send + Sync + 'static,
{
    fn get(&self, key: &dyn Any) -> Option<&dyn Any> {
        (key.downcast_ref::<K>()? == &self.key).then_some(&self.value as &dyn Any)
    }

    fn key_text(&self) -> String {
        text(&self.key)
    }

    fn value_text(&self) -> String {
        text(&self.value)
    }
}

/// A string as it is, anything else by its type, in Go's form: there is no way to ask whether a type can be shown.
fn text<T: Any>(thing: &T) -> String {
    let any: &dyn Any = thing;
    if let Some(text) = any.downcast_ref::<&'static str>() {
        return (*text).to_owned();
    }
    if let Some(text) = any.downcast_ref::<String>() {
        return text.clone();
    }
    std::any::type_name::<T>().replace("::", ".")
}

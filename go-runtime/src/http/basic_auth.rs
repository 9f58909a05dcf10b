//! Basic authentication: a name and a password in base64.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The value of `Authorization` for a name and a password.
pub(super) fn encode(name: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{name}:{password}")))
}

/// The name and the password in a value of `Authorization`.
pub(super) fn parse(value: &str) -> Option<(String, String)> {
    let (scheme, code) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("Basic") {
        return None;
    }
    let plain = String::from_utf8(STANDARD.decode(code).ok()?).ok()?;
    let (name, password) = plain.split_once(':')?;
    Some((name.to_owned(), password.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::{encode, parse};

    #[test]
    fn name_and_password_go_there_and_back() {
        assert_eq!(encode("Aladdin", "open sesame"), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
        for (name, password) in [("", ""), ("a", ""), ("ab", "c"), ("ü", "p:q"), ("long name", "x y z ß")] {
            assert_eq!(parse(&encode(name, password)), Some((name.to_owned(), password.to_owned())));
        }
        for wrong in ["", "Basic", "Basic !!", "Bearer YTpi", "Basic YWI="] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}

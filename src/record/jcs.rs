//! JSON in one form (RFC 8785), so that a hash over it means the same to everyone.

use serde_json::{Number, Value};

/// The canonical text: no white space, keys in order of UTF-16, numbers as ECMAScript writes them.
#[must_use]
pub fn canonical(value: &Value) -> String {
    let mut out = String::new();
    write(value, &mut out);
    out
}

fn write(value: &Value, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
        Value::Number(n) => number(n, out),
        Value::String(s) => string(s, out),
        Value::Array(items) => {
            out.push('[');
            for (n, item) in items.iter().enumerate() {
                if n > 0 {
                    out.push(',');
                }
                write(item, out);
            }
            out.push(']');
        }
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
            out.push('{');
            for (n, (key, value)) in fields.into_iter().enumerate() {
                if n > 0 {
                    out.push(',');
                }
                string(key, out);
                out.push(':');
                write(value, out);
            }
            out.push('}');
        }
    }
}

/// JSON's own escapes, and nothing else escaped (§3.2.2.2); serde_json does just that.
fn string(text: &str, out: &mut String) {
    out.push_str(&Value::from(text).to_string());
}

/// Every number is an IEEE double, written with the fewest digits that bring it back (§3.2.2.3).
fn number(n: &Number, out: &mut String) {
    let value = n.as_f64().unwrap_or_default();
    if value == 0.0 {
        out.push('0');
        return;
    }
    // `{:e}` gives the fewest digits as d.ddde±n; ECMAScript's Number::toString places the point.
    let text = format!("{:e}", value.abs());
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let digits = digits.replace('.', "");
    let point = exponent.parse::<i32>().unwrap_or_default() + 1;
    if value < 0.0 {
        out.push('-');
    }
    place(&digits, point, out);
}

/// The digits with their decimal point behind the first `point` of them (ECMA-262 §6.1.6.1.20).
fn place(digits: &str, point: i32, out: &mut String) {
    let count = i32::try_from(digits.len()).unwrap_or_default();
    let zeros = |n: i32| "0".repeat(usize::try_from(n).unwrap_or_default());
    if count <= point && point <= 21 {
        out.extend([digits, &zeros(point - count)]);
    } else if 0 < point && point <= 21 {
        let (whole, rest) = digits.split_at(usize::try_from(point).unwrap_or_default());
        out.extend([whole, ".", rest]);
    } else if -6 < point && point <= 0 {
        out.extend(["0.", &zeros(-point), digits]);
    } else {
        let (first, rest) = digits.split_at(1);
        let sign = if point > 0 { "+" } else { "" };
        let dot = if rest.is_empty() { "" } else { "." };
        out.extend([first, dot, rest, "e", sign, &(point - 1).to_string()]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Appendix B of RFC 8785 and the cases around the borders of each form.
    #[test]
    fn numbers_are_written_as_ecmascript_does() {
        for (value, expected) in [
            (0.0, "0"),
            (-0.0, "0"),
            (5e-324, "5e-324"),
            (1.797_693_134_862_315_7e308, "1.7976931348623157e+308"),
            (9_007_199_254_740_992.0, "9007199254740992"),
            (295_147_905_179_352_830_000.0, "295147905179352830000"),
            (9.999_999_999_999_997e22, "9.999999999999997e+22"),
            (1e21, "1e+21"),
            (1e-6, "0.000001"),
            (1e-7, "1e-7"),
            (333_333_333.333_333_3, "333333333.3333333"),
            (-0.5, "-0.5"),
            (1.0, "1"),
        ] {
            assert_eq!(canonical(&Value::from(value)), expected);
        }
    }

    #[test]
    fn keys_sort_by_utf_16_and_text_is_left_alone() {
        let value = serde_json::json!({"\u{fb33}": 1, "\u{1f600}": 2, "ö": 3, "1": "Đ\u{1}\n\"/", "": [true, null]});
        assert_eq!(
            canonical(&value),
            "{\"\":[true,null],\"1\":\"Đ\\u0001\\n\\\"/\",\"ö\":3,\"\u{1f600}\":2,\"\u{fb33}\":1}"
        );
    }
}

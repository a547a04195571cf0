//! A code in English words, from the one table that the shells' texts come from.

use kartka_core::domain::codes::Code;
use kartka_core::domain::money::Money;
use kartka_core::domain::rights::Permission;

/// The table: a name, then a line for each language.
const TABLE: &str = include_str!("../../bindings/shells/codes.txt");

/// What a code says; its name where the table has no words for it.
pub(crate) fn english(code: Code) -> String {
    let mut lines = TABLE.lines().skip_while(|line| *line != code.name());
    let text = lines.find_map(|line| line.strip_prefix("en "));
    let Some(text) = text else {
        return code.name().to_owned();
    };
    let mut said = String::new();
    let mut rest = text.trim_end_matches('.');
    while let Some((before, after)) = rest.split_once('{') {
        let (argument, after) = after.split_once('}').unwrap_or((after, ""));
        said.push_str(before);
        said.push_str(&shown(argument, &code));
        rest = after;
    }
    said.push_str(rest);
    said
}

fn shown(argument: &str, code: &Code) -> String {
    let (name, form) = argument.split_once('|').unwrap_or((argument, ""));
    let args = code.args();
    let Some((_, value)) = args.into_iter().find(|(of, _)| *of == name) else {
        return name.to_owned();
    };
    match form {
        "money" => format!("{value} minor units"),
        "share" => format!("{} %", crate::money::show(Money(value), 2)),
        "times" => crate::money::show(Money(value), 4),
        "quantity" => crate::money::show(Money(value), 3),
        "place" => value.saturating_add(1).to_string(),
        "time" => format!("{} s", value.saturating_add(999) / 1_000),
        "instrument" => format!("instrument {value}"),
        "permission" => Permission::from_number(value)
            .map_or("unknown", Permission::word)
            .to_owned(),
        _ => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::english;
    use kartka_core::domain::codes::Code;

    #[test]
    fn a_code_is_said_with_its_numbers() {
        let returned = Code::AlreadyReturned {
            line: 0,
            left: 2_500,
        };
        assert_eq!(
            english(returned),
            "Of line 1 only 2.500 can still come back"
        );
        let next = Code::NextRate {
            instrument: 3,
            missing: 500,
            rate: 700,
        };
        assert_eq!(
            english(next),
            "instrument 3: 500 minor units more, and the discount is 7.00 %"
        );
        assert_eq!(
            english(Code::NothingToPay),
            "There is nothing to pay on this receipt"
        );
    }
}

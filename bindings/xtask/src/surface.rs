//! The exported surface of the border as one readable text, compared with the one that was agreed on.
//!
//! Three languages and their tests hang on these names (architecture §7): a change must be seen, so the text is
//! committed and a difference fails. What only the border tests export is not in it.

use std::fs;

use cargo_metadata::camino::Utf8Path;
use uniffi_bindgen::interface::{Callable, Enum, Field, ObjectImpl, Type, Variant};
use uniffi_bindgen::{BindgenLoader, BindgenPaths, ComponentInterface, GlobalConfig};

use crate::house::House;
use crate::steps::Failure;

/// The text that was agreed on.
const AGREED: &str = "tests/bindings/surface.txt";
/// How names begin that only the border tests export.
const STAGE: &str = "Rehears";

/// What to do about a difference.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Difference {
    /// It is a mistake until somebody says otherwise.
    Fails,
    /// It is meant: the text is written anew.
    Accepted,
}

/// Compares the border library's surface with the agreed text.
pub(crate) fn check(house: &House, difference: Difference) -> Result<(), Failure> {
    let library = house.library();
    let library = Utf8Path::from_path(&library)
        .ok_or_else(|| Failure::new("the path of the library must be UTF-8"))?;
    let found = listing(library)?;
    let path = house.path(AGREED);
    if difference == Difference::Accepted {
        return fs::write(path, found).map_err(Failure::new);
    }
    let agreed = fs::read_to_string(path).unwrap_or_default();
    match first_difference(&agreed, &found) {
        None => Ok(()),
        Some((line, agreed, found)) => Err(Failure::new(format!(
            "the border's surface differs from {AGREED} in line {line}:\n  agreed: {agreed}\n  found:  {found}\n\
             if that is meant: cargo xtask generate --accept-surface"
        ))),
    }
}

fn first_difference<'a>(agreed: &'a str, found: &'a str) -> Option<(usize, &'a str, &'a str)> {
    let longest = agreed.lines().count().max(found.lines().count());
    let line = |text: &'a str, at| text.lines().nth(at).unwrap_or("(nothing)");
    (0..longest)
        .map(|at| (at + 1, line(agreed, at), line(found, at)))
        .find(|(_, agreed, found)| agreed != found)
}

fn listing(library: &Utf8Path) -> Result<String, Failure> {
    let loader = BindgenLoader::new(BindgenPaths::default(), GlobalConfig::default());
    let fail = |error| Failure::new(format!("{error:#}"));
    let metadata = loader.load_metadata(library).map_err(fail)?;
    let interfaces = loader.load_cis(metadata).map_err(fail)?;
    let mut items: Vec<String> = interfaces.iter().flat_map(items).collect();
    items.retain(|item| !item.contains(STAGE));
    items.sort();
    Ok(items.join("\n"))
}

fn items(interface: &ComponentInterface) -> Vec<String> {
    let functions = interface.function_definitions().iter();
    let functions = functions.map(|function| format!("{}\n", call(function.name(), function)));
    let objects = interface.object_definitions().iter().map(|object| {
        let what = match object.imp() {
            ObjectImpl::Struct => "object",
            _ => "trait",
        };
        let made = object.constructors().into_iter();
        let made = made.map(|one| format!("new {}", call(one.name(), one)));
        let methods = object.methods().into_iter();
        let methods = methods.map(|one| call(one.name(), one));
        block(what, object.name(), made.chain(methods))
    });
    let records = interface.record_definitions().iter();
    let records = records.map(|one| block("record", one.name(), one.fields().iter().map(field)));
    let enums = interface.enum_definitions().iter();
    let enums = enums.map(|one| {
        let what = if interface.is_name_used_as_error(one.name()) {
            "error"
        } else {
            "enum"
        };
        block(what, one.name(), cases(one))
    });
    functions
        .chain(objects)
        .chain(records)
        .chain(enums)
        .collect()
}

fn block(what: &str, name: &str, lines: impl Iterator<Item = String>) -> String {
    let mut text = format!("{what} {name}\n");
    for line in lines {
        text.push_str("    ");
        text.push_str(&line);
        text.push('\n');
    }
    text
}

fn cases(one: &Enum) -> impl Iterator<Item = String> {
    let case = |variant: &Variant| {
        let fields: Vec<String> = variant.fields().iter().map(field).collect();
        if fields.is_empty() {
            variant.name().to_owned()
        } else {
            format!("{}({})", variant.name(), fields.join(", "))
        }
    };
    one.variants().iter().map(case)
}

fn field(field: &Field) -> String {
    let default = if field.default_value().is_some() {
        " = …"
    } else {
        ""
    };
    format!(
        "{}: {}{default}",
        field.name(),
        kind(&uniffi_bindgen::interface::AsType::as_type(field))
    )
}

fn call(name: &str, call: &dyn Callable) -> String {
    let arguments: Vec<String> = call
        .arguments()
        .into_iter()
        .map(|one| {
            format!(
                "{}: {}",
                one.name(),
                kind(&uniffi_bindgen::interface::AsType::as_type(one))
            )
        })
        .collect();
    let asynchronous = if call.is_async() { "async " } else { "" };
    let answer = call
        .return_type()
        .map(|answer| format!(" -> {}", kind(answer)));
    let throws = call
        .throws_type()
        .map(|throws| format!(" throws {}", kind(throws)));
    format!(
        "{asynchronous}{name}({}){}{}",
        arguments.join(", "),
        answer.unwrap_or_default(),
        throws.unwrap_or_default()
    )
}

fn kind(of: &Type) -> String {
    match of {
        Type::Object { name, .. }
        | Type::Record { name, .. }
        | Type::Enum { name, .. }
        | Type::CallbackInterface { name, .. }
        | Type::Custom { name, .. } => name.clone(),
        Type::Box { inner_type } => kind(inner_type),
        Type::Optional { inner_type } => format!("{}?", kind(inner_type)),
        Type::Sequence { inner_type } => format!("[{}]", kind(inner_type)),
        other => format!("{other:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::first_difference;

    #[test]
    fn the_first_line_that_differs_is_named() {
        for (agreed, found, expected) in [
            ("a\nb", "a\nb", None),
            ("a\nb", "a\nc", Some((2, "b", "c"))),
            ("a", "a\nb", Some((2, "(nothing)", "b"))),
            ("", "a", Some((1, "(nothing)", "a"))),
        ] {
            assert_eq!(
                first_difference(agreed, found),
                expected,
                "{agreed:?} {found:?}"
            );
        }
    }
}

//! The texts of the shells: reads the tables under `bindings/shells`, writes them as Kotlin and as Android resources.
//!
//! It joins three tables under keys of one form: `strings.txt` as it is, `codes.txt` under `code.*` and `wizard.txt`
//! under `wizard.*`. It translates and invents nothing, and refuses a text that one language lacks.

mod android;
mod kotlin;
mod table;

use std::fs;
use std::path::Path;

use crate::house::House;
use crate::steps::Failure;
use table::Entry;

/// Where the Kotlin tables go; the module `presentation` compiles them.
pub(crate) const KOTLIN: &str = "android/presentation/src/generated/kotlin";
/// Where the Android resources go.
pub(crate) const ANDROID: &str = "android/app/src/generated/res";

/// The languages of the shells, in the tables' order, with the names of their Kotlin tables.
const LANGUAGES: [(&str, &str); 3] = [("uk", "Ukrainian"), ("ru", "Russian"), ("en", "English")];

/// Writes all texts as Kotlin into `out`.
pub(crate) fn kotlin(house: &House, out: &Path) -> Result<(), Failure> {
    let entries = entries(house)?;
    for (at, (_, name)) in LANGUAGES.into_iter().enumerate() {
        let file = out.join(format!("kartka/presentation/words/{name}Texts.kt"));
        put(&file, &kotlin::file(name, &entries, at))?;
    }
    Ok(())
}

/// Writes all texts as Android resources into `out`.
pub(crate) fn android(house: &House, out: &Path) -> Result<(), Failure> {
    let entries = entries(house)?;
    for (at, (language, _)) in LANGUAGES.into_iter().enumerate() {
        let folder = match language {
            "en" => "values".to_owned(),
            other => format!("values-{other}"),
        };
        put(
            &out.join(folder).join("strings.xml"),
            &android::file(&entries, at),
        )?;
    }
    Ok(())
}

fn put(file: &Path, text: &str) -> Result<(), Failure> {
    let folder = file.parent().unwrap_or(file);
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(file, text))
        .map_err(|error| Failure::new(format!("{}: {error}", file.display())))
}

/// The entries of all three tables, by key.
fn entries(house: &House) -> Result<Vec<Entry>, Failure> {
    let read = |name: &str| {
        let file = house.path("bindings/shells").join(name);
        fs::read_to_string(&file)
            .map_err(|error| Failure::new(format!("{}: {error}", file.display())))
    };
    let strings = table::strings(&read("strings.txt")?);
    let codes = table::codes(&read("codes.txt")?);
    let wizard = table::wizard(&read("wizard.txt")?);
    let all = strings.and_then(|mut all| {
        all.extend(codes?);
        all.extend(wizard?);
        table::checked(all)
    });
    all.map_err(Failure::new)
}

#[cfg(test)]
mod tests {
    use super::{android, kotlin, table};

    const TABLE: &str = "# said\n\ncommon.stamps plural n\nuk {n} штамп | {n} штампи | {n} штампів | {n} штампа\n\
        ru {n} штамп | {n} штампа | {n} штампов | {n} штампа\nen {n} stamp | {n} stamps\n\n\
        error.name\nuk Ім'я {who} за {sum|money} & 5 %\nru Имя {who} за {sum|money} & 5 %\nen For {sum|money} & 5 %: \"{who}\"\n";

    #[test]
    fn a_text_becomes_kotlin_and_a_resource() {
        let entries = table::strings(TABLE).and_then(table::checked).unwrap();
        let written = kotlin::file("English", &entries, 2);
        assert!(
            written.contains(
                "\"common.stamps\" to Text(\"n\", listOf(\"{n} stamp\", \"{n} stamps\")),"
            ),
            "{written}"
        );
        assert!(
            written.contains(
                "\"error.name\" to Text(null, listOf(\"For {sum|money} & 5 %: \\\"{who}\\\"\")),"
            ),
            "{written}"
        );
        let resource = android::file(&entries, 0);
        assert!(
            resource
                .contains("<string name=\"error_name\">Ім\\'я %1$s за %2$s &amp; 5 %%</string>"),
            "{resource}"
        );
        assert!(
            resource.contains("<item quantity=\"few\">%1$s штампи</item>"),
            "{resource}"
        );
        let english = android::file(&entries, 2);
        assert!(
            english.contains("For %2$s &amp; 5 %%: \\\"%1$s\\\""),
            "a place keeps its number in every language: {english}"
        );
    }

    #[test]
    fn a_hole_in_the_table_is_named() {
        for (broken, why) in [
            ("a.b\nuk x\nen y\n", "a.b: three languages"),
            ("a.b\nuk {n}\nru {n}\nen {m}\n", "a.b: the same arguments"),
            (
                "a.b plural n\nuk {n}\nru {n}\nen {n}\n",
                "a.b: uk has 1 forms of 4",
            ),
            (
                "a.b\nuk x\nru x\nen x\n\na.b\nuk x\nru x\nen x\n",
                "a.b stands twice",
            ),
            ("A b\nuk x\nru x\nen x\n", "A b is no key"),
        ] {
            let told = table::strings(broken).and_then(table::checked);
            let told = told.err().unwrap_or_default();
            assert!(told.contains(why), "{broken:?}: {told}");
        }
    }

    #[test]
    fn codes_and_the_wizard_join_under_their_groups() {
        let codes = table::codes("MaxShare\nuk {most}.\nru {most}.\nen {most}.\n").unwrap();
        assert_eq!(codes[0].key, "code.max_share");
        let wizard = table::wizard("kind.bonus\nuk А | Б\nru А | Б\nen A | B\n").unwrap();
        let keys: Vec<&str> = wizard.iter().map(|entry| entry.key.as_str()).collect();
        assert_eq!(keys, ["wizard.kind.bonus.title", "wizard.kind.bonus.about"]);
    }
}

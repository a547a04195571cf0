//! The rules of architecture §2 as data, and planted violations that prove they bite.

/// More lines than this and a reader loses the way.
pub(crate) const LONGEST_FILE: usize = 600;

/// Endings of the files that are read.
pub(crate) const CODE: &[&str] = &[".rs", ".kt", ".kts", ".swift", ".py", "Cargo.toml"];

/// Folders that hold nothing a person wrote.
pub(crate) const NOT_OURS: &[&str] = &["target", "generated", "fixtures"];

/// Packages beside the workspace, built only to be measured beside: they name no room and no room names them.
pub(crate) const APART: &[&str] = &["tests/peers/engines/"];

/// Names only some rooms may say.
pub(crate) struct Rule {
    pub(crate) law: &'static str,
    pub(crate) names: &'static [&'static str],
    /// Where the rule holds: everything under these.
    within: &'static [&'static str],
    /// The rooms inside that may say the names.
    except: &'static [&'static str],
    tests: Tests,
}

/// Whether test code may say the names as well.
#[derive(PartialEq, Eq)]
enum Tests {
    MayName,
    Bound,
}

use Tests::{Bound, MayName};

const RUST: &[&str] = &["core", "server", "cli", "bindings", "tests"];
const SHELLS: &[&str] = &["android", "ios"];
const PURE: &[&str] = &["core/domain/src", "core/protocol/src"];

pub(crate) const SOURCES: &[Rule] = &[
    Rule {
        law: "only ffi and xtask name uniffi (§2, rule 3)",
        names: &["uniffi", "uniffi_bindgen", "uniffi_core"],
        within: RUST,
        except: &["bindings"],
        tests: Bound,
    },
    Rule {
        law: "only the two store modules and tests name rusqlite (§2, rule 3)",
        names: &["rusqlite", "libsqlite3_sys"],
        within: RUST,
        except: &["core/src/store", "server/src/store"],
        tests: MayName,
    },
    Rule {
        law: "only core::sync::transport, the server's outgoing adapters and tests name reqwest (§2, rule 3)",
        names: &["reqwest"],
        within: RUST,
        except: &["core/src/sync/transport", "server/src/outgoing"],
        tests: MayName,
    },
    Rule {
        law: "rxing lives in core::scan (§2, rule 3)",
        names: &["rxing"],
        within: RUST,
        except: &["core/src/scan"],
        tests: Bound,
    },
    Rule {
        law: "PINs are hashed in core::pin alone (sync §7)",
        names: &["argon2"],
        within: RUST,
        except: &["core/src/pin"],
        tests: MayName,
    },
    Rule {
        law: "krilla lives in core::print (§2, rule 3)",
        names: &["krilla"],
        within: RUST,
        except: &["core/src/print"],
        tests: Bound,
    },
    Rule {
        law: "xlsx lives in core::exchange (§2, rule 3)",
        names: &["calamine", "rust_xlsxwriter", "umya_spreadsheet"],
        within: RUST,
        except: &["core/src/exchange"],
        tests: Bound,
    },
    Rule {
        law: "qrcode lives in core and server (§2, rule 3)",
        names: &["qrcode"],
        within: RUST,
        except: &["core/src", "server/src"],
        tests: MayName,
    },
    Rule {
        law: "zones live in protocol::civil (§2, rule 1)",
        names: &["chrono_tz"],
        within: RUST,
        except: &["core/protocol/src/civil"],
        tests: Bound,
    },
    Rule {
        law: "in core only sync::transport names tokio (§3)",
        names: &["tokio"],
        within: &["core"],
        except: &["core/src/sync/transport"],
        tests: MayName,
    },
    Rule {
        law: "domain and protocol know no file, network, thread, clock or chance (§2, rules 1 and 5)",
        names: &[
            "std::fs",
            "std::net",
            "std::env",
            "std::process",
            "std::thread",
            "SystemTime",
            "Instant",
            "getrandom",
        ],
        within: PURE,
        except: &[],
        tests: Bound,
    },
    Rule {
        law: "domain, core and server do not use std's hash tables (§5)",
        names: &["HashMap", "HashSet"],
        within: &["core", "server"],
        except: &[],
        tests: Bound,
    },
    Rule {
        law: "only corebridge imports generated Kotlin (§2, rule 6)",
        names: &["kartka.generated"],
        within: &["android"],
        except: &["android/corebridge"],
        tests: Bound,
    },
    Rule {
        law: "only CoreBridge imports generated Swift (§2, rule 6)",
        names: &["KartkaGenerated", "KartkaFFI"],
        within: &["ios"],
        except: &["ios/Sources/CoreBridge", "ios/Tests/CoreBridgeTests"],
        tests: Bound,
    },
    Rule {
        law: "no SQL and no HTTP in a shell (§2, rule 6)",
        names: &[
            "java.sql",
            "java.net",
            "android.database",
            "okhttp3",
            "SQLite3",
            "URLSession",
            "URLRequest",
        ],
        within: SHELLS,
        except: &[
            "android/corebridge/src/test",
            // Starts the real server for the demo shop, and looks for a free port.
            "android/desktop/src/main",
            "ios/Tests/CoreBridgeTests",
        ],
        tests: Bound,
    },
];

impl Rule {
    /// Whether the file at `path` may not say the names.
    pub(crate) fn forbids_in(&self, path: &str) -> bool {
        let inside = |rooms: &[&str]| rooms.iter().any(|room| is_inside(path, room));
        inside(self.within) && !inside(self.except) && !(self.tests == MayName && is_test(path))
    }
}

/// A room is a folder, or the module file of its name.
fn is_inside(path: &str, room: &str) -> bool {
    path.strip_prefix(room)
        .is_some_and(|rest| rest.starts_with('/') || rest == ".rs")
}

fn is_test(path: &str) -> bool {
    path.split('/')
        .any(|part| part == "tests" || part == "benches")
}

/// Whether the file belongs to a crate without a clock, a file or the network.
pub(crate) fn is_pure(path: &str) -> bool {
    PURE.iter().any(|room| is_inside(path, room))
}

/// Which packages a package of the workspace may depend on.
pub(crate) struct Direction {
    pub(crate) manifest: &'static str,
    /// Packages of this workspace.
    pub(crate) ours: &'static [&'static str],
    /// Other packages that are linked in; `None` leaves them to the rules above.
    pub(crate) linked: Option<&'static [&'static str]>,
}

pub(crate) const DIRECTIONS: &[Direction] = &[
    Direction {
        manifest: "core/domain/Cargo.toml",
        ours: &[],
        linked: Some(&["chrono", "thiserror", "sha2", "hmac", "hkdf"]),
    },
    Direction {
        manifest: "core/protocol/Cargo.toml",
        ours: &["kartka-domain"],
        linked: Some(&[
            "thiserror",
            "minicbor",
            "zstd",
            "blake3",
            "chacha20poly1305",
            "p256",
            "ring",
            "unicode-normalization",
            "chrono-tz",
        ]),
    },
    Direction {
        manifest: "core/Cargo.toml",
        ours: &["kartka-domain", "kartka-protocol"],
        linked: None,
    },
    Direction {
        manifest: "server/Cargo.toml",
        ours: &["kartka-domain", "kartka-protocol"],
        linked: None,
    },
    Direction {
        manifest: "bindings/Cargo.toml",
        ours: &["kartka-core"],
        linked: None,
    },
    Direction {
        manifest: "bindings/xtask/Cargo.toml",
        ours: &[],
        linked: None,
    },
    Direction {
        manifest: "cli/Cargo.toml",
        ours: &["kartka-core", "kartka-server"],
        linked: None,
    },
    Direction {
        manifest: "tests/Cargo.toml",
        ours: &[
            "kartka",
            "kartka-core",
            "kartka-domain",
            "kartka-ffi",
            "kartka-protocol",
            "kartka-server",
        ],
        linked: None,
    },
    Direction {
        manifest: "tests/fuzz/Cargo.toml",
        ours: &["kartka-core", "kartka-domain", "kartka-protocol"],
        linked: None,
    },
];

/// Manifests by the only packages that may name a dependency.
pub(crate) const OWNERS: &[(&str, &[&str])] = &[
    ("uniffi", &["bindings/Cargo.toml"]),
    ("uniffi_bindgen", &["bindings/xtask/Cargo.toml"]),
    (
        "rusqlite",
        &["core/Cargo.toml", "server/Cargo.toml", "tests/Cargo.toml"],
    ),
    (
        "reqwest",
        &["core/Cargo.toml", "server/Cargo.toml", "tests/Cargo.toml"],
    ),
    ("rxing", &["core/Cargo.toml"]),
    ("krilla", &["core/Cargo.toml"]),
    (
        "qrcode",
        &["core/Cargo.toml", "server/Cargo.toml", "tests/Cargo.toml"],
    ),
    ("chrono-tz", &["core/protocol/Cargo.toml"]),
    ("libfuzzer-sys", &["tests/fuzz/Cargo.toml"]),
];

/// Path, text, the line at fault and what is found there: exactly one violation each.
pub(crate) const PLANTED: &[(&str, &str, usize, &str)] = &[
    (
        "server/src/routes.rs",
        "//! Routes.\nuse uniffi::Object;\n",
        2,
        "uniffi",
    ),
    (
        "tests/tests/border.rs",
        "use uniffi::Object;\n",
        1,
        "uniffi",
    ),
    (
        "core/src/query/today.rs",
        "fn f() {\n    rusqlite::params![];\n}\n",
        2,
        "rusqlite",
    ),
    (
        "core/src/storefront.rs",
        "use rusqlite::Row;\n",
        1,
        "rusqlite",
    ),
    ("cli/src/main.rs", "use reqwest::Client;\n", 1, "reqwest"),
    ("core/src/sync/engine.rs", "use tokio::spawn;\n", 1, "tokio"),
    (
        "cli/src/scan.rs",
        "let reader = rxing::Reader;\n",
        1,
        "rxing",
    ),
    ("cli/src/demo.rs", "use qrcode::QrCode;\n", 1, "qrcode"),
    (
        "core/protocol/src/op.rs",
        "use chrono_tz::Tz;\n",
        1,
        "chrono_tz",
    ),
    (
        "core/domain/src/ledger.rs",
        "\n\nlet now = SystemTime::now();\n",
        3,
        "SystemTime",
    ),
    (
        "core/protocol/src/page.rs",
        "let text = std::fs::read(\"x\");\n",
        1,
        "std::fs",
    ),
    (
        "server/src/writer.rs",
        "let open: HashMap<u8, u8>;\n",
        1,
        "HashMap",
    ),
    (
        "android/presentation/src/main/kotlin/X.kt",
        "import kartka.generated.Till\n",
        1,
        "kartka.generated",
    ),
    (
        "ios/Sources/Presentation/X.swift",
        "import KartkaGenerated\n",
        1,
        "KartkaGenerated",
    ),
    (
        "ios/Sources/CoreBridge/X.swift",
        "let session = URLSession.shared\n",
        1,
        "URLSession",
    ),
    (
        "android/app/src/main/kotlin/X.kt",
        "import java.net.URL\n",
        1,
        "java.net",
    ),
    (
        "cli/src/clock.rs",
        "#[allow(clippy::disallowed_methods)]\n",
        1,
        "allow(clippy::disallowed_methods)",
    ),
    (
        "core/domain/src/moment.rs",
        "\n#[allow(clippy::disallowed_methods, reason = \"now\")]\n",
        2,
        "allow(clippy::disallowed_methods, reason = \"\")",
    ),
    (
        "core/domain/Cargo.toml",
        "[lints]\nworkspace = true\n[dependencies]\nserde = \"1\"\n",
        4,
        "serde",
    ),
    (
        "core/protocol/Cargo.toml",
        "[lints]\nworkspace = true\n[build-dependencies]\ncc = \"1\"\n",
        4,
        "cc",
    ),
    (
        "server/Cargo.toml",
        "[lints]\nworkspace = true\n[dependencies.kartka-core]\npath = \"../core\"\n",
        3,
        "kartka-core",
    ),
    (
        "core/Cargo.toml",
        "[lints]\nworkspace = true\n[dev-dependencies]\nkartka-ffi = \"1\"\n",
        4,
        "kartka-ffi",
    ),
    (
        "cli/Cargo.toml",
        "[lints]\nworkspace = true\n[target.'cfg(unix)'.dependencies]\nreqwest = \"1\"\n",
        4,
        "reqwest",
    ),
    (
        "cli/Cargo.toml",
        "[lints]\nworkspace = true\n[dependencies]\nkartka-core = { path = \"../core\", features = [\"simulation\"] }\n",
        4,
        "simulation",
    ),
    (
        "server/Cargo.toml",
        "[lints]\nworkspace = true\n[features]\ndefault = [\"plant\"]\nplant = []\n",
        4,
        "plant",
    ),
    (
        "cli/Cargo.toml",
        "[package]\nname = \"kartka\"\n",
        1,
        "no [lints] workspace = true",
    ),
    (
        "new/Cargo.toml",
        "[lints]\nworkspace = true\n",
        1,
        "no direction is written down for it",
    ),
    (
        "Cargo.toml",
        "[profile.release]\npanic = \"abort\"\n",
        2,
        "panic",
    ),
];

/// Path and text of files that break nothing.
pub(crate) const CLEAN: &[(&str, &str)] = &[
    ("core/src/store.rs", "use rusqlite::Connection;\n"),
    ("core/src/store/lots.rs", "use rusqlite::Connection;\n"),
    (
        "core/src/query/today.rs",
        "//! Never rusqlite.\n/* nor /* reqwest */ tokio */ fn f() -> &'static str { \"rxing\" }\n",
    ),
    (
        "core/src/query/raw.rs",
        "const A: &str = r#\"use \"rusqlite\"; \"#; const B: char = '\"'; const C: &str = \"tokio\";\n",
    ),
    ("core/tests/store.rs", "use rusqlite::Connection;\n"),
    (
        "server/src/pages/rusqlite_words.rs",
        "fn rusqlite_words() {}\n",
    ),
    ("core/protocol/src/civil.rs", "use chrono_tz::Tz;\n"),
    (
        "android/corebridge/src/main/kotlin/X.kt",
        "import kartka.generated.Till\n",
    ),
    ("ios/Package.swift", "let target = \"KartkaGenerated\"\n"),
    (
        "cli/src/clock.rs",
        "#[allow(clippy::disallowed_methods, reason = \"the real clock\")]\n",
    ),
    (
        "core/domain/Cargo.toml",
        "[lints]\nworkspace = true\n[dependencies]\nchrono = \"1\"\n[dev-dependencies]\nproptest = \"1\"\n",
    ),
];

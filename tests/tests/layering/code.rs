//! Reads Rust, Kotlin, Swift and Python just well enough to tell code from comments and strings.

/// The text with every comment and every string's contents gone; lines stay where they were.
pub(crate) fn without_comments_and_strings(text: &str) -> String {
    let mut reader = Reader {
        rest: text,
        code: String::with_capacity(text.len()),
    };
    while let Some(next) = reader.rest.chars().next() {
        reader.step(next);
    }
    reader.code
}

struct Reader<'a> {
    rest: &'a str,
    code: String,
}

impl Reader<'_> {
    fn step(&mut self, next: char) {
        match next {
            '/' if self.rest.starts_with("//") => self.skip_line(),
            '/' if self.rest.starts_with("/*") => self.skip_block(),
            '"' if self.rest.starts_with("\"\"\"") => self.skip_until("\"\"\"", "\"\"\""),
            '"' => self.skip_string(),
            'r' if self.raw_hashes().is_some() && !self.inside_word() => self.skip_raw(),
            '\'' => self.skip_character(),
            _ => self.keep(next.len_utf8()),
        }
    }

    fn keep(&mut self, bytes: usize) {
        let (kept, rest) = self.rest.split_at(bytes);
        self.code.push_str(kept);
        self.rest = rest;
    }

    /// Drops `bytes`, all but the line ends.
    fn drop(&mut self, bytes: usize) {
        let (gone, rest) = self.rest.split_at(bytes);
        self.code.extend(gone.chars().filter(|c| *c == '\n'));
        self.rest = rest;
    }

    fn skip_line(&mut self) {
        self.drop(self.rest.find('\n').unwrap_or(self.rest.len()));
    }

    /// Block comments nest in all three languages.
    fn skip_block(&mut self) {
        let mut depth = 0_usize;
        loop {
            let Some(at) = self.rest.find(['/', '*']) else {
                return self.drop(self.rest.len());
            };
            self.drop(at);
            if self.rest.starts_with("/*") {
                depth += 1;
                self.drop(2);
            } else if self.rest.starts_with("*/") {
                depth -= 1;
                self.drop(2);
            } else {
                self.drop(1);
            }
            if depth == 0 {
                return;
            }
        }
    }

    fn skip_until(&mut self, open: &str, close: &str) {
        self.drop(open.len());
        let end = self
            .rest
            .find(close)
            .map_or(self.rest.len(), |at| at + close.len());
        self.drop(end);
        self.code.push_str("\"\"");
    }

    fn skip_string(&mut self) {
        self.drop(1);
        while let Some(at) = self.rest.find(['"', '\\']) {
            let escaped = self.rest[at..].starts_with('\\');
            let after = self.rest[at + 1..].chars().next().map_or(0, char::len_utf8);
            self.drop(at + 1 + if escaped { after } else { 0 });
            if !escaped {
                break;
            }
        }
        self.code.push_str("\"\"");
    }

    /// How many `#` a raw string of Rust that starts here has.
    fn raw_hashes(&self) -> Option<usize> {
        let after = self.rest.strip_prefix('r')?;
        let hashes = after.len() - after.trim_start_matches('#').len();
        after[hashes..].starts_with('"').then_some(hashes)
    }

    fn skip_raw(&mut self) {
        let hashes = "#".repeat(self.raw_hashes().unwrap_or(0));
        self.skip_until(&format!("r{hashes}\""), &format!("\"{hashes}"));
    }

    /// A character literal; what is none is a lifetime.
    fn skip_character(&mut self) {
        let mut characters = self.rest.char_indices().skip(1);
        let first = characters.next();
        let second = characters.next();
        match (first, second) {
            (Some((_, '\\')), Some((at, escaped))) => {
                let from = at + escaped.len_utf8();
                let end = self.rest[from..]
                    .find('\'')
                    .map_or(self.rest.len(), |close| from + close + 1);
                self.drop(end);
            }
            (Some(_), Some((at, '\''))) => self.drop(at + 1),
            _ => self.keep(1),
        }
    }

    fn inside_word(&self) -> bool {
        self.code.chars().next_back().is_some_and(is_word)
    }
}

/// Whether the line says `name` as a whole word or path.
pub(crate) fn names(line: &str, name: &str) -> bool {
    line.match_indices(name).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + name.len()..].chars().next();
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// An exception from clippy's disallowed methods or types.
pub(crate) struct Allowance {
    pub(crate) line: usize,
    pub(crate) gives_reason: bool,
    pub(crate) text: String,
}

/// Every such exception in code without comments and strings.
pub(crate) fn allowances(code: &str) -> Vec<Allowance> {
    code.match_indices("clippy::disallowed_")
        .filter_map(|(at, _)| {
            let start = code[..at]
                .rfind("allow(")
                .or_else(|| code[..at].rfind("expect("))?;
            let end = at + code[at..].find(')').map_or(0, |close| close + 1);
            let text = code[start..end].to_owned();
            let line = code[..start].matches('\n').count() + 1;
            Some(Allowance {
                line,
                gives_reason: text.contains("reason"),
                text,
            })
        })
        .collect()
}

//! Making HTML: escaping, the frame of a page, and a code as a picture.

use std::fmt::Write as _;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use qrcode::{Color, EcLevel, QrCode};

use super::words::Language;

/// The one style sheet, light and dark.
pub(crate) const STYLE: &str = include_str!("style.css");

/// A whole page.
pub(crate) struct Page {
    /// What the tab says.
    pub(crate) title: String,
    /// Of the texts.
    pub(crate) language: Language,
    /// HTML inside `<main>`.
    pub(crate) body: String,
    /// How it is answered.
    pub(crate) status: StatusCode,
}

impl Page {
    /// A page that only says something.
    pub(super) fn message(language: Language, said: &str, hint: &str, status: StatusCode) -> Self {
        Self {
            title: said.to_owned(),
            language,
            body: format!(
                "<div class=\"message\"><h1>{}</h1><p class=\"dim\">{}</p></div>",
                text(said),
                text(hint)
            ),
            status,
        }
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let html = format!(
            "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
             <meta name=\"color-scheme\" content=\"light dark\">\
             <meta name=\"robots\" content=\"noindex\"><title>{}</title>\
             <link rel=\"stylesheet\" href=\"/style.css\"></head>\
             <body><main>{}</main><footer>Kartka</footer></body></html>",
            self.language.tag(),
            text(&self.title),
            self.body
        );
        let mut response = (self.status, html).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/html; charset=utf-8"),
        );
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::VARY, HeaderValue::from_static("Accept-Language"));
        response
    }
}

/// Text that may hold anything, as HTML.
pub(super) fn text(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    for c in raw.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}

/// A part of a page under its own heading; `body` is HTML.
pub(super) fn section(heading: &str, body: &str) -> String {
    format!("<section><h2>{}</h2>{body}</section>", text(heading))
}

/// A table with a heading at the left of each row.
pub(super) fn table(rows: &[(String, String)]) -> String {
    let rows = rows.iter().fold(String::new(), |mut html, (name, value)| {
        let _ = write!(
            html,
            "<tr><th scope=\"row\">{}</th><td>{}</td></tr>",
            text(name),
            text(value)
        );
        html
    });
    format!("<table>{rows}</table>")
}

/// Quiet zone in modules (cards §3).
const QUIET: usize = 4;

/// A code, dark on a white tile in every theme; `label` is read out by screen readers.
pub(super) fn qr_tile(content: &str, label: &str) -> String {
    let Ok(code) = QrCode::with_error_correction_level(content, EcLevel::M) else {
        return String::new();
    };
    let width = code.width();
    let mut path = String::new();
    for (at, color) in code.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            let (x, y) = (at % width + QUIET, at / width + QUIET);
            let _ = write!(path, "M{x} {y}h1v1h-1z");
        }
    }
    let size = width + 2 * QUIET;
    format!(
        "<div class=\"tile\"><svg viewBox=\"0 0 {size} {size}\" role=\"img\" aria-label=\"{}\" \
         shape-rendering=\"crispEdges\"><rect width=\"{size}\" height=\"{size}\" fill=\"#fff\"/>\
         <path d=\"{path}\" fill=\"#000\"/></svg></div>",
        text(label)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_outside_becomes_markup() {
        assert_eq!(
            text("<b a='x' c=\"y\">&"),
            "&lt;b a=&#39;x&#39; c=&quot;y&quot;&gt;&amp;"
        );
        let rows = [("<i>".to_owned(), "</td>".to_owned())];
        assert!(!table(&rows).contains("<i>"));
    }

    #[test]
    fn a_code_has_its_quiet_zone() {
        let tile = qr_tile("K1", "code");
        // Version 1 is 21 modules wide.
        assert!(tile.contains("viewBox=\"0 0 29 29\""), "{tile}");
        assert!(tile.contains("M4 4h1"), "{tile}");
    }
}

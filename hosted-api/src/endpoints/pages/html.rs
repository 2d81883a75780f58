//! What both pages share: the frame, the policy, the table of installers.

use std::fmt::Write;
use std::sync::LazyLock;

use axum::http::header::{CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, VARY};
use axum::http::header::{HeaderName, X_CONTENT_TYPE_OPTIONS};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::installers::Installers;
use super::words::Words;
use crate::updates::Installer;

/// Works in both schemes, at any size.
const STYLE: &str = "\
:root{color-scheme:light dark;font:1.125rem/1.5 system-ui,sans-serif}\
body{margin:0 auto;max-width:44rem;padding:2rem 1.25rem}\
h1{font-size:1.75rem;line-height:1.2}h2{font-size:1.25rem;margin-top:2.5rem}\
a.open{display:inline-block;padding:.75rem 1.5rem;border-radius:.5rem;background:#1d4ed8;color:#fff;\
font-weight:600;text-decoration:none}a.open:focus-visible{outline:3px solid;outline-offset:3px}\
code{font-family:ui-monospace,monospace;overflow-wrap:anywhere}\
ul{list-style:none;padding:0}li{margin:0 0 1.25rem}.hash{font-size:.75rem;opacity:.8}";

/// Reads the code from the fragment, which never leaves the browser, and opens the application with it.
pub(super) const SCRIPT: &str = "\
(function(){\
var link=document.getElementById('open'),code=location.hash.slice(1).replace(/[^0-9A-Za-z-]/g,'');\
document.getElementById(code?'with-code':'without-code').hidden=false;\
if(!code)return;\
document.getElementById('code').textContent=code;\
link.href='ringside://claim/'+code+'?server='+encodeURIComponent(link.dataset.server);\
location.href=link.href;\
})();";

/// What a page may do: its own style and script, and links.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'",
        hash(STYLE),
        hash(SCRIPT)
    )
});

/// A page with this title and body.
pub(super) fn page(words: &Words, title: &str, body: &str) -> Response {
    let language = words.language;
    let html = format!(
        "<!doctype html>\n<html lang=\"{language}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{title}</title><style>{STYLE}</style></head><body><main>{body}</main></body></html>\n"
    );
    let headers: [(HeaderName, &str); 6] = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CONTENT_LANGUAGE, language),
        (CONTENT_SECURITY_POLICY, POLICY.as_str()),
        (REFERRER_POLICY, "no-referrer"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (VARY, "Accept-Language, User-Agent"),
    ];
    (headers, html).into_response()
}

/// The installers, those for the visitor's system first.
pub(super) fn installers(words: &Words, installers: &Installers) -> String {
    if installers.matching.is_empty() && installers.others.is_empty() {
        return format!("<p>{}</p>", words.no_installers);
    }
    let mut html = String::new();
    for (heading, list) in [(words.for_your_system, &installers.matching), (words.for_others, &installers.others)] {
        if list.is_empty() {
            continue;
        }
        // Writing to a string can't fail.
        let _ = write!(html, "<h2>{heading}</h2><ul>");
        for installer in list {
            html.push_str(&item(words, installer));
        }
        html.push_str("</ul>");
    }
    html
}

fn item(words: &Words, installer: &Installer) -> String {
    let Installer { artefact, version, size_bytes } = installer;
    // Hashes and the names of artefacts have no character with a meaning in HTML or in an address but `+` and `~`.
    let (hash, name) = (escaped(&artefact.hash), escaped(&artefact.file_name));
    format!(
        "<li><a href=\"v1/artefacts/{hash}/{name}\">{name}</a><br>{system}, {arch} · {version} · {size}<br>\
         <span class=\"hash\">SHA-256 <code>{hash}</code></span></li>",
        system = words.bundle(artefact.platform.bundle),
        arch = artefact.platform.arch.word(),
        version = escaped(&version.to_string()),
        size = words.megabytes(*size_bytes),
    )
}

/// A text as it stands in HTML, also within quotes.
pub(super) fn escaped(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut html, c| {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            _ => html.push(c),
        }
        html
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_has_a_meaning_gets_into_a_page() {
        assert_eq!(escaped("<a href='x'>\"&\"</a>"), "&lt;a href=&#39;x&#39;&gt;&quot;&amp;&quot;&lt;/a&gt;");
    }

    #[test]
    fn the_policy_allows_nothing_by_name() {
        for source in ["unsafe", "http", "*", "'self'", "data:"] {
            assert!(!POLICY.contains(source), "{}", *POLICY);
        }
    }
}

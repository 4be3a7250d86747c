//! The page that explains signatures, from the folder that `web/build.sh` writes. It is not part of the binary: its WebAssembly module
//! needs a toolchain of its own, and a committed one could not be told from one that nobody built. A package installs it beside the binary.
//!
//! It stands under a path that nobody can guess, and answers only what a browser asks that was sent to this machine by that path.

use std::collections::HashMap;
use std::path::Path;

use super::Reply;
use super::local::{foreign_host, is_loopback_name, name_of};
use crate::clock;
use crate::failure::{Failure, Result};
use crate::input::{OwnedMessage, url};

/// Files of other kinds are not part of the page.
const TYPES: [(&str, &str); 5] = [
    ("html", "text/html; charset=utf-8"),
    ("js", "text/javascript; charset=utf-8"),
    ("css", "text/css; charset=utf-8"),
    ("svg", "image/svg+xml"),
    ("wasm", "application/wasm"),
];

/// The page's files in memory.
pub struct Page {
    /// `/0f1e...../`
    prefix: String,
    /// By path below the prefix: Content-Type and bytes.
    files: HashMap<String, (&'static str, Vec<u8>)>,
}

/// Where packages put the page, seen from the program's folder: `bin` and `share` side by side, or one folder with both.
const PLACES: [&str; 2] = ["../share/paysig/page", "share/paysig/page"];

impl Page {
    /// The page that was installed with this program; none if there is none.
    pub fn installed() -> Result<Option<Self>> {
        // Through the link, if the program is called by one.
        let program = std::env::current_exe().and_then(|path| path.canonicalize());
        match program.as_deref().map(Path::parent) {
            Ok(Some(folder)) => Page::near(folder),
            _ => Ok(None),
        }
    }

    fn near(folder: &Path) -> Result<Option<Self>> {
        let mut places = PLACES.iter().map(|place| folder.join(place));
        match places.find(|place| place.join("index.html").is_file()) {
            Some(place) => Page::load(&place.display().to_string()).map(Some),
            None => Ok(None),
        }
    }

    /// Reads the folder.
    pub fn load(dir: &str) -> Result<Self> {
        let mut files = HashMap::new();
        read_folder(Path::new(dir), "", &mut files)?;
        read_folder(&Path::new(dir).join("paysig"), "paysig/", &mut files)?;
        if !files.contains_key("index.html") || !files.contains_key("paysig/paysig.wasm") {
            return Err(Failure::usage(format!(
                "{dir} does not hold the page; web/build.sh {dir} writes it"
            )));
        }
        let token: String = clock::seed()?[..16]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Ok(Page {
            prefix: format!("/{token}/"),
            files,
        })
    }

    /// The path of the page.
    pub fn path(&self) -> &str {
        &self.prefix
    }

    /// The answer to a request for the page; nothing if the path is another.
    pub fn answer(&self, message: &OwnedMessage) -> Option<Reply> {
        let target = std::str::from_utf8(&message.target).ok()?;
        let path = target.split('?').next().unwrap_or_default();
        let name = path.strip_prefix(&self.prefix)?;
        if let Some(refused) = foreign_host(message) {
            return Some(refused);
        }
        if message.header("origin").is_some_and(is_foreign_origin) {
            return Some(plain(403, "foreign origin"));
        }
        if message.method != "GET" && message.method != "HEAD" {
            return Some(plain(405, "only GET and HEAD"));
        }
        let name = if name.is_empty() { "index.html" } else { name };
        let Some((kind, bytes)) = self.files.get(name) else {
            return Some(plain(404, "no such file of the page"));
        };
        Some(Reply {
            status: 200,
            headers: headers(kind),
            body: bytes.clone(),
            verdict: "page".to_owned(),
        })
    }
}

fn read_folder(
    dir: &Path,
    prefix: &str,
    files: &mut HashMap<String, (&'static str, Vec<u8>)>,
) -> Result<()> {
    let shown = dir.display().to_string();
    let entries = std::fs::read_dir(dir).map_err(|e| Failure::file("read", &shown, &e))?;
    for entry in entries {
        let path = entry.map_err(|e| Failure::file("read", &shown, &e))?.path();
        let kind = path.extension().and_then(|e| e.to_str());
        let kind = TYPES.iter().find(|(extension, _)| Some(*extension) == kind);
        let (Some((_, kind)), Some(name)) = (kind, path.file_name().and_then(|n| n.to_str()))
        else {
            continue;
        };
        let bytes = std::fs::read(&path)
            .map_err(|e| Failure::file("read", &path.display().to_string(), &e))?;
        files.insert(format!("{prefix}{name}"), (*kind, bytes));
    }
    Ok(())
}

/// Whether a page of elsewhere asks. `null` is one that hides where it is from.
fn is_foreign_origin(origin: &[u8]) -> bool {
    let origin = std::str::from_utf8(origin).ok().and_then(url::cut);
    !origin.is_some_and(|cut| is_loopback_name(name_of(cut.authority)))
}

fn plain(status: u16, text: &str) -> Reply {
    Reply {
        status,
        headers: headers("text/plain"),
        body: text.as_bytes().to_vec(),
        verdict: text.to_owned(),
    }
}

/// What the page may load, it says itself; that nobody frames it only a header can say.
fn headers(kind: &str) -> Vec<(String, Vec<u8>)> {
    [
        ("Content-Type", kind),
        ("Content-Security-Policy", "frame-ancestors 'none'"),
        ("X-Content-Type-Options", "nosniff"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Referrer-Policy", "no-referrer"),
        ("Cache-Control", "no-store"),
    ]
    .map(|(name, value)| (name.to_owned(), value.as_bytes().to_vec()))
    .into()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// A folder with a small page in it.
    fn folder(name: &str, page: &str) -> std::path::PathBuf {
        let all = std::env::temp_dir().join(format!("paysig-{name}-{}", std::process::id()));
        let dir = all.join(page);
        std::fs::create_dir_all(dir.join("paysig")).unwrap();
        std::fs::write(dir.join("index.html"), "<p>").unwrap();
        std::fs::write(dir.join("notes.txt"), "not served").unwrap();
        std::fs::write(dir.join("paysig/paysig.wasm"), b"\0asm").unwrap();
        all
    }

    fn page(name: &str) -> Page {
        let dir = folder(name, "");
        let page = Page::load(dir.to_str().unwrap()).unwrap();
        std::fs::remove_dir_all(dir).unwrap();
        page
    }

    #[test]
    fn a_page_that_was_installed_with_the_program_is_found() {
        for (name, program, place) in [
            ("prefix", "bin", "share/paysig/page"),
            ("archive", "", "share/paysig/page"),
            ("nothing", "bin", "share/other"),
        ] {
            let all = folder(name, place);
            let program = all.join(program);
            std::fs::create_dir_all(&program).unwrap();
            let found = Page::near(&program).unwrap();
            assert_eq!(found.is_some(), name != "nothing", "{name}");
            std::fs::remove_dir_all(all).unwrap();
        }
    }

    fn ask(page: &Page, path: &str, headers: &[(&str, &str)]) -> Option<Reply> {
        let mut message = OwnedMessage {
            method: "GET".into(),
            target: path.into(),
            ..OwnedMessage::default()
        };
        for (name, value) in headers {
            message.push_header(name, value);
        }
        page.answer(&message)
    }

    #[test]
    fn the_page_stands_under_its_own_path_only() {
        let page = page("own");
        assert_eq!(page.path().len(), 34);
        let own = |name: &str| format!("{}{name}", page.path());
        let html = ask(&page, &own(""), &[("Host", "127.0.0.1:1")]).unwrap();
        assert_eq!((html.status, &html.body[..]), (200, &b"<p>"[..]));
        let wasm = ask(&page, &own("paysig/paysig.wasm?x"), &[]).unwrap();
        assert!(
            wasm.headers
                .contains(&("Content-Type".into(), b"application/wasm".to_vec()))
        );
        for name in [
            "notes.txt",
            "../index.html",
            "paysig/../index.html",
            "paysig",
        ] {
            assert_eq!(ask(&page, &own(name), &[]).unwrap().status, 404, "{name}");
        }
        for path in ["/", "/index.html", "/00000000000000000000000000000000/"] {
            assert_eq!(ask(&page, path, &[]), None, "{path}");
        }
    }

    #[test]
    fn nobody_from_elsewhere_is_answered() {
        let page = page("elsewhere");
        let status = |headers: &[(&str, &str)]| ask(&page, page.path(), headers).unwrap().status;
        assert_eq!(status(&[("Host", "evil.example")]), 421);
        assert_eq!(status(&[("Origin", "http://127.0.0.1:8080")]), 200);
        assert_eq!(status(&[("Origin", "http://localhost:8080")]), 200);
        for origin in [
            "https://evil.example",
            "null",
            "http://127.0.0.1.evil.example",
        ] {
            assert_eq!(status(&[("Origin", origin)]), 403, "{origin}");
        }
    }

    #[test]
    fn a_folder_without_the_page_is_refused() {
        let error = Page::load("/no/such/folder").err().unwrap();
        assert!(error.message.contains("/no/such/folder"));
    }
}

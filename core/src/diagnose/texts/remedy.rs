//! How frameworks hand out the raw body and the public address.

use super::super::Remedy;
use super::super::clue::Clue;

const RAW_BODY: [(&str, &str); 8] = [
    (
        "Express",
        "app.post(path, express.raw({ type: '*/*' }), handler): req.body is then a Buffer; register it before express.json()",
    ),
    (
        "Next.js",
        "App Router: await request.text() or arrayBuffer(). Pages Router: export const config = { api: { bodyParser: false } } and collect the stream",
    ),
    (
        "Flask",
        "request.get_data() before anything touches request.json or request.form",
    ),
    (
        "Django",
        "request.body, before request.POST or a REST parser reads the stream",
    ),
    ("Laravel", "$request->getContent()"),
    (
        "PHP",
        "file_get_contents('php://input'), once, before a framework reads it",
    ),
    (
        "Go net/http",
        "body, err := io.ReadAll(r.Body), and r.Body = io.NopCloser(bytes.NewReader(body)) for the handlers after it",
    ),
    (
        "Spring",
        "@RequestBody byte[] body, or a ContentCachingRequestWrapper in a filter",
    ),
];

const PUBLIC_URL: [(&str, &str); 6] = [
    (
        "Express",
        "app.set('trust proxy', 1) only behind your own proxy; better a configured public URL plus req.originalUrl",
    ),
    (
        "Flask",
        "werkzeug's ProxyFix behind your own proxy; better a configured public URL plus request.full_path",
    ),
    (
        "Django",
        "SECURE_PROXY_SSL_HEADER and USE_X_FORWARDED_HOST behind your own proxy; better a configured public URL plus request.get_full_path()",
    ),
    (
        "Laravel",
        "the TrustProxies middleware; better a configured public URL plus $request->getRequestUri()",
    ),
    (
        "Go net/http",
        "a configured public URL plus r.URL.RequestURI()",
    ),
    (
        "Spring",
        "server.forward-headers-strategy=native behind your own proxy; better a configured public URL",
    ),
];

const CONSUMED: &str = "body-already-consumed";

/// What applies to these departures, per framework.
pub(in super::super) fn remedies(clues: &[Clue]) -> Vec<Remedy> {
    let raw = |id: &str| {
        id.starts_with("body-")
            && !id.starts_with("body-signed")
            && !matches!(id, "body-left-out" | "body-hashed-first")
            || id == CONSUMED
    };
    let pick = |table: &[(&'static str, &'static str)]| {
        table
            .iter()
            .map(|(framework, text)| Remedy { framework, text })
            .collect()
    };
    if clues.iter().any(|c| raw(&c.id)) {
        return pick(&RAW_BODY);
    }
    let address = |id: &str| id.starts_with("url-") && id != "url-left-out";
    if clues.iter().any(|c| address(&c.id)) {
        return pick(&PUBLIC_URL);
    }
    Vec::new()
}

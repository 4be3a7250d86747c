//! Messages and recipes as people write and read them: raw HTTP text and curl commands are read into messages, a recipe's pieces are
//! put in words. What the command line and the page share; no rule of signing or verifying is here.
#![forbid(unsafe_code)]

pub mod curl;
pub mod describe;
pub mod escape;
pub mod http;
pub mod message;
pub mod recipe;
pub mod url;

pub use message::{OwnedMessage, header_line};

#[cfg(test)]
mod tests {
    use super::*;

    fn no_files(path: &str) -> paysig::Result<Vec<u8>> {
        Err(paysig::Error::new(paysig::Status::InvalidOption, path))
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_a_reader_panic(text: Vec<u8>) {
            let _ = http::parse(&text);
            let _ = http::parse(&[b"POST / HTTP/1.1\nTransfer-Encoding: chunked\n\n", &text[..]].concat());
            let _ = curl::parse(&text, &no_files);
            let _ = url::cut(&String::from_utf8_lossy(&text));
        }

        #[test]
        fn no_curl_command_makes_the_reader_panic(
            words in proptest::collection::vec("-[XHdGuI]|[$]'([a-z]|\\\\([nxuU0-7']|[0-9a-f]{1,4})){0,4}'?|\"[a-z:@=\\\\]*\"?|h|@-?/no/such|--[a-z-]{1,9}", 0..6),
        ) {
            let _ = curl::parse(format!("curl {}", words.join(" ")).as_bytes(), &no_files);
        }
    }
}

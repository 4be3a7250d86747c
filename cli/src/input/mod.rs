//! Where a message comes from: raw HTTP text, a curl command, or options.

pub mod flags;

pub use paysig_words::{OwnedMessage, curl, header_line, http, url};

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    proptest::proptest! {
        #[test]
        fn a_message_survives_raw_http(
            method in "[A-Z]{1,7}",
            target in "/[!-~]{0,20}",
            value in "[!-~]([ -~]{0,20}[!-~])?",
            body: Vec<u8>,
        ) {
            let message = OwnedMessage {
                method,
                target: target.into_bytes(),
                headers: vec![(b"X-A".to_vec(), value.into_bytes())],
                body,
                ..OwnedMessage::default()
            };
            let back = http::parse(&crate::output::message::raw_http(&message)).unwrap();
            proptest::prop_assert_eq!(&back.method, &message.method);
            proptest::prop_assert_eq!(&back.target, &message.target);
            proptest::prop_assert_eq!(&back.headers[0], &message.headers[0]);
            proptest::prop_assert_eq!(&back.body, &message.body);
        }
    }
}

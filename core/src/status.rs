//! Statuses: one list, the same names and numbers in every language.

/// What a call came to. Numbers never change their meaning; new ones are only added.
///
/// 1 to 18 are *verdicts* on a message, 20 to 29 concern configuration and signing, 100 and above the call itself.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u32)]
#[non_exhaustive]
pub enum Status {
    /// The call did what it says; for verify: the message is authentic.
    Ok = 0,
    /// The signature has the right form, but it is not that of this message under any candidate key.
    SignatureMismatch = 1,
    /// Authentic, but older than the tolerance (or an expired JWT).
    TimestampTooOld = 2,
    /// Authentic, but further ahead of the clock than the tolerance (or a JWT not valid yet).
    TimestampTooNew = 3,
    /// There is no signature in the message.
    MissingSignature = 4,
    /// There is a signature, but its syntax, encoding or length is wrong.
    MalformedSignature = 5,
    /// A field that the scheme reads is absent.
    MissingField = 6,
    /// A field that the scheme reads has the wrong syntax.
    MalformedField = 7,
    /// A field that the scheme reads occurs more than once.
    DuplicateField = 8,
    /// The key id in the message is none of the ring's.
    UnknownKey = 9,
    /// Authentic under a key whose validity has ended.
    KeyExpired = 10,
    /// Authentic under a key whose validity has not begun.
    KeyNotYetValid = 11,
    /// The message uses a version of the scheme that is not supported.
    UnsupportedVersion = 12,
    /// The message names an algorithm that the recipe or the caller does not allow.
    UnsupportedAlgorithm = 13,
    /// Authentic, but a value that the scheme demands is another one.
    ContentRejected = 14,
    /// The message, or a field of it, is larger than the limit.
    TooLarge = 15,
    /// The key must be fetched first; the error says which.
    NeedsKey = 16,
    /// The scheme has nothing that could be verified (mutual TLS, unsigned notifications).
    Unverifiable = 17,
    /// The message was accepted before.
    Replayed = 18,
    /// No scheme has this id.
    UnknownScheme = 20,
    /// The recipe is wrong; the error names file, line and key.
    InvalidRecipe = 21,
    /// A credential is missing, empty or has the wrong form.
    InvalidCredentials = 22,
    /// The scheme has no such flow.
    UnsupportedFlow = 23,
    /// The message cannot be signed as it is.
    InvalidMessage = 24,
    /// This scheme or build cannot do what was asked.
    Unsupported = 25,
    /// An option is missing, unknown or out of range.
    InvalidOption = 26,
    /// The token endpoint refused the credentials.
    TokenRefused = 27,
    /// The token endpoint's answer could not be used.
    TokenResponseInvalid = 28,
    /// The replay store did not answer.
    StoreUnavailable = 29,
    /// A pointer that must not be null is null.
    NullArgument = 100,
    /// Text is not UTF-8.
    InvalidUtf8 = 101,
    /// The caller's buffer is too small; the needed size is reported and nothing else changed.
    BufferTooSmall = 102,
    /// Header and library, or binding and library, are of different ABI versions.
    AbiMismatch = 103,
    /// A defect in paysig itself.
    Internal = 255,
}

use Status::*;

impl Status {
    /// Every status, in numeric order.
    pub const ALL: &'static [Status] = &[
        Ok,
        SignatureMismatch,
        TimestampTooOld,
        TimestampTooNew,
        MissingSignature,
        MalformedSignature,
        MissingField,
        MalformedField,
        DuplicateField,
        UnknownKey,
        KeyExpired,
        KeyNotYetValid,
        UnsupportedVersion,
        UnsupportedAlgorithm,
        ContentRejected,
        TooLarge,
        NeedsKey,
        Unverifiable,
        Replayed,
        UnknownScheme,
        InvalidRecipe,
        InvalidCredentials,
        UnsupportedFlow,
        InvalidMessage,
        Unsupported,
        InvalidOption,
        TokenRefused,
        TokenResponseInvalid,
        StoreUnavailable,
        NullArgument,
        InvalidUtf8,
        BufferTooSmall,
        AbiMismatch,
        Internal,
    ];

    /// The number that crosses the C ABI.
    pub const fn code(self) -> u32 {
        self as u32
    }

    /// The status of a number, if there is one.
    pub fn from_code(code: u32) -> Option<Status> {
        Self::ALL.iter().copied().find(|s| s.code() == code)
    }

    /// The name used in every language, log and vector: `signature_mismatch`.
    pub const fn name(self) -> &'static str {
        match self {
            Ok => "ok",
            SignatureMismatch => "signature_mismatch",
            TimestampTooOld => "timestamp_too_old",
            TimestampTooNew => "timestamp_too_new",
            MissingSignature => "missing_signature",
            MalformedSignature => "malformed_signature",
            MissingField => "missing_field",
            MalformedField => "malformed_field",
            DuplicateField => "duplicate_field",
            UnknownKey => "unknown_key",
            KeyExpired => "key_expired",
            KeyNotYetValid => "key_not_yet_valid",
            UnsupportedVersion => "unsupported_version",
            UnsupportedAlgorithm => "unsupported_algorithm",
            ContentRejected => "content_rejected",
            TooLarge => "too_large",
            NeedsKey => "needs_key",
            Unverifiable => "unverifiable",
            Replayed => "replayed",
            UnknownScheme => "unknown_scheme",
            InvalidRecipe => "invalid_recipe",
            InvalidCredentials => "invalid_credentials",
            UnsupportedFlow => "unsupported_flow",
            InvalidMessage => "invalid_message",
            Unsupported => "unsupported",
            InvalidOption => "invalid_option",
            TokenRefused => "token_refused",
            TokenResponseInvalid => "token_response_invalid",
            StoreUnavailable => "store_unavailable",
            NullArgument => "null_argument",
            InvalidUtf8 => "invalid_utf8",
            BufferTooSmall => "buffer_too_small",
            AbiMismatch => "abi_mismatch",
            Internal => "internal",
        }
    }

    /// The status of a name, if there is one.
    pub fn from_name(name: &str) -> Option<Status> {
        Self::ALL.iter().copied().find(|s| s.name() == name)
    }

    /// Whether this is a verdict on a message (1 to 18), not a fault of the caller.
    pub const fn is_verdict(self) -> bool {
        let code = self as u32;
        code >= 1 && code <= 18
    }

    /// The HTTP status that middleware answers. The name itself is never sent to the other side.
    pub const fn http(self) -> u16 {
        match self {
            // A finished duplicate is answered as a success, so that the provider stops sending it.
            Ok | Replayed => 200,
            MissingSignature | MalformedSignature | MissingField | MalformedField
            | DuplicateField => 400,
            TooLarge => 413,
            NeedsKey | StoreUnavailable => 503,
            SignatureMismatch | TimestampTooOld | TimestampTooNew | UnknownKey | KeyExpired
            | KeyNotYetValid | UnsupportedVersion | UnsupportedAlgorithm | ContentRejected
            | Unverifiable => 401,
            _ => 500,
        }
    }
}

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_codes_lead_back() {
        for &status in Status::ALL {
            assert_eq!(Status::from_code(status.code()), Some(status));
            assert_eq!(Status::from_name(status.name()), Some(status));
        }
        assert!(Status::ALL.windows(2).all(|w| w[0].code() < w[1].code()));
        assert_eq!(Status::from_code(19), None);
    }
}

package paysig

import (
	"errors"
	"strings"
)

// Status is what a call came to. Names and numbers are the same in every language; numbers never change their meaning.
type Status uint32

// 1 to 18 are verdicts on a message; 20 to 29 concern configuration and signing; 100 and above concern the call itself.
const (
	StatusOK                   Status = 0
	StatusSignatureMismatch    Status = 1
	StatusTimestampTooOld      Status = 2
	StatusTimestampTooNew      Status = 3
	StatusMissingSignature     Status = 4
	StatusMalformedSignature   Status = 5
	StatusMissingField         Status = 6
	StatusMalformedField       Status = 7
	StatusDuplicateField       Status = 8
	StatusUnknownKey           Status = 9
	StatusKeyExpired           Status = 10
	StatusKeyNotYetValid       Status = 11
	StatusUnsupportedVersion   Status = 12
	StatusUnsupportedAlgorithm Status = 13
	StatusContentRejected      Status = 14
	StatusTooLarge             Status = 15
	StatusNeedsKey             Status = 16
	StatusUnverifiable         Status = 17
	StatusReplayed             Status = 18
	StatusUnknownScheme        Status = 20
	StatusInvalidRecipe        Status = 21
	StatusInvalidCredentials   Status = 22
	StatusUnsupportedFlow      Status = 23
	StatusInvalidMessage       Status = 24
	StatusUnsupported          Status = 25
	StatusInvalidOption        Status = 26
	StatusTokenRefused         Status = 27
	StatusTokenResponseInvalid Status = 28
	StatusStoreUnavailable     Status = 29
	StatusNullArgument         Status = 100
	StatusInvalidUTF8          Status = 101
	StatusBufferTooSmall       Status = 102
	StatusABIMismatch          Status = 103
	StatusInternal             Status = 255
)

// One error a status, for errors.Is.
var (
	// ErrSignatureMismatch: the signature is not that of this message under any candidate key.
	ErrSignatureMismatch = errors.New("paysig: signature_mismatch")
	// ErrTimestampTooOld: authentic, but older than the tolerance, or an expired JWT.
	ErrTimestampTooOld = errors.New("paysig: timestamp_too_old")
	// ErrTimestampTooNew: authentic, but further ahead of the clock than the tolerance, or a JWT that is not valid yet.
	ErrTimestampTooNew = errors.New("paysig: timestamp_too_new")
	// ErrMissingSignature: there is no signature in the message.
	ErrMissingSignature = errors.New("paysig: missing_signature")
	// ErrMalformedSignature: the signature's syntax, encoding or length is wrong.
	ErrMalformedSignature = errors.New("paysig: malformed_signature")
	// ErrMissingField: a field that the scheme reads is absent.
	ErrMissingField = errors.New("paysig: missing_field")
	// ErrMalformedField: a field that the scheme reads has the wrong syntax.
	ErrMalformedField = errors.New("paysig: malformed_field")
	// ErrDuplicateField: a field that the scheme reads occurs more than once.
	ErrDuplicateField = errors.New("paysig: duplicate_field")
	// ErrUnknownKey: the key id in the message is none of the ring's.
	ErrUnknownKey = errors.New("paysig: unknown_key")
	// ErrKeyExpired: authentic under a key whose validity has ended.
	ErrKeyExpired = errors.New("paysig: key_expired")
	// ErrKeyNotYetValid: authentic under a key whose validity has not begun.
	ErrKeyNotYetValid = errors.New("paysig: key_not_yet_valid")
	// ErrUnsupportedVersion: the message uses a version of the scheme that is not supported.
	ErrUnsupportedVersion = errors.New("paysig: unsupported_version")
	// ErrUnsupportedAlgorithm: the message names an algorithm that is not allowed.
	ErrUnsupportedAlgorithm = errors.New("paysig: unsupported_algorithm")
	// ErrContentRejected: authentic, but a value that the scheme demands is another one.
	ErrContentRejected = errors.New("paysig: content_rejected")
	// ErrTooLarge: the message, or a field of it, is larger than the limit.
	ErrTooLarge = errors.New("paysig: too_large")
	// ErrNeedsKey: the key must be fetched first; Error.NeedKeyID and Error.NeedKeyURL say which.
	ErrNeedsKey = errors.New("paysig: needs_key")
	// ErrUnverifiable: the scheme has nothing that could be verified.
	ErrUnverifiable = errors.New("paysig: unverifiable")
	// ErrReplayed: the message was accepted before.
	ErrReplayed = errors.New("paysig: replayed")
	// ErrUnknownScheme: no scheme has this id.
	ErrUnknownScheme = errors.New("paysig: unknown_scheme")
	// ErrInvalidRecipe: the recipe is wrong; the message names file, line and key.
	ErrInvalidRecipe = errors.New("paysig: invalid_recipe")
	// ErrInvalidCredentials: a credential is missing, empty or has the wrong form.
	ErrInvalidCredentials = errors.New("paysig: invalid_credentials")
	// ErrUnsupportedFlow: the scheme has no such flow.
	ErrUnsupportedFlow = errors.New("paysig: unsupported_flow")
	// ErrInvalidMessage: the message cannot be signed as it is.
	ErrInvalidMessage = errors.New("paysig: invalid_message")
	// ErrUnsupported: this scheme or build cannot do what was asked.
	ErrUnsupported = errors.New("paysig: unsupported")
	// ErrInvalidOption: an option is missing, unknown or out of range, or a closed handle was used.
	ErrInvalidOption = errors.New("paysig: invalid_option")
	// ErrTokenRefused: the token endpoint refused the credentials.
	ErrTokenRefused = errors.New("paysig: token_refused")
	// ErrTokenResponseInvalid: the token endpoint's answer could not be used.
	ErrTokenResponseInvalid = errors.New("paysig: token_response_invalid")
	// ErrStoreUnavailable: the replay store did not answer.
	ErrStoreUnavailable = errors.New("paysig: store_unavailable")
	// ErrNullArgument: a pointer was null that must not be.
	ErrNullArgument = errors.New("paysig: null_argument")
	// ErrInvalidUTF8: text is not UTF-8.
	ErrInvalidUTF8 = errors.New("paysig: invalid_utf8")
	// ErrBufferTooSmall: the library's result did not fit twice in a row.
	ErrBufferTooSmall = errors.New("paysig: buffer_too_small")
	// ErrABIMismatch: libpaysig is older than this package.
	ErrABIMismatch = errors.New("paysig: abi_mismatch")
	// ErrInternal: a defect in paysig itself, or a status that is newer than this package.
	ErrInternal = errors.New("paysig: internal")
)

// nameOf is the name in the error of a status, for want of the library's.
func nameOf(s Status) string {
	if sentinel, known := sentinels[s]; known {
		return strings.TrimPrefix(sentinel.Error(), "paysig: ")
	}
	return "unknown"
}

// statusOf is the status of a name; StatusInternal for a name that is newer than this package.
func statusOf(name string) Status {
	if name == "ok" {
		return StatusOK
	}
	for status := range sentinels {
		if nameOf(status) == name {
			return status
		}
	}
	return StatusInternal
}

var sentinels = map[Status]error{
	StatusSignatureMismatch:    ErrSignatureMismatch,
	StatusTimestampTooOld:      ErrTimestampTooOld,
	StatusTimestampTooNew:      ErrTimestampTooNew,
	StatusMissingSignature:     ErrMissingSignature,
	StatusMalformedSignature:   ErrMalformedSignature,
	StatusMissingField:         ErrMissingField,
	StatusMalformedField:       ErrMalformedField,
	StatusDuplicateField:       ErrDuplicateField,
	StatusUnknownKey:           ErrUnknownKey,
	StatusKeyExpired:           ErrKeyExpired,
	StatusKeyNotYetValid:       ErrKeyNotYetValid,
	StatusUnsupportedVersion:   ErrUnsupportedVersion,
	StatusUnsupportedAlgorithm: ErrUnsupportedAlgorithm,
	StatusContentRejected:      ErrContentRejected,
	StatusTooLarge:             ErrTooLarge,
	StatusNeedsKey:             ErrNeedsKey,
	StatusUnverifiable:         ErrUnverifiable,
	StatusReplayed:             ErrReplayed,
	StatusUnknownScheme:        ErrUnknownScheme,
	StatusInvalidRecipe:        ErrInvalidRecipe,
	StatusInvalidCredentials:   ErrInvalidCredentials,
	StatusUnsupportedFlow:      ErrUnsupportedFlow,
	StatusInvalidMessage:       ErrInvalidMessage,
	StatusUnsupported:          ErrUnsupported,
	StatusInvalidOption:        ErrInvalidOption,
	StatusTokenRefused:         ErrTokenRefused,
	StatusTokenResponseInvalid: ErrTokenResponseInvalid,
	StatusStoreUnavailable:     ErrStoreUnavailable,
	StatusNullArgument:         ErrNullArgument,
	StatusInvalidUTF8:          ErrInvalidUTF8,
	StatusBufferTooSmall:       ErrBufferTooSmall,
	StatusABIMismatch:          ErrABIMismatch,
	StatusInternal:             ErrInternal,
}

// Error is why a call failed. It holds no secret, no expected signature and no body bytes.
type Error struct {
	// Status names the reason.
	Status Status
	// Field is what is at fault, if one thing is: "X-Date", "json:amount.value", "secret".
	Field string
	// Message is a sentence for people; never send it, nor the status's name, to the other side.
	Message string
	// NeedKeyID and NeedKeyURL say, with StatusNeedsKey, which key to fetch, and where if the recipe allows exactly this address.
	NeedKeyID, NeedKeyURL string
	// Err is the cause, where the failure was outside of paysig (reading a body, the token endpoint).
	Err error
}

// Error is "status: field: message".
func (e *Error) Error() string {
	text := "paysig: " + e.Status.String()
	if e.Field != "" {
		text += ": " + e.Field
	}
	if e.Message != "" {
		text += ": " + e.Message
	}
	return text
}

// Is compares with the sentinel of the status.
func (e *Error) Is(target error) bool {
	sentinel, known := sentinels[e.Status]
	if !known {
		sentinel = ErrInternal
	}
	return target == sentinel
}

// Unwrap is the cause.
func (e *Error) Unwrap() error { return e.Err }

// HTTPStatus is what middleware answers: 400, 401, 413, 500 or 503.
func (e *Error) HTTPStatus() int { return e.Status.HTTP() }

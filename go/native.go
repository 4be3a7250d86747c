//go:build cgo

package paysig

// #include "call.h"
import "C"

import "strconv"

const (
	nowSystem = int64(C.PAYSIG_NOW_SYSTEM)
	timeNone  = int64(C.PAYSIG_TIME_NONE)
)

// String is the status's name as in every other language: "signature_mismatch".
func (s Status) String() string { return C.GoString(C.paysig_status_name(C.uint32_t(s))) }

// HTTP is the HTTP status that middleware answers: 200, 400, 401, 413, 500 or 503.
func (s Status) HTTP() int { return int(C.paysig_status_http(C.uint32_t(s))) }

// IsVerdict says whether the status is a verdict on a message, as opposed to a fault of configuration or call.
func (s Status) IsVerdict() bool { return C.paysig_status_is_verdict(C.uint32_t(s)) != 0 }

// Version is the version of the linked libpaysig: "0.1.0".
func Version() string { return C.GoString(C.paysig_version()) }

// LinkInfo says what was linked, for bug reports: "libpaysig 0.1.0 (ABI 1, shared)".
func LinkInfo() string {
	return "libpaysig " + Version() + " (ABI " + strconv.FormatUint(uint64(C.paysig_abi_version()), 10) + ", " + linkage + ")"
}

// The library's ABI number; a smaller one than the header's lacks functions.
func checkABI() error {
	if have := uint64(C.paysig_abi_version()); have < C.PAYSIG_ABI_VERSION {
		need := strconv.Itoa(C.PAYSIG_ABI_VERSION)
		return &Error{Status: StatusABIMismatch, Message: "libpaysig has ABI " + strconv.FormatUint(have, 10) + ", this package needs " + need}
	}
	return nil
}

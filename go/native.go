package paysig

import (
	"strconv"

	"github.com/paysig/paysig/go/internal/native"
)

const (
	nowSystem = int64(native.NowSystem)
	timeNone  = int64(native.TimeNone)
)

// String is the status's name as in every other language: "signature_mismatch".
func (s Status) String() string { return engine().StatusName(uint32(s)) }

// HTTP is the HTTP status that middleware answers: 200, 400, 401, 413, 500 or 503.
func (s Status) HTTP() int { return engine().StatusHTTP(uint32(s)) }

// IsVerdict says whether the status is a verdict on a message, as opposed to a fault of configuration or call.
func (s Status) IsVerdict() bool { return engine().IsVerdict(uint32(s)) }

// Version is the version of the libpaysig in use: "0.1.0"; "" if there is none.
func Version() string { return engine().Version() }

// LinkInfo says which libpaysig is in use and how it came here, for bug reports: "libpaysig 0.1.0 (ABI 1, shared)".
func LinkInfo() string {
	abi, _ := engine().ABI()
	return "libpaysig " + Version() + " (ABI " + strconv.FormatUint(uint64(abi), 10) + ", " + engine().Linkage() + ")"
}

// ready says why there is no library that this package can use, if so. Whatever needs no handle asks first.
func ready() error {
	have, failure := engine().ABI()
	if failure != nil {
		return failed(failure)
	}
	// One with a smaller number lacks functions.
	if have < native.ABIVersion {
		return &Error{Status: StatusABIMismatch, Message: "libpaysig has ABI " + strconv.FormatUint(uint64(have), 10) +
			", this package needs " + strconv.Itoa(native.ABIVersion)}
	}
	return nil
}

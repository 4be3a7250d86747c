//go:build cgo && !paysig_wasm

package paysig

// #include "call.h"
import "C"

import (
	"unsafe"

	"github.com/paysig/paysig/go/internal/native"
)

// linked is the libpaysig that cgo links.
type linked struct{}

func engine() native.Engine { return linked{} }

// The numbers that Go repeats are the header's: an index other than 0 does not compile.
var (
	_ = [1]struct{}{}[C.PAYSIG_ABI_VERSION-native.ABIVersion]
	_ = [1]struct{}{}[C.PAYSIG_OUT_SIZE-native.OutSize]
	_ = [1]struct{}{}[C.PAYSIG_NOW_SYSTEM-native.NowSystem]
	_ = [1]struct{}{}[C.PAYSIG_TIME_NONE-native.TimeNone]
	_ = [1]struct{}{}[C.PAYSIG_LENGTH_UNKNOWN-native.LengthUnknown]
	_ = [1]struct{}{}[C.PAYSIG_UNSUPPORTED-native.Unsupported]
	_ = [1]struct{}{}[C.PAYSIG_BUFFER_TOO_SMALL-native.BufferTooSmall]
	_ = [1]struct{}{}[C.PAYSIG_INTERNAL-native.Internal]
	_ = [1]struct{}{}[C.PAYSIG_SIGNED_BODY-native.SignedBody]
	_ = [1]struct{}{}[C.PAYSIG_SIGNED_BODY_MEMBERS-native.SignedBodyMembers]
	_ = [1]struct{}{}[C.PAYSIG_VERIFIED_TIMESTAMP-native.VerifiedTimestamp]
	_ = [1]struct{}{}[C.PAYSIG_VERIFIED_KEY_ID-native.VerifiedKeyID]
	_ = [1]struct{}{}[C.PAYSIG_VERIFIED_COVERED-native.VerifiedCovered]
	_ = [1]struct{}{}[C.PAYSIG_VERIFIED_SIGNED_JSON-native.VerifiedSignedJSON]
	_ = [1]struct{}{}[C.PAYSIG_ANSWER_BODY-native.AnswerBody]
	_ = [1]struct{}{}[C.PAYSIG_ANSWER_VERIFIED-native.AnswerVerified]
)

func (linked) Linkage() string                { return linkage }
func (linked) ABI() (uint32, *native.Failure) { return uint32(C.paysig_abi_version()), nil }
func (linked) Version() string                { return C.GoString(C.paysig_version()) }
func (linked) StatusName(status uint32) string {
	return C.GoString(C.paysig_status_name(C.uint32_t(status)))
}
func (linked) StatusHTTP(status uint32) int { return int(C.paysig_status_http(C.uint32_t(status))) }
func (linked) IsVerdict(status uint32) bool {
	return C.paysig_status_is_verdict(C.uint32_t(status)) != 0
}

// scratch is a call's scalars and results for C, made once; what C sees of it holds no Go pointer.
func scratch(c *native.Call) *C.go_call {
	k, made := c.Scratch.(*C.go_call)
	if !made {
		k = new(C.go_call)
		c.Scratch = k
	}
	k.method_len, k.target_len, k.url_len = C.size_t(c.MethodLen), C.size_t(c.TargetLen), C.size_t(c.URLLen)
	k.headers_len, k.headers_n = C.size_t(c.HeadersLen), C.size_t(c.HeadersN)
	k.options_len, k.options_n = C.size_t(c.OptionsLen), C.size_t(c.OptionsN)
	k.body_len, k.now = C.size_t(len(c.Body)), C.int64_t(c.Now)
	return k
}

// What stands for bytes of length 0, since an empty slice has no first byte to point to.
var noBytes = make([]byte, 1)

// bytesOf never is empty.
func bytesOf(b []byte) []byte {
	if len(b) == 0 {
		return noBytes
	}
	return b
}

// first is for functions that take a *C.char: whatever the bytes are a part of, cgo has nothing to look into.
func first(b []byte) *C.char { return (*C.char)(unsafe.Pointer(&bytesOf(b)[0])) }

// raw is for functions that take a void pointer, and for bytes that this package has made. A caller's bytes go there as
// unsafe.Pointer(&b[0]), so that cgo looks at these bytes only and not at what they may be a part of.
func raw(b []byte) unsafe.Pointer { return unsafe.Pointer(first(b)) }

func arena(c *native.Call) *C.char    { return first(c.Arena) }
func lens(c *native.Call) *C.uint32_t { return (*C.uint32_t)(unsafe.Pointer(&c.Lens[0])) }

// ended takes the results over that every call has.
func ended(c *native.Call, k *C.go_call, status C.paysig_status) *native.Failure {
	c.OutLen = int(k.out_len)
	return failure(status, &k.error)
}

func failure(status C.paysig_status, e *C.paysig_error) *native.Failure {
	if status == 0 {
		return nil
	}
	return &native.Failure{Status: uint32(status), Field: C.GoString(&e.field[0]), Message: C.GoString(&e.message[0])}
}

func newError() *C.paysig_error {
	e := new(C.paysig_error)
	e.struct_size = C.uint32_t(unsafe.Sizeof(*e))
	return e
}

func span(s C.paysig_span) native.Span {
	return native.Span{Offset: int(s.offset), Length: int(s.length)}
}

func takeSigned(c *native.Call, r *C.paysig_signed) {
	c.Signed = native.Signed{
		Present: uint32(r.present), Headers: span(r.headers), Target: span(r.target), URL: span(r.url), Body: span(r.body),
		BodyMembers: span(r.body_members), Timestamp: span(r.timestamp), Nonce: span(r.nonce), KeyID: span(r.key_id),
	}
}

func takeVerified(c *native.Call, r *C.paysig_verified) {
	c.Verified = native.Verified{
		Present: uint32(r.present), KeyIndex: uint32(r.key_index), Items: uint32(r.items), TimestampMS: int64(r.timestamp_ms),
		KeyID: span(r.key_id), ReplayKey: span(r.replay_key), Covered: span(r.covered), SignedJSON: span(r.signed_json),
		NeedKeyID: span(r.need_key_id), NeedKeyURL: span(r.need_key_url),
	}
}

func (linked) Sign(signer native.Handle, c *native.Call) *native.Failure {
	k := scratch(c)
	status := C.go_sign(signer.(*C.paysig_signer), k, arena(c), lens(c), first(c.Body), first(c.Out), C.size_t(len(c.Out)))
	takeSigned(c, &k.sig)
	return ended(c, k, status)
}

func (linked) Prepare(signer native.Handle, c *native.Call) *native.Failure {
	k := scratch(c)
	status := C.go_prepare(signer.(*C.paysig_signer), k, arena(c), lens(c), first(c.Body), first(c.Out), C.size_t(len(c.Out)))
	c.Prepared = native.Prepared{StringToSign: span(k.prepared.string_to_sign), Algorithm: span(k.prepared.algorithm)}
	return ended(c, k, status)
}

func (linked) Finish(signer native.Handle, signature []byte, c *native.Call) *native.Failure {
	k := scratch(c)
	status := C.go_finish(signer.(*C.paysig_signer), k, first(signature), C.size_t(len(signature)), arena(c), lens(c), first(c.Body),
		first(c.Out), C.size_t(len(c.Out)))
	takeSigned(c, &k.sig)
	return ended(c, k, status)
}

func (linked) Verify(verifier native.Handle, want uint32, c *native.Call) *native.Failure {
	k := scratch(c)
	status := C.go_verify(verifier.(*C.paysig_verifier), k, C.uint32_t(want), arena(c), lens(c), first(c.Body), first(c.Out),
		C.size_t(len(c.Out)))
	takeVerified(c, &k.verified)
	return ended(c, k, status)
}

func (linked) Handshake(verifier native.Handle, c *native.Call) *native.Failure {
	k := scratch(c)
	status := C.go_handshake(verifier.(*C.paysig_verifier), k, arena(c), lens(c), first(c.Body), first(c.Out), C.size_t(len(c.Out)))
	r := &k.answer
	c.Answer = native.Answer{Present: uint32(r.present), ContentType: span(r.content_type), Body: span(r.body),
		NeedKeyID: span(r.need_key_id), NeedKeyURL: span(r.need_key_url)}
	return ended(c, k, status)
}

func (linked) InWords(covered, signedJSON string, c *native.Call) *native.Failure {
	k, members, fields := scratch(c), []byte(covered), []byte(signedJSON)
	return ended(c, k, C.go_in_words(k, first(members), C.size_t(len(members)), first(fields), C.size_t(len(fields)),
		first(c.Out), C.size_t(len(c.Out))))
}

func (linked) Retention(verifier native.Handle) uint64 {
	v, _ := verifier.(*C.paysig_verifier)
	return uint64(C.paysig_verifier_retention(v))
}

func (linked) Explain(scheme native.Handle, flow uint32, keys []native.Key, c *native.Call) *native.Failure {
	ring, failed := newRing(keys)
	if failed != nil {
		return failed
	}
	defer C.paysig_keyring_free(ring)
	k := scratch(c)
	status := C.go_explain(scheme.(*C.paysig_scheme), C.uint32_t(flow), ring, k, arena(c), lens(c), first(c.Body), first(c.Out),
		C.size_t(len(c.Out)))
	return ended(c, k, status)
}

func (linked) Diagnose(scheme native.Handle, flow uint32, keys, otherKeys []native.Key, c *native.Call) *native.Failure {
	ring, failed := newRing(keys)
	if failed != nil {
		return failed
	}
	defer C.paysig_keyring_free(ring)
	others, failed := newRing(otherKeys)
	if failed != nil {
		return failed
	}
	defer C.paysig_keyring_free(others)
	k := scratch(c)
	status := C.go_diagnose(scheme.(*C.paysig_scheme), C.uint32_t(flow), ring, others, k, arena(c), lens(c), first(c.Body),
		first(c.Out), C.size_t(len(c.Out)))
	return ended(c, k, status)
}

func (linked) SignStream(signer native.Handle, c *native.Call) (native.Handle, *native.Failure) {
	k := scratch(c)
	var stream *C.paysig_stream
	if status := C.go_stream_sign(signer.(*C.paysig_signer), k, arena(c), lens(c), &stream); status != 0 {
		return nil, ended(c, k, status)
	}
	return stream, nil
}

func (linked) VerifyStream(verifier native.Handle, bodyLength uint64, c *native.Call) (native.Handle, *native.Failure) {
	k := scratch(c)
	var stream *C.paysig_stream
	status := C.go_stream_verify(verifier.(*C.paysig_verifier), k, C.uint64_t(bodyLength), arena(c), lens(c), &stream)
	if status != 0 {
		return nil, ended(c, k, status)
	}
	return stream, nil
}

func (linked) Update(stream native.Handle, piece []byte) *native.Failure {
	e, data := newError(), bytesOf(piece)
	return failure(C.paysig_stream_update(stream.(*C.paysig_stream), unsafe.Pointer(&data[0]), C.size_t(len(piece)), e), e)
}

func (linked) Signed(stream native.Handle, c *native.Call) *native.Failure {
	k := scratch(c)
	status := C.go_stream_signed(stream.(*C.paysig_stream), k, first(c.Out), C.size_t(len(c.Out)))
	takeSigned(c, &k.sig)
	return ended(c, k, status)
}

func (linked) Verified(stream native.Handle, want uint32, c *native.Call) *native.Failure {
	k := scratch(c)
	status := C.go_stream_verified(stream.(*C.paysig_stream), k, C.uint32_t(want), first(c.Out), C.size_t(len(c.Out)))
	takeVerified(c, &k.verified)
	return ended(c, k, status)
}

func (linked) Next(session native.Handle, c *native.Call) *native.Failure {
	k := scratch(c)
	status := C.go_next(session.(*C.paysig_session), k, first(c.Out), C.size_t(len(c.Out)))
	r := &k.step
	c.Step = native.Step{Action: uint32(r.action), UntilMS: int64(r.until_ms), Method: span(r.method), Target: span(r.target),
		Headers: span(r.headers), Body: span(r.body)}
	return ended(c, k, status)
}

func (linked) Fetched(session native.Handle, httpStatus uint32, body []byte, now int64) *native.Failure {
	e, data := newError(), bytesOf(body)
	status := C.paysig_session_fetched(session.(*C.paysig_session), C.uint32_t(httpStatus), unsafe.Pointer(&data[0]), C.size_t(len(body)),
		C.int64_t(now), e)
	return failure(status, e)
}

func (linked) Refused(session native.Handle, now int64) *native.Failure {
	e := newError()
	return failure(C.paysig_session_refused(session.(*C.paysig_session), C.int64_t(now), e), e)
}

func (linked) Accepted(session native.Handle) *native.Failure {
	e := newError()
	return failure(C.paysig_session_accepted(session.(*C.paysig_session), e), e)
}

func (linked) Save(session native.Handle, c *native.Call) *native.Failure {
	k := scratch(c)
	return ended(c, k, C.go_save(session.(*C.paysig_session), k, first(c.Out), C.size_t(len(c.Out))))
}

//go:build !cgo || paysig_wasm

package wasm

import "github.com/paysig/paysig/go/internal/native"

// openMessage begins a call about a message.
func (in *instance) openMessage(resultSize uint32, c *native.Call, more int) *native.Failure {
	return in.open(resultSize, len(c.Arena), 4*len(c.Lens), len(c.Body), len(c.Out), more)
}

func (in *instance) passMessage(c *native.Call) {
	in.passHead(c)
	in.passBytes(c.Body)
}

func (e *engine) Sign(signer native.Handle, c *native.Call) *native.Failure {
	return e.on(signer.(*object), func(in *instance, at uint32) *native.Failure {
		if failure := in.openMessage(signedSize, c, 0); failure != nil {
			return failure
		}
		defer in.close()
		in.pass(uint64(at))
		in.passMessage(c)
		in.pass(uint64(c.Now))
		in.passOptions(c)
		in.passOut(c)
		in.passResult()
		failure := in.answer("paysig_sign", c)
		c.Signed = in.signed()
		return failure
	})
}

func (e *engine) Prepare(signer native.Handle, c *native.Call) *native.Failure {
	return e.on(signer.(*object), func(in *instance, at uint32) *native.Failure {
		if failure := in.openMessage(preparedSize, c, 0); failure != nil {
			return failure
		}
		defer in.close()
		in.pass(uint64(at))
		in.passMessage(c)
		in.pass(uint64(c.Now))
		in.passOptions(c)
		in.passOut(c)
		in.passResult()
		failure := in.answer("paysig_prepare", c)
		c.Prepared = native.Prepared{StringToSign: in.span(8), Algorithm: in.span(16)}
		return failure
	})
}

func (e *engine) Finish(signer native.Handle, signature []byte, c *native.Call) *native.Failure {
	return e.on(signer.(*object), func(in *instance, at uint32) *native.Failure {
		if failure := in.openMessage(signedSize, c, len(signature)); failure != nil {
			return failure
		}
		defer in.close()
		in.pass(uint64(at))
		in.passBytes(signature)
		in.passMessage(c)
		in.pass(uint64(c.Now))
		in.passOptions(c)
		in.passOut(c)
		in.passResult()
		failure := in.answer("paysig_finish", c)
		c.Signed = in.signed()
		return failure
	})
}

func (e *engine) Verify(verifier native.Handle, want uint32, c *native.Call) *native.Failure {
	return e.on(verifier.(*object), func(in *instance, at uint32) *native.Failure {
		if failure := in.openMessage(verifiedSize, c, 0); failure != nil {
			return failure
		}
		defer in.close()
		in.pass(uint64(at))
		in.passMessage(c)
		in.pass(uint64(c.Now), uint64(want))
		in.passOut(c)
		in.passResult()
		failure := in.answer("paysig_verify", c)
		c.Verified = in.verified()
		return failure
	})
}

func (e *engine) Handshake(verifier native.Handle, c *native.Call) *native.Failure {
	return e.on(verifier.(*object), func(in *instance, at uint32) *native.Failure {
		if failure := in.openMessage(answerSize, c, 0); failure != nil {
			return failure
		}
		defer in.close()
		in.pass(uint64(at))
		in.passMessage(c)
		in.pass(uint64(c.Now))
		in.passOut(c)
		in.passResult()
		failure := in.answer("paysig_handshake", c)
		c.Answer = native.Answer{Present: in.result(4), ContentType: in.span(8), Body: in.span(16), NeedKeyID: in.span(24), NeedKeyURL: in.span(32)}
		return failure
	})
}

func (e *engine) Retention(verifier native.Handle) (seconds uint64) {
	if o, made := verifier.(*object); made {
		_ = e.on(o, func(in *instance, at uint32) *native.Failure {
			seconds = in.call("paysig_verifier_retention", uint64(at))
			return nil
		})
	}
	return seconds
}

func (e *engine) Explain(scheme native.Handle, flow uint32, keys []native.Key, c *native.Call) *native.Failure {
	return e.on(scheme.(*object), func(in *instance, at uint32) *native.Failure {
		ring, failure := in.ring(keys)
		if failure != nil {
			return failure
		}
		defer in.freeRing(ring)
		return in.report("paysig_explain", c, uint64(at), uint64(flow), uint64(ring))
	})
}

func (e *engine) Diagnose(scheme native.Handle, flow uint32, keys, otherKeys []native.Key, c *native.Call) *native.Failure {
	return e.on(scheme.(*object), func(in *instance, at uint32) *native.Failure {
		ring, failure := in.ring(keys)
		if failure != nil {
			return failure
		}
		defer in.freeRing(ring)
		others, failure := in.ring(otherKeys)
		if failure != nil {
			return failure
		}
		defer in.freeRing(others)
		return in.report("paysig_diagnose", c, uint64(at), uint64(flow), uint64(ring), uint64(others))
	})
}

// report runs a function that writes JSON about a message.
func (in *instance) report(name string, c *native.Call, about ...uint64) *native.Failure {
	if failure := in.openMessage(0, c, 0); failure != nil {
		return failure
	}
	defer in.close()
	in.pass(about...)
	in.passMessage(c)
	in.pass(uint64(c.Now))
	in.passOptions(c)
	in.passOut(c)
	return in.answer(name, c)
}

// opened makes a stream, which stays in the instance in which its signer or verifier was found.
func (e *engine) opened(of native.Handle, open func(in *instance, at uint32) (uint32, *native.Failure)) (native.Handle, *native.Failure) {
	stream := &object{free: "paysig_stream_free", stateful: true}
	stream.users.Store(1)
	failure := e.on(of.(*object), func(in *instance, at uint32) *native.Failure {
		made, failure := open(in, at)
		if failure == nil && in.trap == nil {
			in.keep(stream, made)
		}
		return failure
	})
	if failure != nil {
		return nil, failure
	}
	return stream, nil
}

func (e *engine) SignStream(signer native.Handle, c *native.Call) (native.Handle, *native.Failure) {
	return e.opened(signer, func(in *instance, at uint32) (uint32, *native.Failure) {
		if failure := in.openMessage(0, c, 0); failure != nil {
			return 0, failure
		}
		in.pass(uint64(at))
		in.passHead(c)
		in.pass(uint64(c.Now))
		in.passOptions(c)
		return in.make("paysig_stream_sign")
	})
}

func (e *engine) VerifyStream(verifier native.Handle, bodyLength uint64, c *native.Call) (native.Handle, *native.Failure) {
	return e.opened(verifier, func(in *instance, at uint32) (uint32, *native.Failure) {
		if failure := in.openMessage(0, c, 0); failure != nil {
			return 0, failure
		}
		in.pass(uint64(at))
		in.passHead(c)
		in.pass(bodyLength, uint64(c.Now))
		return in.make("paysig_stream_verify")
	})
}

// The largest piece of a body that is copied into the module at once.
const pieceSize = 32 << 10

func (e *engine) Update(stream native.Handle, piece []byte) *native.Failure {
	return e.on(stream.(*object), func(in *instance, at uint32) *native.Failure {
		for len(piece) > 0 {
			next := piece[:min(len(piece), pieceSize)]
			piece = piece[len(next):]
			if failure := in.open(0, len(next)); failure != nil {
				return failure
			}
			in.pass(uint64(at))
			in.passBytes(next)
			failure := in.run("paysig_stream_update")
			in.close()
			if failure != nil {
				return failure
			}
		}
		return nil
	})
}

func (e *engine) Signed(stream native.Handle, c *native.Call) *native.Failure {
	return e.on(stream.(*object), func(in *instance, at uint32) *native.Failure {
		if failure := in.open(signedSize, len(c.Out)); failure != nil {
			return failure
		}
		defer in.close()
		in.pass(uint64(at))
		in.passOut(c)
		in.passResult()
		failure := in.answer("paysig_stream_signed", c)
		c.Signed = in.signed()
		return failure
	})
}

func (e *engine) Verified(stream native.Handle, want uint32, c *native.Call) *native.Failure {
	return e.on(stream.(*object), func(in *instance, at uint32) *native.Failure {
		if failure := in.open(verifiedSize, len(c.Out)); failure != nil {
			return failure
		}
		defer in.close()
		in.pass(uint64(at), uint64(want))
		in.passOut(c)
		in.passResult()
		failure := in.answer("paysig_stream_verified", c)
		c.Verified = in.verified()
		return failure
	})
}

func (e *engine) Next(session native.Handle, c *native.Call) *native.Failure {
	return e.on(session.(*object), func(in *instance, at uint32) *native.Failure {
		if failure := in.open(stepSize, len(c.Out)); failure != nil {
			return failure
		}
		defer in.close()
		in.pass(uint64(at), uint64(c.Now))
		in.passOut(c)
		in.passResult()
		failure := in.answer("paysig_session_next", c)
		c.Step = in.step()
		return failure
	})
}

func (e *engine) Fetched(session native.Handle, status uint32, body []byte, now int64) *native.Failure {
	return e.on(session.(*object), func(in *instance, at uint32) *native.Failure {
		if failure := in.open(0, len(body)); failure != nil {
			return failure
		}
		defer in.close()
		in.pass(uint64(at), uint64(status))
		in.passBytes(body)
		in.pass(uint64(now))
		return in.run("paysig_session_fetched")
	})
}

func (e *engine) Refused(session native.Handle, now int64) *native.Failure {
	return e.on(session.(*object), func(in *instance, at uint32) *native.Failure {
		if failure := in.open(0); failure != nil {
			return failure
		}
		defer in.close()
		in.pass(uint64(at), uint64(now))
		return in.run("paysig_session_refused")
	})
}

func (e *engine) Accepted(session native.Handle) *native.Failure {
	return e.on(session.(*object), func(in *instance, at uint32) *native.Failure {
		if failure := in.open(0); failure != nil {
			return failure
		}
		defer in.close()
		in.pass(uint64(at))
		return in.run("paysig_session_accepted")
	})
}

func (e *engine) Save(session native.Handle, c *native.Call) *native.Failure {
	return e.on(session.(*object), func(in *instance, at uint32) *native.Failure {
		if failure := in.open(0, len(c.Out)); failure != nil {
			return failure
		}
		defer in.close()
		in.pass(uint64(at))
		in.passOut(c)
		return in.answer("paysig_session_save", c)
	})
}

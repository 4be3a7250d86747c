package paysig

import (
	"encoding/json"
	"runtime"
)

// Diagnosis is why a message is refused.
type Diagnosis struct {
	// Verdict is what Verify says; StatusOK for an authentic message. One status is no verdict on the message:
	// StatusInvalidCredentials if a key cannot be read, so that there is nothing to verify with.
	Verdict Status
	// Findings are the mistakes that explain the signature, most likely first; none for an authentic message.
	Findings []Finding
	// RuledOut says, when nothing was found, what was tried in vain and in how many forms: "another key": 12.
	RuledOut map[string]int
	// Hypotheses is how many departures from the rule were tried.
	Hypotheses int
	// Exhausted: the budget ended before the ideas.
	Exhausted bool
}

// Finding is one mistake, or several that were made together.
type Finding struct {
	// IDs has the mistake's name, "body-json-spaced", or the names of several.
	IDs []string
	// Cause and Fix are sentences for people.
	Cause, Fix string
	// Remedies by framework: "Express".
	Remedies map[string]string
}

// A diagnosis larger than this is searched for twice.
const diagnosisSize = 64 << 10

// Diagnose searches for the mistake in a message whose signature does not match. otherKeys are further keys that you have, of other
// environments or products, which may have been mixed up; may be nil. It is an offline tool that takes up to a second: not for servers.
// It never turns a refusal into an acceptance and shows no expected signature and no secret. Options: WithClock, WithoutClock,
// WithVariant, WithTolerance.
func (s *Scheme) Diagnose(flow Flow, keys, otherKeys []Key, m *Message, options ...Option) (*Diagnosis, error) {
	defer runtime.KeepAlive(s)
	if s.c == nil {
		return nil, closed("scheme")
	}
	conf, err := configured(options)
	if err != nil {
		return nil, err
	}
	ring, err := ringOf(keys)
	if err != nil {
		return nil, err
	}
	defer wipe(ring)
	others, err := ringOf(otherKeys)
	if err != nil {
		return nil, err
	}
	defer wipe(others)
	k, err := newCall(m, conf.now(), nil, conf.pairs)
	if err != nil {
		return nil, err
	}
	defer k.release()
	if len(k.Out) < diagnosisSize {
		k.Out = make([]byte, diagnosisSize)
	}
	for {
		failure := engine().Diagnose(s.c, uint32(flow), ring, others, &k.Call)
		if !k.fits(failure) {
			continue
		}
		if failure != nil {
			return nil, failed(failure)
		}
		return diagnosis(k.result())
	}
}

func diagnosis(text []byte) (*Diagnosis, error) {
	var read struct {
		Verdict  string
		Findings []struct {
			ID string
			Finding
		}
		RuledOut   map[string]int `json:"ruled_out"`
		Hypotheses int
		Exhausted  bool
	}
	if err := json.Unmarshal(text, &read); err != nil {
		return nil, &Error{Status: StatusInternal, Message: "the diagnosis is not JSON", Err: err}
	}
	d := &Diagnosis{Verdict: statusOf(read.Verdict), RuledOut: read.RuledOut, Hypotheses: read.Hypotheses, Exhausted: read.Exhausted}
	for _, finding := range read.Findings {
		if len(finding.IDs) == 0 {
			finding.IDs = []string{finding.ID}
		}
		d.Findings = append(d.Findings, finding.Finding)
	}
	return d, nil
}

// The conformance program of the Go binding: one JSON object a line in, one out, in order. See docs/conformance.md.
package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"
	"unicode/utf8"

	paysig "github.com/paysig/paysig/go"
)

type answer map[string]interface{}

func main() {
	in, out := bufio.NewReader(os.Stdin), bufio.NewWriter(os.Stdout)
	for {
		text, err := in.ReadBytes('\n')
		if len(bytes.TrimSpace(text)) > 0 {
			line, bad := read(text)
			a := answer{}
			if bad == nil {
				a, bad = answerTo(line)
			}
			if bad != nil {
				a = failed(bad)
			}
			a["id"] = line.ID
			if line.ID == nil {
				a["id"] = json.RawMessage("null")
			}
			encoded, wrong := json.Marshal(a)
			if wrong != nil {
				fmt.Fprintln(os.Stderr, wrong)
				os.Exit(1)
			}
			out.Write(append(encoded, '\n'))
			if out.Flush() != nil {
				os.Exit(1)
			}
		}
		if err != nil {
			return
		}
	}
}

func failed(err error) answer {
	var e *paysig.Error
	if !errors.As(err, &e) {
		return answer{"status": "internal", "detail": err.Error()}
	}
	return answer{"status": e.Status.String(), "detail": e.Error()}
}

func answerTo(l *line) (answer, error) {
	switch *l.Op {
	case "sign":
		return sign(l)
	case "verify":
		return verify(l)
	case "explain":
		return explain(l)
	case "token_request":
		return tokenRequest(l)
	case "diagnose":
		return diagnose(l)
	}
	return nil, wrong("op %q is not known", *l.Op)
}

// start is what every op but token_request begins with.
func start(l *line) (*paysig.Scheme, paysig.Flow, []paysig.Option, error) {
	scheme, err := l.scheme()
	if err != nil {
		return nil, 0, nil, err
	}
	flow, err := l.flow()
	if err != nil {
		return nil, 0, nil, err
	}
	options, err := l.options()
	return scheme, flow, options, err
}

func sign(l *line) (answer, error) {
	scheme, flow, options, err := start(l)
	if err != nil {
		return nil, err
	}
	values, err := l.oneKey()
	if err != nil {
		return nil, err
	}
	signer, err := scheme.NewSigner(flow, values, options...)
	if err != nil {
		return nil, err
	}
	m, err := l.message()
	if err != nil {
		return nil, err
	}
	o, err := l.signOptions()
	if err != nil {
		return nil, err
	}
	signed, err := signer.Sign(m, o)
	if err != nil {
		return nil, err
	}
	explained, err := scheme.Explain(flow, []paysig.Key{{Credentials: values}}, m, o, options...)
	if err != nil {
		return nil, err
	}
	latin1, _ := l.latin1()
	a := answer{"status": "ok", "headers": headers(signed.Header, latin1)}
	if signed.Target != "" {
		a["target"] = wireText(signed.Target, latin1)
	}
	if signed.Body != nil {
		textOrBase64(a, "body", signed.Body)
	}
	if signed.BodyMembers != nil {
		a["body_members"] = signed.BodyMembers
	}
	textOrBase64(a, "string_to_sign", explained.StringToSign)
	return a, nil
}

func headers(list []paysig.Header, latin1 bool) [][2]string {
	pairs := [][2]string{}
	for _, h := range list {
		pairs = append(pairs, [2]string{h.Name, wireText(h.Value, latin1)})
	}
	return pairs
}

func textOrBase64(a answer, name string, bytes []byte) {
	if utf8.Valid(bytes) {
		a[name] = string(bytes)
	} else {
		a[name+"_base64"] = base64.StdEncoding.EncodeToString(bytes)
	}
}

func verify(l *line) (answer, error) {
	scheme, flow, options, err := start(l)
	if err != nil {
		return nil, err
	}
	keys, err := l.keys()
	if err != nil {
		return nil, err
	}
	if l.Tolerance != nil {
		options = append(options, paysig.WithTolerance(time.Duration(*l.Tolerance)*time.Second))
	}
	verifier, err := scheme.NewVerifier(flow, keys, options...)
	if err != nil {
		return nil, err
	}
	m, err := l.message()
	if err != nil {
		return nil, err
	}
	verified, err := verifier.Verify(m, paysig.WantAll)
	if err != nil {
		return nil, err
	}
	a := answer{"status": "ok", "covered": verified.CoveredJSON, "replay_key": verified.ReplayKey}
	if verified.HasKeyID {
		a["key_id"] = verified.KeyID
	}
	if !verified.Timestamp.IsZero() {
		a["timestamp"] = verified.Timestamp.Format("2006-01-02T15:04:05.000Z")
	}
	if verified.SignedJSON != nil {
		a["signed_json"] = verified.SignedJSON
	}
	return a, nil
}

func explain(l *line) (answer, error) {
	scheme, flow, options, err := start(l)
	if err != nil {
		return nil, err
	}
	keys, err := l.keys()
	if err != nil {
		return nil, err
	}
	m, err := l.message()
	if err != nil {
		return nil, err
	}
	o, err := l.signOptions()
	if err != nil {
		return nil, err
	}
	explained, err := scheme.Explain(flow, keys, m, o, options...)
	if err != nil {
		return nil, err
	}
	a := answer{"status": "ok", "parts": explained.Parts}
	textOrBase64(a, "string_to_sign", explained.StringToSign)
	return a, nil
}

func diagnose(l *line) (answer, error) {
	scheme, flow, options, err := start(l)
	if err != nil {
		return nil, err
	}
	keys, err := l.keys()
	if err != nil {
		return nil, err
	}
	var others []paysig.Key
	for _, values := range l.OtherKeys {
		others = append(others, paysig.Key{Credentials: values})
	}
	if l.Tolerance != nil {
		options = append(options, paysig.WithTolerance(time.Duration(*l.Tolerance)*time.Second))
	}
	m, err := l.message()
	if err != nil {
		return nil, err
	}
	diagnosis, err := scheme.Diagnose(flow, keys, others, m, options...)
	if err != nil {
		return nil, err
	}
	findings := []answer{}
	for _, finding := range diagnosis.Findings {
		a := answer{"id": finding.IDs[0], "cause": finding.Cause, "fix": finding.Fix}
		if len(finding.IDs) > 1 {
			a["ids"] = finding.IDs
		}
		findings = append(findings, a)
	}
	return answer{"status": "ok", "verdict": diagnosis.Verdict.String(), "findings": findings}, nil
}

func tokenRequest(l *line) (answer, error) {
	scheme, err := l.scheme()
	if err != nil {
		return nil, err
	}
	values, err := l.oneKey()
	if err != nil {
		return nil, err
	}
	now, err := moment("now", l.Now)
	if err != nil {
		return nil, err
	}
	session, err := scheme.NewTokenSession(values, paysig.WithClock(func() time.Time { return now }))
	if err != nil {
		return nil, err
	}
	if l.Now == nil {
		return nil, wrong("token_request needs now")
	}
	step, err := session.Next()
	if err != nil {
		return nil, err
	}
	if step.Action != paysig.Fetch {
		return nil, &paysig.Error{Status: paysig.StatusInternal, Message: "a new token session must fetch"}
	}
	a := answer{"status": "ok", "method": step.Method, "target": step.Target, "headers": headers(step.Header, false)}
	textOrBase64(a, "body", step.Body)
	return a, nil
}

package paysig

import (
	"net/http"
	"sort"
)

// Flow says who sends the message to whom.
type Flow uint32

const (
	// Request goes from client to provider: an API request.
	Request Flow = 1
	// Webhook goes from provider to client: a notification.
	Webhook Flow = 2
	// Response is the provider's signed answer; method and target are those of the request.
	Response Flow = 3
)

// Header is one header line. Values are bytes as on the wire, of any encoding.
type Header struct{ Name, Value string }

// Message is what is on the wire.
type Message struct {
	// Method as on the request line: "POST".
	Method string
	// Target is path and query exactly as on the request line.
	Target string
	// URL is the public URL, from configuration and never from the Host header; only schemes that sign the URL need it.
	URL string
	// Header lines in order.
	Header []Header
	// Body before any parsing.
	Body []byte
}

// Headers lists a header map, names sorted, values in order.
func Headers(from http.Header) []Header {
	return appendHeaders(make([]Header, 0, len(from)+2), from)
}

func appendHeaders(list []Header, from http.Header) []Header {
	first := len(list)
	for name, values := range from {
		for _, value := range values {
			list = append(list, Header{name, value})
		}
	}
	added := list[first:]
	sort.SliceStable(added, func(i, j int) bool { return added[i].Name < added[j].Name })
	return list
}

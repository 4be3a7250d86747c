// Package redistest holds the replay guard against a real redis-server, which is in the PATH.
package redistest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	paysig "github.com/paysig/paysig/go"
)

var (
	background = context.Background()
	now        = paysig.WithClock(func() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC) })
	login      = paysig.Credentials{"login": "shop-login", "secret": "api-signature"}
)

const (
	races = 10_000
	// After so many the two processes wait for each other, so that neither runs away.
	lap   = 500
	lease = 400 * time.Millisecond
)

// TestMain is also what the other processes of the tests run.
func TestMain(m *testing.M) {
	switch os.Getenv("PAYSIG_TEST_PROCESS") {
	case "racer":
		racer()
	case "crash":
		deliver(os.Getenv("PAYSIG_TEST_REDIS"), func(http.ResponseWriter) { os.Exit(3) })
	default:
		os.Exit(m.Run())
	}
}

// process is this program again, in another role.
func process(role, address string) *exec.Cmd {
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), "PAYSIG_TEST_PROCESS="+role, "PAYSIG_TEST_REDIS="+address)
	c.Stderr = os.Stderr
	return c
}

// racer handles every notification that it gets first, and prints its number; before each lap it says so and waits.
func racer() {
	g := guardOf(clientOf(os.Getenv("PAYSIG_TEST_REDIS")), paysig.GuardOptions{})
	in := bufio.NewReader(os.Stdin)
	for i := 0; i < races; i++ {
		if i%lap == 0 {
			fmt.Println("ready")
			in.ReadString('\n')
		}
		key := strconv.Itoa(i)
		state, held, err := g.Begin(background, key)
		if err == nil && state == paysig.ReplayFresh {
			fmt.Println(i)
			err = g.Commit(background, key, held)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

// rival is one of the two racers, seen from outside.
type rival struct {
	*exec.Cmd
	in  io.WriteCloser
	out *bufio.Scanner
}

func newRival(t *testing.T, address string) rival {
	t.Helper()
	c := process("racer", address)
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	return rival{c, in, bufio.NewScanner(out)}
}

// run counts what it won until it is ready for the next lap, or at its end.
func (r rival) run(t *testing.T, winners []int) (won int) {
	for r.out.Scan() && r.out.Text() != "ready" {
		n, err := strconv.Atoi(r.out.Text())
		if err != nil {
			t.Fatal(err)
		}
		winners[n]++
		won++
	}
	return won
}

func TestTwoProcessesRace(t *testing.T) {
	address := start(t).address()
	rivals := [2]rival{newRival(t, address), newRival(t, address)}
	winners, won := make([]int, races), [2]int{}
	for done := 0; done <= races; done += lap {
		for i, r := range rivals {
			won[i] += r.run(t, winners)
		}
		for _, r := range rivals {
			io.WriteString(r.in, "go\n")
		}
	}
	for _, r := range rivals {
		if err := r.Wait(); err != nil {
			t.Fatal(err)
		}
	}
	for n, count := range winners {
		if count != 1 {
			t.Fatalf("notification %d was handled %d times", n, count)
		}
	}
	t.Logf("the two handled %v", won)
	if won[0] == 0 || won[1] == 0 {
		t.Error("one process was alone: this was no race")
	}
}

// deliver sends one signed webhook through the middleware, with a guard over the server at this address.
func deliver(address string, inside func(http.ResponseWriter)) (code int, handled bool, heard error) {
	scheme, err := paysig.Builtin("directa24-deposits")
	if err != nil {
		panic(err)
	}
	signer, err := scheme.NewSigner(paysig.Webhook, login, now)
	if err != nil {
		panic(err)
	}
	verifier, err := scheme.NewVerifier(paysig.Webhook, []paysig.Key{{Credentials: login}}, now)
	if err != nil {
		panic(err)
	}
	const body = `{"deposit_id":1}`
	signed, err := signer.Sign(&paysig.Message{Method: "POST", Target: "/hook", Body: []byte(body)}, nil)
	if err != nil {
		panic(err)
	}
	r := httptest.NewRequest("POST", "/hook", strings.NewReader(body))
	for _, h := range signed.Header {
		r.Header.Set(h.Name, h.Value)
	}
	client := clientOf(address)
	defer client.Close()
	guard := guardOf(client, paysig.GuardOptions{Lease: lease})
	guard.Timeout = 500 * time.Millisecond
	w := httptest.NewRecorder()
	paysig.Middleware(verifier, &paysig.MiddlewareOptions{Guard: guard, OnError: func(_ *http.Request, e *paysig.Error) { heard = e }})(
		http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { handled = true; inside(w) })).ServeHTTP(w, r)
	return w.Code, handled, heard
}

func expect(t *testing.T, address string, wantCode int, wantHandled bool, want error) {
	t.Helper()
	code, handled, heard := deliver(address, func(http.ResponseWriter) {})
	if code != wantCode || handled != wantHandled || !errors.Is(heard, want) {
		t.Fatalf("%d, handled %v, %v", code, handled, heard)
	}
}

// A process that dies in its handler: the message waits until the lease runs out, and is then handled, once.
func TestACrashedHandlerIsRetried(t *testing.T) {
	address := start(t).address()
	err := process("crash", address).Run()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 3 {
		t.Fatal(err)
	}
	expect(t, address, 503, false, nil)
	time.Sleep(lease)
	expect(t, address, 200, true, nil)
	expect(t, address, 200, false, paysig.ErrReplayed)
}

func TestAFailedHandlerIsRetriedAtOnce(t *testing.T) {
	address := start(t).address()
	code, handled, heard := deliver(address, func(w http.ResponseWriter) { w.WriteHeader(500) })
	if code != 500 || !handled || heard != nil {
		t.Fatal(code, handled, heard)
	}
	expect(t, address, 200, true, nil)
	expect(t, address, 200, false, paysig.ErrReplayed)
}

// A store that is down is answered 503 and handles nothing; one that comes back knows what was handled.
func TestTheServerIsRestarted(t *testing.T) {
	s := durable(t)
	expect(t, s.address(), 200, true, nil)
	s.kill()
	expect(t, s.address(), 503, false, paysig.ErrStoreUnavailable)
	s.run()
	expect(t, s.address(), 200, false, paysig.ErrReplayed)
}

func TestTheServerHangs(t *testing.T) {
	s := start(t)
	if err := s.process.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	expect(t, s.address(), 503, false, paysig.ErrStoreUnavailable)
	if waited := time.Since(began); waited > 5*time.Second {
		t.Errorf("waited %v", waited)
	}
	if err := s.process.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	expect(t, s.address(), 200, true, nil)
}

// A full server refuses; one that would forget instead is not taken.
func TestTheServerIsFull(t *testing.T) {
	s := start(t)
	c := s.client()
	if err := c.ConfigSet(background, "maxmemory", "1").Err(); err != nil {
		t.Fatal(err)
	}
	expect(t, s.address(), 503, false, paysig.ErrStoreUnavailable)
	_, _, heard := deliver(s.address(), func(http.ResponseWriter) {})
	if heard == nil || !strings.Contains(heard.Error(), "full") {
		t.Error(heard)
	}
	if err := c.ConfigSet(background, "maxmemory-policy", "volatile-ttl").Err(); err != nil {
		t.Fatal(err)
	}
	_, handled, heard := deliver(s.address(), func(http.ResponseWriter) {})
	if handled || heard == nil || !strings.Contains(heard.Error(), "volatile-ttl") {
		t.Error(handled, heard)
	}
	if err := c.ConfigSet(background, "maxmemory", "0").Err(); err != nil {
		t.Fatal(err)
	}
	expect(t, s.address(), 200, true, nil)
}

// A handler that takes longer than its lease while another delivery is let in hears of it; if none is, it counts as handled.
func TestALateCommit(t *testing.T) {
	address := start(t).address()
	g := guardOf(clientOf(address), paysig.GuardOptions{Lease: lease})
	begin := func(want paysig.Replay) string {
		t.Helper()
		state, held, err := g.Begin(background, "k")
		if err != nil || state != want {
			t.Fatal(state, err)
		}
		return held
	}
	late := begin(paysig.ReplayFresh)
	time.Sleep(lease + 50*time.Millisecond)
	next := begin(paysig.ReplayFresh)
	if err := g.Commit(background, "k", late); !errors.Is(err, paysig.ErrStoreUnavailable) {
		t.Error(err)
	}
	if err := g.Release(background, "k", late); err != nil {
		t.Error(err)
	}
	begin(paysig.ReplayInProgress)
	time.Sleep(lease + 50*time.Millisecond)
	if err := g.Commit(background, "k", next); err != nil {
		t.Error(err)
	}
	begin(paysig.ReplayDone)
}

// A client whose connection broke sends its command again: the lease that it finds then is its own.
func TestACommandThatIsRepeated(t *testing.T) {
	once := clientOf(start(t).address())
	twice := paysig.StoreFunc(func(ctx context.Context, command ...interface{}) (interface{}, error) {
		if err := once.Do(ctx, command...).Err(); err != nil {
			return nil, err
		}
		return once.Do(ctx, command...).Result()
	})
	g := paysig.NewRedisGuard(twice, "", paysig.GuardOptions{})
	for _, want := range []paysig.Replay{paysig.ReplayFresh, paysig.ReplayInProgress} {
		state, _, err := g.Begin(background, "k")
		if err != nil || state != want {
			t.Error(state, err)
		}
	}
}

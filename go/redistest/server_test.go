package redistest

import (
	"context"
	"fmt"
	"net"
	"os/exec"
	"strconv"
	"testing"
	"time"

	paysig "github.com/paysig/paysig/go"
	"github.com/redis/go-redis/v9"
)

// server is a redis-server on a free loopback port.
type server struct {
	t       *testing.T
	port    int
	dir     string
	process *exec.Cmd
	options []string
}

// durable writes everything to disk before it answers.
func durable(t *testing.T) *server { return start(t, "--appendonly", "yes", "--appendfsync", "always") }

func start(t *testing.T, options ...string) *server {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &server{t: t, port: listener.Addr().(*net.TCPAddr).Port, dir: t.TempDir(), options: options}
	listener.Close()
	s.run()
	t.Cleanup(s.kill)
	return s
}

func (s *server) run() {
	s.t.Helper()
	s.process = exec.Command("redis-server", append([]string{"--port", strconv.Itoa(s.port), "--bind", "127.0.0.1", "--dir", s.dir,
		"--save", "", "--maxmemory-policy", "noeviction"}, s.options...)...)
	if err := s.process.Start(); err != nil {
		s.t.Fatal(err)
	}
	for i := 0; i < 200; i++ {
		if s.client().Ping(context.Background()).Err() == nil {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	s.t.Fatal("redis-server does not listen")
}

// kill ends the server as a power cut does.
func (s *server) kill() {
	s.process.Process.Kill()
	s.process.Wait()
}

func (s *server) address() string { return fmt.Sprintf("127.0.0.1:%d", s.port) }

func (s *server) client() *redis.Client { return clientOf(s.address()) }

func clientOf(address string) *redis.Client {
	return redis.NewClient(&redis.Options{Addr: address, MaxRetries: -1, ContextTimeoutEnabled: true})
}

// guardOf is what the documentation of StoreFunc tells to write.
func guardOf(client *redis.Client, times paysig.GuardOptions) *paysig.RedisGuard {
	return paysig.NewRedisGuard(paysig.StoreFunc(func(ctx context.Context, command ...interface{}) (interface{}, error) {
		answer, err := client.Do(ctx, command...).Result()
		if err == redis.Nil {
			return nil, nil
		}
		return answer, err
	}), "", times)
}

// Racer is one of several processes that race for the same messages (tests/replay/race.py says how): racer PORT PREFIX MESSAGES LAP.
package main

import (
	"bufio"
	"context"
	"fmt"
	"log"
	"os"
	"strconv"
	"strings"

	paysig "github.com/paysig/paysig/go"
	"github.com/redis/go-redis/v9"
)

func main() {
	client := redis.NewClient(&redis.Options{Addr: "127.0.0.1:" + os.Args[1], ContextTimeoutEnabled: true})
	guard := paysig.NewRedisGuard(paysig.StoreFunc(func(ctx context.Context, command ...interface{}) (interface{}, error) {
		answer, err := client.Do(ctx, command...).Result()
		if err == redis.Nil {
			return nil, nil
		}
		return answer, err
	}), os.Args[2], paysig.GuardOptions{})
	begin := func(key string) (paysig.Replay, string) {
		state, lease, err := guard.Begin(context.Background(), key)
		if err != nil {
			log.Fatal(err)
		}
		return state, lease
	}

	in := bufio.NewReader(os.Stdin)
	messages, lap := number(os.Args[3]), number(os.Args[4])
	for start := 0; start < messages; start += lap {
		fmt.Println("ready")
		in.ReadString('\n')
		var won []string
		for n := start; n < start+lap; n++ {
			key := strconv.Itoa(n)
			if state, lease := begin(key); state == paysig.ReplayFresh {
				won = append(won, key)
				if err := guard.Commit(context.Background(), key, lease); err != nil {
					log.Fatal(err)
				}
			}
		}
		fmt.Println(strings.Join(won, " "))
	}
	in.ReadString('\n')
	done := 0
	for n := 0; n < messages; n++ {
		if state, _ := begin(strconv.Itoa(n)); state == paysig.ReplayDone {
			done++
		}
	}
	held, _ := begin("held")
	names := map[paysig.Replay]string{paysig.ReplayFresh: "fresh", paysig.ReplayInProgress: "in_progress", paysig.ReplayDone: "done"}
	fmt.Println(done, names[held])
}

func number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		log.Fatal(err)
	}
	return n
}

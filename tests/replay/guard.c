/* The guard of the C examples against the server on the port of the first argument: its steps, or one side of a race. */
#include "replay_guard.h"

#define MUST(condition)                                                                                                \
    if (!(condition)) {                                                                                                \
        printf("line %d: %s\n", __LINE__, #condition);                                                                 \
        return 1;                                                                                                      \
    }

static void command(replay_guard *guard, const char *text) {
    redisReply *reply = redisCommand(guard->redis, text);
    if (reply == NULL || reply->type == REDIS_REPLY_ERROR) exit(3);
    freeReplyObject(reply);
}

/* Prints how many of the messages this process handled. */
static int race(replay_guard *guard, int messages) {
    int won = 0;
    /* Both begin together. */
    command(guard, "INCR ready");
    for (int ready = 0; ready < 2;) {
        redisReply *reply = redisCommand(guard->redis, "GET ready");
        MUST(reply != NULL && reply->str != NULL);
        ready = atoi(reply->str);
        freeReplyObject(reply);
    }
    for (int n = 0; n < messages; n++) {
        char key[32];
        replay_lease lease;
        snprintf(key, sizeof key, "race %d", n);
        replay_begun begun = replay_begin(guard, key, &lease);
        MUST(begun != REPLAY_UNAVAILABLE);
        if (begun == REPLAY_FRESH) {
            won++;
            MUST(replay_commit(guard, key, &lease) == 0);
        }
    }
    printf("%d\n", won);
    return 0;
}

static int steps(replay_guard *guard) {
    replay_lease first, second;
    MUST(replay_check(guard) == 0);
    MUST(replay_begin(guard, "", &first) == REPLAY_UNAVAILABLE);
    MUST(replay_begin(guard, "k", &first) == REPLAY_FRESH);
    MUST(replay_begin(guard, "k", &second) == REPLAY_IN_PROGRESS);
    MUST(replay_release(guard, "k", &first) == 0);
    MUST(replay_begin(guard, "k", &second) == REPLAY_FRESH);
    /* A lease that passed to another: the first holder may neither commit nor release. */
    MUST(replay_commit(guard, "k", &first) != 0);
    MUST(replay_release(guard, "k", &first) == 0);
    MUST(replay_begin(guard, "k", &first) == REPLAY_IN_PROGRESS);
    MUST(replay_commit(guard, "k", &second) == 0);
    MUST(replay_begin(guard, "k", &first) == REPLAY_DONE);
    /* One that ran out and that nobody took is committed. */
    MUST(replay_begin(guard, "late", &first) == REPLAY_FRESH);
    command(guard, "DEL paysig:replay:late");
    MUST(replay_commit(guard, "late", &first) == 0);
    MUST(replay_begin(guard, "late", &first) == REPLAY_DONE);
    /* A full server remembers what it has and refuses the rest. */
    command(guard, "CONFIG SET maxmemory 1");
    MUST(replay_begin(guard, "new", &first) == REPLAY_UNAVAILABLE);
    MUST(replay_begin(guard, "k", &first) == REPLAY_DONE);
    command(guard, "CONFIG SET maxmemory 1gb");
    command(guard, "CONFIG SET maxmemory-policy allkeys-lru");
    MUST(replay_check(guard) != 0);
    command(guard, "CONFIG SET maxmemory-policy noeviction");
    MUST(replay_check(guard) == 0);
    MUST(replay_begin(guard, "new", &first) == REPLAY_FRESH);
    /* A value of somebody else is no lease, nor is an empty one. */
    command(guard, "SET paysig:replay:other x");
    MUST(replay_begin(guard, "other", &first) == REPLAY_UNAVAILABLE);
    command(guard, "EVAL redis.call('SET',KEYS[1],'') 1 paysig:replay:empty");
    MUST(replay_begin(guard, "empty", &first) == REPLAY_UNAVAILABLE);
    /* One that stopped remembers nothing. */
    redisCommand(guard->redis, "SHUTDOWN NOSAVE");
    MUST(replay_begin(guard, "k", &first) == REPLAY_UNAVAILABLE);
    return 0;
}

int main(int argc, char **argv) {
    replay_guard guard = {NULL, "paysig:replay:", 60000, 604800000};
    if (argc < 2) return 2;
    guard.redis = redisConnect("127.0.0.1", atoi(argv[1]));
    if (guard.redis == NULL || guard.redis->err) return 2;
    int failed = argc > 2 ? race(&guard, atoi(argv[2])) : steps(&guard);
    redisFree(guard.redis);
    return failed;
}

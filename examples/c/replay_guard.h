/* A replay guard over Redis or Valkey for C, to copy into your program: begin before the handler, commit after it succeeded, release
 * after it failed. What it stores is what the guards of the other languages store. Needs hiredis and paysig.h. */
#ifndef REPLAY_GUARD_H
#define REPLAY_GUARD_H
#include <hiredis/hiredis.h>
#include <paysig.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

typedef struct replay_guard {
    redisContext *redis; /* one thread at a time */
    const char *prefix;  /* "paysig:replay:" */
    long lease_ms;       /* how long a handler may take: 60000 */
    long long keep_ms;   /* how long a handled message is remembered; a week is longer than any provider goes on */
} replay_guard;

/* The right to handle a message. */
typedef struct replay_lease {
    char held[40];
} replay_lease;

typedef enum replay_begun {
    REPLAY_FRESH,       /* handle it, then commit or release */
    REPLAY_IN_PROGRESS, /* somebody does: answer 503 */
    REPLAY_DONE,        /* it was handled: answer 200 */
    REPLAY_UNAVAILABLE  /* the server does not remember: answer 503 */
} replay_begun;

/* Runs a script on one key; NULL if the server did not do it. */
static redisReply *replay_eval(replay_guard *guard, const char *script, const char *key, const char *held, long long ms) {
    redisReply *reply = redisCommand(guard->redis, "EVAL %s 1 %s%s %s %lld", script, guard->prefix, key, held, ms);
    if (reply != NULL && reply->type == REDIS_REPLY_ERROR) {
        freeReplyObject(reply);
        return NULL;
    }
    return reply;
}

/* key: the replay key of paysig_verify (PAYSIG_WANT_REPLAY_KEY), or an id of your own under a prefix of your own. */
static replay_begun replay_begin(replay_guard *guard, const char *key, replay_lease *lease) {
    static const char script[] = "local held = redis.call('GET', KEYS[1])\n"
                                 "if held then return held end\n"
                                 "redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])\n"
                                 "return ARGV[1]\n";
    unsigned char id[16];
    if (key[0] == 0 || getrandom(id, sizeof id, 0) != (ssize_t)sizeof id) return REPLAY_UNAVAILABLE;
    memcpy(lease->held, "lease:", 6);
    for (size_t i = 0; i < sizeof id; i++) snprintf(lease->held + 6 + 2 * i, 3, "%02x", id[i]);
    redisReply *reply = replay_eval(guard, script, key, lease->held, guard->lease_ms);
    replay_begun begun = REPLAY_UNAVAILABLE;
    if (reply != NULL && reply->type == REDIS_REPLY_STRING) {
        if (strcmp(reply->str, "done") == 0) begun = REPLAY_DONE;
        if (strncmp(reply->str, "lease:", 6) == 0) begun = REPLAY_IN_PROGRESS;
        /* One's own lease is the answer to the one who may handle the message. */
        if (strcmp(reply->str, lease->held) == 0) begun = REPLAY_FRESH;
    }
    if (reply != NULL) freeReplyObject(reply);
    return begun;
}

/* 0 if it is remembered. A lease that ran out and that nobody took is committed all the same: the message was handled. */
PAYSIG_MUST_USE static int replay_commit(replay_guard *guard, const char *key, const replay_lease *lease) {
    static const char script[] = "local held = redis.call('GET', KEYS[1])\n"
                                 "if held and held ~= ARGV[1] then return 0 end\n"
                                 "redis.call('SET', KEYS[1], 'done', 'PX', ARGV[2])\n"
                                 "return 1\n";
    redisReply *reply = replay_eval(guard, script, key, lease->held, guard->keep_ms);
    int failed = reply == NULL || reply->integer != 1;
    if (reply != NULL) freeReplyObject(reply);
    return failed;
}

/* The next delivery is handled; a lease that has passed to another is left alone. 0 if the server did it. */
PAYSIG_MUST_USE static int replay_release(replay_guard *guard, const char *key, const replay_lease *lease) {
    static const char script[] = "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end\n"
                                 "return 1\n";
    redisReply *reply = replay_eval(guard, script, key, lease->held, 0);
    int failed = reply == NULL;
    if (reply != NULL) freeReplyObject(reply);
    return failed;
}

/* Once, before the first message: 0 if the server does not throw keys away when it is full. */
PAYSIG_MUST_USE static int replay_check(replay_guard *guard) {
    redisReply *reply = redisCommand(guard->redis, "INFO memory");
    int failed = reply == NULL || reply->type == REDIS_REPLY_ERROR;
    if (!failed && reply->str != NULL)
        failed = strstr(reply->str, "\nmaxmemory:0\r") == NULL && strstr(reply->str, "maxmemory_policy:noeviction") == NULL;
    if (reply != NULL) freeReplyObject(reply);
    return failed;
}
#endif

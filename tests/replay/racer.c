/* The racer in C (race.py says what it does): racer PORT PREFIX MESSAGES LAP. */
#include "replay_guard.h"

/* Whether the other side said to go on. */
static int told(void) {
    char line[8];
    return fflush(stdout) == 0 && fgets(line, sizeof line, stdin) != NULL;
}

int main(int argc, char **argv) {
    static const char *const states[] = {"fresh", "in_progress", "done", "unavailable"};
    if (argc != 5) return 2;
    replay_guard guard = {redisConnect("127.0.0.1", atoi(argv[1])), argv[2], 60000, 604800000};
    int messages = atoi(argv[3]), lap = atoi(argv[4]), done = 0;
    char key[16];
    replay_lease lease;
    if (guard.redis == NULL || guard.redis->err || lap < 1) return 2;
    for (int n = 0; n < messages; n++) {
        if (n % lap == 0) {
            puts(n == 0 ? "ready" : "\nready");
            if (!told()) return 3;
        }
        snprintf(key, sizeof key, "%d", n);
        switch (replay_begin(&guard, key, &lease)) {
        case REPLAY_FRESH:
            printf("%d ", n);
            if (replay_commit(&guard, key, &lease) != 0) return 4;
            break;
        case REPLAY_UNAVAILABLE: return 4;
        default: break;
        }
    }
    puts("");
    if (!told()) return 3;
    for (int n = 0; n < messages; n++) {
        snprintf(key, sizeof key, "%d", n);
        done += replay_begin(&guard, key, &lease) == REPLAY_DONE;
    }
    printf("%d %s\n", done, states[replay_begin(&guard, "held", &lease)]);
    redisFree(guard.redis);
    return 0;
}

/* Counting checks: the test goes on after a failure and says at its end how many there were. */
#ifndef CHECK_H
#define CHECK_H
#include <paysig.h>
#include <stdio.h>

static int passed, failed;

static inline void check_at(int line, int good, const char *what) {
    if (good) {
        passed++;
    } else {
        failed++;
        printf("line %d: %s\n", line, what);
    }
}

static inline void status_at(int line, paysig_status got, paysig_status wanted, const char *what) {
    if (got == wanted) {
        passed++;
    } else {
        failed++;
        printf("line %d: %s: %s instead of %s\n", line, what, paysig_status_name(got), paysig_status_name(wanted));
    }
}

#define CHECK(condition) check_at(__LINE__, (condition), #condition)
#define STATUS(call, wanted) status_at(__LINE__, (call), (wanted), #call)

static inline int report(const char *name) {
    printf("%s: %d passed, %d failed\n", name, passed, failed);
    return failed > 0;
}

/* Whether a piece of a result is this text. */
static inline int span_is(const char *out, paysig_span span, const char *text) {
    return span.length == strlen(text) && memcmp(out + span.offset, text, span.length) == 0;
}

/* A time of the vectors: 2026-01-02T03:04:05Z. */
#define NOW INT64_C(1767323045000)

#endif

/* What the programs about secrets share. */
#ifndef KIT_H
#define KIT_H
#include <paysig.h>
#include <stdio.h>
#include <stdlib.h>

#define NOW 1767323045000 /* 2026-01-02T03:04:05Z */

static paysig_error error = PAYSIG_ERROR_INIT;
static char out[65536];
static size_t out_len;

static inline void must(paysig_status status, const char *what) {
    if (status == PAYSIG_OK) return;
    printf("%s: %s: %s\n", what, paysig_status_name(status), error.message);
    exit(2);
}

/* A scheme, the names of its credentials, and which flow. */
typedef struct kit_case {
    const char *scheme;
    uint32_t flow;
    const char *secret;   /* name of the secret credential */
    const char *other;    /* name of a public one, or NULL */
    const char *value;    /* a secret of the right form */
} kit_case;

static const kit_case cases[] = {
    {"stripe", PAYSIG_WEBHOOK, "secret", NULL, "whsec_0123456789abcdefghijklmnop"},
    {"github", PAYSIG_WEBHOOK, "secret", NULL, "a secret of thirty-two characters"},
    {"standard-webhooks", PAYSIG_WEBHOOK, "secret", NULL, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"},
    {"ingenico-v1hmac", PAYSIG_REQUEST, "secret", "key_id", "I42Zf4pVnRdroHfuHnRiJjJ2B6+22h0yQt/s3nZR8Xg="},
    {"directa24-deposits", PAYSIG_REQUEST, "secret", "login", "an API signature of some length"},
};
enum { CASES = sizeof cases / sizeof *cases };

static inline paysig_scheme *kit_scheme(const kit_case *c) {
    paysig_scheme *scheme = NULL;
    must(paysig_scheme_builtin(PAYSIG_TEXT(c->scheme), &scheme, &error), c->scheme);
    return scheme;
}

/* Credentials with this secret; the caller wipes them. */
#define KIT_KEYS(name, c, bytes, len)                                                                                  \
    PAYSIG_PAIRS(name, 2, 512);                                                                                        \
    if ((c)->other != NULL) paysig_pairs_add(&name, (c)->other, "key-1");                                              \
    paysig_pairs_add_bytes(&name, (c)->secret, strlen((c)->secret), (bytes), (len))

#define KIT_BODY "{\"amount\":\"1.50\"}"

static inline void kit_sign(const paysig_signer *signer, const char *what, const char *body, paysig_signed *result) {
    paysig_message message = paysig_message_of("POST", "/v3/deposits", NULL, PAYSIG_TEXT(body));
    must(paysig_sign(signer, PAYSIG_PASS_MESSAGE(message), NOW, PAYSIG_NO_PAIRS, out, sizeof out, &out_len, result, &error),
         what);
}
#endif

/* Many calls of each kind take no more memory at the end than in the middle: what this machine holds for the process
 * is compared after half of the calls and after all of them. */
#include "../c/check.h"
#include <stdlib.h>

#define SEARCHES 20
/* Pages come and go by a few; a leak of one byte a call would be more. */
#define SLACK_KIB 128

static char out[1 << 16];
static size_t out_len;

static long resident_kib(void) {
    char line[128];
    long kib = -1;
    /* Counted page by page; what /proc/self/status says is some dozens of pages behind. */
    FILE *pages = fopen("/proc/self/smaps_rollup", "r");
    if (pages == NULL) return -1;
    while (fgets(line, sizeof line, pages) != NULL)
        if (sscanf(line, "Rss: %ld", &kib) == 1) break;
    fclose(pages);
    return kib;
}

static paysig_signer *signer;
static paysig_verifier *verifier;
static paysig_session *session;
static paysig_scheme *d24, *pledg;
static paysig_keyring *ring;
static paysig_message unsent, sent, changed;

static int sign(void) {
    paysig_signed result = PAYSIG_SIGNED_INIT;
    return paysig_sign(signer, PAYSIG_PASS_MESSAGE(unsent), NOW, PAYSIG_NO_PAIRS, out, sizeof out, &out_len, &result, NULL) !=
           PAYSIG_OK;
}

static int verify(void) {
    paysig_verified result = PAYSIG_VERIFIED_INIT;
    paysig_error error = PAYSIG_ERROR_INIT;
    return paysig_verify(verifier, PAYSIG_PASS_MESSAGE(sent), NOW, PAYSIG_WANT_REPLAY_KEY | PAYSIG_WANT_COVERED, out,
                         sizeof out, &out_len, &result, &error) != PAYSIG_OK ||
           paysig_verify(verifier, PAYSIG_PASS_MESSAGE(changed), NOW, 0, NULL, 0, NULL, NULL, &error) !=
               PAYSIG_SIGNATURE_MISMATCH;
}

static int diagnose(void) {
    return paysig_diagnose(d24, PAYSIG_REQUEST, ring, NULL, PAYSIG_PASS_MESSAGE(changed), NOW, PAYSIG_NO_PAIRS, out, sizeof out,
                           &out_len, NULL) != PAYSIG_OK;
}

/* A token fetched, used and refused: the whole circle of a session. */
static int token(void) {
    static const char answer[] = "{\"access_token\":\"t0ken\",\"expires_in\":3600,\"token_type\":\"Bearer\"}";
    static int64_t now = NOW;
    paysig_step step = PAYSIG_STEP_INIT;
    int wrong = 0;
    now += 3600 * 1000;
    wrong |= paysig_session_next(session, now, out, sizeof out, &out_len, &step, NULL) != PAYSIG_OK;
    wrong |= step.action != PAYSIG_FETCH;
    wrong |= paysig_session_fetched(session, 200, answer, sizeof answer - 1, now, NULL) != PAYSIG_OK;
    wrong |= paysig_session_next(session, now, out, sizeof out, &out_len, &step, NULL) != PAYSIG_OK;
    return wrong | (step.action != PAYSIG_AUTHORIZE);
}

static void flat(const char *name, int (*call)(void), int calls) {
    long half = resident_kib(), whole; /* its own code is there before it measures */
    int i, wrong = 0;
    char what[96];
    for (i = 0; i < calls; i++) {
        wrong += call();
        if (i == calls / 2) half = resident_kib();
    }
    whole = resident_kib();
    printf("%d x %s: %ld KiB, then %ld KiB\n", calls, name, half, whole);
    snprintf(what, sizeof what, "%s: the same memory after all calls", name);
    check_at(__LINE__, half > 0 && whole - half <= SLACK_KIB, what);
    check_at(__LINE__, wrong == 0, name);
}

int main(void) {
    paysig_signed result = PAYSIG_SIGNED_INIT;
    paysig_header header;
    size_t at = 0;
    PAYSIG_PAIRS(keys, 2, 64);
    PAYSIG_PAIRS(client, 2, 64);
    PAYSIG_PAIRS(headers, 3, 512);
    paysig_pairs_add(&keys, "login", "shop-login");
    paysig_pairs_add(&keys, "secret", "api-signature");
    paysig_pairs_add(&client, "api_key", "shop");
    paysig_pairs_add(&client, "api_secret", "s3cret");
    STATUS(paysig_scheme_builtin(PAYSIG_TEXT("directa24-deposits"), &d24, NULL), PAYSIG_OK);
    STATUS(paysig_scheme_builtin(PAYSIG_TEXT("pledg-token"), &pledg, NULL), PAYSIG_OK);
    STATUS(paysig_keyring_new(&ring, NULL), PAYSIG_OK);
    STATUS(paysig_keyring_add(ring, PAYSIG_PASS(keys), PAYSIG_TIME_NONE, PAYSIG_TIME_NONE, NULL), PAYSIG_OK);
    STATUS(paysig_signer_new(d24, PAYSIG_REQUEST, PAYSIG_PASS(keys), PAYSIG_NO_PAIRS, &signer, NULL), PAYSIG_OK);
    STATUS(paysig_verifier_new(d24, PAYSIG_REQUEST, ring, PAYSIG_NO_PAIRS, &verifier, NULL), PAYSIG_OK);
    STATUS(paysig_session_new(pledg, PAYSIG_PASS(client), NULL, 0, &session, NULL), PAYSIG_OK);
    unsent = paysig_message_of("POST", "/v3/deposits", NULL, PAYSIG_TEXT("{\"amount\":\"1.50\"}"));
    STATUS(paysig_sign(signer, PAYSIG_PASS_MESSAGE(unsent), NOW, PAYSIG_NO_PAIRS, out, sizeof out, &out_len, &result, NULL),
           PAYSIG_OK);
    while (paysig_next_header(out, result.headers, &at, &header))
        paysig_pairs_add_bytes(&headers, header.name, header.name_len, header.value, header.value_len);
    sent = paysig_message_of("POST", "/v3/deposits", &headers, PAYSIG_TEXT("{\"amount\":\"1.50\"}"));
    changed = paysig_message_of("POST", "/v3/deposits", &headers, PAYSIG_TEXT("{\"amount\":\"2.50\"}"));
    const char *given = getenv("PAYSIG_CALLS");
    int calls = given != NULL ? atoi(given) : 200000;
    flat("sign", sign, calls);
    flat("verify", verify, calls);
    flat("token session", token, calls);
    flat("diagnose", diagnose, SEARCHES);
    paysig_session_free(session);
    paysig_verifier_free(verifier);
    paysig_signer_free(signer);
    paysig_keyring_free(ring);
    paysig_scheme_free(pledg);
    paysig_scheme_free(d24);
    return report("flat");
}

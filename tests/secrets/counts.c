/* How many instructions a refusal takes, by the position of the first wrong character: callgrind writes one count for each. The
 * programs' counts are compared by run.sh: within a scheme they must all be equal. */
#include "kit.h"
#include <valgrind/callgrind.h>

static size_t first_of(const char *text, size_t len, const char *before) {
    for (size_t i = 0; i + strlen(before) <= len; i++)
        if (memcmp(text + i, before, strlen(before)) == 0) return i + strlen(before);
    exit(3);
}

/* The first runs warm what is made once, the allocator's lists among it. */
enum { POSITIONS = 40, WARM = 3 };

/* Another character of the same kind, so that only its value differs. */
static char another(char right) {
    if (right >= '0' && right <= '9') return right == '7' ? '8' : '7';
    if (right >= 'a') return right == 'b' ? 'c' : 'b';
    return right == 'B' ? 'C' : 'B';
}

int main(void) {
    static const char *before[CASES] = {"v1=", "sha256=", "v1,", "GCS v1HMAC:key-1:", "D24 "};
    for (int i = 0; i < CASES; i++) {
        const kit_case *c = &cases[i];
        paysig_scheme *scheme = kit_scheme(c);
        paysig_signer *signer = NULL;
        paysig_keyring *ring = NULL;
        paysig_verifier *verifier = NULL;
        paysig_signed result = PAYSIG_SIGNED_INIT;
        static char text[65536];
        paysig_header header;
        size_t at = 0;
        KIT_KEYS(keys, c, c->value, strlen(c->value));
        must(paysig_signer_new(scheme, c->flow, PAYSIG_PASS(keys), PAYSIG_NO_PAIRS, &signer, &error), c->scheme);
        must(paysig_keyring_new(&ring, &error), "ring");
        must(paysig_keyring_add(ring, PAYSIG_PASS(keys), PAYSIG_TIME_NONE, PAYSIG_TIME_NONE, &error), "ring");
        must(paysig_verifier_new(scheme, c->flow, ring, PAYSIG_NO_PAIRS, &verifier, &error), c->scheme);
        kit_sign(signer, c->scheme, KIT_BODY, &result);
        memcpy(text, out, out_len);

        PAYSIG_PAIRS(headers, 16, 4096);
        while (paysig_next_header(text, result.headers, &at, &header))
            paysig_pairs_add_bytes(&headers, header.name, header.name_len, header.value, header.value_len);
        size_t start = first_of(headers.bytes, headers.bytes_len, before[i]);
        for (size_t run = 0; run < POSITIONS + WARM; run++) {
            size_t wrong = run < WARM ? 0 : run - WARM;
            size_t position = start + wrong;
            char right = headers.bytes[position];
            char label[80];
            headers.bytes[position] = another(right);
            paysig_message message = paysig_message_of("POST", "/v3/deposits", &headers, PAYSIG_TEXT(KIT_BODY));
            snprintf(label, sizeof label, "%s %zu", c->scheme, wrong);
            CALLGRIND_ZERO_STATS;
            paysig_status status =
                paysig_verify(verifier, PAYSIG_PASS_MESSAGE(message), NOW, 0, NULL, 0, NULL, NULL, NULL);
            if (run >= WARM) CALLGRIND_DUMP_STATS_AT(label);
            headers.bytes[position] = right;
            if (status != PAYSIG_SIGNATURE_MISMATCH) {
                printf("%s: %s\n", label, paysig_status_name(status));
                return 1;
            }
        }
        paysig_verifier_free(verifier);
        paysig_keyring_free(ring);
        paysig_signer_free(signer);
        paysig_scheme_free(scheme);
    }
    return 0;
}

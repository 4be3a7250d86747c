/* One signer and one verifier used by many threads at once, and by a child after fork. */
#define _POSIX_C_SOURCE 200809L
#include "check.h"
#include <pthread.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#define THREADS 8
#define ROUNDS 200

static paysig_signer *signer;
static paysig_verifier *verifier;

/* Signs a body of its own, verifies it, and verifies another one with that signature; counts what went wrong. */
static void *work(void *argument) {
    size_t wrong = 0;
    int i;
    for (i = 0; i < ROUNDS; i++) {
        char body[64], out[PAYSIG_OUT_SIZE];
        size_t out_len = 0, at = 0;
        paysig_signed result = PAYSIG_SIGNED_INIT;
        paysig_header header;
        paysig_message message;
        PAYSIG_PAIRS(headers, 3, 512);
        snprintf(body, sizeof body, "{\"thread\":%d,\"round\":%d}", *(int *)argument, i);
        message = paysig_message_of("POST", "/v3/deposits", NULL, PAYSIG_TEXT(body));
        wrong += paysig_sign(signer, PAYSIG_PASS_MESSAGE(message), NOW, PAYSIG_NO_PAIRS, out, sizeof out, &out_len,
                             &result, NULL) != PAYSIG_OK;
        while (paysig_next_header(out, result.headers, &at, &header))
            paysig_pairs_add_bytes(&headers, header.name, header.name_len, header.value, header.value_len);
        message = paysig_message_of("POST", "/v3/deposits", &headers, PAYSIG_TEXT(body));
        wrong += paysig_verify(verifier, PAYSIG_PASS_MESSAGE(message), NOW, 0, NULL, 0, NULL, NULL, NULL) != PAYSIG_OK;
        body[2] = 'T';
        wrong += paysig_verify(verifier, PAYSIG_PASS_MESSAGE(message), NOW, 0, NULL, 0, NULL, NULL, NULL) !=
                 PAYSIG_SIGNATURE_MISMATCH;
    }
    return (void *)wrong;
}

int main(void) {
    paysig_scheme *d24 = NULL;
    paysig_keyring *ring = NULL;
    pthread_t threads[THREADS];
    int numbers[THREADS], i, state = 0;
    pid_t child;
    PAYSIG_PAIRS(keys, 2, 64);
    paysig_pairs_add(&keys, "login", "shop-login");
    paysig_pairs_add(&keys, "secret", "api-signature");
    STATUS(paysig_scheme_builtin(PAYSIG_TEXT("directa24-deposits"), &d24, NULL), PAYSIG_OK);
    STATUS(paysig_signer_new(d24, PAYSIG_REQUEST, PAYSIG_PASS(keys), PAYSIG_NO_PAIRS, &signer, NULL), PAYSIG_OK);
    STATUS(paysig_keyring_new(&ring, NULL), PAYSIG_OK);
    STATUS(paysig_keyring_add(ring, PAYSIG_PASS(keys), PAYSIG_TIME_NONE, PAYSIG_TIME_NONE, NULL), PAYSIG_OK);
    STATUS(paysig_verifier_new(d24, PAYSIG_REQUEST, ring, PAYSIG_NO_PAIRS, &verifier, NULL), PAYSIG_OK);
    for (i = 0; i < THREADS; i++) {
        numbers[i] = i;
        CHECK(pthread_create(&threads[i], NULL, work, &numbers[i]) == 0);
    }
    for (i = 0; i < THREADS; i++) {
        void *wrong = NULL;
        CHECK(pthread_join(threads[i], &wrong) == 0 && wrong == NULL);
    }
    child = fork();
    if (child == 0) _exit(work(&numbers[0]) == NULL ? 0 : 1);
    CHECK(child > 0 && waitpid(child, &state, 0) == child && WIFEXITED(state) && WEXITSTATUS(state) == 0);
    CHECK(work(&numbers[0]) == NULL);
    paysig_verifier_free(verifier);
    paysig_keyring_free(ring);
    paysig_signer_free(signer);
    paysig_scheme_free(d24);
    return report("shared");
}

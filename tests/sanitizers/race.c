/* Two threads feed one stream, which belongs to one at a time. */
#include <paysig.h>
#include <pthread.h>
#include <stdio.h>

static void *feed(void *stream) {
    int i;
    for (i = 0; i < 100000; i++)
        if (paysig_stream_update((paysig_stream *)stream, "seven..", 7, NULL)) break;
    return NULL;
}

int main(void) {
    paysig_scheme *github = NULL;
    paysig_signer *signer = NULL;
    paysig_stream *stream = NULL;
    paysig_message message = paysig_message_of("POST", "/hook", NULL, NULL, 0);
    pthread_t one, two;
    PAYSIG_PAIRS(keys, 1, 32);
    paysig_pairs_add(&keys, "secret", "s3cret");
    if (paysig_scheme_builtin(PAYSIG_TEXT("github"), &github, NULL) ||
        paysig_signer_new(github, PAYSIG_WEBHOOK, PAYSIG_PASS(keys), PAYSIG_NO_PAIRS, &signer, NULL) ||
        paysig_stream_sign(signer, PAYSIG_PASS_HEAD(message), PAYSIG_TIME_NONE, PAYSIG_NO_PAIRS, &stream, NULL))
        return puts("no stream") < 0;
    pthread_create(&one, NULL, feed, stream);
    pthread_create(&two, NULL, feed, stream);
    pthread_join(one, NULL);
    pthread_join(two, NULL);
    paysig_stream_free(stream);
    paysig_signer_free(signer);
    paysig_scheme_free(github);
    return 0;
}

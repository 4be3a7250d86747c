/* Signs a request to Directa24 and prints the headers to send with it.
 * Build: cc sign_request.c $(pkg-config --cflags --libs paysig) */
#include <paysig.h>
#include <stdio.h>

int main(void) {
    paysig_error error = PAYSIG_ERROR_INIT;
    paysig_signed result = PAYSIG_SIGNED_INIT;
    paysig_scheme *scheme = NULL;
    paysig_signer *signer = NULL;
    char out[PAYSIG_OUT_SIZE];
    size_t out_len = 0;

    PAYSIG_PAIRS(keys, 2, 256);
    paysig_pairs_add(&keys, "login", "shop-login");
    paysig_pairs_add(&keys, "secret", "api-signature");
    const char *body = "{\"amount\":\"1.50\"}";
    paysig_message message = paysig_message_of("POST", "/v3/deposits", NULL, PAYSIG_TEXT(body));
    if (paysig_scheme_builtin(PAYSIG_TEXT("directa24-deposits"), &scheme, &error) ||
        paysig_signer_new(scheme, PAYSIG_REQUEST, PAYSIG_PASS(keys), PAYSIG_NO_PAIRS, &signer, &error) ||
        paysig_sign(signer, PAYSIG_PASS_MESSAGE(message), PAYSIG_NOW_SYSTEM, PAYSIG_NO_PAIRS, out, sizeof out, &out_len,
                    &result, &error))
        fprintf(stderr, "%s: %s\n", paysig_status_name(error.status), error.message);
    else
        printf("%.*s", (int)result.headers.length, out + result.headers.offset);

    paysig_signer_free(signer);
    paysig_scheme_free(scheme);
    return error.status ? 1 : 0;
}

/* A shop that takes deposits through Directa24: it sends a signed deposit and then receives webhooks and prints the verdict on
 * each. With libcurl and libmicrohttpd:
 *
 *   cc shop.c $(pkg-config --cflags --libs paysig libcurl libmicrohttpd)
 *   D24_SECRET=api-signature paysig serve directa24-deposits -c login=shop-login -c secret=env:D24_SECRET
 *   D24_SECRET=api-signature ./a.out http://127.0.0.1:PORT 1
 *   D24_SECRET=api-signature paysig send directa24-deposits -c login=shop-login -c secret=env:D24_SECRET \
 *       --url http://127.0.0.1:PORT/webhook -d '{}'
 */
#include <arpa/inet.h>
#include <curl/curl.h>
#include <microhttpd.h>
#include <paysig.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>

#define MAX_BODY ((size_t)1 << 20)

static paysig_signer *signer;
static paysig_verifier *verifier;
static sem_t answered;

/* ---- The client: what is signed is what is sent */

static size_t ignore(char *data, size_t size, size_t count, void *unused) {
    (void)data, (void)unused;
    return size * count;
}

static int deposit(const char *provider) {
    const char *body = "{\"amount\":\"1.50\"}";
    char url[1024], line[2048], out[PAYSIG_OUT_SIZE];
    size_t out_len, at = 0;
    long status = 0;
    paysig_error error = PAYSIG_ERROR_INIT;
    paysig_signed result = PAYSIG_SIGNED_INIT;
    paysig_header header;
    CURL *curl = curl_easy_init();
    CURLU *parts = curl_url();
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
    char *path = NULL;
    snprintf(url, sizeof url, "%s/v3/deposits", provider);
    if (curl == NULL || curl_url_set(parts, CURLUPART_URL, url, 0) || curl_url_get(parts, CURLUPART_PATH, &path, 0)) return 1;

    paysig_message message = paysig_message_of("POST", path, NULL, PAYSIG_TEXT(body));
    if (paysig_sign(signer, PAYSIG_PASS_MESSAGE(message), PAYSIG_NOW_SYSTEM, PAYSIG_NO_PAIRS, out, sizeof out, &out_len,
                    &result, &error))
        return fprintf(stderr, "%s\n", error.message);
    while (paysig_next_header(out, result.headers, &at, &header)) {
        snprintf(line, sizeof line, "%.*s", (int)header.line_len, header.line);
        headers = curl_slist_append(headers, line);
    }
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, ignore);
    if (curl_easy_perform(curl) == CURLE_OK) curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    printf("deposit: %ld\n", status);
    curl_free(path);
    curl_url_cleanup(parts);
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    return status != 200;
}

/* ---- The endpoint: nothing is parsed before the message is judged, over the bytes as they came */

typedef struct request {
    char target[1024]; /* as on the request line */
    char body[MAX_BODY];
    size_t body_len;
    int begun, too_large, judged;
} request;

static void *begin(void *unused, const char *uri, struct MHD_Connection *connection) {
    request *made = (request *)malloc(sizeof *made);
    (void)unused, (void)connection;
    if (made == NULL) return NULL;
    made->body_len = 0;
    made->begun = made->judged = 0;
    made->too_large = strlen(uri) >= sizeof made->target;
    snprintf(made->target, sizeof made->target, "%s", uri);
    return made;
}

static void end(void *unused, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode why) {
    request *r = (request *)*state;
    (void)unused, (void)connection, (void)why;
    if (r != NULL && r->judged) sem_post(&answered); /* the answer is sent: the program may end now */
    free(r);
}

static enum MHD_Result add_header(void *headers, enum MHD_ValueKind kind, const char *name, const char *value) {
    (void)kind;
    paysig_pairs_add((paysig_pairs *)headers, name, value == NULL ? "" : value);
    return MHD_YES;
}

static enum MHD_Result answer(struct MHD_Connection *connection, unsigned status) {
    struct MHD_Response *empty = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
    enum MHD_Result queued = MHD_queue_response(connection, status, empty);
    MHD_destroy_response(empty);
    return queued;
}

static enum MHD_Result receive(void *unused, struct MHD_Connection *connection, const char *url, const char *method,
                               const char *version, const char *data, size_t *data_len, void **state) {
    request *r = (request *)*state;
    char out[PAYSIG_OUT_SIZE];
    size_t out_len;
    paysig_error error = PAYSIG_ERROR_INIT;
    paysig_verified verified = PAYSIG_VERIFIED_INIT;
    PAYSIG_PAIRS(headers, 100, 32768);
    (void)unused, (void)url, (void)version;
    if (r == NULL) return MHD_NO;
    if (!r->begun) {
        r->begun = 1;
        return MHD_YES;
    }
    if (*data_len > 0) {
        if (*data_len > MAX_BODY - r->body_len) r->too_large = 1;
        else memcpy(r->body + r->body_len, data, *data_len), r->body_len += *data_len;
        *data_len = 0;
        return MHD_YES;
    }
    if (r->too_large) return answer(connection, paysig_status_http(PAYSIG_TOO_LARGE));
    MHD_get_connection_values(connection, MHD_HEADER_KIND, add_header, &headers);
    paysig_message message = paysig_message_of(method, r->target, &headers, r->body, r->body_len);
    paysig_status status = paysig_verify(verifier, PAYSIG_PASS_MESSAGE(message), PAYSIG_NOW_SYSTEM, PAYSIG_WANT_COVERED, out,
                                         sizeof out, &out_len, &verified, &error);
    /* Why a message is refused is for the log only. */
    if (status == PAYSIG_OK)
        printf("webhook: authentic, signed with %.*s, body covered: %s\n", (int)verified.key_id.length,
               out + verified.key_id.offset, (verified.covers & PAYSIG_COVERS_BODY) != 0 ? "true" : "false");
    else
        printf("webhook: refused: %s\n", paysig_status_name(status));
    fflush(stdout);
    r->judged = 1;
    return answer(connection, paysig_status_http(status));
}

int main(int argc, char **argv) {
    const char *secret = getenv("D24_SECRET");
    paysig_error error = PAYSIG_ERROR_INIT;
    paysig_scheme *deposits = NULL;
    paysig_keyring *ring = NULL;
    struct sockaddr_in address = {0};
    PAYSIG_PAIRS(keys, 2, 256);
    if (argc != 3 || secret == NULL) return fprintf(stderr, "usage: D24_SECRET=... %s PROVIDER WEBHOOKS\n", argv[0]);
    paysig_pairs_add(&keys, "login", "shop-login");
    paysig_pairs_add(&keys, "secret", secret);
    if (paysig_scheme_builtin(PAYSIG_TEXT("directa24-deposits"), &deposits, &error) ||
        paysig_signer_new(deposits, PAYSIG_REQUEST, PAYSIG_PASS(keys), PAYSIG_NO_PAIRS, &signer, &error) ||
        paysig_keyring_new(&ring, &error) ||
        paysig_keyring_add(ring, PAYSIG_PASS(keys), PAYSIG_TIME_NONE, PAYSIG_TIME_NONE, &error) ||
        paysig_verifier_new(deposits, PAYSIG_WEBHOOK, ring, PAYSIG_NO_PAIRS, &verifier, &error))
        return fprintf(stderr, "%s\n", error.message);
    paysig_pairs_wipe(&keys);
    paysig_keyring_free(ring);
    paysig_scheme_free(deposits);

    curl_global_init(CURL_GLOBAL_DEFAULT);
    sem_init(&answered, 0, 0);
    if (deposit(argv[1])) return 1;

    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    struct MHD_Daemon *daemon =
        MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD, 0, NULL, NULL, receive, NULL, MHD_OPTION_SOCK_ADDR,
                         (struct sockaddr *)&address, MHD_OPTION_URI_LOG_CALLBACK, begin, NULL,
                         MHD_OPTION_NOTIFY_COMPLETED, end, NULL, MHD_OPTION_END);
    if (daemon == NULL) return fprintf(stderr, "cannot listen\n");
    printf("listening on http://127.0.0.1:%u/webhook\n", MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
    fflush(stdout);
    for (long left = strtol(argv[2], NULL, 10); left > 0; left--) sem_wait(&answered);
    MHD_stop_daemon(daemon);
    paysig_verifier_free(verifier);
    paysig_signer_free(signer);
    curl_global_cleanup();
}

#define FFI_SCOPE "PAYSIG"
#define FFI_LIB "libpaysig.so.0"
/* Generated from paysig.h (`make header`). Do not edit. */
enum paysig_status
 {
    PAYSIG_OK = 0,
    PAYSIG_SIGNATURE_MISMATCH = 1,
    PAYSIG_TIMESTAMP_TOO_OLD = 2,
    PAYSIG_TIMESTAMP_TOO_NEW = 3,
    PAYSIG_MISSING_SIGNATURE = 4,
    PAYSIG_MALFORMED_SIGNATURE = 5,
    PAYSIG_MISSING_FIELD = 6,
    PAYSIG_MALFORMED_FIELD = 7,
    PAYSIG_DUPLICATE_FIELD = 8,
    PAYSIG_UNKNOWN_KEY = 9,
    PAYSIG_KEY_EXPIRED = 10,
    PAYSIG_KEY_NOT_YET_VALID = 11,
    PAYSIG_UNSUPPORTED_VERSION = 12,
    PAYSIG_UNSUPPORTED_ALGORITHM = 13,
    PAYSIG_CONTENT_REJECTED = 14,
    PAYSIG_TOO_LARGE = 15,
    PAYSIG_NEEDS_KEY = 16,
    PAYSIG_UNVERIFIABLE = 17,
    PAYSIG_REPLAYED = 18,
    PAYSIG_UNKNOWN_SCHEME = 20,
    PAYSIG_INVALID_RECIPE = 21,
    PAYSIG_INVALID_CREDENTIALS = 22,
    PAYSIG_UNSUPPORTED_FLOW = 23,
    PAYSIG_INVALID_MESSAGE = 24,
    PAYSIG_UNSUPPORTED = 25,
    PAYSIG_INVALID_OPTION = 26,
    PAYSIG_TOKEN_REFUSED = 27,
    PAYSIG_TOKEN_RESPONSE_INVALID = 28,
    PAYSIG_STORE_UNAVAILABLE = 29,
    PAYSIG_NULL_ARGUMENT = 100,
    PAYSIG_INVALID_UTF8 = 101,
    PAYSIG_BUFFER_TOO_SMALL = 102,
    PAYSIG_ABI_MISMATCH = 103,
    PAYSIG_INTERNAL = 255,
};
typedef uint32_t paysig_status;
enum paysig_flow
 {
    PAYSIG_REQUEST = 1,
    PAYSIG_WEBHOOK = 2,
    PAYSIG_RESPONSE = 3,
};
typedef uint32_t paysig_flow;
enum paysig_want
 {
    PAYSIG_WANT_REPLAY_KEY = 1,
    PAYSIG_WANT_COVERED = 2,
    PAYSIG_WANT_SIGNED_JSON = 4,
};
typedef uint32_t paysig_want;
enum paysig_signed_bits
 {
    PAYSIG_SIGNED_HEADERS = 1,
    PAYSIG_SIGNED_TARGET = 2,
    PAYSIG_SIGNED_URL = 4,
    PAYSIG_SIGNED_BODY = 8,
    PAYSIG_SIGNED_BODY_MEMBERS = 16,
    PAYSIG_SIGNED_TIMESTAMP = 32,
    PAYSIG_SIGNED_NONCE = 64,
    PAYSIG_SIGNED_KEY_ID = 128,
};
typedef uint32_t paysig_signed_bits;
enum paysig_verified_bits
 {
    PAYSIG_VERIFIED_TIMESTAMP = 1,
    PAYSIG_VERIFIED_KEY_ID = 2,
    PAYSIG_VERIFIED_REPLAY_KEY = 4,
    PAYSIG_VERIFIED_COVERED = 8,
    PAYSIG_VERIFIED_SIGNED_JSON = 16,
    PAYSIG_VERIFIED_NEED_KEY_ID = 32,
    PAYSIG_VERIFIED_NEED_KEY_URL = 64,
};
typedef uint32_t paysig_verified_bits;
enum paysig_covers
 {
    PAYSIG_COVERS_METHOD = 1,
    PAYSIG_COVERS_PATH = 2,
    PAYSIG_COVERS_QUERY = 4,
    PAYSIG_COVERS_BODY = 8,
    PAYSIG_COVERS_BODY_MEMBERS = 16,
    PAYSIG_COVERS_HEADERS = 32,
};
typedef uint32_t paysig_covers;
enum paysig_answer_bits
 {
    PAYSIG_ANSWER_BODY = 1,
    PAYSIG_ANSWER_VERIFIED = 2,
    PAYSIG_ANSWER_NEED_KEY_ID = 32,
    PAYSIG_ANSWER_NEED_KEY_URL = 64,
};
typedef uint32_t paysig_answer_bits;
enum paysig_action
 {
    PAYSIG_AUTHORIZE = 1,
    PAYSIG_FETCH = 2,
    PAYSIG_WAIT = 3,
};
typedef uint32_t paysig_action;
typedef struct paysig_keyring paysig_keyring;
typedef struct paysig_scheme paysig_scheme;
typedef struct paysig_session paysig_session;
typedef struct paysig_signer paysig_signer;
typedef struct paysig_stream paysig_stream;
typedef struct paysig_verifier paysig_verifier;
typedef struct paysig_error {
    uint32_t struct_size;
    uint32_t status;
    uint32_t http;
    uint32_t reserved;
    char field[64];
    char message[240];
} paysig_error;
typedef struct paysig_span {
    size_t offset;
    size_t length;
} paysig_span;
typedef struct paysig_signed {
    uint32_t struct_size;
    uint32_t present;
    struct paysig_span headers;
    struct paysig_span target;
    struct paysig_span url;
    struct paysig_span body;
    struct paysig_span body_members;
    struct paysig_span timestamp;
    struct paysig_span nonce;
    struct paysig_span key_id;
} paysig_signed;
typedef struct paysig_prepared {
    uint32_t struct_size;
    uint32_t reserved;
    struct paysig_span string_to_sign;
    struct paysig_span algorithm;
} paysig_prepared;
typedef struct paysig_verified {
    uint32_t struct_size;
    uint32_t present;
    uint32_t covers;
    uint32_t key_index;
    uint32_t items;
    uint32_t reserved;
    int64_t timestamp_ms;
    struct paysig_span key_id;
    struct paysig_span replay_key;
    struct paysig_span covered;
    struct paysig_span signed_json;
    struct paysig_span need_key_id;
    struct paysig_span need_key_url;
} paysig_verified;
typedef struct paysig_answer {
    uint32_t struct_size;
    uint32_t present;
    struct paysig_span content_type;
    struct paysig_span body;
    struct paysig_span need_key_id;
    struct paysig_span need_key_url;
} paysig_answer;
typedef struct paysig_step {
    uint32_t struct_size;
    uint32_t action;
    int64_t until_ms;
    struct paysig_span method;
    struct paysig_span target;
    struct paysig_span headers;
    struct paysig_span body;
} paysig_step;
uint32_t paysig_abi_version(void);
const char *paysig_version(void);
const char *paysig_status_name(uint32_t status);
uint32_t paysig_status_http(uint32_t status);
uint32_t paysig_status_is_verdict(uint32_t status);
paysig_status paysig_scheme_builtin(const char *id,
                                    size_t id_len,
                                    struct paysig_scheme **out,
                                    struct paysig_error *err);
paysig_status paysig_scheme_from_toml(const char *toml,
                                      size_t toml_len,
                                      const char *file,
                                      size_t file_len,
                                      struct paysig_scheme **out,
                                      struct paysig_error *err);
void paysig_scheme_free(struct paysig_scheme *scheme);
paysig_status paysig_catalogue(void *out,
                               size_t out_cap,
                               size_t *out_len,
                               struct paysig_error *err);
paysig_status paysig_recipe(const char *id,
                            size_t id_len,
                            void *out,
                            size_t out_cap,
                            size_t *out_len,
                            struct paysig_error *err);
paysig_status paysig_lint(const struct paysig_scheme *scheme,
                          void *out,
                          size_t out_cap,
                          size_t *out_len,
                          struct paysig_error *err);
paysig_status paysig_signer_new(const struct paysig_scheme *scheme,
                                uint32_t flow,
                                const void *credentials,
                                size_t credentials_len,
                                const void *credentials_lens,
                                size_t credentials_n,
                                const void *options,
                                size_t options_len,
                                const void *options_lens,
                                size_t options_n,
                                struct paysig_signer **out,
                                struct paysig_error *err);
paysig_status paysig_sign(const struct paysig_signer *signer,
                          const char *method,
                          size_t method_len,
                          const char *target,
                          size_t target_len,
                          const char *url,
                          size_t url_len,
                          const void *headers,
                          size_t headers_len,
                          const void *headers_lens,
                          size_t headers_n,
                          const void *body,
                          size_t body_len,
                          int64_t now_ms,
                          const void *options,
                          size_t options_len,
                          const void *options_lens,
                          size_t options_n,
                          void *out,
                          size_t out_cap,
                          size_t *out_len,
                          struct paysig_signed *result,
                          struct paysig_error *err);
paysig_status paysig_prepare(const struct paysig_signer *signer,
                             const char *method,
                             size_t method_len,
                             const char *target,
                             size_t target_len,
                             const char *url,
                             size_t url_len,
                             const void *headers,
                             size_t headers_len,
                             const void *headers_lens,
                             size_t headers_n,
                             const void *body,
                             size_t body_len,
                             int64_t now_ms,
                             const void *options,
                             size_t options_len,
                             const void *options_lens,
                             size_t options_n,
                             void *out,
                             size_t out_cap,
                             size_t *out_len,
                             struct paysig_prepared *result,
                             struct paysig_error *err);
paysig_status paysig_finish(const struct paysig_signer *signer,
                            const void *signature,
                            size_t signature_len,
                            const char *method,
                            size_t method_len,
                            const char *target,
                            size_t target_len,
                            const char *url,
                            size_t url_len,
                            const void *headers,
                            size_t headers_len,
                            const void *headers_lens,
                            size_t headers_n,
                            const void *body,
                            size_t body_len,
                            int64_t now_ms,
                            const void *options,
                            size_t options_len,
                            const void *options_lens,
                            size_t options_n,
                            void *out,
                            size_t out_cap,
                            size_t *out_len,
                            struct paysig_signed *result,
                            struct paysig_error *err);
void paysig_signer_free(struct paysig_signer *signer);
paysig_status paysig_keyring_new(struct paysig_keyring **out,
                                 struct paysig_error *err);
paysig_status paysig_keyring_add(struct paysig_keyring *keyring,
                                 const void *credentials,
                                 size_t credentials_len,
                                 const void *credentials_lens,
                                 size_t credentials_n,
                                 int64_t not_before_ms,
                                 int64_t not_after_ms,
                                 struct paysig_error *err);
void paysig_keyring_free(struct paysig_keyring *keyring);
paysig_status paysig_verifier_new(const struct paysig_scheme *scheme,
                                  uint32_t flow,
                                  const struct paysig_keyring *keyring,
                                  const void *options,
                                  size_t options_len,
                                  const void *options_lens,
                                  size_t options_n,
                                  struct paysig_verifier **out,
                                  struct paysig_error *err);
paysig_status paysig_verifier_with_keys(const struct paysig_verifier *verifier,
                                        const struct paysig_keyring *keyring,
                                        struct paysig_verifier **out,
                                        struct paysig_error *err);
paysig_status paysig_verify(const struct paysig_verifier *verifier,
                            const char *method,
                            size_t method_len,
                            const char *target,
                            size_t target_len,
                            const char *url,
                            size_t url_len,
                            const void *headers,
                            size_t headers_len,
                            const void *headers_lens,
                            size_t headers_n,
                            const void *body,
                            size_t body_len,
                            int64_t now_ms,
                            uint32_t want,
                            void *out,
                            size_t out_cap,
                            size_t *out_len,
                            struct paysig_verified *result,
                            struct paysig_error *err);
uint64_t paysig_verifier_retention(const struct paysig_verifier *verifier);
void paysig_verifier_free(struct paysig_verifier *verifier);
paysig_status paysig_sign_packed(const struct paysig_signer *signer,
                                 const void *packed,
                                 size_t packed_len,
                                 const void *body,
                                 size_t body_len,
                                 void *out,
                                 size_t out_cap,
                                 size_t *out_len,
                                 struct paysig_error *err);
paysig_status paysig_verify_packed(const struct paysig_verifier *verifier,
                                   const void *packed,
                                   size_t packed_len,
                                   const void *body,
                                   size_t body_len,
                                   void *out,
                                   size_t out_cap,
                                   size_t *out_len,
                                   struct paysig_error *err);
paysig_status paysig_handshake(const struct paysig_verifier *verifier,
                               const char *method,
                               size_t method_len,
                               const char *target,
                               size_t target_len,
                               const char *url,
                               size_t url_len,
                               const void *headers,
                               size_t headers_len,
                               const void *headers_lens,
                               size_t headers_n,
                               const void *body,
                               size_t body_len,
                               int64_t now_ms,
                               void *out,
                               size_t out_cap,
                               size_t *out_len,
                               struct paysig_answer *result,
                               struct paysig_error *err);
paysig_status paysig_in_words(const char *covered,
                              size_t covered_len,
                              const char *signed_json,
                              size_t signed_json_len,
                              void *out,
                              size_t out_cap,
                              size_t *out_len,
                              struct paysig_error *err);
paysig_status paysig_explain(const struct paysig_scheme *scheme,
                             uint32_t flow,
                             const struct paysig_keyring *keyring,
                             const char *method,
                             size_t method_len,
                             const char *target,
                             size_t target_len,
                             const char *url,
                             size_t url_len,
                             const void *headers,
                             size_t headers_len,
                             const void *headers_lens,
                             size_t headers_n,
                             const void *body,
                             size_t body_len,
                             int64_t now_ms,
                             const void *options,
                             size_t options_len,
                             const void *options_lens,
                             size_t options_n,
                             void *out,
                             size_t out_cap,
                             size_t *out_len,
                             struct paysig_error *err);
paysig_status paysig_diagnose(const struct paysig_scheme *scheme,
                              uint32_t flow,
                              const struct paysig_keyring *keyring,
                              const struct paysig_keyring *other_keys,
                              const char *method,
                              size_t method_len,
                              const char *target,
                              size_t target_len,
                              const char *url,
                              size_t url_len,
                              const void *headers,
                              size_t headers_len,
                              const void *headers_lens,
                              size_t headers_n,
                              const void *body,
                              size_t body_len,
                              int64_t now_ms,
                              const void *options,
                              size_t options_len,
                              const void *options_lens,
                              size_t options_n,
                              void *out,
                              size_t out_cap,
                              size_t *out_len,
                              struct paysig_error *err);
paysig_status paysig_stream_sign(const struct paysig_signer *signer,
                                 const char *method,
                                 size_t method_len,
                                 const char *target,
                                 size_t target_len,
                                 const char *url,
                                 size_t url_len,
                                 const void *headers,
                                 size_t headers_len,
                                 const void *headers_lens,
                                 size_t headers_n,
                                 int64_t now_ms,
                                 const void *options,
                                 size_t options_len,
                                 const void *options_lens,
                                 size_t options_n,
                                 struct paysig_stream **out,
                                 struct paysig_error *err);
paysig_status paysig_stream_verify(const struct paysig_verifier *verifier,
                                   const char *method,
                                   size_t method_len,
                                   const char *target,
                                   size_t target_len,
                                   const char *url,
                                   size_t url_len,
                                   const void *headers,
                                   size_t headers_len,
                                   const void *headers_lens,
                                   size_t headers_n,
                                   uint64_t body_length,
                                   int64_t now_ms,
                                   struct paysig_stream **out,
                                   struct paysig_error *err);
paysig_status paysig_stream_update(struct paysig_stream *stream,
                                   const void *body,
                                   size_t body_len,
                                   struct paysig_error *err);
paysig_status paysig_stream_signed(struct paysig_stream *stream,
                                   void *out,
                                   size_t out_cap,
                                   size_t *out_len,
                                   struct paysig_signed *result,
                                   struct paysig_error *err);
paysig_status paysig_stream_verified(struct paysig_stream *stream,
                                     uint32_t want,
                                     void *out,
                                     size_t out_cap,
                                     size_t *out_len,
                                     struct paysig_verified *result,
                                     struct paysig_error *err);
void paysig_stream_free(struct paysig_stream *stream);
paysig_status paysig_session_new(const struct paysig_scheme *scheme,
                                 const void *credentials,
                                 size_t credentials_len,
                                 const void *credentials_lens,
                                 size_t credentials_n,
                                 const char *saved,
                                 size_t saved_len,
                                 struct paysig_session **out,
                                 struct paysig_error *err);
paysig_status paysig_session_next(struct paysig_session *session,
                                  int64_t now_ms,
                                  void *out,
                                  size_t out_cap,
                                  size_t *out_len,
                                  struct paysig_step *result,
                                  struct paysig_error *err);
paysig_status paysig_session_fetched(struct paysig_session *session,
                                     uint32_t http_status,
                                     const void *body,
                                     size_t body_len,
                                     int64_t now_ms,
                                     struct paysig_error *err);
paysig_status paysig_session_refused(struct paysig_session *session,
                                     int64_t now_ms,
                                     struct paysig_error *err);
uint64_t paysig_session_token_number(const struct paysig_session *session);
paysig_status paysig_session_refused_token(struct paysig_session *session,
                                           uint64_t token_number,
                                           int64_t now_ms,
                                           struct paysig_error *err);
paysig_status paysig_session_accepted(struct paysig_session *session,
                                      struct paysig_error *err);
paysig_status paysig_session_save(const struct paysig_session *session,
                                  void *out,
                                  size_t out_cap,
                                  size_t *out_len,
                                  struct paysig_error *err);
void paysig_session_free(struct paysig_session *session);

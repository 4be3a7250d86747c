// paysig.hpp: paysig for C++17 and later, header-only over the C library (link with libpaysig).
//
// Fallible calls give a paysig::result<T>: std::expected<T, paysig::error> where the standard library has it, else a small
// equivalent; .value() throws paysig::bad_result (std::bad_expected_access with std::expected) and aborts under
// -fno-exceptions. Handles are move-only and freed by their destructors; const ones may be used by any number of
// threads at once. Text and bytes are borrowed for the call only. What everything means stands in paysig.h.
#ifndef PAYSIG_HPP
#define PAYSIG_HPP

#include "paysig.h"

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>
#if defined(__has_include)
#if __has_include(<version>)
#include <version>
#endif
#endif
#if defined(__cpp_lib_expected)
#include <expected>
#endif

namespace paysig {

/// PAYSIG_OK, PAYSIG_SIGNATURE_MISMATCH, ...
using status = ::paysig_status;

/// The name of a status as in every other language: "signature_mismatch".
[[nodiscard]] inline std::string_view status_name(status code) noexcept { return ::paysig_status_name(code); }

/// Statuses as std::error_code.
class error_category_type final : public std::error_category {
public:
    const char *name() const noexcept override { return "paysig"; }
    std::string message(int code) const override { return ::paysig_status_name(static_cast<std::uint32_t>(code)); }
};

inline const std::error_category &error_category() noexcept {
    static const error_category_type category;
    return category;
}

/// Why a call failed. Holds no secret.
struct error {
    paysig::status status = PAYSIG_INTERNAL;
    /// What is at fault, if one thing is: "X-Date", "json:amount.value", "secret".
    std::string field;
    /// A sentence for people.
    std::string message;
    /// With PAYSIG_NEEDS_KEY: which key to fetch, and from where if the recipe allows exactly this address.
    std::optional<std::string> need_key_id, need_key_url;

    /// Whether this is a verdict on a message, not a fault of configuration or call.
    [[nodiscard]] bool is_verdict() const noexcept { return ::paysig_status_is_verdict(status) != 0; }
    /// The HTTP status that middleware answers.
    [[nodiscard]] int http_status() const noexcept { return static_cast<int>(::paysig_status_http(status)); }
    [[nodiscard]] std::error_code code() const noexcept { return {static_cast<int>(status), error_category()}; }
};

#if defined(__cpp_lib_expected)
template <class T> using result = std::expected<T, error>;
namespace detail {
inline auto failure(error e) { return std::unexpected<error>(std::move(e)); }
} // namespace detail
#else
/// What value() throws.
class bad_result final : public std::exception {
public:
    explicit bad_result(const error &e)
        : text_(std::string(status_name(e.status)) + ": " + e.message), error_(e) {}
    const char *what() const noexcept override { return text_.c_str(); }
    [[nodiscard]] const paysig::error &error() const noexcept { return error_; }

private:
    std::string text_;
    paysig::error error_;
};

namespace detail {
struct failed {
    error why;
};
inline failed failure(error e) { return failed{std::move(e)}; }
[[noreturn]] inline void bad(const error &e) {
#if defined(__cpp_exceptions)
    throw bad_result(e);
#else
    (void)e;
    std::abort();
#endif
}
} // namespace detail

/// The part of std::expected<T, paysig::error> that is used here.
template <class T> class [[nodiscard]] result {
    using stored = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

public:
    using value_type = T;
    using error_type = paysig::error;
    template <class U = stored, std::enable_if_t<std::is_constructible_v<stored, U &&> && !std::is_same_v<std::decay_t<U>, result> &&
                                                     !std::is_same_v<std::decay_t<U>, detail::failed>,
                                                 int> = 0>
    result(U &&value) : state_(std::in_place_index<0>, std::forward<U>(value)) {}
    result(detail::failed outcome) : state_(std::in_place_index<1>, std::move(outcome.why)) {}
    template <class U = T, std::enable_if_t<std::is_void_v<U>, int> = 0> result() {}

    [[nodiscard]] bool has_value() const noexcept { return state_.index() == 0; }
    explicit operator bool() const noexcept { return has_value(); }
    [[nodiscard]] const paysig::error &error() const & noexcept { return *std::get_if<1>(&state_); }
    [[nodiscard]] paysig::error &error() & noexcept { return *std::get_if<1>(&state_); }
    [[nodiscard]] paysig::error &&error() && noexcept { return std::move(*std::get_if<1>(&state_)); }

    template <class U = stored> U &value() & {
        if (!has_value()) detail::bad(error());
        return *std::get_if<0>(&state_);
    }
    template <class U = stored> const U &value() const & {
        if (!has_value()) detail::bad(error());
        return *std::get_if<0>(&state_);
    }
    template <class U = stored> U &&value() && {
        if (!has_value()) detail::bad(error());
        return std::move(*std::get_if<0>(&state_));
    }
    template <class U = stored> U &operator*() & noexcept { return *std::get_if<0>(&state_); }
    template <class U = stored> const U &operator*() const & noexcept { return *std::get_if<0>(&state_); }
    template <class U = stored> U &&operator*() && noexcept { return std::move(*std::get_if<0>(&state_)); }
    template <class U = stored> U *operator->() noexcept { return std::get_if<0>(&state_); }
    template <class U = stored> const U *operator->() const noexcept { return std::get_if<0>(&state_); }

private:
    std::variant<stored, paysig::error> state_;
};
#endif

/// Borrowed bytes: text, or any contiguous container of one-byte elements.
class bytes {
public:
    constexpr bytes() noexcept = default;
    constexpr bytes(const void *data, std::size_t size) noexcept : data_(data), size_(size) {}
    bytes(const char *text) noexcept : bytes(std::string_view(text)) {}
    template <class C,
              class E = std::remove_cv_t<std::remove_pointer_t<decltype(std::declval<const C &>().data())>>,
              std::enable_if_t<sizeof(E) == 1 && std::is_convertible_v<decltype(std::declval<const C &>().size()), std::size_t>,
                               int> = 0>
    constexpr bytes(const C &container) noexcept : data_(container.data()), size_(container.size()) {}
    [[nodiscard]] constexpr const void *data() const noexcept { return data_; }
    [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }

private:
    const void *data_ = nullptr;
    std::size_t size_ = 0;
};

/// Names and values: headers, options.
class pairs {
public:
    pairs() = default;
    pairs(std::initializer_list<std::pair<std::string_view, bytes>> list) {
        for (const auto &[name, value] : list) add(name, value);
    }
    pairs &add(std::string_view name, bytes value) {
        bytes_.append(name);
        if (value.size() > 0) bytes_.append(static_cast<const char *>(value.data()), value.size());
        // More than 4 GiB in one piece is refused by the call, since the lengths no longer add up.
        lens_.push_back(static_cast<std::uint32_t>(name.size()));
        lens_.push_back(static_cast<std::uint32_t>(value.size()));
        return *this;
    }
    [[nodiscard]] const void *data() const noexcept { return bytes_.data(); }
    [[nodiscard]] std::size_t size() const noexcept { return bytes_.size(); }
    [[nodiscard]] const std::uint32_t *lens() const noexcept { return lens_.data(); }
    [[nodiscard]] std::size_t count() const noexcept { return lens_.size(); }

private:
    friend class credentials;
    std::string bytes_;
    std::vector<std::uint32_t> lens_;
};

using headers = pairs;
using options = pairs;

/// Credentials: pairs that are overwritten when they go.
class credentials {
public:
    credentials() = default;
    credentials(std::initializer_list<std::pair<std::string_view, bytes>> list) {
        for (const auto &[name, value] : list) add(name, value);
    }
    credentials(const credentials &) = default;
    credentials &operator=(const credentials &other) {
        if (this != &other) {
            wipe(values_.bytes_);
            values_ = other.values_;
        }
        return *this;
    }
    ~credentials() { wipe(values_.bytes_); }
    credentials &add(std::string_view name, bytes value) {
        const std::size_t needed = values_.bytes_.size() + name.size() + value.size();
        if (needed > values_.bytes_.capacity()) {
            std::string larger;
            larger.reserve(2 * needed);
            larger.append(values_.bytes_);
            values_.bytes_.swap(larger);
            wipe(larger);
        }
        values_.add(name, value);
        return *this;
    }
    [[nodiscard]] const pairs &values() const noexcept { return values_; }

private:
    static void wipe(std::string &text) noexcept {
        volatile char *byte = text.data();
        for (std::size_t i = 0; i < text.size(); i++) byte[i] = 0;
    }
    pairs values_;
};

/// What is on the wire. Borrows all but the headers.
struct message {
    std::string_view method;
    /// Path and query exactly as on the request line.
    std::string_view target;
    paysig::headers headers;
    bytes body;
    /// The public URL, from configuration and never from the Host header; only schemes that sign the URL need it.
    std::string_view url;

    message(std::string_view method_, std::string_view target_, paysig::headers headers_ = {}, bytes body_ = {},
            std::string_view url_ = {})
        : method(method_), target(target_), headers(std::move(headers_)), body(body_), url(url_) {}
};

using time_point = std::chrono::time_point<std::chrono::system_clock, std::chrono::milliseconds>;

/// The clock of a call: the system's unless a time is given.
class clock {
public:
    constexpr clock() noexcept = default;
    template <class D>
    constexpr clock(std::chrono::time_point<std::chrono::system_clock, D> time)
        : ms_(std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count()) {}
    /// No clock, for schemes without a time.
    [[nodiscard]] static constexpr clock none() noexcept {
        clock made;
        made.ms_ = PAYSIG_TIME_NONE;
        return made;
    }
    [[nodiscard]] constexpr std::int64_t ms() const noexcept { return ms_; }

private:
    std::int64_t ms_ = PAYSIG_NOW_SYSTEM;
};

enum class flow : std::uint32_t { request = PAYSIG_REQUEST, webhook = PAYSIG_WEBHOOK, response = PAYSIG_RESPONSE };

/// What signing adds to a message, and everything it used.
struct signed_message {
    /// To add.
    std::vector<std::pair<std::string, std::string>> headers;
    /// To send instead of yours, where something was added.
    std::optional<std::string> target, url, body;
    /// The JSON members that were added, as a JSON object.
    std::optional<std::string> body_members;
    /// As signed.
    std::optional<std::string> timestamp, nonce, key_id;
};

/// An authentic message.
struct verified {
    std::optional<std::string> key_id;
    std::optional<time_point> timestamp;
    /// Two deliveries of one message have the same.
    std::optional<std::string> replay_key;
    /// PAYSIG_COVERS_... bits, and the same in detail as JSON.
    std::uint32_t covers = 0;
    std::optional<std::string> covered;
    /// The fields that were signed by name, or a JWT's payload: JSON.
    std::optional<std::string> signed_json;
    /// Which key of the ring matched, and how many separately signed items there are.
    std::uint32_t key_index = 0, items = 1;
    /// What is covered, what is not, and the signed fields, in words for people, a line each; of what was wanted.
    [[nodiscard]] result<std::string> in_words() const;
};

/// What to answer, with HTTP status 200, to a check by which a provider finds out whether an endpoint is yours.
struct endpoint_answer {
    /// Content-Type of the answer. Send it: the body may repeat what a stranger sent, and must not be read as HTML.
    std::string content_type, body;
    /// The check was signed, and it is authentic.
    bool verified = false;
};

/// What has to be signed by a key that lives elsewhere.
struct prepared {
    std::string string_to_sign, algorithm;
};

/// The next step of a token session.
struct step {
    ::paysig_action action = PAYSIG_WAIT;
    /// PAYSIG_WAIT: ask again then. PAYSIG_FETCH: your time to fetch runs out then.
    time_point until{};
    std::vector<std::pair<std::string, std::string>> headers;
    std::string method, target, body;
};

/// Everything that verify can report beside the verdict.
inline constexpr std::uint32_t want_all = PAYSIG_WANT_REPLAY_KEY | PAYSIG_WANT_COVERED | PAYSIG_WANT_SIGNED_JSON;

#define PAYSIG_DETAIL_PAIRS(p) (p).data(), (p).size(), (p).lens(), (p).count()
#define PAYSIG_DETAIL_HEAD(m)                                                                                          \
    (m).method.data(), (m).method.size(), (m).target.data(), (m).target.size(), (m).url.data(), (m).url.size(),       \
        PAYSIG_DETAIL_PAIRS((m).headers)
#define PAYSIG_DETAIL_MESSAGE(m) PAYSIG_DETAIL_HEAD(m), (m).body.data(), (m).body.size()

namespace detail {

inline auto failure(status code, const ::paysig_error &from) {
    error made;
    made.status = code;
    // Only an uninitialised struct is not written to, and here there is none.
    made.field = from.field;
    made.message = from.message;
    return failure(std::move(made));
}

/// Repeats a call until its buffer is large enough.
template <class Call> status with_buffer(std::string &out, Call call, std::size_t room = PAYSIG_OUT_SIZE) {
    out.resize(room);
    for (;;) {
        std::size_t needed = 0;
        const status code = call(out.data(), out.size(), &needed);
        if (code != PAYSIG_BUFFER_TOO_SMALL || needed <= out.size()) {
            if (needed < out.size()) out.resize(needed);
            return code;
        }
        out.resize(needed);
    }
}

template <class Call> result<std::string> text(Call call, std::size_t room = PAYSIG_OUT_SIZE) {
    ::paysig_error err = PAYSIG_ERROR_INIT;
    std::string out;
    const status code =
        with_buffer(out, [&](void *at, std::size_t cap, std::size_t *len) { return call(at, cap, len, &err); }, room);
    if (code != PAYSIG_OK) return failure(code, err);
    return out;
}

inline std::string piece(const std::string &out, ::paysig_span span) { return out.substr(span.offset, span.length); }

inline std::optional<std::string> piece_if(const std::string &out, ::paysig_span span, std::uint32_t present,
                                           std::uint32_t bit) {
    if ((present & bit) == 0) return std::nullopt;
    return piece(out, span);
}

inline std::vector<std::pair<std::string, std::string>> lines(const std::string &out, ::paysig_span span) {
    std::vector<std::pair<std::string, std::string>> all;
    ::paysig_header header;
    std::size_t at = 0;
    while (::paysig_next_header(out.data(), span, &at, &header) != 0)
        all.emplace_back(std::string(header.name, header.name_len), std::string(header.value, header.value_len));
    return all;
}

template <class Call> result<signed_message> sign(Call call) {
    ::paysig_error err = PAYSIG_ERROR_INIT;
    ::paysig_signed r = PAYSIG_SIGNED_INIT;
    std::string out;
    const status code =
        with_buffer(out, [&](void *at, std::size_t cap, std::size_t *len) { return call(at, cap, len, &r, &err); });
    if (code != PAYSIG_OK) return failure(code, err);
    signed_message made;
    made.headers = lines(out, r.headers);
    made.target = piece_if(out, r.target, r.present, PAYSIG_SIGNED_TARGET);
    made.url = piece_if(out, r.url, r.present, PAYSIG_SIGNED_URL);
    made.body = piece_if(out, r.body, r.present, PAYSIG_SIGNED_BODY);
    made.body_members = piece_if(out, r.body_members, r.present, PAYSIG_SIGNED_BODY_MEMBERS);
    made.timestamp = piece_if(out, r.timestamp, r.present, PAYSIG_SIGNED_TIMESTAMP);
    made.nonce = piece_if(out, r.nonce, r.present, PAYSIG_SIGNED_NONCE);
    made.key_id = piece_if(out, r.key_id, r.present, PAYSIG_SIGNED_KEY_ID);
    return made;
}

/// Why a message is refused; of PAYSIG_NEEDS_KEY, which key it waits for. `r` has the bits and pieces of paysig_verified.
template <class Result> auto refused(status code, const ::paysig_error &err, const std::string &out, const Result &r) {
    error why;
    why.status = code;
    why.field = err.field;
    why.message = err.message;
    if (code == PAYSIG_NEEDS_KEY) {
        why.need_key_id = piece_if(out, r.need_key_id, r.present, PAYSIG_VERIFIED_NEED_KEY_ID);
        why.need_key_url = piece_if(out, r.need_key_url, r.present, PAYSIG_VERIFIED_NEED_KEY_URL);
    }
    return failure(std::move(why));
}

template <class Call> result<verified> verify(Call call) {
    ::paysig_error err = PAYSIG_ERROR_INIT;
    ::paysig_verified r = PAYSIG_VERIFIED_INIT;
    std::string out;
    const status code =
        with_buffer(out, [&](void *at, std::size_t cap, std::size_t *len) { return call(at, cap, len, &r, &err); });
    if (code != PAYSIG_OK) return refused(code, err, out, r);
    verified made;
    made.key_id = piece_if(out, r.key_id, r.present, PAYSIG_VERIFIED_KEY_ID);
    made.replay_key = piece_if(out, r.replay_key, r.present, PAYSIG_VERIFIED_REPLAY_KEY);
    made.covered = piece_if(out, r.covered, r.present, PAYSIG_VERIFIED_COVERED);
    made.signed_json = piece_if(out, r.signed_json, r.present, PAYSIG_VERIFIED_SIGNED_JSON);
    if ((r.present & PAYSIG_VERIFIED_TIMESTAMP) != 0) made.timestamp = time_point(std::chrono::milliseconds(r.timestamp_ms));
    made.covers = r.covers;
    made.key_index = r.key_index;
    made.items = r.items;
    return made;
}

/// Owns a C handle.
template <class T, void (*Free)(T *)> class handle {
public:
    /// The C handle, still owned here.
    [[nodiscard]] T *get() const noexcept { return owned_.get(); }
    /// Takes over a C handle.
    explicit handle(T *owned) noexcept : owned_(owned) {}

private:
    struct deleter {
        void operator()(T *owned) const noexcept { Free(owned); }
    };
    std::unique_ptr<T, deleter> owned_;
};

/// Makes a handle by a call that has an out parameter.
template <class Handle, class T, class Call> result<Handle> make(Call call) {
    ::paysig_error err = PAYSIG_ERROR_INIT;
    T *made = nullptr;
    const status code = call(&made, &err);
    if (code != PAYSIG_OK) return failure(code, err);
    return Handle(made);
}

/// A call without result.
template <class Call> result<void> plain(Call call) {
    ::paysig_error err = PAYSIG_ERROR_INIT;
    const status code = call(&err);
    if (code != PAYSIG_OK) return failure(code, err);
    return {};
}

} // namespace detail

/// The version of the library; abi_matches() says whether it is the one of this header.
[[nodiscard]] inline std::string_view version() noexcept { return ::paysig_version(); }
[[nodiscard]] inline bool abi_matches() noexcept { return ::paysig_abi_version() >= PAYSIG_ABI_VERSION; }

/// What comes with the library, as JSON; and one recipe as TOML.
[[nodiscard]] inline result<std::string> catalogue() { return detail::text(::paysig_catalogue); }
[[nodiscard]] inline result<std::string> recipe(std::string_view id) {
    return detail::text([&](void *out, std::size_t cap, std::size_t *len, ::paysig_error *err) {
        return ::paysig_recipe(id.data(), id.size(), out, cap, len, err);
    });
}

inline result<std::string> verified::in_words() const {
    const std::string_view coverage = covered ? *covered : std::string_view(), fields = signed_json ? *signed_json : std::string_view();
    return detail::text([&](void *out, std::size_t cap, std::size_t *len, ::paysig_error *err) {
        return ::paysig_in_words(coverage.data(), coverage.size(), fields.data(), fields.size(), out, cap, len, err);
    });
}

/// The keys that a verifier accepts.
class keyring : public detail::handle<::paysig_keyring, ::paysig_keyring_free> {
public:
    using handle::handle;
    [[nodiscard]] static result<keyring> create() {
        return detail::make<keyring, ::paysig_keyring>(::paysig_keyring_new);
    }
    /// A ring of one key that is always valid.
    [[nodiscard]] static result<keyring> of(const credentials &key) {
        auto ring = create();
        if (!ring) return ring;
        auto added = ring->add(key);
        if (!added) return detail::failure(std::move(added).error());
        return ring;
    }
    /// clock::none() leaves an end open.
    result<void> add(const credentials &key, clock not_before = clock::none(), clock not_after = clock::none()) {
        return detail::plain([&](::paysig_error *err) {
            return ::paysig_keyring_add(get(), PAYSIG_DETAIL_PAIRS(key.values()), not_before.ms(), not_after.ms(), err);
        });
    }
};

/// A message whose body comes in pieces, being signed.
class signing_stream : public detail::handle<::paysig_stream, ::paysig_stream_free> {
public:
    using handle::handle;
    result<void> update(bytes body) {
        return detail::plain(
            [&](::paysig_error *err) { return ::paysig_stream_update(get(), body.data(), body.size(), err); });
    }
    [[nodiscard]] result<signed_message> finish() {
        return detail::sign([&](void *out, std::size_t cap, std::size_t *len, ::paysig_signed *r, ::paysig_error *err) {
            return ::paysig_stream_signed(get(), out, cap, len, r, err);
        });
    }
};

/// A message whose body comes in pieces, being verified. Nothing of the body may be acted on before finish() succeeds.
class verifying_stream : public detail::handle<::paysig_stream, ::paysig_stream_free> {
public:
    using handle::handle;
    result<void> update(bytes body) {
        return detail::plain(
            [&](::paysig_error *err) { return ::paysig_stream_update(get(), body.data(), body.size(), err); });
    }
    [[nodiscard]] result<verified> finish(std::uint32_t want = want_all) {
        return detail::verify([&](void *out, std::size_t cap, std::size_t *len, ::paysig_verified *r, ::paysig_error *err) {
            return ::paysig_stream_verified(get(), want, out, cap, len, r, err);
        });
    }
};

/// Signs messages of one flow under one set of credentials.
class signer : public detail::handle<::paysig_signer, ::paysig_signer_free> {
public:
    using handle::handle;
    [[nodiscard]] result<signed_message> sign(const message &m, clock now = {}, const options &opts = {}) const {
        return detail::sign([&](void *out, std::size_t cap, std::size_t *len, ::paysig_signed *r, ::paysig_error *err) {
            return ::paysig_sign(get(), PAYSIG_DETAIL_MESSAGE(m), now.ms(), PAYSIG_DETAIL_PAIRS(opts), out, cap, len, r,
                                 err);
        });
    }
    /// The bytes to sign by a key that lives elsewhere; `now` must be a time, the same for finish.
    [[nodiscard]] result<prepared> prepare(const message &m, clock now, const options &opts = {}) const {
        ::paysig_error err = PAYSIG_ERROR_INIT;
        ::paysig_prepared r = PAYSIG_PREPARED_INIT;
        std::string out;
        const status code = detail::with_buffer(out, [&](void *at, std::size_t cap, std::size_t *len) {
            return ::paysig_prepare(get(), PAYSIG_DETAIL_MESSAGE(m), now.ms(), PAYSIG_DETAIL_PAIRS(opts), at, cap, len, &r,
                                    &err);
        });
        if (code != PAYSIG_OK) return detail::failure(code, err);
        return prepared{detail::piece(out, r.string_to_sign), detail::piece(out, r.algorithm)};
    }
    [[nodiscard]] result<signed_message> finish(bytes signature, const message &m, clock now,
                                                const options &opts = {}) const {
        return detail::sign([&](void *out, std::size_t cap, std::size_t *len, ::paysig_signed *r, ::paysig_error *err) {
            return ::paysig_finish(get(), signature.data(), signature.size(), PAYSIG_DETAIL_MESSAGE(m), now.ms(),
                                   PAYSIG_DETAIL_PAIRS(opts), out, cap, len, r, err);
        });
    }
    /// The message without its body.
    [[nodiscard]] result<signing_stream> stream(const message &head, clock now = {}, const options &opts = {}) const {
        return detail::make<signing_stream, ::paysig_stream>([&](::paysig_stream **out, ::paysig_error *err) {
            return ::paysig_stream_sign(get(), PAYSIG_DETAIL_HEAD(head), now.ms(), PAYSIG_DETAIL_PAIRS(opts), out, err);
        });
    }
};

/// Judges messages of one flow against a ring of keys.
class verifier : public detail::handle<::paysig_verifier, ::paysig_verifier_free> {
public:
    using handle::handle;
    [[nodiscard]] result<verified> verify(const message &m, clock now = {}, std::uint32_t want = want_all) const {
        return detail::verify([&](void *out, std::size_t cap, std::size_t *len, ::paysig_verified *r, ::paysig_error *err) {
            return ::paysig_verify(get(), PAYSIG_DETAIL_MESSAGE(m), now.ms(), want, out, cap, len, r, err);
        });
    }
    /// The answer, if the message is an endpoint check of the provider; ask before verify(), and handle nothing that has one.
    /// A check that the scheme signs is verified first and refused as by verify().
    [[nodiscard]] result<std::optional<endpoint_answer>> handshake(const message &m, clock now = {}) const {
        ::paysig_error err = PAYSIG_ERROR_INIT;
        ::paysig_answer r = PAYSIG_ANSWER_INIT;
        std::string out;
        const status code = detail::with_buffer(out, [&](void *at, std::size_t cap, std::size_t *len) {
            return ::paysig_handshake(get(), PAYSIG_DETAIL_MESSAGE(m), now.ms(), at, cap, len, &r, &err);
        });
        if (code != PAYSIG_OK) return detail::refused(code, err, out, r);
        std::optional<endpoint_answer> answer;
        if ((r.present & PAYSIG_ANSWER_BODY) != 0)
            answer = endpoint_answer{detail::piece(out, r.content_type), detail::piece(out, r.body),
                                     (r.present & PAYSIG_ANSWER_VERIFIED) != 0};
        return answer;
    }
    /// The same verifier over another ring; cheap.
    [[nodiscard]] result<verifier> with_keys(const keyring &ring) const {
        return detail::make<verifier, ::paysig_verifier>([&](::paysig_verifier **out, ::paysig_error *err) {
            return ::paysig_verifier_with_keys(get(), ring.get(), out, err);
        });
    }
    /// How long the replay keys of its messages must be remembered.
    [[nodiscard]] std::chrono::seconds retention() const noexcept {
        return std::chrono::seconds(::paysig_verifier_retention(get()));
    }
    /// The message without its body; with its length, the result has a replay key.
    [[nodiscard]] result<verifying_stream> stream(const message &head, std::uint64_t body_length = PAYSIG_LENGTH_UNKNOWN,
                                                  clock now = {}) const {
        return detail::make<verifying_stream, ::paysig_stream>([&](::paysig_stream **out, ::paysig_error *err) {
            return ::paysig_stream_verify(get(), PAYSIG_DETAIL_HEAD(head), body_length, now.ms(), out, err);
        });
    }
};

/// A bearer token and when to renew it. Needs a lock of yours between threads.
class session : public detail::handle<::paysig_session, ::paysig_session_free> {
public:
    using handle::handle;
    [[nodiscard]] result<step> next(clock now = {}) {
        ::paysig_error err = PAYSIG_ERROR_INIT;
        ::paysig_step r = PAYSIG_STEP_INIT;
        std::string out;
        const status code = detail::with_buffer(out, [&](void *at, std::size_t cap, std::size_t *len) {
            return ::paysig_session_next(get(), now.ms(), at, cap, len, &r, &err);
        });
        if (code != PAYSIG_OK) return detail::failure(code, err);
        step made;
        made.action = static_cast<::paysig_action>(r.action);
        made.until = time_point(std::chrono::milliseconds(r.until_ms));
        made.headers = detail::lines(out, r.headers);
        made.method = detail::piece(out, r.method);
        made.target = detail::piece(out, r.target);
        made.body = detail::piece(out, r.body);
        return made;
    }
    /// The token endpoint's answer; http_status 0: it could not be reached.
    result<void> fetched(std::uint32_t http_status, bytes body, clock now = {}) {
        return detail::plain([&](::paysig_error *err) {
            return ::paysig_session_fetched(get(), http_status, body.data(), body.size(), now.ms(), err);
        });
    }
    /// The API answered 401.
    result<void> refused(clock now = {}) {
        return detail::plain([&](::paysig_error *err) { return ::paysig_session_refused(get(), now.ms(), err); });
    }
    /// The number of the token that next() hands out; ask for it under the same lock.
    [[nodiscard]] std::uint64_t token_number() const noexcept { return ::paysig_session_token_number(get()); }
    /// The API answered 401 to a request with this token. Nothing is done if another one has been fetched since.
    result<void> refused_token(std::uint64_t token_number, clock now = {}) {
        return detail::plain([&](::paysig_error *err) {
            return ::paysig_session_refused_token(get(), token_number, now.ms(), err);
        });
    }
    /// The API accepted the token.
    result<void> accepted() {
        return detail::plain([&](::paysig_error *err) { return ::paysig_session_accepted(get(), err); });
    }
    /// The state, to be continued elsewhere. Holds the token.
    [[nodiscard]] result<std::string> save() const {
        return detail::text([&](void *out, std::size_t cap, std::size_t *len, ::paysig_error *err) {
            return ::paysig_session_save(get(), out, cap, len, err);
        });
    }
};

/// How one provider product authenticates messages.
class scheme : public detail::handle<::paysig_scheme, ::paysig_scheme_free> {
public:
    using handle::handle;
    [[nodiscard]] static result<scheme> builtin(std::string_view id) {
        return detail::make<scheme, ::paysig_scheme>([&](::paysig_scheme **out, ::paysig_error *err) {
            return ::paysig_scheme_builtin(id.data(), id.size(), out, err);
        });
    }
    [[nodiscard]] static result<scheme> from_toml(std::string_view text, std::string_view file = "recipe") {
        return detail::make<scheme, ::paysig_scheme>([&](::paysig_scheme **out, ::paysig_error *err) {
            return ::paysig_scheme_from_toml(text.data(), text.size(), file.data(), file.size(), out, err);
        });
    }
    [[nodiscard]] result<paysig::signer> signer(flow f, const credentials &key, const options &opts = {}) const {
        return detail::make<paysig::signer, ::paysig_signer>([&](::paysig_signer **out, ::paysig_error *err) {
            return ::paysig_signer_new(get(), static_cast<std::uint32_t>(f), PAYSIG_DETAIL_PAIRS(key.values()),
                                       PAYSIG_DETAIL_PAIRS(opts), out, err);
        });
    }
    [[nodiscard]] result<paysig::verifier> verifier(flow f, const keyring &ring, const options &opts = {}) const {
        return detail::make<paysig::verifier, ::paysig_verifier>([&](::paysig_verifier **out, ::paysig_error *err) {
            return ::paysig_verifier_new(get(), static_cast<std::uint32_t>(f), ring.get(), PAYSIG_DETAIL_PAIRS(opts), out,
                                         err);
        });
    }
    [[nodiscard]] result<paysig::session> session(const credentials &key, std::string_view saved = {}) const {
        return detail::make<paysig::session, ::paysig_session>([&](::paysig_session **out, ::paysig_error *err) {
            return ::paysig_session_new(get(), PAYSIG_DETAIL_PAIRS(key.values()), saved.data(), saved.size(), out, err);
        });
    }
    /// The string to sign and where every byte of it comes from, as JSON.
    [[nodiscard]] result<std::string> explain(flow f, const keyring &ring, const message &m, clock now = {},
                                              const options &opts = {}) const {
        return detail::text([&](void *out, std::size_t cap, std::size_t *len, ::paysig_error *err) {
            return ::paysig_explain(get(), static_cast<std::uint32_t>(f), ring.get(), PAYSIG_DETAIL_MESSAGE(m), now.ms(),
                                    PAYSIG_DETAIL_PAIRS(opts), out, cap, len, err);
        });
    }
    /// Why a message is refused, as JSON: the mistake, its fix. An offline tool, not for servers. `other_keys`: further keys
    /// that may have been mixed up.
    [[nodiscard]] result<std::string> diagnose(flow f, const keyring &ring, const message &m, clock now = {},
                                               const options &opts = {}, const keyring *other_keys = nullptr) const {
        const auto call = [&](void *out, std::size_t cap, std::size_t *len, ::paysig_error *err) {
            return ::paysig_diagnose(get(), static_cast<std::uint32_t>(f), ring.get(),
                                     other_keys != nullptr ? other_keys->get() : nullptr, PAYSIG_DETAIL_MESSAGE(m),
                                     now.ms(), PAYSIG_DETAIL_PAIRS(opts), out, cap, len, err);
        };
        return detail::text(call, 1 << 16); // a second search would cost more
    }
    /// What is weak about the scheme itself, as JSON.
    [[nodiscard]] result<std::string> lint() const {
        return detail::text([&](void *out, std::size_t cap, std::size_t *len, ::paysig_error *err) {
            return ::paysig_lint(get(), out, cap, len, err);
        });
    }
};

#undef PAYSIG_DETAIL_PAIRS
#undef PAYSIG_DETAIL_HEAD
#undef PAYSIG_DETAIL_MESSAGE

} // namespace paysig

#endif

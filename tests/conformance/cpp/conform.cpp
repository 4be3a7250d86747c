// The conformance protocol in C++: one JSON object a line in, one out, in order.
#include "../c/wire.h"

#include <initializer_list>
#include <iostream>
#include <nlohmann/json.hpp>
#include <paysig.hpp>

namespace {

using json = nlohmann::ordered_json;
using namespace std::string_view_literals;

[[noreturn]] void wrong(const std::string &message) {
    paysig::error e;
    e.status = PAYSIG_INVALID_OPTION;
    e.message = message;
    throw e;
}

// The value of a call, or its error as this line's answer.
template <class T> T must(paysig::result<T> outcome) {
    if (!outcome) throw std::move(outcome).error();
    if constexpr (!std::is_void_v<T>) return std::move(outcome).value();
}

// ---- Reading a line: strictly; a member that does not exist is an error

void only(const json &object, std::initializer_list<std::string_view> known) {
    if (!object.is_object()) wrong("not an object");
    for (const auto &item : object.items()) {
        bool found = false;
        for (auto name : known) found = found || name == item.key();
        if (!found) wrong("unknown member " + item.key());
    }
}

const json *member(const json &object, const char *name) {
    const auto at = object.find(name);
    return at == object.end() || at->is_null() ? nullptr : &*at;
}

const std::string &string(const json &value) {
    if (!value.is_string()) wrong("a member has the wrong type");
    return value.get_ref<const std::string &>();
}

const std::string *text(const json &object, const char *name) {
    const json *value = member(object, name);
    return value == nullptr ? nullptr : &string(*value);
}

std::string decoded(long (*decode)(const char *, size_t, unsigned char *), const std::string &value, const char *problem) {
    std::string out(value.size() + 1, '\0');
    const long used = decode(value.data(), value.size(), reinterpret_cast<unsigned char *>(out.data()));
    if (used < 0) wrong(problem);
    out.resize(static_cast<std::size_t>(used));
    return out;
}

paysig::clock time_of(const json &object, const char *name) {
    std::int64_t ms = 0;
    const std::string *value = text(object, name);
    if (value == nullptr) return paysig::clock::none();
    if (time_read(value->data(), value->size(), &ms) != 0) wrong(std::string(name) + " is not an RFC 3339 time");
    return paysig::time_point(std::chrono::milliseconds(ms));
}

// One line and what is read of it.
class question {
public:
    explicit question(const json &line) : line_(line) {
        only(line, {"id", "op", "scheme", "recipe", "flow", "variants", "credentials", "keys", "other_keys", "message",
                    "wire_encoding", "now", "tolerance_seconds", "nonce", "timestamp_text", "payload", "expires_in",
                    "padding_hex"});
        if (text(line, "op") == nullptr) wrong("op is missing");
        const std::string *encoding = text(line, "wire_encoding");
        latin1_ = encoding != nullptr && *encoding == "latin-1";
        if (encoding != nullptr && !latin1_ && *encoding != "utf-8") wrong("wire_encoding is not known");
        read_message();
    }

    std::string run() {
        const std::string &op = *text(line_, "op");
        if (op == "sign") return sign();
        if (op == "verify") return verify();
        if (op == "explain") return explained(scheme(), true);
        if (op == "token_request") return token_request();
        if (op == "diagnose") return diagnose();
        wrong("op is not known");
    }

private:
    std::string wire(const json &value) const {
        const std::string &as_text = string(value);
        return latin1_ ? decoded(latin1_encode, as_text, "a character is not in Latin-1") : as_text;
    }

    json shown(const std::string &bytes) const {
        if (!latin1_) return bytes;
        std::string out(2 * bytes.size() + 1, '\0');
        out.resize(latin1_decode(bytes.data(), bytes.size(), out.data()));
        return out;
    }

    void read_message() {
        const json *m = member(line_, "message");
        if (m == nullptr) return;
        only(*m, {"method", "target", "url", "headers", "body", "body_base64", "status"});
        if (const auto *value = text(*m, "method")) method_ = *value;
        if (const auto *value = member(*m, "target")) target_ = wire(*value);
        if (const auto *value = text(*m, "url")) url_ = *value;
        if (const auto *list = member(*m, "headers")) {
            for (const auto &header : *list) {
                if (!header.is_array() || header.size() != 2) wrong("a header is a name and a value");
                headers_.add(wire(header[0]), wire(header[1]));
            }
        }
        const auto *body = text(*m, "body"), *base64 = text(*m, "body_base64");
        if (body != nullptr && base64 != nullptr) wrong("body and body_base64 exclude each other");
        if (body != nullptr) body_ = *body;
        if (base64 != nullptr) body_ = decoded(base64_decode, *base64, "body_base64 is not base64");
    }

    paysig::message message() const { return {method_, target_, headers_, body_, url_}; }

    paysig::scheme scheme() const {
        const auto *id = text(line_, "scheme"), *toml = text(line_, "recipe");
        if ((id == nullptr) == (toml == nullptr)) wrong("give either scheme or recipe");
        return must(id != nullptr ? paysig::scheme::builtin(*id) : paysig::scheme::from_toml(*toml));
    }

    paysig::flow flow() const {
        const auto *name = text(line_, "flow");
        if (name == nullptr || *name == "request") return paysig::flow::request;
        if (*name == "webhook") return paysig::flow::webhook;
        if (*name == "response") return paysig::flow::response;
        wrong("flow is not known");
    }

    static paysig::credentials credentials(const json *object) {
        paysig::credentials made;
        if (object == nullptr) return made;
        if (!object->is_object()) wrong("credentials are an object");
        for (const auto &item : object->items()) made.add(item.key(), string(item.value()));
        return made;
    }

    paysig::credentials one_key() const {
        if (member(line_, "keys") != nullptr) wrong("this op takes credentials, not keys");
        return credentials(member(line_, "credentials"));
    }

    paysig::keyring ring() const {
        const json *list = member(line_, "keys");
        auto made = must(paysig::keyring::create());
        if (list == nullptr) {
            must(made.add(one_key()));
            return made;
        }
        if (member(line_, "credentials") != nullptr || !list->is_array()) wrong("credentials and keys exclude each other");
        for (const auto &key : *list) {
            only(key, {"credentials", "not_before", "not_after"});
            must(made.add(credentials(member(key, "credentials")), time_of(key, "not_before"), time_of(key, "not_after")));
        }
        return made;
    }

    void add_number(paysig::options &options, const char *name, std::string_view option) const {
        const json *value = member(line_, name);
        if (value == nullptr) return;
        if (!value->is_number_unsigned() || value->get<std::uint64_t>() > UINT32_MAX) wrong("a number is out of range");
        options.add(option, std::to_string(value->get<std::uint64_t>()));
    }

    paysig::options variants() const {
        paysig::options made;
        if (const json *list = member(line_, "variants"))
            for (const auto &variant : *list) made.add("variant", string(variant));
        return made;
    }

    void add_sign_options(paysig::options &options) const {
        for (const char *name : {"nonce", "timestamp_text", "payload"})
            if (const auto *value = text(line_, name)) options.add(name, *value);
        add_number(options, "expires_in", "expires_in");
        if (const auto *hex = text(line_, "padding_hex"))
            options.add("padding", decoded(hex_decode, *hex, "padding_hex is not hex"));
    }

    // The members of an answer, each with a comma before it.

    static std::string put(std::string_view name, std::string_view raw) {
        auto text = std::string(",\"").append(name).append("\":").append(raw);
        // Line ends in JSON are space between its tokens, and an answer is one line.
        for (char &c : text)
            if (c == '\n' || c == '\r') c = ' ';
        return text;
    }

    static std::string put_bytes(const std::string &name, const std::string &bytes) {
        try {
            return put(name, json(bytes).dump());
        } catch (const json::type_error &) { // not UTF-8
            std::string encoded(bytes.size() / 3 * 4 + 8, '\0');
            encoded.resize(base64_encode(bytes.data(), bytes.size(), encoded.data()));
            return put(name + "_base64", json(encoded).dump());
        }
    }

    std::string put_headers(const std::vector<std::pair<std::string, std::string>> &headers) const {
        json list = json::array();
        for (const auto &[name, value] : headers) list.push_back({shown(name), shown(value)});
        return put("headers", list.dump());
    }

    /// Of an explanation, what an answer holds.
    std::string explained(const paysig::scheme &scheme, bool with_parts) const {
        auto options = variants();
        add_sign_options(options);
        auto explanation = json::parse(must(scheme.explain(flow(), ring(), message(), time_of(line_, "now"), options)));
        explanation.erase("nested");
        explanation.erase("covered");
        if (!with_parts) explanation.erase("parts");
        std::string out;
        for (const auto &item : explanation.items()) out += put(item.key(), item.value().dump());
        return out;
    }

    std::string sign() const {
        const auto made_of = scheme();
        const auto signer = must(made_of.signer(flow(), one_key(), variants()));
        paysig::options options;
        add_sign_options(options);
        if (text(line_, "nonce") == nullptr) options.add("nonce", ""); // nothing is invented here
        const auto done = must(signer.sign(message(), time_of(line_, "now"), options));
        std::string out = put_headers(done.headers);
        if (done.target) out += put("target", shown(*done.target).dump());
        if (done.body) out += put_bytes("body", *done.body);
        if (done.body_members) out += put("body_members", *done.body_members);
        return out + explained(made_of, false);
    }

    std::string verify() const {
        auto options = variants();
        add_number(options, "tolerance_seconds", "tolerance");
        const auto verifier = must(scheme().verifier(flow(), ring(), options));
        const auto verified = must(verifier.verify(message(), time_of(line_, "now")));
        std::string out;
        if (verified.key_id) out += put("key_id", json(*verified.key_id).dump());
        if (verified.timestamp) {
            char time[32];
            time_write(verified.timestamp->time_since_epoch().count(), time);
            out += put("timestamp", json(time).dump());
        }
        out += put("covered", verified.covered.value());
        if (verified.signed_json) out += put("signed_json", *verified.signed_json);
        return out + put("replay_key", json(verified.replay_key.value()).dump());
    }

    std::string diagnose() const {
        auto options = variants();
        add_number(options, "tolerance_seconds", "tolerance");
        auto others = must(paysig::keyring::create());
        if (const json *list = member(line_, "other_keys")) {
            if (!list->is_array()) wrong("other_keys are a list");
            for (const auto &key : *list) must(others.add(credentials(&key)));
        }
        const auto text = must(scheme().diagnose(flow(), ring(), message(), time_of(line_, "now"), options, &others));
        auto diagnosis = json::parse(text);
        for (auto &finding : diagnosis["findings"]) finding.erase("remedies"); // the answer holds less than there is
        return put("verdict", diagnosis["verdict"].dump()) + put("findings", diagnosis["findings"].dump());
    }

    std::string token_request() const {
        auto session = must(scheme().session(one_key()));
        const auto step = must(session.next(time_of(line_, "now")));
        return put("method", json(step.method).dump()) + put("target", json(step.target).dump()) +
               put_headers(step.headers) + put_bytes("body", step.body);
    }

    const json &line_;
    bool latin1_ = false;
    std::string method_, target_, url_, body_;
    paysig::headers headers_;
};

std::string answer(const std::string &line) {
    json parsed = json::parse(line, nullptr, false);
    json id = parsed.is_object() && parsed.contains("id") ? parsed["id"] : json();
    std::string out = "{\"id\":" + id.dump() + ",\"status\":";
    try {
        if (parsed.is_discarded()) wrong("not JSON");
        std::string members = question(parsed).run();
        // An explanation is a whole object.
        if (!members.empty() && members.front() == '{') return out + "\"ok\"," + members.substr(1);
        return out + "\"ok\"" + members + "}";
    } catch (const paysig::error &error) {
        return out + json(std::string(paysig::status_name(error.status))).dump() + ",\"detail\":" + json(error.message).dump() +
               "}";
    }
}

} // namespace

int main() {
    std::string line;
    while (std::getline(std::cin, line)) {
        if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
        std::cout << answer(line) << std::endl;
    }
}

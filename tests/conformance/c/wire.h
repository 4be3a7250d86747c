/* What the protocol needs beside JSON, for the C and the C++ program: base64, hex, Latin-1 and RFC 3339 times. */
#ifndef WIRE_H
#define WIRE_H
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE
#endif
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* Strict standard base64. Gives the number of bytes, or -1. `out` has room for as many bytes as the text. */
static inline long base64_decode(const char *text, size_t len, unsigned char *out) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t i, used = 0, padding = 0;
    uint32_t bits = 0;
    if (len % 4 != 0) return -1;
    while (padding < 2 && len > 0 && text[len - 1] == '=') len--, padding++;
    for (i = 0; i < len; i++) {
        const char *at = text[i] == 0 ? NULL : strchr(digits, text[i]);
        if (at == NULL) return -1;
        bits = bits << 6 | (uint32_t)(at - digits);
        if (i % 4 > 0) out[used++] = (unsigned char)(bits >> (6 - 2 * (i % 4)));
    }
    /* Bits behind the last byte must be zero. */
    if (len % 4 == 1 || (len % 4 > 0 && (bits & (len % 4 == 2 ? 15u : 3u)) != 0)) return -1;
    return (long)used;
}

/* `out` has room for 4 characters for every 3 bytes, and a NUL. */
static inline size_t base64_encode(const void *bytes, size_t len, char *out) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *b = (const unsigned char *)bytes;
    size_t i, used = 0;
    for (i = 0; i < len; i += 3) {
        uint32_t bits = (uint32_t)b[i] << 16 | (i + 1 < len ? (uint32_t)b[i + 1] << 8 : 0) | (i + 2 < len ? b[i + 2] : 0u);
        out[used++] = digits[bits >> 18];
        out[used++] = digits[bits >> 12 & 63];
        out[used++] = '=';
        out[used++] = '=';
        if (i + 1 < len) out[used - 2] = digits[bits >> 6 & 63];
        if (i + 2 < len) out[used - 1] = digits[bits & 63];
    }
    out[used] = 0;
    return used;
}

/* Gives the number of bytes, or -1. */
static inline long hex_decode(const char *text, size_t len, unsigned char *out) {
    static const char digits[] = "0123456789abcdefABCDEF";
    size_t i;
    if (len % 2 != 0) return -1;
    for (i = 0; i < len; i++) {
        const char *at = text[i] == 0 ? NULL : strchr(digits, text[i]);
        long value = at == NULL ? -1 : (long)(at - digits);
        if (value < 0) return -1;
        if (value > 15) value -= 6;
        out[i / 2] = (unsigned char)(i % 2 == 0 ? value << 4 : out[i / 2] | value);
    }
    return (long)(len / 2);
}

/* UTF-8 text to the bytes of its Latin-1 characters. Gives their number, or -1. `text` is valid UTF-8. */
static inline long latin1_encode(const char *text, size_t len, unsigned char *out) {
    size_t i, used = 0;
    for (i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c >= 0x80) {
            if ((c != 0xc2 && c != 0xc3) || i + 1 >= len) return -1;
            c = (unsigned char)((c & 3) << 6 | ((unsigned char)text[++i] & 0x3f));
        }
        out[used++] = c;
    }
    return (long)used;
}

/* The other way round. `out` has room for twice as many bytes. */
static inline size_t latin1_decode(const char *bytes, size_t len, char *out) {
    size_t i, used = 0;
    for (i = 0; i < len; i++) {
        unsigned char c = (unsigned char)bytes[i];
        if (c >= 0x80) {
            out[used++] = (char)(0xc0 | c >> 6);
            c = 0x80 | (c & 0x3f);
        }
        out[used++] = (char)c;
    }
    return used;
}

/* An RFC 3339 time in milliseconds. Gives 0, or -1. */
static inline int time_read(const char *text, size_t len, int64_t *ms) {
    struct tm tm;
    char copy[40], zone;
    int used = 0, hours = 0, minutes = 0, thousandths = 0, digits = 0;
    const char *rest;
    memset(&tm, 0, sizeof tm);
    if (len >= sizeof copy) return -1;
    memcpy(copy, text, len);
    copy[len] = 0;
    if (strlen(copy) != len ||
        sscanf(copy, "%4d-%2d-%2dT%2d:%2d:%2d%n", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour, &tm.tm_min, &tm.tm_sec,
               &used) != 6 ||
        used != 19)
        return -1;
    rest = copy + used;
    if (*rest == '.') {
        for (rest++; *rest >= '0' && *rest <= '9'; rest++, digits++)
            if (digits < 3) thousandths = thousandths * 10 + (*rest - '0');
        if (digits == 0) return -1;
        for (; digits < 3; digits++) thousandths *= 10;
    }
    zone = *rest++;
    if (zone == '+' || zone == '-') {
        if (sscanf(rest, "%2d:%2d%n", &hours, &minutes, &used) != 2 || rest[used] != 0) return -1;
        if (zone == '-') hours = -hours, minutes = -minutes;
    } else if (zone != 'Z' || *rest != 0) {
        return -1;
    }
    tm.tm_year -= 1900;
    tm.tm_mon -= 1;
    *ms = ((int64_t)timegm(&tm) - hours * 3600 - minutes * 60) * 1000 + thousandths;
    return 0;
}

/* RFC 3339 with milliseconds and Z. */
static inline void time_write(int64_t ms, char out[32]) {
    int64_t thousandths = ((ms % 1000) + 1000) % 1000;
    time_t seconds = (time_t)((ms - thousandths) / 1000);
    struct tm tm;
    char date[24];
    gmtime_r(&seconds, &tm);
    strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &tm);
    snprintf(out, 32, "%s.%03dZ", date, (int)thousandths);
}

#endif

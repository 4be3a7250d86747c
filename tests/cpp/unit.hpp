// Shared by the two units of the test program.
#ifndef UNIT_HPP
#define UNIT_HPP
#include <paysig.hpp>

inline int passed = 0, failed = 0;
#define CHECK(condition)                                                                                               \
    do {                                                                                                               \
        if (condition) {                                                                                               \
            passed++;                                                                                                  \
        } else {                                                                                                       \
            failed++;                                                                                                  \
            std::printf("%s:%d: %s\n", __FILE__, __LINE__, #condition);                                                \
        }                                                                                                              \
    } while (false)

// 2026-01-02T03:04:05Z
inline constexpr paysig::time_point now{std::chrono::milliseconds(1767323045000)};

void results_and_sessions();
#endif

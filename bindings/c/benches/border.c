/* Loops over the C library, timed by border.rs, which has the same loops in Rust. */
#include <event_log_codes.h>

typedef struct {
    const void *data;
    size_t len;
} input;

uint64_t lookups(const input *inputs, size_t count) {
    uint64_t sum = 0;
    for (size_t at = 0; at < count; at++) sum += (uint64_t)elc_lookup(inputs[at].data, inputs[at].len);
    return sum;
}

uint64_t lookups_ignore_case(const input *inputs, size_t count) {
    uint64_t sum = 0;
    for (size_t at = 0; at < count; at++) sum += (uint64_t)elc_lookup_ignore_case(inputs[at].data, inputs[at].len);
    return sum;
}

uint64_t finds(const input *inputs, size_t count) {
    uint64_t sum = 0;
    for (size_t at = 0; at < count; at++) {
        elc_match found;
        if (elc_find(inputs[at].data, inputs[at].len, &found)) sum += found.start + (uint64_t)found.code;
    }
    return sum;
}

uint64_t finds_all(const input *inputs, size_t count) {
    uint64_t sum = 0;
    for (size_t at = 0; at < count; at++) {
        elc_match found[16];
        size_t matches = elc_find_all(inputs[at].data, inputs[at].len, found, 16);
        for (size_t match = 0; match < matches; match++) sum += found[match].start + (uint64_t)found[match].code;
    }
    return sum;
}

uint64_t texts(const elc_code *codes, size_t count) {
    uint64_t sum = 0;
    for (size_t at = 0; at < count; at++) sum += elc_code_portal_text(codes[at]).len;
    return sum;
}

uint64_t statuses(const elc_code *codes, size_t count) {
    uint64_t sum = 0;
    for (size_t at = 0; at < count; at++) sum += (uint64_t)elc_code_status(codes[at]);
    return sum;
}

/* What a call costs that does nothing. */
uint64_t counts(const elc_code *codes, size_t count) {
    uint64_t sum = 0;
    for (size_t at = 0; at < count; at++) sum += elc_count() + (uint64_t)codes[at];
    return sum;
}

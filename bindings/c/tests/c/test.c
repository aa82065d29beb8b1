/* Checks the C library against codes.csv and against haystacks whose codes are known.
 *
 *     test codes.csv VERSION HAYSTACKS
 *
 * Every input stands in an allocation of exactly its size, so that a sanitizer sees a read outside. */
#include <event_log_codes.h>

#include <ctype.h>
#include <inttypes.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void fail(const char *file, int line, const char *what) {
    fprintf(stderr, "%s:%d: failed: %s\n", file, line, what);
    exit(1);
}

#define CHECK(condition) ((condition) ? (void)0 : fail(__FILE__, __LINE__, #condition))

enum { CODE, SECTION, STATUS, SOURCE, PORTAL_TEXT, EXPLANATION, CORRECTIVE_ACTION, COLUMNS };

enum { MAX_ROWS = 1024 };

static char *rows[MAX_ROWS][COLUMNS];
static size_t row_count;

static void *allocate(size_t size) {
    void *memory = malloc(size > 0 ? size : 1);
    CHECK(memory != NULL);
    return memory;
}

/* Reads one field of CSV, unquotes it in place and returns where the next one begins. */
static char *read_field(char *at, char **field, bool *last) {
    char *to = at;
    bool quoted = *at == '"';
    *field = at;
    at += quoted;
    for (;; at++) {
        CHECK(*at != '\0');
        if (quoted && *at == '"' && at[1] == '"') {
            at++;
        } else if (quoted && *at == '"') {
            quoted = false;
            continue;
        } else if (!quoted && (*at == ',' || *at == '\n')) {
            break;
        }
        *to++ = *at;
    }
    *last = *at == '\n';
    *to = '\0';
    return at + 1;
}

static void read_catalogue(const char *path) {
    static char text[1 << 20];
    FILE *file = fopen(path, "rb");
    CHECK(file != NULL);
    size_t len = fread(text, 1, sizeof text - 1, file);
    CHECK(len > 0 && feof(file));
    fclose(file);
    char *at = strchr(text, '\n') + 1;
    while (*at != '\0') {
        CHECK(row_count < MAX_ROWS);
        bool last = false;
        for (int column = 0; column < COLUMNS; column++) {
            CHECK(!last);
            at = read_field(at, &rows[row_count][column], &last);
        }
        CHECK(last);
        row_count++;
    }
}

static elc_code lookup(const char *text, size_t len) {
    char *copy = allocate(len);
    memcpy(copy, text, len);
    elc_code code = elc_lookup(copy, len);
    free(copy);
    return code;
}

static bool equal(elc_text text, const char *expected) {
    CHECK(text.data != NULL);
    CHECK(memchr(text.data, '\0', text.len) == NULL);
    return text.len == strlen(expected) && memcmp(text.data, expected, text.len) == 0;
}

static elc_status status_named(const char *name) {
    if (strcmp(name, "success") == 0) return ELC_STATUS_SUCCESS;
    if (strcmp(name, "fail") == 0) return ELC_STATUS_FAIL;
    if (strcmp(name, "info") == 0) return ELC_STATUS_INFO;
    CHECK(strcmp(name, "skipped") == 0);
    return ELC_STATUS_SKIPPED;
}

static void check_catalogue(void) {
    CHECK(elc_count() == row_count);
    bool *seen = calloc(row_count, sizeof *seen);
    CHECK(seen != NULL);
    for (size_t row = 0; row < row_count; row++) {
        char **fields = rows[row];
        size_t len = strlen(fields[CODE]);
        elc_code code = lookup(fields[CODE], len);
        CHECK(code >= 0 && (size_t)code < row_count && !seen[code]);
        seen[code] = true;
        CHECK(equal(elc_code_name(code), fields[CODE]));
        CHECK(equal(elc_code_section(code), fields[SECTION]));
        CHECK(equal(elc_code_status_name(code), fields[STATUS]));
        CHECK(equal(elc_code_portal_text(code), fields[PORTAL_TEXT]));
        CHECK(equal(elc_code_explanation(code), fields[EXPLANATION]));
        CHECK(equal(elc_code_corrective_action(code), fields[CORRECTIVE_ACTION]));
        CHECK(elc_code_status(code) == status_named(fields[STATUS]));
        CHECK(elc_code_is_documented(code) == (strcmp(fields[SOURCE], "document") == 0));

        char family[8] = "";
        memcpy(family, fields[CODE], strcspn(fields[CODE], "_"));
        CHECK(equal(elc_code_family(code), family));

        const char *end = strrchr(fields[CODE], '_') + 1;
        int16_t number = 4711;
        bool numbered = elc_code_number(code, &number);
        CHECK(numbered == (isdigit((unsigned char)end[0]) || (end[0] == 'M' && isdigit((unsigned char)end[1]))));
        CHECK(number == (!numbered ? 4711 : *end == 'M' ? -atoi(end + 1) : atoi(end)));
        CHECK(elc_code_number(code, NULL) == numbered);

        bool user_defined = strncmp(fields[CODE], "UPD4_FAIL_", 10) == 0 &&
                            ((number >= 310 && number <= 314) || (number >= 401 && number <= 405) ||
                             (number >= 506 && number <= 510));
        CHECK(elc_code_is_user_defined(code) == user_defined);

        char *lower = allocate(len);
        for (size_t at = 0; at < len; at++) lower[at] = (char)tolower((unsigned char)fields[CODE][at]);
        CHECK(elc_lookup(lower, len) == ELC_NONE);
        CHECK(elc_lookup_ignore_case(lower, len) == code);
        free(lower);
        CHECK(lookup(fields[CODE], len - 1) != code);
    }
    free(seen);
}

static void check_values_that_are_no_code(void) {
    const elc_code none[] = {ELC_NONE, INT32_MIN, INT32_MAX, -2, (elc_code)elc_count(), (elc_code)elc_count() + 1};
    for (size_t at = 0; at < sizeof none / sizeof *none; at++) {
        int16_t number = 4711;
        CHECK(equal(elc_code_name(none[at]), ""));
        CHECK(equal(elc_code_section(none[at]), ""));
        CHECK(equal(elc_code_family(none[at]), ""));
        CHECK(equal(elc_code_status_name(none[at]), ""));
        CHECK(equal(elc_code_portal_text(none[at]), ""));
        CHECK(equal(elc_code_explanation(none[at]), ""));
        CHECK(equal(elc_code_corrective_action(none[at]), ""));
        CHECK(elc_code_status(none[at]) == ELC_STATUS_NONE);
        CHECK(!elc_code_number(none[at], &number) && number == 4711);
        CHECK(!elc_code_is_documented(none[at]));
        CHECK(!elc_code_is_user_defined(none[at]));
    }
}

static void check_empty_inputs(void) {
    const size_t lengths[] = {0, 1, 13, SIZE_MAX};
    char *nothing = allocate(0);
    for (size_t at = 0; at < sizeof lengths / sizeof *lengths; at++) {
        CHECK(elc_lookup(NULL, lengths[at]) == ELC_NONE);
        CHECK(elc_lookup_ignore_case(NULL, lengths[at]) == ELC_NONE);
        CHECK(!elc_find(NULL, lengths[at], NULL));
        CHECK(elc_find_all(NULL, lengths[at], NULL, lengths[at]) == 0);
    }
    CHECK(elc_lookup(nothing, 0) == ELC_NONE);
    CHECK(elc_lookup_ignore_case(nothing, 0) == ELC_NONE);
    CHECK(!elc_find(nothing, 0, NULL));
    CHECK(elc_find_all(nothing, 0, NULL, 0) == 0);
    free(nothing);
}

static void check_reported_integers(void) {
    const struct {
        uint16_t object, resource;
        int64_t value;
        const char *code;
    } known[] = {
        {5, 5, 1, "UPD1_OK_1"},        {5, 5, 3, "UPD1_FAIL_3"},         {5, 3, 0, "UPD1_STATE_0"},
        {10252, 3, 3, "UPD2_FAIL_3"},  {10252, 3, -1, "UPD4_OK_M1"},     {10252, 3, 255, "UPD4_OK_M1"},
        {10252, 3, 1, "UPD2_OK_1"},    {10252, 3, 218, "UPD4_FAIL_218"}, {10252, 2, 1, "UPD2_STATE_1"},
        {5, 6, 0, "UPD1_REPORT_HASH"}, {10252, 6, 7, "UPD2_REPORT_VERSION"},
    };
    for (size_t at = 0; at < sizeof known / sizeof *known; at++) {
        elc_code code = elc_from_lwm2m(known[at].object, known[at].resource, known[at].value);
        CHECK(equal(elc_code_name(code), known[at].code));
    }
    CHECK(elc_from_lwm2m(10252, 3, 40) == ELC_NONE);
    CHECK(equal(elc_reported_meaning(10252, 3, 40), "The installation failed."));
    CHECK(elc_reported_status(10252, 3, 40) == ELC_STATUS_FAIL);
    CHECK(elc_reported_status(10252, 2, 4) == ELC_STATUS_INFO);
    CHECK(equal(elc_reported_meaning(10252, 3, 50), "") && elc_reported_status(10252, 3, 50) == ELC_STATUS_NONE);
    CHECK(elc_from_lwm2m(3, 3, 3) == ELC_NONE);
    CHECK(elc_from_lwm2m(5, 5, INT64_MIN) == ELC_NONE);
}

static uint64_t next_random(uint64_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* A haystack of `gaps` that hold no word, with a code or a code-shaped word after each but the last. */
static void check_haystack(uint64_t *random) {
    enum { MAX_CODES = 40, MAX_GAP = 200 };
    static const char separators[] = " \0\"\xff\r\n,;:/{}()[]<>\x80=&?.-+*'|~";
    static const char *const unknown[] = {"UPD4_FAIL_999", "SYS_0", "UPD9_X_Y"};
    char text[MAX_CODES * (MAX_GAP + 32)];
    elc_match expected[MAX_CODES + 1];
    size_t len = 0, count = next_random(random) % (MAX_CODES + 1);
    for (size_t at = 0; at <= count; at++) {
        size_t gap = 1 + next_random(random) % (at % 3 == 0 ? MAX_GAP - 1 : 3);
        if (at == 0 || at == count) gap -= next_random(random) % 2;
        for (; gap > 0; gap--) text[len++] = separators[next_random(random) % (sizeof separators - 1)];
        if (at == count) break;
        bool known = next_random(random) % 4 > 0;
        const char *word = known ? rows[next_random(random) % row_count][CODE] : unknown[next_random(random) % 3];
        expected[at].start = len;
        expected[at].code = known ? lookup(word, strlen(word)) : ELC_NONE;
        for (; *word != '\0'; word++) text[len++] = *word;
        expected[at].end = len;
    }
    char *haystack = allocate(len);
    memcpy(haystack, text, len);

    elc_match first = {1, 2, 3};
    CHECK(elc_find(haystack, len, &first) == (count > 0));
    CHECK(elc_find(haystack, len, NULL) == (count > 0));
    if (count > 0) {
        CHECK(first.start == expected[0].start && first.end == expected[0].end && first.code == expected[0].code);
    } else {
        CHECK(first.start == 1 && first.end == 2 && first.code == 3);
    }
    const size_t capacities[] = {0, 1, count, count + 1};
    for (size_t turn = 0; turn < 4; turn++) {
        size_t capacity = capacities[turn];
        elc_match *matches = allocate(capacity * sizeof *matches);
        CHECK(elc_find_all(haystack, len, matches, capacity) == count);
        for (size_t at = 0; at < capacity && at < count; at++) {
            CHECK(matches[at].start == expected[at].start);
            CHECK(matches[at].end == expected[at].end);
            CHECK(matches[at].code == expected[at].code);
        }
        free(matches);
    }
    CHECK(elc_find_all(haystack, len, NULL, 0) == count);
    free(haystack);
}

/* Checks that the stream finder, fed with buffers of random sizes, finds what elc_find_all finds. */
static void check_stream(uint64_t *random) {
    enum { MAX_CODES = 200, MAX_LEN = 3000 };
    static const char *const pieces[] = {"UPD4_FAIL_22", "0", "SYS_111", "SYS_999", "UPD9_X_Y", "\\n", "\\u001b[31m", "\x1b[1;31m",
                                         "%22", "#012", "_", "x", " ", "\xff", ",", "\"", "\\", "UPD4_", "FAIL_303"};
    char text[MAX_LEN + 32];
    size_t len = 0, wanted = next_random(random) % MAX_LEN;
    while (len < wanted) {
        const char *piece = pieces[next_random(random) % (sizeof pieces / sizeof *pieces)];
        memcpy(text + len, piece, strlen(piece));
        len += strlen(piece);
    }
    char *haystack = allocate(len);
    memcpy(haystack, text, len);
    elc_match *expected = allocate(len * sizeof *expected);
    size_t count = elc_find_all(haystack, len, expected, len), seen = 0;
    free(haystack);

    elc_stream *stream = allocate(sizeof *stream);
    memset(stream, 0xAA, sizeof *stream);
    elc_stream_init(stream);
    elc_stream_match found[3];
    size_t max_buffer = 1 + next_random(random) % 300;
    for (size_t at = 0; at < len;) {
        size_t size = next_random(random) % (max_buffer + 1);
        if (size > len - at) size = len - at;
        char *buffer = allocate(size);
        memcpy(buffer, text + at, size);
        CHECK(elc_stream_feed(stream, buffer, size));
        size_t capacity = 1 + next_random(random) % 3, stored;
        while ((stored = elc_stream_next(stream, found, capacity)) > 0) {
            CHECK(stored <= capacity);
            for (size_t index = 0; index < stored; index++, seen++) {
                CHECK(seen < count);
                CHECK(found[index].start == expected[seen].start && found[index].end == expected[seen].end);
                CHECK(found[index].code == expected[seen].code);
                CHECK(found[index].text.len == found[index].end - found[index].start);
                CHECK(memcmp(found[index].text.data, text + found[index].start, found[index].text.len) == 0);
            }
        }
        free(buffer);
        at += size;
    }
    if (elc_stream_finish(stream, found)) {
        CHECK(seen < count && found[0].start == expected[seen].start && found[0].code == expected[seen].code);
        CHECK(memcmp(found[0].text.data, text + found[0].start, found[0].text.len) == 0);
        seen++;
    }
    CHECK(seen == count);
    CHECK(!elc_stream_finish(stream, NULL));
    free(stream);
    free(expected);
}

static void check_misuse_of_streams(void) {
    elc_stream_match found;
    elc_stream stream = {{0}};
    CHECK(!elc_stream_feed(&stream, "SYS_111 ", 8) && elc_stream_next(&stream, &found, 1) == 0);
    CHECK(!elc_stream_finish(&stream, &found));
    elc_stream_init(NULL);
    CHECK(!elc_stream_feed(NULL, "SYS_111 ", 8) && elc_stream_next(NULL, &found, 1) == 0);
    CHECK(!elc_stream_finish(NULL, &found));

    elc_stream_init(&stream);
    CHECK(elc_stream_next(&stream, &found, 1) == 0);
    CHECK(elc_stream_feed(&stream, NULL, 5) && elc_stream_next(&stream, &found, 1) == 0);
    CHECK(elc_stream_feed(&stream, "SYS_111 SYS_112", 15));
    CHECK(!elc_stream_feed(&stream, "x", 1)); /* The first code is not yet fetched. */
    CHECK(elc_stream_next(&stream, NULL, 1) == 0 && elc_stream_next(&stream, &found, 0) == 0);
    CHECK(elc_stream_next(&stream, &found, 1) == 1 && found.start == 0 && found.end == 7);
    CHECK(!elc_stream_feed(&stream, "x", 1)); /* Nor is it known that there are no more. */
    CHECK(elc_stream_next(&stream, &found, 1) == 0);
    CHECK(elc_stream_feed(&stream, "", 0) && elc_stream_next(&stream, &found, 1) == 0);
    CHECK(elc_stream_finish(&stream, &found) && found.start == 8 && found.end == 15);
    CHECK(elc_stream_feed(&stream, "SYS_111", 7) && elc_stream_next(&stream, &found, 1) == 0);
    CHECK(elc_stream_finish(&stream, NULL));
}

static long haystacks;

static void *check_haystacks(void *seed) {
    uint64_t random = *(const uint64_t *)seed;
    for (long turn = 0; turn < haystacks; turn++) {
        check_haystack(&random);
        check_stream(&random);
    }
    return NULL;
}

int main(int argc, char **argv) {
    CHECK(argc == 4);
    haystacks = strtol(argv[3], NULL, 10);
    CHECK(haystacks > 0);
    read_catalogue(argv[1]);
    CHECK(strcmp(elc_version(), argv[2]) == 0);
    check_catalogue();
    check_values_that_are_no_code();
    check_empty_inputs();
    check_reported_integers();
    check_misuse_of_streams();

    enum { THREADS = 4 };
    uint64_t seeds[THREADS] = {1, 22, 333, 4444};
    pthread_t threads[THREADS];
    for (int at = 0; at < THREADS; at++) CHECK(pthread_create(&threads[at], NULL, check_haystacks, &seeds[at]) == 0);
    for (int at = 0; at < THREADS; at++) CHECK(pthread_join(threads[at], NULL) == 0);
    printf("%zu codes, %ld haystacks and streams: as expected\n", row_count, THREADS * haystacks);
    return 0;
}

// The header from C++: linkage, types that can be copied bytewise, and use with the standard library.
#include <event_log_codes.h>

#include <array>
#include <cstdio>
#include <map>
#include <string_view>
#include <type_traits>

static_assert(std::is_trivially_copyable_v<elc_match> && std::is_standard_layout_v<elc_match>);
static_assert(std::is_trivially_copyable_v<elc_text> && std::is_standard_layout_v<elc_text>);
static_assert(sizeof(elc_code) == 4);

static std::string_view view(elc_text text) { return {text.data, text.len}; }

int main() {
    using namespace std::literals;
    constexpr auto record = R"({"device_id":"0173bc91","event_type":"UPD4_FAIL_303","next":"UPD4_FAIL_999"})"sv;

    std::array<elc_match, 8> matches;
    const auto count = elc_find_all(record.data(), record.size(), matches.data(), matches.size());
    std::map<std::string_view, std::string_view> found;
    for (size_t at = 0; at < count; ++at) {
        const auto& match = matches[at];
        found.emplace(record.substr(match.start, match.end - match.start), view(elc_code_status_name(match.code)));
    }
    const std::map<std::string_view, std::string_view> expected{{"UPD4_FAIL_303"sv, "fail"sv}, {"UPD4_FAIL_999"sv, ""sv}};
    if (found != expected || elc_code_status(matches[0].code) != ELC_STATUS_FAIL || matches[1].code != ELC_NONE) {
        std::fputs("C++: not as expected\n", stderr);
        return 1;
    }
    std::puts("C++: as expected");
}

-- A Fluent Bit filter (its Lua is LuaJIT, whose FFI calls C): adds to a record the meaning of the
-- first event code in one of its fields.
--
--     [FILTER]
--         Name    lua
--         Match   *
--         script  event_codes.lua
--         call    explain_event_code
--
-- A record gets `event_code = {code, status, portal_text, corrective_action}`. A code that isn't in the
-- catalogue gets its name alone; a record without a code stays as it is.
local ffi = require("ffi")

ffi.cdef [[
typedef struct { const char *data; size_t len; } elc_text;
typedef struct { size_t start; size_t end; int32_t code; } elc_match;
size_t elc_count(void);
bool elc_find(const void *haystack, size_t len, elc_match *found);
elc_text elc_code_name(int32_t code);
elc_text elc_code_status_name(int32_t code);
elc_text elc_code_portal_text(int32_t code);
elc_text elc_code_corrective_action(int32_t code);
]]

local library = ffi.load("event_log_codes")
local found = ffi.new("elc_match")

local function string_of(text)
    if text.len > 0 then
        return ffi.string(text.data, text.len)
    end
end

-- The meaning of each code, made once: the filter then makes no new strings for known codes.
local meanings = {}
for code = 0, tonumber(library.elc_count()) - 1 do
    meanings[code] = {
        code = string_of(library.elc_code_name(code)),
        status = string_of(library.elc_code_status_name(code)),
        portal_text = string_of(library.elc_code_portal_text(code)),
        corrective_action = string_of(library.elc_code_corrective_action(code)),
    }
end

-- Explains the first code in `text`, if it is a string that holds one.
local function explain(record, text)
    if type(text) ~= "string" or not library.elc_find(text, #text, found) then
        return false
    end
    record.event_code = meanings[found.code] or { code = text:sub(tonumber(found.start) + 1, tonumber(found["end"])) }
    return true
end

-- Called by Fluent Bit for each record. Returns 2 (record changed, timestamp kept) or 0 (nothing changed).
function explain_event_code(tag, timestamp, record)
    -- The most precise field first. No loop: LuaJIT would not compile a loop in a function that a loop calls.
    if explain(record, record.event_type)
        or explain(record, record.log)
        or explain(record, record.message)
        or explain(record, record.MESSAGE)
    then
        return 2, timestamp, record
    end
    return 0, timestamp, record
end

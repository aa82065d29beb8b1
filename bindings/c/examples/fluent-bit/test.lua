-- Calls the filter as Fluent Bit does: `code, timestamp, record = function(tag, timestamp, record)`.
--
--     luajit test.lua DIRECTORY-OF-THE-FILTER
dofile(arg[1] .. "/event_codes.lua")

local function filter(record)
    return explain_event_code("update.device", 1756454400.5, record)
end

local code, timestamp, record = filter({ log = '{"event_type":"UPD4_FAIL_303","device_id":"0173bc91"}', stream = "stdout" })
assert(code == 2 and timestamp == 1756454400.5 and record.stream == "stdout")
assert(record.event_code.code == "UPD4_FAIL_303" and record.event_code.status == "fail")
assert(record.event_code.portal_text == "Resource network error, time out")
assert(record.event_code.corrective_action == "Check network.")

code, timestamp, record = filter({ event_type = "SYS_113", message = "UPD4_FAIL_207" })
assert(code == 2 and record.event_code.code == "SYS_113", "the more precise field wins")
assert(record.event_code.portal_text == nil and record.event_code.corrective_action == nil)

code, timestamp, record = filter({ message = "device failed: UPD4_FAIL_999" })
assert(code == 2 and record.event_code.code == "UPD4_FAIL_999" and record.event_code.status == nil)

code, timestamp, record = filter({ log = "nothing here", message = 207, MESSAGE = { "UPD4_FAIL_207" } })
assert(code == 0 and timestamp == 1756454400.5 and record.event_code == nil)
assert(filter({}) == 0)
assert(filter({ log = "" }) == 0)

local records = 1000000
local start = os.clock()
for number = 1, records do
    filter({ log = "gw-7 update[311]: device " .. number .. " failed, UPD4_FAIL_303" })
end
local with = os.clock() - start
start = os.clock()
for number = 1, records do
    ({ log = "gw-7 update[311]: device " .. number .. " failed, UPD4_FAIL_303" }).event_code = number
end
local without = os.clock() - start
print(("LuaJIT filter: as expected, %.0f ns per record"):format((with - without) / records * 1e9))

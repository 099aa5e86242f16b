-- The requests of another script of this folder at a stated pace, with every receipt kept. Environment: HERE, the folder;
-- OF, the script; RATE, requests a second of both threads together; KEPT, the name of a file for each thread's
-- receipts, without its number. Without a RATE as fast as it goes, and nothing is kept. Prints what each thread sent, and how often each other status came.
local ffi = require("ffi")
ffi.cdef("typedef struct { long s; long ns; } instant; int clock_gettime(int, instant *);")
local instant = ffi.new("instant")
local function now()
  ffi.C.clock_gettime(1, instant)
  return tonumber(instant.s) + tonumber(instant.ns) / 1e9
end
dofile(os.getenv("HERE") .. "/" .. os.getenv("OF") .. ".lua")
local is_paced = (os.getenv("RATE") or "") ~= ""
local theirs, all = {setup = setup, init = init}, {}
function setup(thread)
  theirs.setup(thread)
  table.insert(all, thread)
end
function init(args)
  theirs.init(args)
  refused = ""
  if not is_paced then return end
  kept = io.open(os.getenv("KEPT") .. number, "w")
  kept:setvbuf("line")
  pace, begun, taken = tonumber(os.getenv("RATE")) / 2, now(), 0
end
if is_paced then
function delay() -- milliseconds; what is late goes at once
  taken = taken + 1
  return math.max(0, math.floor((begun + taken / pace - now()) * 1000))
end
function response(status, headers, body)
  if status == 201 then
    kept:write(body, "\n")
  else
    refused = refused .. " " .. status
  end
end
end
function done(summary, latency, requests)
  for _, thread in ipairs(all) do
    io.write(string.format("sent %d %d %d%s\n", thread:get("number"), thread:get("base"), thread:get("n"),
      thread:get("refused")))
  end
  io.write(string.format("p50=%.2f p99=%.2f timeouts=%d broken=%d\n", latency:percentile(50) / 1000,
    latency:percentile(99) / 1000, summary.errors.timeout,
    summary.errors.read + summary.errors.write + summary.errors.connect))
end

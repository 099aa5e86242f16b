-- Load of bench `enrol` by wrk: one claim a request, of somebody new each time, one in fifty a resend.
-- Environment: TOKEN, BOOTHS, UNIT (how a booth's code is written: "B%05d"). Prints p50 and p99 in ms, and what was not
-- answered 201.
local threads = 0
function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end
function init(args)
  math.randomseed(os.time() * 1000 + number * 7919)
  base = math.random(0, 999999) * 97
  booths = tonumber(os.getenv("BOOTHS"))
  unit = os.getenv("UNIT") or "B%05d"
  at = os.date("!%Y-%m-%dT%H:%M:%SZ")
  n = 0
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
  wrk.headers["Authorization"] = "Bearer " .. os.getenv("TOKEN")
end
function request()
  n = n + 1
  local k = n
  if n % 50 == 0 and n > 1000 then k = n - 973 end
  return wrk.format(nil, nil, nil, string.format(
    '{"key":"%d-%d-%d","phone":"%d%08d","name":"Sunita Devi","birth_year":%d,"unit":"%s","field_at":"%s","notice_version":1,"language":"hi"}',
    number, base, k, 98 + number, (base + k) * 7 % 99999989, 1940 + k % 60,
    string.format(unit, 1 + k * 7919 % booths), at))
end
function done(summary, latency, requests)
  io.write(string.format("p50=%.2f p99=%.2f bad=%d\n", latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    summary.errors.status + summary.errors.timeout + summary.errors.read + summary.errors.connect))
end

-- Load of bench `launch` by wrk: calls and SMS as a provider tells of them, one a line of a file for each thread, signed
-- beforehand. Environment: TOLD, the file's name without the thread's number; SECRET, of the address.
local threads = 0
function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end
function init(args)
  next_line = io.lines(os.getenv("TOLD") .. number)
  address = "/hook/%s/generic/" .. os.getenv("SECRET")
  base, n = 0, 0
  last = next_line()
end
function request()
  n = n + 1
  local kind, signature, body = last:match("^(%S+) (%S+) (.*)$")
  last = next_line() or last
  local headers = {["Content-Type"] = "application/json", ["X-Signature"] = signature}
  return wrk.format("POST", string.format(address, kind), headers, body)
end

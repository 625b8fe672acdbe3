-- `wrk -s wrk.lua … -- REQUESTS` sends the requests of a file in turn: each line is a path or `METHOD PATH BODY`. Without
-- a file it requests the path of the URL. It prints a summary as one line of JSON.
local requests, place = {}, 0

function init(arguments)
   if not arguments[1] then
      requests[1] = wrk.format()
      return
   end
   for line in io.lines(arguments[1]) do
      local method, path, body = line:match("^(%u+) (%S+) ?(.*)$")
      requests[#requests + 1] = wrk.format(method or "GET", path or line, nil, body ~= "" and body or nil)
   end
end

function request()
   place = place % #requests + 1
   return requests[place]
end

function done(summary, latency)
   local errors = summary.errors
   local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
   io.write(string.format('\n{"requests":%d,"seconds":%f,"bytes":%d,"failed":%d,"p99":%f}\n',
      summary.requests, summary.duration / 1e6, summary.bytes, failed, latency:percentile(99) / 1000))
end

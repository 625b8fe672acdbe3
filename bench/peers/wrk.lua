-- What wrk asks and prints: `wrk -s wrk.lua … -- PATHS` asks for each path of the file in turn, or,
-- without a file, for that of the URL; in the end it prints one line of JSON.
local requests, place = {}, 0

function init(arguments)
   if not arguments[1] then
      requests[1] = wrk.format()
      return
   end
   for path in io.lines(arguments[1]) do
      requests[#requests + 1] = wrk.format("GET", path)
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

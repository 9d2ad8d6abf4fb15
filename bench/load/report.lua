-- What every load file has: prints the run's figures as one JSON line. A thread that ran out of
-- credentials has stopped itself and says in `elapsed` (microseconds) how long it went on.
local threads = {}

function setup(thread)
  thread:set("index", #threads)
  table.insert(threads, thread)
end

function done(summary, latency, requests)
  local duration = 0
  for _, thread in ipairs(threads) do
    local elapsed = thread:get("elapsed")
    duration = math.max(duration, elapsed or summary.duration)
  end
  local e = summary.errors
  io.write(string.format(
    'JSON {"requests": %d, "seconds": %.6f, "refused": %d, "errors": %d, "timeouts": %d, ' ..
    '"mean": %.1f, "p50": %d, "p90": %d, "p99": %d, "p999": %d, "max": %d}\n',
    summary.requests, duration / 1e6, e.status, e.connect + e.read + e.write, e.timeout,
    latency.mean, latency:percentile(50), latency:percentile(90), latency:percentile(99),
    latency:percentile(99.9), latency.max))
end

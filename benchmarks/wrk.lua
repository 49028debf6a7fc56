-- Sends WRK_BODY_SIZE bytes with each request, or the JSON of WRK_JSON, where one is set, and the header
-- WRK_AUTHORIZATION; prints what `benchmarks.load` reads.

local body_size = tonumber(os.getenv("WRK_BODY_SIZE") or 0)
if body_size > 0 then
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/octet-stream"
  wrk.body = string.rep("x", body_size)
end

local json = os.getenv("WRK_JSON") or ""
if json ~= "" then
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
  wrk.body = json
end

local authorization = os.getenv("WRK_AUTHORIZATION") or ""
if authorization ~= "" then
  wrk.headers["Authorization"] = authorization
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    '\nJSON {"requests": %d, "microseconds": %d, "p50": %d, "p99": %d, "failed": %d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end

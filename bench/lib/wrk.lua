-- One line of JSON at the end of a run of wrk: what benchmarks read. The token comes by the environment, so that it does
-- not stand among the arguments, which every user of the machine could read.
local token = os.getenv("BENCH_TOKEN")
if token then
    wrk.headers["X-Auth-Token"] = token
    wrk.headers["X-Subject-Token"] = token
end
wrk.headers["Accept"] = "application/json"

function done(summary, latency)
    local errors = summary.errors
    local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
    io.write(string.format('{"p50_ms":%.4f,"p99_ms":%.4f,"per_second":%.2f,"requests":%d,"failed":%d}\n',
        latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, summary.requests / (summary.duration / 1e6),
        summary.requests, failed))
end

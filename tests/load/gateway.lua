-- What wrk asks: the chat completion that gateway_client.cpp asks, too.
wrk.method = "POST"
wrk.path = "/v1/chat/completions"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer " .. os.getenv("GATEWAY_TOKEN")
wrk.body = '{"model":"byollm","messages":[{"role":"system","content":' ..
    '"Answer in one sentence."},{"role":"user","content":' ..
    '"What is a gateway, and what is it for?"}]}'

-- Only 200 counts: `refused` is printed beside wrk's own numbers.
function done(summary, latency)
    print(string.format(
        "result requests=%d seconds=%.3f p50_us=%.0f p99_us=%.0f refused=%d lost=%d",
        summary.requests, summary.duration / 1e6,
        latency:percentile(50), latency:percentile(99), summary.errors.status,
        summary.errors.connect + summary.errors.read + summary.errors.write +
        summary.errors.timeout))
end

-- What wrk sends and says: GET of a page, POST of a form with an address that nobody had before, or POST of a report of
-- Brevo about one letter, each with a reason of its own (with a secret and a tag).
local threads = 0

function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

function init(arguments)
  version, round, count = arguments[1], arguments[2], 0
  secret, tag = arguments[3], arguments[4]
  if secret then
    wrk.method = "POST"
    wrk.headers["Content-Type"] = "application/json"
    wrk.headers["Authorization"] = "Bearer " .. secret
  elseif version then
    wrk.method = "POST"
    wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
  end
end

function request()
  if not version then
    return wrk.format()
  end
  count = count + 1
  if secret then
    return wrk.format(nil, nil, nil, string.format(
      '{"event": "soft_bounce", "X-Mailin-custom": "%s", "reason": "552 5.2.2 Mailbox full (%s.%d.%d)"}',
      tag, round, number, count))
  end
  local address = string.format("reader.%s.%d.%d%%40example.com", round, number, count)
  return wrk.format(nil, nil, nil, "email=" .. address .. "&website=&wording=" .. version)
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    "\n{\"requests\": %d, \"seconds\": %.3f, \"p50\": %.3f, \"p99\": %.3f, \"slowest\": %.3f, \"errors\": %d}\n",
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    latency.max / 1e3, errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end

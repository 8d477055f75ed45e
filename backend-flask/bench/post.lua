-- wrk's requests as POST: the first word after "--" is their body, each other one somebody's header Authorization.
local requests, sent = {}, 0

function init(words)
  local headers = { ["Content-Type"] = "application/json" }
  for number = 2, #words do
    headers["Authorization"] = words[number]
    table.insert(requests, wrk.format("POST", nil, headers, words[1]))
  end
end

function request()
  sent = sent + 1
  return requests[sent % #requests + 1]
end

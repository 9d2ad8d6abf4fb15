-- The same request over and over, with pauses: `mean=MILLISECONDS` of one connection's pauses, spread
-- evenly from nothing to twice as much. So sides are asked equally much, whatever they could do.
dofile(os.getenv("BENCH_LOAD") .. "/report.lua")

local longest = 0

function init(words)
  for _, word in ipairs(words) do
    local mean = string.match(word, "^mean=(%d+)$")
    if mean then longest = 2 * tonumber(mean) end
  end
end

function delay()
  return math.random(0, longest)
end

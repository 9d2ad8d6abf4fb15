-- One request for each line of a file. Arguments are NAME=VALUE:
--   file    the lines; with several threads each takes every n-th
--   threads how many threads there are
--   method  GET unless given
--   header  "Name: before %s after": a header made of the line
--   body    "before %s after", made of the line; %n is a number that never comes twice
--   once    1: stop when the lines are used up, else begin anew
dofile(os.getenv("BENCH_LOAD") .. "/report.lua")

local ffi = require("ffi")
ffi.cdef [[
  struct bench_timespec { long seconds; long nanoseconds; };
  int clock_gettime(int clock, struct bench_timespec *out);
]]
local clock = ffi.new("struct bench_timespec")
local CLOCK_MONOTONIC = 1

local function microseconds()
  ffi.C.clock_gettime(CLOCK_MONOTONIC, clock)
  return tonumber(clock.seconds) * 1e6 + tonumber(clock.nanoseconds) / 1e3
end

local options, lines, made = {}, {}, {}
local count, begun = 0, nil

local function replaced(template, line)
  local text = template:gsub("%%s", function() return line end)
  return (text:gsub("%%n", function() return tostring(index) .. "-" .. tostring(count) end))
end

local function request_of(line)
  local headers = {}
  for name, value in pairs(wrk.headers) do headers[name] = value end
  if options.header then
    local name, value = options.header:match("^(.-): (.*)$")
    headers[name] = replaced(value, line)
  end
  return wrk.format(options.method, nil, headers, options.body and replaced(options.body, line))
end

function init(arguments)
  for _, argument in ipairs(arguments) do
    local name, value = argument:match("^(%w+)=(.*)$")
    options[name] = value
  end
  local threads, number = tonumber(options.threads or "1"), 0
  for line in io.lines(options.file) do
    if number % threads == index then lines[#lines + 1] = line end
    number = number + 1
  end
  -- Made beforehand, so that making them takes no time while it counts.
  if not (options.body and options.body:find("%%n")) then
    for i, line in ipairs(lines) do made[i] = request_of(line) end
  end
end

function request()
  if not begun then begun = microseconds() end
  count = count + 1
  local at = (count - 1) % #lines + 1
  if options.once == "1" and count > #lines then
    if not elapsed then
      elapsed = microseconds() - begun
      wrk.thread:stop()
    end
    at = #lines -- whoever asks before the thread has ended gets the last one again
  end
  return made[at] or request_of(lines[at])
end

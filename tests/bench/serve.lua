-- SPDX-License-Identifier: Apache-2.0
-- Requests of a load for wrk: point, or tile with a pinned snapshot's id. wrk -s serve.lua URL -- MODE SEED DELAY_MS PREFIX FIRST_S LAST_S
-- Each request of 100,000 is another place and time, or another tile; DELAY_MS above 0 holds a connection back by up to twice
-- that, so that a load below the most can be made. done prints one line of JSON for serve.sh.
local COUNT = 100000
local threads = 0

function setup (thread)
  thread:set ("number", threads)
  threads = threads + 1
end

local function iso (s)
  return os.date ("!%Y-%m-%dT%H:%M:%SZ", s)
end

local function point (first_s, last_s)
  return string.format ("/v1/point?lon=%.4f&lat=%.4f&time=%s", 107 + 6 * math.random (), 17 + 4.5 * math.random (),
                        iso (math.random (first_s, last_s)))
end

local layers = { "wind_max@province/default/c", "wind_max@province/default/w", "wind_max@sea/default/c", "wind_duration@province/default/c" }

-- A tile that touches the province, of a level from 7 to 7 + deep.
local function tile (prefix, deep)
  local z, lon, lat = 7 + math.random (0, deep), 107.5 + 5 * math.random (), 17.5 + 3.5 * math.random ()
  local layer = layers[math.random (#layers)]
  local x, y = math.floor ((lon + 180) / 360 * 2 ^ z), math.floor ((90 - lat) / 360 * 2 ^ z)
  if layer:sub (-1) == "w" then
    local r = math.rad (lat)
    y = math.floor ((1 - math.log (math.tan (r) + 1 / math.cos (r)) / math.pi) / 2 * 2 ^ z)
  end
  return string.format ("%s/tiles/%s/%d/%d/%d.png", prefix, layer, z, x, y)
end

function init (args)
  local mode, seed, delay_ms = args[1], tonumber (args[2]), tonumber (args[3])
  math.randomseed (seed * 1000 + number)
  requests, at = {}, 0
  for i = 1, COUNT do
    if mode == "point" then
      requests[i] = wrk.format ("GET", point (tonumber (args[5]), tonumber (args[6])))
    else
      requests[i] = wrk.format ("GET", tile (args[4], mode == "tile-cached" and 1 or 5))
    end
  end
  if delay_ms > 0 then
    delay = function () return math.random (0, 2 * delay_ms) end
  end
end

function request ()
  at = at % COUNT + 1
  return requests[at]
end

function done (summary, latency, _)
  local e = summary.errors
  io.write (string.format ('JSON {"requests": %d, "seconds": %.3f, "p50_ms": %.3f, "p99_ms": %.3f, "errors": %d}\n', summary.requests,
                           summary.duration / 1e6, latency:percentile (50) / 1e3, latency:percentile (99) / 1e3,
                           e.connect + e.read + e.write + e.status + e.timeout))
end

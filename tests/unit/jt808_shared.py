# SPDX-License-Identifier: Apache-2.0
# jt808_shared.py PROGRAM DATA FOLDER: see test_jt808_shared.sh.
import calendar, json, subprocess, sys, time

program, data, folder = sys.argv[1:4]
faults = 0


def fail(*words):
    global faults
    faults += 1
    print(*words)


def decode(frame):
    path = folder + "/frame.bin"
    with open(path, "wb") as file:
        file.write(frame)
    done = subprocess.run([program, "decode", "jt808", path, "--json"], capture_output=True, text=True)
    if done.returncode not in (0, 1, 3):
        fail(frame.hex(), "exit code", done.returncode, done.stderr)
    return [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def expected(phone, item):
    if not item["fix"] and item["lat_raw"] == 0 and item["lon_raw"] == 0:
        return None
    if item["lat_raw"] > 90000000 or item["lon_raw"] > 180000000:
        return None
    seconds = calendar.timegm(time.strptime(item["time_bcd_gmt8"], "%Y%m%d%H%M%S")) - 8 * 3600
    return {"mover": phone.lstrip("0"), "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds)),
            "lat": item["lat"] * (-1 if item["status"] & 4 else 1), "lon": item["lon"] * (-1 if item["status"] & 8 else 1),
            "speed_mps": item["speed_kmh"] / 3.6, "course_to_deg": item["direction_deg"], "fix": item["fix"]}


def compare(name, record, wanted):
    for key in ("mover", "time"):
        if record[key] != wanted[key]:
            fail(name, key, record[key], "instead of", wanted[key])
    for key in ("lat", "lon", "speed_mps", "course_to_deg"):
        if abs(record[key] - wanted[key]) > 1e-9:
            fail(name, key, record[key], "instead of", wanted[key])
    if not wanted["fix"] and record["doubt"] is None:
        fail(name, "is not fixed and not doubted")


frames = json.load(open(data + "/jt808_frames.json"))
positions = 0
for number, frame in enumerate(frames):
    items = [frame["location"]] if frame.get("location") else frame.get("batch", {}).get("items", [])
    wanted = [w for w in (expected(frame["phone"], item) for item in items) if w]
    if not frame["checksum_ok"]:
        wanted = []
    records, words = decode(bytes.fromhex(frame["hex"]))
    if not frame["checksum_ok"] and "the check fails" not in words:
        fail("frame %d: a wrong check is not seen" % number, words)
    records = [r for r in records if r["kind"] == "position"]
    name = "frame %d (%s)" % (number, frame["msg_id"])
    if frame["msg_id"] in ("0201", "0500"):  # positions that the list does not decode
        continue
    if len(records) != len(wanted):
        fail(name, len(records), "positions instead of", len(wanted))
        continue
    for record, want in zip(records, wanted):
        compare(name, record, want)
    positions += len(wanted)

lines = [line.strip() for line in open(data + "/real_jt808_traccar5331.txt")]
real = [bytes.fromhex(line) for line in lines if line and not line.startswith("#")]
for frame in real:
    records, words = decode(frame)
    if records:
        fail(frame.hex(), "gives", records)
if "not fixed" not in decode(real[1])[1]:
    fail("the frame without a fix is not rejected for it")
print("%d frames, %d positions, %d real frames, %d faults" % (len(frames), positions, len(real), faults))
sys.exit(1 if faults or positions < 16 else 0)

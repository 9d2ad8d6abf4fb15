"""wrk, for warming up and for a first look; the harness measures."""
import re
import subprocess


def wrk(request, seconds, connections=8):
    """{"requests": ..., "rate": per second, "p99": as wrk writes it, "wrong": answers but 200 and
    errors, empty when there were none}."""
    url, headers = request
    command = ["wrk", "-t", "1", "-c", str(connections), "-d", str(seconds), "--latency", url]
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout

    def found(pattern):
        match = re.search(pattern, text)
        return match.group(1) if match else ""
    return {"requests": int(found(r"(\d+) requests in") or 0),
            "rate": float(found(r"Requests/sec:\s*([\d.]+)") or 0),
            "p99": found(r"99%\s+(\S+)"), "wrong": found(r"(Non-2xx.*|Socket errors.*)")}

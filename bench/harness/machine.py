"""What the figures were taken on, without a word about whose machine it is."""
import datetime
import os
import pathlib
import platform
import subprocess

PACKAGES = ("nginx-light", "nginx-core", "nginx-full", "nginx-extras", "libfcgi0ldbl",
            "libpqxx-6.4", "libsodium23", "libssl3", "wrk", "g++-12")


def _first(path: str, field: str) -> str:
    for line in pathlib.Path(path).read_text().splitlines():
        name, _, value = line.partition(":")
        if name.strip() == field:
            return value.strip()
    return "unknown"


def system_name() -> str:
    for line in pathlib.Path("/etc/os-release").read_text().splitlines():
        if line.startswith("PRETTY_NAME="):
            name = line.partition("=")[2].strip('"')
    version = pathlib.Path("/etc/debian_version")
    return name + (f" ({version.read_text().strip()})" if version.exists() else "")


def machine() -> dict[str, str]:
    memory = int(_first("/proc/meminfo", "MemTotal").split()[0]) / 1048576
    return {
        "processor": _first("/proc/cpuinfo", "model name"),
        "cores": str(os.cpu_count()),
        "memory": f"{memory:.1f} GiB",
        "system": system_name(),
        "kernel": f"{platform.system()} {platform.release().split('-')[0]}",
        "date": datetime.date.today().isoformat(),
    }


def packages(*names: str) -> dict[str, str]:
    listed = subprocess.run(["dpkg-query", "-W", "-f=${db:Status-Abbrev}${Package} ${Version}\n",
                             *(names or PACKAGES)], capture_output=True, text=True,
                            check=False).stdout
    return dict(line.split()[1:3] for line in listed.splitlines() if line.startswith("ii"))


def versions(binary: pathlib.Path, database: str) -> dict[str, str]:
    own = subprocess.run([binary, "version"], capture_output=True, text=True, check=False)
    return {"postern": own.stdout.strip().split("\n")[0].removeprefix("postern "),
            "postgresql": database, **packages()}

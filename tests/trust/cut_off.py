"""A command run where no network is: what it did there, on one line of JSON when it has ended.

Run it in a network namespace of its own, as `unshare --net`. Python's own report of calls is kept beside the kernel's
count of packets, which also knows what native libraries and other processes in the namespace tried.
"""

import json
import subprocess
import sys
from pathlib import Path


class Calls:
    """The network addresses that this process asked for or called since it began to be watched."""

    def __init__(self) -> None:
        self.addresses: list = []
        self.is_on = True
        sys.addaudithook(self._heard)

    def _heard(self, event: str, given: tuple) -> None:
        if self.is_on and event in ("socket.connect", "socket.sendto"):
            self.addresses.append(given[1])
        if self.is_on and event == "socket.getaddrinfo":
            self.addresses.append(given[:2])


def packets() -> dict[str, int]:
    """What the namespace sent, the loopback included, and what found no way out."""
    names, values = [line.split() for line in Path("/proc/net/snmp").read_text().splitlines() if line.startswith("Ip:")]
    four = dict(zip(names[1:], values[1:], strict=True))
    six = dict(line.split() for line in Path("/proc/net/snmp6").read_text().splitlines())
    return {
        "sent": int(four["OutRequests"]),
        "without_a_way": int(four["OutNoRoutes"]) + int(six["Ip6OutNoRoutes"]),
    }


def main(arguments: list[str]) -> None:
    """Run `reconcile` with the arguments; or, for `call-out`, do what no command may."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)  # noqa: S607
    calls = Calls()
    if arguments == ["call-out"]:
        status = subprocess.run([sys.executable, "-c", CALL_OUT], check=False).returncode  # noqa: S603
    else:
        from reconciliation.cli import run

        status = int(run(arguments))
    print(json.dumps({"status": status, "calls": calls.addresses} | packets()))


CALL_OUT = "import socket; socket.create_connection(('192.0.2.1', 443), 1)"
"""An address that is nobody's (RFC 5737), called by another process, unseen by Python's report here."""

if __name__ == "__main__":
    main(sys.argv[1:])

"""The quiet night of an export that sends the whole ledger every night: see `quiet_night`."""

from benchmarks.contenders.quiet_night import main

if __name__ == "__main__":
    main(with_everything=True)

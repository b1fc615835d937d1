"""What the page says whatever was measured."""

from typing import Final

INTRODUCTION: Final = """# Benchmarks

Written by `make bench`; do not edit. Every server of a run holds the same generated orders and is asked
by the same client with the same bytes, in turn, round after round, while the others are suspended. A
value is the median of the rounds. *No delay* means Nagle's algorithm switched off (`TCP_NODELAY`), which
these servers do not do by themselves; OpenWorklist does. In brackets: how many times better OpenWorklist
on its embedded database is.
"""

EXPLANATION: Final = """## What is measured

- **Full cycle**: connect, associate, one C-FIND for a station and a day with ten answers (25 attributes
  each), release, close: the broad query of a scanner. Ten of the stored records match, whatever their
  number.
- **Open association**: the same question again and again without a new association.
- **A thousand answers**: one question on a new association; the time until it is released.
- **Idle associations**: so many stand open and silent while one more caller works in full cycles. Then
  each of them asks a question; who has no answer after 20 seconds is not counted as answered. Measured
  once, not in rounds; so are idle HL7 connections.
- **Orders**: an ORM^O01 over MLLP, acknowledged once it is on disk, then the next on that connection.
  After each round every station is asked for its worklist by C-FIND, and the accession numbers in the
  answers are compared with those acknowledged: none may be missing, none there twice. *Polling* means
  that 50 scanners ask in full cycles meanwhile, each once a second.
- **Idle HL7 connections**: so many stand open and silent while one more sends orders. Then each of them
  sends an order; all must be acknowledged, and found.
- **Start-up**: from exec to the line `ready:`, which OpenWorklist prints when every listener is open. The
  other servers say nothing: theirs is the time to the first accepted association.
- **Memory**: resident memory of the process and its children, in millions of bytes.

OpenWorklist runs as `openworklist serve` starts it, its web server included; address, ports and data
folder alone are given. On PostgreSQL it stands before a cluster of its own with PostgreSQL's defaults, so
that every commit waits for the disk (`fsync` is on); the shares count both, and memory is not measured,
since PostgreSQL's processes share most of theirs. Orthanc runs with its web server too. pynetdicom is a
plain server on pynetdicom and an indexed SQLite table, `benchmarks/pynetdicom_server.py`.

The client (`benchmarks/client.py`) is one thread that sends encoded bytes and reads PDUs by their
length, so that it can ask faster than any of these servers answers. Its share of a core stands beside
ours: below 100 % it was not the limit. Client and server share the machine.

## How to measure again

    make bench                                           # everything
    make bench BENCH="--only hl7"                        # one part: dicom, idle, hl7 or startup
    make bench BENCH="--servers 'OpenWorklist;Orthanc'"  # some servers
    make bench BENCH="--quick"                           # a smoke run that does not touch this page
    make bench BENCH="--draw"                            # this page again from docs/benchmarks/results.json

What a run does not measure is kept from the runs before, cell by cell, and the page says when each was
measured. Remove `docs/benchmarks/results.json` to begin anew.

The servers to compare with are Debian packages: `apt-get install dcmtk orthanc postgresql`. What is not
installed is left out. Linux only. Nothing else should run on the machine.
"""

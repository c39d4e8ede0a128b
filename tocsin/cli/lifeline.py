"""A child that does not outlive its parent: neither an orphaned server nor an orphaned worker."""

import ctypes
import os
import signal
import sys

PARENT = "TOCSIN_PARENT_PID"
_PR_SET_PDEATHSIG = 1


def tie_to(parent: int) -> None:
    """End with ``parent`` (a process id), however it ends; at once if it has already.

    The kernel sends SIGKILL: a signal that could be handled could also be ignored, and everything
    here is safe to kill at any line. Elsewhere than on Linux only the check is made.
    """
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) was refused")
    # It may have died between the fork and the call above; then we belong to somebody else by now.
    if os.getppid() != parent:
        os._exit(1)


def tie() -> None:
    """End with the process that started us, if it said so in our environment."""
    said = os.environ.pop(PARENT, "")
    if said.isdecimal():
        tie_to(int(said))

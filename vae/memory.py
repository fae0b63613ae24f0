"""Memory that a process has freed, given back to the system. Only glibc is asked to; others are left alone."""

import ctypes
import gc

ARENAS = 2  # heaps that threads share; the second spares them waiting for each other
_ARENA_MAX = -8  # M_ARENA_MAX of glibc's malloc.h


def give_back() -> None:
    """Collect garbage in full and return free memory to the system, which takes some tenths of a second.

    glibc keeps what is freed below a block that is still in use: after a few measurements these are hundreds of
    megabytes.
    """
    gc.collect()
    _glibc("malloc_trim", 0)


def share_heaps() -> None:
    """Have all threads allocate from `ARENAS` heaps; call it before there are many threads.

    By default glibc makes a heap for every thread that finds the others busy, up to eight a core, and `give_back`
    does not get back what these have grown by: 250 MB after sixteen threads that encoded images.
    """
    _glibc("mallopt", _ARENA_MAX, ARENAS)


def _glibc(name: str, *arguments: int) -> None:
    try:
        function = getattr(ctypes.CDLL("libc.so.6"), name)
    except (OSError, AttributeError):  # another system, or another C library
        return
    function(*arguments)

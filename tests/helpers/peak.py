"""The most memory that reading a file takes, in a process of its own."""

import subprocess
import sys
from pathlib import Path

from vae.folders import ROOT

# The peak that resource.getrusage knows is that of the process that started this one, where it was higher.
_MEASURE = """
import re, sys
from pathlib import Path
{imports}

def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) / 1024

small, large = map(Path, sys.argv[1:])
{read}(small)  # everything is imported
before = peak()
{read}(large)
print(peak() - before)
"""


def extra_megabytes(imports: str, read: str, small: Path, large: Path) -> float:
    """Read a small file and then a large one, and return by how many megabytes the latter raised the peak; Linux only.

    Args:
        imports: the line that imports what `read` needs.
        read: an expression, a function of a path.
    """
    code = _MEASURE.format(imports=imports, read=f"({read})")
    done = subprocess.run(
        [sys.executable, "-c", code, small, large], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return float(done.stdout)

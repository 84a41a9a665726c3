"""Where files go that need not outlive a run: into memory, for each commit of a bot waits for the disk it is on."""

import shutil
import tempfile
from pathlib import Path

_MEMORY, _ROOM = Path("/dev/shm"), 4 * 2**30
"""It is taken where so many bytes are free; a container often has few."""


def folder() -> Path:
    """The folder in memory, or the usual one for temporary files where there is none with room."""
    if _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM:
        return _MEMORY
    return Path(tempfile.gettempdir())

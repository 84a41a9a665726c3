"""`python -m bot …` as a process of its own, made out of one that has imported the bot already.

Importing is most of what a start costs, and the same every time.
"""

import asyncio
import io
import multiprocessing
import os
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Mapping
from pathlib import Path

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.preloaded"])

ROOT = Path(__file__).parents[1]


def bot(*arguments: str, encoding: str = "utf-8", **environ: str) -> subprocess.CompletedProcess[str]:
    """Runs it to its end with nothing but these settings, on a console of this encoding."""
    own = {name: os.environ[name] for name in ("PATH", "HOME", "SSL_CERT_DIR") if name in os.environ}
    with tempfile.TemporaryDirectory() as folder:
        said = [str(Path(folder, name)) for name in ("stdout", "stderr")]
        process = FORKS.Process(target=_run, args=(arguments, encoding, own | environ, *said))
        process.start()
        process.join(60)
        if process.exitcode is None:
            process.kill()
            raise TimeoutError(f"bot {' '.join(arguments)} did not end")
        return subprocess.CompletedProcess(
            arguments, process.exitcode, *(Path(path).read_text(encoding=encoding) for path in said)
        )


class Running:
    """`python -m bot run` with nothing but this in its environment, as the demo starts it (`bot_process.Process`)."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._process = FORKS.Process(target=_go_on, args=(dict(environ),), daemon=True)
        self._process.start()

    @classmethod
    async def launched(cls, environ: Mapping[str, str]) -> "Running":
        """In the place of `bot_process.launched`."""
        return cls(environ)

    @property
    def returncode(self) -> int | None:
        """How it ended; None while it runs."""
        return self._process.exitcode

    def kill(self) -> None:
        """SIGKILL."""
        self._process.kill()

    def terminate(self) -> None:
        """SIGTERM."""
        self._process.terminate()

    async def wait(self) -> int:
        """Waits for its end, and says how it ended."""
        await asyncio.to_thread(self._process.join)
        assert self._process.exitcode is not None
        return self._process.exitcode


def _go_on(environ: dict[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environ)
    sys.argv = ["bot", "run"]
    from bot.__main__ import main  # noqa: PLC0415 # as in `_run`

    main()


def _run(arguments: tuple[str, ...], encoding: str, environ: dict[str, str], stdout: str, stderr: str) -> None:
    """In the new process: what Python does before it runs a program, and after."""
    for number, path in ((0, os.devnull), (1, stdout), (2, stderr)):
        file = os.open(path, os.O_RDWR | os.O_CREAT)
        os.dup2(file, number)
        os.close(file)
    sys.stdout = io.TextIOWrapper(io.FileIO(1, "w", closefd=False), encoding=encoding)
    sys.stderr = io.TextIOWrapper(io.FileIO(2, "w", closefd=False), encoding=encoding, errors="backslashreplace")
    os.environ.clear()
    os.environ.update(environ)
    os.chdir(ROOT)
    sys.argv = ["bot", *arguments]
    from bot.__main__ import main  # noqa: PLC0415 # it is there already, and is nobody's else

    code = 1
    try:
        main()
        code = 0
    except SystemExit as end:
        if isinstance(end.code, str):
            sys.stderr.write(f"{end.code}\n")
        else:
            code = end.code or 0
    except BaseException:  # noqa: BLE001 # as Python ends
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)

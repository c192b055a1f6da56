"""A PostgreSQL server to throw away: on loopback, behind a password made for it, gone with whoever asked for it.

`server()` starts this file as a keeper: a process that makes the server's folder, runs the server as its child, and,
when its standard input ends, stops the server and removes the folder. That input ends when the block is left, and also
when the process that holds it is killed; so nothing stays behind.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

__all__ = ["USER", "programs", "server"]

USER = "grader"
DEBIAN = Path("/usr/lib/postgresql")  # VERSION/bin, which is on no PATH
ACCOUNT = "postgres"  # the user that Debian's package makes: the server refuses to run as root
PATIENCE = 60  # seconds that a server may take to start or to stop
TRIES = 5  # ports: another process may take the one that was free a moment ago
# What is thrown away need not reach the disk.
SETTINGS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=16MB", "max_connections=50")


def programs() -> Path | None:
    """Return the folder of the newest server's programs, initdb and postgres, or None."""
    numbered = [path for path in DEBIAN.glob("*/bin") if path.parent.name.isdigit()]
    folders = sorted(numbered, key=lambda path: int(path.parent.name), reverse=True)
    on_path = shutil.which("postgres")
    folders += [Path(on_path).resolve().parent] if on_path else []
    return next((path for path in folders if (path / "initdb").exists() and (path / "postgres").exists()), None)


@contextlib.contextmanager
def server() -> Iterator[str]:
    """Run a server as long as the block lasts; yields the address of its database `postgres`, for SQLAlchemy.

    Raises RuntimeError with what the server said where it does not start.
    """
    # A session of its own: Ctrl-C reaches this process alone, and the keeper learns of it by the end of its input.
    with subprocess.Popen(
        [sys.executable, "-I", str(Path(__file__).resolve())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as keeper:
        assert keeper.stdin and keeper.stdout
        try:
            answer = keeper.stdout.readline()
            if not answer.startswith("postgresql"):
                raise RuntimeError(f"no PostgreSQL server: {answer}{keeper.stdout.read()}".rstrip())
            yield answer.rstrip()
        finally:
            keeper.stdin.close()
            keeper.wait()


def keep() -> None:
    """Run a server until standard input ends, then remove all that was made; prints its address, or why it has none."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    folder = Path(tempfile.mkdtemp(prefix="postgresql-"))
    try:
        password = secrets.token_urlsafe(24)
        account = _initialised(folder, password)
        with _running(folder, account) as port:
            _tell(f"postgresql+psycopg://{USER}:{password}@127.0.0.1:{port}/postgres")
            sys.stdin.read()
    except (OSError, RuntimeError, LookupError) as error:  # the last: there is no such user
        _tell(str(error))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _tell(line: str) -> None:
    with contextlib.suppress(BrokenPipeError):  # who asked is gone; so is the input, and all ends
        os.write(sys.stdout.fileno(), f"{line}\n".encode())


def _initialised(folder: Path, password: str) -> dict[str, Any]:
    """Make the server's files in `folder`/data; return who has to run it, as options of Popen."""
    account: dict[str, Any] = {}
    if os.geteuid() == 0:
        shutil.chown(folder, ACCOUNT, ACCOUNT)
        account = {"user": ACCOUNT, "group": ACCOUNT, "extra_groups": []}
    secret = folder / "password"
    secret.touch(mode=0o600)
    secret.write_text(password)
    if account:
        shutil.chown(secret, ACCOUNT, ACCOUNT)
    command = [*_program("initdb"), f"--pgdata={folder / 'data'}", f"--username={USER}", f"--pwfile={secret}"]
    command += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync"]
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **account)
    secret.unlink()
    if done.returncode:
        raise RuntimeError(f"initdb ended with {done.returncode}:\n{done.stdout}")
    return account


@contextlib.contextmanager
def _running(folder: Path, account: dict[str, Any]) -> Iterator[int]:
    """Run the server; yields its port."""
    settings = [word for setting in SETTINGS for word in ("-c", setting)]
    # No Unix socket: whoever could open it, in a folder that all may read, would have to be kept out as well.
    settings += ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="]
    log = folder / "log"
    for _ in range(TRIES):
        port = _free()
        with log.open("w") as out:
            process = subprocess.Popen(
                [*_program("postgres"), "-D", str(folder / "data"), "-p", str(port), *settings],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                **account,
            )
        try:
            if _ready(folder / "data" / "postmaster.pid", process):
                yield port
                return
        finally:
            _stop(process)
        if "could not bind" not in log.read_text():
            break
    raise RuntimeError(f"the server did not start:\n{log.read_text()}")


def _program(name: str) -> list[str]:
    folder = programs()
    if folder is None:
        raise RuntimeError(f"there is no initdb and postgres in {DEBIAN}/VERSION/bin or on the PATH")
    return [str(folder / name)]


def _free() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _ready(file: Path, process: subprocess.Popen[bytes]) -> bool:
    """Wait until the server says in its own file that it takes connections; False where it ended instead."""
    end = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < end:
        # The last line is the state, as pg_ctl reads it.
        if file.exists() and file.read_text().rstrip().endswith("\nready"):
            return True
        time.sleep(0.02)
    return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Stop the server by its own id: cut its connections; if it does not end, break off; if not even that, kill it."""
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if process.poll() is None:
            process.send_signal(number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(PATIENCE)


if __name__ == "__main__":
    keep()

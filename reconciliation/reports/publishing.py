"""Making files appear: all of a position together, or none of them (outputs.md; rules §9).

Files are written into a hidden folder beside the target, made private, put safely on the disk, and then made the
position by one exchange of names. A run that is killed leaves either the old position or the new one, and perhaps a
hidden folder that the next run clears away. A living run holds a lock on its hidden folder, which the system
releases however it ends, so a folder without a lock is nobody's.

Where the file system cannot exchange two names (some network drives), the old position is first put aside under a
hidden name; a run that dies between the two steps leaves it there, and the next run puts it back before anything else.
"""

import contextlib
import ctypes
import errno
import fcntl
import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from urllib.parse import quote

from reconciliation.errors import Refusal

FILE_MODE = 0o600
FOLDER_MODE = 0o700
STAGED = ".staged"
ASIDE = ".aside"
LONGEST_NAME = 200
AT_FDCWD = -100
RENAME_EXCHANGE = 2
CANNOT_EXCHANGE = {errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP}
DISK_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
NOT_WRITABLE = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.ELOOP, errno.EIO, errno.ENAMETOOLONG}

Write = Callable[[Path], None]


def publish_position(out: Path, as_of: date, write: Write) -> Path:
    """Publish what `write` puts into the folder it is given as `out/<as_of>/`, and return that folder.

    A position already there is replaced whole, family folders with it. Raises `Refusal`, leaving the previous
    position in place, when the disk is full or the folder cannot be written.
    """
    return _publish(out, (as_of.isoformat(),), write)


def publish_family(out: Path, as_of: date, family_id: str, write: Write) -> Path:
    """The same for `out/<as_of>/<family_id>/`, touching nothing else of that position."""
    return _publish(out, (as_of.isoformat(), safe_name(family_id)), write)


def safe_name(family_id: str) -> str:
    """A family's id as the name of a folder: one id, one name, and never a path, a hidden name or a parent.

    Letters, digits and `-_.~` stay; anything else is percent-encoded, as is a dot at the front. Raises `Refusal` for
    an id that is empty or too long to be a name.
    """
    name = quote(family_id, safe="")
    if name.startswith("."):
        name = "%2E" + name[1:]
    if not 0 < len(name) <= LONGEST_NAME:
        raise Refusal("this family's id cannot be the name of a folder: it is empty or too long; check the id")
    return name


def write_private(folder: Path, files: dict[str, bytes]) -> None:
    """Write each file into `folder`, readable by its owner alone from the first byte."""
    for name, content in files.items():
        handle = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, FILE_MODE)
        with open(handle, "wb") as file:
            file.write(content)


def file_digests(folder: Path) -> dict[str, str]:
    """The sha256 of every file of a published folder, by name: what the audit trail keeps of it."""
    files = sorted(path for path in folder.iterdir() if path.is_file())
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _publish(out: Path, parts: tuple[str, ...], write: Write) -> Path:
    with _refusing(out):
        _private_folder(out)
        _clear_stale(out)
        with _staging(out, parts[0]) as staged:
            write(staged)
            _secure(staged)
            with _locked(out):
                return _put(staged, _parent(out, parts), parts[-1])


@contextlib.contextmanager
def _refusing(out: Path) -> Iterator[None]:
    """Turn a disk that is full or a folder that cannot be written into a refusal."""
    try:
        yield
    except OSError as fault:
        if fault.errno in DISK_FULL:
            raise Refusal(f"output folder {out}: the disk is full; free some space and run again") from None
        if fault.errno in NOT_WRITABLE:
            cause = f"output folder {out}: cannot be written ({fault.strerror})"
            raise Refusal(f"{cause}; check the path after --out and who owns it") from None
        raise


@contextlib.contextmanager
def _staging(out: Path, name: str) -> Iterator[Path]:
    """A hidden folder of our own in `out`, gone afterwards whatever happened: it holds the old position by then."""
    staged, lock = _new_staging(out, name)
    try:
        yield staged
    finally:
        shutil.rmtree(staged, ignore_errors=True)
        os.close(lock)


def _new_staging(out: Path, name: str) -> tuple[Path, int]:
    """A new hidden folder and the lock on it, taken while nobody else clears away folders without one."""
    with _locked(out):
        staged = Path(tempfile.mkdtemp(prefix=f".{name}.", suffix=STAGED, dir=out))
        return staged, _lock(staged, fcntl.LOCK_EX)


def _clear_stale(out: Path) -> None:
    """Remove the hidden folders of runs that died, and put back a position that one of them had put aside."""
    with _locked(out):
        for left in out.glob(f".*{STAGED}"):
            if not left.is_symlink() and _is_nobodys(left):
                shutil.rmtree(left, ignore_errors=True)
        _put_back(out)


def _is_nobodys(left: Path) -> bool:
    try:
        os.close(_lock(left, fcntl.LOCK_EX | fcntl.LOCK_NB))
    except (BlockingIOError, FileNotFoundError):
        return False
    return True


def _put_back(parent: Path) -> None:
    for aside in parent.glob(f".*{ASIDE}"):
        target = parent / aside.name.removeprefix(".").removesuffix(ASIDE)
        if os.path.lexists(target):
            shutil.rmtree(aside)
        else:
            aside.rename(target)


def _parent(out: Path, parts: tuple[str, ...]) -> Path:
    """The folder that holds the target, made if need be; a link is refused, so nothing is written elsewhere."""
    if len(parts) == 1:
        return out
    parent = out / parts[0]
    _private_folder(parent)
    _must_be_folder(parent)
    _sync(out)
    return parent


def _private_folder(folder: Path) -> None:
    if not os.path.lexists(folder):
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(FOLDER_MODE)


def _put(staged: Path, parent: Path, name: str) -> Path:
    """Make `staged` the folder of that name; what was there, if anything, takes the hidden name."""
    _put_back(parent)
    target = parent / name
    if not os.path.lexists(target):
        staged.rename(target)
    else:
        _must_be_folder(target)
        if not _exchanged(staged, target):
            _put_aside(staged, target)
    _sync(parent)
    return target


def _put_aside(staged: Path, target: Path) -> None:
    aside = target.with_name(f".{target.name}{ASIDE}")
    target.rename(aside)
    staged.rename(target)
    shutil.rmtree(aside)


def _exchanged(first: Path, second: Path) -> bool:
    """Exchange two names in one step (Linux renameat2); False where the system cannot."""
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    if rename(AT_FDCWD, os.fsencode(first), AT_FDCWD, os.fsencode(second), RENAME_EXCHANGE) == 0:
        return True
    fault = ctypes.get_errno()
    if fault in CANNOT_EXCHANGE:
        return False
    raise OSError(fault, os.strerror(fault))


def _must_be_folder(path: Path) -> None:
    if not stat.S_ISDIR(path.lstat().st_mode):
        raise Refusal(f"output folder: {path.name} is a file or a link where a folder was expected; move it away")


def _secure(folder: Path) -> None:
    """Make everything in `folder` private, whatever the umask, and safe on the disk before it gets its name."""
    for parent, _, files in os.walk(folder, topdown=False):
        for name in files:
            path = Path(parent, name)
            path.chmod(FILE_MODE)
            _sync(path)
        Path(parent).chmod(FOLDER_MODE)
        _sync(Path(parent))


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold `folder` for the moment in which names change."""
    handle = _lock(folder, fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(handle)


def _lock(folder: Path, how: int) -> int:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, how)
    except OSError:
        os.close(handle)
        raise
    return handle

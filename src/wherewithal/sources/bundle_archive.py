"""A bundle as one file: kept by digest where it decided, and read back years later.

The archive is a zip with its names sorted and its times zeroed. What vouches for it is the bundle's
own digest, over names and contents, which is computed again whenever it is read.
"""

from __future__ import annotations

import io
import tempfile
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Final

from wherewithal.qualify.bundle import PolicyBundle, digest_of
from wherewithal.sources.bundle import FILE_BYTES_MAX, files_of_bundle, load_bundle
from wherewithal.vocabulary.errors import BundleRefused, Problem

#: The first day that a zip can tell.
_NO_TIME: Final = (1980, 1, 1, 0, 0, 0)
_FILES_MAX: Final = 10_000


def archive_folder(folder: Path) -> tuple[str, bytes]:
    """Return the digest of a bundle's folder, and its archive.

    Errors: BundleRefused where files are missing or too large; nothing else is checked.
    """
    files = files_of_bundle(folder)
    return digest_of(files), pack_bundle(files)


def pack_bundle(files: Mapping[str, bytes]) -> bytes:
    """Return the archive of a bundle's files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            archive.writestr(
                zipfile.ZipInfo(name, _NO_TIME), files[name], compress_type=zipfile.ZIP_DEFLATED
            )
    return packed.getvalue()


def unpack_bundle(packed: bytes, *, digest: str) -> dict[str, bytes]:
    """Return the files of an archive, if they are those that the digest names.

    Errors: BundleRefused if it is no archive of ours, or other files than those.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            entries = archive.infolist()
            if len(entries) > _FILES_MAX or any(one.file_size > FILE_BYTES_MAX for one in entries):
                raise _altered(digest, "holds more than a bundle can")
            files = {one.filename: archive.read(one) for one in entries}
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError) as error:
        raise _altered(digest, "is damaged") from error
    if digest_of(files) != digest:
        raise _altered(digest, "was changed: its digest does not fit")
    return files


def load_archived(packed: bytes, *, digest: str) -> PolicyBundle:
    """Return the bundle of an archive, checked like any other.

    Errors: BundleRefused if it was changed, or if this program no longer takes such a bundle.
    """
    files = unpack_bundle(packed, digest=digest)
    with tempfile.TemporaryDirectory(prefix="wherewithal-") as folder:
        for name, content in files.items():
            parts = PurePosixPath(name)
            if parts.is_absolute() or ".." in parts.parts:
                raise _altered(digest, "has a file outside its folder")
            path = Path(folder) / parts
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return load_bundle(Path(folder))


def _altered(digest: str, what: str) -> BundleRefused:
    path = f"bundle {digest[:12]}"
    return BundleRefused([Problem(code="bundle_altered", path=path, message=f"as kept, {what}")])

"""Keeps what decides, before anyone is decided by it."""

from __future__ import annotations

from pathlib import Path

from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.qualify.facts_catalogue import CATALOGUE, CATALOGUE_DIGEST
from wherewithal.service.artefact_ports import KeepsArtefacts
from wherewithal.service.published_run import BUNDLE_FILE, open_run
from wherewithal.sources.bundle_archive import archive_folder, unpack_bundle
from wherewithal.vocabulary.errors import BundleRefused, Problem


async def keep_artefacts(artefacts: KeepsArtefacts, bundle: PolicyBundle, folder: Path) -> None:
    """Keep the bundle that was read from a folder, and this program's catalogue of facts.

    Errors: BundleRefused if the folder was changed since: what was loaded could not be kept.
    """
    digest, archive = archive_folder(folder)
    if digest != bundle.digest:
        message = "was changed while this process started; start again"
        raise BundleRefused([Problem(code="bundle_changed", path=str(folder), message=message)])
    await artefacts.keep_bundle(digest, archive)
    await artefacts.keep_catalogue(CATALOGUE_DIGEST, CATALOGUE)


async def keep_run_artefacts(artefacts: KeepsArtefacts, run: Path) -> None:
    """Keep what decided a finished run: the bundle of its folder, and the catalogue of facts.

    A run of an older version has no bundle in its folder: then nothing of it is kept.
    Errors: InputRefused if it is no finished run; BundleRefused if its bundle was changed.
    """
    digest = open_run(run).manifest.bundle_digest
    path = run / BUNDLE_FILE
    if path.is_file():
        archive = path.read_bytes()
        unpack_bundle(archive, digest=digest)
        await artefacts.keep_bundle(digest, archive)
    await artefacts.keep_catalogue(CATALOGUE_DIGEST, CATALOGUE)

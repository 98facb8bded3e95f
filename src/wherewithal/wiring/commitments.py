"""Constructs commitments: what signs them, finds older policies, and the doors of the API."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from uuid import UUID, uuid4

from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.service.applicant_facts import CALENDAR_TIME_ZONE
from wherewithal.service.commitment_document import CommitmentSigner, signing_key
from wherewithal.service.commitment_records import NewSharingConsent
from wherewithal.service.issue_commitment import CommitPorts, issue_commitment
from wherewithal.service.promised_terms import PromisedTerms
from wherewithal.service.promises import promises_of
from wherewithal.service.read_commitments import (
    CommitmentAnswer,
    SharingConsentAnswer,
    commitment_answer,
    give_sharing_consent,
    list_commitments,
    list_sharing_consents,
    read_commitment,
    read_honour_rate,
    revoke_sharing_consent,
)
from wherewithal.service.standing_products import ProductAnswers
from wherewithal.sources.bundle_archive import load_archived
from wherewithal.store.artefacts import ArtefactsInStore
from wherewithal.store.commitments import CommitmentsInStore
from wherewithal.store.ledger import LedgerInStore
from wherewithal.store.pool import Pool
from wherewithal.surfaces.http.routes_commitment import CommitmentDoors
from wherewithal.vocabulary.errors import BundleRefused
from wherewithal.vocabulary.program import ProductCode
from wherewithal.wiring.keys import Keys


def commitment_signer(keys: Keys) -> CommitmentSigner:
    """Return what signs commitments, and publishes the keys that may have."""
    return CommitmentSigner([signing_key(seed) for seed in keys.signing])


def promised_terms(pool: Pool, *, products: ProductAnswers) -> PromisedTerms:
    """Return what finds the terms of commitments; older bundles are read from what is kept."""
    return PromisedTerms(
        served=promises_of(products),
        reads=CommitmentsInStore(pool),
        find_bundle=_kept_bundles(ArtefactsInStore(pool)),
    )


def _kept_bundles(
    artefacts: ArtefactsInStore,
) -> Callable[[str], Awaitable[PolicyBundle | None]]:
    async def find(digest: str) -> PolicyBundle | None:
        packed = await artefacts.find_bundle(digest)
        if packed is None:
            return None
        try:
            return await asyncio.to_thread(load_archived, packed, digest=digest)
        except BundleRefused:
            # This program no longer takes such a bundle: the served one stands in.
            return None

    return find


def commitment_doors(pool: Pool, *, products: ProductAnswers, keys: Keys) -> CommitmentDoors:
    """Return the doors of one process."""
    signer, store = commitment_signer(keys), CommitmentsInStore(pool)
    ports = CommitPorts(
        ledger=LedgerInStore(pool, new_uuid=uuid4),
        products=products,
        sign=signer.sign,
        new_uuid=uuid4,
    )

    async def commit(
        consumer_id: UUID, prequalification_id: UUID, product: ProductCode
    ) -> tuple[CommitmentAnswer, bool] | None:
        issued = await issue_commitment(consumer_id, prequalification_id, product, ports=ports)
        if issued is None:
            return None
        made, is_new = issued
        return commitment_answer(consumer_id, made, at=made.issued_at), is_new

    async def share(consumer_id: UUID, consent: NewSharingConsent) -> SharingConsentAnswer | None:
        return await give_sharing_consent(consumer_id, consent, consent_id=uuid4(), store=store)

    return CommitmentDoors(
        commit=commit,
        list_of=partial(list_commitments, store=store),
        read=partial(read_commitment, store=store),
        share=share,
        list_shares=partial(list_sharing_consents, store=store),
        revoke_share=partial(revoke_sharing_consent, store=store),
        honour_rate=partial(read_honour_rate, time_zone=CALENDAR_TIME_ZONE, store=store),
        public_jwks=signer.public_jwks(),
    )

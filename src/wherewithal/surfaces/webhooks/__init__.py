"""Webhooks: events leave by here, signed, to addresses that were checked."""

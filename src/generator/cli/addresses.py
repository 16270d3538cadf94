"""An address as the operator types it."""

from __future__ import annotations


def read_address(text: str) -> str:
    """Give the address. Raises AddressError, which names what was typed."""
    from generator.errors import AddressError  # noqa: PLC0415 (it needs what --help does without)
    from generator.subscribers.list.addresses import parse_address  # noqa: PLC0415 (as above)

    try:
        return parse_address(text)
    except AddressError as error:
        raise AddressError(f"“{text}” {error}") from None

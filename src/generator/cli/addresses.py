"""An address as the operator types it, and the subscriber who has it."""

# Imports are inside the functions: `--help` answers before they have loaded.
# ruff: noqa: PLC0415
from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from generator.model import Subscriber
    from generator.subscribers.store.database import Transaction


def read_address(text: str) -> str:
    """Give the address. Raises AddressError, which names what was typed."""
    from generator.errors import AddressError
    from generator.subscribers.list.addresses import parse_address

    try:
        return parse_address(text)
    except AddressError as error:
        raise AddressError(f"“{text}” {error}") from None


def get_subscriber(transaction: Transaction, address: str) -> Subscriber:
    """Give the subscriber. Raises AddressError when the address is not on the list."""
    from generator.errors import AddressError
    from generator.subscribers.list.subscriptions import find_subscriber

    found = find_subscriber(transaction, address)
    if found is None:
        raise AddressError(f"{address} is not on the list")
    return found

"""Device tokens: signed, and told apart from all else that is signed by a key of their own."""

import binascii
import hashlib
import hmac
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from domain.authentication.entities import KnownDevice
from domain.ports import Clock

PREFIX = "dt_"
LIFE = timedelta(days=400)  # As long as browsers keep a cookie.

_ID_SIZE = 16
_TIME_SIZE = 8
_SAID_SIZE = 2 * _ID_SIZE + _TIME_SIZE
_SIZE = _SAID_SIZE + hashlib.sha256().digest_size


class HMACDeviceTokens:
    """Signs account, device and time of issue by HMAC-SHA-256 and the first of the keys.

    It knows what any of them has signed.
    """

    def __init__(self, keys: Sequence[bytes], clock: Clock) -> None:
        self._keys = keys
        self._clock = clock

    def issue(self, device: KnownDevice) -> str:
        """Sign it."""
        issued_at = int(self._clock.now().timestamp())
        said = device.account_id.bytes + device.id.bytes + issued_at.to_bytes(_TIME_SIZE)
        return PREFIX + urlsafe_b64encode(said + _mac(self._keys[0], said)).decode()

    def read(self, token: str) -> KnownDevice | None:
        """Check it."""
        data = _decoded(token)
        said, mac = data[:_SAID_SIZE], data[_SAID_SIZE:]
        if len(data) != _SIZE or not self._has_signed(said, mac):
            return None
        issued_at = int.from_bytes(said[2 * _ID_SIZE :])
        if self._clock.now().timestamp() - issued_at > LIFE.total_seconds():
            return None
        return KnownDevice(
            account_id=UUID(bytes=said[:_ID_SIZE]), id=UUID(bytes=said[_ID_SIZE : 2 * _ID_SIZE])
        )

    def _has_signed(self, said: bytes, mac: bytes) -> bool:
        return any(hmac.compare_digest(mac, _mac(key, said)) for key in self._keys)


def _mac(key: bytes, said: bytes) -> bytes:
    return hmac.digest(key, said, hashlib.sha256)


def _decoded(token: str) -> bytes:
    if not token.startswith(PREFIX):
        return b""
    try:
        return b64decode(token.removeprefix(PREFIX), altchars="-_", validate=True)
    except (binascii.Error, ValueError):
        return b""

"""An authenticator in software: makes passkeys and answers challenges as browsers do.

Each of its values can be set wrong, for what a server has to refuse.
"""

import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from enum import IntFlag
from hashlib import sha256
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256

Json = dict[str, Any]


class Flag(IntFlag):
    """What an authenticator says of an exchange (WebAuthn level 3, 6.1)."""

    NOTHING = 0
    USER_PRESENT = 0x01
    USER_VERIFIED = 0x04
    BACKUP_ELIGIBLE = 0x08
    BACKED_UP = 0x10
    ATTESTED = 0x40


@dataclass
class Authenticator:
    """One passkey for one site. `user_handle` is whose it is, once it was made."""

    origin: str
    rp_id: str
    flags: Flag = Flag.USER_PRESENT | Flag.USER_VERIFIED
    sign_count: int = 0
    user_handle: bytes | None = None
    cross_origin: bool = False
    attests_itself: bool = False
    attestation: Json = field(default_factory=lambda: {"fmt": "none", "attStmt": {}})
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: EllipticCurvePrivateKey = field(default_factory=lambda: generate_private_key(SECP256R1()))
    public_key: bytes | None = None

    def create(self, options: Json) -> Json:
        """Make the passkey: what `navigator.credentials.create()` gives, as JSON."""
        self.user_handle = unpacked(options["user"]["id"])
        authenticator_data = self._data(Flag.ATTESTED) + b"".join(
            (
                bytes(16),  # The model of the authenticator, which it does not tell.
                len(self.credential_id).to_bytes(2),
                self.credential_id,
                self.public_key if self.public_key is not None else cose_key(self.key),
            )
        )
        client_data = self._client_data("webauthn.create", options)
        attestation = {**self.attestation, "authData": authenticator_data}
        if self.attests_itself:
            signature = self._signature(authenticator_data, client_data)
            attestation |= {"fmt": "packed", "attStmt": {"alg": -7, "sig": signature}}
        return self._credential(
            {
                "clientDataJSON": packed(client_data),
                "attestationObject": packed(cbor2.dumps(attestation)),
                "transports": ["internal", "hybrid", "of the future"],
            }
        )

    def get(self, options: Json) -> Json:
        """Answer a challenge: what `navigator.credentials.get()` gives, as JSON."""
        self.sign_count += bool(self.sign_count)
        client_data = self._client_data("webauthn.get", options)
        authenticator_data = self._data()
        signature = self._signature(authenticator_data, client_data)
        return self._credential(
            {
                "clientDataJSON": packed(client_data),
                "authenticatorData": packed(authenticator_data),
                "signature": packed(signature),
                "userHandle": None if self.user_handle is None else packed(self.user_handle),
            }
        )

    def _signature(self, authenticator_data: bytes, client_data: bytes) -> bytes:
        signed = authenticator_data + sha256(client_data).digest()
        return self.key.sign(signed, ECDSA(SHA256()))

    def _credential(self, response: Json) -> Json:
        return {
            "id": packed(self.credential_id),
            "rawId": packed(self.credential_id),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": response,
        }

    def _client_data(self, kind: str, options: Json) -> bytes:
        said = {
            "type": kind,
            "challenge": options["challenge"],
            "origin": self.origin,
            "crossOrigin": self.cross_origin,
        }
        return json.dumps(said).encode()

    def _data(self, more: Flag = Flag.NOTHING) -> bytes:
        flags = (self.flags | more).to_bytes(1)
        return sha256(self.rp_id.encode()).digest() + flags + self.sign_count.to_bytes(4)


def cose_key(key: EllipticCurvePrivateKey, algorithm: int = -7) -> bytes:
    """Give the public key as authenticators do (RFC 9053, 7.1.1); -7 is ES256."""
    numbers = key.public_key().public_numbers()
    x, y = numbers.x.to_bytes(32), numbers.y.to_bytes(32)
    return cbor2.dumps({1: 2, 3: algorithm, -1: 1, -2: x, -3: y})


def packed(data: bytes) -> str:
    """Give base64url without its padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def unpacked(text: str) -> bytes:
    """Read base64url without its padding."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))

"""WebAuthn by py_webauthn."""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar
from urllib.parse import urlsplit
from uuid import UUID

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    decode_credential_public_key,
    decoded_public_key_to_cryptography,
    options_to_json_dict,
    parse_attestation_object,
    parse_authentication_credential_json,
    parse_client_data_json,
    parse_registration_credential_json,
)
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.structs import (
    AttestationConveyancePreference,
    AttestationFormat,
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from domain.authentication.errors import InvalidPasskey
from domain.authentication.factors import CHALLENGE_LIFE, CREDENTIAL_ID_MAX_SIZE, Credential

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

# What platforms and keys make today; RS256 is that of older Windows.
_ALGORITHMS = [
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
]
# An RSA key of 4096 bits has some 530 bytes. Greater ones would cost more to ask than to answer.
_PUBLIC_KEY_MAX_SIZE = 600
# None is asked for, so browsers send none, or the key's signature of itself (WebAuthn level 3,
# 5.1.3). Nothing else has its certificates parsed.
_FORMATS = {AttestationFormat.NONE, AttestationFormat.PACKED}
_REASON_MAX_LENGTH = 200
# Browsers leave these out of origins (RFC 6454, 6.2).
_DEFAULT_PORTS = {"http": 80, "https": 443}
_LOOPBACK = {"127.0.0.1", "::1"}


class WebAuthnPasskeys:
    """Passkeys for the host of `url`, the address under which people reach the service.

    Browsers know names only: a loopback address is taken for `localhost`.
    """

    def __init__(self, url: str) -> None:
        address = urlsplit(url)
        host = address.hostname or ""
        is_default = address.port in {None, _DEFAULT_PORTS.get(address.scheme)}
        port = "" if is_default else f":{address.port}"
        self._host = "localhost" if host in _LOOPBACK else host
        self._origin = f"{address.scheme}://{self._host}{port}"

    def registration_options(
        self, account_id: UUID, email: str, challenge: bytes, known: Sequence[Credential]
    ) -> Mapping[str, object]:
        """Ask for a passkey that its authenticator finds by itself, and shows to its user only."""
        options = generate_registration_options(
            rp_id=self._host,
            rp_name=self._host,
            user_id=account_id.bytes,
            user_name=email,
            challenge=challenge,
            timeout=_milliseconds(),
            attestation=AttestationConveyancePreference.NONE,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=[_descriptor(credential) for credential in known],
            supported_pub_key_algs=_ALGORITHMS,
        )
        return options_to_json_dict(options)

    def verify_registration(self, response: Mapping[str, object], challenge: bytes) -> Credential:
        """Check all of WebAuthn level 3, 7.1, that does not concern certificates."""
        return _judged(lambda: self._registered(dict(response), challenge))

    def sign_in_options(self, challenge: bytes) -> Mapping[str, object]:
        """Ask for any passkey of this host: so nobody learns which accounts there are."""
        options = generate_authentication_options(
            rp_id=self._host,
            challenge=challenge,
            timeout=_milliseconds(),
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        return options_to_json_dict(options)

    def claim(self, response: Mapping[str, object]) -> tuple[bytes, UUID]:
        """Read the credential's id, and the user handle, which is the account's id."""
        return _judged(lambda: _claimed(dict(response)))

    def verify_sign_in(
        self, response: Mapping[str, object], challenge: bytes, credential: Credential
    ) -> int:
        """Check all of WebAuthn level 3, 7.2."""
        return _judged(lambda: self._signed_in(dict(response), challenge, credential))

    def _registered(self, response: dict[str, object], challenge: bytes) -> Credential:
        given = parse_registration_credential_json(response)
        _check_same_origin(given.response.client_data_json)
        if parse_attestation_object(given.response.attestation_object).fmt not in _FORMATS:
            raise InvalidPasskey("an attestation that was not asked for")
        made = verify_registration_response(
            credential=given,
            expected_challenge=challenge,
            expected_rp_id=self._host,
            expected_origin=self._origin,
            require_user_verification=True,
            supported_pub_key_algs=_ALGORITHMS,
        )
        _check_usable(made.credential_id, made.credential_public_key)
        transports = given.response.transports or []
        return Credential(
            credential_id=made.credential_id,
            public_key=made.credential_public_key,
            sign_count=made.sign_count,
            transports=tuple(sorted({transport.value for transport in transports})),
        )

    def _signed_in(
        self, response: dict[str, object], challenge: bytes, credential: Credential
    ) -> int:
        given = parse_authentication_credential_json(response)
        _check_same_origin(given.response.client_data_json)
        if given.raw_id != credential.credential_id:
            raise InvalidPasskey("another credential")
        verified = verify_authentication_response(
            credential=given,
            expected_challenge=challenge,
            expected_rp_id=self._host,
            expected_origin=self._origin,
            credential_public_key=credential.public_key,
            credential_current_sign_count=credential.sign_count,
            require_user_verification=True,
        )
        return verified.new_sign_count


def _judged(judge: Callable[[], Result]) -> Result:
    """Give what `judge` gives; whatever it raises means that the response does not hold.

    Not all that py_webauthn raises on what strangers send is of its own kind: its parsers of keys
    let KeyError, TypeError and ValueError through.
    """
    try:
        return judge()
    except Exception as error:
        # What the client sent can be a part of the text.
        reason = repr(error)[:_REASON_MAX_LENGTH]
        logger.info("A passkey was refused: %s", reason)
        if isinstance(error, InvalidPasskey):
            raise
        raise InvalidPasskey(reason) from error


def _claimed(response: dict[str, object]) -> tuple[bytes, UUID]:
    credential = parse_authentication_credential_json(response)
    return credential.raw_id, UUID(bytes=credential.response.user_handle)


def _check_same_origin(client_data: bytes) -> None:
    """Refuse what a page in a frame of another site asked for; the library leaves it to us."""
    if parse_client_data_json(client_data).cross_origin:
        raise InvalidPasskey("asked for in a frame of another origin")


def _check_usable(credential_id: bytes, public_key: bytes) -> None:
    """Refuse a key by which nobody could ever sign in: nothing was signed with it yet."""
    if len(credential_id) > CREDENTIAL_ID_MAX_SIZE or len(public_key) > _PUBLIC_KEY_MAX_SIZE:
        raise InvalidPasskey("too large")
    decoded_public_key_to_cryptography(decode_credential_public_key(public_key))


def _descriptor(credential: Credential) -> PublicKeyCredentialDescriptor:
    transports = [AuthenticatorTransport(transport) for transport in credential.transports]
    return PublicKeyCredentialDescriptor(id=credential.credential_id, transports=transports)


def _milliseconds() -> int:
    return int(CHALLENGE_LIFE.total_seconds() * 1000)

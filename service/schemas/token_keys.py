"""The public keys of access tokens, as other services read them."""

from typing import Annotated, Any, Self

from pydantic import ConfigDict, Field

from service.schemas.fields import ResponseSchema

_EXAMPLE: dict[str, Any] = {
    "kty": "OKP",
    "crv": "Ed25519",
    "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    "kid": "2026-01",
    "use": "sig",
    "alg": "EdDSA",
}


class KeySetResponse(ResponseSchema):
    """A JSON Web Key set (RFC 7517). It has no keys where tokens are signed by a secret one."""

    keys: Annotated[
        list[dict[str, Any]], Field(description="A token's `kid` names the one that signed it.")
    ]

    model_config = ConfigDict(json_schema_extra={"examples": [{"keys": [_EXAMPLE]}]})

    @classmethod
    def of(cls, result: object) -> Self:
        """Make it of the keys."""
        return cls.model_validate({"keys": result})

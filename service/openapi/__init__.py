"""The OpenAPI document: built from the declarations of the routes, so that it can't drift."""

from service.openapi.document import as_json, openapi_document

__all__ = ["as_json", "openapi_document"]

"""Bodies in the OpenAPI document: they are read by hand, after it is known who sends them."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

__all__ = ["form_of", "json_of"]


def json_of(model: type[BaseModel]) -> dict[str, Any]:
    """The ``openapi_extra`` of a route that wants a JSON body."""
    return _body("application/json", model.model_json_schema())


def form_of(field: str, description: str, many: bool) -> dict[str, Any]:
    """The ``openapi_extra`` of a route that wants files in a form's field."""
    file = {"type": "string", "contentMediaType": "application/octet-stream"}
    files = {"type": "array", "items": file, "minItems": 1} if many else file
    table = {"type": "object", "properties": {field: {**files, "description": description}}, "required": [field]}
    return _body("multipart/form-data", table)


def _body(media_type: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"requestBody": {"required": True, "content": {media_type: {"schema": schema}}}}

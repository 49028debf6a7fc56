"""What requests may hold, and what answers look like."""

from datetime import UTC, datetime

import pytest
from pydantic import TypeAdapter, ValidationError

from service.schemas.fields import Line, Paragraphs, RequestSchema, ResponseSchema


class Sent(RequestSchema):
    page_count: int = 0


class Given(ResponseSchema):
    made_at: datetime


class Entity:
    made_at = datetime(2026, 1, 1, tzinfo=UTC)
    secret = "never told"


@pytest.mark.parametrize("field", [Line, Paragraphs])
def test_text_is_taken_as_it_is_in_normal_form_c(field: object) -> None:
    text = "O\u0304e 한강 🙂 ' \" \\ % {x} <b>"

    assert TypeAdapter(field).validate_python(text) == text.replace("O\u0304", "Ō")


@pytest.mark.parametrize("control", ["\0", "\x07", "\x1b", "\x7f", "\x85", "\x9f"])
@pytest.mark.parametrize("field", [Line, Paragraphs])
def test_no_text_has_control_characters(field: object, control: str) -> None:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(field).validate_python(f"ab{control}")

    assert f"U+{ord(control):04X} (at position 2)" in str(caught.value)


@pytest.mark.parametrize("space", ["\n", "\r", "\t"])
def test_only_paragraphs_have_several_lines(space: str) -> None:
    text = f"a{space}b"

    assert TypeAdapter(Paragraphs).validate_python(text) == text
    with pytest.raises(ValidationError):
        TypeAdapter(Line).validate_python(text)


@pytest.mark.parametrize(
    "body", ['{"pageCount": "1"}', '{"pageCount": 1.0}', '{"page_count": 1}', '{"other": 1}']
)
def test_a_request_is_neither_coerced_nor_guessed(body: str) -> None:
    with pytest.raises(ValidationError):
        Sent.model_validate_json(body)


def test_a_request_is_read_by_its_camel_case_names() -> None:
    assert Sent.model_validate_json('{"pageCount": 1}').page_count == 1


def test_an_answer_has_camel_case_names_and_only_what_it_declares() -> None:
    assert Given.model_validate(Entity()).model_dump_json() == '{"madeAt":"2026-01-01T00:00:00Z"}'

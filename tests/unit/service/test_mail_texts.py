"""What mails say."""

import pytest
from jinja2 import UndefinedError

from domain.authentication.mails import MailKind
from service.mail_texts import TemplateMailTexts

URL = "https://api.example.org"
TOKEN = "t" * 43
WRITTEN = [kind for kind in MailKind if kind is not MailKind.SIGN_UP_AGAIN]
WITH_TOKEN = {MailKind.SIGN_UP, MailKind.PASSWORD_RESET, MailKind.EMAIL_CHANGE}


@pytest.fixture
def texts() -> TemplateMailTexts:
    return TemplateMailTexts(URL)


@pytest.mark.parametrize("kind", WRITTEN)
def test_each_kind_has_a_short_subject_and_text(texts: TemplateMailTexts, kind: MailKind) -> None:
    subject, text = texts.write(
        kind, {"token": TOKEN, "client": "192.0.2.7", "change": "A passkey was added"}
    )

    assert 0 < len(subject) < 50
    assert "Subject:" not in subject + text
    assert URL in text
    assert "{" not in text
    assert text.endswith(".\n")
    # The token stands on a line of its own, to be copied.
    assert (f"\n{TOKEN}\n" in text) == (kind in WITH_TOKEN)


def test_what_a_text_is_about_has_to_be_said(texts: TemplateMailTexts) -> None:
    with pytest.raises(UndefinedError):
        texts.write(MailKind.SIGN_UP, {})


def test_text_is_no_markup(texts: TemplateMailTexts) -> None:
    _, text = texts.write(MailKind.EMAIL_CHANGED, {"client": "<&'\">"})

    assert "<&'\">" in text

"""Mails as files, where the disk does not do as it should."""

import logging
import os
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from adapters.mail.files import FileMailer
from adapters.mail.messages import Sender
from domain.errors import StoreUnavailable
from domain.mail.entities import Mail

MAIL = Mail(
    id=UUID(int=7),
    recipient="ann@example.org",
    subject="Hello",
    text="A secret.\n",
    written_at=datetime(2026, 3, 4, tzinfo=UTC),
)
SENDER = Sender("no-reply@service.example")


async def test_the_log_says_where_a_mail_lies_and_nothing_of_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)

    await FileMailer(tmp_path, SENDER).send(MAIL)

    assert caplog.messages == [f"A mail lies in {tmp_path / str(MAIL.id)}.eml."]


async def test_a_folder_that_can_not_be_keeps_the_mail(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("a file")

    with pytest.raises(StoreUnavailable):
        await FileMailer(tmp_path / "mail", SENDER).send(MAIL)


async def test_half_a_mail_is_never_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(os, "replace", fail)

    with pytest.raises(StoreUnavailable, match="no space left"):
        await FileMailer(tmp_path, SENDER).send(MAIL)

    assert files_in(tmp_path) == []


def files_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())

"""What people do with the activity log."""

from datetime import datetime

from domain.activity.ports import ActivityLog
from domain.callers import requires, signed_in_account
from domain.events import Event
from domain.pagination import Page, PageRequest, Position
from domain.permissions import Permission


class Activity:
    """The use-cases of the activity log."""

    def __init__(self, log: ActivityLog) -> None:
        self._log = log

    @requires(Permission.READ_ACTIVITY)
    async def list_events(
        self, page: PageRequest, *, kind: str | None = None, subject: str | None = None
    ) -> Page[Event]:
        """Give a page of what happened, newest first, of one kind or to one subject where asked."""
        return await self._list(page, kind=kind, subject=subject)

    async def list_own_events(self, page: PageRequest, *, kind: str | None = None) -> Page[Event]:
        """Give a page of what happened to the account of the person who is signed in.

        Raises NotAuthenticated and NotPermitted; otherwise like `list_events`.
        """
        subject = str(signed_in_account())
        return await self._list(page, kind=kind, subject=subject)

    async def _list(
        self, page: PageRequest, *, kind: str | None, subject: str | None
    ) -> Page[Event]:
        found = await self._log.list(
            kind=kind,
            subject=subject,
            before=page.after.id if page.after else None,
            limit=page.limit + 1,
        )
        return Page.of(found, page.limit, lambda event: Position(event.id))

    async def purge_events(self, occurred_before: datetime, *, batch_size: int = 500) -> int:
        """Remove what occurred before then, batch by batch; gives how many.

        The system does so by itself, whoever calls.
        """
        purged = 0
        while batch := await self._log.purge(occurred_before, batch_size):
            purged += batch
        return purged

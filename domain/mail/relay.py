"""The sending of mails that wait."""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from domain.errors import StoreUnavailable
from domain.mail.entities import PendingMail
from domain.mail.errors import MailDeferred, MailRefused
from domain.mail.ports import Mailer, MailStores, MailTransport, MailWriter
from domain.ports import Clock, Identifiers, UnitOfWork

logger = logging.getLogger(__name__)

BATCH_SIZE = 10
# Seconds for one batch; the claim outlasts them, so that nobody else begins meanwhile.
BATCH_TIME = 60.0
CLAIM_TIME = timedelta(minutes=2)
FIRST_RETRY_TIME = timedelta(seconds=1)
LAST_RETRY_TIME = timedelta(minutes=15)


class MailRelay:
    """Sends each mail at least once, until it is taken, refused for good, or of no use any more.

    Each mail is dropped as soon as it was taken, so one that dies in between repeats at most one.
    """

    def __init__(
        self,
        unit_of_work: UnitOfWork[MailStores],
        transport: MailTransport,
        writer: MailWriter,
        clock: Clock,
        identifiers: Identifiers,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._transport = transport
        self._writer = writer
        self._clock = clock
        self._identifiers = identifiers

    async def deliver_batch(self) -> int:
        """Send at most BATCH_SIZE mails that are due; gives how many were claimed.

        What can't be sent at present is due again later, at longer and longer intervals. Raises
        StoreUnavailable when the outbox is away.
        """
        claim, now = self._identifiers.new(), self._clock.now()
        mails = await self._unit_of_work.run(
            lambda stores: stores.pending_mails.claim(claim, now, now + CLAIM_TIME, BATCH_SIZE)
        )
        useful = [mail for mail in mails if now < mail.expires_at]
        for mail in mails:
            if mail not in useful:
                await self._give_up(claim, mail, "it could not be sent in time")
        if useful:
            await self._send_all(claim, useful)
        return len(mails)

    async def _send_all(self, claim: UUID, mails: Sequence[PendingMail]) -> None:
        left = list(mails)
        try:
            async with asyncio.timeout(BATCH_TIME), self._transport.connected() as mailer:
                while left:
                    await self._send(claim, left[0], mailer)
                    del left[0]
        except (StoreUnavailable, TimeoutError) as error:
            reason = str(error) or f"it took longer than {BATCH_TIME} s"
            logger.warning("Mails wait to be sent: %s", reason)
            await self._postpone(claim, left)
        except BaseException:
            await self._release(claim, self._clock.now())
            raise

    async def _send(self, claim: UUID, pending: PendingMail, mailer: Mailer) -> None:
        try:
            mail = await self._writer.write(pending)
            if mail is not None:
                await mailer.send(mail)
        except MailRefused as error:
            await self._give_up(claim, pending, error.reason)
        except MailDeferred as error:
            logger.warning("The mail %s (%s) waits: %s", pending.id, pending.kind, error)
            await self._postpone(claim, [pending])
        except StoreUnavailable:
            raise
        except Exception:
            # One mail that can't be written must not hold up the others.
            logger.exception("The mail %s (%s) waits because of a bug.", pending.id, pending.kind)
            await self._postpone(claim, [pending])
        else:
            await self._complete(claim, pending)

    async def _give_up(self, claim: UUID, mail: PendingMail, reason: str) -> None:
        logger.error("The mail %s (%s) is given up: %s.", mail.id, mail.kind, reason)
        await self._complete(claim, mail)

    async def _complete(self, claim: UUID, mail: PendingMail) -> None:
        await self._unit_of_work.run(lambda stores: stores.pending_mails.complete(claim, mail.id))

    async def _postpone(self, claim: UUID, mails: Sequence[PendingMail]) -> None:
        now = self._clock.now()

        async def postpone(stores: MailStores) -> None:
            for mail in mails:
                until = now + retry_time(mail.attempts)
                await stores.pending_mails.postpone(claim, mail.id, until)

        await self._unit_of_work.run(postpone)

    async def _release(self, claim: UUID, now: datetime) -> None:
        # Where the outbox is away too, the claim runs out; a cancellation must not be lost to that.
        with suppress(StoreUnavailable):
            await self._unit_of_work.run(lambda stores: stores.pending_mails.release(claim, now))


def retry_time(attempts: int) -> timedelta:
    """Give the time from an attempt that failed to the next: doubled each time, up to the last."""
    # No power above this one counts, and very great ones could not be told as a time.
    doubled: int = 2 ** min(attempts - 1, 20)
    return min(FIRST_RETRY_TIME * doubled, LAST_RETRY_TIME)

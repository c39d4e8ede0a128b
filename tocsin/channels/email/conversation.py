"""One SMTP connection: greeting, TLS, sign-in, and one mail after another.

Where the relay offers PIPELINING, one write carries a mail's body and the next one's envelope
(RFC 2920: the end of a body may be followed by the next MAIL in the same group).
"""

import asyncio
import base64
import ssl
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field

from tocsin.channels.email import verdict
from tocsin.channels.email.relay import Relay, own_name
from tocsin.channels.email.verdict import Answer, CannotTalk
from tocsin.channels.email.wire import ConnectionLost, Reply, Wire
from tocsin.channels.message import ChannelError, Message

MOST_TRIES = 2  # connections that one mail may be begun on, before it is given back


@dataclass(slots=True)
class Job:
    """One mail of a batch, on its way."""

    message: Message
    answer: Answer | None = None
    tries: int = 0
    is_body_sent: bool = False


@dataclass(slots=True)
class Conversation:
    """A connection that has been greeted, secured and signed in to."""

    relay: Relay
    wire: Wire = field(default_factory=Wire)
    offers: dict[str, str] = field(default_factory=dict)
    is_secure: bool = False

    @classmethod
    async def open(cls, relay: Relay) -> "Conversation":
        """Connect, secure and sign in; raises CannotTalk."""
        talk = cls(relay)
        try:
            await talk._connect()
            await talk._greet()
            await talk._secure()
            await talk._sign_in()
        except (OSError, ConnectionLost, TimeoutError) as error:
            talk.wire.close()
            why = str(error) or "no answer in time"
            raise CannotTalk(f"The mail relay at {relay.place} cannot be used: {why}") from error
        except CannotTalk:
            talk.wire.close()
            raise
        return talk

    async def _connect(self) -> None:
        loop = asyncio.get_running_loop()
        is_implicit = self.relay.tls == "implicit"
        async with asyncio.timeout(self.relay.timeout):
            await loop.create_connection(
                lambda: self.wire,
                self.relay.host,
                self.relay.port,
                ssl=self.relay.context() if is_implicit else None,
            )
        self.is_secure = is_implicit

    async def _greet(self) -> None:
        hello = await self.wire.reply(within=self.relay.timeout)
        if not hello.is_good:
            raise self._cannot(f"said {hello.said}")
        await self._ehlo()

    async def _ehlo(self) -> None:
        local: tuple[str, int] = self.wire.transport.get_extra_info("sockname")
        answer = await self._ask(f"EHLO {own_name(local[0])}")
        if not answer.is_good:
            answer = await self._ask(f"HELO {own_name(local[0])}")
        if not answer.is_good:
            raise self._cannot(f"said {answer.said}")
        words = (line.strip().partition(" ") for line in answer.lines[1:])
        self.offers = {name.upper(): rest.strip() for name, _, rest in words}

    async def _ask(self, line: str) -> Reply:
        self.wire.write(line.encode() + b"\r\n")
        return await self.wire.reply(within=self.relay.timeout)

    async def _secure(self) -> None:
        if self.is_secure or self.relay.tls == "off":
            return
        if "STARTTLS" not in self.offers:
            if self.relay.tls == "required":
                raise self._cannot("offers no STARTTLS.")
            return
        answer = await self._ask("STARTTLS")
        if not answer.is_good:
            raise self._cannot(f"said {answer.said}")
        # Anything that follows in clear was slipped in by somebody else (CVE-2011-0411).
        if self.wire.has_unread:
            raise self._cannot("spoke on before TLS began.")
        await self._start_tls()
        await self._ehlo()

    async def _start_tls(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            secured = await loop.start_tls(
                self.wire.transport,
                self.wire,
                self.relay.context(),
                server_hostname=self.relay.host,
                ssl_handshake_timeout=self.relay.timeout,
            )
        except ssl.SSLError as error:
            raise self._cannot(f"fails at TLS: {error}") from error
        if secured is None:
            raise ConnectionLost("the relay hung up during TLS")
        self.wire.connection_made(secured)
        self.is_secure = True

    async def _sign_in(self) -> None:
        if not self.relay.user:
            return
        if not self.is_secure and not self.relay.may_sign_in_in_clear:
            raise self._cannot(
                "offers no TLS, and a password is never sent in clear. "
                "Use smtps://, or a relay with STARTTLS."
            )
        ways = self.offers.get("AUTH", "").upper().split()
        if "PLAIN" in ways:
            secret = f"\0{self.relay.user}\0{self.relay.password}"
            answer = await self._ask(f"AUTH PLAIN {_coded(secret)}")
        elif "LOGIN" in ways:
            answer = await self._sign_in_by_login()
        else:
            raise self._cannot("offers neither AUTH PLAIN nor AUTH LOGIN.")
        if not answer.is_good:
            raise self._cannot(f"refuses the sign-in: {answer.said}")

    def _cannot(self, what: str) -> CannotTalk:
        return CannotTalk(f"The mail relay at {self.relay.place} {what}")

    async def _sign_in_by_login(self) -> Reply:
        answer = await self._ask("AUTH LOGIN")
        for secret in (self.relay.user, self.relay.password):
            if answer.code == 334:
                answer = await self._ask(_coded(secret))
        return answer

    async def work(self, queue: deque[Job]) -> None:
        """Send from the queue until it is empty; what was not sent goes back to it.

        Raises ConnectionLost when another connection is needed for the rest.
        """
        now, after = self._take(queue), None
        try:
            if now is not None and self._pipelines:
                self.wire.write(self._envelope(now))
            while now is not None:
                after = self._take(queue)
                await self._deliver(now, after)
                now, after = after, None
        except ConnectionLost as lost:
            _give_back(now, after, queue, lost)
            raise

    @property
    def _pipelines(self) -> bool:
        return "PIPELINING" in self.offers

    def _take(self, queue: deque[Job]) -> Job | None:
        """The next mail that this relay can take at all."""
        while queue:
            job = queue.popleft()
            job.answer = verdict.before(job.message, self.offers)
            if job.answer is None:
                job.tries += 1
                return job
        return None

    def _envelope(self, job: Job) -> bytes:
        return b"".join(self._commands(job))

    def _commands(self, job: Job) -> tuple[bytes, bytes, bytes]:
        message = job.message
        extra = f" SIZE={len(message.wire)}" if "SIZE" in self.offers else ""
        if "8BITMIME" in self.offers and not message.wire.isascii():
            extra += " BODY=8BITMIME"
        if not message.to.isascii():
            extra += " SMTPUTF8"
        return (
            f"MAIL FROM:<{message.return_path}>{extra}\r\n".encode(),
            f"RCPT TO:<{message.to}>\r\n".encode(),
            b"DATA\r\n",
        )

    async def _deliver(self, job: Job, after: Job | None) -> None:
        following = self._envelope(after) if after is not None and self._pipelines else b""
        refusal, is_open = await self._opened(job)
        if is_open and refusal is None:
            job.is_body_sent = True
            self.wire.write(stuffed(job.message.wire) + b".\r\n" + following)
            final = await self.wire.reply(within=2 * self.relay.timeout)
            job.answer = verdict.on_body(final, job.message)
        else:
            # With nobody to receive it, a body that was asked for is empty (RFC 2920, 3.1).
            self.wire.write((b".\r\n" if is_open else b"RSET\r\n") + following)
            job.answer = refusal
            await self.wire.reply(within=self.relay.timeout)

    async def _opened(self, job: Job) -> tuple[ChannelError | None, bool]:
        """Whether the envelope is refused, and whether the relay now waits for a body."""
        if self._pipelines:
            answers = await self.wire.replies(3, within=self.relay.timeout)
        else:
            answers = await self._one_by_one(job)
        if closing := next((answer for answer in answers if answer.code == 421), None):
            raise ConnectionLost(f"the relay closed: {closing.said}")
        return verdict.on_envelope(answers, job.message), answers[-1].code == 354

    async def _one_by_one(self, job: Job) -> list[Reply]:
        answers: list[Reply] = []
        for command in self._commands(job):
            self.wire.write(command)
            answers.append(await self.wire.reply(within=self.relay.timeout))
            if answers[-1].code >= 400:
                break
        return answers

    async def leave(self) -> None:
        """Say goodbye and hang up."""
        with suppress(ConnectionLost):
            self.wire.write(b"QUIT\r\n")
            await self.wire.reply(within=1)
        self.wire.close()


def _give_back(now: Job | None, after: Job | None, queue: deque[Job], lost: ConnectionLost) -> None:
    """Sort out a broken connection: what may have arrived is told apart from what cannot have."""
    if after is not None:
        after.tries -= 1
        queue.appendleft(after)
    if now is None or now.answer is not None:
        return
    if now.is_body_sent:
        now.answer = ChannelError(
            f"Whether it arrived is not known: {lost} after the mail was sent.", permanent=False
        )
    elif now.tries >= MOST_TRIES:
        now.answer = ChannelError(f"It was not sent: {lost}.", permanent=False)
    else:
        queue.appendleft(now)


def _coded(secret: str) -> str:
    return base64.b64encode(secret.encode()).decode()


def stuffed(wire: bytes) -> bytes:
    """The body as DATA wants it: a dot before each line's first dot, and CRLF at its end."""
    whole = wire if wire.endswith(b"\r\n") else wire + b"\r\n"
    if whole.startswith(b"."):
        whole = b"." + whole
    return whole.replace(b"\r\n.", b"\r\n..") if b"\r\n." in whole else whole

"""Tell a group robot: the body each kind takes, its signature, where a post may go, and what an answer means."""

import base64
import hashlib
import hmac
import http.client
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus, urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from notifications.models import Channel, Delivery, Notification
from notifications.names import ChannelKind
from notifications.rendering import Words, address, site_name, text_of
from notifications.slots import filled, problems

TIMEOUT = 5  # seconds for each of connecting and answering; with a run's end well within the lease
MOST_BYTES = 65_536  # of an answer; robots say a line
VARIABLES = ("subject", "body", "url", "site", "event", "kind", "project", "unit", "id")
SAID = "{subject}\n{body}\n{url}"
BODIES: dict[str, dict[str, Any]] = {
    ChannelKind.WECOM: {"msgtype": "text", "text": {"content": SAID}},
    ChannelKind.DINGTALK: {"msgtype": "text", "text": {"content": SAID}},
    ChannelKind.FEISHU: {"msg_type": "text", "content": {"text": SAID}},
    ChannelKind.CUSTOM: {
        "id": "{id}", "event": "{event}", "kind": "{kind}", "project": "{project}", "unit": "{unit}",
        "subject": "{subject}", "body": "{body}", "url": "{url}",
    },
}  # fmt: skip


class WebhookError(Exception):
    """The other end did not take it; the text says why, and never repeats the address, which holds a key."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other end said."""

    status: int
    text: str


# --- where a post may go ---------------------------------------------------------------------------------------------


def refusal(url: str) -> str:
    """Why nothing is posted to an address; "" where it may be.

    Only hosts named in the setting WEBHOOK_HOSTS are reached, with the port named there, else with the scheme's own:
    whoever may edit channels must not reach the inside of the network through this server (SSRF).
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return _("This is not an address.")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return _("The address begins with http:// or https:// and names a host.")
    if parts.username or parts.password or parts.fragment or not url.isascii() or any(c <= " " for c in url):
        return _("The address may hold no user name, no # and no spaces.")
    host = parts.hostname.lower()
    usual = port in {None, 443 if parts.scheme == "https" else 80}
    if (usual and host in settings.WEBHOOK_HOSTS) or f"{host}:{port}" in settings.WEBHOOK_HOSTS:
        return ""
    asked = host if usual else f"{host}:{port}"
    return _("%(host)s is not among the hosts that this site may post to (setting WEBHOOK_HOSTS).") % {"host": asked}


# --- what is said ----------------------------------------------------------------------------------------------------


def body_problems(body: str) -> list[str]:
    """Why a body cannot be kept; nothing where it can."""
    try:
        read = json.loads(body)
    except ValueError as error:
        return [_("This is not JSON: %(error)s") % {"error": error}]
    if not isinstance(read, dict):
        return [_("The body is a JSON object: { … }.")]
    return [problem for text in _texts(read) for problem in problems(text, VARIABLES)]


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for part in value.values() for text in _texts(part)]
    if isinstance(value, list):
        return [text for part in value for text in _texts(part)]
    return [value] if isinstance(value, str) else []


def body_of(channel: Channel, values: Mapping[str, str]) -> dict[str, Any]:
    """What is posted: the channel's own body or that of its kind, filled. A value never changes its structure."""
    template = json.loads(channel.body) if channel.body.strip() else BODIES[channel.kind]
    body = _fill(template, values)
    if channel.secret and channel.kind == ChannelKind.FEISHU:
        body = {**feishu_signature(channel.secret, int(time.time())), **body}
    return body


def _fill(value: Any, values: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _fill(part, values) for key, part in value.items()}
    if isinstance(value, list):
        return [_fill(part, values) for part in value]
    return filled(value, values) if isinstance(value, str) else value


def values_of(delivery: Delivery, words: Words) -> dict[str, str]:
    """What the body may name, in the language of the channel."""
    notice = delivery.notice
    with override(delivery.channel.language):
        text, project = text_of(notice, words), notice.project
        values = {
            "subject": text.subject, "body": text.body, "url": address(_page(notice)), "site": site_name(),
            "event": notice.event, "kind": str(notice.get_role_display()), "id": f"tongchou-{delivery.pk}",
            "project": f"{project.ref} {project.title}" if project else "",
            "unit": project.department.label if project else "",
        }  # fmt: skip
    return _defused(values)


def example_values(language: str) -> dict[str, str]:
    """The same for a test message."""
    with override(language):
        return {
            "subject": _("Test message"), "body": _("The channel works. Nothing happened in any project."),
            "url": address("/"), "site": site_name(), "event": "test", "kind": _("Test"), "project": "", "unit": "",
            "id": f"tongchou-test-{time.time_ns()}",
        }  # fmt: skip


def _defused(values: dict[str, str]) -> dict[str, str]:
    """A title must not call everybody in the group: robots read <…> as a mention."""
    return {name: value.replace("<", "＜").replace(">", "＞") for name, value in values.items()}


def _page(notice: Notification) -> str:
    if need := notice.payload.get("need"):
        return reverse("needs:need", args=[need])
    return reverse("approvals:case", args=[notice.project.ref]) if notice.project else "/"


# --- signatures ------------------------------------------------------------------------------------------------------


def dingtalk_signature(secret: str, milliseconds: int) -> dict[str, str]:
    """Parameters of the address: HMAC-SHA256 of "timestamp, line feed, secret" with the secret as the key."""
    digest = hmac.new(secret.encode(), f"{milliseconds}\n{secret}".encode(), hashlib.sha256).digest()
    return {"timestamp": str(milliseconds), "sign": base64.b64encode(digest).decode()}


def feishu_signature(secret: str, seconds: int) -> dict[str, str]:
    """Fields of the body: HMAC-SHA256 of nothing with "timestamp, line feed, secret" as the key."""
    digest = hmac.new(f"{seconds}\n{secret}".encode(), b"", hashlib.sha256).digest()
    return {"timestamp": str(seconds), "sign": base64.b64encode(digest).decode()}


# --- posting ---------------------------------------------------------------------------------------------------------


def post(channel: Channel, values: Mapping[str, str]) -> Answer:
    """Post one message; returns the answer. Raises WebhookError unless the other end says that it took it.

    No redirect is followed and no proxy used: the message goes to the host that was allowed or nowhere.
    """
    if problem := refusal(channel.url):
        raise WebhookError(problem)
    body = json.dumps(body_of(channel, values), ensure_ascii=False).encode()
    try:
        answer = _send(_address(channel), body, values["id"])
    except (OSError, http.client.HTTPException) as error:
        raise WebhookError(f"{type(error).__name__}: {error}") from error
    if problem := _complaint(channel, answer):
        raise WebhookError(problem)
    return answer


def _address(channel: Channel) -> str:
    if not channel.secret or channel.kind != ChannelKind.DINGTALK:
        return channel.url
    signed = dingtalk_signature(channel.secret, time.time_ns() // 1_000_000)
    joined = "&" if "?" in channel.url else "?"
    return channel.url + joined + "&".join(f"{name}={quote_plus(value)}" for name, value in signed.items())


def _send(url: str, body: bytes, key: str) -> Answer:
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(str(parts.hostname), parts.port, timeout=TIMEOUT)
    headers = {"Content-Type": "application/json; charset=utf-8", "Idempotency-Key": key, "User-Agent": "tongchou"}
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body, headers)
        response = connection.getresponse()
        return Answer(response.status, response.read(MOST_BYTES).decode(errors="replace"))
    finally:
        connection.close()


def _complaint(channel: Channel, answer: Answer) -> str:
    """Why the answer means that the message was not taken; robots answer 200 and say it in the body."""
    said = answer.text.strip()[:300]
    if not 200 <= answer.status < 300:
        return f"HTTP {answer.status} {said}".strip()
    if channel.kind == ChannelKind.CUSTOM:
        return ""
    name = "code" if channel.kind == ChannelKind.FEISHU else "errcode"
    try:
        read = json.loads(answer.text)
        code = read.get(name, read.get("StatusCode"))
    except (ValueError, AttributeError):
        return f"HTTP {answer.status}, {_('no answer of a robot')}: {said}"
    return "" if code == 0 else f"{name} {code}: {said}"

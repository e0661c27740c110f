"""``[alerts]``: what may be declared, and how mistakes in it are told."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ingest.alerts import table
from ingest.alerts.settings import AlertSettings, CommandWay, Secret, SmtpWay, WebhookWay
from ingest.errors import SettingsError
from ingest.settings import load_settings

GUIDE = Path(__file__).resolve().parents[3] / "docs" / "operators-guide.md"
COMMAND = '[[alerts.channel]]\nname = "ops"\nkind = "command"\ncommand = ["true"]\n'
WEBHOOK = '[[alerts.channel]]\nname = "ops"\nkind = "webhook"\n'
MAIL = (
    '[[alerts.channel]]\nname = "mail"\nkind = "smtp"\nhost = "mail.example"\n'
    'from = "desk@example.org"\nto = ["ops@example.org"]\n'
)


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def read(text: str) -> AlertSettings:
    Path("copydesk.toml").write_text(text)
    return load_settings().alerts


def test_nobody_is_told_but_the_log_where_nothing_is_declared() -> None:
    assert read("") == AlertSettings()


def test_what_is_declared_is_there() -> None:
    alerts = read(
        '[alerts]\nzone = "Europe/Vienna"\n'
        + COMMAND
        + 'sources = ["sport-*"]\nstates = ["broken"]\nrecovery = false\ndigest = "10m"\nrate = 4\n'
        'quiet = "22:00-07:00"\nwake_for = ["broken"]\ntimeout = 5\n'
        + MAIL
        + 'user = "desk"\npassword_file = "secrets/mail"\n'
        + WEBHOOK.replace("ops", "hook")
        + 'url_env = "HOOK"\nsecret_file = "$CREDENTIALS_DIRECTORY/hook"\n'
    )
    ops, mail, hook = alerts.channels
    assert alerts.zone == ZoneInfo("Europe/Vienna")
    assert ops.way == CommandWay(("true",), 5.0)
    assert (ops.sources, ops.states, ops.recovery) == (("sport-*",), {"broken"}, False)
    assert (ops.digest, ops.rate, ops.wake_for) == (timedelta(minutes=10), 4, {"broken"})
    assert ops.quiet is not None
    assert ops.quiet.zone == alerts.zone
    assert isinstance(mail.way, SmtpWay)
    assert (mail.way.port, mail.way.security) == (587, "starttls")
    assert mail.way.password == Secret(file=Path("secrets/mail"))
    assert isinstance(hook.way, WebhookWay)
    assert hook.way.url == Secret(variable="HOOK")


def test_files_of_secrets_are_beside_the_settings_or_where_systemd_puts_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", "/run/credentials/copydesk")
    (tmp_path / "etc").mkdir()
    file = tmp_path / "etc" / "my.toml"
    files = 'secret_file = "$CREDENTIALS_DIRECTORY/hook"\nurl_file = "hook.url"\n'
    file.write_text(WEBHOOK + files)
    (channel,) = load_settings(file).alerts.channels
    assert isinstance(channel.way, WebhookWay)
    assert channel.way.secret == Secret(file=Path("/run/credentials/copydesk/hook"))
    assert channel.way.url == Secret(file=tmp_path / "etc" / "hook.url")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ('[alerts]\nzone = "Mars/Olympus"', ["alerts.zone", "Europe/Vienna"]),
        ('[alerts]\nzone = "../../etc/passwd"', ["alerts.zone", "Europe/Vienna"]),
        ('[[alerts.channel]]\nname = "a"\nkind = "pigeon"', ["alerts.channel.0", "'smtp'"]),
        (COMMAND + COMMAND, ["alerts.channel", "two channels are called 'ops'"]),
        (COMMAND.replace("ops", "log"), ["alerts.channel.0.command.name", "always there"]),
        (COMMAND.replace('["true"]', "[]"), ["command.command", "at least 1"]),
        (COMMAND + 'quiet = "at night"', ["quiet", "22:00-07:00"]),
        (COMMAND + 'states = ["bad"]', ["states", "'degraded'"]),
        (COMMAND + 'url = "https://x.example"', ["command.url", "unknown key"]),
        (WEBHOOK, ["one of url, url_file and url_env"]),
        (WEBHOOK + 'url = "x.example"', ["webhook.url", "https://"]),
        (WEBHOOK + 'url = "https://x"\nsecret_file = "a"\nsecret_env = "B"', ["found both"]),
        (WEBHOOK + 'url = "https://x"\nheaders = {"X-A" = "a\\nb"}', ["no header"]),
        (MAIL + 'user = "desk"', ["password_file"]),
        (MAIL.replace("desk@", "desk"), ["smtp.from", "desk@example.org"]),
        (MAIL.replace('"ops@example.org"', '"a@b.c, d@e.f"'), ["smtp.to", "such as"]),
        ('[[alerts.channel]]\nname = "a"\nkind = "apprise"', ["one of urls, urls_file"]),
    ],
)
def test_a_mistake_is_one_line_with_the_key_and_the_remedy(text: str, parts: list[str]) -> None:
    with pytest.raises(SettingsError) as raised:
        read(text)
    message = str(raised.value)
    assert message.startswith("copydesk.toml: ")
    assert "\n" not in message
    for part in parts:
        assert part in message


def test_a_mistake_beside_a_secret_does_not_tell_it() -> None:
    with pytest.raises(SettingsError) as raised:
        read(WEBHOOK + 'url = "https://hooks.example/T0PSECRET"\nurl_env = "A"\n')
    assert "T0PSECRET" not in str(raised.value)
    with pytest.raises(SettingsError) as raised:
        read(WEBHOOK + 'url = "hooks.example/T0PSECRET"\n')
    assert "T0PSECRET" not in str(raised.value)


def test_the_environment_may_say_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COPYDESK_ALERTS__ZONE", "Asia/Tokyo")
    monkeypatch.setenv(
        "COPYDESK_ALERTS__CHANNEL", '[{"name": "ops", "kind": "command", "command": ["true"]}]'
    )
    alerts = read("")
    assert alerts.zone == ZoneInfo("Asia/Tokyo")
    assert [channel.name for channel in alerts.channels] == ["ops"]


def test_every_key_is_documented() -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| `alerts\.([a-z_.]+)` \|", guide, re.MULTILINE))
    keys = {"zone"}
    for model in (table._Command, table._Webhook, table._Smtp, table._Apprise):
        keys |= {f"channel.{field.alias or name}" for name, field in model.model_fields.items()}
    assert documented == keys

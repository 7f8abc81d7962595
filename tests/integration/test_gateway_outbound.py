"""The way out: what an attacker would have us call, and what we call instead of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from receiver import HOST, Receiver, certificate

from shared.errors import AddressRefusedError, AddressSilentError
from shared.outbound import Outbound, is_public


def here(_host: str, _port: int) -> list[str]:
    """Every name leads to this machine."""
    return ["127.0.0.1"]


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    """An https server on this machine."""
    found = Receiver(certificate(tmp_path))
    yield found
    found.stop()


def reaching(receiver: Receiver) -> Outbound:
    """One that may call the server of the test."""
    return Outbound([HOST], receiver.file, here)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),
        *("::1", "::", "fe80::1", "fd00::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "2002:7f00:1::"),
        *("64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "224.0.0.1", "ff02::1", "255.255.255.255", "no address"),
    ],
)
def test_addresses_inside_are_told_from_the_public_ones(address: str) -> None:
    """Loopback, private, link-local (cloud metadata), carrier, multicast, and IPv4 wrapped in IPv6."""
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34"])
def test_public_addresses_are_public(address: str) -> None:
    """Else nothing could be called at all."""
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        *(
            "http://example.org/",
            "ftp://example.org/",
            "file:///etc/passwd",
            "gopher://example.org/",
            "example.org",
        ),
        *("https://", "https:///x", "https://user:pass@example.org/", "https://user@example.org/"),
        *("https://example.org:99999/", "https://example.org\\@127.0.0.1/", "https://exa mple.org/"),
        *("https://example.org/\r\nX: y", "https://пример.рф/", ""),
    ],
)
def test_what_is_no_plain_https_url_is_refused(url: str) -> None:
    """Other schemes, passwords, odd ports, line breaks that would smuggle headers."""
    with pytest.raises(AddressRefusedError):
        Outbound(resolver=lambda *_: ["93.184.216.34"]).check(url)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "[::1]", "169.254.169.254", "localhost", "2130706433", "0x7f.1"]
)
def test_this_machine_is_not_called_under_any_of_its_names(host: str) -> None:
    """As the system itself resolves them, numbers in odd forms included."""
    with pytest.raises((AddressRefusedError, AddressSilentError)):
        Outbound().check(f"https://{host}/")


def test_the_attack_that_the_guard_stops(receiver: Receiver) -> None:
    """Given a server inside / Shown first: it can be called; then: a name that leads there is refused, and it sees nothing."""
    assert reaching(receiver).post(f"{receiver.url}/inside", b"{}", {}, seconds=5).status == 200
    receiver.seen.clear()

    guarded = Outbound(ca_file=receiver.file, resolver=here)
    with pytest.raises(AddressRefusedError):
        guarded.post(f"{receiver.url}/inside", b"{}", {}, seconds=5)
    assert receiver.seen == []


def test_one_inner_address_among_public_ones_is_enough_to_refuse() -> None:
    """A name with two addresses, one of them inside."""
    with pytest.raises(AddressRefusedError):
        Outbound(resolver=lambda *_: ["93.184.216.34", "10.0.0.1"]).check("https://example.org/")


def test_a_name_that_changes_where_it_leads_is_asked_once(receiver: Receiver) -> None:
    """Given DNS that answers differently the second time (rebinding) / Then the checked address is the one called."""
    answers = [["127.0.0.1"], ["10.255.255.1"]]

    def changing(_host: str, _port: int) -> list[str]:
        return answers.pop(0)

    Outbound([HOST], receiver.file, changing).post(f"{receiver.url}/once", b"{}", {}, seconds=5)

    assert len(answers) == 1
    assert receiver.seen[0][1]["host"] == f"{HOST}:{receiver.port}"


def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    """Given a redirect to the inside / Then it is an answer like another, and nothing more is called."""
    receiver.statuses, receiver.headers = [302], {"Location": "https://169.254.169.254/latest/meta-data/"}

    assert reaching(receiver).get(receiver.url, max_bytes=1000, seconds=5).status == 302
    assert len(receiver.seen) == 1


def test_a_certificate_of_somebody_else_is_not_taken(receiver: Receiver) -> None:
    """Trusted by nobody, and for another name."""
    with pytest.raises(AddressSilentError):
        Outbound([HOST], resolver=here).post(receiver.url, b"{}", {}, seconds=5)
    other = receiver.url.replace(HOST, "other.test")
    with pytest.raises(AddressSilentError):
        Outbound(["other.test"], receiver.file, here).post(other, b"{}", {}, seconds=5)


def test_too_many_bytes_are_not_read(receiver: Receiver) -> None:
    """Exactly as many as allowed pass, one more does not."""
    receiver.body = bytes(1000)
    assert len(reaching(receiver).get(receiver.url, max_bytes=1000, seconds=5).body) == 1000
    with pytest.raises(AddressRefusedError):
        reaching(receiver).get(receiver.url, max_bytes=999, seconds=5)


def test_a_drop_at_a_time_does_not_hold_us(receiver: Receiver) -> None:
    """Given a server that sends a byte again and again / Then the exchange ends all the same."""
    receiver.drip = True
    with pytest.raises(AddressSilentError):
        reaching(receiver).get(receiver.url, max_bytes=10_000_000, seconds=0.5)


def test_a_body_that_breaks_off_is_no_body(receiver: Receiver) -> None:
    """Given fewer bytes than announced / Then an error, not a shorter photo."""
    receiver.headers = {"Content-Length": "5000"}
    receiver.body = b"short"
    with pytest.raises(AddressSilentError):
        reaching(receiver).get(receiver.url, max_bytes=10_000, seconds=2)


def test_nobody_there_is_told_as_such() -> None:
    """A name that leads nowhere, and a port where nobody listens."""

    def unknown(_host: str, _port: int) -> list[str]:
        raise OSError

    with pytest.raises(AddressSilentError):
        Outbound(resolver=unknown).check("https://nobody.example/")
    with pytest.raises(AddressSilentError):
        Outbound([HOST], resolver=here).get(f"https://{HOST}:1/", max_bytes=10, seconds=2)

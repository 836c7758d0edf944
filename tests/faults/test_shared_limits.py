"""Limits hold over all workers: of wrong passwords sent at once to several processes, exactly the first ten are looked
at, and the account's owner still gets in from another network."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.site import Answer, Visitor, running

pytestmark = pytest.mark.faults

PASSWORD = "lampe ronde tabouret"
ATTACKER, OWNER = "203.0.113.7", "198.51.100.20"


@dataclass
class Behind(Visitor):
    """A visitor whose network a proxy of ours tells."""

    network: str = ATTACKER
    timeout_s: float = 60.0

    def _send(self, method: str, path: str, body: str | None) -> Answer:
        connection = self._connection()
        headers = {
            "Sec-Fetch-Site": "same-origin",
            "X-Forwarded-For": self.network,
            "X-Forwarded-Proto": "https",
            "X-Forwarded-Host": f"127.0.0.1:{self.port}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": self.cookie,
        }
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            return Answer(response.status, dict(response.headers), response.read().decode())
        finally:
            connection.close()


def away_from_the_border() -> None:
    """Windows of ten minutes begin together: a test across a border would count in two."""
    left = 600 - time.time() % 600
    if left < 30:
        time.sleep(left + 0.1)


def wrong(port: int, network: str) -> int:
    visitor = Behind(port, network=network)
    return visitor.post("/accounts/sign-in", {"name": "benoît", "password": "une autre phrase"}).status


def test_asvs_2_4_1_of_many_wrong_passwords_at_once_ten_are_looked_at(tmp_path: Path) -> None:
    with running(tmp_path, ELEARN_PROXIES="1", ELEARN_WORKERS="3") as site:
        assert len(site.workers()) == 3
        owner = Behind(site.port, network=OWNER)
        fields = {"sign_in_name": "benoît", "password": PASSWORD, "chosen_name": "", "next": ""}
        assert owner.post("/accounts/sign-up", fields).status == 303
        away_from_the_border()
        with ThreadPoolExecutor(6) as pool:
            statuses = list(pool.map(lambda _: wrong(site.port, ATTACKER), range(24)))
        assert sorted(statuses) == [422] * 10 + [429] * 14
        assert wrong(site.port, ATTACKER) == 429
        assert owner.post("/accounts/sign-in", {"name": "benoît", "password": PASSWORD}).status == 303
        assert wrong(site.port, OWNER) == 422

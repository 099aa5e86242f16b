"""The people of bench `launch`: some read pages, some join, a provider tells of others; and what that takes."""

import http.client
import json
import os
import re
import secrets
import threading
import time
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import urlencode

from bench._gateway import asked

EACH_S = 0.5  # a page of each level
CODE_WITHIN_S = 60.0


class Pages:
    """Somebody at each level opens their unit's page twice a second over a kept connection of their own."""

    def __init__(self, port: int, levels: Mapping[str, str], token: str) -> None:
        self.port, self.levels, self.token = port, levels, token

    def measure(self, seconds: float) -> list[float]:
        """Milliseconds of every page; incomplete pages are counted in `failed`, with their time too."""
        took: list[float] = []
        self.failed: Counter[str] = Counter()
        begun = time.monotonic()

        def read(number: int, code: str) -> None:
            with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)) as line:
                due = begun + number * EACH_S / len(self.levels)
                while (due := max(due + EACH_S, time.monotonic())) < begun + seconds:
                    time.sleep(max(0.0, due - time.monotonic()))
                    asked_at = time.perf_counter()
                    cookie = f"session={self.token}; language=en"
                    line.request(
                        "GET", f"/units/{code}/", headers={"Cookie": cookie, "Accept-Encoding": "identity"}
                    )
                    answer = line.getresponse()
                    body = answer.read()
                    took.append((time.perf_counter() - asked_at) * 1000)
                    if answer.status != 200 or b"<svg" not in body:
                        self.failed[f"{code} {answer.status}"] += 1

        with ThreadPoolExecutor(len(self.levels)) as hands:
            for reading in [hands.submit(read, *one) for one in enumerate(self.levels.values())]:
                reading.result()
        return took


class Joins:
    """People who join on the web: the form, the code that came by SMS, the card."""

    def __init__(self, port: int, gateway: int, slug: str, booths: int) -> None:
        self.port, self.gateway, self.path, self.booths = port, gateway, f"/join/{slug}/", booths
        self.first = secrets.randbelow(10**8)
        self.became: Counter[str] = Counter()
        self.took_s: list[float] = []

    @property
    def joined(self) -> int:
        return self.became["joined"]

    def told(self) -> str:
        took = sorted(self.took_s) or [0.0]
        return f"{dict(self.became)}, half of them within {took[len(took) // 2]:.1f} s, all within {took[-1]:.1f} s"

    def come(self, per_s: float, seconds: float) -> None:
        """So many a second, whatever becomes of those before them; until the last one is done."""
        begun = time.monotonic()
        with ThreadPoolExecutor(500) as people:
            for number in range(int(per_s * seconds)):
                time.sleep(max(0.0, begun + number / per_s - time.monotonic()))
                people.submit(self._join, number)

    def _join(self, number: int) -> None:
        begun = time.monotonic()
        try:
            became = self._joined(number)
        except OSError as error:
            became = type(error).__name__
        self.became[became] += 1
        self.took_s.append(time.monotonic() - begun)

    def _joined(self, number: int) -> str:
        phone = f"96{(self.first + number) * 7_919 % 99_999_989:08d}"
        headers = {
            "Accept-Encoding": "identity",
            "X-Forwarded-For": f"10.{number >> 8 & 255}.{number & 255}.7",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        cookies: dict[str, str] = {}
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as line:

            def ask(method: str, path: str, form: Mapping[str, str] | None = None) -> tuple[int, str, str]:
                cookie = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
                line.request(method, path, urlencode(form) if form else None, headers | cookie)
                answer = line.getresponse()
                for each in answer.headers.get_all("Set-Cookie") or ():
                    name, _, value = each.split(";", 1)[0].partition("=")
                    cookies[name] = value
                return answer.status, answer.headers.get("Location", ""), answer.read().decode()

            status, _where, page = ask("GET", self.path)
            if status != 200:
                return f"form {status}"
            form = {"csrfmiddlewaretoken": _field(page, "csrfmiddlewaretoken"), "key": _field(page, "key")}
            form |= {
                "notice": _field(page, "notice"),
                "adult": "yes",
                "birth_year": str(1950 + number % 50),
                "name": "Asha Devi",
                "phone": phone,
                "unit": f"B{1 + number * 7_919 % self.booths}",
                "membership": "on",
            }
            status, where, page = ask("POST", self.path, form)
            if status != 302:
                return f"sent {status}"
            ends = time.monotonic() + CODE_WITHIN_S
            while not (code := re.search(r"\b\d{6}\b", asked(self.gateway, f"/to/+91{phone}")["text"] or "")):
                if time.monotonic() > ends:
                    return "no code"
                time.sleep(0.1)
            status, _where, page = ask("GET", where)
            if status != 200:
                return f"asked for the code {status}"
            token = _field(page, "csrfmiddlewaretoken")
            status, where, page = ask("POST", where, {"csrfmiddlewaretoken": token, "code": code[0]})
            return "joined" if status == 302 and where.endswith("/done/") else f"code {status}"


def _field(page: str, name: str) -> str:
    for tag in re.findall(rf"<input[^>]*\bname=\"{name}\"[^>]*>", page):
        if found := re.search(r'\bvalue="([^"]*)"', tag):
            return found[1]
    raise OSError(f"no {name} in the form")


def tell(port: int, path: str, body: str, signature: str) -> None:
    """A provider tells of something, and is answered."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as line:
        line.request("POST", path, body, {"Content-Type": "application/json", "X-Signature": signature})
        answer = line.getresponse()
        assert answer.status in (200, 201), (answer.status, answer.read()[:300])


class Cores:
    """Measure how many cores each kind of process takes from now on."""

    def __init__(self, home: Path) -> None:
        self.home, self.begun = home, time.monotonic()
        self.before = self._seconds()
        self.latest = dict(self.before)
        self.over = threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        while not self.over.wait(1):  # some end meanwhile
            self.latest |= self._seconds()

    def told(self) -> str:
        self.over.set()
        self.latest |= self._seconds()
        took: dict[str, float] = {}
        for key, seconds in self.latest.items():
            took[key[1]] = took.get(key[1], 0.0) + seconds - self.before.get(key, 0.0)
        lasted = time.monotonic() - self.begun
        return ", ".join(f"{kind} {seconds / lasted:.2f}" for kind, seconds in sorted(took.items()))

    def _seconds(self) -> dict[tuple[int, str], float]:
        """CPU seconds of each process of this day by number and kind: what the home notes, and their children."""
        kinds = {os.getpid(): "the load"}
        with suppress(OSError, ValueError, IndexError):
            kinds[int((self.home / "postgres/data/postmaster.pid").read_text().split()[0])] = "postgres"
        for note in (self.home / "run").glob("*.json"):
            with suppress(OSError, ValueError):
                told = json.loads(note.read_text())
                kinds[told["pid"]] = told["kind"]
        found = {}
        for folder in Path("/proc").iterdir():
            with suppress(OSError, IndexError, ValueError):
                fields = folder.joinpath("stat").read_text().rpartition(")")[2].split()
                pid = int(folder.name)
                if kind := kinds.get(pid) or kinds.get(int(fields[1])):
                    found[pid, kind] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        return found

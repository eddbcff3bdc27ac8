"""A whole site on this machine: nginx by `deploy/nginx.conf`, two apps, a scheduler over TLS and a worker, each a process."""

from __future__ import annotations

import os
import re
import shutil
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.modules import ROOT
from tests.servers import answers, free_port
from tests.waiting import until

BASE = "/resnet"
NAME = "localhost"


@dataclass
class Site:
    """What is running."""

    folder: Path
    port: int
    apps: dict[str, int]
    """The port of each app, by its letter."""
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"https://{NAME}:{self.port}{BASE}"

    @property
    def trust(self) -> ssl.SSLContext:
        """Of somebody who believes the site's authority."""
        return ssl.create_default_context(cafile=self.authority)

    @property
    def authority(self) -> Path:
        """The certificate of whom the site's own is from."""
        return self.folder / "tls" / "ca.crt"

    def ask(self, path: str, cookie: str = "") -> tuple[int, str, bytes]:
        """Status, the cookies that are set, and the body."""
        request = urllib.request.Request(f"{self.url}{path}", headers={"Cookie": cookie} if cookie else {})
        try:
            with urllib.request.urlopen(request, timeout=30, context=self.trust) as answer:
                return answer.status, "; ".join(answer.headers.get_all("set-cookie") or ()), answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, "", error.read()
        except OSError:  # nothing listens yet
            return 0, "", b""

    def which(self, path: str = "/", cookie: str = "") -> str:
        """The app that answers, as the proxy notes it."""
        found = re.search(r"replica=(\w)", self.ask(path, cookie)[1])
        return found[1] if found else ""


def certificates(folder: Path) -> dict[str, str]:
    """Those of the documented command, and the variables that name the cluster's."""
    subprocess.run([ROOT / "deploy" / "certificates", str(folder), NAME], check=True, capture_output=True)
    files = {"CA": "ca.crt", "CERT": "cluster.crt", "KEY": "cluster.key"}
    return {f"RESNET_VIZ_TLS_{name}": str(folder / file) for name, file in files.items()}


def proxy_configuration(site: Site) -> str:
    """The shipped one, with this machine's ports in the place of the containers'."""
    text = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    replaced = {
        "app-a:8501": f"127.0.0.1:{site.apps['A']}",
        "app-c:8502": f"127.0.0.1:{site.apps['C']}",
        "~:8502$": f"~:{site.apps['C']}$",
        "listen 443 ": f"listen 127.0.0.1:{site.port} ",
        "/etc/resnet-viz/tls/": f"{site.folder}/tls/",
        "/tmp/nginx": f"{site.folder}/nginx",
    }
    for shipped, here in replaced.items():
        assert shipped in text, shipped
        text = text.replace(shipped, here)
    return text


@contextmanager
def whole_site(folder: Path, apps: str = "AC", *, cluster: bool = True) -> Iterator[Site]:
    """All of it, once the apps are ready."""
    site = Site(folder, free_port(), {name: free_port() for name in "AC"})
    environment = {**os.environ, **certificates(folder / "tls"), "RESNET_VIZ_HOME": str(folder / "home")}
    python = [sys.executable, "-m"]
    with ExitStack() as ending:

        def start(name: str, words: list[str], **variables: str) -> None:
            log = ending.enter_context((folder / f"{name}.log").open("wb"))
            everything = {**environment, **variables}
            process = subprocess.Popen(words, cwd=ROOT, env=everything, stdin=subprocess.PIPE, stdout=log, stderr=log)
            site.processes[name] = process
            ending.callback(_end, process)

        if cluster:
            address = f"tls://127.0.0.1:{free_port()}"
            environment["RESNET_VIZ_SCHEDULER"] = address
            start("scheduler", [*python, "resnet_viz.jobs.cluster", "scheduler", address])
            until(lambda: b"listens at" in (folder / "scheduler.log").read_bytes(), 60)
            start("worker", [*python, "resnet_viz.jobs.cluster", "worker", address])
        for name in apps:
            words = ["--port", str(site.apps[name]), "--host", "127.0.0.1", "--base-path", "resnet", "--headless"]
            start(name, [*python, "resnet_viz.command.main", *words], RESNET_VIZ_REPLICA=name)
        (folder / "nginx.conf").write_text(proxy_configuration(site), encoding="utf-8")
        nginx = shutil.which("nginx") or "/usr/sbin/nginx"
        start("nginx", [nginx, "-e", "stderr", "-c", str(folder / "nginx.conf"), "-g", "daemon off;"])
        for name in apps:
            until(lambda name=name: answers(f"http://127.0.0.1:{site.apps[name]}/readyz") == 200, 180)  # type: ignore[misc]
        until(lambda: site.ask("/readyz")[0] == 200, 60)
        yield site


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.stdin:
        process.stdin.close()
    process.terminate()
    process.wait(30)
